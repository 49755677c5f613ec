"""Event logs: one chunk of any bytes, in a file that was not closed, so that no sum protects it.

An input is the chunk without the zeros at its end.
"""

import io
import struct
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from audit_records import FIELDS, Audit, records
from evtx_file import CHUNK, FIRST, TEXT, Chunk, file_head

from fuzz import Chance, Door, Step, one_by_one, stays
from fuzz.shapes import NUMBERS
from wfpfast import audit
from wfpfast.audit import EvtxError

SMALLEST = 28       # bytes of a record: its head, and its size once more
WIDTHS = ((1, "<B"), (2, "<H"), (4, "<I"))


def read(given: bytes, errors: str) -> tuple[list[int | None], dict[str, int], bool]:
    """Return the numbers of the rows, what was counted, and whether an error ended it."""
    data = file_head(1, dirty=True) + given[:CHUNK].ljust(CHUNK, b"\0")
    found: list[int | None] = []
    with audit.read_events(io.BytesIO(data), errors=errors, batch_size=5) as stream:
        try:
            for batch in stream:
                pa.record_batch(batch).validate(full=True)
                found += batch["record_id"].to_pylist()
        except EvtxError as error:
            if error.chunk != 0 or len(str(error)) > 200:
                raise AssertionError(str(error)) from error
            return found, stream.stats, True
    return found, stream.stats, False


def try_input(given: bytes, _: dict[str, Any]) -> None:
    found, stats, failed = read(given, "null")
    assert not failed
    assert stats.get("events", 0) == len(found)
    before, _stats, failed = read(given, "raise")
    assert before == found[:len(before)]
    assert failed or before == found


def record_at(chunk: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the size and the number of the record at an offset; zeros if there is none."""
    magic, size, number = struct.unpack_from("<IIQ", chunk.ljust(CHUNK + 16, b"\0"), at)
    whole = magic == 0x2A2A and SMALLEST <= size <= end - at
    if whole and chunk[at + size - 4:at + size] == struct.pack("<I", size):
        return size, number
    return 0, 0


def walked(chunk: bytes) -> int:
    """Count the records, and each place where one should be as one, by a plain walk."""
    (end,) = struct.unpack_from("<I", chunk, 0x30)
    at, count, lost, last = FIRST, 0, False, 0
    while at < end:
        size, last = record_at(chunk, at, end)
        if size:
            at, count, lost = at + size, count + 1, False
        else:
            at, count, lost = at + 1, count + (not lost), True
    while last:     # behind the end are records that go on with the numbers
        size, number = record_at(chunk, at, CHUNK)
        if not size or number != (last + 1) % 2**64:
            break
        at, count, last = at + size, count + 1, number
    return count


def walk(first: bytes, steps: list[Step]) -> Iterator[bytes]:
    """Change a number, rather one of the records than of the head."""
    made = bytearray(first[:CHUNK].ljust(FIRST + 8, b"\0"))
    for where, how, which, number in steps:
        width, layout = WIDTHS[which % 3]
        start = 0 if how & 0x1F == 0 else FIRST
        at = start + where % (len(made) - start - width + 1)
        (old,) = struct.unpack_from(layout, made, at)
        new = (NUMBERS[number % len(NUMBERS)], old + 1, old - 1, number, old ^ 1 << number % 8)
        struct.pack_into(layout, made, at, new[how % 5] % 2**(8 * width))
        yield bytes(made)
        if not stays(how):
            struct.pack_into(layout, made, at, old)


def compare(given: bytes) -> bool:
    """Every record that a plain walk finds becomes a row, or is counted."""
    chunk = given[:CHUNK].ljust(CHUNK, b"\0")
    end = struct.unpack_from("<I", chunk, 0x30)[0]
    if chunk[:8] != b"ElfChnk\0" or chunk[40:44] != b"\x80\0\0\0" or not FIRST <= end <= CHUNK:
        return False
    found, stats, _ = read(given, "null")
    counted = len(found) + stats.get("other_events", 0) + stats.get("lost_events", 0)
    assert counted == walked(chunk), (counted, walked(chunk))
    return True


def chunk_of(*audits: Audit) -> bytes:
    chunk = Chunk()
    for record in records(audits):
        chunk.add(record)
    return chunk.image().rstrip(b"\0")


def seeds() -> Iterator[bytes]:
    bind, connection = Audit(5158, FIELDS["bind"]), Audit(5156, FIELDS["connection"])
    yield chunk_of()
    yield chunk_of(bind)
    yield chunk_of(connection, bind, connection)
    yield chunk_of(bind._replace(template=False), bind)
    yield chunk_of(connection._replace(literal=False), Audit(4688, {"New": "1"}))
    yield chunk_of(Audit(5157, {**FIELDS["connection"], "Direction": "%%14592"}), connection)
    yield chunk_of(Audit(5152, {**FIELDS["packet"], "Protocol": "0x11"}, types={"Protocol": TEXT}))
    yield chunk_of(Audit(4654, {
        "LocalAddress": "10.0.0.0", "LocalAddressMask": "255.0.0.0", "Mode": "%%8213",
        "State": "%%8208", "FailureReason": "Negotiation timed out"}))


def mutate(given: bytes, chance: Chance) -> bytes:
    """Change numbers, or copy a piece over another; rather in the records than before them."""
    made = bytearray(given.ljust(FIRST + 8, b"\0"))
    for _ in range(chance.randrange(1, 4)):
        first = 0 if chance.random() < 0.1 else FIRST
        width, layout = chance.choice(WIDTHS)
        at = chance.randrange(first, len(made) - width + 1)
        if chance.random() < 0.2:
            size = min(chance.randrange(1, 64), len(made) - at)
            start = chance.randrange(0, len(made) - size + 1)
            made[at:at + size] = made[start:start + size]
            continue
        (old,) = struct.unpack_from(layout, made, at)
        new = chance.choice([
            chance.choice(NUMBERS), old + 1, old - 1, old ^ 1 << chance.randrange(8 * width),
            chance.randrange(FIRST, len(made)), len(made)])
        struct.pack_into(layout, made, at, new % 2**(8 * width))
    return bytes(made)


DOOR = Door(one_by_one(try_input, walk), walk, compare, seeds, mutate)
