/* The one function that Rust's programs want of a DLL that Wine 8 lacks; knows nothing else. */
#include <windows.h>

BOOLEAN WINAPI SystemFunction036(void *buffer, ULONG length); /* RtlGenRandom, of advapi32 */

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *data, SIZE_T length)
{
    const ULONG most = 1 << 20;
    for (ULONG part; length; data += part, length -= part) {
        part = length < most ? (ULONG)length : most;
        if (!SystemFunction036(data, part))
            return FALSE;
    }
    return TRUE;
}
