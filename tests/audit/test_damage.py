"""Damaged and forged event logs: an error that says where, or a count, and never a crash."""

import io
import os
import random
import struct
import time
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from audit_records import FIELDS, Audit, record, records
from evtx_file import (
    CHUNK,
    FIRST,
    TEXT,
    XML,
    Chunk,
    Element,
    Fragment,
    Gap,
    Record,
    Value,
    evtx,
    file_head,
)  # fmt: skip

from wfpfast import EventBatch, MalformedBlockError, SourceError, audit
from wfpfast.audit import EvtxError
from wfpfast.audit._reader import AuditReader

HEAD = 4096
TRIES = int(os.environ.get("WFPFAST_EVTX_TRIES", "3000"))   # of random changes
SOUND = [Audit(5156, FIELDS["connection"], 7), Audit(5158, FIELDS["bind"], 8),
         Audit(5157, FIELDS["connection"], 9, template=False), Audit(4688, {"New": "1"}, 10),
         Audit(5156, FIELDS["connection"], 11)]


def read(data: bytes, errors: str = "null") -> tuple[int, dict[str, int]]:
    """Return how many rows there are; Arrow looks at every cell of them."""
    rows = 0
    with audit.read_events(io.BytesIO(data), errors=errors) as stream:
        for batch in stream:
            pa.record_batch(batch).validate(full=True)
            rows += len(batch)
    return rows, stream.stats


def file_of(*chunks: bytes, dirty: bool = False) -> bytes:
    return file_head(len(chunks), 1, dirty=dirty) + b"".join(chunks)


def test_a_sound_file_is_sound() -> None:
    rows, stats = read(evtx(records(SOUND)), "raise")
    assert (rows, stats["other_events"]) == (4, 1)


def outcome(data: bytes, errors: str, at: int) -> str:
    """Return what became of a file that was changed at an offset."""
    try:
        rows, stats = read(data, errors)
    except EvtxError as error:
        return f"error {errors}" if error.chunk == 0 or at < 128 else "error nowhere"
    assert rows <= 5
    return "lost" if stats.get("lost_events") else "read"


def test_every_byte_of_a_small_file_is_flipped() -> None:
    """In a file that was not closed: there the sums say nothing."""
    sound = evtx(records(SOUND), dirty=True)
    used = [*range(128), *range(HEAD, HEAD + 128), *range(
        HEAD + FIRST, HEAD + struct.unpack_from("<I", sound, HEAD + 0x30)[0])]
    outcomes: Counter[str] = Counter()
    for at in used:
        data = bytearray(sound)
        data[at] ^= 0xFF if at % 3 else 0x01
        for errors in ("null", "raise"):
            outcomes[outcome(bytes(data), errors, at)] += 1
    assert len(used) > 4000
    assert outcomes["lost"] > 1000
    assert outcomes["error raise"] > 1000
    assert outcomes["error null"] < 100  # the file's own head
    assert outcomes["error nowhere"] == 0


def test_sums_find_every_flipped_byte() -> None:
    sound = evtx(records(SOUND))
    end = struct.unpack_from("<I", sound, HEAD + 0x30)[0]
    for at in [*range(8, 120), *range(124, 512, 7), *range(FIRST, end, 11)]:
        data = bytearray(sound)
        data[HEAD + at] ^= 0x10
        with pytest.raises(EvtxError, match="chunk 0: ") as error:
            read(bytes(data), "raise")
        assert error.value.chunk == 0
        _, stats = read(bytes(data))
        assert stats["bad_checksums"] + stats["bad_chunks"] == 1


def test_a_file_may_break_off_anywhere() -> None:
    sound = evtx(records(SOUND))
    end = HEAD + struct.unpack_from("<I", sound, HEAD + 0x30)[0]
    before = 0
    for size in [*range(0, HEAD + FIRST, 61), *range(HEAD + FIRST, end + 1, 3)]:
        data = sound[:size]
        if size < 128:
            with pytest.raises(EvtxError, match=r"is no Windows event log|breaks off"):
                read(data)
            continue
        rows, stats = read(data)
        assert rows >= before
        before = rows
        if size > HEAD:
            assert stats["truncated_files"] == 1
            with pytest.raises(EvtxError, match="chunk 0: "):
                read(data, "raise")
    assert before == 4


NO_RECORD = "there is no record where one should be"


@pytest.mark.parametrize(("offset", "value", "reason", "lost"), [
    (0, 0, NO_RECORD, 1), (4, 20, NO_RECORD, 1), (4, 1 << 31, NO_RECORD, 1),
    (24 + 10, 65535, "the template is outside the chunk", 1),
    # The template is that of all records but one; one of them is of another event.
    (24 + 34, 1 << 20, "the template is longer than the chunk", 4),
])
def test_an_error_names_chunk_and_record(
    offset: int, value: int, reason: str, lost: int
) -> None:
    sound = Chunk()
    for each in records(SOUND):
        sound.add(each)
    data = bytearray(sound.image())
    struct.pack_into("<I", data, FIRST + offset, value)
    first = sound.image()
    data = bytearray(file_of(first, bytes(data), dirty=True))
    with audit.read_events(io.BytesIO(data)) as stream:
        assert len(next(stream)) == 4  # all before it
        with pytest.raises(EvtxError, match=reason) as error:
            next(stream)
    assert error.value.chunk == 1
    assert error.value.record in (1, "at offset 512")
    assert str(error.value).startswith(f"chunk 1: record {error.value.record}: {reason}")
    assert isinstance(error.value, SourceError)
    assert not isinstance(error.value, MalformedBlockError)
    rows, stats = read(bytes(data))
    assert stats["lost_events"] == lost
    assert rows == (5 if lost == 4 else 7)


def test_a_value_that_cannot_be_read_is_named_or_null() -> None:
    bad = {
        "ProcessID": "many", "SourceAddress": "10.0.0.256", "SourcePort": "65536",
        "Direction": "Inbound", "RemoteUserID": b"\1\5\0\0", "Protocol": "256"}
    for name, value in bad.items():
        kind = TEXT if isinstance(value, str) else 19
        one = Audit(5156, {**FIELDS["connection"], name: value}, types={
            name: kind if kind == TEXT else 14})
        data = evtx(records([SOUND[0], one]))
        with audit.read_events(io.BytesIO(data)) as stream:
            assert len(next(stream)) == 1
            with pytest.raises(EvtxError, match=r"chunk 0: record 2: field \w+: has a value") as e:
                next(stream)
        assert e.value.field == name.replace("ProcessID", "ProcessId")
        rows, stats = read(data)
        assert (rows, stats["malformed"]) == (2, 1)


def nested(depth: int) -> Element:
    element = Element("Deep")
    for _ in range(depth):
        element = Element("Deep", (), (element,))
    return Element("Event", (), (element,))


def test_what_is_nested_has_an_end() -> None:
    fragment = Fragment(Element("Event", (), (Gap(0, XML),)), [Value(TEXT, "x")])
    for _ in range(10):
        fragment = Fragment(fragment.root, [Value(XML, fragment)])
    for one in (Fragment(nested(100), None), Fragment(nested(100), [])):
        with pytest.raises(EvtxError, match="nested too deeply"):
            read(evtx([Record(1, one)]), "raise")
    rows, stats = read(evtx([Record(1, fragment), *records(SOUND[:1])]))
    assert (rows, stats["other_events"] + stats["lost_events"]) == (1, 1)


def test_a_template_that_contains_itself_is_no_loop() -> None:
    """Its rest is an instance of the same template, again and again."""
    chunk = Chunk()
    chunk.add(record(SOUND[0]))
    data = bytearray(chunk.image())
    # The inner fragment refers to the outer template.
    inner = data.index(b"\x0f\1\1\0\x0c", FIRST + 40)
    struct.pack_into("<I", data, inner + 10, FIRST + 24 + 14)
    rows, stats = read(file_of(bytes(data), dirty=True))
    assert rows + stats["other_events"] + stats["lost_events"] <= 2


def test_templates_that_overlap_cost_no_more_than_the_chunk_allows() -> None:
    """Every record has its own offset of a template, which reaches to the end of the chunk."""
    data = bytearray(Chunk().image())
    body, at = 30_000, FIRST
    for k in range(0, 30_000, 8):  # text tokens that skip little: each walk is long
        struct.pack_into("<BBHHH", data, CHUNK - body + k, 5, 1, 2, 0, 0)
    count = 0
    while at + 64 < CHUNK - body:
        offset = CHUNK - body + 8 * (count % 3000) - 24
        struct.pack_into("<IIQQ4sBBII", data, at, 0x2A2A, 48, count, 0, b"\x0f\1\1\0", 12, 1, 0,
                         offset)
        struct.pack_into("<I", data, at + 44, 48)
        struct.pack_into("<I", data, offset + 20, 1000)
        at, count = at + 48, count + 1
    struct.pack_into("<I", data, 0x30, at)
    assert count > 600
    assert_cheap(bytes(data), count)


def test_a_long_name_costs_no_more_for_being_that_of_many_elements() -> None:
    data = bytearray(Chunk().image())
    template, name, units = 2_000, 36_000, 14_000
    struct.pack_into("<IHH", data, name, 0, 0, units)
    data[name + 8:name + 8 + 2 * units] = b"a\0" * units
    ends = range(template + 24, name - 16, 12)
    for at in ends:
        struct.pack_into("<BHIIB", data, at, 1, 0, 0, name, 3)
    struct.pack_into("<I", data, template + 20, 12 * len(ends))
    struct.pack_into("<IIQQ4sBBIIIxxI", data, FIRST, 0x2A2A, 48, 1, 0, b"\x0f\1\1\0", 12, 1, 0,
                     template, 0, 48)
    struct.pack_into("<I", data, 0x30, FIRST + 48)
    assert len(ends) > 2_000
    assert_cheap(bytes(data), 1)


def seconds(data: bytes) -> float:
    """Return the least of a few times that reading took."""
    spent = []
    for _ in range(9):
        started = time.perf_counter()
        read(data)
        spent.append(time.perf_counter() - started)
    return min(spent)


def assert_cheap(chunk: bytes, count: int) -> None:
    """Assert that a chunk without rows costs a small multiple of one that is full of rows."""
    _, stats = read(file_of(chunk, dirty=True))
    assert stats["lost_events"] + stats["other_events"] == count
    full = file_of(full_chunk(), dirty=True)
    assert seconds(file_of(chunk, dirty=True)) < 10 * seconds(full)


def full_chunk() -> bytes:
    chunk = Chunk()
    for each in records([SOUND[0]] * 80):
        chunk.add(each)
    return chunk.image()


def test_random_changes_never_crash() -> None:
    """The structures of a chunk, changed where it hurts: sizes, offsets, counts, types.

    The chunk is all the memory that there is, so that the sanitizer sees what is read behind it.
    """
    reader = AuditReader(errors="null", batch_size=64)
    chance = random.Random(16)
    chunk = Chunk()
    for each in records([one for k in range(6) for one in SOUND]):
        chunk.add(each)
    sound, end = chunk.image(), len(chunk.data)
    rows = 0
    for _ in range(TRIES):
        data = bytearray(sound)
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(FIRST, end - 4)
            what = chance.randrange(4)
            if what == 0:
                data[at] = chance.randrange(256)
            elif what == 1:
                struct.pack_into("<H", data, at, chance.choice([0, 1, 0xFFFF, end & 0xFFFF]))
            elif what == 2:
                struct.pack_into("<I", data, at, chance.choice([0, FIRST, end, 65535, 1 << 31]))
            else:
                size = chance.randrange(1, 64)
                to = chance.randrange(FIRST, end - size)
                data[at:at + size] = data[to:to + size]
        reader.feed(bytes(data), 1, 0, checking=False)
        reader.learn(reader.survey())
        reader.feed(bytes(data), 1, 0, checking=False)
        while (batch := reader.read()) is not None:
            rows += len(batch)
            assert batch.to_pylist() or not len(batch)
    assert rows > 7 * TRIES


def test_unused_and_foreign_chunks() -> None:
    sound = Chunk()
    sound.add(record(SOUND[0]))
    noise = random.Random(1).randbytes(CHUNK)
    data = file_of(sound.image(), bytes(CHUNK), sound.image(), noise, sound.image())
    rows, stats = read(data)
    assert (rows, stats["bad_chunks"]) == (3, 1)
    with audit.read_events(io.BytesIO(data)) as stream:
        assert len(next(stream)) == 2
        with pytest.raises(EvtxError, match="chunk 3: is no chunk"):
            next(stream)


def test_an_unfinished_file_is_read_as_it_is() -> None:
    data = evtx(records(SOUND), dirty=True, sums=False)
    assert read(data, "raise")[0] == 4
    assert read(data)[1].get("bad_checksums", 0) == 0
    with pytest.raises(EvtxError, match="checksum"):
        read(evtx(records(SOUND), sums=False), "raise")


def test_records_behind_the_end_of_a_chunk_that_was_not_finished() -> None:
    """Those that go on with the numbers; in a file that was closed, nothing is behind the end."""
    chunk, ends = Chunk(), []
    for number, each in enumerate([*SOUND, *SOUND], 1):
        chunk.add(record(each)._replace(number=number if number < 9 else number + 5))
        ends.append(len(chunk.data))
    data = bytearray(chunk.image())
    struct.pack_into("<I", data, 0x30, ends[2])     # so many are finished
    assert read(file_of(bytes(data), dirty=True), "raise")[0] == 3 + 4   # and no 9th
    rows, stats = read(file_of(bytes(data)))
    assert (rows, stats["bad_checksums"]) == (3, 1)


def test_what_is_no_event_log() -> None:
    for data in (b"", b"ElfFile\0", b"<Event/>", bytes(5000)):
        with pytest.raises(EvtxError):
            read(data)
    with pytest.raises(EvtxError, match=r"nowhere\.evtx: is no Windows event log") as error:
        raise_of("nowhere.evtx")
    assert error.value.path


def raise_of(name: str, folder: Any = None) -> list[EventBatch]:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / name
        path.write_bytes(b"nothing")
        return list(audit.read_events(path))
