"""What a recording says of its machine, decoded and made by hand from docs/recording.md."""

import itertools
import json
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from example_events import event
from hypothesis import given
from hypothesis import strategies as st
from recording.test_format import file_header, record, written

import wfpfast
from wfpfast import encode
from wfpfast.naming.by_time import FiltersByTime
from wfpfast.recording import Recorder, Recording, RecordingError
from wfpfast.recording._scan import Scan

SECOND = 1_000_000_000
LAYER = "FWPM_LAYER_ALE_AUTH_CONNECT_V4"


def rule(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {"filter_id": number, "name": name, "layer_key": LAYER, **more}


def state(content: Any, *, version: int = 1, time_ns: int = 5, **options: Any) -> bytes:
    """Return a record with a state; bytes stand as they are in the place of JSON."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    data = b"WFPSTATE" + struct.pack("<II", version, 0) + text
    return record(data, time_ns=time_ns, base=0, count=0, version=0, **options)


def columns(*rules: dict[str, Any]) -> dict[str, list[Any]]:
    names = dict.fromkeys(itertools.chain(*rules))
    return {name: [each.get(name) for each in rules] for name in names}


def states_of(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Return the times and the contents of the states in a file, without wfpfast's own code."""
    raw, found = path.read_bytes(), []
    at = 28 + int.from_bytes(raw[12:16], "little") + 4
    while at < len(raw):
        size = int.from_bytes(raw[at + 48:at + 56], "little")
        data = raw[at + 64:at + 64 + size]
        if data.startswith(b"WFPSTATE"):
            # No flags, nothing lost, no events.
            assert raw[at + 4:at + 8] + raw[at + 16:at + 24] + raw[at + 40:at + 48] == bytes(20)
            assert struct.unpack("<II", data[8:16]) == (1, 0)
            found.append((int.from_bytes(raw[at + 8:at + 16], "little"), json.loads(data[16:])))
        at += 72 + size
    assert at == len(raw)
    return found


def test_a_state_decoded_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "a.wfprec"
    one, two = rule(7, "höst\ud800", weight=2**64 - 1, flags=["A", "B"]), rule(8, "two")
    with Recorder(path) as recorder:
        assert recorder.write_state(
            filters=[one, two], volumes={"HarddiskVolume3": "C:"}, accounts={"S-1-1": "ann"},
            looked_ns=11, time_ns=12)
        assert not recorder.write_state(
            filters=[two, one], volumes={}, accounts={"S-1-1": "ann"}, looked_ns=21)
        size = path.stat().st_size
        assert not recorder.write_state()
        assert path.stat().st_size == size
        assert recorder.write_state(filters=[rule(8, "zwei")], looked_ns=31, time_ns=32)
        assert recorder.write_state(accounts={"S-1-2": "bob"}, time_ns=42)
    first, second, third = states_of(path)
    assert first == (12, {
        "complete": True, "looked_ns": 11, "since_ns": None, "gone": [],
        "filters": columns({**one, "name": "höst?"}, {**two, "weight": None, "flags": None}),
        "volumes": {"HarddiskVolume3": "C:"}, "accounts": {"S-1-1": "ann"}})
    assert second == (32, {
        "complete": False, "looked_ns": 31, "since_ns": 21, "gone": [7],
        "filters": columns(rule(8, "zwei"))})
    assert third == (42, {"accounts": {"S-1-2": "bob"}})


def spans(path: Path, **options: Any) -> list[tuple[int, str, int | None, int | None]]:
    """Return the filters of a recording with their times, in nanoseconds."""
    with Recording(path, **options) as recording:
        table = pa.table(recording.filters)
    times = [table[name].cast(pa.int64()).to_pylist() for name in ("from", "until")]
    return sorted(zip(
        table["filter_id"].to_pylist(), table["name"].to_pylist(), *times, strict=True),
        key=str)


def test_a_file_made_by_hand_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a", file_header(),
        state({"complete": True, "looked_ns": 100, "since_ns": None, "gone": [],
               "filters": columns(rule(1, "a"), rule(2, "b"), rule(3, "c")),
               "volumes": {"HarddiskVolume3": "C:"}}, time_ns=101),
        record(time_ns=150),
        state({"complete": False, "looked_ns": 200, "since_ns": 180, "gone": [1],
               "filters": columns(rule(2, "B"), rule(4, "d")), "more": 1}, time_ns=205),
        record(time_ns=300),
        # Another recorder, which knows nothing of what was before.
        state({"complete": True, "looked_ns": 900, "since_ns": None, "gone": [],
               "filters": columns(rule(2, "B"), rule(3, "C")),
               "accounts": {"S-1-5-21-9": "PC\\ann"}}, time_ns=901))
    assert spans(path) == sorted([
        (1, "a", None, 205),        # seen at 101, and no more at 205
        (2, "b", None, 180), (2, "B", 200, None),   # between the two looks it was one or the other
        (3, "c", None, 300), (3, "C", 300, None),   # the first recorder wrote for the last time
        (4, "d", 180, 300),
    ], key=str)
    with Recording(path) as recording:
        assert recording.volumes == {"HarddiskVolume3": "C:"}
        assert recording.accounts == {"S-1-5-21-9": "PC\\ann"}
        assert recording.machine().faults == []
        assert set(pa.table(recording.filters)["host"].to_pylist()) == {"höst"}
        assert [block.count for block in recording] == [2, 2]   # states are no blocks of events


def test_a_drive_that_became_another_one_names_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with Recorder(path) as recorder:
        recorder.write_state(volumes={"HarddiskVolume3": "C:", "HarddiskVolume4": "D:"})
        recorder.write_state(volumes={"HarddiskVolume4": "E:"})
    with Recording(path) as recording:
        assert recording.volumes == {"HarddiskVolume3": "C:"}
        assert (recording.filters, recording.accounts) == (None, {})


LOOKS = st.lists(
    st.dictionaries(st.integers(1, 3), st.sampled_from("ab"), max_size=3), min_size=1, max_size=5)


@given(looks=LOOKS)
def test_the_rule_of_each_moment(
    tmp_path_factory: pytest.TempPathFactory, looks: list[Any]
) -> None:
    """An oracle that walks from look to look: a filter holds where both looks beside it agree."""
    path = tmp_path_factory.mktemp("states") / "a"
    with Recorder(path) as recorder:
        for k, look in enumerate(looks, 1):
            recorder.write_state(
                filters=[rule(*each) for each in look.items()], looked_ns=100 * k,
                time_ns=100 * k + 10)
    probes = [(number, 100 * k + 50) for number in (1, 2, 3) for k in range(len(looks) + 1)]
    with Recording(path) as recording:
        found = FiltersByTime(recording.filters)
    moments = pa.record_batch({
        "filter_id": pa.array([number for number, _ in probes], pa.uint64()),
        "timestamp": pa.array([at for _, at in probes], pa.timestamp("ns", "UTC"))})
    names = found.table["name"].to_pylist()
    rows = found.rows(moments, found.hosts[0].as_py() if len(found.hosts) else None).to_pylist()
    for (number, at), row in zip(probes, rows, strict=True):
        k = (at - 50) // 100       # looks before the moment
        before = looks[k - 1].get(number) if k else looks[0].get(number)
        after = looks[k].get(number) if k < len(looks) else before
        wanted = before or after
        if before and after and before != after:
            wanted = None
        assert (None if row < 0 else names[row]) == wanted, (number, at, looks)


def drop(number: int) -> dict[str, Any]:
    made = event(3)
    return {**made, "classifyDrop": {**made["classifyDrop"], "filterId": number}}


def tape(path: Path) -> Path:
    """Write a recording of one event, which it explains."""
    with Recorder(path) as recorder:
        recorder.write_state(
            filters=[rule(7, "Rule seven")], volumes={"HarddiskVolume2": "C:"},
            accounts={"S-1-5-21-1-2-3-1001": "PC1\\anna"})
        recorder.write(encode([drop(7)]))
    return path


def test_any_damaged_byte_of_a_state_costs_names_and_no_event(tmp_path: Path) -> None:
    path = tape(tmp_path / "a")
    raw = path.read_bytes()
    start = 28 + int.from_bytes(raw[12:16], "little") + 4
    end = start + 72 + int.from_bytes(raw[start + 48:start + 56], "little")
    seen = 0
    for at in range(start, end, 3):
        damaged = bytearray(raw)
        damaged[at] ^= 1 << at % 8
        path.write_bytes(damaged)
        with Recording(path, salvage=True) as recording:
            assert recording.machine() == (None, {}, {}, [])    # told with the events
            assert [block.count for block in recording] == [1]
            assert recording.cut is None
        with Recording(path) as recording:
            assert recording.filters is None
            with pytest.raises(RecordingError) as raised:
                list(recording)
            assert raised.value.offset in (start, start + 64)
        seen += 1
    assert seen > 100
    for size in range(start, end, 7):
        path.write_bytes(raw[:size])
        with Recording(path) as recording:
            assert recording.machine() == (None, {}, {}, [])
            assert list(recording) == []
            assert (recording.cut is None) == (size == start)


HOSTILE: list[tuple[Any, str]] = [
    (b"", "it is no JSON"),
    (b"{", "it is no JSON"),
    (b"\xff\xfe{}", "it is no JSON"),
    (b"[" * 100_000, "it is nested too deeply"),
    (b'{"looked_ns":' + b"9" * 5_000 + b"}", "it is no JSON"),
    ([], "it is no JSON object"),
    ({"looked_ns": 2**63}, "its looked_ns are of a wrong kind"),
    ({"since_ns": "yesterday"}, "its since_ns are of a wrong kind"),
    ({"gone": [True]}, "its gone are of a wrong kind"),
    ({"gone": 7}, "its gone are of a wrong kind"),
    ({"filters": [7]}, "its filters are of a wrong kind"),
    ({"filters": {"name": ["a"]}}, "its filter ids are of a wrong kind"),
    ({"filters": {"filter_id": [2**64]}}, "its filter ids are of a wrong kind"),
    ({"filters": {"filter_id": [None]}}, "its filter ids are of a wrong kind"),
    ({"filters": {"filter_id": [1], "name": ["a", "b"]}}, "its name of filters are of a wrong"),
    ({"filters": {"filter_id": [1], "name": [7]}}, "its name of filters are of a wrong kind"),
    ({"filters": {"filter_id": [1], "flags": [[None]]}}, "its flags of filters are of a wrong"),
    ({"filters": {"filter_id": [1], "weight": [-1]}}, "its weight of filters are of a wrong"),
    ({"volumes": {"HarddiskVolume1": None}}, "its volumes are of a wrong kind"),
    ({"accounts": ["S-1-1"]}, "its accounts are of a wrong kind"),
]


@pytest.mark.parametrize(("content", "reason"), HOSTILE)
def test_a_state_that_cannot_be_read_says_why(tmp_path: Path, content: Any, reason: str) -> None:
    good = {"complete": True, "filters": columns(rule(1, "a"))}
    path = written(tmp_path / "a", file_header(), state(content), record(), state(good))
    start = len(file_header())
    with Recording(path) as recording:
        with pytest.raises(RecordingError, match=reason) as raised:
            recording.machine()
        assert raised.value.offset == start
        assert len(list(recording)) == 1
    assert spans(path, salvage=True) == [(1, "a", 5, None)]
    with Recording(path, salvage=True) as recording:
        (fault,) = recording.machine().faults
    assert fault.startswith(f"byte {start}: what the record says of the machine cannot be read: ")
    assert reason in fault
    assert len(fault) < 300


def test_a_filter_needs_some_bytes(tmp_path: Path) -> None:
    content = {"complete": True, "filters": {"filter_id": list(range(100))}}
    data = json.dumps(content).encode()
    few, enough = (data.ljust(100 * 32 - 16 - short) for short in (1, 0))
    path = written(tmp_path / "a", file_header(), state(few), state(enough))
    with Recording(path, salvage=True) as recording:
        (fault,) = recording.machine().faults
        assert fault.endswith("it has 100 filters in 3199 bytes")
        assert len(recording.filters or ()) == 100
    with Recorder(tmp_path / "b") as recorder:
        recorder.write_state(filters=[{"filter_id": number} for number in range(100)])
    with Recording(tmp_path / "b") as recording:
        assert len(recording.filters or ()) == 100


def test_a_state_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = state({"complete": True, "filters": columns(rule(1, "a"))})
    path = written(tmp_path / "a", file_header(), good, state({"x": "y" * 1000}), record())
    monkeypatch.setattr("wfpfast.recording._scan.MAX_STATE_BYTES", len(good) - 72)
    monkeypatch.setattr("wfpfast.recording._state.MAX_STATE_BYTES", len(good) - 72)
    read: list[int] = []
    scan = Scan._read

    def counted(self: Scan, offset: int, nbytes: int) -> bytes:
        read.append(nbytes)
        return scan(self, offset, nbytes)

    monkeypatch.setattr(Scan, "_read", counted)
    with Recording(path, salvage=True) as recording:
        (fault,) = recording.machine().faults
    assert fault.endswith(f"it has 1025 bytes; {len(good) - 72} are the limit")
    assert max(read) < 200
    assert spans(path, salvage=True) == [(1, "a", None, None)]


def test_a_newer_state_is_left_to_a_newer_wfpfast(tmp_path: Path) -> None:
    path = written(tmp_path / "a", file_header(), state({}, version=2), record())
    with Recording(path) as recording:
        with pytest.raises(RecordingError, match="its version 2 is unknown: a newer wfpfast reads"):
            recording.machine()
        assert len(list(recording)) == 1


@pytest.mark.parametrize("other", [
    record(b"WFPSTATE" + bytes(8), count=0, version=0, dropped=3),
    record(b"WFPSTAT!" + bytes(8), count=0, version=0),
    record(b"WFPSTATE" + bytes(8), count=1, version=0, base=0),
    record(b"", count=0, version=0),
])
def test_what_only_looks_like_a_state_is_a_block(tmp_path: Path, other: bytes) -> None:
    path = written(tmp_path / "a", file_header(), other)
    with Recording(path) as recording:
        assert recording.machine() == (None, {}, {}, [])
        assert len(list(recording.records())) == 1


def test_half_a_character_is_no_text_of_arrow(tmp_path: Path) -> None:
    content = {"complete": True, "filters": columns(rule(1, "a\udc80", flags=["\ud800"])),
               "accounts": {"S-1\ud800": "\udfff"}}
    path = written(tmp_path / "a", file_header(), state(content))
    with Recording(path) as recording:
        (row,) = recording.filters
        assert (row["name"], row["flags"]) == ("a?", ["?"])
        assert recording.accounts == {"S-1?": "?"}


def test_a_recorder_that_is_closed_or_given_too_much_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Recorder(tmp_path / "a") as recorder:
        monkeypatch.setattr("wfpfast.recording._state.MAX_STATE_BYTES", 100)
        with pytest.raises(ValueError, match="bytes: 100 are the limit"):
            recorder.write_state(accounts={"S-1-1": "a" * 100})
        monkeypatch.undo()
        assert recorder.write_state(accounts={"S-1-1": "a" * 100})
    with pytest.raises(ValueError, match="the recorder is closed"):
        recorder.write_state()
    recording = Recording(tmp_path / "a")
    recording.close()
    with pytest.raises(ValueError, match="the recording is closed"):
        recording.machine()


def named(table: pa.Table, *names: str) -> Iterable[Any]:
    return table.select(list(names)).to_pylist()


def test_a_stream_names_its_events_by_its_own_recording(tmp_path: Path) -> None:
    path = tape(tmp_path / "a")
    with wfpfast.open(path) as stream:
        table = stream.with_names().read_all()
    (row,) = named(table, "filter_id", "rule_name", "filter_known")
    assert row == {"filter_id": 7, "rule_name": "Rule seven", "filter_known": "then"}
    with wfpfast.open(path) as stream:      # what is given counts alone
        table = stream.with_names(wfpfast.netsh.read_filters(
            Path(__file__).parents[1] / "data" / "filters.xml", errors="null")).read_all()
    (row,) = named(table, "rule_name", "filter_known")
    assert row == {"rule_name": None, "filter_known": "not known"}


def test_filters_of_a_windows_recording_are_for_its_own_host(tmp_path: Path) -> None:
    good = {"complete": True, "filters": columns(rule(7, "Rule seven"))}
    path = written(tmp_path / "a", file_header(), state(good))
    with Recording(path) as recording:
        filters = recording.filters
    events = pa.table({
        "filter_id": pa.array([7, 7, 7], pa.uint64()),
        "timestamp": pa.array([SECOND] * 3, pa.timestamp("ns", "UTC")),
        "host": ["höst", "other", None]})
    table = wfpfast.with_names(events, filters)
    assert table["rule_name"].to_pylist() == ["Rule seven", None, "Rule seven"]
    elsewhere = file_header(texts=[b"box", b"Linux", b"6", b"0.1.0"])
    path = written(tmp_path / "b", elsewhere, state(good))
    with Recording(path) as recording:      # a simulator's events are of no host
        table = wfpfast.with_names(events, recording.filters)
    assert table["rule_name"].to_pylist() == ["Rule seven"] * 3
