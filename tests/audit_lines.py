"""Lines of JSON as collectors might write them: odd members, blanks and escapes."""

import json
import random
from copy import deepcopy
from typing import Any
from unittest import mock

from audit_records import FIELDS, Audit, read
from audit_shapes import (
    elastic,
    mordor,
    nxlog,
    powershell,
    security_event,
    windows_event,
    winlogbeat,
    winlogbeat_6,
)

from wfpfast.audit import EvtxError

# Those that are read in C, and those that are not.
SCANNED = (winlogbeat, winlogbeat_6, elastic, nxlog, mordor, windows_event, security_event)
MAKERS = (*SCANNED, powershell)
TEXTS = (
    "", "-", "x", "Inbound", "Outbound", "Forward", "Bidirectional", "%%14592", "%%14593",
    "ü", "日本", "😀", "\ud800", "\udfff\ud800", "\ufffd", "\0", "\x7f", "a\r\n\tb", '"', "\\", "/",
    "5156", "05156", "0x1424", "10.0.0.5", "2020-06-10T02:50:57.553Z", "2020-06-09 22:50:56",
    "2020-06-10T02:50:57+02:00", "2020-06-10T02:50:57.1234567891Z", "2024-02-30T00:00:00Z",
    "1601-01-01T00:00:00+0100", "2020-06-10T24:00:00Z", "Microsoft-Windows-Security-Auditing",
    "<EventData/>", '{"ProcessId": 7}', "long " * 20)
VALUES = (
    None, True, False, 0, -1, 5156, 5158, 65536, 10 ** 30, 1.5, 1e300, [], {}, [1, [2, {}]],
    {"a": {"b": [None]}}, {"event_data": {"ProcessId": "9"}}, {"EventID": 1, "x": "}"})
NAMES = (
    "EventID", "SourceName", "Provider", "ProviderName", "MachineName", "Id", "EventSourceName",
    "winlog", "event_data", "_source", "EventData", "@timestamp", "EventTime", "TimeCreated",
    "ThreadID", "ProcessID", "ProcessId", "Direction", "event_id", "provider_name", "source_name",
    "Message",
    "record_id", "record_number", "computer_name", "Hostname", "Computer", "TimeGenerated",
    "TimeGenerated [UTC]", "FilterName", "Something", "Something else", "größe", "SourceAddress",
    "LocalPort", "LocalKeyModPort", "EventRecordId", "EventRecordID", "RecordNumber", "a" * 70)
SPLINTERS = (
    b"", b"\0", b"\x01", b"\xff", b"\xc3", b"\xef\xbf\xbd", b"\xed\xa0\x80", b'"', b"'", b"{", b"}",
    b"[", b"]", b",", b":", b"\n", b"\\", b"\\u12", b"\\ud800", b"NaN", b"-Infinity", b"1e999",
    b"01", b"-0", b"-0.0", b"1.", b"9" * 70, b"null", b"nul", b" ", b"\t", b"\r", b"\x0b", b"\xa0")


def audit_of(chance: random.Random) -> Audit:
    kind = chance.choice(list(FIELDS))
    number = {"bind": 5158, "packet": 5152, "connection": chance.choice((5156, 5157))}[kind]
    return Audit(
        chance.choice((number, number, number, 4688)), FIELDS[kind], chance.randrange(1 << 32),
        host=chance.choice(("pc1.example.com", "пк", "a\"b\\c")))


def objects_in(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an object and all that are in it."""
    found = [value]
    for each in value.values():
        if isinstance(each, dict):
            found += objects_in(each)
    return found


def made_odd(record: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Put other members, and other values, into a record."""
    for _ in range(chance.choice((0, 0, 1, 2, 4))):
        target = chance.choice(objects_in(record))
        name = chance.choice((*NAMES, *target)) if target else chance.choice(NAMES)
        if chance.random() < 0.2:
            target.pop(name, None)
        else:
            target[name] = deepcopy(chance.choice((*TEXTS, *VALUES)))
    return record


def blank(chance: random.Random) -> str:
    return chance.choice(("", "", "", "", " ", "\t", "\r", "  "))


def text_of(text: str, chance: random.Random) -> str:
    """Write a string with escapes that need not be there."""
    written = []
    for character in text:
        if 0xD800 <= ord(character) < 0xE000 or chance.random() < 0.02:
            units = character.encode("utf-16-be", "surrogatepass").hex()
            written += [f"\\u{units[k:k + 4]}" for k in range(0, len(units), 4)]
        else:
            written.append(json.dumps(character, ensure_ascii=chance.random() < 0.3)[1:-1])
    return '"' + "".join(written).replace("/", chance.choice(("/", "\\/"))) + '"'


def written(value: Any, chance: random.Random) -> str:
    """Write a value, with blanks anywhere and some members twice."""
    def parts(items: list[str]) -> str:
        return (blank(chance) + ",").join(blank(chance) + each for each in items) + blank(chance)

    if isinstance(value, str):
        return text_of(value, chance)
    if isinstance(value, list):
        return f"[{parts([written(each, chance) for each in value])}]"
    if not isinstance(value, dict):
        return json.dumps(value)
    items = list(value.items())
    if items and chance.random() < 0.05:
        items.append((chance.choice(items)[0], chance.choice((*TEXTS, *VALUES))))
    return "{" + parts([
        f"{text_of(name, chance) if chance.random() < 0.1 else json.dumps(name)}{blank(chance)}:"
        f"{blank(chance)}{written(each, chance)}" for name, each in items]) + "}"


def lines_of(chance: random.Random) -> bytes:
    """Return some lines, the first of which says what the file is."""
    made = [json.dumps(nxlog(Audit(5158, FIELDS["bind"]))).encode()]
    for _ in range(chance.randrange(1, 6)):
        record = chance.choice(MAKERS)(audit_of(chance))
        line = written(made_odd(record, chance), chance).encode("utf-8", "replace")
        if chance.random() < 0.2:
            at = chance.randrange(len(line))
            line = line[:at] + chance.choice(SPLINTERS) + line[at + chance.choice((0, 0, 1, 9)):]
        made += [line, *chance.choice(([], [], [b""], [b" \r"], [b"\xc2\xa0"]))]
    return b"\n".join(made) + chance.choice((b"", b"\n", b"\r\n"))


class NoScanner:
    """Leaves every line to Python."""

    def scan(self, _: bytes, at: int, *__: int) -> tuple[int, int, bytes, dict[str, int]]:
        return at, 0, b"", {}


def read_by_python(data: bytes, **options: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Read lines with Python's json and no other reader."""
    with mock.patch("wfpfast.audit._json.LineScanner", NoScanner):
        return read(data, **options)


def same(told: tuple[list[dict[str, Any]], dict[str, int]]) -> tuple[list[Any], dict[str, int]]:
    """Return rows and what was counted at least once."""
    return told[0], {name: count for name, count in told[1].items() if count}


def said(data: bytes, reader: Any) -> str:
    """Return the error that ends the reading, if errors are raised."""
    try:
        reader(data)
    except EvtxError as error:
        return str(error)
    return ""

