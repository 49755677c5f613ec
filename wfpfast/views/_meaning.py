"""What became of what, of an event's type and its audit; must not know columns or vocabularies."""

from typing import NamedTuple

from wfpfast._tables.event_kinds import ALLOW, ARRIVED, DROP, EVENT_KINDS, FAIL

__all__ = ["ALLOW", "ARRIVED", "BIND", "CONNECTION", "DROP", "FAIL", "FRAME", "LISTEN",
           "NEGOTIATION", "PACKET", "Meaning", "meaning"]

BIND, CONNECTION, FRAME, LISTEN, NEGOTIATION, PACKET = (
    "bind", "connection", "frame", "listen", "negotiation", "packet")
_OF_AUDITS = {
    5031: CONNECTION, 5146: FRAME, 5147: FRAME, 5150: FRAME, 5151: FRAME, 5152: PACKET,
    5153: PACKET, 5154: LISTEN, 5155: LISTEN, 5156: CONNECTION, 5157: CONNECTION, 5158: BIND,
    5159: BIND, 4963: PACKET}
_OF_TYPES = {
    "CLASSIFY_DROP_MAC": FRAME, "IPSEC_KERNEL_DROP": PACKET, "IPSEC_DOSP_DROP": PACKET,
    "LPM_PACKET_ARRIVAL": PACKET}


class Meaning(NamedTuple):
    """What the rows of one type and audit have in common.

    Attributes
    ----------
    event_type : str or None
        As in the column.
    audit : int or None
        The id of the audit that stands for such an event.
    logged : bool
        Whether it is a record of the Security log.
    verdict : str
        `DROP`, `ALLOW`, `FAIL`, `ARRIVED`, or nothing where that is not known.
    act : str
        What was decided about; nothing where that is not known.
    text : str or None
        What happened, for people.
    """

    event_type: str | None
    audit: int | None
    logged: bool
    verdict: str
    act: str
    text: str | None


def meaning(event_type: str | None, audit: int | None, logged: bool) -> Meaning:
    """Return what rows of a type and an audit have in common."""
    name = event_type or ""
    kind = EVENT_KINDS.get(name)
    verdict = kind.verdict if kind else ""
    if name.startswith("INTERNAL_IKEEXT_") and name.endswith("_FAILURE"):
        verdict = FAIL
    act = _OF_AUDITS.get(audit or 0) or _OF_TYPES.get(name) or ""
    if "IKEEXT_" in name:
        act = NEGOTIATION
    return Meaning(event_type, audit, logged, verdict, act, kind.text if kind else None)
