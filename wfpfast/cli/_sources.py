"""Opens what a command reads; must not know formats, nor what is done with the events."""

import contextlib
import errno
import functools
import glob
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from wfpfast.cli import _content
from wfpfast.cli._content import HEAD
from wfpfast.cli._formats import EMPTY, Format, recognised, source_of, suffixes, taking
from wfpfast.cli._gather import ROWS
from wfpfast.cli._host_from import Filled
from wfpfast.cli._hosts import HOST
from wfpfast.cli._input import STDIN, Input, failed, name_of, opened_file
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Broken, Request, Source, told
from wfpfast.cli._stages import Choice, Stage
from wfpfast.cli._unpack import unpacked
from wfpfast.cli._wanted import Wish, asked, made, provided, with_event_id
from wfpfast.errors import SourceError
from wfpfast.naming import COLUMNS as NAMES

_WAY_OUT = "--errors null, the default, makes such a value null, counts it, and reads on"


def inputs(
    paths: Sequence[Path], wanted: Callable[[bytes], Any] | None = None
) -> Generator[Input, None, None]:
    """Yield all there is to read at some paths, each open until the next one is asked for.

    What cannot be opened is yielded, too, and `opened` says why: the others are read all the same.

    Parameters
    ----------
    paths : sequence of Path
        Files, pipes, patterns; ``-`` is the standard input.
    wanted : callable, optional
        Tells by the first bytes of a member of an archive whether to read it; without it, what is
        net events is read, and what is not is named.
    """
    for path in expanded(paths):
        with contextlib.ExitStack() as stack:
            try:
                yield from unpacked(opened_file(path, stack), stack, wanted)
            except Fault as error:
                yield failed(name_of(path), str(error))
            except OSError as error:
                reason = error.strerror or error
                if glob.has_magic(str(path)):   # which Windows calls an invalid argument
                    reason = os.strerror(errno.ENOENT)
                yield failed(name_of(path), f"{name_of(path)}: {reason}")


def expanded(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield paths, and of a pattern the files that it stands for: not every shell does that."""
    for path in paths:
        found = [] if str(path) == STDIN or path.exists() else glob.glob(str(path), recursive=True)
        yield from map(Path, sorted(found) or [str(path)])


@contextlib.contextmanager
def opened(
    given: Input, columns: Sequence[str] | None = None, *, strict: bool = True,
    makes: bool = False, coded: Sequence[str] = (), rows: int = ROWS,
    stages: Sequence[Stage] = (), **options: Any,
) -> Iterator[Source]:
    """Open net events by their content.

    What cannot be read is null and counted unless ``errors="raise"`` is asked for.

    Parameters
    ----------
    given : Input
        What to read.
    columns, strict, makes, coded, rows
        See `Wish`.
    stages : sequence of Stage
        What is done with the events, in this order.
    **options
        See `Request`; they are for sources that take them.
    """
    source = _format_of(given, options)
    if "errors" in source.takes:
        options.setdefault("errors", "null")
    wish = Wish(
        columns, strict, makes, tuple(name for stage in stages for name in stage.needs),
        tuple(name for stage in stages for name in stage.gives), coded, rows)
    request = Request(asked(wish, audits=source.audits), wish, options)
    with contextlib.ExitStack() as stack:
        try:
            events: Source = source.load()(given, request, stack)
        except SourceError as error:
            raise Fault(told(given.name, error)) from None
        except (ValueError, LookupError) as error:  # a column or an encoding that does not exist
            raise Fault(f"{error}{_way_to_names(wish)}") from None
        events.hint = source.hint
        events.batches = _complete(events.batches, given, options.get("errors"))
        _pass_through(events, wish, stages)
        yield events


def _way_to_names(wish: Wish) -> str:
    named = set(wish.columns or ()) & set(NAMES) if not wish.gives else set()
    return f"; --filters or --names adds {min(named)}" if named else ""


def _format_of(given: Input, options: Mapping[str, Any]) -> Format:
    """Return what something to read is, if it can be read, and with these options."""
    if given.trouble is not None:
        raise Fault(given.trouble)
    head = given.peek(HEAD)
    if given.fault and not recognised(head):
        raise Fault(f"{given.name}: {given.fault}")
    source = source_of(given.name, head)
    for option in options:
        if option not in source.takes:
            only = suffixes(taking(option), " and ")
            raise Fault(f"{given.name}: --{option}: for {only} only")
    return source


def _pass_through(events: Source, wish: Wish, stages: Sequence[Stage]) -> None:
    """Let a source give what stages make of it, with the columns that are wanted."""
    given = events.schema.names
    schema = with_event_id(wish, events.schema)
    if schema is not events.schema:
        events.batches = map(functools.partial(made, schema=schema), events.batches)
        events.schema = schema
    host = events.host
    if host is not None and HOST in wish.also and HOST not in events.schema.names:
        stages = (Filled(HOST, lambda _: host), *stages)
    for stage in stages:
        events.schema, change = stage.on(events.name, events.schema)
        events.batches = map(change, events.batches)
    if any(isinstance(stage, Choice) for stage in stages):
        events.hint = ""  # there may be events that were not wanted
    if wish.strict:
        for column in wish.columns or ():
            if column in wish.gives and column not in events.schema.names:
                raise Fault(f"{events.name}: there is nothing to make the column {column} of")
    schema = provided(wish, events.schema, given)
    if schema.names != events.schema.names:
        events.batches = (made(batch, schema) for batch in events.batches)
        events.schema = schema


def _complete(
    batches: Iterator[pa.RecordBatch], given: Input, errors: str | None
) -> Iterator[pa.RecordBatch]:
    """Yield batches, and then say what was wrong with what they were packed in."""
    way_out = f"; {_WAY_OUT}" if errors == "raise" else ""
    try:
        yield from batches
    except (Fault, Broken) as error:  # of bytes that end too early, that is the reason
        reason = f"{given.name}: {given.fault}" if given.fault else f"{error}{way_out}"
        raise type(error)(reason) from None
    if given.fault:
        raise Broken(f"{given.name}: {given.fault}")


@contextlib.contextmanager
def opened_filters(path: Path) -> Iterator[Input]:
    """Open the one thing at a path that netsh has written about filters."""
    with contextlib.closing(inputs([path], _content.filters)) as found:
        given = next(found)
        head = given.peek(HEAD)
        trouble = given.trouble or given.fault or _content.foreign(head)
        if trouble or not head:
            raise Fault(given.trouble or f"{given.name}: {trouble or EMPTY}")
        yield given
