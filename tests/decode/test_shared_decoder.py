"""One decoder in many threads: they take turns at its dictionaries, which grow all the time."""

import threading

from wfpfast import Block, Decoder, encode

THREADS, ROUNDS, EVENTS = 4, 12, 1500     # so many events that the GIL is released


def paths(thread: int, turn: int) -> list[str]:
    return [f"{thread}-{turn}-{k}" for k in range(EVENTS)]


def block(thread: int, turn: int) -> Block:
    return encode([{"header": {"flags": 0x20, "appId": path}, "type": 3}
                   for path in paths(thread, turn)])


def test_threads_take_turns() -> None:
    decoder = Decoder(columns=["app_path"])
    blocks = [[block(thread, turn) for turn in range(ROUNDS)] for thread in range(THREADS)]
    start = threading.Barrier(THREADS)
    wrong: list[object] = []

    def work(thread: int) -> None:
        start.wait()
        for turn, each in enumerate(blocks[thread]):
            found = decoder.decode(each)["app_path"].to_pylist()
            if found != paths(thread, turn):
                wrong.append((thread, turn))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []
