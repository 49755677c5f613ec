# The state of simulated filtering engines: handles, blocks, the log; must not know Python.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from wfpfast._base.forking cimport Guard
from wfpfast._base.threads cimport wf_lock_t, wf_signal_t
from wfpfast.abi.fwpmobjects cimport FWPM_ENGINE_OPTION_MAX
from wfpfast.abi.minwindef cimport DWORD, WCHAR
from wfpfast.engine._api cimport (
    HANDLE, N_ENUMS, N_OBJECT_CALLS, N_OBJECTS, N_SUBSCRIBES, Callback)
from wfpfast.simulator._log cimport Log, Snapshot
from wfpfast.simulator._match cimport Match
from wfpfast.simulator._units cimport Unit

cdef enum:
    NAME_LENGTH = 40
    MAX_FAULTS = 64
    NO_EVENTS = -1          # in place of a version or an object kind: see Handle and page()

# The functions, for faults and counts, in the order of FwpmApi, which _simulation.pyx checks at
# import. Those with versions or kinds take as many places.
cdef enum Function:
    OPEN = 0
    CLOSE = 1
    GET_OPTION = 2
    SET_OPTION = 3
    FREE = 4
    CREATE = 5
    ENUM = 6
    DESTROY = ENUM + N_ENUMS
    SUBSCRIBE = DESTROY + 1
    UNSUBSCRIBE = SUBSCRIBE + N_SUBSCRIBES
    SECURITY = UNSUBSCRIBE + 1
    OBJECTS = SECURITY + 1          # a kind's create, enum and destroy, then the next kind's
    N_FUNCTIONS = OBJECTS + N_OBJECT_CALLS * N_OBJECTS

cdef enum HandleKind:
    ENGINE = 0
    ENUMERATION = 1
    SUBSCRIPTION = 2
    N_HANDLE_KINDS = 3


cdef struct Fault:
    int function
    int64_t nth             # which call fails, counted from 1; 0: every call
    DWORD code


cdef struct Handle:
    Handle* next
    uint64_t serial         # what the caller has; never used again
    uint64_t engine         # the engine handle that it belongs to
    HandleKind kind
    int object              # the ObjectKind that an enumeration lists; NO_EVENTS: it lists events
    Match* match
    Snapshot snapshot       # what an enumeration has not handed out yet
    int version             # the version of the events that a subscription gets
    Callback callback
    void* context
    int running             # how many callbacks run now
    uint8_t* stale          # the memory in which the last event was delivered
    bint ended              # closed: no call accepts it, and it waits for running callbacks


cdef struct Calling:
    # A running callback. The struct lies on the stack of the thread that runs it.
    Calling* next
    Handle* handle
    uint64_t thread


cdef struct Live:
    # A block that has been handed out. This record is allocated apart from it, because on Windows
    # a block's size is found from its heap allocation, which must begin with the block itself.
    Live* next
    uint8_t* memory
    uint64_t size


cdef struct Sim:
    Sim* next
    WCHAR[NAME_LENGTH] name
    wf_lock_t lock
    wf_signal_t signal
    Guard guard
    bint alone              # in a child: the threads that make events are not there
    bint stopped            # every call fails from now on
    Log log                 # a new event that has no room replaces the oldest ones
    int64_t max_bytes       # the size that the log may have
    Log objects[N_OBJECTS]
    uint32_t options[FWPM_ENGINE_OPTION_MAX]
    Handle* handles
    uint64_t serial         # of the last handle
    Calling* callings
    Live* blocks
    Fault[MAX_FAULTS] faults
    int n_faults
    int64_t calls[N_FUNCTIONS]
    int64_t live[N_HANDLE_KINDS]
    int64_t live_blocks
    int64_t bad_frees
    int64_t bad_handles
    int64_t deadlocks       # how often a callback tried to unsubscribe or to close
    int64_t logged
    int64_t no_memory       # events that were lost because memory ran out
    uint64_t time           # the FILETIME of the last new event
    int64_t delivered
    int64_t delay_ns        # how long a call of FwpmNetEventEnumN takes


cdef Sim* sim_new(const WCHAR* name) noexcept nogil
cdef Sim* sim_named(const WCHAR* name) noexcept nogil
cdef void sim_free(Sim* sim) noexcept nogil
cdef void sim_stop(Sim* sim) noexcept nogil
cdef bint sim_wants(const Sim* sim, const Unit* unit) noexcept nogil
cdef void sim_missed(Sim* sim) noexcept nogil
cdef int sim_log(Sim* sim, Unit* unit, bint new) noexcept nogil
cdef DWORD counted(Sim* sim, int function) noexcept nogil
cdef DWORD begin(HANDLE engine, int function, Sim** sim) noexcept nogil
cdef Handle* handle_in(Sim* sim, uint64_t serial) noexcept nogil
cdef Handle* handle_new(Sim* sim, HandleKind kind, HANDLE engine) noexcept nogil
cdef void handle_end(Sim* sim, Handle* h) noexcept nogil
cdef Handle* owned(Sim* sim, HANDLE engine, HANDLE handle, HandleKind kind) noexcept nogil
cdef uint8_t* block_new(Sim* sim, uint64_t size) noexcept nogil
cdef void block_free(void** p) noexcept nogil
cdef uint64_t block_size(const void* memory) noexcept nogil
