"""A record on a filter or another object, and what its fields say; must not know files.

Messages stand in fields as `%%16384`, or in the words that Elastic's pipelines put in their place.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from wfpfast._tables.audits import MESSAGES
from wfpfast.audit._change_fields import KINDS, Kind
from wfpfast.audit._errors import EvtxError

_EPOCH = 116_444_736_000_000_000    # 1970 as a FILETIME
_MOST = 1 << 63
_GUID = re.compile(r"\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?", re.ASCII)
_NO_GUID = "{00000000-0000-0000-0000-000000000000}"
_NUMBER = re.compile(r"0x[0-9a-f]{1,16}|[0-9]{1,20}", re.ASCII)


class Record(NamedTuple):
    """A record as its file has it.

    Attributes
    ----------
    event_id : int
        One of `KINDS`.
    time : int or None
        When it was written, as a FILETIME.
    host : str or None
        Computer.
    record_id : int or None
        EventRecordID.
    cells : mapping
        The texts of its fields by their names; None for what is no text, nor a number.
    number, chunk : int or None
        Where it is in its file.
    """

    event_id: int
    time: int | None
    host: str | None
    record_id: int | None
    cells: Mapping[str, str | None]
    number: int
    chunk: int | None


class Fault(NamedTuple):
    """What cannot be read, and what counts it."""

    stat: str
    error: EvtxError


class Change(NamedTuple):
    """What a record says.

    Attributes
    ----------
    time : int
        Nanoseconds from 1970.
    kind : Kind
        What it is about.
    cells : dict
        The fields that could be read, by the names of columns.
    bad : list of str
        The names of the fields that could not.
    replaced : int
        How many characters of texts are none, and now U+FFFD.
    """

    host: str | None
    time: int
    record_id: int | None
    kind: Kind
    cells: dict[str, Any]
    bad: list[str]
    replaced: int

    @property
    def key(self) -> str | None:
        """The GUID of the object."""
        found: str | None = self.cells.get(f"{self.kind.what}_key")
        return found


def _said(number: int, name: str) -> dict[str, str]:
    return {f"%%{number}": name, MESSAGES[number].casefold(): name}


def nanoseconds(ticks: int) -> int | None:
    """Return a FILETIME as nanoseconds from 1970, if they fit 64 bits."""
    found = (ticks - _EPOCH) * 100
    return found if -_MOST <= found < _MOST else None


def _whole(text: str) -> str:
    """Return a text without halves of characters, which JSON may have and no column can."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _text(text: str) -> str:
    return text


def _guid(text: str) -> str | None:
    found = _GUID.fullmatch(text.lower())
    if found is None:
        raise ValueError(text)
    guid = f"{{{found[1]}}}"
    return None if guid == _NO_GUID else guid


def number_of(text: str) -> int | None:
    """Return the number that a text is, decimal or hexadecimal behind `0x`; None if it is none."""
    try:
        return _number(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text.lower()):
        raise ValueError(text)
    number = int(text, 16 if text[:2] in ("0x", "0X") else 10)
    if number >= 1 << 64:
        raise ValueError(text)
    return number


def _id(text: str) -> int | None:
    return _number(text) or None


def _one_of(*several: dict[str, str]) -> Any:
    """Return a reader of messages, which leaves what it does not know as it is."""
    names = {said: name for each in several for said, name in each.items()}
    return lambda text: names.get(text.casefold(), text)


ADDED, DELETED = "added", "deleted"
# The column of each field, and what reads it.
_COLUMNS = {
    "FilterId": ("filter_id", _id), "FilterKey": ("filter_key", _guid),
    "FilterName": ("name", _text),
    "FilterType": ("lifetime", _one_of(
        _said(16386, "boot-time"), _said(16387, "persistent"), _said(16388, "not persistent"))),
    "ProviderKey": ("provider_key", _guid), "ProviderName": ("provider_name", _text),
    "LayerKey": ("layer_key", _guid), "LayerName": ("layer_name", _text),
    "LayerId": ("layer_id", _number), "Weight": ("weight", _number),
    "Conditions": ("conditions", _text),
    "Action": ("action", _one_of(
        _said(16389, "BLOCK"), _said(16390, "PERMIT"), _said(16391, "CALLOUT"))),
    "CalloutKey": ("callout_key", _guid), "CalloutName": ("callout_name", _text),
    "ProviderContextKey": ("context_key", _guid), "SubLayerKey": ("sublayer_key", _guid),
    "ProcessId": ("process_id", _number), "UserSid": ("user_sid", _text),
    "UserName": ("user_name", _text),
    "ChangeType": ("change", _one_of(_said(16384, ADDED), _said(16385, DELETED))),
}


def change_of(record: Record) -> Change | None:
    """Return what a record says; None if it does not say when that was."""
    time = None if record.time is None else nanoseconds(record.time)
    if time is None:
        return None
    host = None if record.host is None else _whole(record.host)
    cells: dict[str, Any] = {}
    bad = []
    replaced = (host or "").count("\ufffd")
    for field, text in record.cells.items():
        if text is None:
            bad.append(field)
        elif text not in ("", "-"):
            column, read = _COLUMNS[field]
            whole = _whole(text)
            replaced += whole.count("\ufffd")
            try:
                value = read(whole)
            except ValueError:
                bad.append(field)
            else:
                if value is not None:
                    cells[column] = value
    return Change(host, time, record.record_id, KINDS[record.event_id], cells, bad, replaced)
