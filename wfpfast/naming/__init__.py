"""Puts names beside the numbers of events; must not know files, engines, or who asks.

What stands in it is imported when it is used: joining needs pyarrow, which the core does not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfpfast.naming.names import Names

RULE_COLUMNS = (
    "rule_name", "rule_key", "provider", "service", "sublayer", "layer", "callout", "origin",
    "filter_known",
)  # fmt: skip
"""What filters add to events; `layer` is there without them, too."""
OTHER_COLUMNS = ("user_account", "program", "app")
COLUMNS = (*RULE_COLUMNS, *OTHER_COLUMNS)
NEEDS = (
    "timestamp", "app_path", "user_sid", "filter_id", "layer_id", "filter_origin", "host")
"""The columns of events from which these are made."""
FIXED_LAYERS = 82
"""Ids of layers below this one mean the same in all versions of Windows."""
OF_A_STATE, THEN, LAST_KNOWN, OTHER_LAYER, NOT_THEN, NOT_KNOWN = (
    "state", "then", "last known", "other layer", "not known then", "not known")
KNOWN = (OF_A_STATE, THEN, LAST_KNOWN, OTHER_LAYER, NOT_THEN, NOT_KNOWN)
"""What `filter_known` says of an event with a filter; the first three have names."""

Volumes = Mapping[str, str | Mapping[str, str]]
Accounts = Mapping[str, str] | Callable[[str], str | None]


def with_names(
    events: Any,
    filters: Any = None,
    *,
    host: str | None = None,
    volumes: Volumes | None = None,
    accounts: Accounts | None = None,
) -> Any:
    """Put beside events what their numbers are called, in dictionary columns.

    docs/names.md describes the columns. Needs pyarrow.

    Parameters
    ----------
    events : EventBatch, EventStream, or Arrow table, batch, reader or stream
        A name is left out if the column of which it is made is not there.
    filters : table, sequence of tables, or Names, optional
        As `netsh.read_filters`, `Engine.filters` and `audit.read_filters` return them. The first
        that has an id names it; one with a column ``host`` is for events of that host only.
    host : str, optional
        The host of events that do not say it. By default that of the filters, if that is one.
    volumes : mapping, optional
        Drive letters by volumes, ``{"HarddiskVolume3": "C:"}``, or such mappings by hosts,
        ``{"PC1": {"HarddiskVolume3": "C:"}}``; then there is a column ``app``.
    accounts : mapping or callable, optional
        Names of accounts by SIDs, for those that are not the same everywhere.

    Returns
    -------
    pyarrow.RecordBatch, pyarrow.RecordBatchReader or pyarrow.Table
        A batch for a batch, a reader for a stream or reader, and a table for anything else.

    Raises
    ------
    ImportError, ValueError
        Without pyarrow; if filters are given, and events or filters have no ``filter_id``.
    """
    names = names_of(filters, host=host, volumes=volumes, accounts=accounts)
    return names.beside(events)


def names_of(filters: Any, **options: Any) -> "Names":
    """Return what puts names beside batches; filters that are a `Names` already are that."""
    try:
        from wfpfast.naming.names import Names
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        raise ImportError(
            "names in the data need pyarrow: pip install 'wfpfast[arrow]'", name="pyarrow",
        ) from None
    if isinstance(filters, Names):
        given = [name for name, value in options.items() if value is not None]
        if given:
            raise ValueError(f"{given[0]}: these filters are Names, which know theirs")
        return filters
    return Names(filters, **options)


def tables_of(filters: Any) -> Sequence[Any]:
    """Return filters as a sequence of tables."""
    return filters if isinstance(filters, (list, tuple)) else [filters]
