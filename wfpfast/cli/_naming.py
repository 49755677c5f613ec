"""Puts names beside the events of a command; must not know where they come from, or go."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import Engine, WfpError
from wfpfast.cli import _screen
from wfpfast.cli._rules import known_rules, own_rules
from wfpfast.cli._screen import Fault, listed
from wfpfast.cli._stages import Change, Stage
from wfpfast.engine import machine
from wfpfast.naming import COLUMNS, NEEDS
from wfpfast.naming.names import Names

HOST = "host"
_SHOWN = 10     # hosts that a message names


class Naming:
    """A stage that events pass: they leave it with names behind their columns.

    Parameters
    ----------
    filters : sequence of Path
        Files of filters; the first one that has an id names it.
    volumes : Path, optional
        A JSON file that says which drive a volume is.
    """

    needs = NEEDS

    def __init__(self, filters: Sequence[Path] = (), volumes: Path | None = None) -> None:
        self._files = known_rules(filters, ())
        self._tables: list[Any] | None = [each.table for each in self._files] if filters else None
        self._volumes = None if volumes is None else _read_volumes(volumes)
        self._accounts: Any = None
        self._anybodys = [  # files that do not say whose state they are
            each.path for each in self._files if HOST not in each.table.column_names]
        self._hosts: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._own: dict[str, Names] = {}    # by file: those that have filters themselves
        self._names = self._prepared(self._tables)

    def _prepared(self, tables: Sequence[Any] | None) -> Names:
        names = Names(tables, volumes=self._volumes, accounts=self._accounts)
        names.counts = self._counts
        return names

    def read_own(self, paths: Sequence[Path]) -> None:
        """Read the filters that files of events have themselves; these come last.

        Those of a netsh file are for its own events only, those of logs for events of their hosts.
        """
        logs = known_rules((), paths)
        own = list(own_rules(paths))
        if logs or own:
            self._files += logs
            self._tables = [*(self._tables or []), *(each.table for each in logs)]
            self._names = self._prepared(self._tables)
            self._own = {each.path: self._prepared([*self._tables, each.table]) for each in own}

    @property
    def gives(self) -> list[str]:
        """The columns that events may get."""
        made = self._names.schema(pa.schema([pa.field(name, pa.null()) for name in NEEDS])).names
        return [name for name in made if name in COLUMNS]

    def asked(self, columns: Sequence[str] | None) -> list[str] | None:
        """Return the columns to ask a decoder for, so that these can be made."""
        if columns is None:
            return None
        gives = self.gives
        given = [name for name in columns if name not in gives]
        made = len(given) < len(columns)
        return [*given, *(name for name in NEEDS if made and name not in (*given, HOST))]

    def schema(self, name: str, schema: pa.Schema) -> pa.Schema:
        """Return the columns that events of a source leave with."""
        if self._tables is not None and "filter_id" not in schema.names:
            raise Fault(f"{name}: --filters: its events have no column filter_id")
        if any(each.by_time for each in self._files) and "timestamp" not in schema.names:
            raise Fault(f"{name}: --filters: its events have no column timestamp")
        return self._names.schema(schema)

    def on(self, name: str, schema: pa.Schema) -> tuple[pa.Schema, Change]:
        """Return the columns that events of a source leave with, and what gives them these."""
        names = self._own.get(name, self._names)
        return self.schema(name, schema), lambda batch: self._apply(names, batch)

    def faults(self) -> list[str]:
        """Return nothing: that a rule has no name is an answer."""
        return []

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return events of an engine with names."""
        return self._apply(self._names, batch)

    def _apply(self, names: Names, batch: pa.RecordBatch) -> pa.RecordBatch:
        if self._anybodys and HOST in batch.schema.names:
            self._hosts.update(pc.unique(batch[HOST]).drop_null().cast(pa.utf8()).to_pylist())
        return names.apply(batch)

    def notes(self) -> list[str]:
        """Return what there is to say in the end."""
        counts = self._counts
        found = []
        if counts:
            told = ", ".join(f"{word} {count:,}" for word, count in sorted(
                counts.items(), key=lambda each: -each[1]))
            found.append(f"filter_known of {_screen.events(sum(counts.values()))}: {told}")
        if len(self._hosts) > 1:
            hosts = listed(sorted(self._hosts), _SHOWN)
            files = listed(self._anybodys, _SHOWN)
            found.append(f"{files} does not say of which host it is, and named events of"
                         f" {len(self._hosts)} hosts: {hosts}; --host chooses one")
        return found

    def expect_engine(self, *, of_this_machine: bool) -> None:
        """Prepare for the events of an engine, which has rules of its own to tell."""
        self._tables = self._tables or []
        if of_this_machine:
            self._volumes = {**machine.volumes(), **(self._volumes or {})}
            self._accounts = machine.account
        self._names = self._prepared(self._tables)

    def ask(self, engine: Engine) -> None:
        """Read the engine's filters; what files say of an id goes before."""
        try:
            self._tables = [*(self._tables or []), engine.filters()]
        except WfpError as error:
            _screen.say(f"wfpfast: filters of the engine have no names here: {error}")
        self._names = self._prepared(self._tables)

    def rules(self) -> dict[int, str]:
        """Return the names of the filters in files, by their ids."""
        found: dict[int, str] = {}
        for each in self._files:
            columns = (each.table[name].to_pylist() for name in ("filter_id", "name"))
            for number, name in zip(*columns, strict=True):
                found.setdefault(number, name)
        return found


def read_own(stages: Sequence[Stage], paths: Sequence[Path]) -> None:
    """Let the stage of names, if there is one, read the filters that files of events have."""
    for stage in stages:
        if isinstance(stage, Naming):
            stage.read_own(paths)


def _read_volumes(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(found, dict):
            raise ValueError('expected an object such as {"HarddiskVolume3": "C:"}')
        Names(volumes=found)    # which says what is wrong with a volume
    except (ValueError, RecursionError) as error:
        raise Fault(f"{path}: {error}") from None
    except OSError as error:
        raise Fault(f"{path}: {error.strerror or error}") from None
    return found
