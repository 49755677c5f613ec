"""What is done with the events of a source on their way; must not know formats or commands.

A stage chooses events or adds columns. It is told which columns there are before the first batch
comes, and says which of them it needs, so that they are read even if nobody else wants them.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

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

    def on(self, name: str, schema: pa.Schema) -> tuple[pa.Schema, Change]:
        """Return the schema as it is, and what leaves the other events out."""
        for column in self.needs:
            if column not in schema.names:
                raise Fault(no_column(f"{name}: {self.option}", column, schema.names))
        mask = self.mask(name, schema)
        return schema, lambda batch: batch.filter(mask(batch))

    def notes(self) -> list[str]:
        """Return nothing."""
        return []

    def faults(self) -> list[str]:
        """Return nothing: that no event is left is an answer."""
        return []


class OfHosts(Choice):
    """Keeps the events of some hosts, for ``--host``."""

    needs = (HOST,)

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


def all_of(masks: Sequence[Mask], batch: pa.RecordBatch) -> pa.BooleanArray:
    """Return of which events all is true."""
    first, *others = (pc.fill_null(mask(batch), False) for mask in masks)
    for other in others:
        first = pc.and_(first, other)
    return first
