"""Collects filters, and names of objects they refer to, from netsh's XML; must not know files."""

from collections.abc import Callable
from typing import Any

from wfpfast.netsh import _values as v
from wfpfast.netsh._errors import BadElement

FILTER_LISTS = {
    "filters": "filter",
    "providers": "provider",
    "subLayers": "sublayer",
    "providerContexts": "context",
}
FILTER_HEADS = {"filterKey": "filter"}

Record = dict[str, Any]

_ORIGIN_FLAG = "FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN"

Row = dict[str, Any]


class FilterReader:
    """Takes records one by one; `columns` then joins them."""

    def __init__(self) -> None:
        self._filters: list[Row] = []
        self._names: dict[str, dict[str, str]] = {"provider": {}, "sublayer": {}, "context": {}}

    def convert(self, kind: str, record: Record) -> None:
        """Store a filter, or the name of another object."""
        if kind == "filter":
            self._filters.append(_filter(record))
        elif kind == "context":
            self._keep(kind, _text(record, "providerContextKey"), _origin(record))
        else:
            key = "providerKey" if kind == "provider" else "subLayerKey"
            self._keep(kind, _text(record, key), _shown(record, "name"))

    def _keep(self, kind: str, key: str | None, name: str | None) -> None:
        if key and name:
            self._names[kind][key] = name

    def columns(self) -> dict[str, tuple[str, list[Any]]]:
        """Return the table's columns, with names in place of keys where the file has them."""
        for row in self._filters:
            row["provider_name"] = self._names["provider"].get(row["provider_key"])
            row["sublayer_name"] = self._names["sublayer"].get(row["sublayer_key"])
            # Without the flag, the context is an argument of the filter's callout.
            has_origin = _ORIGIN_FLAG in row["flags"]
            origin = self._names["context"].get(row["context_key"])
            row["filter_origin"] = origin if has_origin else None
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
    if "filterId" not in record:
        raise BadElement("filterId", "a filter has one")
    return {
        "filter_id": _read(record, "filterId", v.u64),
        "filter_key": _text(record, "filterKey"),
        "name": _shown(record, "name"),
        "description": _shown(record, "description"),
        "provider_key": _text(record, "providerKey"),
        "layer_key": _text(record, "layerKey"),
        "sublayer_key": _text(record, "subLayerKey"),
        "action": _read(record, "action", _action),
        "flags": _read(record, "flags", v.texts) or [],
        "weight": _read(record, "effectiveWeight", _weight),
        "conditions": _read(record, "filterCondition", _conditions) or "",
        "context_key": _text(record, "providerContextKey"),
    }


def _read(record: Record, tag: str, convert: Callable[[Any], Any]) -> Any:
    """Return the value of an element; None if it is empty or missing."""
    value = record.get(tag, "")
    try:
        return convert(value) if value != "" or tag == "filterId" else None
    except ValueError as error:
        raise BadElement(tag, str(error)) from None


def _text(record: Record, tag: str) -> str | None:
    text: str | None = _read(record, tag, v.text_of)
    return text


def _shown(record: Record, tag: str) -> str | None:
    return _text(_read(record, "displayData", _elements) or {}, tag)


def _elements(value: Any) -> Record:
    if isinstance(value, dict):
        return value
    raise ValueError("expected elements, not a text")


def _action(value: Any) -> str:
    return v.text_of(v.part_of(value, "type")).removeprefix("FWP_ACTION_")


def _weight(value: Any) -> int | None:
    """Return the number that is next to the type; its tag depends on the type."""
    numbers = [number for tag, number in _elements(value).items() if tag != "type"]
    return v.u64(numbers[0]) if numbers else None


def _origin(record: Record) -> str | None:
    """Return the rule that a filter comes from, if a provider context names it as UTF-16 text."""
    buffer = record.get("dataBuffer")
    raw = buffer.get("data") if isinstance(buffer, dict) else None
    if not isinstance(raw, str):
        return None
    try:
        text = bytes.fromhex(raw).decode("utf-16-le").rstrip("\0")
    except ValueError:  # not text: the buffers of other contexts hold policies
        return None
    return text if text.isprintable() else None


def _conditions(value: Any) -> str:
    return "; ".join(_condition(item) for item in v.items(value))


def _condition(condition: Any) -> str:
    field = v.text_of(v.part_of(condition, "fieldKey"))
    match = v.text_of(v.part_of(condition, "matchType")).removeprefix("FWP_MATCH_")
    return f"{field} {match} {_value(v.part_of(condition, 'conditionValue'))}"


def _value(value: Any) -> str:
    """Render a condition's value, without its type, for people."""
    if isinstance(value, list):
        return ",".join(_value(part) for part in value)
    if not isinstance(value, dict):
        return str(value)
    if "addr" in value:
        size = value.get("mask") or value.get("prefixLength", "")
        return f"{_value(value['addr'])}/{_value(size)}"
    if "asString" in value:
        return _value(value["asString"])
    if "valueLow" in value:
        return f"{_value(value['valueLow'])}-{_value(value.get('valueHigh', ''))}"
    return ",".join(_value(part) for tag, part in value.items() if tag != "type")
