# The columns of audit records: those of events, and some more; must not know records.
from wfpfast._columns.columns cimport Spec
from wfpfast._decode.schema cimport N_EVENT_COLUMNS, N_SPECS as N_EVENT_SPECS

cdef enum:
    # Slots behind those of the events' columns, and of the same kind; see _decode/schema.pxd.
    HOST = N_EVENT_COLUMNS
    EVENT_ID_COLUMN
    RECORD_ID_COLUMN
    LAYER_KIND
    SOURCE_ADDRESS
    SOURCE_PORT
    DESTINATION_ADDRESS
    DESTINATION_PORT
    REMOTE_USER_SID
    REMOTE_MACHINE_SID
    FAILURE_REASON
    N_AUDIT_COLUMNS
    N_AUDIT_SPECS = N_AUDIT_COLUMNS + N_EVENT_SPECS - N_EVENT_COLUMNS


cdef const Spec* audit_specs(bint binary_addresses) noexcept nogil
