"""Puts failed negotiations of IKE together by peer; must not know how they are counted or shown."""

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any

from wfpfast import names
from wfpfast.cli._tally import COUNT, FIRST, LAST, Tally

Row = dict[str, Any]
# Types of events, and the mode that failed.
MODES = {
    "IKEEXT_MM_FAILURE": "main", "IKEEXT_QM_FAILURE": "quick", "IKEEXT_EM_FAILURE": "extended"}
_STATES = ("mm_state", "qm_state", "em_state")
_END = ("host", "remote_address")
_HOW = ("keying_module", "sa_role", "failure_point", "auth_method", "local_principal",
        "remote_principal", "failure_error", "failure_reason")
PEER = (*_END, "event_type", *_STATES, *_HOW)
"""The columns that tell failures apart."""


def peers(failed: Tally, said: dict[int, str], most: int) -> Row:
    """Return a table with an object for each peer, most failures first.

    Parameters
    ----------
    failed : Tally
        Combinations of `PEER`.
    said : dict of int to str
        Names of errors that sources gave for numbers that have no known one.
    most : int
        How many peers.
    """
    found: dict[tuple[int, ...], list[int]] = {}
    counts: Counter[tuple[int, ...]] = Counter()
    for entry in failed.entries():
        end = tuple(failed.numbers(entry)[:len(_END)])
        found.setdefault(end, []).append(entry)
        counts[end] += failed.count(entry)
    ways = [found[end] for end, _ in counts.most_common(most)]
    name = functools.cache(lambda code: named(code, said))
    return {
        COUNT: counts.total(), "distinct": len(found),
        "top": [_peer([failed.row(entry) for entry in entries], name) for entries in ways]}


def _peer(rows: list[Row], name: Callable[[int | None], Row]) -> Row:
    return {**{key: rows[0][key] for key in _END}, **_counted(rows),
            "failures": [_failure(row, name) for row in rows]}


def _counted(rows: list[Row]) -> Row:
    firsts = [row[FIRST] for row in rows if row[FIRST] is not None]
    lasts = [row[LAST] for row in rows if row[LAST] is not None]
    return {
        COUNT: sum(row[COUNT] for row in rows),
        FIRST: min(firsts, default=None), LAST: max(lasts, default=None)}


def _failure(row: Row, name: Callable[[int | None], Row]) -> Row:
    """Return one way in which negotiations failed: the mode, and the error in words."""
    return {
        "event_type": row["event_type"], "mode": MODES.get(row["event_type"]),
        "state": next((row[name] for name in _STATES if row[name] is not None), None),
        **{name: row[name] for name in _HOW}, **name(row["failure_error"]),
        COUNT: row[COUNT], FIRST: row[FIRST], LAST: row[LAST]}


def named(code: int | None, said: dict[int, str]) -> Row:
    """Return the name, the meaning and the remedy of an error; None where there is none."""
    if code is None:
        return {"name": None, "meaning": None, "remedy": None}
    meaning = names.error_meaning(code)
    name = said.get(code % (1 << 32)) if meaning is None else None
    return {
        "name": name or names.error(code), "meaning": meaning, "remedy": names.error_remedy(code)}
