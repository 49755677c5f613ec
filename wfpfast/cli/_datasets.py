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
    files = f"{found.files:,} file{'' if found.files == 1 else 's'}"
    parts = [f"{_screen.events(found.events)} in {files}, {found.commits:,} commits"]
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
    _screen.say(f"{dataset}: {_screen.events(done.events)} of {done.days:,} hosts and days in"
                f" {done.after:,} files, which were {done.before:,}")
    return 0
