# What survives a fork, and how; must not know what the locks protect.
from wfpfast._base.threads cimport wf_lock_t, wf_signal_t


cdef struct Guard:
    # A lock that is held while the process forks, so that what it protects is whole in the child.
    Guard* next
    Guard* previous
    wf_lock_t* lock
    wf_signal_t* signal                             # or NULL
    void (*in_child)(void* owner) noexcept nogil    # forgets what other threads did; or NULL
    void* owner


cdef void guard_begin(Guard* guard) noexcept nogil
cdef void guard_end(Guard* guard) noexcept nogil
cdef bint gate_enter() noexcept nogil
cdef void gate_leave() noexcept nogil
