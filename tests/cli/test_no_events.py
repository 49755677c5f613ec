"""What is not events says what it is and what to do; what was not understood has a status."""

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hand import HEAD, ITEMS
from cli.running import Run

from wfpfast import netsh

# WMI_BUFFER_HEADER, 72 bytes: its type, a header, is at 0x36; behind it version, type and flags of
# a system event's header, as 64-bit Windows writes it.
ETL = b"\0\0\1\0" + bytes(0x32) + b"\4\0" + bytes(0x10) + b"\2\0\2\xc0" + bytes(100)
TAR = b"netevents.xml".ljust(257, b"\0") + b"ustar\x0000" + bytes(248)
NOISE = random.Random(7).randbytes(5000)


@pytest.mark.parametrize(("data", "words"), [
    (b"", "is empty: 0 bytes"),
    (b"ElfFile\0" + bytes(4088), "is an event log of version 0, which wfpfast does not know"),
    (b"ElfFile\0" + bytes(99), "begins as a Windows event log (.evtx), and breaks off"),
    (ETL, "is an event trace (.etl), as netsh wfp capture puts beside wfpdiag.xml: give"
     " wfpdiag.xml"),
    (b"7z\xbc\xaf\x27\x1c\0\4", "is a 7z archive: unpack it, and give what is in it"),
    (b"Rar!\x1a\x07\x01\0", "is a RAR archive: unpack it"),
    (b"\xfd7zXZ\0\0", "is packed by xz: unpack it"),
    (b"BZh91AY&SY", "is packed by bzip2: unpack it"),
    (b"\x28\xb5\x2f\xfd\4", "is packed by zstd: unpack it"),
    (TAR, "is a tar archive: unpack it"),
    (b"\x0a\x0d\x0d\x0a" + bytes(28), "is a packet capture (pcapng): it has packets, not what the"
     " filtering engine decided"),
    (bytes(4096), "begins with nothing but zero bytes, as a file does that was never written"),
    (b'\xef\xbb\xbf [\n{"flags": 1}]', "is a JSON array: wfpfast reads an object a line; jq -c"
     " '.[]' makes them of it"),
    (b'{\r\n "tables": [{"name": "PrimaryResult", "columns": [{"name": "EventID"}]', "is an answer"
     " of the query API of Log Analytics, whose rows have no names: az monitor log-analytics query"
     " prints rows that wfpfast reads, and so does the portal's CSV"),
    (b"MZ\x90\0\3\0\0\0" + bytes(500), "is nothing that wfpfast reads: .xml, .wfprec, .evtx,"
     " .parquet, .arrow, .csv, .ndjson by content"),
    (NOISE, "is nothing that wfpfast reads: .xml"),
])
def test_what_it_is_is_said(run: Run, tmp_path: Path, data: bytes, words: str) -> None:
    """Under a name that says nothing, and under one that says something else."""
    for name in ("given", "netevents.XML" if data != NOISE else "given"):
        (tmp_path / name).write_bytes(data)
        for arguments in (["summary", name], ["convert", name, "o.csv"]):
            result = run(*arguments)
            assert (result.status, result.out) == (1, "")
            assert len(result.err.splitlines()) == 1
            if name == "given" or "nothing that" not in words:
                assert result.err.startswith(f"wfpfast: {name}: {words}")


@pytest.mark.parametrize("data", [b"", ETL, b"ElfFile\0" + bytes(4088), b"BZh91AY"])
def test_it_is_said_of_filters_as_well(run: Run, xml: Path, data: bytes) -> None:
    (xml.parent / "state").write_bytes(data)
    result = run("summary", xml, "--filters", "state")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("wfpfast: state: is ")
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("text", [
    "Data collection successful; output = netevents.xml\r\n", "&lt;netEvents&gt;", "<notes/>",
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"/>', "hello\n",
])
@pytest.mark.parametrize("name", ["a.xml", "a.txt", "a.parquet", "a.wfprec", "a"])
def test_netsh_s_reader_says_what_is_wrong_with_a_text(
    run: Run, tmp_path: Path, text: str, name: str
) -> None:
    """Of whatever name: its message is the one that is shown, as it is."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(netsh.NetshError) as caught:
        list(netsh.read_events(tmp_path / name))
    theirs = str(caught.value).replace(str(tmp_path / name), name)
    result = run("summary", name)
    assert (result.status, result.out, result.err) == (1, "", f"wfpfast: {theirs}\n")


def test_an_empty_log_has_its_usual_reasons(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none.xml").write_text(HEAD + "</netEvents>")
    for arguments in (["summary", "none.xml"], ["convert", "none.xml", "o.csv"]):
        result = run(*arguments)
        assert result.status == 0
        reason = result.err.splitlines()[-1]
        assert reason.startswith("none.xml: no events: the log of net events was empty: ")
        for word in ("from its start on", "netsh wfp set options netevents=on", "keyword"):
            assert word in reason


STATS = {
    "malformed": (2, "2 values that could not be read, now null", 3),
    "lost_events": (1, "1 event that could not be read at all, left out", 3),
    "no_flags": (1, "1 header without <flags>: what is printed counts as set", 3),
    "unknown_names": (1, "1 name that wfpfast does not know, kept as UNKNOWN_...", 3),
    "unknown_types": (4, "4 events of a type that the SDK does not name", 3),
    "unknown_element:classifyDrop/newThing": (
        1000, "1,000 elements classifyDrop/newThing that wfpfast does not know, left out", 3),
    "replaced_text": (1, "1 character not valid in UTF-16, now U+FFFD", 3),
    "mended_text": (3, "3 characters that XML forbids, now U+FFFD", 3),
    "guessed_encoding:cp936": (
        1, "1 text in a guessed encoding, cp936: --encoding NAME says which it is", 3),
    "timestamps_out_of_range": (1, "1 timestamp beyond 1677..2262, now null", 3),
    "dropped": (5, "5 events for which there was no room as they came", 0),
    "unreadable": (5, "5 events that could not be followed as they came", 0),
    "something_new": (5, "5 something_new", 0),
}


@pytest.mark.parametrize("name", STATS)
def test_statistics_are_words_and_a_status(run: Run, tmp_path: Path, name: str) -> None:
    count, words, status = STATS[name]
    stats = {"events": 3, "malformed": 0, name: count}
    table = pa.table({"event_type": ["CLASSIFY_DROP"] * 3})
    pq.write_table(table.replace_schema_metadata({"wfpfast.stats": json.dumps(stats)}),
                   tmp_path / "a.parquet")
    result = run("convert", "a.parquet", "o.csv")
    assert result.status == status
    assert result.err.partition("; ")[2] == f"{words}\n"
    result = run("summary", "a.parquet")
    assert result.status == status
    assert " ".join(result.out.split()).endswith(
        f"Lost or mended {words}"), words
    assert "Nothing." not in result.out


def test_nothing_lost_is_said_of_nothing(run: Run, xml: Path) -> None:
    result = run("summary", xml)
    assert result.status == 0
    assert result.out.endswith("\nLost or mended\nNothing.\n")


def test_a_bad_value_is_counted_or_ends_it(run: Run, tmp_path: Path) -> None:
    text = HEAD + "".join(ITEMS).replace("<filterId>70001<", "<filterId>seven<") + "</netEvents>"
    (tmp_path / "bad.xml").write_text(text, encoding="utf-8")
    result = run("summary", "bad.xml")
    assert (result.status, result.err) == (3, "")
    assert result.out.startswith("bad.xml: 7 events, 5 dropped\n")
    result = run("summary", "bad.xml", "--errors", "raise")
    assert result.status == 1
    assert result.out.startswith("bad.xml: 3 events, 3 dropped\n")
    assert "<filterId>" in result.err
    assert "--errors null, the default, makes such a value null" in result.err


def test_encodings_go_to_netsh_s_reader(
    run: Run, xml: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    events, filters = netsh.read_events, netsh.read_filters

    def read_events(file: Any, *, encoding: str | None = None, **options: Any) -> Any:
        asked.append(("events", encoding))
        return events(file, **options)

    def read_filters(file: Any, *, encoding: str | None = None, **options: Any) -> Any:
        asked.append(("filters", encoding))
        return filters(file, **options)

    monkeypatch.setattr(netsh, "read_events", read_events)
    monkeypatch.setattr(netsh, "read_filters", read_filters)
    assert run("summary", xml, "--filters", state, "--encoding", "cp936").status == 0
    assert run("convert", xml, "a.csv", "--encoding", "cp850").status == 0
    assert run("summary", xml).status == 0
    assert asked == [
        ("filters", "cp936"), ("events", "cp936"), ("events", "cp850"), ("events", None)]
    result = run("summary", "a.csv", "--encoding", "cp850")
    assert (result.status, result.err) == (1, "wfpfast: a.csv: --encoding: for .xml only\n")
