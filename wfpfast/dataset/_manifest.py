"""What a dataset says of itself: one small file a commit; must not know what is in the parts.

A commit is a file ``_wfpfast/commits/TIME-WRITER-N.json``. With it the events are in the dataset:
until then their parts lie in ``_wfpfast/staging/WRITER``, where nobody reads them, and who finds a
commit whose parts are still there, moves them. So a kill at any moment leaves nothing by halves.
"""

import contextlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from wfpfast import __version__
from wfpfast.dataset._lock import Lock
from wfpfast.dataset._store import DatasetError, Entry, Store

HOME = "_wfpfast"
COMMITS = f"{HOME}/commits"
STAGING = f"{HOME}/staging"
LOCKS = f"{HOME}/locks"
MARK = "writer"             # in the folder of a writer: it may still be at work
FORMAT = 1
_ABANDONED = 86_400.0       # seconds after which a writer is gone where there are no locks


@dataclass(frozen=True)
class Part:
    """A file of events.

    Attributes
    ----------
    path : str
        Within the dataset.
    events, nbytes : int
        How much is in it.
    first, last : int or None
        Of the times of its events, as FILETIMEs.
    """

    path: str
    events: int
    nbytes: int
    first: int | None
    last: int | None


@dataclass(frozen=True)
class Origin:
    """What events were read of.

    Attributes
    ----------
    name : str
        What it was called.
    key : dict
        How it is known again, whatever it is called then.
    read : int
        How many of its events were read until now, those of earlier commits included.
    events : int
        How many of them are in this commit: not all need be wanted.
    whole : bool
        Whether it was read to its end.
    stats : dict
        What its reader counted, earlier commits included.
    """

    name: str
    key: dict[str, Any]
    read: int
    events: int
    whole: bool = True
    stats: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Commit:
    """What became part of a dataset at one moment, and what was replaced by it.

    Attributes
    ----------
    writer, number : str, int
        Who made it, and which of the writer's it is.
    time : str
        When, in UTC.
    parts : tuple of Part
        What was added.
    removed : tuple of str
        Paths of the parts that these replace.
    origins : tuple of Origin
        What the events are of.
    stats : dict
        What was lost or mended on the way.
    """

    writer: str
    number: int
    time: str
    parts: tuple[Part, ...] = ()
    removed: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    stats: dict[str, int] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it is written."""
        return f"{COMMITS}/{self.time}-{self.writer}-{self.number}.json"

    def staged(self, part: Part) -> str:
        """Return where a part lies until it is moved."""
        return staged(self.writer, part.path)

    def packed(self) -> bytes:
        """Return it as the bytes of its file."""
        return json.dumps(
            {"format": FORMAT, "wfpfast": __version__, **asdict(self)}, indent=1).encode()


def staged(writer: str, path: str) -> str:
    """Return where a writer's part lies until it is moved to its path."""
    return f"{STAGING}/{writer}/{path.rpartition('/')[2]}.part"


def now() -> str:
    """Return the time as commits have it in their names."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def parsed(data: bytes, path: str) -> Commit:
    """Return the commit that a file holds."""
    try:
        found: dict[str, Any] = json.loads(data)
        if found.pop("format") != FORMAT:
            raise DatasetError(f"{path}: was written by a later wfpfast")
        found.pop("wfpfast")
        found["parts"] = tuple(Part(**each) for each in found["parts"])
        found["origins"] = tuple(Origin(**each) for each in found["origins"])
        found["removed"] = tuple(found["removed"])
        return Commit(**found)
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: is no commit of a dataset: {error}") from None


def paths(store: Store) -> list[str]:
    """Return the files of the commits, in the order of their time."""
    return [entry.path for entry in store.files(COMMITS) if entry.path.endswith(".json")]


def read(store: Store, path: str) -> Commit:
    """Return the commit of a file."""
    return parsed(store.read(path), f"{store.name}/{path}")


class Manifest:
    """All commits of a dataset, as they are at one moment.

    Attributes
    ----------
    commits : list of Commit
        In the order of their time.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Commit] = {}
        self.commits: list[Commit] = []
        self.refresh()

    def refresh(self) -> None:
        """Learn of the commits that others have made meanwhile."""
        self._known = {
            path: self._known.get(path) or read(self._store, path)
            for path in paths(self._store)}
        self.commits = list(self._known.values())

    @property
    def parts(self) -> dict[str, Part]:
        """The parts of the dataset by their paths: all that were added and not replaced."""
        gone = {path for commit in self.commits for path in commit.removed}
        return {part.path: part for commit in self.commits for part in commit.parts
                if part.path not in gone}

    @property
    def stats(self) -> Counter[str]:
        """What was lost or mended on the way to the dataset."""
        total: Counter[str] = Counter()
        for commit in self.commits:
            total.update(commit.stats)
        return total

    def origins(self) -> list[Origin]:
        """Return what events are of, each with what is known of it at last."""
        found = {
            json.dumps(origin.key, sort_keys=True): origin
            for commit in self.commits for origin in commit.origins}
        return list(found.values())


def commit(store: Store, made: Commit) -> None:
    """Make a commit: from its first line on, what it says is so."""
    store.sync({made.staged(part) for part in made.parts})
    store.put(made.path, made.packed())
    carry_out(store, made)


def carry_out(store: Store, made: Commit) -> int:
    """Do what a commit says, unless that is done; return how many files that took."""
    done = 0
    for part in made.parts:
        with contextlib.suppress(FileNotFoundError):    # it is there already
            store.move(made.staged(part), part.path)
            done += 1
    for path in made.removed:
        if store.size(path) is not None:
            store.delete(path)
            done += 1
    if done:
        store.sync({part.path for part in made.parts} | set(made.removed))
    return done


def recover(store: Store) -> int:
    """Finish what writers that are gone have begun; return how many files were to be moved.

    What they had not committed is removed: it is read again from where it came from.
    """
    writers: dict[str, list[Entry]] = {}
    for entry in store.files(STAGING):
        writer = entry.path.removeprefix(f"{STAGING}/").partition("/")[0]
        writers.setdefault(writer, []).append(entry)
    done = 0
    for writer, left in writers.items():
        try:
            lock = store.lock(mark(writer))
        except BlockingIOError:
            continue    # it is at work
        if lock is not None:
            done += retire(store, writer, lock)
        elif all(entry.age > _ABANDONED for entry in left):
            done += retire(store, writer, None)
        else:
            done += _carried_out(store, writer)
    return done


def _carried_out(store: Store, writer: str) -> int:
    """Do what the commits of a writer say; return how many files that took.

    If it may have ended before, its commits are looked for now that it makes no more of them.
    """
    return sum(
        carry_out(store, read(store, path)) for path in paths(store) if f"-{writer}-" in path)


def retire(store: Store, writer: str, lock: Lock | None) -> int:
    """Finish what a writer has committed, remove what it has not, and say that it is gone."""
    done = _carried_out(store, writer)
    for entry in store.files(f"{STAGING}/{writer}"):
        if entry.path != mark(writer):
            store.delete(entry.path)
    for entry in store.files(COMMITS):      # one whose writing broke off
        if f"-{writer}-" in entry.path and not entry.path.endswith(".json"):
            store.delete(entry.path)
    if lock is None:
        store.delete(mark(writer))
    else:
        lock.release()
    store.remove_folder(f"{STAGING}/{writer}")
    return done


def enter(store: Store, writer: str) -> Lock | None:
    """Say that a writer is at work."""
    lock = store.lock(mark(writer))
    if lock is None:
        store.put(mark(writer), b"")
    return lock


def mark(writer: str) -> str:
    """Return the file that says that a writer may be at work."""
    return f"{STAGING}/{writer}/{MARK}"


def summed(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return statistics added up."""
    total: Counter[str] = Counter()
    for stats in several:
        total.update(stats)
    return {name: count for name, count in total.items() if count}
