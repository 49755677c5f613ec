"""The columns of a batch for a view, whichever it has; must not know vocabularies.

Everything is done a column at a time. What a value of few stands for is looked up once a value.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import audit, names
from wfpfast.views._meaning import Meaning, meaning

TEXT = pa.utf8()
# The columns that every view has a place for; the others are kept under their names.
_CARRIED = ("timestamp", "app_path", "user_sid", "ip_version", "ip_protocol", "filter_id",
            "process_id", "host", "event_id")
# Which of the columns of audits each record of the Security log has one of.
_OF_RECORDS = ("record_id", "layer_kind", "source_address", "failure_reason")
_ADDRESSES = ("local_address", "remote_address", "local_mac", "remote_mac")


@functools.cache
def known() -> pa.Schema:
    """Return all columns that wfpfast knows, with plain values in place of dictionaries."""
    return pa.schema([
        pa.field(each.name, each.type.value_type)
        if pa.types.is_dictionary(each.type) else each
        for each in pa.schema(audit.read_events([]))])


class Rows:
    """A batch of events, whose columns are those that wfpfast knows."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        there = set(batch.schema.names)
        if not there & set(known().names):
            raise ValueError("no events: no column has a name that wfpfast knows")
        if wrong := [name for name in _ADDRESSES if name in there and pa.types.is_fixed_size_binary(
                batch.schema.field(name).type)]:
            raise ValueError(f"column {wrong[0]}: addresses as bytes; a view needs them as text")
        self._batch = batch
        self._there = there
        self._plain: dict[str, pa.Array] = {}
        self.count = len(batch)
        self._coded, self._meanings = self._kinds()

    def raw(self, name: str) -> pa.Array:
        """Return a column as it is; nulls if it is not there."""
        if name in self._there:
            return self._batch.column(name)
        kind = known().field(name).type if name in known().names else TEXT
        return pa.nulls(self.count, kind)

    def get(self, name: str) -> pa.Array:
        """Return a column of plain values, of the type which wfpfast has for it."""
        if name not in self._plain:
            self._plain[name] = self._cast(name)
        return self._plain[name]

    def _cast(self, name: str) -> pa.Array:
        kind = known().field(name).type if name in known().names else TEXT
        array = self.raw(name)
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        try:
            return array.cast(kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ValueError(f"column {name} is {array.type}, no {kind}: {error}") from None

    def mapped(
        self, name: str, function: Callable[[Any], Any], kind: pa.DataType = TEXT
    ) -> pa.Array:
        """Return what a function makes of each value of a column, which is asked once a value."""
        coded = self.raw(name).dictionary_encode()
        values = [None if each is None else function(each) for each in coded.dictionary.to_pylist()]
        return pa.array(values, kind).take(coded.indices)

    def by_kind(self, function: Callable[[Meaning], Any], kind: pa.DataType = TEXT) -> pa.Array:
        """Return what a function makes of each row's meaning, which is asked once a meaning."""
        return pa.array([function(each) for each in self._meanings], kind).take(self._coded)

    def always(self, value: Any, kind: pa.DataType = TEXT) -> pa.Array:
        """Return a column of one value."""
        if pa.types.is_list(kind):          # which repeat() is slow with
            return pa.array([value], kind).take(pa.repeat(pa.scalar(0, pa.int32()), self.count))
        return pa.repeat(pa.scalar(value, kind), self.count)

    def rest(self) -> pa.StructArray:
        """Return the columns that no field has, under their names; bytes as hexadecimal text.

        So are numbers that may be above 2^63, for which not every reader has a type.
        """
        return struct({
            each.name: self._kept(each) for each in known() if each.name not in _CARRIED})

    def _kept(self, field: pa.Field) -> pa.Array:
        if pa.types.is_fixed_size_binary(field.type):
            if self.raw(field.name).type == TEXT:       # as CSV has it
                return self.raw(field.name)
            return self.mapped(field.name, bytes.hex)
        if field.type == pa.uint64():
            return self.get(field.name).cast(TEXT)
        if field.name == "terminating_filters":
            kind = pa.list_(pa.struct([
                (each.name, TEXT) for each in field.type.value_type]))
            return self.get(field.name).cast(kind)
        return self.get(field.name)

    def _kinds(self) -> tuple[pa.Array, list[Meaning]]:
        """Return for each row the number of its meaning, and the meanings."""
        logged = either(*(pc.is_valid(self.raw(name)) for name in _OF_RECORDS))
        types = self.raw("event_type")
        if not pa.types.is_dictionary(types.type) or types.type.value_type != TEXT:
            types = self.get("event_type").dictionary_encode()
        names_of = [*types.dictionary.to_pylist(), None]
        audits = pc.fill_null(audit.event_ids(self._batch), 0)
        # One number of the three, since numbers are told apart faster than texts.
        code = pc.fill_null(types.indices, len(types.dictionary)).cast(pa.int64())
        for part, values in ((audits, 1 << 16), (logged, 2)):
            code = pc.add(pc.multiply(code, values), part.cast(pa.int64()))
        coded = code.dictionary_encode()
        meanings = []
        for number in coded.dictionary.to_pylist():
            rest, is_logged = divmod(number, 2)
            place, event_id = divmod(rest, 1 << 16)
            meanings.append(meaning(names_of[place] or None, event_id or None, bool(is_logged)))
        return coded.indices, meanings


def either(*masks: pa.Array) -> pa.Array:
    """Return where one of some masks is set."""
    return functools.reduce(pc.or_, masks)


def struct(fields: Mapping[str, pa.Array], *, needs: tuple[str, ...] = ()) -> pa.StructArray:
    """Return a struct, null where all its fields are, or all of those that it needs one of."""
    there = either(*(pc.is_valid(array) for name, array in fields.items()
                     if not needs or name in needs))
    return pa.StructArray.from_arrays(
        list(fields.values()), names=list(fields), mask=pc.invert(there))


def where(mask: pa.Array, array: pa.Array) -> pa.Array:
    """Return values where a mask is set, null elsewhere."""
    return pc.if_else(mask, array, pa.scalar(None, array.type))


def layer(number: int) -> str:
    """Return the name of a layer without its prefix."""
    return names.layer(number).removeprefix("FWPS_LAYER_")


def protocol(number: int) -> str | None:
    """Return the keyword of a protocol, or None."""
    name = names.protocol(number)
    return None if name.startswith("UNKNOWN_") else name


def program(path: str) -> str:
    """Return the last part of a path of Windows."""
    return path.rpartition("\\")[2]


def error_code(rows: Rows) -> pa.Array:
    """Return the code of a failure as text: a Win32 code decimal, an NTSTATUS hexadecimal."""
    status = rows.mapped("failure_status", lambda code: f"0x{code & 0xFFFF_FFFF:08X}")
    return pc.coalesce(rows.get("failure_error").cast(TEXT), status)


def error_text(rows: Rows) -> pa.Array:
    """Return the reason of a failure in words; records have it, in their machine's language."""
    return pc.coalesce(
        rows.get("failure_reason"),
        *(rows.mapped(name, names.error_meaning) for name in ("failure_error", "failure_status")))


def rule_name(rows: Rows) -> pa.Array:
    """Return the name of the rule behind the filter, or what Windows calls its origin."""
    return pc.coalesce(rows.get("rule_name"), rows.get("filter_origin"))
