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

#define WF_MOST_HEAPS 64

static uint64_t wf_size_in(HANDLE heap, const void *block)
{
    SIZE_T size;
    if (!HeapValidate(heap, 0, block))
        return 0;
    size = HeapSize(heap, 0, block);
    return size == (SIZE_T)-1 ? 0 : size;
}

/* The DLL allocates its results in the process heap. Should that change: another heap, or an
   allocation of its own. The size of the memory around it would be no answer: what lies behind a
   block is another's, who may give it back while we read. */
static uint64_t wf_block_size(const void *block)
{
    MEMORY_BASIC_INFORMATION region;
    HANDLE heaps[WF_MOST_HEAPS];
    DWORD count, k;
    uint64_t size = wf_size_in(GetProcessHeap(), block);
    count = size ? 0 : GetProcessHeaps(WF_MOST_HEAPS, heaps);
    for (k = 0; k < count && k < WF_MOST_HEAPS && size == 0; k++)
        size = wf_size_in(heaps[k], block);
    if (size == 0 && VirtualQuery(block, &region, sizeof region) != 0
        && region.State == MEM_COMMIT && region.AllocationBase == block)
        size = region.RegionSize;
    return size;
}

#endif
