# Single fields of an audit record into cells; must not know which event has which field.
from libc.stdint cimport int64_t, uint64_t

from wfpfast._evtx.records cimport Chunk, is_present
from wfpfast._evtx.values cimport Value
from wfpfast.audit._rows cimport Address, Rows
from wfpfast.audit._sides cimport Sides
from wfpfast.audit._values cimport says_nothing

cdef struct Taking:
    Rows* rows
    Chunk* chunk
    Sides* sides
    bint null_errors
    const char* bad_field    # the first field that could not be read, unless that is null
    # Statistics of the batch.
    int64_t malformed
    int64_t out_of_range
    int64_t unknown_names
    int64_t unknown_forms
    int64_t undecided


cdef void bad(Taking* t, int target) noexcept nogil
cdef void take_number(Taking* t, int target, int column) noexcept nogil
cdef void take_id(Taking* t, int target, int column) noexcept nogil
cdef void take_text(Taking* t, int target, int column) noexcept nogil
cdef void take_sid(Taking* t, int target, int column) noexcept nogil
cdef void take_layer_kind(Taking* t) noexcept nogil
cdef void take_enumerator(Taking* t, int target, int column) noexcept nogil
cdef void take_bool(Taking* t, int target, int column) noexcept nogil
cdef void take_profile(Taking* t, int target, int column) noexcept nogil
cdef void take_hash(Taking* t, int target, int column) noexcept nogil
cdef void take_mac(Taking* t, int target, int column) noexcept nogil
cdef void take_time(Taking* t) noexcept nogil
cdef int take_direction(Taking* t) noexcept nogil
cdef bint get_number(Taking* t, int target, uint64_t most, uint64_t* number) noexcept nogil
cdef bint get_address(Taking* t, int target, Address* address) noexcept nogil
cdef void take_subnet(Taking* t, int target, int mask, int column) noexcept nogil


cdef inline const Value* said(const Taking* t, int target) noexcept nogil:
    """Return the value of a field, or NULL if the record says nothing."""
    cdef const Value* value = t.chunk.values + target
    if not is_present(t.chunk, target) or says_nothing(value):
        return NULL
    return value
