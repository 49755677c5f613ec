"""Says whose a SID is; must not know where SIDs come from."""

from wfpfast import names


def sid(text: str) -> str | None:
    """Return who a well-known SID is, or of which kind it is; None if it is not well known.

    >>> sid("S-1-5-18")
    'LocalSystem: Windows itself and many of its services'
    >>> sid("S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052")
    'The service MpsSvc: Windows Defender Firewall'
    """
    from wfpfast._tables.texts import RIDS, SERVICES, SID_PREFIXES, SIDS

    if text in SIDS:
        return SIDS[text]
    service = names.service_of(text)
    if service is not None:
        title = SERVICES.get(service)
        return f"The service {service}" + (f": {title}" if title else "")
    if text.startswith("S-1-5-21-") and text.count("-") == 7:
        rid = RIDS.get(int(text.rpartition("-")[2] or 0)) if text[-1].isdigit() else None
        if rid:
            return f"{rid} of a machine or domain"
    return next((kind for prefix, kind in SID_PREFIXES.items() if text.startswith(prefix)), None)
