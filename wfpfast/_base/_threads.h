/* Locks, waiting, threads and the clock, with one meaning on Windows and elsewhere; knows no struct. */
#ifndef WFPFAST_THREADS_H
#define WFPFAST_THREADS_H

#include "_filetime.h"
#include <stdint.h>
#include <stdlib.h>

struct wf_task {
    void (*run)(void *argument);
    void *argument;
};

#if defined(_WIN32)
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

typedef SRWLOCK wf_lock_t;
typedef CONDITION_VARIABLE wf_signal_t;
typedef HANDLE wf_thread_t;

static inline void wf_lock_init(wf_lock_t *lock) { InitializeSRWLock(lock); }
static inline void wf_lock_destroy(wf_lock_t *lock) { (void)lock; }
static inline void wf_lock(wf_lock_t *lock) { AcquireSRWLockExclusive(lock); }
static inline int wf_try_lock(wf_lock_t *lock) { return TryAcquireSRWLockExclusive(lock) != 0; }
static inline void wf_unlock(wf_lock_t *lock) { ReleaseSRWLockExclusive(lock); }
static inline void wf_signal_init(wf_signal_t *signal) { InitializeConditionVariable(signal); }
static inline void wf_signal_destroy(wf_signal_t *signal) { (void)signal; }
static inline void wf_signal_all(wf_signal_t *signal) { WakeAllConditionVariable(signal); }

/* Wait until signalled or for about `ms` milliseconds; may return early. */
static inline void wf_wait(wf_signal_t *signal, wf_lock_t *lock, uint32_t ms)
{
    SleepConditionVariableSRW(signal, lock, ms, 0);
}

static inline int64_t wf_clock_ns(void)
{
    LARGE_INTEGER now, rate;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&rate);
    return now.QuadPart / rate.QuadPart * 1000000000
        + now.QuadPart % rate.QuadPart * 1000000000 / rate.QuadPart;
}

/* The wall clock as a FILETIME: 100 ns since 1601. */
static inline uint64_t wf_filetime(void)
{
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    return (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
}

static inline uint64_t wf_thread_id(void) { return GetCurrentThreadId(); }

/* Windows has no fork. */
static inline int wf_at_fork(void (*before)(void), void (*in_parent)(void), void (*in_child)(void))
{
    (void)before, (void)in_parent, (void)in_child;
    return 0;
}

static inline DWORD WINAPI wf_run(void *given)
{
    struct wf_task task = *(struct wf_task *)given;
    free(given);
    task.run(task.argument);
    return 0;
}

static inline int wf_start(wf_thread_t *thread, struct wf_task *task)
{
    *thread = CreateThread(NULL, 0, wf_run, task, 0, NULL);
    return *thread == NULL ? -1 : 0;
}

static inline void wf_thread_join(wf_thread_t thread)
{
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

#else
#include <pthread.h>
#include <time.h>

typedef pthread_mutex_t wf_lock_t;
typedef pthread_cond_t wf_signal_t;
typedef pthread_t wf_thread_t;

static inline void wf_lock_init(wf_lock_t *lock) { pthread_mutex_init(lock, NULL); }
static inline void wf_lock_destroy(wf_lock_t *lock) { pthread_mutex_destroy(lock); }
static inline void wf_lock(wf_lock_t *lock) { pthread_mutex_lock(lock); }
static inline int wf_try_lock(wf_lock_t *lock) { return pthread_mutex_trylock(lock) == 0; }
static inline void wf_unlock(wf_lock_t *lock) { pthread_mutex_unlock(lock); }
static inline void wf_signal_init(wf_signal_t *signal)
{
    pthread_condattr_t how;
    pthread_condattr_init(&how);
#if !defined(__APPLE__)
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC); /* the wall clock may be set back */
#endif
    pthread_cond_init(signal, &how);
    pthread_condattr_destroy(&how);
}

static inline void wf_signal_destroy(wf_signal_t *signal) { pthread_cond_destroy(signal); }
static inline void wf_signal_all(wf_signal_t *signal) { pthread_cond_broadcast(signal); }

/* Wait until signalled or for about `ms` milliseconds; may return early. */
static inline void wf_wait(wf_signal_t *signal, wf_lock_t *lock, uint32_t ms)
{
    struct timespec span = {ms / 1000, (long)(ms % 1000) * 1000000};
#if defined(__APPLE__)
    pthread_cond_timedwait_relative_np(signal, lock, &span);
#else
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += span.tv_nsec;
    until.tv_sec += span.tv_sec + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(signal, lock, &until);
#endif
}

static inline int64_t wf_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The wall clock as a FILETIME: 100 ns since 1601. */
static inline uint64_t wf_filetime(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return FILETIME_UNIX_EPOCH + (uint64_t)now.tv_sec * 10000000u + (uint64_t)now.tv_nsec / 100;
}

static inline uint64_t wf_thread_id(void) { return (uint64_t)(uintptr_t)pthread_self(); }

/* Have functions called at every fork; not 0 if there is no memory. */
static inline int wf_at_fork(void (*before)(void), void (*in_parent)(void), void (*in_child)(void))
{
    return pthread_atfork(before, in_parent, in_child);
}

static inline void *wf_run(void *given)
{
    struct wf_task task = *(struct wf_task *)given;
    free(given);
    task.run(task.argument);
    return NULL;
}

static inline int wf_start(wf_thread_t *thread, struct wf_task *task)
{
    return pthread_create(thread, NULL, wf_run, task) ? -1 : 0;
}

static inline void wf_thread_join(wf_thread_t thread) { pthread_join(thread, NULL); }
#endif

/* Start a thread; -1 if there is no memory or the system refuses. */
static inline int wf_thread_start(wf_thread_t *thread, void (*run)(void *), void *argument)
{
    struct wf_task *task = malloc(sizeof *task);
    if (task == NULL)
        return -1;
    task->run = run;
    task->argument = argument;
    if (wf_start(thread, task) == 0)
        return 0;
    free(task);
    return -1;
}

#endif
