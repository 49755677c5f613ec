"""Turns chunks of an event log into batches; the only place where audit records meet Python."""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AsString, PyBytes_Size
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from wfpfast._base.memory cimport buffer_release, pool_close, pool_open
from wfpfast._base.shared_buffers cimport shared_buffers_release
from wfpfast._columns.batch cimport Selection
from wfpfast._columns.dictionaries cimport dictionary_clear
from wfpfast._decode.decoder cimport EventBatch
from wfpfast._decode.schema cimport N_EVENT_COLUMNS, enumeration
from wfpfast._evtx.records cimport (
    BAD_SUM, BROKEN, NO_CHUNK, NO_RECORD, WANTED, Chunk, chunk_open, next_record)
from wfpfast._evtx.templates cimport CHUNK_SIZE as SIZE, templates_begin, templates_end
from wfpfast.audit._events cimport survey_event, take_event, wanted_events
from wfpfast.audit._fields cimport audit_fields
from wfpfast.audit._listed cimport next_listed
from wfpfast.audit._rows cimport (
    UNWANTED, Rows, rows_begin, rows_finish, rows_forget)
from wfpfast.audit._schema cimport N_AUDIT_COLUMNS, audit_specs
from wfpfast.audit._sides cimport (
    Evidence, Sides, evidence_begin, evidence_end, sides_begin, sides_end, sides_learn,
    sides_settled, sides_told)
from wfpfast.audit._take cimport Taking

import os

from wfpfast.audit._errors import EvtxError
from wfpfast.audit._schema import AUDIT_SLOTS

cdef enum:
    PER_CHUNK = 256     # records that become rows; of a chunk with more, batches are smaller

CHUNK_SIZE = SIZE
PROVIDER = "Microsoft-Windows-Security-Auditing".encode("utf-16-le")


@cython.no_gc
@cython.final
cdef class Survey:
    """What chunks say of the hosts in them."""

    cdef Evidence evidence

    def __dealloc__(self):
        evidence_end(&self.evidence)


# The collector would clear the buffer, and what it was taken from would count it as in use.
@cython.no_gc
@cython.final
cdef class AuditReader:
    """Reads the audit records of chunks into batches of columns.

    Parameters
    ----------
    columns, addresses, errors
        As for `wfpfast.Decoder`.
    batch_size : int
        Events a batch.
    """

    cdef Chunk* chunk
    cdef Rows* rows
    cdef Taking taking
    cdef Sides sides
    cdef AuditReader leader      # that learns for this one
    cdef Selection selection
    cdef bint pooling
    cdef int64_t batch_size
    # The chunks that are being read, or a list of records in their place.
    cdef Py_buffer buffer
    cdef const uint8_t* at       # of the next chunk
    cdef const uint8_t* end
    cdef bint listed
    cdef int64_t number          # of the chunk that is being read, in its file
    cdef bint checking           # whether a sum that does not agree is a fault
    # Counted since the last batch.
    cdef int64_t other_events
    cdef int64_t lost_events
    cdef int64_t bad_chunks
    cdef int64_t bad_sums
    cdef dict others             # what the caller has counted
    cdef const char* fault       # what ends the reading
    cdef bint fault_of_chunk

    def __cinit__(self, *, columns=None, addresses="text", errors="raise", batch_size=8192):
        cdef int slot
        if addresses not in ("text", "binary"):
            raise ValueError(f"addresses={addresses!r}: expected 'text' or 'binary'")
        if errors not in ("raise", "null"):
            raise ValueError(f"errors={errors!r}: expected 'raise' or 'null'")
        if isinstance(columns, str):
            raise ValueError(f"columns={columns!r}: expected a sequence of names, not one text")
        if not 1 <= batch_size <= 1 << 24:
            raise ValueError(f"batch_size {batch_size}: a batch holds 1 to {1 << 24:,} events")
        self.others = {}
        pool_open()
        self.pooling = True
        self.chunk = <Chunk*>calloc(1, sizeof(Chunk))
        self.rows = <Rows*>calloc(1, sizeof(Rows))
        if self.chunk == NULL or self.rows == NULL:
            raise MemoryError
        templates_begin(&self.chunk.templates, audit_fields())
        self.chunk.wanted = wanted_events()
        self.chunk.provider = <const uint8_t*>PyBytes_AsString(PROVIDER)
        self.chunk.provider_size = <uint32_t>PyBytes_Size(PROVIDER)
        self.taking.rows = self.rows
        self.taking.chunk = self.chunk
        self.taking.null_errors = errors == "null"
        self.rows.capacity = self.batch_size = batch_size
        self.rows.binary_addresses = addresses == "binary"
        self.selection = Selection(AUDIT_SLOTS if columns is None else columns, AUDIT_SLOTS)
        self.selection.prepare(audit_specs(self.rows.binary_addresses))
        secrets = os.urandom(sizeof(self.rows.secrets))
        memcpy(self.rows.secrets, PyBytes_AsString(secrets), sizeof(self.rows.secrets))
        sides_begin(&self.sides, self.rows.secrets)
        self.taking.sides = &self.sides
        memset(self.rows.wanted, UNWANTED, sizeof(self.rows.wanted))
        for slot in self.selection.by_name.values():
            self.rows.wanted[slot] = 0
        for slot in range(N_AUDIT_COLUMNS):
            self.rows.dictionaries[slot].secrets = self.rows.secrets
            if slot < <int>N_EVENT_COLUMNS:
                self.rows.dictionaries[slot].names = enumeration(slot).names
                self.rows.dictionaries[slot].n_names = enumeration(slot).count

    def __dealloc__(self):
        cdef int slot
        self._release()
        if self.rows != NULL:
            rows_forget(self.rows)
            for slot in range(N_AUDIT_COLUMNS):
                dictionary_clear(&self.rows.dictionaries[slot])
            buffer_release(self.rows.scratch)
            shared_buffers_release(self.rows.shared)
            sides_end(&self.sides)
            free(self.rows)
        if self.chunk != NULL:
            templates_end(&self.chunk.templates)
            free(self.chunk)
        if self.pooling:
            pool_close()

    cdef void _release(self) noexcept:
        if self.at != NULL:
            PyBuffer_Release(&self.buffer)
            self.at = self.end = NULL

    @property
    def column_names(self):
        """The names of the columns of every batch, in their order."""
        return list(self.selection.names)

    def feed(self, memory, count, number, *, checking=True):
        """Give `count` chunks, the first of which has a number in its file, to be read()."""
        self._take(memory)
        self.end = self.at + min(<Py_ssize_t>count, self.buffer.len // SIZE) * SIZE
        self.listed = False
        self.number = number - 1
        self.checking = checking
        self.chunk.unfinished = not checking
        self.rows.capacity = min(self.batch_size, <int64_t>count * PER_CHUNK)
        self.chunk.at = self.chunk.end = 0
        self.chunk.number = 0  # nothing goes on

    def feed_listed(self, memory, count):
        """Give `count` records, packed as _listed.pyx reads them, to be read()."""
        self._take(memory)
        self.end = self.at + self.buffer.len
        self.listed = True
        self.rows.capacity = max(1, min(self.batch_size, <int64_t>count))

    def tell(self, stats):
        """Give statistics to the next batch, which there is then, if without rows."""
        self.others.update(stats)

    cdef int _take(self, memory) except -1:
        self._release()
        PyObject_GetBuffer(memory, &self.buffer, PyBUF_SIMPLE)
        self.at = <const uint8_t*>self.buffer.buf
        return 0

    def read(self):
        """Return the next batch of the chunks that were given, or None at their end.

        Raises
        ------
        EvtxError
            With ``errors="raise"``: a chunk, a record or a value that cannot be read.
        """
        if self.fault != NULL or self.taking.bad_field != NULL:
            self._raise()
        self._begin()
        with nogil:
            self._fill()
        if self.rows.no_memory or self.chunk.templates.no_memory:
            rows_forget(self.rows)
            raise MemoryError
        failed = self.fault != NULL or self.taking.bad_field != NULL
        if self.rows.row == 0 and failed:
            rows_forget(self.rows)
            self._raise()
        if self.rows.row == 0 and not self._has_news():
            rows_forget(self.rows)
            return None
        return self._batch(failed)

    def follow(self, AuditReader leader not None):
        """Let what another reader has learnt count; it may be read by another thread then."""
        self.leader = leader
        self.taking.sides = &leader.sides

    def survey(self):
        """Look in the chunks that were given which addresses are hosts' own, and who used them."""
        cdef Survey survey = Survey.__new__(Survey)
        cdef bint lenient = self.taking.null_errors
        cdef int outcome
        evidence_begin(&survey.evidence, self.rows.secrets)
        self.taking.null_errors = True  # what is wrong is said when they are read
        with nogil:
            while True:
                outcome = self._next()
                if outcome == WANTED:
                    survey_event(&self.taking, &survey.evidence)
                elif outcome == NO_RECORD and not self._next_chunk():
                    break
        self.taking.null_errors = lenient
        self.bad_chunks = self.bad_sums = 0
        return survey

    def learn(self, Survey survey not None):
        """Learn which end of inbound connections hosts call local; no thread may read meanwhile.

        Returns
        -------
        bool
            Whether it is known of every host that was seen.
        """
        with nogil:
            sides_learn(&self.sides, &survey.evidence)
        return sides_settled(&self.sides)

    cdef bint _has_news(self) noexcept:
        return bool(
            self.others or self.other_events or self.lost_events or self.bad_chunks
            or self.bad_sums)

    cdef int _begin(self) except -1:
        if rows_begin(self.rows, self.selection.shape.recycler) < 0:
            raise MemoryError
        self.taking.malformed = self.taking.out_of_range = self.taking.undecided = 0
        self.taking.unknown_names = self.taking.unknown_forms = 0
        return 0

    @cython.nonecheck(False)
    cdef inline int _next(self) noexcept nogil:
        if self.listed:
            return next_listed(self.chunk, &self.at, self.end)
        return next_record(self.chunk)

    @cython.nonecheck(False)
    cdef void _fill(self) noexcept nogil:
        """Read records until the batch is full, the chunks end, or something cannot be read."""
        cdef int outcome
        while self.rows.row < self.rows.capacity and not self.rows.no_memory:
            outcome = self._next()
            if outcome == WANTED:
                take_event(&self.taking)
                if self.taking.bad_field != NULL:
                    return
                self.rows.row += 1
            elif outcome == NO_RECORD:
                if not self._next_chunk():
                    return
            elif outcome == BROKEN:
                self.lost_events += 1
                if not self.taking.null_errors:
                    self.fault = self.chunk.fault
                    return
            else:
                self.other_events += 1

    @cython.nonecheck(False)
    cdef bint _next_chunk(self) noexcept nogil:
        """Begin the next chunk that is one; False if there is none, or one that is a fault."""
        cdef int condition
        while self.at < self.end:
            self.number += 1
            condition = chunk_open(self.chunk, self.at, self.checking)
            self.bad_chunks += condition == NO_CHUNK
            self.bad_sums += condition == BAD_SUM
            self.at += SIZE
            if condition >= BAD_SUM and not self.taking.null_errors:
                self.fault = self.chunk.fault
                self.fault_of_chunk = True
                return False
            if self.chunk.end:
                return True
        return False

    cdef EventBatch _batch(self, bint failed):
        cdef EventBatch batch = EventBatch.__new__(EventBatch)
        cdef Taking* taking = &self.taking
        if rows_finish(self.rows) < 0:
            rows_forget(self.rows)
            raise MemoryError
        self.rows.out.dirty = failed  # cells of the row after the last may be written
        batch.columns = self.rows.out
        self.rows.out = NULL
        batch.selection = self.selection
        batch.version = -1
        batch._stats = {
            "events": batch.columns.length,
            "malformed": taking.malformed,
            "replaced_text": self.rows.replaced,
            "timestamps_out_of_range": taking.out_of_range,
            "unknown_types": 0,
            "unknown_names": taking.unknown_names,
            "unknown_forms": taking.unknown_forms,
            "undecided_sides": taking.undecided,
            "other_events": self.other_events,
            "lost_events": 0 if failed and self.lost_events else self.lost_events,
            "bad_chunks": self.bad_chunks,
            "bad_checksums": self.bad_sums,
        }
        batch._stats.update(sides_told(self.taking.sides))
        for name, count in self.others.items():
            batch._stats[name] = batch._stats.get(name, 0) + count
        self.others = {}
        self.other_events = self.lost_events = self.bad_chunks = self.bad_sums = 0
        return batch

    cdef int _raise(self) except -1:
        if self.taking.bad_field != NULL:
            field = self.taking.bad_field.decode()
            self.taking.bad_field = NULL
            raise EvtxError("has a value that cannot be read", self._chunk(), self._record(), field)
        reason = self.fault.decode()
        self.fault = NULL
        if self.fault_of_chunk:
            self.fault_of_chunk = False
            raise EvtxError(reason, self.number)
        raise EvtxError(reason, self._chunk(), self._record())

    cdef object _chunk(self):
        return None if self.listed else self.number

    cdef object _record(self):
        """Return what identifies the record that was read last: its number, or its offset."""
        return self.chunk.number or f"at offset {self.chunk.record}"

    def __arrow_c_schema__(self):
        """Export the schema of the batches."""
        return self._empty().__arrow_c_schema__()

    cdef EventBatch _empty(self):
        """Return a batch without rows."""
        cdef EventBatch batch = EventBatch.__new__(EventBatch)
        cdef Rows* rows = self.rows
        self._begin()
        if rows_finish(rows) < 0:
            rows_forget(rows)
            raise MemoryError
        batch.columns = rows.out
        rows.out = NULL
        batch.selection = self.selection
        batch.version = -1
        batch._stats = {}
        return batch
