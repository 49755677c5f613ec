"""Says what a file is in which there is not what was looked for; must not know how it was read."""

import re
from collections.abc import Set

_LOGS = {"Events", "Event"}
_STATE = {
    "filters", "layers", "wfpstate", "firewallState", "initialState", "providers", "subLayers",
}
_EVENTS = {"netEvents", "events", "netEvent", "ikeEvents"}
_STATUS = re.compile(r"output\s*=\s*(\S[^\r\n]*)")
_FILTERS_HINT = (
    "holds filters or state, no events: give it with --filters, and the file of"
    " netsh wfp show netevents as the events")


def what_is_wrong(wanted: str, names: Set[str], outside: str) -> str | None:
    """Return why a file has no records; None if it has none because there were none.

    Parameters
    ----------
    wanted : str
        "event" or "filter".
    names : set of str
        Of the elements in the file, in order.
    outside : str
        The beginning of the text outside of elements.
    """
    lists = _EVENTS if wanted == "event" else _STATE
    if not lists.isdisjoint(names):
        return None
    if not _LOGS.isdisjoint(names):
        return ("events of a Windows event log, such as the audits 5152 and 5157 of the Security"
                " log, not netsh's XML")
    if wanted == "event" and not _STATE.isdisjoint(names):
        return _FILTERS_HINT
    if wanted == "filter" and not _EVENTS.isdisjoint(names):
        return "holds events, no filters: netsh wfp show state file=wfpstate.xml writes them"
    return _other(wanted, names, outside)


def _other(wanted: str, names: Set[str], outside: str) -> str:
    expected = "netEvents or wfpdiag" if wanted == "event" else "wfpdiag or wfpstate"
    if re.search(r"&lt;\s*(?:\?xml|netEvents|wfpdiag|item|/)", outside):
        return "HTML-escaped text: its &lt; and &gt; have to become < and > first"
    if status := _STATUS.search(outside):
        return f"this is what netsh says on the screen; the events are in the file {status[1]}"
    if names & {"wfpdiag", "wfpstate"}:
        return f"holds no list of {wanted}s"
    if names:
        return f"expected {expected}, found <{next(iter(names))}>"
    if not outside:
        return f"expected {expected}, found an empty file"
    return f"expected {expected}: this is not netsh's XML"
