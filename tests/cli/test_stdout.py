"""`wfpfast convert IN -`: what comes out of a pipe, for the one who reads it and who stops to."""

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hand import HEAD, ITEMS, ROWS
from cli.running import Run, environment

from wfpfast.cli._app import app

CONVERT = [sys.executable, "-P", "-m", "wfpfast.cli", "convert"]
TOLD = r"7 events to standard output ("


def piped(*arguments: Any) -> bytes:
    result = subprocess.run(
        [*CONVERT, *map(str, arguments)], capture_output=True, check=False, env=environment())
    assert result.returncode == 0, result.stderr
    assert result.stderr.decode().startswith(TOLD)
    return result.stdout


def plain(table: pa.Table) -> list[dict[str, Any]]:
    times = table["timestamp"].cast(pa.int64())
    rows = table.set_column(0, "timestamp", times).to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def test_parquet_comes_out_whole(xml: Path) -> None:
    data = piped(xml, "-", "--to", "parquet")
    assert plain(pq.read_table(io.BytesIO(data))) == ROWS
    stats = json.loads(pq.read_metadata(io.BytesIO(data)).metadata[b"wfpfast.stats"])
    assert stats["events"] == 7


def test_arrow_comes_out_as_a_stream(xml: Path) -> None:
    data = piped(xml, "-", "--to", "arrow")
    assert plain(pa.ipc.open_stream(data).read_all()) == ROWS
    assert polars.read_ipc_stream(data)["filter_id"].to_list() == [
        row.get("filter_id") for row in ROWS]
    (xml.parent / "out").write_bytes(data)
    with (xml.parent / "redirected").open("wb") as file:
        subprocess.run([*CONVERT, xml, "-", "--to", "arrow"], stdout=file, check=True,
                       env=environment(), stderr=subprocess.DEVNULL)
    assert plain(pa.ipc.open_stream(xml.with_name("redirected").read_bytes()).read_all()) == ROWS


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_texts_are_those_of_the_file(run: Run, xml: Path, kind: str) -> None:
    assert run("convert", xml, f"a.{kind}").status == 0
    assert piped(xml, "-", "--to", kind) == xml.with_name(f"a.{kind}").read_bytes()


def test_the_format_may_be_asked_for_by_name(run: Run, xml: Path) -> None:
    assert run("convert", xml, "a.log", "--to", "ndjson").status == 0
    assert xml.with_name("a.log").read_text("utf-8").startswith('{"timestamp":"2024-05-01T')
    result = run("convert", xml, "-")
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        "wfpfast: standard output: --to says in which format: parquet or arrow or csv or ndjson\n")
    assert run("convert", xml, "-", "--to", "xml").status == 2


@pytest.mark.parametrize(("kind", "status"), [("parquet", 1), ("arrow", 1), ("csv", 0)])
def test_a_terminal_gets_no_bytes(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch, kind: str, status: int
) -> None:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    result = run("convert", xml, "-", "--to", kind)
    assert result.status == status
    if status:
        assert result.err == (
            f"wfpfast: standard output is a terminal, which cannot show .{kind}\n")


@pytest.mark.parametrize("kind", ["parquet", "arrow", "csv", "ndjson"])
def test_who_reads_no_more_ends_it_quietly(tmp_path: Path, kind: str) -> None:
    (tmp_path / "many.xml").write_text(HEAD + "".join(ITEMS) * 4000 + "</netEvents>", "utf-8")
    with subprocess.Popen(
        [*CONVERT, tmp_path / "many.xml", "-", "--to", kind], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(),
    ) as process:
        assert process.stdout
        assert process.stderr
        assert len(process.stdout.read(100)) == 100
        process.stdout.close()
        error = process.stderr.read()
        status = process.wait(60)
    assert (status, error) == (1, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is of Linux")
@pytest.mark.parametrize("kind", ["parquet", "arrow", "csv", "ndjson"])
def test_an_output_without_room_is_one_line(xml: Path, kind: str) -> None:
    with open("/dev/full", "wb") as full:
        result = subprocess.run([*CONVERT, xml, "-", "--to", kind], stdout=full, check=False,
                                stderr=subprocess.PIPE, env=environment())
    assert result.returncode == 1
    assert result.stderr == b"wfpfast: standard output: No space left on device\n"
    assert os.listdir(xml.parent) == [xml.name]


class Left(io.StringIO):
    """Output whose reader has left, as Windows tells it: with another error each time."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def flush(self) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")


def test_who_has_left_is_not_written_to_at_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Left())
    with pytest.raises(SystemExit) as end:
        app.main(["explain", "5"], prog_name="wfpfast")
    assert end.value.code == 1
    with sys.stdout as instead:
        instead.flush()  # as Python does, whose status would be 120
