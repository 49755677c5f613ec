"""Recordings: files of any bytes, whose checksums are mostly put right, as an attacker would.

A unit is a file. What is read of it is read again, and a part of it when the file is cut.
"""

import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from example_events import event, one_of_each

from fuzz import Chance, Door, blocks
from fuzz.shapes import NUMBERS, changed
from wfpfast import Block, Decoder, encode
from wfpfast.recording import Recorder, Recording, RecordingError

CRC = struct.Struct("<I")
# docs/recording.md: the preamble and its checksum, the texts' size in it, a record's header with
# the block's size in it, and the trailer.
PREAMBLE, TEXTS_AT, RECORD, SIZE_AT, TRAILER = 28, 12, 64, 48, 8
WORK = tempfile.TemporaryDirectory(prefix="fuzz-")
FILE = Path(WORK.name) / "unit.wfprec"


def read(unit: bytes) -> tuple[list[Block], str]:
    """Return the blocks that can be read, and why there are no more."""
    FILE.write_bytes(unit)
    found: list[Block] = []
    said = ""
    try:
        with Recording(FILE) as recording:
            for record in recording.records():
                assert record.dropped >= 0
                found.append(record.block)
            said = f"cut: {recording.cut}" if recording.cut else ""
    except RecordingError as error:
        said = str(error)
        if not 0 <= error.offset <= len(unit):
            raise AssertionError(said) from error
    return found, said


def try_unit(unit: bytes) -> None:
    found, said = read(unit)
    assert len(said) < 500
    assert sum(block.nbytes for block in found) <= len(unit)
    for block in found:
        assert len(Decoder(errors="null").decode(block)) == block.count
    part, said = read(unit[:zlib.crc32(unit) % (len(unit) + 1)])
    assert len(part) <= len(found)
    for whole, again in zip(found, part, strict=False):
        assert bytes(whole.data) == bytes(again.data)


def pieces(unit: bytes) -> list[bytes]:
    """Return the file's header and its records, as the sizes in them say; the last one is rest."""
    found = []
    at = PREAMBLE
    if len(unit) >= PREAMBLE:
        at += CRC.unpack_from(unit, TEXTS_AT)[0] + CRC.size
    found.append(unit[:at])
    while at < len(unit) and len(found) < 50:
        size = RECORD + TRAILER
        if at + RECORD <= len(unit):
            size += struct.unpack_from("<Q", unit, at + SIZE_AT)[0]
        found.append(unit[at:at + size])
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


def compare(unit: bytes) -> bool:
    """Every record whose checksums a plain walk finds right is read; its block, as the oracle."""
    found, _ = read(unit)
    walked = pieces(unit)
    if not found or signed(walked[0], True) != walked[0]:
        assert not found
        return False
    for block, piece in zip(found, walked[1:], strict=False):
        assert signed(piece, False) == piece
        assert bytes(block.data) == piece[RECORD:-TRAILER]
        if block.base in blocks.BASES:
            blocks.compare(blocks.unit_of(block, blocks.NULL))
    return True


def written(many: list[list[dict]], **options: int) -> bytes:
    """Return the bytes of a recording of these blocks."""
    FILE.unlink(missing_ok=True)
    with Recorder(FILE) as recorder:
        for events in many:
            recorder.write(encode(events, base=blocks.BASES[0], **options), time_ns=1, dropped=2)
    return FILE.read_bytes()


def seeds() -> Iterator[bytes]:
    yield written([])
    for internal in (False, True):
        yield written([one_of_each(internal=internal)])
        yield written([[event(3)], [], [event(6)] * 3], version=2)
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


def mutate(unit: bytes, chance: Chance) -> bytes:
    """Change a header, or a block, or the order of records; then mostly sign."""
    made = pieces(unit)
    k = chance.randrange(len(made))
    piece = bytearray(made[k])
    way = chance.randrange(8)
    if way < 3:
        numbered(piece, chance, PREAMBLE if k == 0 else RECORD)
    elif way < 6 and k and len(piece) > RECORD + TRAILER + 8:
        (base,) = struct.unpack_from("<Q", piece, 24)
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


DOOR = Door(try_unit, compare, seeds, mutate)
