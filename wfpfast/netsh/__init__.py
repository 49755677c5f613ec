"""Reads what ``netsh wfp`` writes, on any system; must not know how columns are made.

``read_events`` takes netevents.xml (``netsh wfp show netevents``) and wfpdiag.xml (``netsh wfp
capture``), ``read_filters`` takes filters.xml (``show filters``) and wfpstate.xml (``show state``).
"""

from collections.abc import Iterator
from typing import Any

from wfpfast._columns.table import Table
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.netsh._errors import BadElement, NetshError
from wfpfast.netsh._events import HEADS, LISTS, event_writer
from wfpfast.netsh._filters import FILTER_HEADS, FILTER_LISTS, FilterReader
from wfpfast.netsh._records import Records, Source

__all__ = ["NetshError", "read_events", "read_filters"]


def read_events(
    source: Source,
    *,
    batch_size: int = 1024,
    encoding: str | None = None,
    **decoder_options: Any,
) -> EventStream:
    """Read the net events of netevents.xml or wfpdiag.xml, or of a piece of one.

    The file is read as the stream is, one batch at a time; memory does not grow with the file.

    Parameters
    ----------
    source : path or binary file
        UTF-8, UTF-16, or a code page, which is then guessed unless `encoding` says it. It may have
        several documents, only a section or an item of one, and other text around them. A file
        object is not closed.
    batch_size : int
        Events a batch.
    encoding : str, optional
        The text's encoding, by a name that Python knows.
    **decoder_options
        As for `Decoder`. With ``errors="null"`` a value that cannot be read is null, and an event
        that cannot be read is left out; the stream's ``stats`` count them.

    Returns
    -------
    EventStream
        With ``process_id``, ``filter_origin``, ``terminating_filters`` and ``interface_index``
        where Windows prints them. Times have milliseconds: netsh writes no more. An enumerator
        that is not known is ``UNKNOWN_`` and its text. Its ``stats`` have, besides those of a
        decoder: ``unknown_names`` (such enumerators, and flags), ``no_flags`` (headers without
        ``<flags>``: the members that they have count as set), ``lost_events``, ``stray_text``
        (between elements), ``mended_text`` (characters that XML forbids, or bytes that are no
        text), ``unknown_element:`` and a name (elements that are not known),
        ``guessed_encoding:`` and a name, ``named_code:``, a code and its name (which only the file
        knows).

    Raises
    ------
    NetshError
        While the stream is read, after the events before the fault: if the file breaks off, is not
        what it claims to be, has a value that cannot be read, or declares entities.
    OSError
        If the file cannot be opened.
    ValueError
        If an option is wrong.
    LookupError
        If there is no such encoding.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size {batch_size}: a batch holds at least one event")
    decoder = Decoder(**decoder_options)
    errors = decoder_options.get("errors", "raise")
    records = Records(source, LISTS, HEADS, wanted="event", errors=errors, encoding=encoding)
    batches = _batches(records, decoder, batch_size, errors == "null")
    return EventStream(batches, decoder=decoder, close=records.close)


def _batches(
    records: Records, decoder: Decoder, size: int, lenient: bool
) -> Iterator[EventBatch]:
    writer = event_writer(records.document, lenient)
    fault: Exception | None = None
    try:
        try:
            for _ in records.fed():
                while writer.fill(size):
                    records.found = True
                    yield _batch(writer.take(), decoder)
                records.found = records.found or writer.seen
        except Exception as error:  # the file may raise any kind
            fault = error
        last = writer.take()
        last[1].update(_added(last[1], records.stats()))
        if last[0].count or any(last[1].values()):
            yield _batch(last, decoder)
        if fault is not None:
            raise fault
    finally:
        fault = None  # breaks the reference cycle of the error and this frame
        records.close()


def _added(stats: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return {name: stats.get(name, 0) + count for name, count in more.items()}


def _batch(taken: Any, decoder: Decoder) -> EventBatch:
    """Decode a block in a function of its own, so that `_batches` holds no batch after its use."""
    block, stats = taken
    batch = decoder.decode(block)
    for name, count in stats.items():
        if count:
            batch.stats[name] = batch.stats.get(name, 0) + count
    return batch


def read_filters(
    source: Source, *, errors: str = "raise", encoding: str | None = None
) -> Table:
    """Read filters, and what they refer to, to join with ``filter_id`` of events.

    Parameters
    ----------
    source : path or binary file
        filters.xml (``show filters``), wfpstate.xml (``show state``), btpol.xml (``show
        boottimepolicy``), wfpdiag.xml (``netsh wfp capture``: the state at its beginning, and what
        was added during it), a section of one of these, or items alone. In any
        encoding, as for `read_events`.
    errors : str
        ``"raise"``, or ``"null"``: a value that cannot be read is null and counted in the table's
        ``stats["malformed"]``, and a filter without an id is left out and counted in
        ``stats["filters_without_id"]``; a record that cannot be read at all in
        ``stats["lost_records"]``.
    encoding : str, optional
        As for `read_events`.

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
    records = Records(
        source, FILTER_LISTS, FILTER_HEADS, wanted="filter", errors=errors, encoding=encoding)
    document = records.document
    try:
        for _ in records.fed():
            for kind, record in document:
                records.found = True
                if record == "":    # an item of an empty list
                    continue
                try:
                    filters.convert(kind, record)
                except BadElement as error:
                    if errors == "raise":
                        raise document.error_inside(str(error), error.element) from None
    finally:
        records.close()
    for more in ({"lost_records": document.lost, "mended_text": document.mended}, records.stats()):
        filters.stats.update({name: count for name, count in more.items() if count})
    return filters.table()
