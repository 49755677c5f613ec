"""A file of many parts: each is read in memory of its own, which the next one does not need."""

import io

from audit_records import FIELDS, Audit, record
from evtx_file import Chunk, file_head

from wfpfast import audit
from wfpfast.audit._files import CHUNKS, parts
from wfpfast.audit._reader import CHUNK_SIZE, AuditReader
from wfpfast.audit._shapes import listed_parts


def test_a_part_does_not_go_on_with_the_one_before() -> None:
    """Of unfinished chunks, the records of one may go on with the numbers of another."""
    made = []
    for number in range(2 * CHUNKS):
        chunk = Chunk()
        chunk.add(record(Audit(5158, FIELDS["bind"], number))._replace(number=number + 1))
        made.append(chunk.image(sums=False))
    data = file_head(len(made), dirty=True) + b"".join(made)
    with audit.read_events(io.BytesIO(data)) as stream:
        found = [row["record_id"] for batch in stream for row in batch.to_pylist()]
    assert found == list(range(2 * CHUNKS))


def test_memory_is_given_back_with_the_next_part() -> None:
    reader = AuditReader(errors="null")
    chunk = Chunk()
    chunk.add(record(Audit(5158, FIELDS["bind"])))
    memory = bytearray(chunk.image(sums=False))
    reader.feed(memory, 1, 0, checking=False)
    assert len(reader.read() or ()) == 1
    assert reader.read() is None
    reader.feed(bytes(CHUNK_SIZE), 1, 1, checking=False)
    memory.clear()  # which nobody uses any more
    assert reader.read() is None


def test_parts_are_whole_chunks() -> None:
    data = file_head(20) + bytes(20 * CHUNK_SIZE - 7)
    found = list(parts(io.BytesIO(data), listed_parts))
    assert [(part.chunks, part.number, part.cut) for part in found] == [(16, 0, 0), (4, 16, 7)]
