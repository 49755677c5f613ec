"""Whatever moment a process is killed at: after the next run, every event is there, once."""

import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from dataset.deaths import Dying, Killed
from dataset.made import events, ids_of, parquet_files

from wfpfast.dataset import Origin, Writer, compact, verify
from wfpfast.dataset._store import Folder, Store

# Two sources, of two hosts; the first one is around midnight, and read in two commits.
SOURCES = {
    "a": events(range(100, 300)),
    "b": events(range(300, 340), host="WS2"),
}
ALL = sorted(
    number for batch in SOURCES.values() for number in batch.column("filter_id").to_pylist())
PIECE = 150
AGAIN = 3       # every so many steps, the next run is killed as well


def collect(path: Path) -> None:
    """Collect all sources as a program does: what is committed of one, is not read again."""
    with Writer(path, columns=["filter_id"]) as writer:
        for name, source in SOURCES.items():
            key = {"name": name}
            before = writer.last(key)
            read = 0 if before is None else before.read
            while read < len(source):
                rows: pa.RecordBatch = source.slice(read, PIECE)
                writer.write(rows)
                read += len(rows)
                writer.commit([Origin(name, key, read, len(rows), whole=read == len(source))])


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[Dying]]:
    """Let the next writers die after so many steps."""
    made: list[Dying] = []
    # Power failures are not what dies here.
    monkeypatch.setattr("os.fsync", lambda descriptor: None)

    def after(steps: int) -> list[Dying]:
        made.clear()

        def store_of(path: Path, filesystem: object = None) -> Store:
            made.append(Dying(path, steps))
            return made[-1]

        for module in ("writer", "_compact", "_verify"):
            monkeypatch.setattr(f"wfpfast.dataset.{module}.store_of", store_of)
        return made

    return after


def alive(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("writer", "_compact", "_verify"):
        monkeypatch.setattr(
            f"wfpfast.dataset.{module}.store_of", lambda path, filesystem=None: Folder(path))


def killed(work: Callable[[], object]) -> bool:
    try:
        work()
    except Killed:
        return True
    return False


def nothing_left(path: Path) -> None:
    """Only the data and its manifest are there: no parts, no locks."""
    rest = [each for each in path.rglob("*") if each.is_file()
            and each.suffix != ".parquet" and each.parent.name != "commits"]
    assert rest == []
    assert all(each.suffix == ".json" for each in (path / "_wfpfast" / "commits").iterdir())


def test_collecting_killed_at_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dying: Callable[[int], list[Dying]]
) -> None:
    """Also when the run that comes after is killed as early: the one after that has all."""
    kills = steps = 0
    while True:
        path = tmp_path / str(steps)
        dying(steps)
        if not killed(lambda: collect(path)):   # noqa: B023
            break
        kills += 1
        seen = ids_of(path)
        assert len(seen) == len(set(seen)), f"something is there twice after step {steps}"
        if steps % AGAIN == 0:
            kills += killed(lambda: collect(path))  # noqa: B023
        alive(monkeypatch)
        collect(path)
        assert ids_of(path) == ALL, f"after step {steps}"
        found = verify(path)
        assert (found.problems, found.events) == ([], len(ALL))
        nothing_left(path)
        steps += 1
    assert kills >= 100, steps


def test_compacting_killed_at_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dying: Callable[[int], list[Dying]]
) -> None:
    kills = steps = 0
    while True:
        path = tmp_path / str(steps)
        alive(monkeypatch)
        collect(path)
        before = len(parquet_files(path))
        dying(steps)
        if not killed(lambda: compact(path, before="2027-01-01")):  # noqa: B023
            break
        kills += 1
        alive(monkeypatch)
        found = verify(path)
        assert (found.problems, found.events) == ([], len(ALL)), f"after step {steps}"
        assert ids_of(path) == ALL
        compact(path, before="2027-01-01")
        assert ids_of(path) == ALL
        assert len(parquet_files(path)) == 3 < before   # a file a host and day
        nothing_left(path)
        steps += 2
    assert kills > 15, steps


def test_a_torn_commit_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dying: Callable[[int], list[Dying]]
) -> None:
    """Random moments of three runs on one dataset, one after another."""
    chosen = random.Random(7)
    for _ in range(12):
        dying(chosen.randrange(5, 120))
        killed(lambda: collect(tmp_path))
    alive(monkeypatch)
    collect(tmp_path)
    assert ids_of(tmp_path) == ALL
    assert verify(tmp_path).problems == []
