"""Collects filters, and what they refer to, from netsh's XML; must not know files."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from wfpfast._columns.table import Table
from wfpfast._filter_table import Row, filter_table, origin
from wfpfast.netsh import _values as v
from wfpfast.netsh._errors import BadElement

FILTER_LISTS = {
    "filters": "filter",
    "filterChange": "filter",       # what was added or deleted during a capture
    "callouts": "callout",
    "providers": "provider",
    "subLayers": "sublayer",
    "providerContexts": "context",
}

# What a record is, by the first of these elements that it has: the parents of records that people
# paste say nothing. A filter refers to all the others, and all others to a provider.
_KINDS = {
    "filterKey": "filter",
    "filterId": "filter",
    "calloutKey": "callout",
    "providerContextKey": "context",
    "subLayerKey": "sublayer",
    "providerKey": "provider",
}
# By which first element a record is known where no list says what it is.
FILTER_HEADS = {key: kind for key, kind in _KINDS.items() if key != "filterId"}

Record = dict[str, Any]

NO_ELEMENTS = "expected elements, not a text"
_ORIGIN_FLAG = "FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN"
_REGISTERED_FLAG = "FWPM_CALLOUT_FLAG_REGISTERED"


class FilterReader:
    """Takes records one by one; `table` then joins them.

    Parameters
    ----------
    errors : str
        ``"raise"``: a value that cannot be read raises `BadElement`. ``"null"``: it is null and
        counted, and a filter without an id is left out and counted.

    Attributes
    ----------
    stats : Counter
        What was lost, by name.
    """

    def __init__(self, errors: str = "raise") -> None:
        if errors not in ("raise", "null"):
            raise ValueError(f"errors={errors!r}: expected 'raise' or 'null'")
        self.stats: Counter[str] = Counter()
        self._strict = errors == "raise"
        self._filters: dict[int, Row] = {}
        self._objects: dict[str, dict[str, Row]] = {
            kind: {} for kind in ("callout", "context", "sublayer", "provider")}

    def convert(self, kind: str, record: Record | str) -> None:
        """Store a filter, or what filters refer to."""
        if isinstance(record, str):
            if self._strict:
                raise BadElement(kind, NO_ELEMENTS)
            self.stats["lost_records"] += 1
            return
        kind = next((found for tag, found in _KINDS.items() if tag in record), kind)
        lists = [tag for tag in FILTER_LISTS if tag in record]
        if lists or not record:  # a layer that was pasted alone; <item></item>
            self._add_lists(record, lists)
            return
        if kind == "filter":
            self._add_filter(record)
            return
        row = _OBJECTS[kind](self, record)
        if row["key"]:
            self._objects[kind][row["key"]] = row

    def table(self) -> Table:
        """Return the filters, with what the file says of the objects behind their keys."""
        return filter_table(self._filters.values(), self._objects, stats=self.stats)

    def _add_lists(self, record: Record, tags: list[str]) -> None:
        for tag in tags:
            for item in self._read(record, tag, v.items) or ():
                self.convert(FILTER_LISTS[tag], self._read({tag: item}, tag, _elements) or {})

    def _add_filter(self, record: Record) -> None:
        number = self._read(record, "filterId", v.u64)
        if number is None:
            if self._strict:
                raise BadElement("filterId", "a filter has one")
            self.stats["filters_without_id"] += 1
            return
        action, callout = self._read(record, "action", _action) or (None, None)
        flags = self._read(record, "flags", v.texts, [])
        row = {
            "filter_id": number,
            "filter_key": self._text(record, "filterKey"),
            **self._shown(record),
            "provider_key": self._text(record, "providerKey"),
            "layer_key": self._text(record, "layerKey"),
            "sublayer_key": self._text(record, "subLayerKey"),
            "action": action,
            "flags": flags,
            "weight": self._read(record, "effectiveWeight", _weight),
            "conditions": self._read(record, "filterCondition", _conditions, ""),
            "callout_key": callout,
            "provider_context_key": self._text(record, "providerContextKey"),
            "has_origin": _ORIGIN_FLAG in (flags or ()),
        }
        # The state at a capture's end has what was added during it a second time.
        if self._filters.setdefault(number, row) != row:
            self.stats["filters_with_another_ones_id"] += 1
            self._filters[number] = row

    def _callout(self, record: Record) -> Row:
        flags = self._read(record, "flags", v.texts, [] if "flags" in record else None)
        return {
            "key": self._text(record, "calloutKey"),
            "name": self._shown(record)["name"],
            "registered": None if flags is None else _REGISTERED_FLAG in flags,
        }

    def _context(self, record: Record) -> Row:
        return {"key": self._text(record, "providerContextKey"), "origin": _origin(record)}

    def _sublayer(self, record: Record) -> Row:
        return {"key": self._text(record, "subLayerKey"), "name": self._shown(record)["name"]}

    def _provider(self, record: Record) -> Row:
        return {
            "key": self._text(record, "providerKey"),
            "name": self._shown(record)["name"],
            "service": self._text(record, "serviceName"),
        }

    def _shown(self, record: Record) -> Row:
        shown = self._read(record, "displayData", _elements) or {}
        return {name: self._text(shown, name) for name in ("name", "description")}

    def _text(self, record: Record, tag: str) -> str | None:
        text: str | None = self._read(record, tag, v.text_of)
        return text

    def _read(
        self, record: Record, tag: str, convert: Callable[[Any], Any], empty: Any = None
    ) -> Any:
        """Return the value of an element, or `empty`; None if it cannot be read."""
        value = record.get(tag, "")
        if value == "":
            return empty
        try:
            return convert(value)
        except ValueError as error:
            if self._strict:
                raise BadElement(tag, str(error)) from None
            self.stats["malformed"] += 1
            return None


_OBJECTS: dict[str, Callable[[FilterReader, Record], Row]] = {
    "callout": FilterReader._callout,
    "context": FilterReader._context,
    "sublayer": FilterReader._sublayer,
    "provider": FilterReader._provider,
}


def _elements(value: Any) -> Record:
    if isinstance(value, dict):
        return value
    raise ValueError(NO_ELEMENTS)


def _action(value: Any) -> tuple[str, str | None]:
    """Return what the filter does, and the callout that it calls.

    The union's second arm is printed under the name of the first (seen in dumps): `filterType` is
    the callout's key if the action calls one, and otherwise whatever the provider put there.
    """
    action = v.text_of(v.part_of(value, "type")).removeprefix("FWP_ACTION_")
    key = v.text_of(value.get("filterType", ""))
    return action, key if key and action.startswith("CALLOUT_") else None


def _weight(value: Any) -> int | None:
    """Return the number that is next to the type; its tag depends on the type."""
    numbers = [number for tag, number in _elements(value).items() if tag != "type"]
    return v.u64(numbers[0]) if numbers else None


def _origin(record: Record) -> str | None:
    """Return what a provider context says of where a filter comes from."""
    buffer = record.get("dataBuffer")
    raw = buffer.get("data") if isinstance(buffer, dict) else None
    try:
        return origin(bytes.fromhex(raw)) if isinstance(raw, str) else None
    except ValueError:  # as of data that are no text: nothing refers to it as an origin
        return None


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
