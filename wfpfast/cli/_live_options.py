"""The options of the live commands, parsed into objects; must not know what commands do."""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wfpfast import Template
from wfpfast.cli._demands import Demand, demand
from wfpfast.cli._formats import OUTPUTS, suffixes, taking
from wfpfast.cli._naming_options import naming_options
from wfpfast.engine.template import CONDITIONS

if TYPE_CHECKING:
    from wfpfast.cli._naming import Naming

PATH = click.Path(path_type=Path)
WINDOWS, SIMULATED = "windows", "simulated"
_UNITS = {
    short: name
    for name, shorts in (
        ("seconds", "s sec secs second"), ("minutes", "m min mins minute"),
        ("hours", "h hr hrs hour"), ("days", "d day"))
    for short in (name, *shorts.split())
}
_DAYS_AGO = {"today": 0, "yesterday": 1}
# Options that only a simulated engine understands.
_SIMULATION = ("seed", "rate", "events")


@dataclass(frozen=True)
class Simulation:
    """What a simulated engine is like: None where the command decides."""

    seed: int = 0
    rate: float = 0
    events: int | None = None


@dataclass(frozen=True)
class EngineOptions:
    """Which events of which engine.

    Attributes
    ----------
    simulation : Simulation or None
        None for Windows' own engine.
    template : Template or None
        None for all events.
    until : datetime or None
        The end of the template's time.
    stages : tuple
        What chooses among the events that the template lets through.
    keywords : tuple of str, optional
        What is to be collected meanwhile; None changes nothing.
    keep_collecting : bool
        Whether collection is switched on again if another program switches it off.
    """

    simulation: Simulation | None
    template: Template | None = None
    until: datetime | None = None
    keywords: tuple[str, ...] | None = None
    stages: tuple[Any, ...] = ()
    keep_collecting: bool = False


def span(text: str) -> timedelta | None:
    """Return "90s", "10min", "2 hours" or "1d" as a span of time; None if it is none."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d+)?) ?([a-z]+)", text)
    unit = _UNITS.get(match[2]) if match else None
    return timedelta(**{unit: float(match[1])}) if match and unit else None


def length(_: click.Context, __: click.Parameter, text: str | None) -> timedelta | None:
    """Return a span of time."""
    found = None if text is None else span(text)
    if text is not None and not found:
        raise click.BadParameter(f"{text!r} is no span of time, such as 90s, 10min, 2h or 1d.")
    return found


def moment(_: click.Context, __: click.Parameter, text: str | None) -> datetime | None:
    """Return a moment: ISO 8601, local where it names no zone, a span of time ago, or a day."""
    if text is None:
        return None
    ago = span(text.removesuffix(" ago"))
    try:
        if ago is not None:
            return datetime.now(UTC) - ago
        if text in _DAYS_AGO:  # when it began, by the local clock
            day = datetime.now().astimezone().date() - timedelta(days=_DAYS_AGO[text])
            return datetime(day.year, day.month, day.day).astimezone(UTC)
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise click.BadParameter(
            f"{text!r} is no time, such as 2026-01-31T18:00, 10min or yesterday.") from None


def names(_: click.Context, __: click.Parameter, text: str | None) -> list[str] | None:
    """Return the names of a list with commas, each of them there once."""
    if text is None:
        return None
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise click.BadParameter("no names in it.")
    if len(set(found)) < len(found):
        raise click.BadParameter("a name is there twice.")
    return found


KEEP_COLLECTING = click.option(
    "--keep-collecting", is_flag=True,
    help="Switch the collection of events on again if another program switches it off.")
COUNT = click.option("-n", "--count", metavar="N", type=click.IntRange(min=1),
                     help="End after so many events.")
DURATION = click.option(
    "--duration", metavar="TIME", callback=length, help="End after 90s, 10m, 2h, 1d.")
ENGINE = click.option(
    "--engine", type=click.Choice([WINDOWS, SIMULATED]), default=WINDOWS, show_default=True,
    help="Windows' own, or a simulated one, which runs anywhere.")


def _demand(*names: str, metavar: str, help: str) -> Callable[[Any], Any]:
    return click.option(*names, metavar=metavar, multiple=True, callback=demand, help=help)


CHOICES = (
    click.option("--since", metavar="TIME", callback=moment,
                 help="Not before: ISO 8601, 10min, 2h or 1d ago, today, yesterday. Local time"
                      " unless it names a zone."),
    click.option("--until", metavar="TIME", callback=moment, help="Not after."),
    # Each of the options below may be given several times. Their names are columns, most of them
    # also CONDITIONS of a template.
    _demand("--type", "event_type", metavar="TYPE",
          help="Types: classify_drop, drop, allow, 3; also with the SDK's prefixes. This option and"
               " those below take lists (443,80) and may be given several times: any of them. With"
               " ! in front: none of them."),
    _demand("--protocol", "ip_protocol", metavar="P", help="tcp, udp, icmp or a number."),
    _demand("--local-address", metavar="A", help="An address or a network, as 10.0.0.0/8."),
    _demand("--remote-address", metavar="A", help="Likewise."),
    _demand("--local-port", metavar="N", help="For ICMP, the type."),
    _demand("--remote-port", metavar="N", help="For ICMP, the code."),
    _demand("--app", "app_path", metavar="PROGRAM",
          help="Its name, as svchost.exe, or whole path, \\device\\harddiskvolume3\\app.exe or"
               " C:\\app.exe, in any case, with * and ?; or System. No list."),
    _demand("--user", "user_sid", metavar="USER",
          help="A SID, or SYSTEM, LOCAL SERVICE, ...; on Windows any account."),
    _demand("--direction", metavar="D", help="in, out, forward or bidirectional."),
    click.option("--where", metavar="SQL",
                 help="Only events for which this is true: event_type = 'CLASSIFY_DROP' and"
                      " remote_port in (443, 80). Needs duckdb (wfpfast[query])."),
)
_ENGINES = (
    ENGINE,
    click.option("--keywords", metavar="A,B", callback=names,
                 help="Collect these classes meanwhile: CLASSIFY_ALLOW, INBOUND_MCAST, ..."),
    click.option("--seed", metavar="N", type=int, help="Simulated: other events."),
    click.option("--rate", metavar="N", type=click.FloatRange(min=0),
                 help="Simulated: how many events happen in a second."),
    click.option("--events", metavar="N", type=click.IntRange(min=0),
                 help="Simulated: how many events the log holds at first."),
)
_COLORS = {"auto": None, "always": True, "never": False}


def _color(context: click.Context, _: click.Parameter, text: str) -> None:
    context.color = _COLORS[text]


COLOR = click.option(
    "--color", type=click.Choice(list(_COLORS)), default="auto", callback=_color,
    expose_value=False, help="Colours; auto, the default, is on terminals that have them.")
DROP_NULLS = click.option(
    "--drop-nulls", is_flag=True,
    help=f"Leave out what is null: JSON and {suffixes(taking('drop_nulls', OUTPUTS))} only.")
_FORMS = (
    COLOR,
    click.option("--utc/--local", "utc", help="Times of lines; local by default. JSON and files"
                                              " have UTC."),
    click.option("--columns", metavar="A,B,C", callback=names,
                 help="For --json and --output: only these columns, in this order."),
    click.option("--json", "as_json", is_flag=True, help="A JSON object a line."),
    DROP_NULLS,
    click.option("-o", "--output", metavar="FILE", type=PATH,
                 help=f"A file, as `convert` writes it: {suffixes(OUTPUTS, ' or ')}."),
    click.option("-f", "--force", is_flag=True, help="Replace FILE if it exists."),
)


@dataclass(frozen=True)
class OutputOptions:
    """How events are to be shown: as lines for people unless it says otherwise."""

    columns: Sequence[str] | None = None
    as_json: bool = False
    drop_nulls: bool = False
    output: Path | None = None
    force: bool = False
    utc: bool = False
    naming: "Naming | None" = None

    @property
    def for_people(self) -> bool:
        """Whether lines for people are wanted."""
        return not self.as_json and self.output is None


def engine_options(*, rate: float) -> Callable[[Any], Any]:
    """Give a command the options that choose events; it is called with `choice`."""

    def decorate(command: Any) -> Any:
        @functools.wraps(command)
        def call(**options: Any) -> Any:
            engine = options.pop("engine")
            keywords = options.pop("keywords")
            simulation = {name: options.pop(name) for name in _SIMULATION}
            since, until = options.pop("since"), options.pop("until")
            demands = {name: options.pop(name) for name in (*CONDITIONS, "direction", "where")}
            singles = {
                name: value.single for name, value in demands.items()
                if isinstance(value, Demand) and value.single is not None}
            rest = {name: value for name, value in demands.items()
                    if value is not None and name not in singles}
            choice = EngineOptions(
                _simulation(engine, simulation, rate), _template(since, until, singles), until,
                keywords and tuple(keywords), _stages(rest))
            return command(choice=choice, **options)

        return with_options(call, (*CHOICES, *_ENGINES))

    return decorate


def with_live(command: Any) -> Any:
    """Give a command the options of engines besides their name; it is called with `live`."""

    @functools.wraps(command)
    def call(**options: Any) -> Any:
        return command(
            live={name: options.pop(name) for name in ("keywords", *_SIMULATION)}, **options)

    return with_options(call, _ENGINES[1:])


def engine_of(name: str, live: dict[str, Any], rate: float = 20) -> EngineOptions:
    """Return which engine is meant by its name and the options of `with_live`."""
    simulation = {name: live[name] for name in _SIMULATION}
    keywords = live["keywords"]
    return EngineOptions(
        _simulation(name, simulation, rate), keywords=keywords and tuple(keywords))


def _stages(demands: dict[str, Any]) -> tuple[Any, ...]:
    """Return what chooses events that Windows cannot choose."""
    if not demands:
        return ()
    from wfpfast.cli._conditions import conditions  # which needs pyarrow

    return tuple(conditions(demands))


def output_options(command: Any) -> Any:
    """Give a command the options that say how events are shown; it is called with `form`."""

    @functools.wraps(command)
    def call(**options: Any) -> Any:
        given = {name: options.pop(name) for name in OutputOptions.__dataclass_fields__}
        form = OutputOptions(**given)
        if form.for_people and form.columns is not None:
            raise click.UsageError("--columns is for --json and --output.", _context())
        if form.for_people and form.drop_nulls:
            raise click.UsageError("--drop-nulls is for --json and --output.", _context())
        return command(form=form, **options)

    return with_options(naming_options(call), _FORMS)


def with_options(command: Any, options: Sequence[Callable[[Any], Any]]) -> Any:
    """Give a command options, which its help lists in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def _context() -> click.Context:
    return click.get_current_context()


def _simulation(engine: str, given: dict[str, Any], rate: float) -> Simulation | None:
    named = {name: value for name, value in given.items() if value is not None}
    if engine == SIMULATED:
        return Simulation(**{"rate": rate, **named})
    if named:
        raise click.UsageError(f"--{next(iter(named))} is for --engine simulated.", _context())
    return None


def _template(
    since: datetime | None, until: datetime | None, given: dict[str, Any]
) -> Template | None:
    conditions = {name: value for name, value in given.items() if value is not None}
    if since is None and until is None and not conditions:
        return None
    try:
        return Template(since, until, **conditions)
    except (TypeError, ValueError) as error:
        raise click.UsageError(f"{error}.", _context()) from None
