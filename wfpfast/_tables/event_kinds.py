"""What each type of event is, one row a type; must not know how events are decoded or shown.

This is the only place that says whether a type is a drop. The numbers of types and keywords are
those of `enums`: a row that names an unknown one is an error at import, and so is a type without a
row.
"""

from typing import NamedTuple

from wfpfast._tables.enums import ENUMS, NET_EVENT_KEYWORDS

_TYPE, _KEYWORD = "FWPM_NET_EVENT_TYPE_", "FWPM_NET_EVENT_KEYWORD_"
DROP, ALLOW, FAIL, ARRIVED = "drop", "allow", "fail", "arrived"


class EventKind(NamedTuple):
    """One type of event.

    Attributes
    ----------
    name : str
        As in the column ``event_type``.
    number : int
        Its FWPM_NET_EVENT_TYPE.
    arm : str
        The member of the SDK's union that points to the payload; netsh's element, too.
    verdict : str
        What became of the packet, connection or negotiation, in one word: `DROP`, `ALLOW`, `FAIL`
        or `ARRIVED`.
    keyword : str or None
        The FWPM_NET_EVENT_KEYWORD, without its prefix, with which alone Windows collects such
        events; None if it always does.
    keyword_bit : int
        The same as a bit of the engine's option; 0 for None.
    text : str
        What happened, for people.
    """

    name: str
    number: int
    arm: str
    verdict: str
    keyword: str | None
    keyword_bit: int
    text: str

    @property
    def is_drop(self) -> bool:
        """Whether something was dropped or refused."""
        return self.verdict == DROP


def _kind(name: str, arm: str, verdict: str, keyword: str | None, text: str) -> EventKind:
    bit = 0 if keyword is None else NET_EVENT_KEYWORDS[_KEYWORD + keyword]
    number = ENUMS["FWPM_NET_EVENT_TYPE"][_TYPE + name]
    return EventKind(name, number, arm, verdict, keyword, bit, text)


_ROWS = (
    _kind("IKEEXT_MM_FAILURE", "ikeMmFailure", FAIL, None,
          "IKE or AuthIP could not set up main mode"),
    _kind("IKEEXT_QM_FAILURE", "ikeQmFailure", FAIL, None,
          "IKE or AuthIP could not set up quick mode"),
    _kind("IKEEXT_EM_FAILURE", "ikeEmFailure", FAIL, None,
          "AuthIP could not set up extended mode"),
    _kind("CLASSIFY_DROP", "classifyDrop", DROP, None,
          "A filter blocked traffic"),
    _kind("IPSEC_KERNEL_DROP", "ipsecDrop", DROP, None,
          "The IPsec driver dropped a packet"),
    _kind("IPSEC_DOSP_DROP", "idpDrop", DROP, None,
          "IPsec flood protection dropped a packet"),
    _kind("CLASSIFY_ALLOW", "classifyAllow", ALLOW, "CLASSIFY_ALLOW",
          "A filter let traffic pass"),
    _kind("CAPABILITY_DROP", "capabilityDrop", DROP, "CAPABILITY_DROP",
          "An AppContainer lacked a capability"),
    _kind("CAPABILITY_ALLOW", "capabilityAllow", ALLOW, "CAPABILITY_ALLOW",
          "An AppContainer had the capability"),
    _kind("CLASSIFY_DROP_MAC", "classifyDropMac", DROP, None,
          "A filter blocked a link-layer frame"),
    _kind("LPM_PACKET_ARRIVAL", "lpmPacketArrival", ARRIVED, None,
          "A packet arrived while in low-power mode"),
)
# By name, in the order of the rows.
EVENT_KINDS: dict[str, EventKind] = {kind.name: kind for kind in _ROWS}


def _check() -> None:
    without = [name for name in ENUMS["FWPM_NET_EVENT_TYPE"]
               if name.removeprefix(_TYPE) not in EVENT_KINDS]
    if without:
        raise ValueError(f"types without a row in _tables/event_kinds.py: {', '.join(without)}")


_check()
