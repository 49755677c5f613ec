"""Finds the rules behind filter ids in netsh's files; must not know how they are shown."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import names, netsh
from wfpfast.cli._screen import Fault

Row = dict[str, Any]

RULE = (
    "name", "provider_key", "provider_name", "layer_key", "sublayer_key", "sublayer_name",
    "action", "filter_origin", "provider_service", "callout_key", "callout_name",
    "callout_registered",
)  # fmt: skip
# Ids of layers below this one mean the same in all versions of Windows.
FIXED_LAYERS = 82
# An element that every filter has, and no event; as netsh or a redirection encodes it.
_MARKS = (b"<filterKey", "<filterKey".encode("utf-16-le")[:-1])  # either byte order has these
_CHUNK = 1 << 20
# What happens where the callout's driver is not loaded, by the filter's action: so sdk-api's
# FwpsCalloutUnregisterById0, and FWPM_FILTER0 for the flag that turns it round.
_UNREGISTERED = {
    "CALLOUT_TERMINATING": "BLOCK", "CALLOUT_UNKNOWN": "BLOCK", "CALLOUT_INSPECTION": "IGNORED",
}
_PERMIT_FLAG = "FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED"


class Rules(NamedTuple):
    """The filters of one file.

    Attributes
    ----------
    path : Path
        The file.
    table : pyarrow.Table
        As `netsh.read_filters` returns it.
    stats : dict
        What could not be read.
    """

    path: Path
    table: pa.Table
    stats: dict[str, int]


def read_rules(path: Path) -> Rules:
    """Read the filters of netsh's wfpstate.xml, filters.xml or wfpdiag.xml."""
    try:
        found = netsh.read_filters(str(path), errors="null")
    except netsh.NetshError as error:
        raise Fault(str(error)) from None
    return Rules(path, pa.table(found), found.stats)


def own_rules(path: Path) -> Rules | None:
    """Read the filters of a netsh file that was read for its events, if it has some.

    Most have none: only where one is seen the file is read a second time.
    """
    if path.suffix.lower() != ".xml" or not path.is_file() or not _mentions_filters(path):
        return None
    try:
        return read_rules(path)
    except Fault:  # told with the events
        return None


def _mentions_filters(path: Path) -> bool:
    end = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = end + chunk
            if any(mark in text for mark in _MARKS):
                return True
            end = text[-max(map(len, _MARKS)):]
    return False


def add_rules(rows: list[Row], files: Sequence[Rules]) -> None:
    """Put beside each filter what the files say about it.

    The first file that has the id names the rule; one in which the filter is at another layer than
    the events does so only if no other file has the id.
    """
    wanted = pa.array([row["filter_id"] for row in rows], pa.uint64()).drop_null()
    by_id: dict[int, list[Row]] = {}
    for rules in files:
        found = rules.table.filter(pc.is_in(rules.table["filter_id"], wanted))
        for each in found.to_pylist():
            by_id.setdefault(each["filter_id"], []).append({**each, "file": str(rules.path)})
    for row in rows:
        row["rule"] = _chosen(row["layer_ids"], by_id.get(row["filter_id"], ()))


def _chosen(layers: list[int], found: Iterable[Row]) -> Row | None:
    rules = [_rule(layers, each) for each in found]
    if not rules:
        return None
    chosen = next((rule for rule in rules if rule["layer_agrees"] is not False), rules[0])
    alike = ("name", "layer_key", "action")
    others = [
        {"name": rule["name"], "file": rule["file"]} for rule in rules
        if any(rule[key] != chosen[key] for key in alike)
    ]
    return {**chosen, "others": others}


def _rule(layers: list[int], found: Row) -> Row:
    without = None
    if found["callout_registered"] is False:
        without = _UNREGISTERED.get(found["action"])
        if without == "BLOCK" and _PERMIT_FLAG in (found["flags"] or ()):
            without = "PERMIT"
    return {
        **{key: found[key] for key in RULE},
        "without_driver": without,
        "layer_agrees": _layer_agrees(layers, found["layer_key"]),
        "file": found["file"],
    }


def _layer_agrees(layers: list[int], key: str | None) -> bool | None:
    """Tell whether a filter lies at a layer of its events; None if that cannot be known."""
    if not layers or key is None or max(layers) >= FIXED_LAYERS:
        return None
    mine, other = [names.layer_key(names.layer(layer)) for layer in layers], names.layer_key(key)
    if not all(name.startswith("FWPM_") for name in (*mine, other)):
        return None
    return other in mine
