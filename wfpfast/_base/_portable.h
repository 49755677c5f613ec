/* The few operations that standard C lacks, with one meaning on every compiler; knows no struct. */
#ifndef WFPFAST_PORTABLE_H
#define WFPFAST_PORTABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "wfpfast reads little-endian memory as it is and needs a little-endian machine"
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#define wf_prefetch(address) _mm_prefetch((const char *)(address), 3)
#define wf_prefetch_write(address) wf_prefetch(address)
static inline int wf_trailing_zeros(uint32_t x) /* of x != 0 */
{
    unsigned long position;
    _BitScanForward(&position, x);
    return (int)position;
}
static inline int32_t wf_atomic_add(int32_t *value, int32_t delta)
{
    return (int32_t)_InterlockedExchangeAdd((volatile long *)value, delta) + delta;
}
static inline int wf_try_spin(int32_t *lock)
{
    return _InterlockedExchange((volatile long *)lock, 1) == 0;
}
static inline void wf_unlock_spin(int32_t *lock)
{
    _InterlockedExchange((volatile long *)lock, 0);
}
#else
#define wf_prefetch(address) __builtin_prefetch((const void *)(address))
#if defined(__x86_64__) /* the builtin emits this only with -mprfchw; a CPU without it ignores it */
#define wf_prefetch_write(address) __asm__ volatile("prefetchw %0" : : "m"(*(const char *)(address)))
#else
#define wf_prefetch_write(address) __builtin_prefetch((const void *)(address), 1)
#endif
#define wf_trailing_zeros(x) __builtin_ctz(x) /* of x != 0 */
static inline int32_t wf_atomic_add(int32_t *value, int32_t delta)
{
    return __atomic_add_fetch(value, delta, __ATOMIC_ACQ_REL);
}
static inline int wf_try_spin(int32_t *lock)
{
    return __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) == 0;
}
static inline void wf_unlock_spin(int32_t *lock)
{
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}
#endif

/* Hints for the compiler about a branch or a condition. */
#if defined(__GNUC__)
#define wf_likely(x) __builtin_expect(!!(x), 1)
#define wf_assume(x) do { if (!(x)) __builtin_unreachable(); } while (0)
#elif defined(_MSC_VER)
#define wf_likely(x) (x)
#define wf_assume(x) __assume(x)
#else
#define wf_likely(x) (x)
#define wf_assume(x) ((void)0)
#endif

/* Memory that somebody may change meanwhile is read once: what was checked is then what is used. A
   compiler may read plain memory twice where the source reads it once. */
static inline uint8_t wf_once_8(const uint8_t *place) { return *(const volatile uint8_t *)place; }
static inline uint32_t wf_once_32(const uint32_t *place)
{
    return *(const volatile uint32_t *)place;
}
static inline uint64_t wf_once_64(const uint64_t *place)
{
    return *(const volatile uint64_t *)place;
}
static inline const void *wf_once_pointer(const void *place)
{
    return *(const void *const volatile *)place;
}

/* A spin lock, to be held for a few instructions only; zero is its initial state. */
static inline void wf_lock_spin(int32_t *lock)
{
    while (!wf_try_spin(lock))
        ;
}

/* Each page of fresh memory costs a fault: ask for large pages where the system has them. */
#if defined(__linux__)
#include <sys/mman.h>
static inline void wf_advise_large(void *start, size_t size)
{
    uintptr_t first = ((uintptr_t)start + 4095) & ~(uintptr_t)4095;
    uintptr_t end = ((uintptr_t)start + size) & ~(uintptr_t)4095;
    if (end > first)
        (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
}
/* As malloc(), for what is read all over: a large table begins with a large page. */
static inline void *wf_table_new(size_t size)
{
    const size_t large = (size_t)1 << 21;
    void *table;
    if (size < large)
        return malloc(size);
    if (posix_memalign(&table, large, size))
        return NULL;
    wf_advise_large(table, size);
    return table;
}
#else
static inline void wf_advise_large(void *start, size_t size) { (void)start; (void)size; }
#define wf_table_new malloc
#endif

/* Multiplies to 128 bits and folds the halves: the mixing step of the hash. */
static inline uint64_t wf_fold(uint64_t a, uint64_t b)
{
#if defined(__SIZEOF_INT128__)
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#elif defined(_MSC_VER) && defined(_M_X64)
    uint64_t high, low = _umul128(a, b, &high);
    return low ^ high;
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t mid = ah * bl + ((al * bl) >> 32), mid2 = al * bh + (uint32_t)mid;
    return (a * b) ^ (ah * bh + (mid >> 32) + (mid2 >> 32));
#endif
}

/* Without -mpopcnt the compiler's builtin looks up a table; these are a dozen plain operations. */
static inline int wf_popcount(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int)((x * 0x0101010101010101u) >> 56);
}

/* A column's bit in the first word of a set of columns. The argument is a constant; a column of
   another word does not compile, since the shift would silently give another column's bit. */
#define wf_low_bit(column) ((uint64_t)sizeof(char[(column) < 64 ? 1 : -1]) << (column))

/* The number of the lowest bit set in a word that is not 0. */
static inline int wf_lowest_bit(uint64_t x)
{
#if defined(__GNUC__)
    return __builtin_ctzll(x);
#else
    return wf_popcount((x & (0 - x)) - 1);
#endif
}

#endif
