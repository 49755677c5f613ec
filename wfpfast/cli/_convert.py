"""`wfpfast convert`: one file of net events into another; must not know what an event means."""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from wfpfast.cli import _screen
from wfpfast.cli._formats import output_of
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Broken, Stats
from wfpfast.cli._sources import opened
from wfpfast.cli._writers import Writer


def convert(
    source: Path, out: Path, *, columns: Sequence[str] | None, force: bool, **options: Any
) -> None:
    """Convert a file.

    The output appears under its name when it is complete. Where netsh's XML or a
    recording has a fault, the events before it are kept, and the fault is raised after they are
    safe.
    """
    check(out, force)
    started = time.perf_counter()
    with contextlib.ExitStack() as reading, _screen.progress() as bar:
        events = reading.enter_context(opened(source, columns, **options))
        task = bar.add_task(_screen.printable(out.name), total=1.0, note="")
        with whole(out, events.schema) as output:
            rows, fault = 0, None
            try:
                for batch in events.batches:
                    output.write(batch)
                    rows += len(batch)
                    bar.update(task, completed=events.share(), note=_screen.events(rows))
            except Broken as error:
                if not rows:
                    raise Fault(str(error)) from None
                fault = error
            stats = events.stats()
            output.finish(stats)
            reading.close()  # Windows replaces no file that is open: it may be this one
    _screen.say(written_line(out, rows, stats, time.perf_counter() - started))
    if fault is not None:
        raise Fault(f"{fault}; {out} has what came before: {_screen.events(rows)}")


def check(out: Path, force: bool) -> None:
    """Refuse an output that could not be written, before anything is read."""
    output_of(out)
    if out.is_dir():
        raise Fault(f"{out}: is a directory")
    if not out.parent.is_dir():
        raise Fault(f"{out}: there is no directory {out.parent}")
    if out.exists() and not force:
        raise Fault(f"{out} exists: --force replaces it")


class Output:
    """A file being written, whose faults name it and not the part that it still is."""

    def __init__(self, out: Path, part: Path, schema: pa.Schema) -> None:
        self._out = out
        with _written(out):
            self._writer: Writer = output_of(out).load()(part, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        with _written(self._out):
            self._writer.write(batch)

    def finish(self, stats: Stats | None) -> None:
        """Complete the file."""
        with _written(self._out):
            self._writer.finish(stats)

    def close(self) -> None:
        """Let go of the file, complete or not."""
        self._writer.close()


@contextlib.contextmanager
def _written(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # Arrow's own text tells it twice
        raise Fault(f"{out}: {os.strerror(error.errno) if error.errno else error}") from None
    except pa.ArrowException as error:
        raise Fault(f"{out}: {str(error).partition(chr(10))[0]}") from None


@contextlib.contextmanager
def whole(out: Path, schema: pa.Schema) -> Iterator[Output]:
    """Give a file beside `out`, which becomes `out` only if nothing fails."""
    target = Path(os.path.realpath(out))  # a link stays one
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        output = Output(out, part, schema)
        try:
            yield output
        finally:
            output.close()
        with _written(out):
            os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def written_line(out: Path, rows: int, stats: Stats | None, spent: float) -> str:
    """Say what has been written, and what of it was lost before."""
    size = _screen.size(out.stat().st_size)
    line = f"{_screen.events(rows)} in {out} ({size}, {_screen.seconds(spent)})"
    return "; ".join([line, *_screen.losses(stats or {})])
