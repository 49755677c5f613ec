"""Files as people have them: the events, statistics and errors that are right, for each."""

import codecs
import dataclasses
import io
import random
import re
from typing import Any

import pytest
from netsh_inputs import Input, documents, event, items, listed, values

from wfpfast import netsh

INPUTS = [*values.INPUTS, *documents.INPUTS]
each = pytest.mark.parametrize("given", INPUTS, ids=lambda given: given.name)


class Pipe(io.RawIOBase):
    """Gives few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._file = io.BytesIO(data)
        self._size = size

    def read(self, _: int = -1) -> bytes:
        return self._file.read(self._size)


def read(
    given: Input, errors: str, size: int = 1024, piece: int = 1 << 30,
) -> tuple[list[Any], dict[str, int], str]:
    """The rows, the statistics that are not zero, and the error."""
    rows: list[Any] = []
    error = ""
    options: dict[str, Any] = {"encoding": given.encoding} if given.encoding else {}
    source: Any = Pipe(given.data, piece)
    with netsh.read_events(source, errors=errors, batch_size=size, **options) as stream:
        try:
            for batch in stream:
                rows += [event.to_dict() for event in batch]
        except netsh.NetshError as raised:
            error = str(raised)
        stats = {name: count for name, count in stream.stats.items() if count}
    assert stats.pop("events", 0) == len(rows)
    return rows, stats, error.replace("Pipe: ", "")


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


@pytest.mark.parametrize("piece", [1, 7, 1021])
@each
def test_pieces_of_any_size_make_no_difference(given: Input, piece: int) -> None:
    # Where the encoding changes is not seen if two pieces share the place.
    mixed = given.name in ("two documents of two encodings", "UTF-16 and then UTF-8")
    if len(given.data) < 100_000 and not (mixed and piece < 1000):
        assert read(given, "null", piece=piece) == read(given, "null")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("given", [*values.INPUTS, *documents.ROOTS], ids=lambda given: given.name)
def test_the_encoding_makes_no_difference(given: Input, encoding: str) -> None:
    try:
        text = given.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return      # an invalid byte is what is special about it
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    other = dataclasses.replace(given, data=mark + text.encode(encoding))
    assert read(other, "null") == read(given, "null")


def damaged(text: str, seed: int) -> str:
    """A part of the text is missing, or stands twice, or other letters stand in it."""
    chance = random.Random(seed)
    at = chance.randrange(1, len(text) - 1)
    to = min(len(text) - 1, at + chance.choice((1, 2, 5, 20, 100, 500)))
    return chance.choice((
        text[:at] + text[to:], text[:to] + text[at:],
        text[:at] + "".join(chance.choices("abc019 </>&;.", k=4)) + text[at:]))


def test_damage_costs_no_other_event() -> None:
    good = [items(event({"localPort": str(port)})) for port in (50000, 50001, 50002, 50003)]
    spoilt = 0
    for seed in range(400):
        text = listed(good[0] + damaged(good[1], seed) + good[2] + good[3])
        with netsh.read_events(io.BytesIO(text.encode()), errors="null") as stream:
            ports = [port for batch in stream for port in batch["local_port"].to_pylist()]
            counted = sum(stream.stats.values()) - len(ports)
        assert ports[0] == 50000, seed
        assert ports[-2:] == [50002, 50003], seed
        assert len(ports) in (3, 4), seed
        assert counted or len(ports) == 4, seed
        spoilt += bool(counted)
    assert spoilt > 200


def matches(error: str, pattern: str) -> None:
    assert bool(error) == bool(pattern), error
    assert re.search(pattern, error), error


def test_there_are_many() -> None:
    names = [given.name for given in INPUTS]
    assert len(names) == len(set(names)) >= 90
