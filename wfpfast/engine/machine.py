"""What only the Windows at hand can say: its drives and accounts; must not know events.

The calls are those that Microsoft documents for this purpose.
"""

import functools
import sys

_SYSTEM32_ONLY = 0x800      # LOAD_LIBRARY_SEARCH_SYSTEM32
_LONGEST_PATH = 32_768      # characters, of which no device name has more
_DEVICE = "\\Device\\"


def volumes() -> dict[str, str]:
    """Return the drive letters of this machine by volumes, ``{"HarddiskVolume3": "C:"}``.

    Elsewhere than on Windows there are none.
    """
    found: dict[str, str] = {}
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.WinDLL("kernel32.dll", winmode=_SYSTEM32_ONLY)
        bits = kernel.GetLogicalDrives()
        target = ctypes.create_unicode_buffer(_LONGEST_PATH)
        for number in range(26):
            drive = f"{chr(ord('A') + number)}:"
            if bits >> number & 1 and kernel.QueryDosDeviceW(drive, target, _LONGEST_PATH):
                device = target.value   # the first of several texts is the one that holds now
                if device.startswith(_DEVICE):
                    found.setdefault(device.removeprefix(_DEVICE), drive)
    return found


@functools.cache
def account(sid: str) -> str | None:
    """Return the account of a SID, as this machine and its domain know it; None if they do not.

    Elsewhere than on Windows, none is known.
    """
    if sys.platform != "win32" or not sid:  # of which Wine makes a SID
        return None
    import ctypes

    dll = ctypes.WinDLL("advapi32.dll", winmode=_SYSTEM32_ONLY)
    kernel = ctypes.WinDLL("kernel32.dll", winmode=_SYSTEM32_ONLY)
    raw = ctypes.c_void_p()
    if not dll.ConvertStringSidToSidW(ctypes.c_wchar_p(sid), ctypes.byref(raw)):
        return None
    try:
        name, domain = (ctypes.create_unicode_buffer(_LONGEST_PATH) for _ in range(2))
        sizes = [ctypes.c_uint32(_LONGEST_PATH) for _ in range(2)]
        use = ctypes.c_int()
        if not dll.LookupAccountSidW(
                None, raw, name, ctypes.byref(sizes[0]), domain, ctypes.byref(sizes[1]),
                ctypes.byref(use)):
            return None
    finally:
        kernel.LocalFree(raw)
    return "\\".join(part.value for part in (domain, name) if part.value)
