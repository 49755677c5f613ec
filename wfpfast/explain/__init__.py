"""Says in lines for people what a number, a name, a SID or an event means; must not know files."""

from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast.explain._audits import audit
from wfpfast.explain._event import event
from wfpfast.explain._numbers import KINDS, explain_number, is_known, number_of
from wfpfast.explain._sids import sid
from wfpfast.explain._words import explain_word, filter_origin

__all__ = ["EVENT_KINDS", "audit", "event", "explain", "filter_origin", "is_answer", "sid"]


def explain(text: str) -> list[str]:
    """Return every meaning that a number, a name or a SID can have, one line each.

    Parameters
    ----------
    text
        A number, decimal or 0x-hexadecimal, with or without a sign; ``kind:number`` to ask for one
        kind only (error, ras, layer, type, direction, profile, protocol, audit, message, filter,
        flags, keywords, reauth); ``layer:number@build``; a name of the SDK, of netsh or of wfpfast;
        a value of filterOrigin; a GUID; a SID; the ``%%number`` of an audit.

    Returns
    -------
    list of str
        Lines that begin with the kind of meaning; what to do about it follows, indented. Where
        nothing is known the line begins with "unknown"; see `is_answer`.

    Raises
    ------
    ValueError
        If the text is nothing of all this, or a number does not fit 32 bits.

    Examples
    --------
    >>> for line in explain("0x8032000E"):
    ...     print(line)
    error: FWP_E_TXN_IN_PROGRESS (0x8032000e): Not allowed inside an explicit transaction
      what to do: Commit or abort the transaction before enumerating or subscribing.
    >>> explain("flags:0x101")
    ['event flags: IP_PROTOCOL_SET, IP_VERSION_SET (0x00000101)']
    """
    lines = _lines(text.strip())
    if not lines:
        raise ValueError(
            f"{text.strip()!r} is not understood: expected a number, a SID, a GUID, a name of the"
            " SDK, of netsh or of wfpfast (an error, a layer, a filter origin, a column, ...),"
            f" layer:number@build, or kind:number with a kind of {', '.join(KINDS)}")
    return lines


def _lines(text: str) -> list[str]:
    """Return what a text means; nothing if it is not understood."""
    if text.upper().startswith("S-1-"):
        found = text.upper()
        return [f"SID: {found}: {sid(found) or 'not a well-known SID'}"]
    kind, colon, rest = text.partition(":")
    if colon and kind.lower() in KINDS:
        return explain_number(rest, kind.lower())
    if text.startswith("%%"):
        return explain_number(text[2:], "message")
    return explain_word(text) if number_of(text) is None else explain_number(text)


def is_answer(lines: list[str]) -> bool:
    """Tell whether lines of `explain` say what the text means.

    >>> is_answer(explain("error:13919")), is_answer(explain("error:13801"))
    (False, True)
    """
    return any(is_known(line) for line in lines)
