"""Events and their filters, by host, id and time: by hand, and against a search row by row."""

from typing import Any

import pytest
from audit_changes import ADD, DELETE, HOST, SECOND, changed, log, present, seconds, story
from audit_records import EPOCH, FIELDS, MOMENT, Audit
from hypothesis import given
from hypothesis import strategies as st

from wfpfast import audit
from wfpfast.naming._interval_search import find_intervals

pa = pytest.importorskip("pyarrow")
NS = (MOMENT - EPOCH) * 100


def events(*rows: tuple[int | None, float], host: str | None = HOST) -> Any:
    """Return events of filters, so many seconds behind the first moment."""
    columns: dict[str, Any] = {
        "filter_id": pa.array([number for number, _ in rows], pa.uint64()),
        "timestamp": pa.array(
            [NS + round(at * 10**9) for _, at in rows], pa.timestamp("ns", "UTC"))}
    if host is not None:
        columns["host"] = pa.array([host] * len(rows)).dictionary_encode()
    return pa.table(columns)


def named(found: Any) -> list[tuple[str | None, str | None]]:
    return list(zip(found["filter_known"].to_pylist(), found["filter_name"].to_pylist(),
                    strict=True))


MOMENTS = [
    (100, -0.5), (100, 0), (100, 99.9999999), (100, 100), (100, 109.9), (100, 110), (101, 0.5),
    (101, 25), (101, 105), (200, 9), (200, 10), (200, 30), (200, 100), (999, 50), (None, 50),
    (101, 110), (101, 110.1)]
ANSWERS = [
    ("not known then", None), ("then", "Rule a"), ("then", "Rule a"), ("then", "Rule b"),
    ("then", "Rule b"), ("not known then", None), ("then", "Rule b"), ("not known then", None),
    ("then", "Rule a"), ("not known then", None), ("then", "Rule c"), ("then", "Rule c2"),
    ("not known then", None), ("not known", None), (None, None), ("then", "Rule a"),
    ("last known", "Rule a")]


def test_the_filter_of_that_time() -> None:
    found = audit.name_filters(events(*MOMENTS), audit.read_filters(log(*story())))
    assert named(found) == ANSWERS
    assert found.column_names == [
        "filter_id", "timestamp", "host", "filter_known", "filter_name", "filter_key",
        "filter_layer_key", "filter_action", "filter_from", "filter_until", "provider_key",
        "provider_name", "callout_key", "callout_name"]
    assert seconds(found["filter_from"])[:5] == [None, 0, 0, 100, 100]
    assert seconds(found["filter_until"])[:5] == [None, 100, 100, 110, 110]
    again = audit.name_filters(found, audit.read_filters(log(*story())))
    assert again.equals(found)


def test_filters_of_a_table_in_another_order() -> None:
    table = pa.table(audit.read_filters(log(*story())))
    backwards = table.take(list(range(len(table)))[::-1])
    assert named(audit.name_filters(events(*MOMENTS), backwards)) == ANSWERS


def test_events_in_parts_and_without_their_beginning() -> None:
    whole = events((999, 0), *MOMENTS).slice(1)
    parts = pa.concat_tables([whole.slice(0, 3), whole.slice(3, 0), whole.slice(3)])
    assert named(audit.name_filters(parts, audit.read_filters(log(*story())))) == ANSWERS


def test_a_slice_of_events() -> None:
    some = events((999, 0), (100, 0), (101, 0.5)).slice(1)
    assert named(audit.name_filters(some, audit.read_filters(log(*story())))) == [
        ("then", "Rule a"), ("then", "Rule b")]


def test_hosts() -> None:
    filters = audit.read_filters(log(present(100, "a", 0), present(100, "b", 0, "pc2")))
    mine = events((100, 0), (100, 0))
    for hosts in (pa.array(["pc2", "pc3"]), pa.array(["pc2", "pc3"]).dictionary_encode(),
                  pa.array(["pc2", None])):
        found = audit.name_filters(mine.set_column(2, "host", hosts), filters)
        assert named(found) == [("then", "Rule b"), ("not known", None)]


def test_net_events_are_of_the_host_that_is_given() -> None:
    filters = audit.read_filters(log(present(100, "a", 0), present(100, "b", 0, "pc2")))
    mine = events((100, 0), host=None)
    assert named(audit.name_filters(mine, filters, host="pc2")) == [("then", "Rule b")]
    assert named(audit.name_filters(mine, filters, host="pc3")) == [("not known", None)]
    assert named(audit.name_filters(mine, filters)) == [("not known", None)]
    some = events((100, 0), (100, 0), (100, 0)).set_column(2, "host", pa.array([None, "pc2", "x"]))
    assert named(audit.name_filters(some, filters, host=HOST)) == [
        ("then", "Rule a"), ("then", "Rule b"), ("not known", None)]


def test_nothing_to_join() -> None:
    none = audit.read_filters(log())
    assert named(audit.name_filters(events((100, 0)), none)) == [("not known", None)]
    found = audit.name_filters(events(), audit.read_filters(log(*story())))
    assert (len(found), found.num_columns) == (0, 14)
    with pytest.raises(ValueError, match="without the column timestamp"):
        audit.name_filters(events((1, 0)).drop_columns("timestamp"), none)


def test_events_of_the_log_itself() -> None:
    def connection(number: int, at: float) -> Audit:
        return Audit(5157, {**FIELDS["connection"], "FilterRTID": number},
                     time=MOMENT + round(at * SECOND))

    file = log(
        connection(100, 0), changed(ADD, 100, "a", 1), connection(100, 2),
        changed(DELETE, 100, "a", 3), connection(100, 3), connection(0, 3))
    filters = audit.read_filters(file)
    file.seek(0)
    with audit.read_events(file) as stream:
        found = audit.name_filters(stream, filters)
    assert named(found) == [
        ("not known then", None), ("then", "Rule a"), ("not known then", None), (None, None)]
    assert found["provider_name"].to_pylist()[1] == "Microsoft Corporation"


small = st.integers(0, 3)
starts = st.lists(st.tuples(small, small, st.integers(0, 20)), unique=True).map(sorted)
moments = st.lists(st.tuples(small, small, st.integers(-2, 25)))


@given(starts, st.lists(st.integers(0, 6) | st.none()), moments)
def test_the_search_finds_what_a_look_at_all_finds(
    begun: list[tuple[int, int, int]], lengths: list[int | None],
    asked: list[tuple[int, int, int]],
) -> None:
    """Intervals of a key end at the latest where the next one begins."""
    most = (1 << 63) - 1
    rows = []
    for k, (group, number, start) in enumerate(begun):
        length = lengths[k] if k < len(lengths) else 1
        end = most if length is None else start + length
        after = begun[k + 1] if k + 1 < len(begun) else None
        if after is not None and after[:2] == (group, number):
            end = min(end, after[2])
        rows.append((group, number, start, end))
    expected = []
    for group, number, time in asked:
        mine = [k for k, row in enumerate(rows) if row[:2] == (group, number)]
        then = [k for k in mine if rows[k][2] <= time < rows[k][3]]
        expected.append(then[0] if then else -2 if mine else -1)
    answers = bytearray(8 * len(asked))
    find_intervals(
        columns(rows, "iQqq"), columns(asked, "iQq"), answers, len(rows), len(asked))
    assert memoryview(answers).cast("q").tolist() == expected


def columns(rows: list[tuple[int, ...]], formats: str) -> list[bytes]:
    import array

    return [array.array(letter, [row[k] for row in rows]).tobytes()
            for k, letter in enumerate(formats)]


def test_memory_that_is_too_short_is_refused() -> None:
    one = [bytes(4), bytes(8), bytes(8), bytes(8)]
    with pytest.raises(ValueError, match="too short"):
        find_intervals(one, one[:3], bytearray(8), 2, 1)
    with pytest.raises(ValueError, match="too short"):
        find_intervals(one, one[:3], bytearray(8), 1, 2)
    with pytest.raises(BufferError):
        find_intervals(one, one[:3], bytes(8), 1, 1)
