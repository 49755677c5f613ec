"""Streams of events that a source gives as mappings: batches, statistics, errors, ends."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from wfpfast import EventStream, SourceError
from wfpfast._base.memory import live_buffers


def event(port: int, **more: Any) -> dict[str, Any]:
    header = {"flags": 0x8, "localPort": port}
    return {"header": header, "type": 3, "classifyDrop": {"filterId": port}, **more}


def ports(stream: EventStream) -> tuple[list[list[int]], Exception | None]:
    """Read a stream; return the ports of each batch, and the error that ended it."""
    found: list[list[int]] = []
    try:
        found.extend([row.local_port for row in batch] for batch in stream)
    except Exception as error:
        return found, error
    return found, None


def test_batches_have_the_size_asked_for() -> None:
    stream = EventStream.from_mappings(map(event, range(7)), batch_size=3)
    assert ports(stream) == ([[0, 1, 2], [3, 4, 5], [6]], None)
    assert stream.stats["events"] == 7
    assert ports(EventStream.from_mappings(map(event, range(6)), batch_size=3)) == (
        [[0, 1, 2], [3, 4, 5]], None)
    assert ports(EventStream.from_mappings([])) == ([], None)
    assert len(next(EventStream.from_mappings(map(event, range(2000))))) == 1024


def test_decoder_options_are_passed_on() -> None:
    with EventStream.from_mappings([event(1)], columns=["filter_id", "local_port"]) as stream:
        assert stream.column_names == ["filter_id", "local_port"]
        assert [tuple(row.to_dict().values()) for batch in stream for row in batch] == [(1, 1)]


def test_bad_values_are_counted_in_the_batch_of_their_event() -> None:
    items = [event(0), (event(1), 2), (event(2), 0), (event(3), 1), event(4)]
    stream = EventStream.from_mappings(items, batch_size=2)
    assert [batch.stats["malformed"] for batch in stream] == [2, 1, 0]
    assert stream.stats["malformed"] == 3


def failing(count: int, kind: type[Exception]) -> Iterator[tuple[dict[str, Any], int]]:
    for port in range(count):
        yield event(port), 1
    raise kind("cut")


@pytest.mark.parametrize(("count", "before"), [
    (5, [[0, 1, 2], [3, 4]]), (6, [[0, 1, 2], [3, 4, 5]]), (0, []),
])
@pytest.mark.parametrize("kind", [SourceError, OSError, KeyError])
def test_events_before_an_error_of_the_source_come_first(
    count: int, before: list[list[int]], kind: type[Exception]
) -> None:
    closed: list[int] = []
    stream = EventStream.from_mappings(
        failing(count, kind), batch_size=3, close=lambda: closed.append(1))
    found, error = ports(stream)
    assert (found, type(error), error and error.args) == (before, kind, ("cut",))
    assert stream.stats.get("malformed", 0) == count
    assert ports(stream) == ([], None)
    assert closed == [1]


@pytest.mark.parametrize(("place", "before"), [
    (0, []), (1, [[0]]), (2, [[0, 1]]), (3, [[0, 1], [2]]),
])
@pytest.mark.parametrize(("wrong", "kind", "message"), [
    ({"nonsense": 1}, ValueError, "event {}: nonsense: an event has no such member"),
    ({"header": {"localPort": 65536}}, OverflowError, "event {}: header.localPort"),
    ({"header": {"localPort": "x"}}, TypeError, "event {}: header.localPort"),
])
def test_events_before_a_mapping_that_cannot_be_encoded_come_first(
    place: int, before: list[list[int]], wrong: dict[str, Any], kind: type[Exception], message: str
) -> None:
    items = [(event(port), 1) for port in range(5)]
    items[place] = ({**event(place), **wrong}, 100)
    stream = EventStream.from_mappings(items, batch_size=2)
    found, error = ports(stream)
    assert found == before
    assert type(error) is kind
    assert str(error).startswith(message.format(place % 2))
    assert error.__notes__ == [f"It is the source's mapping {place}, counted from 0."]
    assert stream.stats.get("malformed", 0) == place


def test_of_two_errors_the_one_of_the_earlier_event_comes() -> None:
    def items() -> Iterator[dict[str, Any]]:
        yield event(0)
        yield event(1, nonsense=1)
        raise SourceError("cut")

    found, error = ports(EventStream.from_mappings(items()))
    assert found == [[0]]
    assert "nonsense" in str(error)


def test_the_source_is_read_no_further_than_its_batch() -> None:
    pulled: list[int] = []

    def items() -> Iterator[dict[str, Any]]:
        for port in range(100):
            pulled.append(port)
            yield event(port)

    stream = EventStream.from_mappings(items(), batch_size=4)
    assert pulled == []
    next(stream)
    assert pulled == [0, 1, 2, 3]


@pytest.mark.parametrize(("options", "message"), [
    ({"batch_size": 0}, "batch_size 0: a batch holds at least one event"),
    ({"columns": ["nonsense"]}, "there is no column 'nonsense'"),
    ({"errors": "perhaps"}, "perhaps"),
])
def test_wrong_options_close_the_source(options: dict[str, Any], message: str) -> None:
    closed: list[int] = []
    with pytest.raises(ValueError, match=message):
        EventStream.from_mappings([], close=lambda: closed.append(1), **options)
    assert closed == [1]


def test_an_error_keeps_no_batch_alive() -> None:
    gc.collect()
    gc.disable()
    try:
        before = live_buffers()
        ports(EventStream.from_mappings(failing(5, SourceError)))
        assert live_buffers() == before
    finally:
        gc.enable()
