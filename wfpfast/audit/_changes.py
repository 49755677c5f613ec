"""Finds the records on filters in files of any form; must not know what filters there are then."""

from collections import Counter
from collections.abc import Iterator
from os import PathLike
from typing import Any

from wfpfast.audit._change import Change, Fault, Record, change_of, number_of
from wfpfast.audit._change_fields import FIELDS, FILTER, KINDS
from wfpfast.audit._change_reader import ChangeReader
from wfpfast.audit._errors import EvtxError
from wfpfast.audit._files import Part, Source, parts
from wfpfast.audit._packing import AUDITS, PROVIDER, Lost, Told, filetime
from wfpfast.audit._shapes import records_of

_NAMES = {name: several[0] for several in FIELDS for name in several}
_EVENT_IDS = {str(number): number for number in KINDS}


class Changes:
    """What files say of filters.

    Parameters
    ----------
    lenient : bool
        Whether what cannot be read is counted; otherwise it is raised.

    Attributes
    ----------
    found : list of Change
        What was read.
    stats : Counter
        What was lost or mended.
    seen : dict
        The time of the latest record of each host, on whatever, as a FILETIME.
    """

    def __init__(self, *, lenient: bool) -> None:
        self.found: list[Change] = []
        self.stats: Counter[str] = Counter()
        self.seen: dict[str | None, int] = {}
        self._lenient = lenient
        self._known: set[Any] = set()

    def read(self, source: Source) -> None:
        """Read one file."""
        try:
            for item in self._items(source):
                self._fault(item) if isinstance(item, Fault) else self._take(item)
        except EvtxError as error:
            if isinstance(source, (str, PathLike)):
                error.path = str(source)
            raise

    def _items(self, source: Source) -> Iterator[Record | Fault]:
        reader, number = ChangeReader(), 0
        for part in parts(source, records_of):
            if isinstance(part, Part):
                yield from reader.read(
                    part.memory, part.chunks, part.number, checking=part.checking)
                if part.fault is not None:
                    yield Fault("truncated_files", part.fault)
                continue
            number += 1
            yield from self._of_text(part, number)
        for host, time in reader.seen.items():
            self._see(host, time)

    def _of_text(self, item: Told | Lost, number: int) -> Iterator[Record | Fault]:
        if isinstance(item, Lost):
            if item.event_id not in AUDITS:
                yield Fault(item.stat, EvtxError(item.reason, record=number))
            return
        time, host = filetime(item.system.get("TimeCreated", "")), item.system.get("Computer")
        if time is not None:
            self._see(host, time)
        event_id = _EVENT_IDS.get(item.system.get("EventID", ""))
        if event_id is None or item.system.get("Provider") != PROVIDER:
            return
        # Characters are counted where it is known which fields matter.
        self.stats.update({k: n for k, n in item.stats.items() if k != "replaced_text"})
        yield Record(
            event_id, time, host, number_of(item.system.get("EventRecordID", "")),
            {_NAMES[name]: text for name, text in item.data if name in _NAMES}, number, None)

    def _see(self, host: str | None, time: int) -> None:
        self.seen[host] = max(time, self.seen.get(host, 0))

    def _fault(self, fault: Fault) -> None:
        if not self._lenient:
            raise fault.error
        self.stats[fault.stat] += 1

    def _take(self, record: Record) -> None:
        change = change_of(record)
        if change is None:
            self._fault(Fault("lost_events", EvtxError(
                "has no time", record.chunk, record.number, "TimeCreated")))
            return
        for field in change.bad:
            self._fault(Fault("malformed", EvtxError(
                "has a value that cannot be read", record.chunk, record.number, field)))
        identity = (change.host, change.time, change.record_id, record.event_id, change.key,
                    change.cells.get("filter_id"), change.cells.get("change"))
        if identity in self._known:  # of files that overlap
            self.stats["doubles"] += 1
            return
        self._known.add(identity)
        self.stats["replaced_text"] += change.replaced
        if change.kind.what == FILTER and "filter_id" not in change.cells:
            self.stats["filters_without_id"] += 1
        self.found.append(change)
