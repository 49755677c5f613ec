"""Files as people have them: the events, statistics and errors that are right, for each."""

import io
import re
from typing import Any

import pytest
from netsh_inputs import Input, documents, values

from wfpfast import netsh

INPUTS = [*values.INPUTS, *documents.INPUTS]
each = pytest.mark.parametrize("given", INPUTS, ids=lambda given: given.name)


def read(given: Input, errors: str, size: int = 1024) -> tuple[list[Any], dict[str, int], str]:
    """The rows, the statistics that are not zero, and the error."""
    rows: list[Any] = []
    error = ""
    options: dict[str, Any] = {"encoding": given.encoding} if given.encoding else {}
    source = io.BytesIO(given.data)
    with netsh.read_events(source, errors=errors, batch_size=size, **options) as stream:
        try:
            for batch in stream:
                rows += [event.to_dict() for event in batch]
        except netsh.NetshError as raised:
            error = str(raised)
        stats = {name: count for name, count in stream.stats.items() if count}
    assert stats.pop("events", 0) == len(rows)
    return rows, stats, error


def compared(rows: list[Any], wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, with those columns that are compared."""
    assert len(rows) == len(wanted)
    return [{name: full[name] for name in row} for full, row in zip(rows, wanted, strict=True)]


@each
def test_what_can_be_read_is_read(given: Input) -> None:
    rows, stats, error = read(given, "null")
    assert compared(rows, given.rows) == given.rows
    assert stats == given.stats
    matches(error, given.error)


@each
def test_with_errors_raise(given: Input) -> None:
    """The same rows come, up to the first thing that is wrong; what is odd only is no error."""
    rows, _, error = read(given, "raise", size=1)
    matches(error, given.error if given.raises == "same" else given.raises)
    if given.raises in ("", "same"):
        assert compared(rows, given.rows) == given.rows
    else:
        assert len(rows) < len(given.rows) or given.stats.get("lost_events")


def matches(error: str, pattern: str) -> None:
    assert bool(error) == bool(pattern), error
    assert re.search(pattern, error), error


def test_there_are_many() -> None:
    names = [given.name for given in INPUTS]
    assert len(names) == len(set(names)) >= 90
