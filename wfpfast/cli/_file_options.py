"""The options of the commands that read files, parsed; must not know what commands do."""

import inspect
from collections.abc import Sequence
from typing import Any

import click

from wfpfast.cli._formats import OUTPUTS, SOURCES, described, suffixes, taking
from wfpfast.cli._live_options import CHOICES, PATH, with_options
from wfpfast.engine.template import CONDITIONS

DECODED = suffixes(taking("errors"), " and ")
STATUSES = """\b
Exit status:
  0  all was read
  1  a file could not be read, or breaks off; the others were read
  2  wrong usage
  3  all was read, but some of it was not understood, and is counted"""
# By the names of their parameters: those of CHOICES.
_CHOICES = ("since", "until", *CONDITIONS, "direction", "where")
INPUTS = """What a file is, its content says and not its name. It may be packed by gzip, zip
or cab; a pattern ('*.xml') is several files; - is the standard input."""
FILTERS = click.option(
    "--filters", metavar="STATE.XML", type=PATH, multiple=True,
    help="netsh's wfpstate.xml or filters.xml, or a Security log: names of rules beside filter ids."
         " Of several, the first that has an id names it.")
KEEP_DOUBLES = click.option(
    "--keep-doubles", is_flag=True,
    help="Count an event that several files have once for each of them.")


def with_formats(command: Any) -> Any:
    """Put the tables of formats into a command's help."""
    command.__doc__ = inspect.cleandoc(command.__doc__).format(
        sources=described(SOURCES), outputs=described(OUTPUTS), inputs=INPUTS, statuses=STATUSES)
    return command


def _host_pattern(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    if text is not None and text != "path" and text.count("{host}") != 1:
        raise click.BadParameter(f"{text!r} is neither path nor has it {{host}} in it, once.")
    return text


HOST = click.option(
    "--host", "hosts", metavar="NAME", multiple=True,
    help="Only events of this host, in any case, with * and ?; without its domain if NAME has no"
         " dot. May be given several times. For records of the Security log, and what convert makes"
         " of them.")


def reading_options(command: Any) -> Any:
    """Add the options that say how files are read, which are for some of the sources only."""
    for option in (
        HOST,
        click.option("--host-from", metavar="PATTERN", callback=_host_pattern,
                     help="Which host events are of that do not say it: path, the folder that their"
                          " file is in, or the end of a path such as {host}/*.xml. Makes columns"
                          " host and source_file."),
        click.option("--encoding", metavar="NAME",
                     help="How texts are written in netsh's files that do not say it, such as"
                          f" cp936. {suffixes(taking('encoding'))} only."),
        click.option("--errors", type=click.Choice(["null", "raise"]),
                     help="A value that cannot be read is null and counted (the default), or ends"
                          f" its file. {DECODED} only."),
        click.option("--salvage", is_flag=True, default=None,
                     help="Leave damaged records of a recording out, name and count them, and read"
                          f" on. {suffixes(taking('salvage'))} only."),
    ):
        command = option(command)
    return with_options(command, CHOICES)


def given(options: dict[str, Any], columns: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the options that were asked for, and as `stages` what is done with events."""
    from wfpfast.cli._conditions import conditions
    from wfpfast.cli._host_from import SOURCE_FILE, host_from, source_file
    from wfpfast.cli._stages import OfHosts, Stage

    choices = {name: options.pop(name) for name in _CHOICES}
    hosts, pattern = options.pop("hosts"), options.pop("host_from")
    stages: list[Stage] = []
    if pattern is not None:
        stages.append(host_from(pattern))
    if pattern is not None or SOURCE_FILE in (columns or ()):
        stages.append(source_file())
    if hosts:
        stages.append(OfHosts(hosts))
    if options.get("naming") is not None:   # before what may choose by names
        stages.append(options.pop("naming"))
    found = {name: value for name, value in options.items() if value is not None}
    return {**found, "stages": [*stages, *conditions(choices)]}


_SHORT = {
    "app": "app_path", "filter": "filter_id", "layer": "layer_id", "user": "user_sid",
    "process": "process_id", "protocol": "ip_protocol", "origin": "filter_origin",
    "type": "event_type"}


def columns_by(_: click.Context, option: click.Parameter, text: str | None) -> list[str]:
    """Return the columns that are to be counted together, by their whole names."""
    if text is None:
        return []
    from wfpfast.cli._count import countable  # which needs pyarrow
    from wfpfast.cli._source import no_column

    there = countable()
    wanted = list(dict.fromkeys(
        _SHORT.get(name, name) for name in map(str.strip, text.split(","))))
    for name in wanted:
        if name not in there:
            raise click.BadParameter(no_column(option.opts[0], name, [*there, *_SHORT]))
    return wanted
