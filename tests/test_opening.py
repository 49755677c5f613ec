"""wfpfast.open(): one call for every kind of file, whatever it is called."""

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_records import FIELDS, Audit, records
from cli.hand import HEAD, ITEMS
from evtx_file import evtx
from example_events import one_of_each

import wfpfast
from wfpfast import Recorder, SourceError, encode

XML = f"{HEAD}{ITEMS[0]}</netEvents>".encode()
EVTX = evtx(records([Audit(5158, FIELDS["bind"], 7)]))


@pytest.mark.parametrize(("data", "kind"), [(XML, "CLASSIFY_DROP"), (EVTX, "CLASSIFY_ALLOW")])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_content_says_what_a_file_is(
    tmp_path: Path, data: bytes, kind: str, pack: type[bytes]
) -> None:
    path = tmp_path / "named.parquet"
    path.write_bytes(pack(data))
    with wfpfast.open(path, columns=["event_type"]) as stream:
        assert [row.event_type for batch in stream for row in batch] == [kind]
    path.unlink()  # Windows removes no file that is open


def test_a_recording_is_closed_in_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with Recorder(path) as recorder:
        recorder.write(encode(one_of_each()))
    stream = wfpfast.open(str(path))
    assert sum(map(len, stream)) == 11
    path.unlink()


def test_what_is_a_table_says_who_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    pq.write_table(pa.table({"filter_id": [1]}), path)
    with pytest.raises(SourceError, match=r"a\.xml: is a Parquet file: polars.read_parquet"):
        wfpfast.open(path)
    with Recorder(tmp_path / "r") as recorder:
        recorder.write(encode(one_of_each()))
    path.write_bytes(gzip.compress((tmp_path / "r").read_bytes()))
    with pytest.raises(SourceError, match="a recording that is packed by gzip: unpack it"):
        wfpfast.open(path)


def test_a_wrong_option_closes_what_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(XML))
    with pytest.raises(ValueError, match="there is no column 'filterId'; did you mean filter_id"):
        wfpfast.open(path, columns=["filterId"])
    path.unlink()
    with pytest.raises(FileNotFoundError):
        wfpfast.open(path)
