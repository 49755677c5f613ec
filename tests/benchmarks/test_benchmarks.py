"""The benchmarks' own honesty: what is compared is checked equal, and blocks are what they claim.

Rivals that need a library are checked by `python -m benchmarks` itself, before it times them.
"""

import html
import io
import json
import re
import shutil
import sys

import pytest

import benchmarks
from benchmarks import __main__ as command
from benchmarks import chart, data, library, limits, netsh
from benchmarks.floor import Floor
from benchmarks.instructions import compare
from benchmarks.limits import Timed, table
from benchmarks.mixes import MIXES
from benchmarks.rivals import MismatchError, StructRival, Twin, check, image
from benchmarks.timing import Contestant, race
from wfpfast import Block, Decoder
from wfpfast.netsh import read_events

SIZE = 3_000


@pytest.fixture(scope="module")
def block() -> Block:
    return data.sample(SIZE).block


def test_a_sample_in_pieces_is_the_sample_in_one(block):
    tiled = data.sample(SIZE, piece=701)
    assert (tiled.block.count, tiled.prefix.count) == (SIZE, 701)
    decoder = Decoder()
    assert decoder.decode(tiled.block).to_pylist() == decoder.decode(block).to_pylist()


def test_a_tiled_block_that_lost_events_is_refused(block):
    parts = data.pieces(SIZE, 1_000)
    with pytest.raises(data.TilingError, match=f"3 pieces do not make the block of {SIZE}"):
        data.check_tiling(block, [parts[0], parts[0], parts[2]])


@pytest.mark.parametrize("rival", [StructRival(), Twin()], ids=lambda rival: rival.name)
def test_rivals_without_a_library_read_what_wfpfast_reads(rival, block):
    check(rival, block)
    assert all(len(cells) == SIZE for cells in rival.decode(block).values())


class Careless(StructRival):
    """Reads one port of one event wrong."""

    def decode(self, block):
        lists = super().decode(block)
        lists["remote_port"][7] = 99_999
        return lists


class Forgetful(StructRival):
    """Leaves an event out."""

    def decode(self, block):
        return {name: cells[:-1] for name, cells in super().decode(block).items()}


class Lazy(StructRival):
    """Does not make the columns that it says it makes."""

    def decode(self, block):
        return {"timestamp": super().decode(block)["timestamp"]}


@pytest.mark.parametrize(("rival", "message"), [
    (Careless(), "remote_port, event 7: 99999, not "),
    (Forgetful(), f"timestamp: {SIZE - 1} rows of {SIZE}"),
    (Lazy(), "makes timestamp"),
], ids=lambda each: type(each).__name__)
def test_a_rival_that_reads_something_else_is_not_timed(rival, message, block):
    with pytest.raises(MismatchError, match=message):
        check(rival, block)


def test_all_take_turns_in_every_round():
    calls = []
    everyone = [Contestant(name, (), 1, lambda name=name: calls.append(name)) for name in "abc"]
    results = race(everyone, rounds=2, seconds=0)
    assert calls == list("abcabc")
    assert [result.contestant.name for result in results] == list("abc")
    assert all(result.seconds > 0 for result in results)


def test_times_are_per_event():
    slow, fast = Contestant("slow", (), 10, tuple), Contestant("fast", (), 1_000, tuple)
    for result in race([slow, fast], rounds=1, seconds=0):
        assert result.per_event == result.seconds / result.contestant.events


def test_the_image_of_a_block_is_its_own_bytes(block):
    assert image(block) is block.data.obj


def test_a_library_that_is_missing_is_named():
    with pytest.raises(benchmarks.MissingLibraryError, match=r"no_such_module.*wfpfast\[bench\]"):
        library("no_such_module")


@pytest.fixture(scope="module")
def floor():
    if shutil.which("gcc") is None:
        pytest.skip("plain C is compiled with gcc")
    return Floor()


@pytest.mark.parametrize("mix", MIXES)
def test_plain_c_reads_what_wfpfast_reads(mix, floor):
    check(floor, data.sample(SIZE, mix=mix).block)


def test_the_mixes_are_what_they_are_called():
    counts = {}
    for mix in MIXES:
        block = data.sample(SIZE, mix=mix).block
        batch = Decoder(columns=["app_path", "ip_version", "event_type", "timestamp"]).decode(block)
        kinds = batch["event_type"].to_pylist()
        times = memoryview(batch["timestamp"]).tolist()
        counts[mix] = (
            len(set(batch["app_path"].to_pylist())) > 1_000,
            set(batch["ip_version"].to_pylist()) == {6},
            sum(kind.startswith("IKEEXT") for kind in kinds) > SIZE // 30,
            times != sorted(times))
    assert counts == {
        "realistic": (False, False, False, False),
        "shuffled memory": (False, False, False, True),
        "20,000 paths": (True, False, False, False),
        "all IPv6": (False, True, False, False),
        "5 % IKE": (False, False, True, False),
    }


def test_more_instructions_are_named_and_fewer_are_welcome():
    recorded = {"a": 100, "b": 100, "c": 100}
    lines = compare({"a": 110.0, "b": 111.0, "c": 20.0}, recorded)
    assert [line.split() for line in lines] == [
        ["a", "110", "100", "1.10", "x"], ["b", "111", "100", "1.11", "x", "TOO", "MANY"],
        ["c", "20", "100", "0.20", "x"]]
    with pytest.raises(RuntimeError, match="recorded are a, b, c"):
        compare({"a": 1.0}, recorded)


def test_a_call_may_take_its_own_time():
    (result,) = race([Contestant("own", (), 1, lambda: Timed(0.25))], rounds=1, seconds=0)
    assert result.seconds == 0.25


@pytest.mark.usefixtures("floor")
def test_everyone_is_measured_on_every_mix(monkeypatch):
    monkeypatch.setattr(limits, "QUICK_SIZES", (16,))
    monkeypatch.setattr(limits, "N_BLOCKS", 3)
    text, rows = limits.measure_limits(quick=True)
    assert [(row["mix"], row["events"]) for row in rows] == [(mix, 16) for mix in MIXES]
    for row in rows:
        assert list(row["ns"]) == [
            "kept", "floor, kept", "wfpfast", "floor", "memcpy", "eight", "many blocks",
            "floor, many blocks"]
        assert all(0 < ns < 1e6 for ns in row["ns"].values())
    assert len(text.splitlines()) == 1 + len(rows)


def test_ratios_are_of_the_times_of_one_row():
    ns = {"wfpfast": 20.0, "floor": 50.0, "memcpy": 10.0, "eight": 5.0, "kept": 25.0,
          "floor, kept": 75.0}
    row = {"mix": "realistic", "events": 10_000, "ns": ns}
    assert table([row]).splitlines()[1].split() == [
        "realistic", "10,000", "20.0", "2.50", "0.50", "2.00", "3.00", "-", "-"]


def test_the_command_prints_and_writes_every_size(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command, "measure_netsh", lambda quick: (f"netsh {quick}", {"ratio": 3}))
    monkeypatch.setattr(command, "measure_limits", lambda quick: (f"limits {quick}", ["rows"]))
    monkeypatch.setattr(command, "rivals", lambda: [StructRival()])
    monkeypatch.setattr(command, "LIBRARIES", ())
    monkeypatch.setattr(command, "NEEDED", ())
    monkeypatch.setattr(command, "NEEDED_FOR_TEXT", ())
    monkeypatch.setattr(command, "measure_text_lines", lambda quick: (f"text {quick}", {"z": 3}))
    monkeypatch.setattr(command, "measure_security_log", lambda quick: (f"log {quick}", {"x": 1}))
    file = tmp_path / "figures.json"
    command.main(["--quick", "--sizes", "16,64", "--json", str(file)])
    figures = json.loads(file.read_text())
    assert [size["events"] for size in figures["sizes"]] == [16, 64]
    for size in figures["sizes"]:
        ours, *others = size["results"]
        assert (ours["name"], ours["times_as_long"]) == ("wfpfast, all columns", 1.0)
        assert len(ours["columns"]) == 67
        assert [each["name"] for each in others] == [
            "wfpfast, eight columns", "wfpfast, binary addresses", StructRival.name,
            "memcpy of the block"]
        assert all(each["events_per_second"] > 0 for each in others)
    assert figures["limits"] == ["rows"]
    assert figures["live"]["pages"]["ratio"] > 0
    runs = [(run["threads"], run["reading"]) for run in figures["live"]["callbacks"]]
    assert runs == [(1, False), (2, False), (1, True), (2, True)]
    assert all(run["per_second"] > 0 for run in figures["live"]["callbacks"])
    printed = capsys.readouterr().out
    assert "16 events, " in printed
    assert "64 events, " in printed
    assert "limits True" in printed
    assert "log True" in printed
    assert "text True" in printed
    assert figures["security_log"] == {"x": 1}
    assert figures["text_lines"] == {"z": 3}


def test_a_mismatch_ends_the_command(monkeypatch):
    monkeypatch.setattr(command, "rivals", lambda: [Careless()])
    monkeypatch.setattr(command, "LIBRARIES", ())
    monkeypatch.setattr(command, "NEEDED", ())
    monkeypatch.setattr(command, "NEEDED_FOR_TEXT", ())
    with pytest.raises(SystemExit, match=r"benchmarks: struct\.unpack_from, dicts, remote_port"):
        command.main(["--quick", "--sizes", "16"])


def test_the_checkout_does_not_hide_the_installed_package():
    root = benchmarks._ROOT
    assert sys.path[0] not in ("", root)


def test_the_chart_has_a_line_for_everyone():
    ns = {"wfpfast": 20.0, "floor": 50.0, "memcpy": 10.0, "eight": 5.0}
    results = [{"name": "wfpfast, all columns", "events_per_second": 5e7},
               {"name": "ctypes", "events_per_second": 4e4}]
    rows = [{"mix": mix, "events": size, "ns": ns}
            for mix in ("realistic", "all IPv6") for size in (128, 1_024)]
    drawn = chart.lines({"limits": rows, "sizes": [{"events": 128, "results": results}]})
    assert [(sizes, speeds) for _, sizes, speeds, *_ in drawn] == [
        ([128, 1_024], [2e8, 2e8]), ([128, 1_024], [1e8, 1e8]), ([128, 1_024], [5e7, 5e7]),
        ([128, 1_024], [2e7, 2e7]), ([128], [4e4])]
    assert [label.split(",")[0] for label, *_ in drawn] == [
        "wfpfast", "memcpy of the block", "wfpfast", "plain C", "ctypes"]


@pytest.mark.parametrize("kind", netsh.KINDS)
def test_the_xml_that_is_timed_is_read(kind):
    data = netsh.written(50, kind)
    with read_events(io.BytesIO(data)) as stream:
        rows = [row for batch in stream for row in batch]
    expected = list(netsh.decisions(50))
    assert [row.remote_port for row in rows] == [each["header"]["remotePort"] for each in expected]
    assert {row.event_type for row in rows} == {"CLASSIFY_DROP", "CLASSIFY_ALLOW"}
    origins = {html.unescape(origin) for origin in netsh.KINDS[kind][1]}
    assert {row.filter_origin for row in rows} == origins


def test_the_kinds_of_xml_are_what_they_are_called():
    data = {kind: netsh.written(10, kind) for kind in netsh.KINDS}
    assert data["ASCII"][3:].isascii()
    assert data["UTF-16"].decode("utf-16").isascii()
    for kind, text in (("German", "Büro &amp; Lager"), ("Japanese", "ブート時間フィルター")):
        assert text.encode() in data[kind]
    texts = re.findall(rb"<asString>([^<]+)</asString>", data["line breaks"])
    assert len(texts) == 10
    assert all(b"\n" in text for text in texts)


def test_a_script_that_reads_other_xml_is_not_timed(monkeypatch):
    pytest.importorskip("lxml")
    data = netsh.written(20, "German")
    netsh.check(data)
    table = netsh.netsh_lxml.read_table
    monkeypatch.setattr(netsh.netsh_lxml, "read_table", lambda given: table(
        given.replace("Büro".encode(), b"Buero")))
    with pytest.raises(MismatchError, match="filter_origin"):
        netsh.check(data)


def test_each_kind_of_xml_has_its_row(monkeypatch):
    pytest.importorskip("lxml")
    monkeypatch.setattr(netsh, "QUICK_EVENTS", 30)
    printed, figures = netsh.measure_netsh(quick=True)
    assert [row["kind"] for row in figures["kinds"]] == list(netsh.KINDS)
    assert all(row["ratio"] > 0 and row["wfpfast"] > 0 for row in figures["kinds"])
    assert figures["kinds"][0]["times_as_long"] == 1
    assert all(kind in printed for kind in netsh.KINDS)
