"""Says whose a SID is; must not know where SIDs come from."""


def sid(text: str) -> str | None:
    """Return who a well-known SID is, or of which kind it is; None if it is not well known.

    >>> sid("S-1-5-18")
    'LocalSystem: Windows itself and many of its services'
    >>> sid("S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052")
    'The service MpsSvc: Windows Defender Firewall'
    """
    from wfpfast._tables.texts import RIDS, SID_PREFIXES, SIDS

    if text in SIDS:
        return SIDS[text]
    if text.startswith("S-1-5-80-"):
        service = _service(text)
        if service:
            return service
    if text.startswith("S-1-5-21-") and text.count("-") == 7:
        rid = RIDS.get(int(text.rpartition("-")[2] or 0)) if text[-1].isdigit() else None
        if rid:
            return f"{rid} of a machine or domain"
    return next((kind for prefix, kind in SID_PREFIXES.items() if text.startswith(prefix)), None)


def _service(text: str) -> str | None:
    """Return which of the services of Windows has this SID.

    It is made of the SHA-1 of the service's name in capitals, as UTF-16: five 32-bit numbers.
    """
    import hashlib

    from wfpfast._tables.texts import SERVICES

    for name, title in SERVICES.items():
        hashed = hashlib.sha1(name.upper().encode("utf-16-le"), usedforsecurity=False).digest()
        numbers = [int.from_bytes(hashed[at:at + 4], "little") for at in range(0, 20, 4)]
        if text == "S-1-5-80-" + "-".join(map(str, numbers)):
            return f"The service {name}: {title}"
    return None
