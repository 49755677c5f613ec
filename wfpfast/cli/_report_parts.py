"""The parts of the page of `wfpfast report`; must not know HTML, nor how things were counted."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rich.text import Text

from wfpfast.cli import _show
from wfpfast.cli._page import QUIET, Label, Row
from wfpfast.cli._screen import number, printable, seconds

WIDTH, HEIGHT = 1000, 200   # of the chart over time, in units of its own
FULL = 1000                 # of a bar in a table
_ROOM = 1 << 20             # characters: a page has room for every label
KINDS = ("dropped", "allowed", "failed", "other")


class Table(NamedTuple):
    """One table of a report, and how to show it."""

    title: str
    what: str
    colour: str
    counted: Row
    label: Label


def ranked(found: Row) -> Iterator[Row]:
    """Yield the tables of a report that say something, each with bars of its longest."""
    for table in _tables(found):
        rows = table.counted["top"]
        if not rows or (len(rows) == 1 and table.label(rows[0], _ROOM) == _show._not_given()):
            continue
        most = max(row["events"] for row in rows)
        total = table.counted["events"]
        rest = table.counted["distinct"] - len(rows)
        yield {
            "title": table.title, "what": table.what, "colour": table.colour, "note": "",
            "rest": f"and {number(rest)} more" if rest else "",
            "rows": [_ranked(row, table.label(row, _ROOM), most, total) for row in rows]}


def _ranked(row: Row, label: Sequence[Text], most: int, total: int) -> Row:
    first, *more = (part for line in label for part in _parts(line))
    return {
        "label": first, "more": more, "events": number(row["events"]),
        "share": f"{100 * row['events'] / total:.1f} %",
        "width": max(1, FULL * row["events"] // most)}


def _parts(line: Text) -> Iterator[str]:
    """Yield what a line says, and then what it says quietly."""
    at = min((span.start for span in line.spans if span.style == QUIET), default=len(line.plain))
    yield from filter(None, (line.plain[:at].strip(), line.plain[at:].strip()))


def _tables(found: Row) -> Iterator[Table]:
    dropped, allowed = found["dropped"], found["allowed"]
    def rule(row: Row, _: int) -> list[Text]:
        return _show._filter(row, found["rule_files"], 0)

    for what, name, label in (
        ("rule", "filters", rule), ("program", "applications", _show._application),
        ("remote address", "remote_addresses", _show._value("remote_address")),
        ("remote port", "remote_ports", _show._port),
        ("origin of the filter", "origins", _show._value("filter_origin")),
        ("direction", "directions", _show._value("direction")), ("user", "users", _show._user),
    ):
        yield Table(f"Dropped, by {what}", what.capitalize(), "dropped", dropped[name], label)
    if dropped["hosts"]["distinct"] > 1:
        yield Table("Dropped, by host", "Host", "dropped", dropped["hosts"], _show._value("host"))
    yield Table("IKE and IPsec failures, by reason", "Reason", "failed", found["failures"],
                _show._failure)
    for what, name, label in (
        ("program", "applications", _show._application),
        ("remote address", "remote_addresses", _show._value("remote_address")),
        ("remote port", "remote_ports", _show._port),
    ):
        yield Table(f"Allowed, by {what}", what.capitalize(), "allowed", allowed[name], label)
    if any(row["host"] is not None for row in found["hosts"]["top"]):
        yield Table("All events, by host", "Host", "other", found["hosts"], _show._host)
    yield Table("All events, by type", "Type", "other", found["types"], _show._type)


def time_chart(times: Row) -> Row | None:
    """Return the bars over time, from the bottom up: what was dropped first; None if no event
    has a time, or all have the same."""
    bars = times["bars"]
    if len(bars) < 2:
        return None
    rows = [_with_others(bar) for bar in bars]
    kinds = [kind for kind in KINDS if any(row[kind] for row in rows)]
    most = max(row["events"] for row in rows)
    slot = WIDTH / len(rows)
    return {
        "width": WIDTH, "height": HEIGHT, "bar": f"{slot * 0.85:.2f}", "kinds": kinds,
        "step": seconds(times["step"]), "most": number(most),
        "first": clock(rows[0]["from"]), "last": clock(rows[-1]["from"]),
        "bars": [_bar(row, kinds, place * slot, most) for place, row in enumerate(rows)],
        "rows": [[clock(row["from"]), *(number(row[kind]) for kind in kinds)] for row in rows]}


def _with_others(bar: Row) -> Row:
    return {**bar, "other": bar["events"] - sum(bar[kind] for kind in KINDS[:-1])}


def _bar(row: Row, kinds: Sequence[str], x: float, most: int) -> Row:
    parts, below = [], 0
    for kind in kinds:
        if row[kind]:
            below += row[kind]
            top, height = HEIGHT - HEIGHT * below / most, HEIGHT * row[kind] / most
            parts.append({"kind": kind, "y": f"{top:.2f}", "height": f"{height:.2f}"})
    counts = ", ".join(f"{number(row[kind])} {kind}" for kind in kinds)
    return {"x": f"{x:.2f}", "title": f"{clock(row['from'])}: {counts}", "parts": parts}


def clock(text: str) -> str:
    return text[:19].replace("T", " ")


def peers(found: Row) -> Iterator[Row]:
    """Yield the peers with which IKE could not agree, and why, most failures first."""
    for peer in found["ike"]["top"]:
        title = peer["remote_address"] or "an address that is not given"
        if peer["host"]:
            title = f"{title}, seen by {peer['host']}"
        span = f"{clock(peer['first'])} to {clock(peer['last'])} UTC" if peer["first"] else ""
        yield {
            "title": printable(title),
            "lines": [printable(line) for each in peer["failures"] for line in _failure(each)],
            "count": ", ".join(part for part in (f"failures: {number(peer['events'])}", span)
                               if part)}


def _failure(each: dict[str, Any]) -> Iterator[str]:
    """Say of one kind of failure what failed where, and what can be done."""
    name = each["name"] or each["failure_reason"] or "no reason given"
    where = ", ".join(str(part) for part in (
        f"{each['mode']} mode" if each["mode"] else None, each["keying_module"], each["sa_role"],
        f"state {each['state']}" if each["state"] else None,
        f"failed {each['failure_point']}" if each["failure_point"] else None,
        each["auth_method"], _principals(each)) if part)
    yield f"{number(each['events'])} times {name}" + (f" ({where})" if where else "")
    for text in (each["meaning"], each["remedy"]):
        if text:
            yield text


def _principals(each: dict[str, Any]) -> str | None:
    found = [
        f"{end} {each[f'{end}_principal']}" for end in ("local", "remote")
        if each[f"{end}_principal"]]
    return ", ".join(found) or None
