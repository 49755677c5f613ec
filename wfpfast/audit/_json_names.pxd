# The names of members that mean something; must not know where they stand.
from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef enum Role:
    # What a member is to a record, besides a field of its event; in the order of _json_names.pyx.
    NO_ROLE
    SOURCE_OF_HIT
    WINLOG
    EVENT_DATA
    RECEIVED                 # or when it was written: the time that beats have
    BEAT_PROVIDER
    BEAT_SOURCE
    BEAT_EVENT
    BEAT_RECORD
    BEAT_NUMBER
    BEAT_COMPUTER
    NXLOG_SOURCE
    EVENT                    # of NXLog, and of Sentinel
    NXLOG_CREATED
    NXLOG_TIME
    NXLOG_RECORD
    NXLOG_HOST
    THREAD
    PROCESS                  # of the event, or of what wrote the log
    PROCESS_OF_EVENT
    SENTINEL_DATA
    SENTINEL_SOURCE
    SENTINEL_PROVIDER
    SENTINEL_TIME
    SENTINEL_PORTAL_TIME
    SENTINEL_RECORD_ID
    SENTINEL_RECORD
    SENTINEL_COMPUTER
    POWERSHELL_MACHINE
    POWERSHELL_EVENT
    N_ROLES

cdef enum:
    KNOWN_WORDS = 4          # bits for all known names


cdef struct Known:
    const char* text         # NULL: the slot is free
    uint32_t size
    int number               # from 0 on
    int role
    int target               # of the event's field, or -1
    bint of_collector        # NXLog has it beside the fields
    bint without_column      # a field that becomes no column


cdef const Known* known_name(const uint8_t* text, uint32_t size) noexcept nogil
cdef uint64_t name_hash(const uint8_t* text, uint32_t size) noexcept nogil
