"""Puts names beside the events of a command; must not know where they come from, or go."""

import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import Engine
from wfpfast.cli import _screen
from wfpfast.cli._follow import Follow
from wfpfast.cli._rules import (
    Recorded,
    known_rules,
    own_rules,
    recorded,
    say_faults,
)
from wfpfast.cli._screen import Fault, listed
from wfpfast.cli._stages import Change, Choice, OfHosts, Stage
from wfpfast.engine import machine
from wfpfast.naming import COLUMNS, NEEDS
from wfpfast.naming.names import Drives, Hosts, Names

HOST = "host"
_SHOWN = 10     # hosts that a message names


class Naming:
    """A stage that events pass: they leave it with names behind their columns.

    Parameters
    ----------
    filters : sequence of Path
        Files of filters; the first one that has an id names it.
    volumes : sequence of Path
        JSON files that say which drive a volume is, in one machine or in several.

    Attributes
    ----------
    asked_for : bool
        Whether somebody who asked for names wants to hear how many there were.
    """

    needs = NEEDS

    def __init__(self, filters: Sequence[Path] = (), volumes: Sequence[Path] = ()) -> None:
        self.asked_for = True
        self._files = known_rules(filters, ())
        self._tables: list[Any] | None = [each.table for each in self._files] if filters else None
        self._volumes = _read_volumes(volumes) if volumes else None
        self._accounts: Any = None
        self._anybodys = [  # files that do not say whose state they are
            each.path for each in self._files if HOST not in each.table.column_names]
        if self._volumes is not None and Drives(self._volumes).of_nobody:
            self._anybodys += map(str, volumes)
        self._hosts: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._own: dict[str, Names] = {}    # by file: those that have names themselves
        self._follow: Follow | None = None
        self._here = False
        self._engine: pa.Table | None = None
        self._names = self._prepared(self._tables)

    def _prepared(self, tables: Sequence[Any] | None, machine: Recorded | None = None) -> Names:
        """Return what names events, those of the machine of a recording if one is given."""
        volumes, accounts = self._volumes, self._accounts
        if machine is not None:
            accounts = machine.machine.accounts
            if volumes is not None:
                volumes = self._volumes_of(machine.host, machine.machine.volumes)
        names = Names(tables, volumes=volumes, accounts=accounts)
        names.counts = self._counts
        return names

    def _volumes_of(self, host: str | None, known: Mapping[str, str]) -> dict[str, str]:
        """Return the drives of one machine; what was given goes before what it says itself."""
        given = Drives(self._volumes or {})
        return {**Drives(known).of(None), **given.of(host and Hosts(given.hosts).like(host))}

    def read_own(self, paths: Sequence[Path]) -> None:
        """Read the names that files of events have themselves; these come last.

        Those of a netsh file or a recording are for its own events only, those of logs for events
        of their hosts.
        """
        logs = known_rules((), paths)
        diaries = recorded(paths)
        own = [*own_rules(paths), *(each.rules for each in diaries if each.rules is not None)]
        for each in diaries:
            say_faults(each)
        if self._volumes is None and any(each.machine.volumes for each in diaries):
            self._volumes = {}      # then there is a column for paths with drives
        if logs or own:
            self._files += logs
            self._tables = [*(self._tables or []), *(each.table for each in logs)]
        self._names = self._prepared(self._tables)
        of_machines = {each.path: each for each in diaries}
        its = {each.path: each.table for each in own}
        for path in {**of_machines, **its}:
            tables = [*(self._tables or []), *([its[path]] if path in its else [])]
            self._own[path] = self._prepared(tables or self._tables, of_machines.get(path))

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
        """Return events of an engine with names; one of a new filter makes it ask for them."""
        if self._follow is not None and self._follow.due(
                pc.unique(batch["filter_id"]).drop_null().to_pylist()):
            self._look(self._follow)
        return self._apply(self._names, batch)

    def _apply(self, names: Names, batch: pa.RecordBatch) -> pa.RecordBatch:
        if self._anybodys and HOST in batch.schema.names:
            self._hosts.update(pc.unique(batch[HOST]).drop_null().cast(pa.utf8()).to_pylist())
        return names.apply(batch)

    def notes(self) -> list[str]:
        """Return what there is to say in the end."""
        counts = self._counts
        found = []
        if counts and self.asked_for:
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
        self._here = of_this_machine
        if of_this_machine:
            self._volumes = self._volumes_of(platform.node(), machine.volumes())
            self._accounts = machine.account
        self._names = self._prepared(self._tables)

    def ask(self, engine: Engine) -> None:
        """Read the engine's filters; what files say of an id goes before."""
        self._follow = Follow(engine, "filters of the engine have no names here")
        self._look(self._follow)

    def _look(self, follow: Follow) -> None:
        """Read the engine's filters; events of those that are just gone may still come."""
        found = follow.look()
        if found is None:
            return
        there = pa.table(found)
        tables = [*(self._tables or []), there]
        if self._engine is not None:
            tables.append(self._engine)
            if self._here:
                self._volumes = self._volumes_of(platform.node(), machine.volumes())
        self._engine = there
        self._names = self._prepared(tables)

    def rules(self) -> dict[int, str]:
        """Return the names of the filters in files, by their ids."""
        found: dict[int, str] = {}
        for each in self._files:
            columns = (each.table[name].to_pylist() for name in ("filter_id", "name"))
            for number, name in zip(*columns, strict=True):
                found.setdefault(number, name)
        return found


def read_own(
    stages: Sequence[Stage], paths: Sequence[Path], columns: Sequence[str] = ()
) -> Sequence[Stage]:
    """Let the stage of names read what names files of events have; return all stages.

    If there is none, and names are among the columns, recordings that explain themselves get one.
    """
    for stage in stages:
        if isinstance(stage, Naming):
            stage.read_own(paths)
            return stages
    wanted = {*columns, *(name for stage in stages for name in stage.needs)}
    if not wanted.intersection(COLUMNS) or not recorded(paths):
        return stages
    naming: Any = Naming()     # whose `gives` nobody may set
    naming.asked_for = False
    naming.read_own(paths)
    where = next((number for number, stage in enumerate(stages)
                  if isinstance(stage, Choice) and not isinstance(stage, OfHosts)), len(stages))
    return [*stages[:where], naming, *stages[where:]]


def _read_volumes(paths: Sequence[Path]) -> dict[str, Any]:
    """Return the maps of several files as one."""
    found: dict[str, Any] = {}
    for path in paths:
        for name, value in _read_map(path).items():
            before = found.setdefault(name, value)
            if isinstance(before, dict) and isinstance(value, dict):
                both = {**value, **before}
                if both != {**before, **value}:
                    raise Fault(f"{path}: another file says otherwise of the volumes of {name}")
                found[name] = both
            elif before != value:
                raise Fault(f"{path}: another file says that {name} is {before}")
    return found


def _read_map(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(found, dict):
            raise ValueError('expected an object such as {"HarddiskVolume3": "C:"}')
        Drives(found)   # which says what is wrong with a volume
    except (ValueError, RecursionError) as error:
        raise Fault(f"{path}: {error}") from None
    except OSError as error:
        raise Fault(f"{path}: {error.strerror or error}") from None
    return found
