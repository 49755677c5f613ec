"""Finds records on filters in chunks of an event log, as texts; must not know what they mean.

They are few among the others, which are skipped without being decoded: only until when each host
was read is noted of them.
"""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize, PyBytes_Size
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp

from wfpfast._base.text cimport SID_SIZE, put_guid, put_sid
from wfpfast._evtx.names cimport Names, names_add
from wfpfast._evtx.records cimport (
    BAD_SUM, BROKEN, NO_CHUNK, NO_RECORD, WANTED, Chunk, chunk_open, is_present, next_record)
from wfpfast._evtx.templates cimport (
    CHUNK_SIZE, COMPUTER, FIELD, RECORD_ID, TIME, templates_begin, templates_end)
from wfpfast._evtx.values cimport (
    TYPE_GUID, TYPE_NULL, TYPE_SID, TYPE_TEXT, Value, text_size, value_number, value_time)

from wfpfast.audit._change_fields import FIELDS, KINDS
from wfpfast.audit._errors import EvtxError
from wfpfast.audit._reader import PROVIDER
from wfpfast.audit._change import Fault, Record

cdef enum:
    BITMAP = 65536 // 8
    GUID_BYTES = 16
    SID_HEAD = 8

cdef Names names
cdef uint8_t[BITMAP] wanted
cdef list TITLES = []        # of the fields, by target
cdef list ALIVE = []         # their names, which the table points to


@cython.final
cdef class ChangeReader:
    """Reads the records of chunks that say which filters there are."""

    cdef Chunk* chunk
    cdef Py_buffer buffer
    cdef bint has_buffer
    # The host of the record before, as it is logged, and the time of its latest record.
    cdef bytes host
    cdef uint64_t latest
    cdef readonly dict seen    # the time of the latest record of each host, as a FILETIME

    def __cinit__(self):
        self.seen = {}
        self.host = b""
        self.chunk = <Chunk*>calloc(1, sizeof(Chunk))
        if self.chunk == NULL:
            raise MemoryError
        templates_begin(&self.chunk.templates, &names)
        self.chunk.wanted = wanted
        self.chunk.provider = <const uint8_t*>PyBytes_AsString(PROVIDER)
        self.chunk.provider_size = <uint32_t>PyBytes_Size(PROVIDER)

    def __dealloc__(self):
        if self.has_buffer:
            PyBuffer_Release(&self.buffer)
        if self.chunk != NULL:
            templates_end(&self.chunk.templates)
            free(self.chunk)

    def read(self, memory, count, number, *, checking=True):
        """Yield what `count` chunks have, the first of which has a number in its file.

        Returns
        -------
        iterator of Record or Fault
        """
        cdef Py_ssize_t k
        cdef int condition
        if self.has_buffer:
            PyBuffer_Release(&self.buffer)
        self.has_buffer = False
        PyObject_GetBuffer(memory, &self.buffer, PyBUF_SIMPLE)
        self.has_buffer = True
        self.chunk.unfinished = not checking
        self.chunk.number = 0
        for k in range(min(<Py_ssize_t>count, self.buffer.len // CHUNK_SIZE)):
            condition = chunk_open(
                self.chunk, <const uint8_t*>self.buffer.buf + k * CHUNK_SIZE, checking)
            if condition >= BAD_SUM:
                yield Fault(
                    "bad_chunks" if condition == NO_CHUNK else "bad_checksums",
                    EvtxError(self.chunk.fault.decode(), number + k))
            if self.chunk.end:
                yield from self._records(number + k)
        self._note()

    def _records(self, chunk):
        cdef int outcome
        while (outcome := next_record(self.chunk)) != NO_RECORD:
            if self.chunk.templates.no_memory:
                raise MemoryError
            if outcome == BROKEN:
                yield Fault("lost_events", EvtxError(
                    self.chunk.fault.decode(), chunk,
                    self.chunk.number or f"at offset {self.chunk.record}"))
                continue
            self._see()
            if outcome == WANTED:
                yield self._record(chunk)

    cdef int _see(self) except -1:
        """Note the time of a record."""
        cdef const Value* host = self.chunk.values + <int>COMPUTER
        cdef uint64_t ticks = 0
        cdef uint32_t size
        if not is_present(self.chunk, COMPUTER) or not is_present(self.chunk, TIME):
            return 0
        if host.type != TYPE_TEXT or not value_time(self.chunk.values + <int>TIME, &ticks):
            return 0
        size = text_size(host)
        if size != <uint32_t>PyBytes_Size(self.host) or memcmp(
            host.data, PyBytes_AsString(self.host), size
        ):
            self._note()
            self.host = PyBytes_FromStringAndSize(<const char*>host.data, size)
            self.latest = ticks
        elif ticks > self.latest:
            self.latest = ticks
        return 0

    cdef int _note(self) except -1:
        if self.host:
            name = self.host.decode("utf-16-le", "replace")
            self.seen[name] = max(self.latest, self.seen.get(name, 0))
        return 0

    cdef object _record(self, chunk):
        cdef uint64_t ticks = 0, number = 0
        cdef bint timed = is_present(self.chunk, TIME) and value_time(
            self.chunk.values + <int>TIME, &ticks)
        cdef bint numbered = is_present(self.chunk, RECORD_ID) and value_number(
            self.chunk.values + <int>RECORD_ID, &number)
        cdef int target
        cells = {}
        for target in range(len(TITLES)):
            if is_present(self.chunk, <int>FIELD + target):
                cells[TITLES[target]] = text_of(self.chunk.values + <int>FIELD + target)
        return Record(
            self.chunk.event_id, ticks if timed else None,
            text_of(self.chunk.values + <int>COMPUTER)
            if is_present(self.chunk, COMPUTER) else None,
            number if numbered else None, cells, self.chunk.number, chunk)


cdef object text_of(const Value* value):
    """Return a value as text; None if it is of a type that no field has."""
    cdef char[SID_SIZE] text
    cdef uint64_t number = 0
    cdef char* end
    if value.type == TYPE_TEXT:
        return PyBytes_FromStringAndSize(<const char*>value.data, text_size(value)).decode(
            "utf-16-le", "replace")
    if value.type == TYPE_NULL:
        return ""
    if value.type == TYPE_GUID and value.size == GUID_BYTES:
        end = put_guid(text, value.data)
        return f"{{{PyBytes_FromStringAndSize(text, end - text).decode()}}}"
    if value.type == TYPE_SID and SID_HEAD <= value.size == SID_HEAD + 4 * <uint32_t>value.data[1]:
        end = put_sid(text, value.data, value.size)
        return PyBytes_FromStringAndSize(text, end - text).decode()
    return str(number) if value_number(value, &number) else None


for target, several in enumerate(FIELDS):
    TITLES.append(several[0])
    for name in several:
        encoded = name.encode()
        ALIVE.append(encoded)
        names_add(&names, <bytes>encoded, target)
for event_id in KINDS:
    wanted[<int>event_id >> 3] |= <uint8_t>(1 << (<int>event_id & 7))
del encoded, event_id, name, several, target
