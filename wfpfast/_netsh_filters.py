"""Gathers filters, and the names of what they refer to, from netsh's XML; must not know files."""

from typing import Any

from wfpfast import _netsh_values as v
from wfpfast._xml import BadElement, Record

FILTER_LISTS = {
    "": "filter",
    "filters": "filter",
    "providers": "provider",
    "subLayers": "sublayer",
    "providerContexts": "context",
}
FILTER_ROOTS = ("wfpdiag", "wfpstate", "firewallState", "item")

Row = dict[str, Any]


class FilterReader:
    """Takes records one by one; `columns` then joins them."""

    def __init__(self) -> None:
        self._filters: list[Row] = []
        self._names: dict[str, dict[str, str]] = {"provider": {}, "sublayer": {}, "context": {}}

    def convert(self, kind: str, record: Record) -> None:
        """Keep what a record says."""
        if kind == "filter":
            self._filters.append(_filter(record))
        elif kind == "context":
            self._keep(kind, record.get("providerContextKey"), _origin(record))
        else:
            key = "providerKey" if kind == "provider" else "subLayerKey"
            self._keep(kind, record.get(key), _shown(record, "name"))

    def _keep(self, kind: str, key: Any, name: str | None) -> None:
        if isinstance(key, str) and key and name:
            self._names[kind][key] = name

    def columns(self) -> dict[str, tuple[str, list[Any]]]:
        """Return the table's columns, with names in place of keys where the file has them."""
        for row in self._filters:
            row["provider_name"] = self._names["provider"].get(row["provider_key"])
            row["sublayer_name"] = self._names["sublayer"].get(row["sublayer_key"])
            row["filter_origin"] = self._names["context"].get(row.pop("context_key", None))
        kinds = {"filter_id": "uint64", "weight": "uint64", "flags": "list<utf8>"}
        order = (
            "filter_id", "filter_key", "name", "description", "provider_key", "provider_name",
            "layer_key", "sublayer_key", "sublayer_name", "action", "flags", "weight",
            "conditions", "filter_origin",
        )
        return {
            name: (kinds.get(name, "utf8"), [row[name] for row in self._filters])
            for name in order
        }


def _filter(record: Record) -> Row:
    try:
        return {
            "filter_id": v.u64(_leaf(record, "filterId") or ""),
            "filter_key": _leaf(record, "filterKey"),
            "name": _shown(record, "name"),
            "description": _shown(record, "description"),
            "provider_key": _leaf(record, "providerKey"),
            "layer_key": _leaf(record, "layerKey"),
            "sublayer_key": _leaf(record, "subLayerKey"),
            "action": _action(record),
            "flags": [str(flag) for flag in v.items(record.get("flags"))],
            "weight": _weight(record.get("effectiveWeight")),
            "conditions": "; ".join(_condition(c) for c in v.items(record.get("filterCondition"))),
            "context_key": _leaf(record, "providerContextKey"),
        }
    except ValueError as error:
        raise BadElement("filterId", f"not a filter: {error}") from None


def _leaf(record: Record, tag: str) -> str | None:
    value = record.get(tag)
    return value if isinstance(value, str) and value else None


def _shown(record: Record, tag: str) -> str | None:
    data = record.get("displayData")
    return _leaf(data, tag) if isinstance(data, dict) else None


def _action(record: Record) -> str | None:
    action = record.get("action")
    name = _leaf(action, "type") if isinstance(action, dict) else None
    return name.removeprefix("FWP_ACTION_") if name else None


def _weight(value: Any) -> int | None:
    text = next((t for k, t in value.items() if k != "type"), "") if isinstance(value, dict) else ""
    return v.u64(text) if isinstance(text, str) and text else None


def _origin(record: Record) -> str | None:
    """A provider context's buffer is UTF-16 text where it says which rule a filter comes from."""
    buffer = record.get("dataBuffer")
    raw = _leaf(buffer, "data") if isinstance(buffer, dict) else None
    if raw is None:
        return None
    try:
        text = bytes.fromhex(raw).decode("utf-16-le").rstrip("\0")
    except ValueError:  # not text: other contexts keep their policies in it
        return None
    return text if text.isprintable() else None


def _condition(condition: Any) -> str:
    if not isinstance(condition, dict):
        return ""
    match = str(condition.get("matchType", "")).removeprefix("FWP_MATCH_")
    return f"{condition.get('fieldKey', '')} {match} {_value(condition.get('conditionValue'))}"


def _value(value: Any) -> str:
    """Render a condition's value for people: what stands beside its type."""
    if not isinstance(value, dict):
        return str(value or "")
    if "addr" in value:
        return f"{value['addr']}/{value.get('mask') or value.get('prefixLength', '')}"
    if "asString" in value:
        return str(value["asString"])
    if "valueLow" in value:
        return f"{_value(value['valueLow'])}-{_value(value.get('valueHigh'))}"
    return ",".join(_value(part) for tag, part in value.items() if tag != "type")
