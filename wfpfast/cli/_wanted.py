"""Which columns a source is asked for, and gives; must not know formats, nor who asks.

Records of the Security log have columns that net events lack. One of these can be made for net
events: `event_id`.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from wfpfast import Decoder, audit
from wfpfast.audit import EVENT_ID, EVENT_ID_NEEDS


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
    coded : sequence of str
        Columns of text that may come as dictionaries, where the source has them so.
    """

    columns: Sequence[str] | None = None
    strict: bool = True
    makes: bool = False
    also: Sequence[str] = ()
    coded: Sequence[str] = ()


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
    return wish.strict and not (wish.makes and name == EVENT_ID)


def chosen(wish: Wish, present: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the columns of a table to read, and those that it lacks and may not lack."""
    if wish.columns is None:
        return list(present), []
    missing = [name for name in wish.columns if name not in present]
    if wish.makes and EVENT_ID_NEEDS[0] in present:
        missing = [name for name in missing if name != EVENT_ID]
    found = [name for name in wish.columns if name in present]
    return _with_needs(wish, found, present), missing if wish.strict else []


def _with_needs(wish: Wish, found: list[str], present: Sequence[str]) -> list[str]:
    """Return columns, and those that are needed besides, or of which `event_id` is to be made."""
    makes = wish.makes and EVENT_ID in (wish.columns or ()) and EVENT_ID not in present
    needs = (*wish.also, *(EVENT_ID_NEEDS if makes else ()))
    return [*found, *(name for name in needs if name in present and name not in found)]


def provided(wish: Wish, schema: pa.Schema) -> pa.Schema:
    """Return the columns that `made` gives of batches of a schema."""
    if wish.columns is None:
        return schema
    if wish.makes and EVENT_ID not in schema.names and EVENT_ID_NEEDS[0] in schema.names:
        schema = schema.append(known().field(EVENT_ID))
    return pa.schema([schema.field(name) for name in wish.columns if name in schema.names])


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
