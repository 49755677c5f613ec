# _threads.h for Cython: locks, waiting, threads and clocks; must not know what they are used for.
from libc.stdint cimport int64_t, uint32_t, uint64_t


cdef extern from "_threads.h" nogil:
    ctypedef struct wf_lock_t:
        pass
    ctypedef struct wf_signal_t:
        pass
    ctypedef struct wf_thread_t:
        pass
    void wf_lock_init(wf_lock_t* lock) noexcept
    void wf_lock_destroy(wf_lock_t* lock) noexcept
    void wf_lock(wf_lock_t* lock) noexcept
    int wf_try_lock(wf_lock_t* lock) noexcept
    void wf_unlock(wf_lock_t* lock) noexcept
    void wf_signal_init(wf_signal_t* signal) noexcept
    void wf_signal_destroy(wf_signal_t* signal) noexcept
    void wf_signal_all(wf_signal_t* signal) noexcept
    void wf_wait(wf_signal_t* signal, wf_lock_t* lock, uint32_t ms) noexcept
    int64_t wf_clock_ns() noexcept
    uint64_t wf_filetime() noexcept
    uint64_t wf_thread_id() noexcept
    int wf_at_fork(
        void (*before)() noexcept nogil, void (*in_parent)() noexcept nogil,
        void (*in_child)() noexcept nogil) noexcept
    int wf_thread_start(
        wf_thread_t* thread, void (*run)(void* argument) noexcept nogil, void* argument) noexcept
    void wf_thread_join(wf_thread_t thread) noexcept
