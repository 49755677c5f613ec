"""Reads what ``netsh wfp`` writes, on any system; must not know how columns are made.

``read_events`` takes netevents.xml (``netsh wfp show netevents``) and wfpdiag.xml (``netsh wfp
capture``), ``read_filters`` takes filters.xml (``show filters``) and wfpstate.xml (``show state``).
"""

from typing import Any

from wfpfast._columns.table import Table
from wfpfast._decode.stream import EventStream
from wfpfast.netsh._events import EventReader
from wfpfast.netsh._filters import FILTER_LISTS, FILTER_ROOTS, FilterReader
from wfpfast.netsh._xml import RecordReader, Source
from wfpfast.netsh._xml_expat import NetshError

__all__ = ["NetshError", "read_events", "read_filters"]

_EVENT_LISTS = {"": "event", "netEvents": "event", "events": "event"}
_EVENT_ROOTS = ("netEvents", "wfpdiag", "netEvent", "item")


def read_events(source: Source, *, batch_size: int = 1024, **decoder_options: Any) -> EventStream:
    """Read the net events of netevents.xml or wfpdiag.xml.

    The file is read as the stream is, one batch at a time; memory does not grow with the file.

    Parameters
    ----------
    source : path or binary file
        UTF-8 or UTF-16, with or without a byte-order mark. A file object is not closed.
    batch_size : int
        Events a batch.
    **decoder_options
        As for `Decoder`. With ``errors="null"`` a value that cannot be read is null and counted
        in the stream's ``stats["malformed"]``.

    Returns
    -------
    EventStream
        With ``process_id``, ``filter_origin``, ``terminating_filters`` and ``interface_index``
        where Windows prints them. Times have milliseconds: netsh writes no more.

    Raises
    ------
    NetshError
        While the stream is read, after the events before the fault: if the file breaks off, is not
        what it claims to be, has a value that cannot be read, or declares entities.
    OSError
        If the file cannot be opened.
    """
    events = EventReader(decoder_options.get("errors", "raise"))
    reader = RecordReader(source, _EVENT_LISTS, _EVENT_ROOTS, events.convert, plain=True)
    return EventStream.from_mappings(
        reader.read(), batch_size=batch_size, close=reader.close, **decoder_options)


def read_filters(source: Source, *, errors: str = "raise") -> Table:
    """Read filters, and what they refer to, to join with ``filter_id`` of events.

    Parameters
    ----------
    source : path or binary file
        filters.xml (``show filters``), wfpstate.xml (``show state``), btpol.xml (``show
        boottimepolicy``), wfpdiag.xml (``netsh wfp capture``: the state at its beginning, and what
        was added during it), a section of one of these, or items alone. UTF-8 or UTF-16.
    errors : str
        ``"raise"``, or ``"null"``: a value that cannot be read is null and counted in the table's
        ``stats["malformed"]``, and a filter without an id is left out and counted in
        ``stats["filters_without_id"]``.

    Returns
    -------
    Table
        A row a filter, with the columns that docs/rules.md lists; null where the file is silent.
        Of two filters with one id the later one is there, and
        ``stats["filters_with_another_ones_id"]`` counts the other.

    Raises
    ------
    NetshError
        If the file breaks off, is not what it claims to be, declares entities, or has a value that
        cannot be read.
    OSError
        If the file cannot be opened.
    """
    filters = FilterReader(errors)
    reader = RecordReader(source, FILTER_LISTS, FILTER_ROOTS, filters.convert)
    try:
        for _ in reader.read():
            pass
    finally:
        reader.close()
    return filters.table()
