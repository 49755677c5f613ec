"""Decoder and EventBatch: blocks in, batches out; the only place where decoding meets Python."""

cimport cython
from cpython.bytes cimport PyBytes_AsString
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy, memset

from wfpfast._base.forking cimport (
    Guard, gate_enter, gate_leave, guard_begin, guard_end)
from wfpfast._base.memory cimport Buffer, buffer_release, pool_close, pool_open
from wfpfast._base.shared_buffers cimport SharedBuffers, shared_buffers_release
from wfpfast._base.threads cimport (
    wf_lock, wf_lock_destroy, wf_lock_init, wf_lock_t, wf_try_lock, wf_unlock)
from wfpfast._blocks.block cimport Block
from wfpfast._columns.batch cimport Batch, Selection
from wfpfast._columns.columns cimport Spec, columns_new, columns_release
from wfpfast._columns.dictionaries cimport N_SECRETS, Dictionary, dictionary_clear
from wfpfast._columns.gather cimport columns_gather
from wfpfast._columns.mask cimport Rows
from wfpfast._decode.context cimport (
    INTERRUPTED, MALFORMED, NO_FAILURE, ROOM, TOO_LARGE, Decode)
from wfpfast._decode.events cimport decode_block
from wfpfast._decode.schema cimport N_EVENT_COLUMNS, N_SPECS, N_WORDS, enumeration, event_specs

import os
import threading

from wfpfast._decode.schema import COLUMN_SLOTS, EVENT_COLUMNS
from wfpfast.errors import MalformedBlockError
from wfpfast._decode.row import NetEvent

cdef extern from "Python.h":
    int PyErr_CheckSignals() noexcept
    unsigned long PyThread_get_thread_ident() noexcept

cdef enum:
    # How many times over a block may be read; Windows stores each text once.
    MAX_SHARING = 64
    SLACK = 1 << 20
    # With more rows, int32 offsets could not address text of 39 bytes a row.
    MAX_EVENTS = 50_000_000
    # Up to so many events the GIL is kept: releasing it and getting it back takes as long.
    FEW = 512


@cython.final
cdef class EventBatch(Batch):
    """The events of one block as columns, in the order and types of the schema.

    Iterate for rows (`NetEvent`), ask for a column by name, or hand the batch to anything that
    speaks Arrow: ``pyarrow.record_batch(batch)``, ``polars.DataFrame(batch)``, DuckDB.
    """

    def __init__(self):
        raise TypeError("an EventBatch comes from Decoder.decode()")

    @property
    def stats(self):
        """What was counted while decoding; sources add what they count."""
        if self._stats is None:
            self._stats = {
                "events": len(self),
                "malformed": self.malformed,
                "replaced_text": self.replaced,
                "timestamps_out_of_range": self.out_of_range,
                "unknown_types": self.unknown_types,
                "unknown_names": self.unknown_names,
            }
        return self._stats

    def _row_at(self, row):
        return NetEvent(self, row)

    cdef Batch _rows(self, Rows rows):
        cdef EventBatch batch = EventBatch.__new__(EventBatch)
        with nogil:
            batch.columns = columns_gather(
                self.columns, self.selection.shape.recycler, rows.numbers, rows.count)
        if batch.columns == NULL:
            raise MemoryError
        batch.selection = self.selection
        batch.version = self.version
        batch._stats = {"events": rows.count}
        return batch

    def with_names(self, filters=None, **options):
        """Return the events with names beside their numbers, as `wfpfast.with_names`.

        Parameters
        ----------
        filters : table, sequence of tables, or Names, optional
            As `netsh.read_filters`, `Engine.filters` and `audit.read_filters` return them.
        **options
            See `wfpfast.with_names`.

        Returns
        -------
        pyarrow.RecordBatch
        """
        from wfpfast.naming import names_of  # which needs pyarrow

        return names_of(filters, **options).batch(self)

    def _title(self):
        what = "records" if self.version < 0 else f"FWPM_NET_EVENT{self.version}"
        return (
            f"wfpfast.EventBatch of {len(self):,} {what}, {self.selection.shape.count} columns")


@cython.final
cdef class Decoder:
    """Decoder(*, columns=None, addresses='text', errors='raise')
--

Turns blocks into batches; its dictionaries live on from block to block.

    A decoder may be used from several threads; they take turns.

    Parameters
    ----------
    columns : sequence of str, optional
        The columns to decode, in the order wanted; all of them by default.
    addresses : {"text", "binary"}
        IP and MAC addresses as text, or as 16 (IPv4 as ``::ffff:a.b.c.d``) and 6 bytes.
    errors : {"raise", "null"}
        What a pointer that may not be followed does: raise `MalformedBlockError` naming the event
        and the member, or make the cell null and be counted in ``batch.stats["malformed"]``.

    Raises
    ------
    ValueError
        If an option or a column is not known.
    """

    cdef Dictionary[N_EVENT_COLUMNS] dictionaries
    cdef uint64_t[N_SECRETS] secrets
    cdef Buffer* scratch
    cdef SharedBuffers* dictionary_buffers
    cdef uint64_t[N_WORDS] wanted
    cdef const Spec* specs
    cdef bint binary
    cdef bint null_errors
    cdef bint pooling
    cdef Selection selection
    cdef wf_lock_t lock           # of the dictionaries; a thread with the GIL never waits for it
    cdef unsigned long thread     # that decodes without the GIL, or 0
    cdef Guard guard

    def __cinit__(self, *, columns=None, addresses="text", errors="raise"):
        cdef int slot
        cdef bytes secrets = os.urandom(sizeof(self.secrets))
        if addresses not in ("text", "binary"):
            raise ValueError(f"addresses={addresses!r}: expected 'text' or 'binary'")
        if errors not in ("raise", "null"):
            raise ValueError(f"errors={errors!r}: expected 'raise' or 'null'")
        if isinstance(columns, str):
            raise ValueError(f"columns={columns!r}: expected a sequence of names, not one text")
        wf_lock_init(&self.lock)
        memcpy(self.secrets, PyBytes_AsString(secrets), sizeof(self.secrets))
        self.guard.lock = &self.lock
        guard_begin(&self.guard)
        pool_open()
        self.pooling = True
        self.binary = addresses == "binary"
        self.null_errors = errors == "null"
        self.specs = event_specs(self.binary)
        self.selection = Selection(EVENT_COLUMNS if columns is None else columns, COLUMN_SLOTS)
        self.selection.prepare(self.specs)
        for slot in self.selection.by_name.values():
            self.wanted[slot >> 6] |= <uint64_t>1 << (slot & 63)
        for slot in range(N_EVENT_COLUMNS):
            self.dictionaries[slot].secrets = self.secrets
            self.dictionaries[slot].names = enumeration(slot).names
            self.dictionaries[slot].n_names = enumeration(slot).count

    def __dealloc__(self):
        cdef int slot
        for slot in range(N_EVENT_COLUMNS):
            dictionary_clear(&self.dictionaries[slot])
        buffer_release(self.scratch)
        shared_buffers_release(self.dictionary_buffers)
        if self.pooling:
            guard_end(&self.guard)
            wf_lock_destroy(&self.lock)
            pool_close()

    def __repr__(self):
        addresses = "binary" if self.binary else "text"
        errors = "null" if self.null_errors else "raise"
        return (
            f"<wfpfast.Decoder of {self.selection.shape.count} columns,"
            f" addresses={addresses!r}, errors={errors!r}>")

    @property
    def column_names(self):
        """The names of the columns that this decoder makes, in their order."""
        return list(self.selection.names)

    @cython.binding(False)  # called without a tuple of arguments
    @cython.embedsignature(True)
    @cython.embedsignature.format("clinic")
    def decode(self, Block block not None):
        """Decode a block.

        Returns
        -------
        EventBatch
            One row an event, in the order of the block's pointers.

        Raises
        ------
        MalformedBlockError
            With ``errors="raise"``: the first pointer that may not be followed.
        OverflowError
            If the block holds more than 50 million events, or a column more than 2 GiB of text.
        MemoryError
            If there is no memory for the columns.
        """
        cdef Decode state
        if block.count > MAX_EVENTS:
            raise OverflowError(f"{block.count} events: a batch holds at most {MAX_EVENTS}")
        self._begin(block, &state)
        if state.out == NULL:
            raise MemoryError
        try:
            if block.count <= FEW and wf_try_lock(&self.lock):
                decode_block(&state, block.entries, block.count)
                wf_unlock(&self.lock)
            else:
                self._decode_without_gil(block, &state)
            if state.failure != NO_FAILURE:
                state.out.dirty = True
                _raise(&state)
            return self._batch(block, &state)
        finally:
            columns_release(state.out)

    cdef int _decode_without_gil(self, Block block, Decode* state) except -1:
        """Wait for the decoder and decode; in the main thread, look for signals meanwhile."""
        cdef unsigned long thread = PyThread_get_thread_ident()
        if self.thread == thread:  # it would wait for itself
            raise RuntimeError("a signal's handler cannot use the decoder that it interrupts")
        if thread == <unsigned long>threading.main_thread().ident:
            state.stops = signal_raises
        with nogil:
            wf_lock(&self.lock)
            self.thread = thread
            decode_block(state, block.entries, block.count)
            self.thread = 0
            wf_unlock(&self.lock)
        return 0

    cdef void _begin(self, Block block, Decode* state) noexcept:
        cdef int slot, word
        memset(state, 0, <char*>&state.live_columns - <char*>state)
        state.out = columns_new(
            self.selection.shape.recycler, self.specs, N_SPECS, N_EVENT_COLUMNS, block.count)
        state.memory = block.memory
        state.base = block.base
        state.size = block.nbytes
        # Where NULL would be an address of the block, each pointer is asked whether it is NULL.
        state.roomy = (
            block.nbytes - ROOM if block.nbytes > <size_t>ROOM and block.base else 0)
        state.budget = state.asked_budget = MAX_SHARING * <uint64_t>block.nbytes + SLACK
        state.version = block.version
        state.tail_size = block.tail_size
        for word in range(N_WORDS):
            state.wanted[word] = state.untouched[word] = self.wanted[word]
        state.binary_addresses = self.binary
        state.null_errors = self.null_errors
        state.dictionaries = self.dictionaries
        state.dictionary_buffers = &self.dictionary_buffers
        state.scratch = &self.scratch
        for slot in range(N_EVENT_COLUMNS):
            state.cursor[slot] = <uint8_t*>state.spare

    cdef EventBatch _batch(self, Block block, Decode* state):
        cdef EventBatch batch = EventBatch.__new__(EventBatch)
        batch.columns = state.out
        state.out = NULL
        batch.selection = self.selection
        batch.version = block.version
        batch.malformed = state.malformed
        batch.replaced = state.replaced
        batch.out_of_range = state.out_of_range
        batch.unknown_types = state.unknown_types
        batch.unknown_names = state.unknown_names
        return batch

    def __arrow_c_schema__(self):
        """Export the schema of the batches that this decoder makes."""
        empty = Block(b"", base=0, count=0, version=0)
        return self.decode(empty).__arrow_c_schema__()


cdef bint signal_raises() noexcept nogil:
    """Run the handlers of signals that have come; True, with the exception set, if one raises."""
    cdef bint raised
    if not gate_enter():
        return False  # they can wait
    with gil:
        raised = PyErr_CheckSignals() != 0
    gate_leave()
    return raised


cdef int _raise(const Decode* state) except -1:
    if state.failure == INTERRUPTED:
        return -1  # the handler's exception is set
    if state.failure == MALFORMED:
        raise MalformedBlockError(
            state.bad_index, state.bad_field.decode(), state.reason.decode())
    if state.failure == TOO_LARGE:
        raise OverflowError("a column would hold more than 2 GiB of text: decode fewer events")
    raise MemoryError


def decode(block, **options):
    """Decode one block; `options` are those of `Decoder`.

    For many blocks keep a `Decoder`: it converts each path and SID once.
    """
    return Decoder(**options).decode(block)
