"""A child made by fork works, and ends, whatever other threads did as it was made.

Each test is a Python of its own: its threads are those of the test alone, and it may be killed.
"""

import sys

import pytest
from fresh_python import fresh_python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")

COMMON = """
import math, multiprocessing, os, sys, threading, time, warnings
from wfpfast import Decoder, Engine, Simulator, encode
from wfpfast.simulator.synthetic import Mix

warnings.simplefilter("ignore", DeprecationWarning)  # of fork beside threads: it is the subject
FORK = multiprocessing.get_context("fork")
HERE = os.getpid()

def children(number, target):
    for place in range(number):
        time.sleep(0.001 * (place % 7))
        child = FORK.Process(target=target)
        child.start()
        child.join(15)
        if child.is_alive():
            child.kill()
            raise SystemExit(f"child {place} hangs")
        if child.exitcode:
            raise SystemExit(f"child {place} ended with {child.exitcode}")
    print(number, "children ended", flush=True)

def threads(number, work):
    for _ in range(number):
        threading.Thread(target=work, daemon=True).start()

def forever(work):
    def loop():
        while True:
            work()
    return loop
"""


LARGE = """
from wfpfast import Block
few = encode(list(Mix(0).events(1000)))
image = bytes(few.data)
pointers = image[few.entries_offset:few.entries_offset + 8 * few.count]
image += bytes(-len(image) % 8)
LARGE = Block(image + pointers * 400, base=few.base, count=400 * few.count,
              version=few.version, entries_offset=len(image))
"""


def check(number: int, script: str) -> None:
    """Run a script, which says how many children have ended."""
    out = fresh_python(COMMON + script, timeout=100)
    assert out.splitlines()[-1] == f"{number} children ended"


def test_a_decoder_that_other_threads_use() -> None:
    """Its lock is held at nearly every moment; its dictionaries are whole in the child."""
    check(30, """
events = list(Mix(0).events(3000))
block, few = encode(events), encode(events[:100])
paths = [event["header"].get("appId", b"").decode("utf-16-le").rstrip(chr(0)) for event in events]
decoder = Decoder()
expected = Decoder().decode(block)["app_path"].to_pylist()
threads(3, forever(lambda: decoder.decode(block)))

def child():
    for _ in range(3):
        assert decoder.decode(block)["app_path"].to_pylist() == expected
        assert decoder.decode(few)["app_path"].to_pylist() == expected[:100]
    assert Decoder().decode(block)["app_path"].to_pylist() == expected

children(30, child)
os._exit(0)
""")


def test_a_fork_waits_for_what_is_being_done() -> None:
    """A copy of a dictionary that is half changed could be anything."""
    check(3, LARGE + """
decoder = Decoder()
decoder.decode(LARGE)  # makes the memory
times = []

def work():
    times.append(time.perf_counter())
    decoder.decode(LARGE)

begin = time.perf_counter()
decoder.decode(LARGE)
span = time.perf_counter() - begin
for _ in range(3):
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(span / 10)
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    after = time.perf_counter() - times.pop()
    assert after > span / 2, (after, span)
    assert os.waitpid(pid, 0)[1] == 0
    thread.join()
print("3 children ended")
""")


def test_a_fork_while_the_main_thread_looks_for_signals() -> None:
    """Who forks has the GIL and waits for the decoder; who decodes has it and wants the GIL."""
    check(20, LARGE + """
decoder = Decoder()
ended = threading.Event()

def fork():
    for _ in range(20):
        pid = os.fork()
        if pid == 0:
            os._exit(0 if len(decoder.decode(few)) == 1000 else 1)
        assert os.waitpid(pid, 0)[1] == 0
    ended.set()

threads(1, fork)
while not ended.is_set():
    decoder.decode(LARGE)
print("20 children ended")
""")


def test_a_handler_of_a_signal_forks_in_a_decode() -> None:
    check(5, LARGE + """
import signal
decoder = Decoder()
pids = []

def handler(number, frame):
    pids.append(os.fork())

signal.signal(signal.SIGALRM, handler)
while len(pids) < 5 and 0 not in pids:
    signal.setitimer(signal.ITIMER_REAL, 0.005)
    rows = len(decoder.decode(LARGE))
if 0 in pids:  # a child, which went on where its parent was
    os._exit(0 if rows == LARGE.count and len(decoder.decode(few)) == 1000 else 1)
for pid in pids:
    assert os.waitpid(pid, 0)[1] == 0
print(len(pids), "children ended")
""")


def test_the_pool_of_memory() -> None:
    """Threads that take buffers and give them back, so often that a fork meets the spin lock."""
    check(200, """
block = encode(list(Mix(0).events(1)))
threads(3, forever(lambda: Decoder(columns=["app_path", "event_type"]).decode(block)))

def child():
    for _ in range(20):
        assert len(Decoder().decode(block)) == 1

children(200, child)
os._exit(0)
""")


@pytest.mark.parametrize("rate", ["math.inf", "50"])
def test_a_simulator_that_makes_events_leaves_by_sys_exit(rate: str) -> None:
    """Its threads, busy or waiting, are not in the child, which frees all at the end of Python."""
    check(20, f"RATE = {rate}" + """
simulator = Simulator(rate=RATE, threads=2)
engine = Engine(simulator)
subscription = engine.subscribe()
for place in range(20):
    time.sleep(0.001 * (place % 7))
    pid = os.fork()
    if pid == 0:
        sys.exit(0)
    give_up = time.monotonic() + 15
    while (found := os.waitpid(pid, os.WNOHANG)) == (0, 0):
        if time.monotonic() > give_up:
            os.kill(pid, 9)
            raise SystemExit(f"child {place} hangs")
        time.sleep(0.005)
    assert found == (pid, 0), found
print("20 children ended")
simulator.stop()
""")


def test_engines_of_the_parent_and_of_the_child() -> None:
    """What waited is there twice, once in each; new events come where they are made."""
    check(20, """
simulator = Simulator(rate=20_000, threads=3)
engine = Engine(simulator)
subscription, other = engine.subscribe(), engine.subscribe()
threads(1, forever(lambda: subscription.read(1)))

def child():
    stats = other.stats
    rest = 0
    while (batch := other.read(0)) is not None:
        rest += len(batch)
    assert rest == stats["waiting"] and other.stats["waiting"] == 0
    assert stats["received"] == other.stats["received"]      # nobody makes events here
    simulator.emit(10)
    assert sum(len(batch) for batch in iter(lambda: other.read(0), None)) == 10
    other.close()
    assert sum(map(len, engine.net_events())) > 0
    engine.close()
    with Engine(simulator) as mine, mine.subscribe() as subscribed:
        simulator.start(math.inf, total=100)
        simulator.wait()
        assert len(subscribed.read(5)) == 100
    simulator.close()

children(20, child)
simulator.close()
""")


def test_locks_of_python_that_a_thread_holds() -> None:
    """Threads are in a slow call, in a wait for live events, and in a wait for the simulator."""
    check(10, """
simulator = Simulator(events=5, rate=5, delay=0.05)
engine = Engine(simulator)
following = engine.follow()
following.read(1)
following.read(5)   # the log is over
threads(1, forever(lambda: following.read(1)))
threads(1, forever(lambda: sum(map(len, engine.net_events(batch_size=1)))))
threads(1, simulator.wait)

def child():
    following.read(0)
    assert engine.options.collect_net_events
    following.close()
    engine.close()
    simulator.close()

children(10, child)
os._exit(0)
""")


def test_a_page_that_a_thread_of_the_parent_fetches() -> None:
    """It is not in the child, so the stream cannot go on there, nor need it be waited for."""
    check(3, """
from wfpfast import EngineClosedError
engine = Engine(Simulator(events=100, delay=0.05))

def child():
    try:
        next(stream)
    except EngineClosedError as error:
        assert "parent" in str(error)
        stream.close()
    else:
        raise SystemExit("the stream went on without a page")

for _ in range(3):
    stream = engine.net_events(batch_size=5)
    for _ in range(3):      # a slow reader of slow calls: the next page is fetched meanwhile
        next(stream)
        time.sleep(0.01)
    children(1, child)
    assert len(next(stream)) == 5
    stream.close()
print("3 children ended")
engine.close()
""")
