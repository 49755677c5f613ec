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
_WITHOUT_COLUMN = frozenset((
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


class Lost(NamedTuple):
    """A record that cannot be read, and what counts it; its event's id if that is known."""

    reason: str
    stat: str = "lost_events"
    event_id: str = ""


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


def listed(items: Iterable[Told | Lost]) -> Iterator[Listed]:
    """Yield the records of a file, some at a time; each is known by its number, from 1."""
    memory, size, seen = bytearray(), 0, 0
    stats: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    fault = None
    for number, item in enumerate(items, 1):
        # A fault is behind the records that are with it.
        if seen == RECORDS or (fault is not None and isinstance(item, Told)):
            yield Listed(memory, size, stats, lost, fault)
            memory, size, seen, fault = bytearray(), 0, 0, None
            stats, lost = Counter(), Counter()
        seen += 1
        if isinstance(item, Lost) and item.event_id in CHANGES:  # it would become no row
            _pack(memory, number, Told({"EventID": item.event_id}, ()), stats)
            size += 1
        elif isinstance(item, Lost):
            lost[item.stat] += 1
            fault = fault or EvtxError(item.reason, record=number)
        else:
            _pack(memory, number, item, stats)
            size += 1
    if seen:
        yield Listed(memory, size, stats, lost, fault)


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
            f"unknown_member:{name}" for name in unknown if name not in _WITHOUT_COLUMN)
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
