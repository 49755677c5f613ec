"""Which columns a source is asked for, and gives; must not know formats, nor who asks.

Records of the Security log have columns that net events lack. One of these can be made for net
events: `event_id`.
"""

import functools
import ipaddress
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from wfpfast import Decoder, audit
from wfpfast.audit import EVENT_ID, EVENT_ID_NEEDS
from wfpfast.cli import _cells
from wfpfast.cli._gather import ROWS
from wfpfast.cli._screen import Fault

ADDRESSES = ("remote_address", "local_address", "source_address", "destination_address")


class Wish(NamedTuple):
    """What is wanted.

    Attributes
    ----------
    columns : sequence of str or None
        Their names; None is all.
    strict : bool
        Whether it is a fault to lack one; if not, it is left out.
    makes : bool
        Whether `event_id` is made of other columns where it is not there.
    also : sequence of str
        What else is needed, where it is there.
    gives : sequence of str
        What is there in the end, whether a source has it or not.
    coded : sequence of str
        Columns of text that may come as dictionaries, where the source has them so.
    rows : int
        How many events are a batch, where the source can choose: to join batches costs more than
        to make them.
    """

    columns: Sequence[str] | None = None
    strict: bool = True
    makes: bool = False
    also: Sequence[str] = ()
    gives: Sequence[str] = ()
    coded: Sequence[str] = ()
    rows: int = ROWS


@functools.cache
def known() -> pa.Schema:
    """Return all columns that wfpfast knows: those of net events, and what audits add."""
    return pa.schema(audit.read_events([]))


def asked(wish: Wish, *, audits: bool) -> list[str] | None:
    """Return the columns to ask a decoder for: of net events, or else of `audits`."""
    if wish.columns is None:
        return None
    there = known().names if audits else Decoder().column_names
    return _with_needs(
        wish, [name for name in wish.columns if name in there or _is_refused(wish, name)], there)


def _is_refused(wish: Wish, name: str) -> bool:
    """Tell whether a column that is not there is to be named by whoever does not have it."""
    return wish.strict and name not in wish.gives and not (wish.makes and name == EVENT_ID)


def chosen(wish: Wish, present: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the columns of a table to read, and those that it lacks and may not lack."""
    if wish.columns is None:
        return list(present), []
    missing = [name for name in wish.columns if name not in present and name not in wish.gives]
    if wish.makes and EVENT_ID_NEEDS[0] in present:
        missing = [name for name in missing if name != EVENT_ID]
    found = [name for name in wish.columns if name in present]
    return _with_needs(wish, found, present), missing if wish.strict else []


def _with_needs(wish: Wish, found: list[str], present: Sequence[str]) -> list[str]:
    """Return columns, and those that are needed besides, or of which `event_id` is to be made."""
    makes = EVENT_ID not in present and (
        EVENT_ID in wish.also or (wish.makes and EVENT_ID in (wish.columns or ())))
    needs = (*wish.also, *(EVENT_ID_NEEDS if makes else ()))
    return [*found, *(name for name in needs if name in present and name not in found)]


def with_event_id(wish: Wish, schema: pa.Schema) -> pa.Schema:
    """Return a schema with `event_id` if it is wanted or needed and can be made."""
    wanted = EVENT_ID in wish.also or (wish.makes and EVENT_ID in (wish.columns or ()))
    if wanted and EVENT_ID not in schema.names and EVENT_ID_NEEDS[0] in schema.names:
        return schema.append(known().field(EVENT_ID))
    return schema


def provided(wish: Wish, schema: pa.Schema, present: Sequence[str]) -> pa.Schema:
    """Return which columns there are in the end: those wanted, or else what a source has and gets.

    Parameters
    ----------
    present : sequence of str
        What the source has.
    """
    wanted = wish.columns
    if wanted is None:
        wanted = [name for name in schema.names if name in present or name in wish.gives]
    return pa.schema([schema.field(name) for name in wanted if name in schema.names])


def made(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the columns of a schema; `event_id` is made where it is not there."""
    if EVENT_ID in schema.names and EVENT_ID not in batch.schema.names:
        batch = batch.append_column(schema.field(EVENT_ID), audit.event_ids(batch))
    return batch.select(schema.names)


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with all columns of a schema; those that it lacks are null."""
    if batch.schema.names == schema.names:
        return batch
    there = batch.schema.names
    return pa.record_batch([
        batch.column(field.name) if field.name in there else pa.nulls(len(batch), field.type)
        for field in schema], schema=schema)


def union(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """Return the columns of all schemas: those that wfpfast knows in its order, then the others.

    Of a column that they have in different types, the first one counts.
    """
    fields: dict[str, pa.Field] = {}
    for schema in schemas:
        for field in schema:
            fields.setdefault(field.name, field)
    order = [name for name in known().names if name in fields]
    return pa.schema([fields[name] for name in dict.fromkeys([*order, *fields])])


def typed(
    batch: pa.RecordBatch, field: pa.Field, source: str, coded: Sequence[str] = ()
) -> pa.Array:
    """Return a column in the type that wfpfast gives it, whatever a file's writer made of it.

    Parameters
    ----------
    coded : sequence of str
        Columns that may also come as a dictionary of that type.
    """
    if field.name not in batch.schema.names:
        return pa.nulls(len(batch), field.type)
    array = batch.column(field.name)
    is_coded = field.name in coded and pa.types.is_dictionary(array.type)
    if array.type == field.type or (is_coded and array.type.value_type == field.type):
        return array
    try:
        if field.name in ADDRESSES and _cells.is_binary(array.type):
            return _cells.each(array, _address)
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_dictionary(field.type):
            return array.cast(field.type.value_type).dictionary_encode()
        return array.cast(field.type)
    except (pa.ArrowException, ipaddress.AddressValueError):
        raise Fault(
            f"{source}: the column {field.name} is {array.type}, not {field.type}"
        ) from None


def _address(value: bytes) -> str:
    address = ipaddress.IPv6Address(value)
    return str(address.ipv4_mapped or address)
