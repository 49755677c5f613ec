"""Keeps events that fit conditions, batch by batch; must not know how conditions are written."""

import functools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.cli._stages import Choice, Mask
from wfpfast.cli._wanted import known, typed
from wfpfast.cli._wishes import Wish

_REMEMBERED = 1 << 16   # answers for values, of each condition


class Condition(Choice):
    """Keeps the events whose value of a column is as wished: each distinct value is asked once."""

    def __init__(self, wish: Wish) -> None:
        self.option = wish.option
        self.needs = (wish.column,)
        self._fits = functools.lru_cache(_REMEMBERED)(wish.fits)
        self._field = known().field(wish.column)

    def mask(self, name: str, schema: pa.Schema) -> Mask:
        """Return what tells whether values are as wished."""
        return lambda batch: self._answers(typed(batch, self._field, name))

    def _answers(self, column: pa.Array) -> pa.BooleanArray:
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        # Of a dictionary that many batches share, one batch uses few values.
        used = column.indices.unique().drop_null()
        values = column.dictionary.take(used).to_pylist()
        fitting = pc.filter(used, pa.array(map(self._fits, values), pa.bool_()))
        answers = pc.is_in(column.indices, fitting)
        return pc.or_(answers, column.indices.is_null()) if self._fits(None) else answers


class Period(Choice):
    """Keeps the events of a time, both ends included; one without a timestamp is of no time."""

    needs = ("timestamp",)

    def __init__(self, since: datetime | None, until: datetime | None) -> None:
        self.option = "--since" if since is not None else "--until"
        self._field = known().field("timestamp")
        self._ends = [
            (compare, pa.scalar(end, pa.timestamp("us", tz="UTC")).cast(self._field.type))
            for compare, end in ((pc.greater_equal, since), (pc.less_equal, until))
            if end is not None]

    def mask(self, name: str, schema: pa.Schema) -> Mask:
        """Return what tells whether an event was in the time."""

        def within(batch: pa.RecordBatch) -> pa.BooleanArray:
            column = typed(batch, self._field, name)
            answers = [compare(column, end) for compare, end in self._ends]
            return functools.reduce(pc.and_, answers)

        return within


def conditions(options: Mapping[str, Any]) -> Iterator[Choice]:
    """Yield what options ask for that choose events; those that were not given are None."""
    since, until = options.get("since"), options.get("until")
    if since is not None and until is not None and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}.",
                               click.get_current_context())
    if since is not None or until is not None:
        yield Period(since, until)
    yield from (Condition(value) for value in options.values() if isinstance(value, Wish))
    if options.get("where") is not None:
        from wfpfast.cli._where import Where

        yield Where(options["where"])
