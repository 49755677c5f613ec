"""Every error code with its SDK name, its meaning and a remedy; must not know where codes occur.

The families share one space of unsigned 32-bit numbers without a collision (a test holds it so).
Only the codes of RAS are apart: some of their numbers mean something else as Win32 codes.
"""

from wfpfast._tables import (
    fwp_errors,
    ipsec_errors,
    nt_errors,
    ras_errors,
    remedies,
    security_errors,
    web_errors,
    win32_errors,
)

ERRORS: dict[int, tuple[str, str]] = {
    **win32_errors.SYSTEM,
    **win32_errors.RPC,
    **win32_errors.WINSOCK,
    **win32_errors.COM,
    **web_errors.DNS,
    **web_errors.HTTP,
    **nt_errors.NT,
    **security_errors.SSPI,
    **security_errors.KEYS,
    **security_errors.CERTIFICATES,
    **{fwp_errors.FWP_E_BASE + n: ("FWP_E_" + s, m) for n, (s, m) in fwp_errors.BOTH.items()},
    **{
        fwp_errors.STATUS_FWP_BASE + n: ("STATUS_FWP_" + s, m)
        for n, (s, m) in (fwp_errors.BOTH | fwp_errors.STATUS_ONLY).items()
    },
    **{n: ("ERROR_IPSEC_" + s, m) for n, (s, m) in ipsec_errors.WIN32.items()},
    **{
        n: ("STATUS_IPSEC_" + ipsec_errors.WIN32[twin][0], ipsec_errors.WIN32[twin][1])
        for n, twin in ipsec_errors.STATUS.items()
    },
    ipsec_errors.QUEUE_OVERFLOW[0]: (
        "STATUS_IPSEC_" + ipsec_errors.QUEUE_OVERFLOW[1],
        ipsec_errors.QUEUE_OVERFLOW[2],
    ),
}

_ALL = {code: text for codes, text in remedies.GROUPS.values() for code in codes}
# STATUS_FWP_x and STATUS_IPSEC_x are mended as the codes of which they are twins.
_TWINS = {
    **{fwp_errors.STATUS_FWP_BASE + n: fwp_errors.FWP_E_BASE + n for n in fwp_errors.BOTH},
    **ipsec_errors.STATUS,
}
REMEDIES: dict[int, str] = {
    code: _ALL[_TWINS.get(code, code)] for code in ERRORS if _TWINS.get(code, code) in _ALL
}
RAS_REMEDIES: dict[int, str] = {code: _ALL[code] for code in ras_errors.RAS if code in _ALL}


def twin(number: int) -> tuple[str, int] | None:
    """Return how an unsigned number wraps a known code, and that code; None if it does not.

    >>> twin(0x80070005)
    ('HRESULT_FROM_WIN32', 5)
    """
    facility, code = number & 0xFFFF_0000, number & 0xFFFF
    if facility == 0x8007_0000 and code in ERRORS:
        return "HRESULT_FROM_WIN32", code
    if facility == 0xC007_0000 and code in ERRORS:
        return "NTSTATUS_FROM_WIN32", code
    if number >> 28 == 0xD and number ^ 0x1000_0000 in ERRORS:
        return "HRESULT_FROM_NT", number ^ 0x1000_0000
    return None
