"""`wfpfast verify` and `compact`: what becomes of a dataset; must not know what events mean."""

from wfpfast.cli import _screen, _stats
from wfpfast.cli._collect import saying
from wfpfast.cli._screen import Fault
from wfpfast.dataset import compact as compacted
from wfpfast.dataset import verify as verified


def verify(dataset: str, *, read: bool) -> int:
    """Compare a dataset with its manifest; return the exit status."""
    with saying(dataset):
        found = verified(dataset, read=read)
    if found.finished:
        _screen.say(f"{dataset}: finished what a run that was ended had committed:"
                    f" {found.finished} files")
    parts = [f"{_screen.events(found.events)} in {several(found.files, 'file')},"
             f" {several(found.commits, 'commit')}"]
    _screen.say("; ".join([*parts, *_stats.told(found.stats)]))
    for problem in found.problems:
        _screen.say(f"wfpfast: {problem}")
    return 1 if found.problems else 0


def compact(dataset: str, *, before: str | None) -> int:
    """Merge the files of days that are over; return the exit status."""
    try:
        with saying(dataset):
            done = compacted(dataset, before=before)
    except BlockingIOError:
        raise Fault(f"{dataset}: another process compacts it") from None
    _screen.say(f"{dataset}: {_screen.events(done.events)} in {several(done.after, 'file')},"
                f" a host and day each, which were {done.before:,}")
    return 0


def several(count: int, noun: str) -> str:
    """Return "1 file", "2,000 files"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
