"""Reads audit records from JSON: an object a line, or a list of them; must not know their members.

Of lines, one that is no JSON costs nothing but itself. Behind a fault in a list nothing is read.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from wfpfast.audit._collected import is_record, record
from wfpfast.audit._packing import Lost, Told, noted

LONGEST = 1 << 24           # characters of a line
_NAME = re.compile(r'"(\w+)"\s*:')
_BETWEEN = re.compile(r"[\s,\[\]]*")
def recognises(head: str) -> bool:
    """Tell whether a text begins with records of an event log as JSON objects."""
    return head.lstrip().startswith(("{", "[")) and is_record(
        found[1] for found in _NAME.finditer(head))


def records(blocks: Iterable[str]) -> Iterator[Told | Lost]:
    """Yield the records of a text."""
    blocks = iter(blocks)
    head = ""
    for block in blocks:
        head += block
        if "\n" in head.strip() or len(head) > LONGEST:
            break
    first = head.lstrip().partition("\n")[0].rstrip()
    is_line = first.startswith("{") and first != "{"
    return (_of_lines if is_line else _of_list)(chain([head], blocks))


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


def _of_lines(blocks: Iterable[str]) -> Iterator[Told | Lost]:
    rest, skipping = "", False
    for block in blocks:
        *lines, rest = (rest + block).split("\n")
        if skipping and lines:
            del lines[0]
            skipping = False
        yield from map(_record, filter(str.strip, lines))
        if skipping or len(rest) > LONGEST:
            if not skipping:
                yield Lost(f"is a line of more than {LONGEST} characters")
            rest, skipping = "", True
    if rest.strip():
        yield _record(rest, "truncated_files")


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
