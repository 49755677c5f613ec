"""The table of filters with the time in which each held; must not know events."""

import os
from collections.abc import Iterable
from typing import Any, Literal, cast

from wfpfast._columns.table import Table
from wfpfast.audit._change import nanoseconds
from wfpfast.audit._changes import Changes
from wfpfast.audit._files import Source
from wfpfast.audit._history import history

_COLUMNS = {
    "host": "utf8", "boot": "uint64", "filter_id": "uint64", "from": "timestamp",
    "until": "timestamp", "known_by": "utf8", "ended_by": "utf8", "filter_key": "utf8",
    "name": "utf8", "lifetime": "utf8", "provider_key": "utf8", "provider_name": "utf8",
    "layer_key": "utf8", "layer_id": "uint64", "layer_name": "utf8", "action": "utf8",
    "weight": "uint64", "conditions": "utf8", "callout_key": "utf8", "callout_name": "utf8",
    "user_sid": "utf8", "user_name": "utf8", "process_id": "uint64", "record_id": "uint64",
    "until_user_sid": "utf8", "until_user_name": "utf8", "until_process_id": "uint64",
    "until_record_id": "uint64", "read_until": "timestamp",
}  # fmt: skip


def read_filters(
    source: Source | Iterable[Source], *, errors: Literal["raise", "null"] = "raise"
) -> Table:
    """Read which filters there were, and when, as the Security log tells it (5440 to 5450).

    Parameters
    ----------
    source : path, binary file, or iterable of them
        As for `read_events`, in any order; records that several files have count once. A file is
        asked for when the one before has been read.
    errors : "raise" or "null"
        What to do with what cannot be read: raise, or count it and read on.

    Returns
    -------
    Table
        A row for each filter and time in which it was as the row says; docs/security-log.md
        describes the columns. Its ``stats`` have ``doubles`` (records that were there before),
        ``filters_without_id`` (filters that nothing can refer to, left out) and, as for
        `read_events`, ``malformed``, ``lost_events``, ``only_messages``, ``bad_chunks``,
        ``bad_checksums``, ``truncated_files``, ``replaced_text`` and ``received_times``.

    Raises
    ------
    EvtxError
        If a file is no event log, or, with ``errors="raise"``, is damaged or breaks off.
    OSError
        If a file cannot be opened.
    ValueError
        If an option is wrong.
    """
    if errors not in ("raise", "null"):
        raise ValueError(f"errors={errors!r}: expected 'raise' or 'null'")
    changes = Changes(lenient=errors == "null")
    is_one = isinstance(source, (str, os.PathLike)) or hasattr(source, "readinto")
    for each in [cast("Source", source)] if is_one else cast("Iterable[Source]", source):
        changes.read(each)
    rows = history(changes.found)
    ends = {host: nanoseconds(time) for host, time in changes.seen.items()}
    columns: dict[str, tuple[str, list[Any]]] = {
        name: (kind, [row.get(name) for row in rows]) for name, kind in _COLUMNS.items()}
    columns["read_until"] = ("timestamp", [ends.get(row["host"]) for row in rows])
    return Table(columns, {name: count for name, count in changes.stats.items() if count})


def name_filters(events: Any, filters: Any, *, host: str | None = None) -> Any:
    """Put beside events which filter decided, by host, id and time.

    Parameters
    ----------
    events : Arrow table, batch or stream
        With the columns ``filter_id`` and ``timestamp``; without a column ``host``, as net events
        are, all are of one host.
    filters : Arrow table
        As `read_filters` returns it.
    host : str, optional
        The host of events that do not say it, as the filters' table has it.

    Returns
    -------
    pyarrow.Table
        The events, and the columns ``filter_known``, ``filter_name``, ``filter_key``,
        ``filter_layer_key``, ``filter_action``, ``filter_from``, ``filter_until``,
        ``provider_key``, ``provider_name``, ``callout_key`` and ``callout_name``.
        ``filter_known`` is ``then``; or ``last known``, if no record of the host is as late as
        the event; or, and the others are null then, ``not known then`` (the host had this id at
        another time) or ``not known``. It is null where an event has no filter.
    """
    from wfpfast.naming.by_time import named  # pyarrow is not there everywhere

    return named(events, filters, host)
