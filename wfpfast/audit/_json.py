"""Reads audit records from JSON: an object a line, or a list of them; must not know their members.

Of lines, one that is no JSON costs nothing but itself. Behind a fault in a list nothing is read.
Lines are read in C; Python reads those that are rare, and says what is wrong with one.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from wfpfast.audit._collected import is_record, record
from wfpfast.audit._json_lines import LineScanner
from wfpfast.audit._packing import RECORDS, Item, Lost, Scanned, Told, noted
from wfpfast.audit._text import blocks_of_utf8, decoded

LONGEST = 1 << 24           # bytes of a line, or characters of an object
_NAME = re.compile(r'"(\w+)"\s*:')
_BETWEEN = re.compile(r"[\s,\[\]]*")


def recognises(head: str) -> bool:
    """Tell whether a text begins with records of an event log as JSON objects."""
    return head.lstrip().startswith(("{", "[")) and is_record(
        found[1] for found in _NAME.finditer(head))


def records(file: BinaryIO) -> Iterator[Item]:
    """Yield the records of a file, of lines many together."""
    pieces, has_lines = _begun(file)
    return _scanned(pieces) if has_lines else _of_list(decoded("utf-8", pieces))


def told(file: BinaryIO) -> Iterator[Told | Lost]:
    """Yield the records of a file one by one."""
    pieces, has_lines = _begun(file)
    return _of_lines(pieces) if has_lines else _of_list(decoded("utf-8", pieces))


def _begun(file: BinaryIO) -> tuple[Iterator[bytes], bool]:
    """Return the pieces of a file, and whether it has an object a line."""
    pieces = blocks_of_utf8(file)
    head = b""
    for piece in pieces:
        head += piece
        if b"\n" in head.strip() or len(head) > LONGEST:
            break
    first = head.lstrip().partition(b"\n")[0].rstrip()
    return chain([head], pieces), first.startswith(b"{") and first != b"{"


def _of_list(blocks: Iterable[str]) -> Iterator[Told | Lost]:
    """Yield the records of a list, or of objects of several lines each."""
    decode = json.JSONDecoder().raw_decode
    text, at, reason = "", 0, ""
    for block in blocks:
        text, at = text[at:] + block, 0
        while (at := _BETWEEN.match(text, at).end()) < len(text):  # type: ignore[union-attr]
            try:
                found, at = decode(text, at)
            except (ValueError, RecursionError) as error:  # which more text may mend
                reason = f"is no JSON: {error}"
                break
            yield _told(found, json.dumps(found, ensure_ascii=False) if "\ufffd" in text else "")
        if len(text) - at > LONGEST:
            break
    if at < len(text):
        yield Lost(reason, "truncated_files")


def _scanned(pieces: Iterable[bytes]) -> Iterator[Item]:
    scanner, number = LineScanner(), 1      # of the next record
    for lines in _whole_lines(pieces):
        if isinstance(lines, Lost):
            yield lines
            number += 1
            continue
        at = 0
        while at < len(lines):
            at, count, memory, stats = scanner.scan(lines, at, number, RECORDS)
            if count:
                yield Scanned(count, memory, stats)
                number += count
            elif at < len(lines):
                item, at = _line_at(lines, at)
                if item is not None:
                    yield item
                    number += 1


def _of_lines(pieces: Iterable[bytes]) -> Iterator[Told | Lost]:
    for lines in _whole_lines(pieces):
        if isinstance(lines, Lost):
            yield lines
            continue
        at = 0
        while at < len(lines):
            item, at = _line_at(lines, at)
            if item is not None:
                yield item


def _line_at(lines: bytes, at: int) -> tuple[Told | Lost | None, int]:
    """Return the record of a line, if it has one, and where the next line begins."""
    end = lines.find(b"\n", at)
    text = lines[at:None if end < 0 else end].decode(errors="replace")
    item = None
    if text.strip():
        item = _record(text, "truncated_files" if end < 0 else "lost_events")
    return item, len(lines) if end < 0 else end + 1


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes | Lost]:
    """Yield a text in blocks that end where a line does, but the last; and lines too long."""
    waiting: list[bytes] = []
    size, skipping = 0, False
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if end:
            start = piece.index(b"\n") + 1 if skipping else 0
            yield b"".join([*waiting, memoryview(piece)[start:end]])
            waiting, size, skipping = [], 0, False
        if not skipping:
            waiting.append(piece[end:])
            size += len(piece) - end
        if size > LONGEST:
            yield Lost(f"is a line of more than {LONGEST} bytes")
            waiting, size, skipping = [], 0, True
    if size:
        yield b"".join(waiting)


def _record(line: str, stat: str = "lost_events") -> Told | Lost:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Lost(f"is no JSON: {error}", stat)
    return _told(found, line)


def _told(found: Any, text: str) -> Told | Lost:
    if not isinstance(found, dict):
        return Lost("is no JSON object")
    return noted(record(found), text)
