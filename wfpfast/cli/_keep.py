"""Puts into a recording what explains its events on other machines; must not know who records."""

import time
from typing import Any

from wfpfast import Block, Decoder, Engine, names
from wfpfast.cli._follow import Follow, ids
from wfpfast.cli._output import written
from wfpfast.engine import machine
from wfpfast.recording import Recorder

PERIOD = 60.0           # seconds after which what is gone is noticed
_WHILE = 0.5            # seconds for which accounts are asked for before a block is written
_MOST_ACCOUNTS = 65_536


class Keeper:
    """The filters, drives and accounts of a machine on their way to a recording.

    Parameters
    ----------
    engine : Engine
        What is asked for filters.
    recorder : Recorder
        Where they go.
    of_this_machine : bool
        Whether the engine is this machine's own, whose drives and accounts are known here.
    """

    def __init__(self, engine: Engine, recorder: Recorder, *, of_this_machine: bool) -> None:
        self._recorder = recorder
        self._here = of_this_machine
        self._follow = Follow(
            engine, "filters of the engine are not in the recording", period=PERIOD)
        columns = ["filter_id", *(["user_sid"] if of_this_machine else [])]
        self._decoder = Decoder(columns=columns, errors="null")
        self._asked: set[str | None] = {None}
        self._waiting: dict[str, None] = {}

    def before(self, block: Block) -> None:
        """Look again if a block that is to be written has what is not known."""
        batch = self._decoder.decode(block)
        accounts = self._accounts(batch["user_sid"].to_pylist()) if self._here else {}
        if self._follow.due(ids(batch)):
            self._look(accounts)
        elif accounts:
            self._write(accounts=accounts)

    def begin(self) -> None:
        """Look for the first time."""
        self._look({})

    def finish(self) -> None:
        """Look for the last time, if something is not known yet."""
        if self._follow.owing or self._waiting:
            self._look(self._accounts([]))

    def _look(self, accounts: dict[str, str]) -> None:
        looked = time.time_ns()
        self._write(
            filters=self._follow.look(), looked_ns=looked, accounts=accounts,
            volumes=machine.volumes() if self._here else None)

    def _write(self, **state: Any) -> None:
        with written(self._recorder.path):
            self._recorder.write_state(**state)

    def _accounts(self, sids: list[str | None]) -> dict[str, str]:
        """Return the names of some accounts that were not asked for; a domain may take its time."""
        for sid in set(sids) - self._asked:
            if sid is not None and len(self._asked) < _MOST_ACCOUNTS:
                self._asked.add(sid)
                if names.account(sid) is None:  # the others are called so everywhere
                    self._waiting[sid] = None
        found = {}
        end = time.monotonic() + _WHILE
        for sid in list(self._waiting):
            if time.monotonic() >= end:
                break
            del self._waiting[sid]
            name = machine.account(sid)
            if name is not None:
                found[sid] = name
        return found
