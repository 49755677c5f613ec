"""Enumerations: to the last page, freed at every exit, equal to what was put in."""

import gc
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from oracle.structs import DROP_SIZE, NEWEST

from wfpfast import Decoder, Engine, EngineClosedError, Simulator, Template, encode
from wfpfast.simulator.synthetic import Mix

Simulate = Callable[..., Simulator]
START = 133_800_000_000_000_000  # as FILETIME: 2024-12-30 02:40 UTC


def event(n: int, **header: Any) -> dict[str, Any]:
    """The nth of distinguishable events, a second apart."""
    return {
        "type": 3,
        "header": {"timeStamp": START + n * 10_000_000, "flags": 0x11, "ipProtocol": 6,
                   "remotePort": n % 65536, **header},
        "classifyDrop": {"filterId": n, "layerId": 48},
    }


def ids(stream: Any) -> list[int]:
    return [n for batch in stream for n in batch["filter_id"].to_pylist()]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 1_000])
@pytest.mark.parametrize("batch_size", [1, 100, 4_000_000_000])
def test_every_page_is_fetched(count: int, batch_size: int, simulate: Simulate) -> None:
    simulator = simulate(events=[event(n) for n in range(count)])
    with Engine(simulator) as engine, engine.net_events(batch_size=batch_size) as stream:
        assert ids(stream) == list(range(count))


@pytest.mark.parametrize("version", range(NEWEST + 1))
def test_every_version_says_what_its_structs_hold(version: int, simulate: Simulate) -> None:
    mappings = [each for each in Mix(5).events(400) if version >= 2 or each["type"] < 6]
    simulator = simulate(events=mappings)
    with Engine(simulator) as engine, engine.net_events(version=version) as stream:
        rows = [row for batch in stream for row in batch.to_pylist()]
    # The same events in the structs of that version, encoded anew: members it lacks left out.
    whole = Decoder().decode(encode(mappings)).to_pylist()
    assert len(rows) == len(mappings)
    for row, full in zip(rows, whole, strict=True):
        assert {name: cell for name, cell in row.items() if cell is not None} == {
            name: cell for name, cell in full.items() if row[name] is not None}
        assert row["timestamp"] == full["timestamp"]
        assert row["event_type"] == full["event_type"]
    if version == NEWEST:
        assert rows == whole


def test_types_that_an_old_version_lacks_are_left_out(simulate: Simulate) -> None:
    mappings = [event(0), {**event(1), "type": 6}, event(2)]
    del mappings[1]["classifyDrop"]
    with Engine(simulate(events=mappings)) as engine:
        assert ids(engine.net_events(version=1)) == [0, 2]
        assert ids(engine.net_events(version=2)) == [0, None, 2]


def test_the_snapshot_is_taken_when_the_stream_is_made(simulate: Simulate) -> None:
    simulator = simulate(events=[event(0)])
    with Engine(simulator) as engine:
        stream = engine.net_events()
        simulator.emit([event(1)])
        assert ids(stream) == [0]
        assert ids(engine.net_events()) == [0, 1]


def test_what_the_ring_forgets_stays_in_a_snapshot(simulate: Simulate) -> None:
    simulator = simulate(events=[event(n) for n in range(100)], ring_bytes=100 * DROP_SIZE)
    with Engine(simulator) as engine:
        stream = engine.net_events(batch_size=10)
        first = ids([next(stream)])
        simulator.emit([event(n) for n in range(1000, 1100)])
        assert first + ids(stream) == list(range(100))
        assert ids(engine.net_events()) == list(range(1000, 1100))


def test_blocks_decode_to_the_same(simulate: Simulate) -> None:
    with Engine(simulate(events=300)) as engine:
        decoder = Decoder()
        with engine.blocks(batch_size=64) as blocks:
            rows = [row for block in blocks for row in decoder.decode(block).to_pylist()]
        assert rows == [row for batch in engine.net_events() for row in batch.to_pylist()]
    assert rows == Decoder().decode(encode(list(Mix().events(300)))).to_pylist()


def test_decoder_options(simulate: Simulate) -> None:
    with Engine(simulate(events=5)) as engine:
        with engine.net_events(columns=["remote_address"], addresses="binary") as stream:
            assert stream.column_names == ["remote_address"]
            assert all(len(cell) == 16 for cell in next(stream)["remote_address"].to_pylist())
        with pytest.raises(ValueError, match="nope"):
            engine.net_events(columns=["nope"])


def test_arrow_reads_the_stream(simulate: Simulate) -> None:
    with Engine(simulate(events=2_500)) as engine:
        table = pa.RecordBatchReader.from_stream(engine.net_events()).read_all()
    assert table.num_rows == 2_500
    assert [len(chunk) for chunk in table["timestamp"].chunks] == [1024, 1024, 452]


@pytest.mark.parametrize("read", [0, 1])
def test_a_stream_that_is_dropped_gives_back_its_handle(read: int, simulate: Simulate) -> None:
    simulator = simulate(events=300)
    with Engine(simulator) as engine:
        stream = engine.net_events(batch_size=100)
        for _ in range(read):
            next(stream)
        assert simulator.live["enum_handles"] == 1
        del stream
        gc.collect()
        assert simulator.live["enum_handles"] == 0


def test_the_engine_closes_its_streams_first(simulate: Simulate) -> None:
    simulator = simulate(events=300)
    engine = Engine(simulator)
    begun, fresh = engine.net_events(batch_size=100), engine.blocks()
    next(begun)
    engine.close()
    assert simulator.live["enum_handles"] == 0
    for stream in (begun, fresh):
        with pytest.raises(EngineClosedError):
            next(stream)  # type: ignore[call-overload]
    engine.close()
    for use in (engine.net_events, engine.blocks, engine.subscribe, engine.filters):
        with pytest.raises(EngineClosedError):
            use()
    assert engine.closed


def test_closing_twice_is_allowed(simulate: Simulate) -> None:
    with Engine(simulate(events=3)) as engine:
        stream = engine.net_events()
        stream.close()
        stream.close()
        assert list(stream) == []


def test_slow_pages_are_fetched_while_the_reader_works(simulate: Simulate) -> None:
    """Eight pages of 30 ms and eight times 30 ms of work take less than 16 times 30 ms."""
    delay = 0.03
    simulator = simulate(events=[event(n) for n in range(80)], delay=delay)
    with Engine(simulator) as engine, engine.net_events(batch_size=10) as stream:
        started = time.monotonic()
        seen = []
        for batch in stream:
            time.sleep(delay)
            seen += batch["filter_id"].to_pylist()
        spent = time.monotonic() - started
    assert seen == list(range(80))
    assert spent < 14 * delay


def test_closing_while_a_page_is_fetched_ahead(simulate: Simulate) -> None:
    simulator = simulate(events=[event(n) for n in range(80)], delay=0.01)
    with Engine(simulator) as engine:
        stream = engine.net_events(batch_size=10)
        for _ in range(3):
            next(stream)
            time.sleep(0.01)
        assert simulator.live["blocks"] <= 1
        stream.close()
        assert simulator.live["blocks"] == 0


@pytest.mark.parametrize(("conditions", "expected"), [
    ({}, [0, 1, 2, 3]),
    ({"ip_protocol": 17}, [1]),
    ({"remote_port": 443}, [0, 3]),
    ({"local_port": 5}, [2]),
    ({"remote_address": "192.0.2.7"}, [0]),
    ({"remote_address": "192.0.2.0/24"}, [0, 1]),
    ({"remote_address": "2001:db8::/32"}, [3]),
    ({"local_address": "2001:db8::5"}, [3]),
    ({"user_sid": "S-1-5-18"}, [2]),
    ({"app_path": r"\DEVICE\harddiskvolume1\a.exe"}, [1]),
    ({"event_type": "CLASSIFY_DROP"}, [0, 1, 2, 3]),
    ({"event_type": 6}, []),
    ({"remote_port": 443, "ip_protocol": 6}, [0]),
])
def test_templates(conditions: dict[str, Any], expected: list[int], simulate: Simulate) -> None:
    v6 = bytes.fromhex("20010db8000000000000000000000005")
    events = [
        event(0, flags=0x117, ipVersion=0, remoteAddrV4=0xC0000207, remotePort=443),
        event(1, flags=0x125, ipVersion=0, remoteAddrV4=0xC0000208, ipProtocol=17,
              appId="\\device\\harddiskvolume1\\a.exe"),
        event(2, flags=0x49, localPort=5, userId="S-1-5-18"),
        event(3, flags=0x116, ipVersion=1, localAddrV6=v6, remoteAddrV6=v6, remotePort=443),
    ]
    with Engine(simulate(events=events)) as engine:
        assert ids(engine.net_events(Template(**conditions))) == expected


def test_time_ranges(simulate: Simulate) -> None:
    with Engine(simulate(events=[event(n) for n in range(10)])) as engine:
        first = datetime(2024, 12, 30, 2, 40, tzinfo=UTC)

        def between(start: int | None, end: int | None) -> list[int]:
            times = [None if n is None else first + timedelta(seconds=n) for n in (start, end)]
            return ids(engine.net_events(Template(*times)))

        assert between(3, 5) == [3, 4, 5]
        assert between(8, None) == [8, 9]
        assert between(None, 1) == [0, 1]
        nanoseconds = int(first.timestamp()) * 10**9
        assert ids(engine.net_events(Template(nanoseconds, nanoseconds + 1_500_000_000))) == [0, 1]


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"port": 1}, TypeError, "no condition 'port'.*remote_port"),
    ({"protocol": "tcp"}, TypeError, "'protocol'; did you mean ip_protocol.*: templates"),
    ({"ip_protocol": 256}, ValueError, "ip_protocol: 256 does not fit 8 bits"),
    ({"remote_port": "http"}, TypeError, "remote_port: expected a number, not 'http'"),
    ({"local_port": True}, TypeError, "local_port"),
    ({"ip_protocol": "quic"}, ValueError, "ip_protocol: no protocol 'quic': give its number"),
    ({"remote_address": "192.0.2.1/33"}, ValueError, "remote_address: '192.0.2.1/33' does not"),
    ({"local_address": "example.org"}, ValueError, "local_address"),
    ({"user_sid": "S-1"}, ValueError, "user_sid: 'S-1' is not a SID"),
    ({"user_sid": 18}, TypeError, "user_sid"),
    ({"app_path": "a.exe"}, ValueError, "app_path: a.exe is not a whole path"),
    ({"app_path": "%windir%\\a.exe"}, ValueError, "app_path: %windir%.a.exe is not a whole path"),
    ({"app_path": "a\0"}, ValueError, "app_path.* is no path"),
    ({"app_path": ""}, ValueError, "app_path: '' is no path"),
    ({"event_type": "FLY"}, ValueError, "event_type: 'FLY' is not one of IKEEXT_MM_FAILURE"),
    ({"start": datetime(2025, 1, 1)}, ValueError, "start.*no time zone"),
    ({"start": 2, "end": 1}, ValueError, "start 2 is after end 1"),
    ({"start": "now"}, TypeError, "start: expected a datetime or nanoseconds, not str"),
    ({"end": 1 << 70}, ValueError, "end.*beyond the times"),
])
def test_what_cannot_be_a_template(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    # Times so near that they are one FILETIME tick do not differ; a microsecond does.
    scaled = {k: v * 1_000 if k in ("start", "end") and isinstance(v, int) and v < 9 else v
              for k, v in options.items()}
    with pytest.raises(error, match=message.replace("2 is after end 1", "2000 is after end 1000")):
        Template(**scaled)


@pytest.mark.parametrize("size", [0, -1, 1 << 32])
def test_impossible_batch_sizes(size: int, simulate: Simulate) -> None:
    with Engine(simulate()) as engine:
        for use in (engine.net_events, engine.blocks, engine.follow):
            with pytest.raises(ValueError, match="batch_size"):
                use(batch_size=size)  # type: ignore[operator]


def test_memory_is_flat_over_many_enumerations(simulate: Simulate) -> None:
    resource = pytest.importorskip("resource")
    with warnings.catch_warnings(), Engine(simulate(events=20)) as engine:
        for rounds in (2_000, 20_000):
            for _ in range(rounds):
                for batch in engine.net_events(columns=["filter_id"]):
                    assert len(batch) == 20
            if rounds == 2_000:
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 << 10  # KiB
