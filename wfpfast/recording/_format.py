"""The bytes of a recording (docs/recording.md); must not know files.

The bytes are untrusted: every number is checked before it is used, and a length is used only after
its checksum was verified.
"""

import struct
import time
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from wfpfast._blocks.block import Block
from wfpfast.errors import SourceError

if TYPE_CHECKING:  # in the standard library from Python 3.12 on
    from typing_extensions import Buffer

MAGIC = b"\x89WFPREC\n"
FORMAT_VERSION = 3
READ_VERSIONS = (2, 3)
POINTER_SIZE = 8
INTERNAL = 1  # the only flag of a record
OLD_TAIL_SIZE = 48  # in format version 2, whose records do not say it
TAIL_SIZE = 64
MAX_TEXT_BYTES = 4096
MAX_TEXT_CHARACTERS = 255  # four texts of these, at most 4 bytes each, stay below MAX_TEXT_BYTES
MAX_BLOCK_BYTES = 1 << 30  # one write() takes at most 2 GiB on any system
RECORD_MARK = b"BLCK"
END_MARK = b"END\n"

CHECKSUM = struct.Struct("<I")
PREAMBLE = struct.Struct("<8sHHIq")
RECORD = struct.Struct("<4sIqQQQQQBBH")
TRAILER = struct.Struct("<I4s")
PREAMBLE_BYTES = PREAMBLE.size + CHECKSUM.size
RECORD_BYTES = RECORD.size + CHECKSUM.size


class RecordingError(SourceError):
    """A file is no recording, or is damaged.

    Attributes
    ----------
    offset : int
        The byte of the file, counted from 0, at which what is wrong begins.
    reason : str
        What is wrong there.
    """

    def __init__(self, offset: int, reason: str) -> None:
        # ValueError gets both, so that the exception can be pickled and copied.
        super().__init__(offset, reason)
        self.offset = offset
        self.reason = reason

    def __str__(self) -> str:
        return f"byte {self.offset}: {self.reason}"


class RecordHeader(NamedTuple):
    """The header of a record, before its block."""

    tail_size: int  # 0: the events have no tail
    time_ns: int
    dropped: int
    base: int
    entries_offset: int
    events: int
    nbytes: int
    version: int

    @property
    def may_be_state(self) -> bool:
        """Whether the bytes may be a state: they are of no event, and say nothing else."""
        return not (self.events or self.dropped or self.tail_size) and self.nbytes > 0


def checksum(data: bytes) -> bytes:
    """Return zlib's CRC-32 as its bytes in the file."""
    return CHECKSUM.pack(zlib.crc32(data))


def pack_file_header(created_ns: int, texts: Sequence[str]) -> bytes:
    """Return the header of a new file; long texts are cut."""
    body = b""
    for text in texts:
        encoded = text[:MAX_TEXT_CHARACTERS].encode(errors="replace")
        body += struct.pack("<H", len(encoded)) + encoded
    preamble = PREAMBLE.pack(MAGIC, FORMAT_VERSION, 0, len(body), created_ns)
    head = preamble + checksum(preamble) + body
    return head + checksum(head)


def check_start(start: bytes) -> None:
    """Raise RecordingError unless a recording of this format can begin with these bytes."""
    if start[: len(MAGIC)] != MAGIC[: len(start)]:
        raise RecordingError(0, "this is no recording of wfpfast")
    if len(start) >= 10:
        (version,) = struct.unpack_from("<H", start, 8)
        if version not in READ_VERSIONS:
            raise RecordingError(
                8, f"format version {version} is unknown; this wfpfast reads 2 and 3")


def parse_preamble(preamble: bytes) -> tuple[int, int]:
    """Return how many bytes of text follow the preamble, and the creation time in ns."""
    check_start(preamble)
    if checksum(preamble[: PREAMBLE.size]) != preamble[PREAMBLE.size :]:
        raise RecordingError(0, "the file's header has a wrong checksum")
    _, _, flags, nbytes, created_ns = PREAMBLE.unpack_from(preamble)
    if flags:
        raise RecordingError(10, f"flags {flags:#x} are unknown")
    if nbytes > MAX_TEXT_BYTES:
        raise RecordingError(
            12, f"the header claims {nbytes} bytes of text; {MAX_TEXT_BYTES} are the limit")
    return nbytes, created_ns


def parse_texts(body: bytes, many: int) -> list[str]:
    """Return the texts of the header; its checksum was right, but the bytes are still untrusted."""
    texts = []
    position = 0
    for _ in range(many):
        nbytes = int.from_bytes(body[position : position + 2], "little")
        text = body[position + 2 : position + 2 + nbytes]
        position += 2 + nbytes
        if position > len(body):
            raise RecordingError(PREAMBLE_BYTES, "a text of the header is longer than the header")
        try:
            texts.append(text.decode())
        except UnicodeDecodeError:
            raise RecordingError(PREAMBLE_BYTES, "a text of the header is not UTF-8") from None
    if position != len(body):
        raise RecordingError(PREAMBLE_BYTES + position, "the header's texts end before the header")
    return texts


def pack_record(block: Block, time_ns: int | None, dropped: int) -> bytes:
    """Return a record: a block with all that is needed to decode it."""
    if block.nbytes > MAX_BLOCK_BYTES:
        raise ValueError(f"a block of {block.nbytes} bytes: {MAX_BLOCK_BYTES} are the limit")
    when = time.time_ns() if time_ns is None else time_ns
    try:
        header = RECORD.pack(
            RECORD_MARK, INTERNAL if block.internal else 0, when, dropped, block.base,
            block.entries_offset, block.count, block.nbytes, block.version, POINTER_SIZE,
            0 if block.tail_size == OLD_TAIL_SIZE else block.tail_size)
    except struct.error as error:
        raise ValueError(f"time_ns {when} or dropped {dropped} is no 64-bit number") from error
    header += checksum(header)
    return b"".join((header, block.data, pack_trailer(header, block.data)))


def pack_trailer(header: bytes, data: "Buffer") -> bytes:
    """Return what follows the data; its checksum covers the header, too, so that both match."""
    return TRAILER.pack(zlib.crc32(data, zlib.crc32(header)), END_MARK)


def parse_record(header: bytes, offset: int) -> RecordHeader:
    """Check the header of the record at `offset`, except for what `Block` checks itself."""
    if checksum(header[: RECORD.size]) != header[RECORD.size :]:
        raise RecordingError(offset, "the record's header has a wrong checksum")
    (mark, flags, time_ns, dropped, base, entries_offset, count, nbytes, version, pointer_size,
     tail_size) = RECORD.unpack_from(header)
    if mark != RECORD_MARK:
        raise RecordingError(offset, f"a record begins with {RECORD_MARK!r}, not {mark!r}")
    if flags & ~INTERNAL:
        raise RecordingError(offset, f"the record's flags {flags:#x} are unknown")
    if tail_size not in ((0, TAIL_SIZE) if flags else (0,)):
        raise RecordingError(offset, f"the record's tails of {tail_size} bytes are unknown")
    if pointer_size != POINTER_SIZE:
        raise RecordingError(
            offset, f"pointers of {pointer_size} bytes; only {POINTER_SIZE} can be read")
    if nbytes > MAX_BLOCK_BYTES:
        raise RecordingError(
            offset, f"the record claims {nbytes} bytes; {MAX_BLOCK_BYTES} are the limit")
    return RecordHeader(
        (tail_size or OLD_TAIL_SIZE) if flags else 0, time_ns, dropped, base, entries_offset, count,
        nbytes, version)


def parse_block(header: RecordHeader, data: bytes, offset: int) -> Block:
    """Return the block of the record at `offset`; its checksums are right, but it is untrusted."""
    try:
        return Block(
            data, base=header.base, count=header.events, version=header.version,
            entries_offset=header.entries_offset, internal=header.tail_size > 0,
            tail_size=header.tail_size)
    except ValueError as error:
        raise RecordingError(offset, f"the record is no block: {error}") from error
