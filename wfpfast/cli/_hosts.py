"""Chooses the events of some hosts, for `--host`; must not know where events come from."""

import fnmatch
from collections.abc import Sequence

import pyarrow as pa

from wfpfast.cli._screen import brief, listed

HOST = "host"
_SHOWN = 10     # hosts that a message names


class Hosts:
    """The hosts whose events are wanted.

    Parameters
    ----------
    patterns : sequence of str
        Names, in any case, in which ``*`` and ``?`` stand for other characters. One without a dot
        is also a host's name without its domain.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = patterns
        self._matches: dict[str, list[str]] = {}    # by host: those that it matches

    def chosen(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the events of these hosts."""
        column = batch.column(HOST)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        names = column.dictionary.to_pylist()   # of which a batch may use some only
        used = {names[code.as_py()] for code in column.indices.unique() if code.is_valid}
        wanted = {name for name in used if self._matched(name)}
        mask = pa.array([name in wanted for name in names], pa.bool_()).take(column.indices)
        return batch.filter(mask)

    def _matched(self, name: str) -> list[str]:
        found = self._matches.get(name)
        if found is None:
            found = [pattern for pattern in self._patterns if _fits(name.casefold(), pattern)]
            self._matches[name] = found
        return found

    def faults(self) -> list[str]:
        """Return what to say of each pattern that no host of what was read is of."""
        there = sorted(self._matches)
        shown = listed(there, _SHOWN) or "none"
        told = f"there are {shown}" if len(there) > 1 else f"there is {shown}"
        met = {pattern for found in self._matches.values() for pattern in found}
        return [
            f"--host {brief(pattern)}: no event is of such a host; {told}"
            for pattern in dict.fromkeys(self._patterns) if pattern not in met]


def _fits(name: str, pattern: str) -> bool:
    pattern = pattern.casefold()
    return fnmatch.fnmatchcase(name, pattern) or (
        "." not in pattern and fnmatch.fnmatchcase(name.partition(".")[0], pattern))
