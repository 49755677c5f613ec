"""What survives a fork, and how; must not know what the locks protect.

A child has the thread that forked, and the memory as it was at that moment. A lock that another
thread held would stay locked for ever, with what it protects half changed. So the thread that
forks first takes every lock that has a guard: it waits for what is being done, a decode say. Other
threads take them one at a time, or in the order in which they got their guards, and do not wait for
the GIL meanwhile, so that this ends; who must, a decode that looks for signals, passes a gate. In
the child they are made anew, since one cannot be sure of a lock, and even less of a condition, that
threads waited for that are not there.
"""

import os
import threading
import time
import weakref

from libc.stdint cimport int32_t, uint64_t

from wfpfast._base.memory cimport pool_lock
from wfpfast._base.portable cimport wf_atomic_add, wf_lock_spin, wf_unlock_spin
from wfpfast._base.threads cimport (
    wf_at_fork, wf_lock, wf_lock_init, wf_signal_init, wf_thread_id, wf_unlock)

cdef enum:
    FORK = 1 << 16          # in `gate`; what is below is threads with a lock that wait for the GIL
    GATE_MASK = FORK - 1

cdef int32_t gate = 0
cdef uint64_t inside = 0    # the thread that has passed the gate: only the main one ever does
cdef uint64_t forking = 0   # the thread that holds all locks

cdef Guard* first = NULL
cdef Guard* last = NULL
cdef wf_lock_t guards_lock
wf_lock_init(&guards_lock)


cdef void guard_begin(Guard* guard) noexcept nogil:
    """Hold the lock during forks from now on; the lock, and the signal if any, are initialized."""
    global first, last
    wf_lock(&guards_lock)
    guard.next = NULL
    guard.previous = last
    if last == NULL:
        first = guard
    else:
        last.next = guard
    last = guard
    wf_unlock(&guards_lock)


cdef void guard_end(Guard* guard) noexcept nogil:
    """Forget a lock, which is about to be destroyed."""
    global first, last
    wf_lock(&guards_lock)
    if guard.previous == NULL:
        first = guard.next
    else:
        guard.previous.next = guard.next
    if guard.next == NULL:
        last = guard.previous
    else:
        guard.next.previous = guard.previous
    wf_unlock(&guards_lock)


cdef bint gate_enter() noexcept nogil:
    """Before a thread with a lock waits for the GIL; False: it must not, somebody forks."""
    global inside
    if wf_atomic_add(&gate, 1) >= FORK:
        wf_atomic_add(&gate, -1)
        return False
    inside = wf_thread_id()
    return True


cdef void gate_leave() noexcept nogil:
    global inside
    inside = 0
    wf_atomic_add(&gate, -1)


cdef void before_fork() noexcept nogil:
    cdef Guard* guard
    global forking
    if wf_atomic_add(&gate, 0) < FORK:
        return  # not a fork of Python's, and so no child that goes on with Python
    wf_lock(&guards_lock)
    forking = wf_thread_id()
    guard = first
    while guard != NULL:
        wf_lock(guard.lock)
        guard = guard.next
    wf_lock_spin(&pool_lock)  # which is taken while others are held, a decoder's say


cdef void in_parent() noexcept nogil:
    cdef Guard* guard = first
    global forking
    if forking != wf_thread_id():
        return
    forking = 0
    wf_unlock_spin(&pool_lock)
    while guard != NULL:
        wf_unlock(guard.lock)
        guard = guard.next
    wf_unlock(&guards_lock)


cdef void in_child() noexcept nogil:
    cdef Guard* guard = first
    global forking
    if forking != wf_thread_id():
        return
    forking = 0
    wf_unlock_spin(&pool_lock)
    while guard != NULL:
        wf_lock_init(guard.lock)
        if guard.signal != NULL:
            wf_signal_init(guard.signal)
        if guard.in_child != NULL:
            guard.in_child(guard.owner)
        guard = guard.next
    wf_lock_init(&guards_lock)


if wf_at_fork(before_fork, in_parent, in_child):
    raise MemoryError

# Locks of Python are not waited for: a thread that holds one may need the GIL to give it back. What
# these protect is a few words, which are whole at every moment.
_locks = weakref.WeakSet()


def fork_lock():
    """Return a lock that is free in a child, whoever holds it."""
    lock = threading.Lock()
    _locks.add(lock)
    return lock


def _before_fork():
    """Let no thread with a lock wait for the GIL, which this one has when it takes the locks."""
    if inside == wf_thread_id():
        return  # a handler of a signal forks: the child goes on with the decode that it interrupts
    wf_atomic_add(&gate, FORK)
    while wf_atomic_add(&gate, 0) & GATE_MASK:
        time.sleep(0.0001)


def _in_parent():
    if inside != wf_thread_id():
        wf_atomic_add(&gate, -FORK)


def _in_child():
    global gate
    if inside != wf_thread_id():
        gate = 0
    for lock in list(_locks):
        lock._at_fork_reinit()  # as threading and logging do with theirs


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child)
