"""Says what the audits of the Security log mean; must not know files."""


def audit(number: int | None) -> str | None:
    """Return what an event of the Security log says, in a sentence; None if it is not known.

    >>> audit(5157)
    'A connection was blocked'
    """
    from wfpfast._tables.audits import EVENTS

    return None if number is None else EVENTS.get(number)
