"""The events of several sources, each once: what counts as the same, and what must not."""

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa
import pytest
from example_events import one_of_each
from netsh_xml import drop, netevents

import wfpfast
from wfpfast import Engine, EventBatch, Simulator, decode, encode, netsh
from wfpfast.doubles import IDENTITY, RECORD, TIME, Doubles

START = 133_800_000_000_000_000     # a FILETIME of a whole second
MS = 10_000                         # in FILETIME's units


def event(at: int, number: int = 7, **payload: Any) -> dict[str, Any]:
    return {
        "type": 3,
        "header": {
            "timeStamp": START + at, "flags": 0x11F, "ipVersion": 0, "ipProtocol": 17,
            "localAddrV4": 0xC0000201, "remoteAddrV4": 0xC6336407, "localPort": 50_000,
            "remotePort": 53},
        "classifyDrop": {"filterId": number, "layerId": 48, "msFwpDirection": 0x3901, **payload},
    }


def batch(*events: dict[str, Any], **options: Any) -> EventBatch:
    return decode(encode(list(events)), **options)


def ids(sources: Any) -> list[int]:
    return [cell for part in wfpfast.distinct(sources) for cell in part["filter_id"].to_pylist()]


def test_dumps_of_a_ring_that_overlap() -> None:
    ring = [event(k * MS + 1, k) for k in range(12)]
    dumps = [batch(*ring[k:k + 6]) for k in (0, 2, 4, 6)]
    found = wfpfast.distinct(dumps)
    assert [row for part in found for row in part["filter_id"].to_pylist()] == list(range(12))
    assert found.stats["doubles"] == 12
    assert found.stats["events"] == 12


@pytest.mark.parametrize(("sources", "left"), [
    ([[1, 1], [1, 1]], [2, 0]),             # twice here and there: twice
    ([[1], [1, 1]], [1, 1]),
    ([[1, 1], [1]], [2, 0]),
    ([[1, 1], [1], [1, 1, 1]], [2, 0, 1]),
    ([[1, 2], [], [2, 1]], [2, 0, 0]),
    ([[1, 1, 1]], [3]),                     # one source: what stands there happened
])
def test_what_happened_twice_stays_two(sources: list[list[int]], left: list[int]) -> None:
    doubles, found = Doubles(), []
    for source in sources:
        doubles.begin()
        given = pa.record_batch(batch(*(event(5, number) for number in source)))
        found.append(len(doubles.without(given)))
    assert found == left
    assert doubles.found == sum(map(len, sources)) - sum(left)


def test_occurrences_are_counted_over_the_batches_of_a_source() -> None:
    one = [batch(event(5)), batch(event(5))]
    assert ids([one, [batch(event(5))] * 3]) == [7, 7, 7]


@pytest.mark.parametrize(("first", "second", "doubles"), [
    # Both have 100 ns: the same millisecond is not the same time.
    ([1], [2], 0), ([0, 3], [1, 3], 1), ([1], [1], 1),
    # One has milliseconds: whatever lies in one of them may be it, as often as it says.
    ([0], [9_999], 1), ([9_999], [0], 1), ([0], [10_001], 0), ([0, 0], [1, 2, 3], 2),
    ([1, 2, 3], [0, 0], 2), ([1, 2], [0, 0, 0], 2), ([0], [0], 1),
])
def test_times_are_compared_as_exactly_as_both_sources_have_them(
    first: list[int], second: list[int], doubles: int
) -> None:
    found = wfpfast.distinct([[batch(*map(event, each))] for each in (first, second)])
    assert sum(map(len, found)) == len(first) + len(second) - doubles
    assert found.stats["doubles"] == doubles


def test_a_source_that_has_100_ns_has_them_in_all_its_batches() -> None:
    found = wfpfast.distinct([
        [batch(event(5), event(6), event(7))], [batch(event(3)), batch(event(0))]])
    assert (sum(map(len, found)), found.stats["doubles"]) == (5, 0)


def test_a_log_in_xml_against_live_events(tmp_path: Path) -> None:
    """netsh has milliseconds, and members behind internalFields that live events lack."""
    times = [datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC) + timedelta(microseconds=k)
             for k in (100, 1_900, 2_100, 2_200)]
    path = tmp_path / "netevents.xml"
    path.write_text(netevents(*(
        drop({"timeStamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"},
             internalFields={"filterOrigin": "Stealth", "processId": "4"})
        for at in times)), encoding="utf-8")
    with netsh.read_events(path) as stream:
        log = [pa.record_batch(part) for part in stream]
    assert sum(map(len, log)) == 4
    assert log[0]["filter_origin"].null_count == 0
    # As the engine delivers them: the same without netsh's own members, the last one only live.
    bare = pa.Table.from_batches(log).drop_columns(
        ["process_id", "filter_origin", "terminating_filters", "interface_index"])
    exact = pa.array([*times, times[3] + timedelta(microseconds=1)], bare[TIME].type)
    live = bare.take([0, 1, 2, 3, 3]).set_column(0, TIME, exact)
    for order, kept in (([log, live], [4, 1]), ([live, log], [5, 0])):
        doubles, left = Doubles(), []
        for source in order:
            doubles.begin()
            parts = source if isinstance(source, list) else source.to_batches()
            left.append(sum(len(doubles.without(part)) for part in parts))
        assert left == kept


CHANGES: dict[str, Any] = {
    "filter_id": 8, "remote_port": 54, "remote_address": "192.0.2.99", "app_path": "\\other",
    "event_type": "CLASSIFY_ALLOW", "direction_code": 0x3900,
    "user_sid": "S-1-5-19", "failure_status": -1, "local_mac": "02:00:00:00:00:01",
    "is_loopback": True, "process_id": 4, "filter_origin": "Stealth",
}
TELL_NOTHING = ("is_loopback", "process_id", "filter_origin")   # not every kind of source has them


@pytest.mark.parametrize("name", CHANGES)
def test_what_tells_two_events_apart(name: str) -> None:
    given = pa.record_batch(batch(event(5)))
    place = given.schema.names.index(name)
    other = given.set_column(
        place, name, pa.array([CHANGES[name]], pa.utf8() if isinstance(CHANGES[name], str)
                              else given.schema.field(name).type))
    expected = [1] if name in TELL_NOTHING else [1, 1]
    assert [len(part) for part in wfpfast.distinct([[given], [other]])] == expected
    null = given.set_column(place, name, pa.nulls(1, given.schema.field(name).type))
    changed = name not in TELL_NOTHING and given.column(name).null_count == 0
    assert len(list(wfpfast.distinct([[given], [null]]))) == 1 + changed


def test_values_that_trade_places_make_another_event() -> None:
    one, other = event(5), event(5)
    one["header"].update(localPort=53, remotePort=50_000)
    assert len(ids([[batch(one)], [batch(other)]])) == 2


def test_every_type_of_event_is_recognized() -> None:
    events = one_of_each()
    for number, one in enumerate(events):
        one["header"]["timeStamp"] = START + number
    assert len(events) >= 11
    again = decode(encode(events), addresses="binary")      # addresses in the other way
    found = wfpfast.distinct([[batch(*events)], [again]])
    assert sum(map(len, found)) == found.stats["doubles"] == len(events)


def test_the_identity_names_columns_that_there_are() -> None:
    names = wfpfast.audit.read_events([]).column_names
    assert {*IDENTITY, *RECORD} <= set(names)
    assert len(set(IDENTITY)) == len(IDENTITY) > 30
    assert len(set(IDENTITY) & set(batch(event(0)).column_names)) > 30


def test_older_structs_and_plain_types_of_other_programs() -> None:
    rows = [event(k, k) for k in range(1, 5)]
    older = decode(encode(rows, version=2))
    frame = polars.DataFrame(decode(encode(rows))).with_columns(
        polars.col("event_type").cast(polars.String), polars.col("filter_id").cast(polars.Int64))
    found = wfpfast.distinct([[older], frame, pa.table(frame)])
    assert sum(map(len, found)) == 4
    assert found.stats["doubles"] == 8


def test_an_event_without_a_time_is_never_a_double() -> None:
    given = pa.record_batch(batch(event(5, 1), event(6, 2), event(7, 3)))
    times = given.column(TIME)
    holes = pa.array([times[0].value, None, times[2].value], pa.int64()).cast(times.type)
    partly = given.set_column(0, TIME, holes)
    assert ids([[given], [partly]]) == [1, 2, 3, 2]
    assert ids([[partly], [partly]]) == [1, 2, 3, 2]
    without = given.drop_columns([TIME])
    assert ids([[without], [without]]) == [1, 2, 3] * 2
    numbers = given.set_column(0, TIME, pa.array([1, 2, 3]))
    assert ids([[numbers], [numbers]]) == [1, 2, 3] * 2
    beyond = given.set_column(0, TIME, pa.array([1 << 62] * 3, pa.timestamp("s", "UTC")))
    assert ids([[beyond], [beyond]]) == [1, 2, 3] * 2


def test_batches_that_are_slices() -> None:
    given = pa.record_batch(batch(*(event(k, k) for k in range(1, 20))))
    assert ids([[given.slice(3, 9)], [given.slice(0, 5), given.slice(5)]]) == [
        *range(4, 13), 1, 2, 3, *range(13, 20)]


def sources_of_all_kinds() -> dict[str, Callable[[], Any]]:
    rows = [event(k, k) for k in range(1, 4)]
    given = batch(*rows)
    return {
        "a batch": lambda: given,
        "an Arrow batch": lambda: pa.record_batch(given),
        "a list of batches": lambda: [given],
        "a generator": lambda: (each for each in [given]),
        "a table": lambda: pa.table(pa.record_batch(given)),
        "a reader": lambda: pa.RecordBatchReader.from_batches(
            pa.record_batch(given).schema, [pa.record_batch(given)]),
        "a frame": lambda: polars.DataFrame(given),
        "a stream": lambda: wfpfast.EventStream.from_mappings(iter(rows)),
    }


@pytest.mark.parametrize("kind", sources_of_all_kinds())
def test_sources_of_all_kinds(kind: str) -> None:
    make = sources_of_all_kinds()[kind]
    assert ids([make(), [batch(event(3, 3), event(4, 4))], make()]) == [1, 2, 3, 4]


def test_a_single_source_is_a_mistake() -> None:
    for one in (batch(event(1)), polars.DataFrame(batch(event(1))),
                wfpfast.EventStream.from_mappings(iter([event(1)]))):
        with pytest.raises(TypeError, match="several sources"):
            wfpfast.distinct(one)


def test_statistics_of_the_sources_are_added_up() -> None:
    def stream(*events: Any) -> Any:
        return wfpfast.EventStream.from_mappings(iter(events), errors="null")

    found = wfpfast.distinct([stream((event(1), 2), event(2)), stream((event(2), 3), event(3))])
    next(found)
    assert (found.stats["malformed"], found.stats["doubles"]) == (2, 0)
    assert sum(map(len, found)) == 1
    assert (found.stats["malformed"], found.stats["doubles"], found.stats["events"]) == (5, 1, 3)
    assert found.stats["malformed"] == 5    # reading it counts nothing twice


def test_an_arrow_stream() -> None:
    given = [batch(event(k, k), event(k + 1, k + 1)) for k in range(1, 5)]
    frame = polars.DataFrame(wfpfast.distinct(given))
    assert frame["filter_id"].to_list() == [1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="no source has a batch"):
        polars.DataFrame(wfpfast.distinct([]))


def test_the_error_of_a_source_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml"
    path.write_text(netevents(drop())[:-30], encoding="utf-8")
    with netsh.read_events(path) as stream, pytest.raises(netsh.NetshError):
        list(wfpfast.distinct([[batch(event(1))], stream]))


def test_closing_reads_no_more() -> None:
    with wfpfast.distinct([[batch(event(1))], [batch(event(2))]]) as found:
        next(found)
    assert list(found) == []


def test_the_log_and_what_is_live() -> None:
    with Simulator(events=[event(1, 1), event(2, 2)]) as simulator, Engine(simulator) as engine:
        live = engine.subscribe()
        simulator.emit([event(3, 3)])           # logged and delivered
        live.close()
        assert ids([engine.net_events(), live]) == [1, 2, 3]


def test_memory_is_that_of_all_sources_but_the_last() -> None:
    def source(first: int) -> Iterator[Any]:
        for k in range(first, first + 200_000, 10_000):
            yield pa.record_batch({
                TIME: pa.array(range(k, k + 10_000), pa.int64()).cast(pa.timestamp("ns", "UTC")),
                "filter_id": pa.array(range(k, k + 10_000), pa.uint64())})

    doubles = Doubles()
    doubles.begin()
    for part in source(0):
        doubles.without(part)
    doubles.begin(last=True)
    tracemalloc.start()
    try:
        left = sum(len(doubles.without(part)) for part in source(100_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert left == 100_000
    assert len(doubles._seen) == 200_000
    assert peak < 10 << 20
