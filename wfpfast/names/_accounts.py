"""What an account is called, by its SID; must not know where SIDs come from."""

import functools
from collections.abc import Iterable


def account(sid: str) -> str | None:
    """Return the account behind a SID that means the same on every Windows.

    Parameters
    ----------
    sid
        The SID as text.

    Returns
    -------
    str or None
        Domain and name, as an English Windows shows them; None for a SID that only its own machine
        or domain can name, and for a service that wfpfast has not heard of.

    Examples
    --------
    >>> account("S-1-5-18")
    'NT AUTHORITY\\\\SYSTEM'
    >>> account("S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052")
    'NT SERVICE\\\\MpsSvc'
    >>> account("S-1-5-21-1-2-3-1001") is None
    True
    """
    from wfpfast._tables.accounts import ACCOUNTS

    if sid in ACCOUNTS:
        return ACCOUNTS[sid]
    service = service_of(sid)
    return None if service is None else f"NT SERVICE\\{service}"


def service_of(sid: str) -> str | None:
    """Return which service of Windows has a SID, one that begins with S-1-5-80.

    Examples
    --------
    >>> service_of("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")
    'TrustedInstaller'
    """
    return _services().get(sid) if sid.startswith("S-1-5-80-") else None


def service_sid(service: str) -> str:
    """Return the SID of a service: the SHA-1 of its name in capitals, as UTF-16.

    Examples
    --------
    >>> service_sid("trustedinstaller")
    'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'
    """
    import hashlib

    raw = service.upper().encode("utf-16-le", "surrogatepass")
    digest = hashlib.sha1(raw, usedforsecurity=False).digest()
    numbers = (int.from_bytes(digest[at:at + 4], "little") for at in range(0, 20, 4))
    return "S-1-5-80-" + "-".join(map(str, numbers))


@functools.cache
def _services() -> dict[str, str]:
    from wfpfast._tables.accounts import MORE_SERVICES
    from wfpfast._tables.texts import SERVICES

    services: Iterable[str] = (*SERVICES, *MORE_SERVICES.split())
    return {service_sid(service): service for service in services}
