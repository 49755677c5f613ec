/* For LD_PRELOAD: the C library's allocations, one of which fails if wfpfast's compiled code asks. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static long before = -1;    /* how many allocations succeed before the one that fails */
static long failures = 0;

/* Let the nth allocation from now on fail, counted from 0; none if negative. */
void fail_at(long n)
{
    __atomic_store_n(&failures, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&before, n, __ATOMIC_SEQ_CST);
}

/* Return how many have failed since: 0 or 1. */
long failed(void)
{
    return __atomic_load_n(&failures, __ATOMIC_SEQ_CST);
}

/* Tell whether a file is a compiled module of the package: a clone, which may be called wfpfast as
   well, may hold the environment with the libraries of others. */
static int is_ours(const char *name)
{
    const char *inside = NULL;
    for (const char *at = name; (at = strstr(at, "/wfpfast/")); at++)
        inside = at + strlen("/wfpfast/");
    return inside && *inside != '.' && !strstr(inside, "site-packages/");
}

static int fails(void *caller)
{
    Dl_info from;
    if (__atomic_load_n(&before, __ATOMIC_SEQ_CST) < 0)
        return 0;
    if (!dladdr(caller, &from) || !from.dli_fname || !is_ours(from.dli_fname))
        return 0;
    if (__atomic_fetch_sub(&before, 1, __ATOMIC_SEQ_CST) != 0)
        return 0;
    __atomic_add_fetch(&failures, 1, __ATOMIC_SEQ_CST);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}
