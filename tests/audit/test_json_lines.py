"""Lines of JSON that are scanned are what Python's json makes of them, whatever is in them."""

import json
import random
import struct
from collections.abc import Callable
from typing import Any

import pytest
from audit_lines import (
    NAMES,
    SCANNED,
    TEXTS,
    VALUES,
    lines_of,
    read_by_python,
    said,
    same,
)
from audit_records import FIELDS, Audit, read
from audit_shapes import nxlog, powershell, security_event
from hypothesis import given
from hypothesis import strategies as st

from wfpfast.audit._json_lines import LineScanner

BIND = Audit(5158, FIELDS["bind"])


def scanned(line: bytes) -> int:
    """Return how many records of a line are read without Python."""
    return LineScanner().scan(line, 0, 1, 10)[1]


@given(st.integers(0, 2 ** 64))
def test_rows_and_counts_are_those_of_python(seed: int) -> None:
    data = lines_of(random.Random(seed))
    assert same(read(data, errors="null")) == same(read_by_python(data, errors="null"))
    assert said(data, read) == said(data, read_by_python)


@pytest.mark.parametrize("make", SCANNED)
def test_what_collectors_write_is_scanned(make: Callable[[Audit], dict[str, Any]]) -> None:
    for one in (BIND, BIND._replace(host="пк 😀"), Audit(4688, {"NewProcessId": "0x1"}, 12)):
        for ascii_only in (True, False):
            assert scanned(json.dumps(make(one), ensure_ascii=ascii_only).encode()) == 1


def test_what_is_rare_is_left_to_python() -> None:
    assert scanned(json.dumps(powershell(BIND)).encode()) == 0
    assert scanned(json.dumps(powershell(BIND._replace(event_id=4688))).encode()) == 1


@pytest.mark.parametrize("make", SCANNED)
def test_escapes_anywhere_change_nothing(make: Callable[[Audit], dict[str, Any]]) -> None:
    """Each character of a record, in turn, is written as an escape."""
    text = json.dumps(make(BIND._replace(fields={
        **FIELDS["packet"], "SourceAddress": "10.0.0.5", "ProcessId": 9})), ensure_ascii=False)
    lines = [json.dumps(nxlog(BIND))] + [
        f"{text[:at]}\\u{ord(letter):04x}{text[at + 1:]}"
        for at, letter in enumerate(text) if letter.isalnum()]
    data = "\n".join(lines).encode()
    assert len(lines) > 300
    assert same(read(data, errors="null")) == same(read_by_python(data, errors="null"))


XMLS = (
    "", " ", "<", "<EventData>", "<EventData/>", "<EventData></EventData>", "{}", "[]",
    "<EventData xmlns='x'><Data Name='Protocol'>6</Data></EventData>", "<EventData></EventData>x",
    *(f"<EventData>{inner}</EventData>" for inner in (
        "\r\n\t ", "x", "<Data/>", "<Data Name='Protocol'/>", "<Data Name='Protocol' />",
        "<Data Name='Protocol'></Data>", "<Data Name=\"Protocol\">6</Data>",
        "<Data Name=\"Protocol'>6</Data>", "<Data Name='Protocol'>6", "<Data Name='Protocol'>",
        "<Data Name='Protocol'>6</Data><Data Name='Protocol'>6</Data>",
        "<Data Name='Strange'>6</Data>", "<Data Name='Strange'/><Data Name='Strange'/>",
        "<Data Name='FilterName'>6</Data>", "<Data Name='größe'>6</Data>", "<Data Name=''>6</Data>",
        "<Data Name='Application'>a &amp; b</Data>", "<Data Name='Application'>a & b</Data>",
        "<Data Name='Application'>a > b ]]></Data>", "<Data Name='Application'>a\r\nb\nc</Data>",
        "<Data Name='Application'>日本 😀</Data>", "<Data Name='Application'>\ud800</Data>",
        "<Data Name='Application'>a\0b</Data>", "<Data Name='Application'>\uffff</Data>",
        "<Data Name='Application'><b>x</b>y</Data>", "<Data Name='Application'><!-- c -->x</Data>",
        f"<Data Name='{'a' * 70}'>6</Data>", "<Data Name='EventID'>6</Data>",
        "<data Name='Protocol'>6</data>", "<Data  Name='Protocol'>6</Data>")))


def test_event_data_that_is_xml() -> None:
    whole = security_event(BIND)
    cut = [whole["EventData"][:at] for at in range(0, len(whole["EventData"]), 5)]
    lines = [{**whole, "EventData": xml} for xml in (*XMLS, *cut)]
    data = "\n".join(map(json.dumps, [nxlog(BIND), *lines])).encode()
    assert len(lines) > 100
    told = same(read(data, errors="null"))
    assert told == same(read_by_python(data, errors="null"))
    # That of the first line; in another namespace; plainly; behind two blanks.
    assert [row["ip_protocol"] for row in told[0] if "ip_protocol" in row] == [17, 6, 6, 6]
    assert [row["app_path"] for row in told[0][1:] if "app_path" in row] == [
        "a & b", "a\nb\nc", "日本 😀", "xy", "x"]


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_every_member(name: str) -> None:
    """Each of them alone, in each place: as it is, and twice."""
    made = [json.dumps(nxlog(BIND))]
    for make in SCANNED:
        for value in (*TEXTS, *VALUES):
            one = make(BIND)
            whole = one.get("_source", one)
            for target in (one, whole, whole.get("winlog", whole)):
                made.append(json.dumps({**target, name: value}))
            inner = whole.get("winlog", whole)
            if "event_data" in inner:
                inner["event_data"][name] = value
                made.append(json.dumps(one))
        twice = f', {json.dumps(name)}: 1, {json.dumps(name)}: 2}}'
        made.append(json.dumps(make(BIND))[:-1] + twice)
    data = "\n".join(made).encode()
    assert len(made) > 500
    assert same(read(data, errors="null")) == same(read_by_python(data, errors="null"))
    assert LineScanner().scan(data, 0, 1, 1 << 20)[1] > 0


@pytest.mark.parametrize("raw", [
    "0", "-0", "-1", "00", "01", "-", "+1", "1.", ".5", "1.0", "1E2", "1e", "1e+", "1e400", "0x1",
    "9" * 64, "9" * 65, "NaN", "-Infinity", "true", "tru", "truee", "false", "null", "nulL", "''",
    "[]", "[1,]", "[,]", "{}", "{,}", '{"a"}', '{"a":}', '{"a":1,}', "{1:1}", "", "1 1", "]"])
def test_values_that_python_s_json_never_writes(raw: str) -> None:
    line = json.dumps(nxlog(BIND))
    member = '"ProcessId": "1280"'
    assert member in line
    for name in ("ProcessId", "tags", "EventID"):
        odd = [line.replace(member, f'"{name}": {raw}'), f"{line} {raw}"]
        data = "\n".join([line, *odd, line]).encode()
        assert same(read(data, errors="null")) == same(read_by_python(data, errors="null"))
        assert said(data, read) == said(data, read_by_python)


@pytest.mark.parametrize("at", range(0, 1400, 7))
def test_bytes_that_are_others(at: int) -> None:
    line = json.dumps(nxlog(BIND._replace(host="пк")), ensure_ascii=False).encode()
    assert len(line) < 1400
    start = b"\n".join([line, line[:at]])
    for byte in (0, 1, 0x1F, 0x20, 0x22, 0x2C, 0x30, 0x5C, 0x7B, 0x7D, 0x7F, 0x80, 0xC2, 0xFF):
        data = start + bytes([byte]) + line[at + 1:]
        assert same(read(data, errors="null")) == same(read_by_python(data, errors="null")), byte
    for data in (start, start + b"\n"):
        assert same(read(data, errors="null")) == same(read_by_python(data, errors="null"))
        assert said(data, read) == said(data, read_by_python)


def test_nothing_is_deep_or_many_without_end() -> None:
    deep = '{"a":' + '{"a":' * 5000 + "1" + "}" * 5001
    lists = '{"a":' + "[" * 5000 + "]" * 5000 + "}"
    number = f'{{"a": {"9" * 5000}}}'
    many = "{" + ",".join(f'"m{k}": {k}' for k in range(5000)) + "}"
    row = json.dumps({**nxlog(BIND), **{f"m{k}": k for k in range(200)}})
    more = json.dumps({**nxlog(BIND), **{f"n{k}": k for k in range(200)}})
    others = [
        json.dumps({**nxlog(BIND), **{f"{j}x{k}": k for k in range(200)}}) for j in range(8)]
    flat = json.dumps({**nxlog(BIND), "tags": json.loads("[" * 60 + "]" * 60)})
    odd = [deep, lists, many, number]
    data = "\n".join([row, *odd, *[row, more] * 6, *others, flat, "[" * 5000]).encode()
    rows, stats = read(data, errors="null")
    assert len(rows) == 14 + 8
    assert stats["unknown_member:7x199"] == 1
    assert stats["unknown_member:m199"] == 7
    assert stats["unknown_member:n199"] == 6
    assert same((rows, stats)) == same(read_by_python(data, errors="null"))


def test_the_list_is_in_order_and_has_numbers() -> None:
    line = json.dumps(nxlog(BIND)).encode()
    data = b"\n\n".join([line] * 5)
    at, count, memory, stats = LineScanner().scan(data, 0, 7, 3)
    assert (at, count, stats) == (3 * len(line) + 5, 3, {})
    size = len(memory) // 3
    assert [struct.unpack_from("<Q", memory, k * size)[0] for k in range(3)] == [7, 8, 9]
    assert LineScanner().scan(data, at, 10, 3)[:2] == (len(data), 2)
    assert LineScanner().scan(data, 0, 7, 0)[:2] == (0, 0)
    for wrong in (-1, len(data) + 1):
        with pytest.raises(IndexError):
            LineScanner().scan(data, wrong, 1, 1)
