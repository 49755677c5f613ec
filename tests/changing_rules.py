"""A simulator whose filters change: others come, and those that were there go; its events."""

import itertools
import time
import uuid
from typing import Any

from wfpfast import Engine, Simulator
from wfpfast._columns.table import Table
from wfpfast.simulator._objects import filter_piece

CONNECT = "c38d57d1-05a7-4c33-904f-7fbceee60e82"     # FWPM_LAYER_ALE_AUTH_CONNECT_V4, id 48
FILTERS = Engine.filters
FILETIME = 116_444_736_000_000_000      # of 1970
PATH = "\\device\\harddiskvolume3\\windows\\svchost.exe"


def drop(number: int, sid: bytes | None = None) -> dict[str, Any]:
    header = {
        "timeStamp": time.time_ns() // 100 + FILETIME, "flags": 0x20 | (0x40 if sid else 0),
        "appId": (PATH + "\0").encode("utf-16-le"), "userId": sid}
    return {"header": header, "type": 3, "classifyDrop": {"filterId": number, "layerId": 48}}


def piece(number: int, name: str) -> Any:
    return filter_piece({
        "filter_key": uuid.UUID(int=number), "layer_key": CONNECT, "filter_id": number,
        "sublayer_key": uuid.UUID(int=1), "name": name})


class Rules:
    """The filters that a simulator has now, of all that it was given: none can be taken from it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._now: set[tuple[int, str]] = set()
        self._given: set[tuple[int, str]] = set()

    def set(self, **rules: str) -> None:
        """Let it have these filters and no others: r7="name" is the filter 7."""
        self._now = {(int(key[1:]), name) for key, name in rules.items()}
        self.simulator._set_objects(0, [piece(*each) for each in self._now - self._given])
        self._given |= self._now

    def filters(self, engine: Engine) -> Table:
        """Return what `Engine.filters` would if it had no others."""
        table = FILTERS(engine)
        columns = {name: (table[name].type, table[name].to_pylist()) for name in table.column_names}
        ids, names = (columns[name][1] for name in ("filter_id", "name"))
        there = [key in self._now for key in zip(ids, names, strict=True)]
        return Table({name: (kind, list(itertools.compress(values, there)))
                      for name, (kind, values) in columns.items()})
