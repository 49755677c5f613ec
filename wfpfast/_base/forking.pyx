"""What survives a fork, and how; must not know what the locks protect.

A child has the thread that forked, and the memory as it was at that moment. A lock that another
thread held would stay locked for ever, with what it protects half changed. So the thread that
forks first takes every lock that has a guard: it waits for what is being done, a decode say. Other
threads take them one at a time, or in the order in which they got their guards, and never wait for
the GIL meanwhile, so that this ends. In the child they are made anew, since one cannot be sure of
a lock, and even less of a condition, that threads waited for that are not there.
"""

import os
import threading
import weakref

from wfpfast._base.memory cimport pool_lock
from wfpfast._base.portable cimport wf_lock_spin, wf_unlock_spin
from wfpfast._base.threads cimport (
    wf_at_fork, wf_lock, wf_lock_init, wf_signal_init, wf_unlock)

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


cdef void before_fork() noexcept nogil:
    cdef Guard* guard
    wf_lock(&guards_lock)
    guard = first
    while guard != NULL:
        wf_lock(guard.lock)
        guard = guard.next
    wf_lock_spin(&pool_lock)  # which is taken while others are held, a decoder's say


cdef void in_parent() noexcept nogil:
    cdef Guard* guard = first
    wf_unlock_spin(&pool_lock)
    while guard != NULL:
        wf_unlock(guard.lock)
        guard = guard.next
    wf_unlock(&guards_lock)


cdef void in_child() noexcept nogil:
    cdef Guard* guard = first
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


def _free_in_child():
    for lock in list(_locks):
        lock._at_fork_reinit()  # as threading and logging do with theirs


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_in_child)
