"""An event as a line for people; must not know where events come from or lines go.

On a terminal a line fits: what has no room is shortened, least important first. Elsewhere nothing
is cut, and the time bears its date.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import click
from rich.cells import cell_len

from wfpfast import EventBatch, names
from wfpfast.cli._screen import begin, brief, middle, printable, tail
from wfpfast.explain import EVENT_KINDS
from wfpfast.names import ICMP

COLUMNS = [
    "timestamp", "event_type", "ip_version", "ip_protocol", "local_address", "remote_address",
    "local_port", "remote_port", "app_path", "filter_id", "direction", "local_mac", "remote_mac",
    "ether_type", "network_capability", "failure_error", "failure_status",
]  # fmt: skip
RULE = "rule_name"
STYLES: dict[str, dict[str, Any]] = {
    "drop": {"fg": "red", "bold": True}, "allow": {"fg": "green"}, "fail": {"fg": "yellow"},
    "quiet": {"dim": True}, "figure": {"fg": "cyan"},
}  # fmt: skip
ARROWS = {"OUTBOUND": "→", "INBOUND": "←", "FORWARD": "↷", "BIDIRECTIONAL": "↔"}
PLAIN_ARROWS = {"OUTBOUND": ">", "INBOUND": "<", "FORWARD": "^", "BIDIRECTIONAL": "="}
NONE = "-"
LEAST = 5   # columns: a shorter beginning of a text says nothing

Part = tuple[str, str]  # text, and the name of its style
Event = dict[str, Any]


@dataclass(frozen=True)
class Layout:
    """How many columns of a line its parts take; None: as many as they like.

    `ends` is what the local and the remote end are padded to, the others are what parts may take
    at most. An IPv4 address with its port, 21, is never cut.
    """

    ends: int = 21
    local: int | None = None
    remote: int | None = None
    app: int | None = None

    @classmethod
    def for_width(cls, width: int) -> "Layout":
        """Share out the width of a terminal."""
        more = max(0, width - 80)
        ends = 17 + more // 8
        # Time, verdict, protocol and arrow take 28 with the blanks between, a filter's id 7.
        rest = width - 28 - 2 * ends - 7
        # The local address says less than the remote one. A rule is named where half a name fits.
        return cls(ends, ends, 21 + more // 4, rest if rest < 36 else max(20, rest * 2 // 5))


class Lines:
    """Renders events.

    Parameters
    ----------
    rules : mapping of int to str
        The names of filters by their ids.
    width : int or None
        Of the terminal; None if it is none. May be set again when the terminal changes.
    colour : bool
        Whether escape sequences are wanted.
    plain : bool
        Whether only ASCII can be shown.
    utc : bool
        Whether times are UTC; otherwise local.
    """

    def __init__(
        self, rules: Mapping[int, str], *, width: int | None, colour: bool, plain: bool,
        utc: bool = False,
    ) -> None:
        self.rules = rules
        self.width = width
        self._colour = colour
        self._arrows = PLAIN_ARROWS if plain else ARROWS
        self._shown: Callable[[datetime], datetime] = _utc if utc else _local
        self._day: date = self._shown(datetime.now(UTC)).date()

    def render(self, batch: EventBatch, limit: int) -> Iterator[str]:
        """Yield the lines of the first `limit` events; a line with the date where it changes."""
        columns = [batch[name].to_pylist() for name in COLUMNS]
        return self.rendered(list(zip(*columns, strict=True))[:limit])

    def rendered(self, rows: Iterable[Sequence[Any]]) -> Iterator[str]:
        """Yield the lines of rows of `COLUMNS`, and of `RULE` if they have it, likewise."""
        layout = Layout() if self.width is None else Layout.for_width(self.width)
        for values in rows:
            event = dict(zip((*COLUMNS, RULE), values, strict=False))
            at = event["timestamp"]
            if at is not None:
                at = self._shown(at)
                if self.width is not None and at.date() != self._day:
                    self._day = at.date()
                    yield self._joined([(f"{at:%Y-%m-%d}", "quiet")])
            yield self._joined([*self._head(event, at), *self._tail(event, layout)])

    def _head(self, event: Event, at: datetime | None) -> Iterator[Part]:
        known, unknown = ("%Y-%m-%d %H:%M:%S", "-" * 23) if self.width is None else (
            "%H:%M:%S", "-" * 12)
        yield f"{at:{known}}.{at.microsecond // 1000:03}" if at else unknown, "quiet"
        kind = EVENT_KINDS.get(event["event_type"])
        verdict = "?" if kind is None else kind.verdict
        yield f" {verdict:<5}", verdict
        # Verdict and protocol share ten columns: a long verdict uses blanks after the protocol.
        yield f" {_protocol(event):<{9 - max(5, len(verdict))}}", ""

    def _tail(self, event: Event, layout: Layout) -> Iterator[Part]:
        local, remote = _ends(event, layout)
        arrow = self._arrows.get(event["direction"], NONE)
        ends = f"{local:<{layout.ends}} {arrow} {remote:<{layout.ends}}"
        yield f" {ends}", ""
        app, number = event["app_path"], event["filter_id"]
        if app is not None or number is not None:
            # Ends that are longer than usual take what they need from the application.
            room = layout.app and max(3, layout.app + 2 * layout.ends + 3 - len(ends))
            text = NONE if app is None else printable(app) if room is None else _app(app, room)
            yield f" {text}{' ' * ((room or 0) - cell_len(text))}", ""
        if number is not None:
            yield f" {number:<6}", "figure"
        notes = ", ".join(_notes(event, event.get(RULE) or self.rules.get(number)))
        if notes:
            yield f" {notes}", "quiet"

    def _joined(self, parts: list[Part]) -> str:
        """Return the parts as a line of the width that there is, without blanks at its end.

        Of a file any text may be anything, also addresses and names that Windows itself makes.
        """
        left = self.width
        shown: list[Part] = []
        for text, style in parts:
            piece = printable(text)
            if left is not None:
                if cell_len(piece) > left:
                    if left < LEAST:
                        break
                    piece = begin(piece.rstrip(), left)
                left -= cell_len(piece)
            shown.append((piece, style))
        shown[-1] = shown[-1][0].rstrip(), shown[-1][1]
        if not self._colour:
            return "".join(text for text, _ in shown)
        return "".join(click.style(text, **STYLES.get(style, {})) for text, style in shown)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _local(at: datetime) -> datetime:
    """Return a moment in local time; in UTC before 1970, for which Windows has no local time."""
    return at.astimezone() if at >= datetime(1970, 1, 2, tzinfo=UTC) else at


def _protocol(event: Event) -> str:
    number = event["ip_protocol"]
    if event["local_mac"] is not None:
        return "eth"
    if number is None:
        return NONE
    name = "icmp" if number in ICMP else names.protocol(number)
    return name if len(name) <= 4 else str(number)


def _app(path: str, room: int) -> str:
    """Return the end of a path that fits: the bare name rather than most of it."""
    name = path.rpartition("\\")[2]
    return printable(name) if len(path) > room == cell_len(printable(name)) else tail(path, room)


def _ends(event: Event, layout: Layout) -> tuple[str, str]:
    if event["local_mac"] is not None:
        return event["local_mac"], event["remote_mac"] or NONE
    ports = event["ip_protocol"] not in ICMP  # for which they are type and code
    return (
        _end(event["local_address"], event["local_port"] if ports else None, layout.local),
        _end(event["remote_address"], event["remote_port"] if ports else None, layout.remote))


def _end(address: str | None, port: int | None, longest: int | None) -> str:
    suffix = "" if port is None else f":{port}"
    if address is None:
        return f"*{suffix}" if suffix else NONE
    room = None if longest is None else longest - len(suffix)
    if ":" not in address:
        return f"{address}{suffix}"
    if not suffix:
        return address if room is None else middle(address, room)
    return f"[{address if room is None else middle(address, room - 2)}]{suffix}"


def _notes(event: Event, rule: str | None) -> Iterator[str]:
    """Yield what else there is to say, the most telling first."""
    for failure in (event["failure_error"], event["failure_status"]):
        if failure is not None:
            yield names.error(failure)
    message = event["ip_version"], event["local_port"], event["remote_port"]
    if event["ip_protocol"] in ICMP and None not in message:
        yield names.icmp(*message)
    if event["network_capability"] is not None:
        yield event["network_capability"]
    if event["ether_type"] is not None:
        yield f"ether type 0x{event['ether_type']:04x}"
    if rule:
        yield brief(rule)
