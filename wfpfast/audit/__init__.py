"""Reads the Security log of Windows: what the filtering engine decided; must not know live engines.

The audits 5150 to 5159, 5031, 5146, 5147 and the failures of IPsec become rows of the columns that
net events have, and of some more: docs/security-log.md says which field becomes which column.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from wfpfast._decode.decoder import EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.audit._errors import EvtxError
from wfpfast.audit._event_ids import EVENT_ID, EVENT_ID_NEEDS, event_ids
from wfpfast.audit._files import MAGIC, Source, parts
from wfpfast.audit._filters import name_filters, read_filters
from wfpfast.audit._parts import read_parts
from wfpfast.audit._reader import AuditReader
from wfpfast.audit._shapes import listed_parts, shape_of

__all__ = [
    "EVENT_ID", "EVENT_ID_NEEDS", "EvtxError", "event_ids", "name_filters", "read_events",
    "read_filters", "recognises"]

def read_events(
    source: Source | Sequence[Source], *, batch_size: int = 8192, threads: int = 1,
    **decoder_options: Any,
) -> EventStream:
    """Read the audit records of the filtering engine in event logs (.evtx), or told by them.

    What a file is, its content says. Files are read as the stream is, a megabyte at a time; memory
    does not grow with them.

    Parameters
    ----------
    source : path, binary file, or sequence of them
        Exported or copied event logs of any channel, or their records as XML, as
        ``wevtutil qe /f:xml`` and ``ToXml()`` write them, or as JSON or CSV, as collectors,
        Sentinel and ``Get-WinEvent | ConvertTo-Json`` do. A file object is not closed.
    batch_size : int
        Events a batch, at most.
    threads : int
        How many threads decode; the order of the events is the same. Each has some megabytes.
    **decoder_options
        As for `Decoder`; ``columns`` may name those that audit records add: ``host``,
        ``event_id``, ``record_id``, ``layer_kind``, ``source_address``, ``source_port``,
        ``destination_address``, ``destination_port``, ``remote_user_sid``,
        ``remote_machine_sid``, ``failure_reason``.

    Returns
    -------
    EventStream
        Its ``stats`` have, besides those of a decoder: ``other_events`` (records of other
        providers or with other ids, which are not decoded), ``undecided_sides`` (inbound 5156 and
        5157, whose local and remote end are null), ``local_is_source:`` and
        ``local_is_destination:`` with the name of a host (how many connections said so),
        ``unknown_forms``, ``unknown_member:`` and a name
        (what a record has that is not known), ``lost_process_ids`` and ``received_times`` (what
        a collector did not keep); with ``errors="null"`` also
        ``lost_events`` (records that could not be read), ``only_messages`` (records whose fields
        have no names), ``bad_chunks``, ``bad_checksums`` (of chunks that were read all the same)
        and ``truncated_files``.

    Raises
    ------
    EvtxError
        While the stream is read, after the events before the fault: if a file is no event log,
        or, with ``errors="raise"``, is damaged or breaks off.
    OSError
        If a file cannot be opened.
    ValueError
        If an option is wrong.
    """
    sources = source if isinstance(source, Sequence) and not isinstance(source, str) else [source]
    if threads < 1:
        raise ValueError(f"threads {threads}: at least one has to read")
    readers = [AuditReader(batch_size=batch_size, **decoder_options) for _ in range(threads)]
    for reader in readers[1:]:
        reader.follow(readers[0])
    lenient = decoder_options.get("errors", "raise") == "null"
    return EventStream(_batches(sources, readers, lenient), decoder=readers[0])


def recognises(head: bytes) -> bool:
    """Tell by the first bytes of a file, some 64 KiB, whether read_events() reads it."""
    return head.startswith(MAGIC) or shape_of(head) is not None


def _batches(
    sources: Sequence[Source], readers: Sequence[AuditReader], lenient: bool
) -> Iterator[EventBatch]:
    for source in sources:
        try:
            yield from read_parts(parts(source, listed_parts), readers, lenient)
        except EvtxError as error:
            if isinstance(source, (str, os.PathLike)):
                error.path = str(source)
            raise
