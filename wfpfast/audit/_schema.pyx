"""Declares the columns of audit records: those of events, and some more; must not know records.

The events' columns have their slots and types, so that both kinds of batches can be joined.
"""

from wfpfast._columns.columns cimport CODES, FIXED, TEXT, new_spec
from wfpfast._decode.schema cimport event_specs

from wfpfast._decode.schema import COLUMN_SLOTS

cdef Spec[N_AUDIT_SPECS] text_specs      # addresses="text"
cdef Spec[N_AUDIT_SPECS] binary_specs    # addresses="binary"


cdef const Spec* audit_specs(bint binary_addresses) noexcept nogil:
    return &binary_specs[0] if binary_addresses else &text_specs[0]


cdef void declare(Spec* specs, bint binary) noexcept:
    cdef const Spec* events = event_specs(binary)
    cdef int more = <int>N_AUDIT_COLUMNS - <int>N_EVENT_COLUMNS
    cdef Spec* target
    cdef int slot
    for slot in range(N_EVENT_SPECS):  # children stand behind all columns
        target = specs + (slot if slot < <int>N_EVENT_COLUMNS else slot + more)
        target[0] = events[slot]
        if target.n_children:
            target.first_child += more
    specs[<int>HOST] = new_spec("host", "u", CODES, 4, 0, 0)
    specs[<int>EVENT_ID_COLUMN] = new_spec("event_id", "S", FIXED, 2, 0, 0)
    specs[<int>RECORD_ID_COLUMN] = new_spec("record_id", "L", FIXED, 8, 0, 0)
    specs[<int>LAYER_KIND] = new_spec("layer_kind", "u", CODES, 4, 0, 0)
    specs[<int>SOURCE_PORT] = new_spec("source_port", "S", FIXED, 2, 0, 0)
    specs[<int>DESTINATION_PORT] = new_spec("destination_port", "S", FIXED, 2, 0, 0)
    specs[<int>REMOTE_USER_SID] = new_spec("remote_user_sid", "u", CODES, 4, 0, 0)
    specs[<int>REMOTE_MACHINE_SID] = new_spec("remote_machine_sid", "u", CODES, 4, 0, 0)
    specs[<int>FAILURE_REASON] = new_spec("failure_reason", "u", CODES, 4, 0, 0)
    if binary:
        specs[<int>SOURCE_ADDRESS] = new_spec("source_address", "w:16", FIXED, 16, 0, 0)
        specs[<int>DESTINATION_ADDRESS] = new_spec("destination_address", "w:16", FIXED, 16, 0, 0)
    else:
        specs[<int>SOURCE_ADDRESS] = new_spec("source_address", "u", TEXT, 39, 0, 0)
        specs[<int>DESTINATION_ADDRESS] = new_spec("destination_address", "u", TEXT, 39, 0, 0)


declare(text_specs, False)
declare(binary_specs, True)

AUDIT_SLOTS = COLUMN_SLOTS | {
    text_specs[slot].name.decode(): slot for slot in range(N_EVENT_COLUMNS, N_AUDIT_COLUMNS)}
"""The slot of each column of audit records, in the order that users see."""
