"""Pieces of files have together what the file has, each event once."""

import gzip
import itertools
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from audit_records import FIELDS, Audit, records
from evtx_file import CHUNK, evtx
from spark.hosts import PORTS, recording

import wfpfast
from wfpfast.errors import SourceError
from wfpfast.spark._options import parsed
from wfpfast.spark._pieces import LOG, NETSH, RECORDING, TEXT, Piece, opened, pieces
from wfpfast.spark._rows import Rows, columns_of

DATA = Path(__file__).parents[1] / "data"


def ports(piece: Piece, **options: Any) -> list[int]:
    with opened(piece, columns=["remote_port"], **options) as stream:
        return [port for batch in stream for port in batch["remote_port"].to_pylist()]


@pytest.mark.parametrize(("split", "count"), [(1, 7), (3_000, 3), (1 << 30, 1)])
def test_a_recording_is_split_between_records(tmp_path: Path, split: int, count: int) -> None:
    path = recording(tmp_path / "a.wfprec", [4, 1, 6, 2, 3, 5, 2])
    found = list(pieces(str(path), split))
    assert len(found) == count
    assert {piece.kind for piece in found} == {RECORDING}
    assert {piece.host for piece in found} == {"PC-1"}
    assert all(a.end == b.begin for a, b in itertools.pairwise(found))
    assert found[-1].end == path.stat().st_size
    assert [port for piece in found for port in ports(piece)] == [PORTS[n % 3] for n in range(23)]


def test_events_that_were_recorded_elsewhere_are_of_no_known_host(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.wfprec", [1], system="Linux")
    assert [piece.host for piece in pieces(str(path), 1)] == [None]


def test_a_damaged_record_costs_the_piece_it_is_in(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.wfprec", [4, 4, 4])
    found = list(pieces(str(path), 1))
    data = bytearray(path.read_bytes())
    data[found[1].begin + 200] ^= 0xFF
    path.write_bytes(data)
    assert list(pieces(str(path), 1)) == found
    assert [len(ports(piece)) for piece in (found[0], found[2])] == [4, 4]
    with pytest.raises(SourceError, match=rf"a\.wfprec: byte \d+: the data of the record at byte "
                                          rf"{found[1].begin} are damaged"):
        ports(found[1])
    with opened(found[1], columns=["timestamp"], errors="null") as stream:
        assert sum(len(batch) for batch in stream) == 0
    assert stream.stats["damaged_records"] == 1
    assert stream.stats["lost_events"] == 4


def test_behind_a_damaged_header_nothing_is_split_and_nothing_lost(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.wfprec", [4, 4, 4, 4])
    found = list(pieces(str(path), 1))
    data = bytearray(path.read_bytes())
    data[found[1].begin + 8] ^= 0xFF
    path.write_bytes(data)
    again = list(pieces(str(path), 1))
    assert [(piece.begin, piece.end) for piece in again] == [
        (found[0].begin, found[0].end), (found[1].begin, found[3].end)]
    assert len(ports(again[1], errors="null")) == 8


@pytest.mark.parametrize("missing", [1, 30, 1_000])
def test_a_recording_that_breaks_off_ends_there(tmp_path: Path, missing: int) -> None:
    path = recording(tmp_path / "a.wfprec", [4, 4, 4])
    path.write_bytes(path.read_bytes()[:-missing])
    counts = []
    for piece in pieces(str(path), 1):
        with opened(piece, columns=["timestamp"]) as stream:
            events = sum(len(batch) for batch in stream)
            counts.append((events, stream.stats.get("cut_recordings", 0)))
    assert sum(events for events, _ in counts) == 8
    assert sum(cut for _, cut in counts) == 1


def test_a_recording_with_half_a_header_is_cut_too(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.wfprec", [])
    path.write_bytes(path.read_bytes()[:20])
    (piece,) = pieces(str(path), 1)
    with opened(piece, columns=["timestamp"]) as stream:
        assert sum(len(batch) for batch in stream) == 0
    assert stream.stats["cut_recordings"] == 1


def log(path: Path, count: int) -> Path:
    """Write a log whose first record alone says that its host calls the destination local."""
    own = Audit(5158, {**FIELDS["bind"], "SourceAddress": "192.0.2.20"})
    inbound = Audit(5156, {
        **FIELDS["connection"], "Direction": "%%14592", "SourceAddress": "203.0.113.9",
        "SourcePort": "1", "DestAddress": "192.0.2.20", "DestPort": "2"})
    other = Audit(5156, {
        **inbound.fields, "SourceAddress": "198.51.100.1", "DestAddress": "224.0.0.1"})
    path.write_bytes(evtx(records([own, inbound, *[other] * count])))
    return path


def test_an_event_log_is_split_between_chunks(tmp_path: Path) -> None:
    path = log(tmp_path / "Security.evtx", 600)
    found = list(pieces(str(path), CHUNK))
    assert len(found) == (path.stat().st_size - 4096) // CHUNK >= 3
    assert {piece.kind for piece in found} == {LOG}
    parts = []
    for piece in found:
        with opened(piece, columns=["record_id", "local_address"]) as stream:
            parts.append(pa.Table.from_batches(map(pa.record_batch, stream)))
    whole = pa.table(wfpfast.open(path, columns=["record_id", "local_address"]))
    assert whole.num_rows == 602
    assert sum(part.num_rows > 0 for part in parts) == len(found)
    # The last piece alone could not know which end is local.
    assert [row for part in parts for row in part.to_pylist()] == whole.to_pylist()
    assert parts[-1]["local_address"].to_pylist()[-1] == "224.0.0.1"


def test_a_damaged_chunk_is_named_by_its_number_in_the_file(tmp_path: Path) -> None:
    path = log(tmp_path / "Security.evtx", 600)
    data = bytearray(path.read_bytes())
    data[4096 + 2 * CHUNK + 600] ^= 0xFF
    path.write_bytes(data)
    found = list(pieces(str(path), CHUNK))
    with pytest.raises(SourceError, match=r"Security\.evtx: chunk 2: "):
        ports(found[2])
    assert ports(found[1])


def test_a_file_that_an_executor_does_not_see_is_named() -> None:
    options = parsed({"path": "a.wfprec", "columns": "timestamp"})
    rows = Rows(options, columns_of(options))
    for kind in (RECORDING, LOG, NETSH):
        with pytest.raises(FileNotFoundError, match=r"a\.wfprec: is not there on this executor"):
            next(rows.of(Piece("nowhere/a.wfprec", kind, 58, 99)))


def test_what_is_lost_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = recording(tmp_path / "a.wfprec", [4, 4])
    path.write_bytes(path.read_bytes()[:-1])
    options = parsed({"path": str(path), "columns": "host"})
    (piece,) = pieces(str(path), options.split)
    (batch,) = Rows(options, columns_of(options)).of(piece)
    assert batch.to_pylist() == [{"host": "PC-1"}] * 4
    (said,) = caplog.messages
    assert said == f"{str(path)!r}, from byte {piece.begin}: {{'cut_recordings': 1}}"


def test_what_cannot_be_split_is_one_piece(tmp_path: Path) -> None:
    packed = tmp_path / "netevents.xml.gz"
    packed.write_bytes(gzip.compress((DATA / "netevents.xml").read_bytes()))
    for path in (DATA / "netevents.xml", packed):
        (piece,) = pieces(str(path), 1)
        assert piece.kind == NETSH
        assert len(ports(piece)) == 3
    line = tmp_path / "log.json"
    line.write_text('{"EventID": 5156, "SourceName": "Microsoft-Windows-Security-Auditing",'
                    ' "Hostname": "PC", "EventTime": "2024-01-01 00:00:00"}\n', encoding="utf-8")
    assert [piece.kind for piece in pieces(str(line), 1)] == [TEXT]
