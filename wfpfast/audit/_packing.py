"""Packs records that were told in another format for the reader; must not know which it was."""

import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from wfpfast.audit._change_fields import CHANGES
from wfpfast.audit._errors import EvtxError
from wfpfast.audit._events import EVENTS
from wfpfast.audit._fields import FIELDS, SYSTEM
from wfpfast.audit._listed import put_texts
from wfpfast.audit._reader import AuditReader

_HEAD = struct.Struct("<QI")
_MOMENT = struct.Struct("<HHIQ")
_FILETIME = 17                      # a type of values, as .evtx has it
AUDITS = frozenset(map(str, EVENTS))
WANTED = AUDITS | CHANGES           # whose fields are read, by this module or by _changes.py
PROVIDER = "Microsoft-Windows-Security-Auditing"
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_START = datetime(1601, 1, 1, tzinfo=UTC)
RECORDS = 2048                      # that are read together
# Fields of these events that become no column.
WITHOUT_COLUMN = frozenset((
    "FilterName", "SublayerInformation", "FilterAction", "HasRemoteDynamicKeywordAddress",
    "Profiles", "LocalMMIssuingCA", "LocalMMRootCA", "RemoteMMCertHash", "RemoteMMIssuingCA",
    "RemoteMMRootCA", "LocalEMIssuingCA", "LocalEMRootCA", "RemoteEMCertHash",
    "RemoteEMIssuingCA", "RemoteEMRootCA", "MMImpersonationState", "EMImpersonationState",
    "InitiatorCookie", "ResponderCookie", "LocalTunnelEndpoint", "RemoteTunnelEndpoint",
    "RemotePrivateAddress", "MessageID", "TunnelId", "TrafficSelectorId", "SPI"))


class Told(NamedTuple):
    """A record, as a file tells it.

    Attributes
    ----------
    system : mapping
        What every record has, by the names of `SYSTEM`.
    data : iterable of (name, text)
        The fields of the event.
    stats : mapping
        What was odd about it, if it becomes a row.
    """

    system: Mapping[str, str]
    data: Iterable[tuple[str, str]]
    stats: Mapping[str, int] = {}


class Scanned(NamedTuple):
    """Records that are packed already.

    Attributes
    ----------
    size : int
        How many.
    memory : bytes
        Where they are.
    stats : mapping
        What was odd about them.
    """

    size: int
    memory: bytes
    stats: Mapping[str, int]


class Lost(NamedTuple):
    """A record that cannot be read, and what counts it; its event's id if that is known."""

    reason: str
    stat: str = "lost_events"
    event_id: str = ""


Item = Told | Scanned | Lost


def noted(told: Told | Lost, text: str) -> Told | Lost:
    """Return a record that counts the characters of its text that were no text."""
    count = text.count("\ufffd")
    if not count or isinstance(told, Lost):
        return told
    return told._replace(stats={**told.stats, "replaced_text": count})


class Listed(NamedTuple):
    """Some records of a file, as `Part` is some of its chunks.

    Attributes
    ----------
    memory : bytearray
        Where they are.
    size : int
        How many.
    stats : mapping
        What is counted in any case.
    lost : mapping
        What is counted if it is no fault.
    fault : EvtxError or None
        What is wrong behind the records.
    """

    memory: bytearray
    size: int
    stats: Mapping[str, int]
    lost: Mapping[str, int]
    fault: EvtxError | None

    def give(self, reader: AuditReader) -> None:
        """Give the records to a reader."""
        reader.feed_listed(self.memory, self.size)

    def release(self) -> None:
        """Do nothing: its memory is not used again."""


class _Packing:
    """Records that wait to be given to a reader together."""

    def __init__(self) -> None:
        self.number = 0     # of the last record in its file
        self._begin()

    def _begin(self) -> None:
        self.memory, self.size, self.seen = bytearray(), 0, 0
        self.stats: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.fault: EvtxError | None = None

    def has_room(self, item: Item) -> bool:
        """Tell whether an item may be given together with those before it."""
        if isinstance(item, Lost):
            return self.seen < RECORDS
        # A fault is behind the records that are with it.
        count = item.size if isinstance(item, Scanned) else 1
        return self.fault is None and (not self.seen or self.seen + count <= RECORDS)

    def add(self, item: Item) -> None:
        count = 1
        if isinstance(item, Lost) and item.event_id in CHANGES:  # it would become no row
            _pack(self.memory, self.number + 1, Told({"EventID": item.event_id}, ()), self.stats)
            self.size += 1
        elif isinstance(item, Lost):
            self.lost[item.stat] += 1
            self.fault = self.fault or EvtxError(item.reason, record=self.number + 1)
        elif isinstance(item, Scanned):
            count = item.size
            self.memory += item.memory
            self.stats.update(item.stats)
            self.size += count
        else:
            _pack(self.memory, self.number + 1, item, self.stats)
            self.size += 1
        self.seen += count
        self.number += count

    def taken(self) -> Listed:
        part = Listed(self.memory, self.size, self.stats, self.lost, self.fault)
        self._begin()
        return part


def listed(items: Iterable[Item]) -> Iterator[Listed]:
    """Yield the records of a file, some at a time; each is known by its number, from 1."""
    packing = _Packing()
    for item in items:
        if not packing.has_room(item):
            yield packing.taken()
        packing.add(item)
    if packing.seen:
        yield packing.taken()


def _pack(memory: bytearray, number: int, told: Told, stats: Counter[str]) -> None:
    wanted = (
        told.system.get("EventID") in AUDITS and told.system.get("Provider") == PROVIDER)
    system, start, count = dict(told.system), len(memory), len(told.system)
    memory += bytes(_HEAD.size)
    if (ticks := filetime(system.get("TimeCreated", ""))) is not None:
        del system["TimeCreated"]
        memory += _MOMENT.pack(SYSTEM["TimeCreated"], _FILETIME, 8, ticks)
    put_texts(memory, SYSTEM, system.items())
    if wanted:
        data = list(told.data)
        unknown = put_texts(memory, FIELDS, data)
        count += len(data) - len(unknown)
        stats.update(told.stats)
        stats.update(
            f"unknown_member:{name}" for name in unknown if name not in WITHOUT_COLUMN)
    _HEAD.pack_into(memory, start, number, count)


def filetime(text: str) -> int | None:
    """Return a time with a zone as a FILETIME, to 100 ns; None if it is none."""
    if (found := _TIME.fullmatch(text)) is None:
        return None
    day, clock, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{zone}")
        seconds = (moment - _START) // timedelta(seconds=1)
    except (ValueError, OverflowError):
        return None
    ticks = seconds * 10_000_000 + int((fraction or "0")[:7].ljust(7, "0"))
    return ticks if ticks >= 0 else None
