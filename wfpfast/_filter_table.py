"""Joins filters with what they refer to, in one table; must not know where they come from."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from wfpfast import names
from wfpfast._columns.table import Table

Row = dict[str, Any]
Objects = Mapping[str, Mapping[str, Row]]
"""By kind and key: ``provider``, ``sublayer``, ``callout`` and ``context``."""

COLUMNS = {
    "filter_id": "uint64", "filter_key": "utf8", "name": "utf8", "description": "utf8",
    "provider_key": "utf8", "provider_name": "utf8", "layer_key": "utf8", "sublayer_key": "utf8",
    "sublayer_name": "utf8", "action": "utf8", "flags": "list<utf8>", "weight": "uint64",
    "conditions": "utf8", "filter_origin": "utf8", "provider_service": "utf8",
    "callout_key": "utf8", "callout_name": "utf8", "callout_registered": "bool",
    "provider_context_key": "utf8",
}  # fmt: skip


def filter_table(
    filters: Iterable[Row],
    objects: Objects,
    *,
    without: Collection[str] = (),
    stats: Mapping[str, int] | None = None,
) -> Table:
    """Return the table of some filters.

    Parameters
    ----------
    filters : iterable of dict
        The columns that a filter has itself, and ``has_origin``: whether its provider context says
        where it comes from. Otherwise the context is an argument of the filter's callout.
    objects : mapping
        What the keys stand for: ``name``, of a provider also ``service``, of a callout also
        ``registered``, of a context only ``origin``.
    without : collection of str
        Columns that the source does not have.
    stats : mapping, optional
        For `Table`.
    """
    rows = [{**row, **_joined(row, objects)} for row in filters]
    columns = {
        name: (kind, [row[name] for row in rows])
        for name, kind in COLUMNS.items() if name not in without
    }
    return Table(columns, stats or {})


def origin(raw: bytes) -> str | None:
    """Return the rule that the data of a provider context names as UTF-16 text, if it does."""
    try:
        text = raw.decode("utf-16-le").rstrip("\0")
    except UnicodeDecodeError:  # not text: the data of other contexts are for callouts
        return None
    return text if text and text.isprintable() else None


def _joined(row: Row, objects: Objects) -> Row:
    def of(kind: str, key: str | None) -> Row:
        return objects[kind].get(key or "", {})

    provider, callout = of("provider", row["provider_key"]), of("callout", row["callout_key"])
    sublayer, context = of("sublayer", row["sublayer_key"]), row["provider_context_key"]
    return {
        "provider_name": provider.get("name") or _symbol(names.provider, row["provider_key"]),
        "provider_service": provider.get("service"),
        "sublayer_name": sublayer.get("name") or _symbol(names.sublayer, row["sublayer_key"]),
        "callout_name": callout.get("name") or _symbol(names.callout, row["callout_key"]),
        "callout_registered": callout.get("registered"),
        "filter_origin": of("context", context).get("origin") if row["has_origin"] else None,
    }


def _symbol(find: Callable[[str], str], key: str | None) -> str | None:
    """Return the SDK's symbol of a GUID, if it has one; netsh prints some without theirs."""
    name = find(key) if key else None
    return name if name != key else None
