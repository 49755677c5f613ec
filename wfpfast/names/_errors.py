"""Names, meanings and remedies of error codes; must not know where the codes come from.

Tables load when a code is first asked for. On Windows, what they lack the system itself tells.
"""


def error(code: int) -> str:
    """Return the SDK name of an error code of Windows: Win32, NTSTATUS or HRESULT.

    Parameters
    ----------
    code
        The number, signed or unsigned: 32 bits. HRESULT-like codes and NTSTATUS share the
        numbers, but no two of the known ones collide.

    Returns
    -------
    str
        The name; for a Win32 code that an HRESULT or NTSTATUS wraps, the macro and the name; or
        ``UNKNOWN_0x`` and eight hexadecimal digits.

    Examples
    --------
    >>> error(0x80320013)
    'FWP_E_NET_EVENTS_DISABLED'
    >>> error(-1070202879)
    'STATUS_IPSEC_BAD_SPI'
    >>> error(0x80070005)
    'HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED)'
    >>> error(0xDEAD)
    'UNKNOWN_0x0000dead'
    """
    from wfpfast._tables.errors import ERRORS, twin

    number = unsigned(code)
    if number in ERRORS:
        return ERRORS[number][0]
    wrapped = twin(number)
    return f"{wrapped[0]}({error(wrapped[1])})" if wrapped else f"UNKNOWN_0x{number:08x}"


def error_meaning(code: int) -> str | None:
    """Say in one line what an error code means.

    Parameters
    ----------
    code
        As for `error`.

    Returns
    -------
    str or None
        For a code that wfpfast does not know, what Windows says on Windows, in its language; None
        if Windows does not know it either, and elsewhere.

    Examples
    --------
    >>> error_meaning(0x80320013)
    'Windows does not collect net events: the option is off'
    """
    from wfpfast._tables.errors import ERRORS

    number = _plain(code)
    return ERRORS[number][1] if number in ERRORS else _system_text(unsigned(code))


def error_remedy(code: int) -> str | None:
    """Say what to do about an error code.

    Parameters
    ----------
    code
        As for `error`.

    Returns
    -------
    str or None
        None where there is no common remedy, or the code is unknown.

    Examples
    --------
    >>> error_remedy(0x8032000E)
    'Commit or abort the transaction before enumerating or subscribing.'
    """
    from wfpfast._tables.errors import REMEDIES

    return REMEDIES.get(_plain(code))


def _plain(code: int) -> int:
    """Return the code that means the same and is in the tables, if there is one."""
    from wfpfast._tables.errors import ERRORS, twin

    number = unsigned(code)
    wrapped = None if number in ERRORS else twin(number)
    return number if wrapped is None else wrapped[1]


def _system_text(number: int) -> str | None:
    """Return what FormatMessage of Windows says; None if it says nothing, and elsewhere."""
    import ctypes

    describe = getattr(ctypes, "FormatError", None)  # only on Windows
    if describe is None:
        return None
    signed = number - 2**32 if number >= 2**31 else number
    text = " ".join(describe(signed).split())
    return None if text in ("", "<no description>") else text


def unsigned(n: int) -> int:
    """Return a number of 32 bits, which may be signed, without a sign."""
    if not -0x8000_0000 <= n <= 0xFFFF_FFFF:
        raise ValueError(f"{n} does not fit 32 bits")
    return n & 0xFFFF_FFFF
