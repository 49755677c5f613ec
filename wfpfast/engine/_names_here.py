"""What only the Windows at hand can say: device paths of files and SIDs of accounts.

It must not know templates. The calls are those that Microsoft documents for this purpose.
"""

import sys

# The accounts whose SIDs are the same everywhere (winnt.h), by their English names in one word.
_EVERYWHERE = {
    "SYSTEM": "S-1-5-18",
    "LOCALSYSTEM": "S-1-5-18",  # as the service manager calls it
    "LOCALSERVICE": "S-1-5-19",
    "NETWORKSERVICE": "S-1-5-20",
    "ANONYMOUSLOGON": "S-1-5-7",
}
_AUTHORITY = "NTAUTHORITY\\"
_SYSTEM32_ONLY = 0x800      # LOAD_LIBRARY_SEARCH_SYSTEM32


def well_known_sid(account: str) -> str | None:
    """Return the SID of an account that every Windows has, by its English name; None for others.

    >>> well_known_sid("nt authority\\\\system")
    'S-1-5-18'
    """
    return _EVERYWHERE.get(account.upper().replace(" ", "").removeprefix(_AUTHORITY))


def app_id(path: str) -> bytes:
    """Return the application id of a program's file, which must exist.

    Raises
    ------
    LookupError
        If this is no Windows, or it cannot find the file; the text says so.
    """
    if sys.platform != "win32":
        raise LookupError("which device a drive is, only its own Windows can say")
    import ctypes

    class Blob(ctypes.Structure):
        _fields_ = (("size", ctypes.c_uint32), ("data", ctypes.c_void_p))

    dll = ctypes.WinDLL("fwpuclnt.dll", winmode=_SYSTEM32_ONLY)
    found = ctypes.POINTER(Blob)()
    code = dll.FwpmGetAppIdFromFileName0(ctypes.c_wchar_p(path), ctypes.byref(found))
    if code:
        raise LookupError(ctypes.FormatError(code).strip())
    try:
        return ctypes.string_at(found.contents.data, found.contents.size)
    finally:
        dll.FwpmFreeMemory0(ctypes.byref(found))


def account_sid(account: str) -> bytes:
    """Return the SID of an account, as this machine and its domain know it.

    Raises
    ------
    LookupError
        If this is no Windows, or it knows no such account; the text says so.
    """
    if sys.platform != "win32":
        raise LookupError("who an account is, only its own Windows can say")
    import ctypes

    sid = ctypes.create_string_buffer(68)       # SECURITY_MAX_SID_SIZE
    domain = ctypes.create_unicode_buffer(256)
    size, length, use = ctypes.c_uint32(68), ctypes.c_uint32(256), ctypes.c_int()
    dll = ctypes.WinDLL("advapi32.dll", winmode=_SYSTEM32_ONLY, use_last_error=True)
    if not dll.LookupAccountNameW(
            None, ctypes.c_wchar_p(account), sid, ctypes.byref(size), domain,
            ctypes.byref(length), ctypes.byref(use)):
        raise LookupError(ctypes.FormatError(ctypes.get_last_error()).strip())
    return sid.raw[:8 + 4 * sid.raw[1]]
