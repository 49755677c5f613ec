"""What is done with the events of a source on their way; must not know formats or commands.

A stage chooses events or adds columns. It is told which columns there are before the first batch
comes, and says which of them it needs, so that they are read even if nobody else wants them.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import Decoder, EventBatch
from wfpfast.cli._hosts import HOST, Hosts
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import no_column

Change = Callable[[pa.RecordBatch], pa.RecordBatch]
Mask = Callable[[pa.RecordBatch], pa.BooleanArray]
NO_HOST = (
    "net events do not say which host they are of; records of the Security log do, and what convert"
    " makes of them; --host-from says it for files")


class Stage(Protocol):
    """One step on the way of all sources of a command.

    Attributes
    ----------
    needs : sequence of str
        Columns that it looks at, where they are there.
    gives : sequence of str
        Columns that it adds, or fills.
    """

    needs: Sequence[str]
    gives: Sequence[str]

    def on(self, name: str, schema: pa.Schema) -> tuple[pa.Schema, Change]:
        """Return what the batches of a source become, and what makes that of them.

        Raises
        ------
        Fault
            If the source is nothing that this can be done with.
        """

    def notes(self) -> list[str]:
        """Return what to say when sources have been read."""

    def faults(self) -> list[str]:
        """Return what to say when all sources have been read: each of it makes the status 1."""


class Choice:
    """A stage that keeps the events for which something is true."""

    option = ""
    needs: Sequence[str] = ()
    gives: Sequence[str] = ()

    def mask(self, name: str, schema: pa.Schema) -> Mask:
        """Return what tells of which events of a source it is true; null is no."""
        raise NotImplementedError

    def checked(self, name: str, schema: pa.Schema) -> Mask:
        """Return the mask of a source, which has to have what is needed."""
        for column in self.needs:
            if column not in schema.names:
                raise Fault(no_column(f"{name}: {self.option}", column, schema.names))
        return self.mask(name, schema)

    def on(self, name: str, schema: pa.Schema) -> tuple[pa.Schema, Change]:
        """Return the schema as it is, and what leaves the other events out."""
        mask = self.checked(name, schema)
        return schema, lambda batch: batch.filter(mask(batch))

    def notes(self) -> list[str]:
        """Return nothing."""
        return []

    def faults(self) -> list[str]:
        """Return nothing: that no event is left is an answer."""
        return []


class OfHosts(Choice):
    """Keeps the events of some hosts, for ``--host``."""

    needs: Sequence[str] = (HOST,)

    def __init__(self, patterns: Sequence[str]) -> None:
        self._hosts = Hosts(patterns)

    def on(self, name: str, schema: pa.Schema) -> tuple[pa.Schema, Change]:
        """Return the schema as it is, and what leaves other hosts out."""
        if HOST not in schema.names:
            raise Fault(f"{name}: --host: {NO_HOST}")
        return schema, self.chosen

    def chosen(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the events of these hosts."""
        return self._hosts.chosen(batch)

    def faults(self) -> list[str]:
        """Return what to say of hosts that are nowhere."""
        return self._hosts.faults()


class Chosen:
    """Live events that are chosen after Windows has delivered them.

    Parameters
    ----------
    choices : sequence of Choice
        All of which have to be true.
    columns : sequence of str, optional
        What is wanted of events; all by default.

    Attributes
    ----------
    columns : list of str or None
        What to decode: what the choices need, too.
    left_out : int
        How many events were not chosen.
    """

    def __init__(self, choices: Sequence[Choice], columns: Sequence[str] | None) -> None:
        there = Decoder().column_names
        needs = [name for choice in choices for name in choice.needs if name in there]
        self.columns = None if columns is None else list(dict.fromkeys((*columns, *needs)))
        self.left_out = 0
        schema = pa.schema(Decoder(columns=self.columns))
        self._masks = [choice.checked("net events", schema) for choice in choices]

    def mask(self, batch: EventBatch) -> pa.BooleanArray:
        """Return which events of a batch are chosen."""
        rows = pa.record_batch(batch)
        masks = [pc.fill_null(mask(rows), False) for mask in self._masks]
        chosen = functools.reduce(pc.and_, masks)
        self.left_out += len(rows) - (chosen.true_count or 0)
        return chosen

    def of(self, batch: EventBatch) -> EventBatch:
        """Return the chosen events of a batch."""
        return batch.filter(self.mask(batch))
