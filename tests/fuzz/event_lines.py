"""Audit records as lines of JSON, as collectors write them: any bytes behind a first line.

The oracle is Python's json, which reads the same lines without the scanner.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

from audit_lines import MAKERS, SPLINTERS, audit_of, made_odd, read_by_python, same, written
from audit_records import FIELDS, Audit, read
from audit_shapes import nxlog

from fuzz import Chance, Door, Step, one_by_one, stays
from wfpfast import audit
from wfpfast.audit import EvtxError

# It says what the file is, whatever follows.
FIRST = json.dumps(nxlog(Audit(5158, FIELDS["bind"]))).encode() + b"\n"
MOST = 1 << 14


def read_lines(given: bytes, errors: str) -> tuple[list[int | None], dict[str, int], bool]:
    """Return the numbers of the rows, what was counted, and whether an error ended it."""
    found: list[int | None] = []
    with audit.read_events(io.BytesIO(FIRST + given), errors=errors, batch_size=5) as stream:
        try:
            for batch in stream:
                found += batch["record_id"].to_pylist()
        except EvtxError as error:
            if not isinstance(error.record, int) or len(str(error)) > 300:
                raise AssertionError(str(error)) from error
            return found, stream.stats, True
    return found, stream.stats, False


def try_input(given: bytes, _: dict[str, Any]) -> None:
    found, stats, failed = read_lines(given, "null")
    assert not failed
    assert stats["events"] == len(found)
    told = sum(stats.get(name, 0) for name in (
        "events", "other_events", "lost_events", "truncated_files", "only_messages"))
    assert told <= 2 + given.count(b"\n")
    before, _stats, failed = read_lines(given, "raise")
    assert before == found[:len(before)]
    assert failed or before == found


def compare(given: bytes) -> bool:
    """Rows and counts are those that Python's json leads to."""
    data = FIRST + given
    assert same(read(data, errors="null")) == same(read_by_python(data, errors="null"))
    return True


def walk(first: bytes, steps: list[Step]) -> Iterator[bytes]:
    """Put something odd in place of some bytes, change a bit, or move a piece."""
    made = first
    for where, how, which, number in steps:
        at = where % (len(made) + 1)
        if how & 3 == 3:
            size = 1 + number % 40
            start = number % (len(made) + 1)
            new = made[:at] + made[start:start + size] + made[at + (size if which & 1 else 0):]
        elif how & 3 == 2 and at < len(made):
            new = made[:at] + bytes([made[at] ^ 1 << which % 8]) + made[at + 1:]
        else:
            odd = SPLINTERS[number % len(SPLINTERS)]
            new = made[:at] + odd + made[at + (0, 0, 1, 7)[which & 3]:]
        yield new
        if stays(how) and len(new) < MOST:
            made = new


def seeds() -> Iterator[bytes]:
    for kind, number in (("bind", 5158), ("connection", 5157)):
        for make in MAKERS:
            yield json.dumps(make(Audit(number, FIELDS[kind], 7)), ensure_ascii=False).encode()
    for seed in range(40):
        yield mutate(b"", Chance(seed))


def mutate(given: bytes, chance: Chance) -> bytes:
    """Add a record with odd members, or change some bytes."""
    if not given or chance.random() < 0.4:
        record = made_odd(chance.choice(MAKERS)(audit_of(chance)), chance)
        line = written(record, chance).encode("utf-8", "replace")
        return (given + b"\n" + line if given else line)[-MOST:]
    at = chance.randrange(len(given))
    return given[:at] + chance.choice(SPLINTERS) + given[at + chance.choice((0, 0, 1, 9)):]


DOOR = Door(one_by_one(try_input, walk), walk, compare, seeds, mutate)
