/* How Windows finds fwpuclnt.dll and the size of its results; knows no struct. */
#ifndef WFPFAST_WIN32_H
#define WFPFAST_WIN32_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <stdint.h>
#include <windows.h>
#ifndef LOAD_LIBRARY_SEARCH_SYSTEM32
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x800
#endif

static HMODULE wf_load(void)
{
    return LoadLibraryExW(L"fwpuclnt.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
}

static void *wf_entry(void *dll, const char *name)
{
    return (void *)(uintptr_t)GetProcAddress((HMODULE)dll, name);
}

/* The DLL allocates its results in the process heap; should that change, the committed
   memory that the result lies in bounds it. */
static uint64_t wf_block_size(const void *block)
{
    MEMORY_BASIC_INFORMATION region;
    HANDLE heap = GetProcessHeap();
    if (HeapValidate(heap, 0, block)) {
        SIZE_T size = HeapSize(heap, 0, block);
        if (size != (SIZE_T)-1)
            return size;
    }
    if (VirtualQuery(block, &region, sizeof region) == 0 || region.State != MEM_COMMIT)
        return 0;
    return (uint64_t)((const char *)region.BaseAddress + region.RegionSize
                      - (const char *)block);
}

#endif
