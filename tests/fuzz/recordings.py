"""Recordings: files of any bytes, whose checksums are mostly put right, as an attacker would.

An input is a file. Damaged, it is salvaged; cut, it begins with the same blocks.
"""

import atexit
import struct
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from example_events import PAYLOADS, event, one_of_each

from fuzz import Chance, Door, Step, blocks, one_by_one, stays
from fuzz.shapes import NUMBERS, Shape, changed, number_after
from wfpfast import Block, Decoder, encode
from wfpfast.recording import Damage, Recorder, Recording, RecordingError

CRC = struct.Struct("<I")
# docs/recording.md: the preamble and its checksum, the texts' size in it, a record's header with
# the block's base and size in it, and the trailer.
PREAMBLE, TEXTS_AT, RECORD, BASE_AT, SIZE_AT, TRAILER = 28, 12, 64, 24, 48, 8
MARK = b"WFPSTATE"
WORK = tempfile.TemporaryDirectory(prefix="fuzz-")
FILE = Path(WORK.name) / "unit.wfprec"
OPEN = open(FILE, "w+b", buffering=0)  # noqa: SIM115 - to write again is ten times as fast
atexit.register(OPEN.close)             # before its folder is removed


def read(data: bytes, *, salvage: bool = False) -> tuple[list[Block], str]:
    """Return the blocks that can be read, and why there are no more."""
    OPEN.seek(0)
    OPEN.write(data)
    OPEN.truncate()
    found: list[Block] = []
    said = ""
    left_out = 0
    try:
        with Recording(FILE, salvage=salvage) as recording:
            for part in recording.parts():
                if isinstance(part, Damage):
                    left_out += part.nbytes
                    assert len(part.reason) < 500
                else:
                    found.append(part.block)
                    assert part.dropped >= 0
            said = f"cut: {recording.cut}" if recording.cut else ""
            read_machine(recording, data)
    except RecordingError as error:
        said = str(error)
        if not 0 <= error.offset <= len(data):
            raise AssertionError(said) from error
    assert len(said) < 500
    assert left_out + sum(block.nbytes for block in found) <= len(data)
    return found, said


def read_machine(recording: Recording, data: bytes) -> None:
    """Read what names its events: that gives texts that Arrow can have, or says why not."""
    try:
        machine = recording.machine()
    except RecordingError as error:
        if not (0 <= error.offset <= len(data) and len(str(error)) < 500):
            raise AssertionError(str(error)) from error
        return
    assert all(len(fault) < 500 for fault in machine.faults)
    if machine.filters is not None:
        assert len(machine.filters) <= len(data)
        pa.record_batch(machine.filters).validate(full=True)
    for text in (*machine.volumes.items(), *machine.accounts.items()):
        "".join(text).encode()


def begins_with(found: list[Block], part: list[Block]) -> bool:
    return len(part) <= len(found) and all(
        whole.data == again.data for whole, again in zip(found, part, strict=False))


def try_input(data: bytes, known: dict[str, Any]) -> None:
    """Read it, with salvage where chance, or an error of the first, says so; cut the first one."""
    found, said = read(data)
    if "decoder" not in known:
        known["decoder"] = Decoder(errors="null")
        assert begins_with(found, read(data[:zlib.crc32(data) % (len(data) + 1)])[0])
    if said and not zlib.crc32(data) % 4:
        saved, said = read(data, salvage=True)
        assert begins_with(saved, found)
        assert not saved or not said or said.startswith("cut: ")
        found = saved
    for block in found:
        assert len(known["decoder"].decode(block)) == block.count


def pieces(data: bytes) -> list[bytes]:
    """Return the file's header and its records, as the sizes in them say; the last one is rest."""
    found = []
    at = PREAMBLE
    if len(data) >= PREAMBLE:
        at += CRC.unpack_from(data, TEXTS_AT)[0] + CRC.size
    found.append(data[:at])
    while at < len(data) and len(found) < 50:
        size = RECORD + TRAILER
        if at + RECORD <= len(data):
            size += struct.unpack_from("<Q", data, at + SIZE_AT)[0]
        found.append(data[at:at + size])
        at += size
    return found


def signed(piece: bytes, first: bool) -> bytes:
    """Put the checksums right."""
    made = bytearray(piece)
    if first and len(made) >= PREAMBLE + CRC.size:
        CRC.pack_into(made, PREAMBLE - CRC.size, zlib.crc32(made[:PREAMBLE - CRC.size]))
        CRC.pack_into(made, len(made) - CRC.size, zlib.crc32(made[:-CRC.size]))
    elif not first and len(made) >= RECORD + TRAILER:
        CRC.pack_into(made, RECORD - CRC.size, zlib.crc32(made[:RECORD - CRC.size]))
        CRC.pack_into(made, len(made) - TRAILER, zlib.crc32(made[:-TRAILER]))
    return bytes(made)


def compare(data: bytes) -> bool:
    """Every record whose checksums a plain walk finds right is read; its block, as the oracle."""
    found, _ = read(data)
    walked = pieces(data)
    if not found or signed(walked[0], True) != walked[0]:
        assert not found
        return False
    for block, piece in zip(found, filter(is_no_state, walked[1:]), strict=False):
        assert signed(piece, False) == piece
        assert bytes(block.data) == piece[RECORD:-TRAILER]
        if block.base in blocks.BASES:
            blocks.compare(blocks.input_of(block, blocks.NULL))
    return True


def is_no_state(piece: bytes) -> bool:
    """Tell whether a record is one of events: nothing else has no events, no loss, and a mark."""
    flags, lost, count = (
        int.from_bytes(piece[at:at + size], "little") for at, size in ((4, 4), (16, 8), (40, 8)))
    return bool(flags or lost or count or piece[RECORD:RECORD + len(MARK)] != MARK)


def written(
    many: list[list[dict]], states: Sequence[dict[str, Any]] = (), **options: int
) -> bytes:
    """Return the bytes of a recording of these blocks."""
    path = FILE.with_name("seed.wfprec")
    path.unlink(missing_ok=True)
    with Recorder(path) as recorder:
        for events in many:
            recorder.write(encode(events, base=blocks.BASES[0], **options), time_ns=1, dropped=2)
        for time_ns, state in enumerate(states, 2):
            recorder.write_state(**state, looked_ns=time_ns, time_ns=time_ns)
    return path.read_bytes()


def seeds() -> Iterator[bytes]:
    yield written([])
    for internal in (False, True):
        yield written([one_of_each(internal=internal)])
        yield written([[event(3)], [], [event(6)] * 3], version=2)
    for kind in PAYLOADS:
        yield written([[blocks.one_of(kind, internal=kind % 2 == 0)], [event(kind)]])
    rules = [{"filter_id": n, "name": "rule", "flags": ["A", "B"], "weight": n} for n in (7, 8)]
    yield written([[event(3)]], [
        {"filters": rules, "volumes": {"HarddiskVolume3": "C:"}, "accounts": {"S-1-1": "a"}},
        {"filters": rules[1:]}, {"filters": [{"filter_id": 7, "callout_registered": True}]}])
    for name in ("recording_2.wfprec", "recording_3.wfprec"):     # made by older writers
        yield (Path(__file__).parents[1] / "data" / name).read_bytes()


def numbered(piece: bytearray, chance: Chance, end: int) -> None:
    """Set a number of a header."""
    width, layout = chance.choice([(1, "<B"), (2, "<H"), (4, "<I"), (8, "<Q")])
    at = chance.randrange(0, max(1, end - width)) // width * width
    if at + width <= len(piece):
        (old,) = struct.unpack_from(layout, piece, at)
        new = chance.choice(
            [chance.choice(NUMBERS), old + 1, old - 1, len(piece), 2**63, 2**64 - 1])
        struct.pack_into(layout, piece, at, new % 2**(8 * width))


def walk(data: bytes, steps: list[Step]) -> Iterator[bytes]:
    made = pieces(data)
    for step in steps:
        changed_ones = stepped(made, step)
        yield b"".join(changed_ones)
        if stays(step[1]) and len(changed_ones) < 50:
            made = changed_ones


def stepped(made: list[bytes], step: Step) -> list[bytes]:
    """Return the pieces with one change, mostly signed."""
    where, how, which, number = step
    k, kind = where % len(made), how & 15
    if kind == 15:
        return [*made[:k], *made[k + 1:], made[number % len(made)]]
    piece = bytearray(made[k])
    image = piece[RECORD:-TRAILER]
    if kind < 4 or (kind < 13 and (k == 0 or len(image) < 8)):
        width = (4, 8, 2, 1)[which >> 3 & 3]
        at = (number >> 16) % (PREAMBLE if k == 0 else RECORD) // width * width
        old = int.from_bytes(piece[at:at + width], "little")
        piece[at:at + width] = number_after(old, width, number & 0xFFFF)
    elif kind < 13:
        shape = Shape(image, int.from_bytes(piece[BASE_AT:BASE_AT + 8], "little"))
        shape.take((number >> 16, how, which, number))
        piece[RECORD:-TRAILER] = shape.image
    elif kind == 13:
        at = number % (len(piece) + 1)
        return [*made[:k], bytes(piece[:at]) + bytes(len(piece) - at)]
    else:
        del piece[number % (len(piece) + 1):]
    new = bytes(piece) if not which & 7 else signed(bytes(piece), k == 0)
    return [*made[:k], new, *made[k + 1:]]


def mutate(data: bytes, chance: Chance) -> bytes:
    """Change a header, or a block, or the order of records; then mostly sign."""
    made = pieces(data)
    k = chance.randrange(len(made))
    piece = bytearray(made[k])
    way = chance.randrange(8)
    if way < 3:
        numbered(piece, chance, PREAMBLE if k == 0 else RECORD)
    elif way < 6 and k and len(piece) > RECORD + TRAILER + 8:
        (base,) = struct.unpack_from("<Q", piece, BASE_AT)
        image = changed(piece[RECORD:-TRAILER], base, chance)
        struct.pack_into("<Q", piece, SIZE_AT, len(image))
        piece[RECORD:-TRAILER] = image
    elif way == 6:
        made.insert(chance.randrange(len(made) + 1), bytes(chance.choice(made)))
        return b"".join(made)[:1 << 16]
    else:
        del piece[chance.randrange(len(piece) + 1):]
    made[k] = bytes(piece)
    if chance.random() < 0.9:
        made[k] = signed(made[k], k == 0)
    return b"".join(made)


DOOR = Door(one_by_one(try_input, walk), walk, compare, seeds, mutate)
