"""What the engine's events refer to by number: filters and their names; must not know events."""

from typing import Any

from wfpfast import names
from wfpfast._columns.table import Table
from wfpfast._filter_table import filter_table, origin
from wfpfast.engine._object_pages import read_objects
from wfpfast.engine._session import Session

_FILTERS, _SUBLAYERS, _PROVIDERS, _CALLOUTS, _CONTEXTS = 0, 2, 3, 4, 5
# FWP_ACTION_TYPE of fwptypes.h: the number, with FWP_ACTION_FLAG_TERMINATING or _CALLOUT in it.
_ACTIONS = {
    0x1001: "BLOCK",
    0x1002: "PERMIT",
    0x5003: "CALLOUT_TERMINATING",
    0x6004: "CALLOUT_INSPECTION",
    0x4005: "CALLOUT_UNKNOWN",
    0x2006: "CONTINUE",
    0x7: "NONE",
    0x8: "NONE_NO_MATCH",
}
# FWPM_FILTER_FLAG_* of fwpmtypes.h, from bit 0 on.
_FLAGS = (
    "PERSISTENT", "BOOTTIME", "HAS_PROVIDER_CONTEXT", "CLEAR_ACTION_RIGHT",
    "PERMIT_IF_CALLOUT_UNREGISTERED", "DISABLED", "INDEXED",
    "HAS_SECURITY_REALM_PROVIDER_CONTEXT", "SYSTEMOS_ONLY", "GAMEOS_ONLY", "SILENT_MODE",
    "IPSEC_NO_ACQUIRE_INITIATE",
)  # fmt: skip
_CALLOUT_FLAG_REGISTERED = 0x40000  # fwpmtypes.h


def filters(session: Session) -> Table:
    """Return the filters of an engine, in columns named as those of `netsh.read_filters`."""
    objects = {
        "provider": {row["key"]: row for row in read_objects(session, _PROVIDERS)},
        "sublayer": {row["key"]: row for row in read_objects(session, _SUBLAYERS)},
        "callout": {
            row["key"]: {**row, "registered": bool(row["flags"] & _CALLOUT_FLAG_REGISTERED)}
            for row in read_objects(session, _CALLOUTS)},
        "context": {
            row["key"]: {"origin": origin(row["data"] or b"")}
            for row in read_objects(session, _CONTEXTS)},
    }
    rows = [_filter(row) for row in read_objects(session, _FILTERS)]
    return filter_table(rows, objects, without=["conditions"])


def _filter(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "filter_key": row["key"],
        "layer_key": names.layer_key(row["layer_key"].strip("{}")),
        "action": _action(row["action"]),
        "flags": _flags(row["flags"]),
        # Which bit is FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN, no public header says. In a dump of
        # 1,254 filters those that have it are, if no callout is called, the ones with a context.
        "has_origin": row["callout_key"] is None,
    }


def _action(number: int) -> str:
    return _ACTIONS.get(number, f"0x{number:08x}")


def _flags(bits: int) -> list[str]:
    found = [f"FWPM_FILTER_FLAG_{name}" for n, name in enumerate(_FLAGS) if bits >> n & 1]
    rest = bits >> len(_FLAGS) << len(_FLAGS)
    return [*found, f"0x{rest:08x}"] if rest else found
