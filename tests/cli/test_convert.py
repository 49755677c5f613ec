"""`wfpfast convert`: every format, read by those who will read it, against rows written by hand."""

import csv
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from cli.hand import HOSTILE, ROWS, SVCHOST
from cli.running import Run
from oracle.structs import COLUMNS

Rows = list[dict[str, Any]]


def plain(rows: Rows) -> Rows:
    """Leave nulls out, as the rows written by hand do."""
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def by_pyarrow(path: Path) -> Rows:
    table = pa.ipc.open_file(path).read_all() if path.suffix == ".arrow" else pq.read_table(path)
    times = table["timestamp"].cast(pa.int64())
    return plain(table.set_column(0, "timestamp", times).to_pylist())


def by_polars(path: Path) -> Rows:
    frame = polars.read_ipc(path) if path.suffix == ".arrow" else polars.read_parquet(path)
    return plain(frame.with_columns(polars.col("timestamp").cast(polars.Int64)).to_dicts())


def by_duckdb(path: Path) -> Rows:
    with duckdb.connect() as connection:
        if path.suffix == ".arrow":  # it has no reader of its own for these
            found = connection.from_arrow(pa.ipc.open_file(path).read_all())
        else:
            found = connection.read_parquet(str(path))
        found = found.project("* replace (epoch_ns(timestamp) as timestamp)")
        return plain([dict(zip(found.columns, row, strict=True)) for row in found.fetchall()])


def by_pandas(path: Path) -> Rows:
    read = pandas.read_feather if path.suffix == ".arrow" else pandas.read_parquet
    frame = read(path, dtype_backend="pyarrow")
    frame["timestamp"] = frame["timestamp"].astype("int64[pyarrow]")
    rows = [
        {name: None if value is pandas.NA else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
    return plain(rows)


@pytest.mark.parametrize("reader", [by_pyarrow, by_polars, by_duckdb, by_pandas])
@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_the_table_is_that_of_the_hand_written_rows(
    run: Run, xml: Path, suffix: str, reader: Callable[[Path], Rows]
) -> None:
    result = run("convert", xml, f"out{suffix}")
    assert (result.status, result.out) == (0, "")
    assert reader(xml.with_name(f"out{suffix}")) == ROWS


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_types_are_kept(run: Run, xml: Path, suffix: str) -> None:
    assert run("convert", xml, f"out{suffix}").status == 0
    path = xml.with_name(f"out{suffix}")
    schema = pa.ipc.open_file(path).schema if suffix == ".arrow" else pq.read_schema(path)
    assert len(schema) == len(COLUMNS)
    assert schema.field("timestamp").type == pa.timestamp("ns", "UTC")
    assert schema.field("filter_id").type == pa.uint64()
    assert schema.field("app_path").type == pa.dictionary(pa.int32(), pa.utf8())
    assert schema.field("end_cert_hash").type == pa.binary(20)


CSV = f'''"timestamp","app_path","filter_id","is_loopback","local_principal","end_cert_hash",\
"local_groups","terminating_filters"
"2024-05-01T10:00:00.1234567Z","{SVCHOST}",70000,false,,,,\
"[{{""filter_id"":70000,""sublayer"":""FWPP_SUBLAYER_INTERNAL_FIREWALL_WF"",\
""action"":""FWP_ACTION_BLOCK""}},\
{{""filter_id"":9,""sublayer"":null,""action"":""FWP_ACTION_PERMIT""}}]"
"2024-05-01T10:00:01.0000000Z","{SVCHOST}",70000,false,,,,
"2024-05-01T10:00:02.5000000Z","\\device\\a ""b"", c
\x1b[31mé.exe",18446744073709551615,false,,,,
"2024-05-01T10:00:03.0000000Z",,70001,false,,,,
"2024-05-01T10:00:04.0000000Z","",70001,false,,,,
"2024-05-01T10:00:05.0000000Z","{SVCHOST}",70002,false,,,,
"2024-05-01T10:02:06.0000000Z",,,,"","000102030405060708090a0b0c0d0e0f10111213",\
"[""S-1-1-0"",""S-1-5-11""]",
'''
CSV_COLUMNS = CSV.partition("\n")[0].replace('"', "")


def test_csv_is_to_the_byte_what_the_help_says(run: Run, xml: Path) -> None:
    assert run("convert", xml, "out.csv", "--columns", CSV_COLUMNS).status == 0
    assert xml.with_name("out.csv").read_bytes().decode() == CSV


def test_csv_has_all_columns_and_rows_for_any_reader(run: Run, xml: Path) -> None:
    assert run("convert", xml, "out.csv").status == 0
    path = xml.with_name("out.csv")
    numbers = ("flags", "ip_version", "local_port", "remote_port", "filter_id", "process_id")
    texts = ("event_type", "remote_address", "user_sid", "direction", "filter_origin")
    want = [
        {name: str(row[name]) for name in (*numbers, *texts) if name in row} for row in ROWS
    ]
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [{n: r[n] for n in (*numbers, *texts) if r[n]} for r in rows] == want
    frame = polars.read_csv(path, infer_schema=False)
    assert [{n: r[n] for n in (*numbers, *texts) if r[n]} for r in frame.to_dicts()] == want
    rows = pandas.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")
    assert [{n: r[n] for n in (*numbers, *texts) if r[n]} for r in rows] == want
    with duckdb.connect() as connection:
        found = connection.read_csv(str(path), all_varchar=True)
        names, cells = found.columns, found.fetchall()
    rows = [dict(zip(names, row, strict=True)) for row in cells]
    assert [{n: r[n] for n in (*numbers, *texts) if r[n]} for r in rows] == want


def test_csv_tells_an_empty_text_from_a_null(run: Run, xml: Path) -> None:
    assert run("convert", xml, "out.csv", "--columns", "app_path,event_type").status == 0
    path = xml.with_name("out.csv")
    want = [row.get("app_path") for row in ROWS]
    options = pa.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
    split = pa.csv.ParseOptions(newlines_in_values=True)
    table = pa.csv.read_csv(path, convert_options=options, parse_options=split)
    assert table["app_path"].to_pylist() == want
    with duckdb.connect() as connection:
        found = connection.sql(f"select app_path from read_csv('{path}', allow_quoted_nulls=false)")
        assert [row[0] for row in found.fetchall()] == want


def test_ndjson_has_every_column_in_every_line(run: Run, xml: Path) -> None:
    assert run("convert", xml, "out.ndjson").status == 0
    path = xml.with_name("out.ndjson")
    # Not splitlines(): only a line feed ends a line of JSON.
    lines = [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]
    assert [len(line) for line in lines] == [len(COLUMNS)] * 7
    want: Rows = [dict(row) for row in ROWS]
    for row, time in zip(want, CSV_TIMES, strict=True):
        row["timestamp"] = time
    want[6]["end_cert_hash"] = "000102030405060708090a0b0c0d0e0f10111213"
    assert plain(lines) == want


CSV_TIMES = [
    "2024-05-01T10:00:00.1234567Z", "2024-05-01T10:00:01.0000000Z", "2024-05-01T10:00:02.5000000Z",
    "2024-05-01T10:00:03.0000000Z", "2024-05-01T10:00:04.0000000Z", "2024-05-01T10:00:05.0000000Z",
    "2024-05-01T10:02:06.0000000Z",
]  # fmt: skip


def test_ndjson_is_read_by_polars_and_duckdb(run: Run, xml: Path) -> None:
    names = ["app_path", "filter_id", "remote_port", "user_sid", "local_principal"]
    assert run("convert", xml, "out.ndjson", "--columns", ",".join(names)).status == 0
    path = xml.with_name("out.ndjson")
    want = [tuple(row.get(name) for name in names) for row in ROWS]
    frame = polars.read_ndjson(path, schema_overrides={"filter_id": polars.UInt64})
    assert frame.rows() == want
    with duckdb.connect() as connection:
        assert connection.read_json(str(path)).fetchall() == want


def test_a_hostile_path_is_one_line_of_ndjson(run: Run, xml: Path) -> None:
    assert run("convert", xml, "out.ndjson", "--columns", "app_path").status == 0
    line = xml.with_name("out.ndjson").read_text("utf-8").split("\n")[2]
    assert line == r'{"app_path":"\\device\\a \"b\", c\n\u001b[31mé.exe"}'
    assert json.loads(line) == {"app_path": HOSTILE}


def test_columns_come_in_the_order_asked_for(run: Run, xml: Path) -> None:
    want = [[row.get("filter_id"), row["timestamp"]] for row in ROWS]
    assert run("convert", xml, "a.parquet", "--columns", "filter_id, timestamp").status == 0
    assert run("convert", "a.parquet", "b.arrow", "--columns", "timestamp,filter_id").status == 0
    assert run("convert", "b.arrow", "c.parquet", "--columns", "filter_id,timestamp").status == 0
    for name in ("a.parquet", "c.parquet"):
        table = pq.read_table(xml.with_name(name))
        assert table.column_names == ["filter_id", "timestamp"]
        times = table["timestamp"].cast(pa.int64()).to_pylist()
        ids = table["filter_id"].to_pylist()
        assert [list(row) for row in zip(ids, times, strict=True)] == want
    assert pa.ipc.open_file(xml.with_name("b.arrow")).schema.names == ["timestamp", "filter_id"]


def test_addresses_may_be_bytes(run: Run, xml: Path) -> None:
    names = "local_address,remote_address"
    for out in ("out.parquet", "out.csv"):
        assert run("convert", xml, out, "--addresses", "binary", "--columns", names).status == 0
    table = pq.read_table(xml.with_name("out.parquet"))
    assert table.schema.field("local_address").type == pa.binary(16)
    v4 = bytes(10) + b"\xff\xff" + bytes([192, 0, 2, 1])
    v6 = bytes.fromhex("20010db800000000000000000000000a")
    assert table["local_address"].to_pylist() == [v4, v4, v6, v4, v4, v4, v4]
    line = xml.with_name("out.csv").read_text().splitlines()[3]
    assert line == '"20010db800000000000000000000000a","20010db8000000000000000000000001"'


def test_what_was_written_is_read_back_as_it_was(run: Run, xml: Path) -> None:
    assert run("convert", xml, "first.parquet").status == 0
    chain = ["first.parquet", "a.arrow", "b.parquet", "c.arrow", "d.csv"]
    for source, out in itertools.pairwise(chain):
        assert run("convert", source, out).status == 0, out
    assert by_pyarrow(xml.with_name("b.parquet")) == ROWS
    assert by_pyarrow(xml.with_name("c.arrow")) == ROWS
    first, again = (pq.read_table(xml.with_name(name)) for name in ("first.parquet", "b.parquet"))
    assert again.equals(first, check_metadata=True)
    assert run("convert", xml, "direct.csv").status == 0
    direct = xml.with_name("direct.csv").read_bytes()
    assert direct.count(b"2024-05-01T10:0") == 7
    assert xml.with_name("d.csv").read_bytes() == direct


def test_statistics_are_kept_beside_the_table(run: Run, xml: Path) -> None:
    assert run("convert", xml, "a.parquet").status == 0
    assert run("convert", "a.parquet", "b.arrow").status == 0
    assert run("convert", "b.arrow", "c.parquet", "--columns", "event_type").status == 0
    want = {"events": 7, "malformed": 0, "replaced_text": 0, "timestamps_out_of_range": 0,
            "unknown_types": 0, "unknown_names": 0}  # fmt: skip
    texts = [
        pq.read_metadata(xml.with_name("a.parquet")).metadata[b"wfpfast.stats"],
        pa.ipc.open_file(xml.with_name("b.arrow")).schema.metadata[b"wfpfast.stats"],
        pq.read_metadata(xml.with_name("c.parquet")).metadata[b"wfpfast.stats"],
    ]
    assert [json.loads(text) for text in texts] == [want] * 3


def stream_of_batches(path: Path, last: str | None) -> list[str | None]:
    """Write an Arrow stream whose batches have dictionaries of their own; return its values."""
    kind = pa.dictionary(pa.int32(), pa.utf8())
    batches = [
        pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(values, pa.utf8()))
        for codes, values in (
            ([0, 1, None, 0], ["a", "b"]), ([2, 1, 0, 0], ["b", "c", "a"]), ([], []),
            ([1, 0], ["", last]), ([0], ["d"]))
    ]
    schema = pa.schema([("app_path", kind), ("event_type", kind)])
    with pa.ipc.new_stream(path, schema) as writer:
        for batch in batches:
            writer.write_batch(pa.record_batch([batch, batch], schema=schema))
    return ["a", "b", None, "a", "a", "c", "b", "b", last, "", "d"]


def test_dictionaries_of_batches_become_one(run: Run, tmp_path: Path) -> None:
    want = stream_of_batches(tmp_path / "in.arrow", None)
    for out in ("a.arrow", "c.csv"):
        assert run("convert", "in.arrow", out).status == 0
    table = pa.ipc.open_file(tmp_path / "a.arrow").read_all()
    assert table["app_path"].to_pylist() == want
    assert len({tuple(chunk.dictionary.to_pylist()) for chunk in table["app_path"].chunks}) == 1
    assert polars.read_ipc(tmp_path / "a.arrow")["app_path"].to_list() == want
    lines = (tmp_path / "c.csv").read_text().splitlines()[1:]
    assert lines == ["," if text is None else f'"{text}","{text}"' for text in want]
    # Arrow cannot unify dictionaries that hold a null, which wfpfast's never do.
    want = stream_of_batches(tmp_path / "in.arrow", "e")
    assert run("convert", "in.arrow", "b.parquet").status == 0
    assert polars.read_parquet(tmp_path / "b.parquet")["event_type"].to_list() == want


def test_columns_are_taken_from_a_file_by_name_and_not_by_place(run: Run, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"layer_id": [1], "flags": [2], "local_port": [3]}), tmp_path / "in.parquet")
    assert run("convert", "in.parquet", "o.csv", "--columns", "local_port,layer_id").status == 0
    assert (tmp_path / "o.csv").read_text() == '"local_port","layer_id"\n3,1\n'


def test_times_are_written_without_a_dictionary(run: Run, xml: Path, tmp_path: Path) -> None:
    """Which would take more room than they do; all else has one."""
    assert run("convert", xml, "a.parquet").status == 0
    group = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0)
    plain = [group.column(k).path_in_schema for k in range(group.num_columns)
             if "RLE_DICTIONARY" not in group.column(k).encodings
             and group.column(k).physical_type != "BOOLEAN"]
    assert plain == ["timestamp"]
    assert "terminating_filters.list.element.filter_id" in {
        group.column(k).path_in_schema for k in range(group.num_columns)}
