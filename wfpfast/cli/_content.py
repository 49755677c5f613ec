"""Recognises by its first bytes what something to read is; must not know how it is read.

Zero bytes are left out before texts are looked at: so UTF-16 looks like ASCII, with a mark or
without one.
"""

import contextlib
import csv as csv_module
import io
import re

from wfpfast import Decoder, audit

HEAD = 1 << 16  # bytes that are looked at
# Roots of what netsh writes about events, wherever they stand: there may be other text in front.
_EVENTS = re.compile(rb"<(?:netEvents?|ikeEvents|wfpdiag|events)[\s/>]")
# `show filters` writes <wfpdiag>, too, but the filters come first in it.
_FILTERS = re.compile(rb"<(?:wfpstate|firewallState)[\s/>]|<wfpdiag[^>]*>\s*<filters[\s/>]")
_OBJECTS = re.compile(rb"<(?:wfpdiag|filters)[\s/>]")
# What the query API of Log Analytics answers.
_TABLES = re.compile(rb"\s*\{\s*\"tables\"\s*:")
_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = bytes({*range(32)} - {*b"\t\n\v\f\r\x1b"})  # NUL is left out before

ARCHIVE = "unpack it, and give what is in it"
# What people take for events, and what to do with it. Of an .etl, see `foreign`.
_FOREIGN = (
    (b"\x1f\x8b", f"is packed twice (gzip): {ARCHIVE}"),
    (b"PK\3\4", f"is packed twice (zip): {ARCHIVE}"),
    (b"MSCF", f"is packed twice (cab): {ARCHIVE}"),
    (b"7z\xbc\xaf\x27\x1c", f"is a 7z archive: {ARCHIVE}"),
    (b"Rar!\x1a\x07", f"is a RAR archive: {ARCHIVE}"),
    (b"\xfd7zXZ\0", f"is packed by xz: {ARCHIVE}"),
    (b"BZh", f"is packed by bzip2: {ARCHIVE}"),
    (b"\x28\xb5\x2f\xfd", f"is packed by zstd: {ARCHIVE}"),
    (b"\x0a\x0d\x0d\x0a", "is a packet capture (pcapng): it has packets, not what the filtering"
     " engine decided"),
)


def _plain(head: bytes) -> bytes:
    """Return the text of the head as ASCII as far as it is ASCII."""
    start = next((len(mark) for mark in (_MARK, *_UTF16) if head.startswith(mark)), 0)
    return head[start:].replace(b"\0", b"")


def netsh(head: bytes) -> bool:
    """Tell whether netsh has written this about events."""
    plain = _plain(head)
    return bool(_EVENTS.search(plain)) and not _FILTERS.search(plain)


def filters(head: bytes) -> bool:
    """Tell whether this may tell of filters: what netsh writes, a capture, the Security log."""
    plain = _plain(head)
    return bool(_FILTERS.search(plain) or _OBJECTS.search(plain)) or audits(head)


def audits(head: bytes) -> bool:
    """Tell whether these are records of an event log, in whatever form."""
    return audit.recognises(head)


def csv(head: bytes) -> bool:
    """Tell whether the first line names a column of events."""
    return separator(_plain(head).decode("utf-8", "replace")) is not None


def separator(text: str) -> str | None:
    """Return what stands between the columns in the first line; None if none is of events."""
    for character in ",;\t":  # of countries where the comma is in numbers, programs write others
        rows = csv_module.reader(io.StringIO(text, newline=""), delimiter=character)
        with contextlib.suppress(csv_module.Error):
            if not {*Decoder().column_names}.isdisjoint(next(rows, [])):
                return character
    return None


def ndjson(head: bytes) -> bool:
    """Tell whether a JSON object comes first."""
    plain = _plain(head).lstrip()
    return plain.startswith(b"{") and not _TABLES.match(plain)


def arrow_stream(head: bytes) -> bool:
    """Tell whether a message's mark and a sensible length come first."""
    length = int.from_bytes(head[4:8], "little")
    return head.startswith(b"\xff\xff\xff\xff") and 0 < length < 1 << 28


def text(head: bytes) -> bool:
    """Tell whether people could read it."""
    if head.startswith(_UTF16):
        return True
    if bool(head[::2].count(0)) and bool(head[1::2].count(0)):
        return False  # in UTF-16 every other byte may be zero
    plain = _plain(head)
    controls = len(plain) - len(plain.translate(None, _NO_TEXT))
    return bool(plain) and controls * 100 < len(plain)


def foreign(head: bytes) -> str | None:
    """Return what something is that no source reads, and what to do about it, if that is known."""
    for begin, what in _FOREIGN:
        if head.startswith(begin):
            return what
    # A trace begins with a WMI_BUFFER_HEADER of 72 bytes, whose type at 0x36 is 4, a header, and
    # then the marker of a system event: version, type 1 or 2, 0xC0 (geoffchappell.com, "ETW trace
    # log"; airbus-cert/etl-parser, etl/wmi.py).
    if head[0x36:0x38] == b"\4\0" and head[0x4A:0x4C] in (b"\1\xc0", b"\2\xc0"):
        return ("is an event trace (.etl), as netsh wfp capture puts beside wfpdiag.xml: give"
                " wfpdiag.xml")
    if head[257:262] == b"ustar":
        return f"is a tar archive: {ARCHIVE}"
    if head and not head.strip(b"\0"):
        return "begins with nothing but zero bytes, as a file does that was never written"
    return _json(_plain(head).lstrip())


def _json(plain: bytes) -> str | None:
    if _TABLES.match(plain):
        return ("is an answer of the query API of Log Analytics, whose rows have no names: az"
                " monitor log-analytics query prints rows that wfpfast reads, and so does the"
                " portal's CSV")
    if plain.startswith(b"["):
        return "is a JSON array: wfpfast reads an object a line; jq -c '.[]' makes them of it"
    return None
