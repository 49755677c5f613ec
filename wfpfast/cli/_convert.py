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
from wfpfast.cli._screen import Fault
from wfpfast.cli._sources import Source, opened
from wfpfast.cli._writers import WRITERS, Writer
from wfpfast.netsh import NetshError


def convert(
    source: Path, out: Path, *, columns: Sequence[str] | None, force: bool, **options: Any
) -> None:
    """Convert a file.

    The output appears under its name when it is complete. Where netsh's XML has a fault, the
    events before it are kept, and the fault is raised after they are safe.
    """
    check(out, force)
    started = time.perf_counter()
    with opened(source, columns, **options) as events, _screen.progress() as bar:
        task = bar.add_task(_screen.printable(out.name), total=1.0, note="")
        with whole(out, events.schema) as writer:
            rows, fault = 0, None
            try:
                for batch in events.batches:
                    writer.write(batch)
                    rows += len(batch)
                    bar.update(task, completed=events.share(), note=_screen.events(rows))
            except NetshError as error:
                if not rows:
                    raise Fault(str(error)) from None
                fault = error
            writer.finish(events.stats())
    _screen.say(_line(out, rows, events, time.perf_counter() - started))
    if fault is not None:
        raise Fault(f"{fault}; {out} has the {_screen.events(rows)} before it")


def check(out: Path, force: bool) -> None:
    """Refuse an output that could not be written, before anything is read."""
    if out.suffix.lower() not in WRITERS:
        raise Fault(f"{out}: expected a name that ends in {', '.join(WRITERS)}")
    if out.is_dir():
        raise Fault(f"{out}: is a directory")
    if not out.parent.is_dir():
        raise Fault(f"{out}: there is no directory {out.parent}")
    if out.exists() and not force:
        raise Fault(f"{out} exists: --force replaces it")


@contextlib.contextmanager
def whole(out: Path, schema: pa.Schema) -> Iterator[Writer]:
    """Give a writer to a file beside `out`, which becomes `out` only if nothing fails."""
    target = Path(os.path.realpath(out))  # a link stays one
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    writer: Writer = WRITERS[out.suffix.lower()](part, schema)
    try:
        yield writer
        writer.close()
        os.replace(part, target)
    except BaseException:
        writer.close()
        part.unlink(missing_ok=True)
        raise


def _line(out: Path, rows: int, events: Source, spent: float) -> str:
    size = _screen.size(out.stat().st_size)
    line = f"{_screen.events(rows)} in {out} ({size}, {_screen.seconds(spent)})"
    lost = {k: n for k, n in (events.stats() or {}).items() if n and k != "events"}
    return "; ".join([line, *(f"{name} {count:,}" for name, count in lost.items())])
