"""Writes the questions of `summary` and `ike` in SQL that engines share; must not know engines.

What they do not share is left out: where nulls are sorted is said, a sum of ones would have another
type in each, no text has a backslash or a quote, and names are such that none needs quotes.
"""

from collections.abc import Sequence

from wfpfast._tables.event_kinds import ALLOW, DROP, EVENT_KINDS, FAIL
from wfpfast.names import ICMP

# What is counted of dropped and of allowed events, each by the columns that tell rows apart.
_DROPPED = {
    "applications": ("app_path",),
    "filters": ("filter_id",),
    "places": ("filter_id", "layer_id", "filter_origin"),
    "directions": ("direction",),
    "users": ("user_sid",),
    "origins": ("filter_origin",),
    "processes": ("app_path", "host", "process_id"),
    "hosts": ("host",),
    "remote_addresses": ("remote_address",),
    "remote_ports": ("ip_protocol", "remote_port", "icmp_type", "icmp_version"),
}
_ALLOWED = ("applications", "remote_addresses", "remote_ports", "hosts", "processes")
_FAILURE = ("event_type", "failure_error", "failure_status")
_PEER = (
    "host", "remote_address", "event_type", "mm_state", "qm_state", "em_state", "keying_module",
    "sa_role", "failure_point", "auth_method", "local_principal", "remote_principal",
    "failure_error", "failure_reason")
_WORDS = {DROP: "dropped", ALLOW: "allowed", FAIL: "failed"}
_SPAN = "MIN(timestamp_100ns) AS first_100ns, MAX(timestamp_100ns) AS last_100ns"


def _types(verdict: str) -> str:
    """Return the condition that events have a verdict."""
    names = ", ".join(f"'{each.name}'" for each in EVENT_KINDS.values() if each.verdict == verdict)
    return f"event_type IN ({names})"


def _icmp(column: str) -> str:
    """Return a column of ICMP messages only: Windows gives their type as the local port."""
    return f"CASE WHEN ip_protocol IN ({', '.join(map(str, ICMP))}) THEN {column} END"


_MADE = {"icmp_type": _icmp("local_port"), "icmp_version": _icmp("ip_version")}
_VERDICTS = ", ".join(
    f"COUNT(CASE WHEN {_types(verdict)} THEN 1 END) AS {word}" for verdict, word in _WORDS.items())


def _counted(keys: Sequence[str], *, where: str = "", more: str = "") -> str:
    """Return the question how many events there are of each combination, most events first."""
    shown = ", ".join(f"{_MADE[key]} AS {key}" if key in _MADE else key for key in keys)
    grouped = ", ".join(_MADE.get(key, key) for key in keys)
    order = ", ".join(f"{key} ASC NULLS LAST" for key in keys)
    return "\n".join(filter(None, (
        f"SELECT {shown}, COUNT(*) AS events{more and ', ' + more}",
        "FROM events",
        where and f"WHERE {where}",
        f"GROUP BY {grouped}",
        f"ORDER BY events DESC, {order}")))


def _questions() -> dict[str, str]:
    found = {
        "summary.events": f"SELECT COUNT(*) AS events, {_VERDICTS}, {_SPAN}\nFROM events",
        "summary.types": _counted(["event_type"]),
        "summary.audits": _counted(["event_id"]),
        "summary.hosts": _counted(["host"], more=_VERDICTS),
        "summary.failures": _counted(
            _FAILURE, where="failure_error IS NOT NULL OR failure_status IS NOT NULL"),
    }
    for verdict, names in ((DROP, tuple(_DROPPED)), (ALLOW, _ALLOWED)):
        for name in names:
            found[f"summary.{_WORDS[verdict]}.{name}"] = _counted(
                _DROPPED[name], where=_types(verdict))
    found["ike.peers"] = _counted(
        ["host", "remote_address"], where=_types(FAIL), more=_SPAN)
    found["ike.failures"] = _counted(_PEER, where=_types(FAIL), more=_SPAN)
    return found


QUESTIONS: dict[str, str] = _questions()
"""SQL by the name of a question, as ``summary.dropped.applications``."""
COLUMNS: tuple[str, ...] = tuple(sorted({
    "event_id", "ip_version", "local_port", "timestamp_100ns", *_FAILURE, *_PEER,
    *(key for keys in _DROPPED.values() for key in keys if key not in _MADE)}))
"""The columns that the questions need."""
