"""Opens what a command reads; must not know formats, nor what is done with the events."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wfpfast.cli._formats import decoded, source_of, suffixes
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Request, Source, told
from wfpfast.errors import SourceError


@contextlib.contextmanager
def opened(
    path: Path, columns: Sequence[str] | None = None, *, strict: bool = True, **options: Any
) -> Iterator[Source]:
    """Open a file of net events by the end of its name.

    Parameters
    ----------
    path : Path
        A file of one of the `SOURCES`.
    columns, strict, **options
        See `Request`; options are for decoded sources only.
    """
    source = source_of(path)
    if options and not source.decoded:
        only = suffixes(decoded(), " and ")
        raise Fault(f"{path}: --{' and --'.join(options)}: for {only} only")
    with contextlib.ExitStack() as stack:
        try:
            events: Source = source.load()(path, Request(columns, strict, options), stack)
        except SourceError as error:
            raise Fault(told(path, error)) from None
        except ValueError as error:  # a column that does not exist
            raise Fault(str(error)) from None
        yield events
