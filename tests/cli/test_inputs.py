"""What is read, is recognised by its content: under any name, packed, through a pipe."""

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli.hand import HEAD, ITEMS, STATE, XML
from cli.running import Run, environment

from wfpfast.cli import _content
from wfpfast.cli._formats import SOURCES, source_of
from wfpfast.cli._screen import size
from wfpfast.recording import Recorder

Pipe = Callable[[bytes], None]
KINDS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "recording", "parquet", "arrow",
    "stream", "csv", "csv-utf-8-sig", "csv-utf-16", "ndjson", "ndjson-utf-16",
)  # fmt: skip


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Let the standard input be bytes in which nobody can go back."""

    class Once(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: Any) -> int:
            raise OSError(29, "Illegal seek")

    def filled(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Once(data))))

    return filled


@pytest.fixture(params=KINDS)
def seven(request: pytest.FixtureRequest, run: Run, xml: Path) -> bytes:
    """The seven events of hand.py, as every kind of file that there is."""
    kind, folder = request.param, xml.parent
    if kind.startswith("utf"):
        return XML.encode(kind)
    if kind == "recording":
        return recording(folder)
    if kind == "stream":
        result = subprocess.run(
            [sys.executable, "-P", "-m", "wfpfast.cli", "convert", xml, "-", "--to", "arrow"],
            capture_output=True, check=True, env=environment())
        return result.stdout
    suffix, _, encoding = kind.partition("-")
    assert run("convert", xml, f"made.{suffix}").status == 0
    data = (folder / f"made.{suffix}").read_bytes()
    return data.decode().encode(encoding) if encoding else data


def recording(folder: Path) -> bytes:
    from wfpfast import encode

    drop = {"header": {"flags": 8, "localPort": 1, "timeStamp": 133_800_000_000_000_000},
            "type": 3, "classifyDrop": {"filterId": 1}}
    with Recorder(folder / "made.wfprec") as recorder:
        recorder.write(encode([drop] * 7))
    return (folder / "made.wfprec").read_bytes()


def counted(run: Run, name: str) -> int:
    """Return how many events a summary finds, all of them read and understood."""
    result = run("summary", "--json", name)
    assert (result.status, result.err) == (0, "")
    found = json.loads(result.out)
    assert len(found["files"]) == 1
    assert (found["files"][0]["error"], sum(found["stats"].values())) == (None, 0)
    return int(found["events"])


@pytest.mark.parametrize("name", ["events", "events.txt", "events.xml", "events.parquet",
                                  "events.wfprec", "events.csv", "e.v.e.n.t.s.JSON"])
def test_the_name_says_nothing(run: Run, tmp_path: Path, seven: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(seven)
    assert counted(run, name) == 7
    assert run("convert", name, "out.parquet").status == 0


def test_gzip_is_unpacked_whatever_it_is_called(run: Run, tmp_path: Path, seven: bytes) -> None:
    (tmp_path / "events.log").write_bytes(gzip.compress(seven))
    assert counted(run, "events.log") == 7


def test_everything_comes_through_a_pipe(run: Run, pipe: Pipe, seven: bytes) -> None:
    for data in (seven, gzip.compress(seven)):
        pipe(data)
        assert counted(run, "-") == 7
        pipe(data)
        assert run("convert", "-", "out.csv", "-f").status == 0


def test_the_first_bytes_of_a_recording_are_those_that_it_has(tmp_path: Path) -> None:
    """docs/recording.md has them."""
    assert recording(tmp_path)[:8] == b"\x89WFPREC\n"
    assert [each.begins for each in SOURCES if each.suffix == ".wfprec"] == [(b"\x89WFPREC\n",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_netsh_is_recognised_behind_other_text(encoding: str) -> None:
    for root in ("<netEvents numItems='1'>", "<netEvents/>", "<events>", "<netEvent>", "<wfpdiag>"):
        text = f"C:\\>netsh wfp show netevents file=-\r\n\r\n{root}"
        assert source_of("a.parquet", text.encode(encoding)).suffix == ".xml"
    state = "<wfpstate><x/></wfpstate>".encode(encoding)
    assert _content.filters(state)
    assert not _content.netsh(state)


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".NDJSON"])
def test_lines_of_json_have_other_names_too(run: Run, xml: Path, suffix: str) -> None:
    assert run("convert", xml, f"a{suffix}").status == 0
    first = xml.with_name(f"a{suffix}").read_text("utf-8").partition("\n")[0]
    assert json.loads(first)["filter_id"] == 70000
    (xml.parent / "none.xml").write_text("<netEvents/>")
    assert run("convert", "none.xml", f"none{suffix}").status == 0
    assert xml.with_name(f"none{suffix}").read_bytes() == b""
    assert counted(run, f"none{suffix}") == 0  # 0 bytes, as the name allows


def test_filters_are_recognised_too(run: Run, xml: Path, pipe: Pipe) -> None:
    (xml.parent / "state.log").write_bytes(gzip.compress(STATE.encode("utf-16")))
    pipe(STATE.encode())
    for state in ("state.log", "-"):
        result = run("summary", xml, "--filters", state)
        assert result.status == 0, result.err
        assert "Block all" in result.out


@pytest.mark.parametrize("name", ["-", pytest.param("/dev/stdin", marks=pytest.mark.skipif(
    os.name == "nt", reason="/dev/stdin is of Unix"))])
@pytest.mark.parametrize("redirected", [True, False])
def test_processes_are_joined_by_pipes(xml: Path, name: str, redirected: bool) -> None:
    command = [sys.executable, "-P", "-m", "wfpfast.cli", "summary", name, "--json"]
    with xml.open("rb") as file:
        source: dict[str, Any] = {"stdin": file} if redirected else {"input": xml.read_bytes()}
        result = subprocess.run(
            command, capture_output=True, check=True, env=environment(), **source)
    assert json.loads(result.stdout)["events"] == 7
    assert result.stderr == b""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes in folders are of Unix")
def test_a_named_pipe_is_read(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[XML.encode()])
    writer.start()
    assert counted(run, "pipe") == 7
    writer.join()


def test_a_pipe_is_read_once(run: Run, pipe: Pipe) -> None:
    pipe(XML.encode())
    result = run("summary", "-", "-")
    assert result.status == 1
    assert result.err == "wfpfast: standard input: is closed, or has been read\n"
    assert "standard input could not be read." in result.out
    assert result.out.startswith("2 files: 7 events, 5 dropped\n")


def test_an_input_that_is_closed_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    result = run("summary", "-")
    assert (result.status, result.out) == (1, "")
    assert result.err == "wfpfast: standard input: is closed, or has been read\n"


def test_what_must_lie_on_the_disk_has_a_limit(
    run: Run, tmp_path: Path, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is read from its end is put on the disk, and is gone afterwards."""
    data, temporary = recording(tmp_path), tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr("wfpfast.cli._input.SPOOL", len(data) - 1)
    pipe(data)
    result = run("summary", "-")
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        "wfpfast: standard input: cannot be read as it comes, and is more than"
        f" {size(len(data) - 1)}: unpack it, and give the file\n")
    monkeypatch.setattr("wfpfast.cli._input.SPOOL", len(data))
    pipe(data)
    assert counted(run, "-") == 7
    assert os.listdir(temporary) == []


def many(count: int) -> bytes:
    return (HEAD + ITEMS[0] * count + "</netEvents>").encode()


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory as Linux says it")
def test_a_pipe_costs_no_more_memory_than_its_events() -> None:
    """Of 50 MB no more is held than of 2 MB, whatever they are packed in."""
    script = (
        "import re, sys; from wfpfast.cli import main\ntry: main()\nexcept SystemExit: pass\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1],"
        " file=sys.stderr)")
    peaks = []
    for count in (1_000, 30_000, 30_000):
        data = gzip.compress(many(count), 1) if peaks[1:] else many(count)
        result = subprocess.run(
            [sys.executable, "-P", "-c", script, "convert", "-", "-", "--to", "csv", "--columns",
             "filter_id"], input=data, capture_output=True, check=True, env=environment())
        assert result.stdout.count(b"\n") == count + 1
        peaks.append(int(result.stderr.split()[-1]) // 1024)
    assert len(many(30_000)) > 48_000_000
    assert max(peaks) - peaks[0] < 40


def test_files_may_be_folders_links_or_not_there(run: Run, xml: Path) -> None:
    (xml.parent / "folder").mkdir()
    shutil.copy(xml, xml.parent / "with [brackets].xml")
    assert counted(run, "with [brackets].xml") == 7
    for name in ("a.xml", "[ab].xml"):  # which is a name, before it is a pattern
        shutil.copy(xml, xml.parent / name)
    assert json.loads(run("summary", "[ab].xml", "--json").out)["files"][0]["path"] == "[ab].xml"
    result = run("summary", "folder", "absent.xml", xml)
    assert result.status == 1
    folder = "Permission denied" if os.name == "nt" else "Is a directory"
    assert result.err == (
        f"wfpfast: folder: {folder}\nwfpfast: absent.xml: No such file or directory\n")
    assert result.out.startswith("3 files: 7 events, 5 dropped\n")
