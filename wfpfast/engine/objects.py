"""What the engine's events refer to by number: filters and their names; must not know events."""

from typing import Any

from wfpfast import names
from wfpfast._columns.table import Table
from wfpfast.engine._object_pages import read_objects
from wfpfast.engine._session import Session

_FILTERS, _SUBLAYERS, _PROVIDERS = 0, 2, 3
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


def filters(session: Session) -> Table:
    """Return the filters of an engine, in columns named as those of `netsh.read_filters`."""
    providers = {row["key"]: row["name"] for row in read_objects(session, _PROVIDERS)}
    sublayers = {row["key"]: row["name"] for row in read_objects(session, _SUBLAYERS)}
    rows = read_objects(session, _FILTERS)
    columns: dict[str, tuple[str, list[Any]]] = {
        "filter_id": ("uint64", [row["filter_id"] for row in rows]),
        "filter_key": ("utf8", [row["key"] for row in rows]),
        "name": ("utf8", [row["name"] for row in rows]),
        "description": ("utf8", [row["description"] for row in rows]),
        "provider_key": ("utf8", [row["provider_key"] for row in rows]),
        "provider_name": ("utf8", [providers.get(row["provider_key"]) for row in rows]),
        "layer_key": ("utf8", [names.layer_key(row["layer_key"].strip("{}")) for row in rows]),
        "sublayer_key": ("utf8", [row["sublayer_key"] for row in rows]),
        "sublayer_name": ("utf8", [sublayers.get(row["sublayer_key"]) for row in rows]),
        "action": ("utf8", [_action(row["action"]) for row in rows]),
        "flags": ("list<utf8>", [_flags(row["flags"]) for row in rows]),
        "weight": ("uint64", [row["weight"] for row in rows]),
    }
    return Table(columns)


def _action(number: int) -> str:
    return _ACTIONS.get(number, f"0x{number:08x}")


def _flags(bits: int) -> list[str]:
    found = [f"FWPM_FILTER_FLAG_{name}" for n, name in enumerate(_FLAGS) if bits >> n & 1]
    rest = bits >> len(_FLAGS) << len(_FLAGS)
    return [*found, f"0x{rest:08x}"] if rest else found
