"""A file that appears when it is complete, or the standard output; must not know what is read."""

import codecs
import contextlib
import io
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from wfpfast.cli import _place, _screen, _stats
from wfpfast.cli._formats import OUTPUTS, Format, output_of, suffixes, taking
from wfpfast.cli._screen import Fault, Unwritten, reader_left
from wfpfast.cli._stats import Stats
from wfpfast.cli._writers import Writer

STDOUT = Path("-")
STDOUT_NAME = "standard output"
LAKE = "_lake:LakeWriter"       # in place of the writer of .parquet
_FOR_PEOPLE = (".csv", ".ndjson")


def chosen(out: Path, name: str | None) -> Format:
    """Return the format that is asked for by its name, or else by that of the file."""
    if name is not None:
        return next(each for each in OUTPUTS if each.suffix == f".{name}")
    if out == STDOUT:
        names = " or ".join(each.suffix.removeprefix(".") for each in OUTPUTS)
        raise Fault(f"{STDOUT_NAME}: --to says in which format: {names}")
    return output_of(str(out))


def check(
    out: Path, force: bool, name: str | None = None, *, drop_nulls: bool = False,
    lake: bool = False,
) -> None:
    """Refuse an output that could not be written, before anything is read."""
    form = chosen(out, name)
    if lake and form.suffix != ".parquet":
        raise Fault(f"{STDOUT_NAME if out == STDOUT else out}: --profile lake is for .parquet")
    if drop_nulls and "drop_nulls" not in form.takes:
        names = suffixes(taking("drop_nulls", OUTPUTS))
        raise Fault(f"{STDOUT_NAME if out == STDOUT else out}: --drop-nulls is for {names}")
    if out == STDOUT:
        if sys.stdout.isatty() and form.suffix not in _FOR_PEOPLE:
            raise Fault(f"{STDOUT_NAME} is a terminal, which cannot show {form.suffix}")
        return
    check_place(out, force)


def check_place(out: Path, force: bool) -> None:
    """Refuse a file that could not be written, of whatever format."""
    _place.check_name(out)
    if out.is_dir():
        raise Fault(f"{out}: is a directory")
    if not out.parent.is_dir():
        raise Fault(f"{out}: there is no directory {out.parent}")
    if not _place.is_sink(out) and out.exists() and not force:
        raise Fault(f"{out} exists: --force replaces it")


class _Sink(io.RawIOBase):
    """A pipe or a device as a file whose place is known, and in which one cannot go back."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._place = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def write(self, data: Any) -> int:
        count: int = self._file.write(data)
        self._place += count
        return count

    def flush(self) -> None:
        self._file.flush()


class _Terminal(_Sink):
    """A terminal, on which control characters of events are shown and not obeyed."""

    def __init__(self, file: Any) -> None:
        super().__init__(file)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: Any) -> int:
        lines = self._decoder.decode(bytes(data)).split("\n")
        super().write("\n".join(map(_screen.printable, lines)).encode())
        return len(data)


class Output:
    """What is being written, whose faults name it and not the part that it still is."""

    def __init__(
        self, name: str, file: Any, form: Format, schema: pa.Schema, options: dict[str, Any]
    ) -> None:
        self.name = name
        self._file = file
        with self._written():
            self._writer: Writer = form.load()(file, schema, **options)

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        with self._written():
            self._writer.write(batch)

    def finish(self, stats: Stats | None) -> None:
        """Complete it."""
        with self._written():
            self._writer.finish(stats)
            self._file.flush()

    def close(self) -> None:
        """Let go of what the writer holds, complete or not."""
        self._writer.close()

    @contextlib.contextmanager
    def _written(self) -> Iterator[None]:
        with written(self.name):
            yield


@contextlib.contextmanager
def written(name: str) -> Iterator[None]:
    """Say of errors of the disk, and of Arrow's, what it was that could not be written."""
    try:
        yield
    except OSError as error:
        if reader_left(error):
            raise
        reason = os.strerror(error.errno) if error.errno else error  # Arrow's own tells it twice
        raise Unwritten(f"{name}: {reason}") from None
    except pa.ArrowException as error:
        raise Unwritten(f"{name}: {str(error).partition(chr(10))[0]}") from None


@contextlib.contextmanager
def whole(
    out: Path, schema: pa.Schema, name: str | None = None, *, force: bool,
    drop_nulls: bool = False, lake: list[str] | None = None,
) -> Iterator[Output]:
    """Give a file beside `out`, which becomes `out` only if nothing fails.

    Parameters
    ----------
    lake : list of str, optional
        The names of what is read, of a file in the lake profile.
    """
    form = chosen(out, name)
    options: dict[str, Any] = {"drop_nulls": True} if drop_nulls else {}
    if lake is not None:
        form, options = form._replace(work=LAKE), {"sources": lake}
    if out == STDOUT:
        stdout = (_Terminal if sys.stdout.isatty() else _Sink)(sys.stdout.buffer)
        with contextlib.closing(Output(STDOUT_NAME, stdout, form, schema, options)) as output:
            yield output
        return
    with (
        appearing(out, force) as file,
        contextlib.closing(Output(str(out), file, form, schema, options)) as output,
    ):
        yield output


@contextlib.contextmanager
def appearing(out: Path, force: bool) -> Iterator[Any]:
    """Give a binary file beside `out`, which becomes `out` only if nothing fails."""
    with contextlib.ExitStack() as stack:
        with written(str(out)):
            sink = _place.is_sink(out)
            place = _place.followed(out)
            file = stack.enter_context(out.open("wb") if sink else _place.part_of(place))
        yield _Sink(file) if sink else file
        with written(str(out)):
            file.close()  # Windows moves no file that is open
            if not sink:
                _appear(out, Path(file.name), place, force)


def _appear(out: Path, part: Path, place: Path, force: bool) -> None:
    """Give a complete part its name; if that is taken by now, another one."""
    try:
        _place.published(part, place, force)
    except _place.Taken:
        other = place.with_name(f"{place.stem}.{secrets.token_hex(4)}{place.suffix}")
        _place.published(part, other, False)
        raise Unwritten(f"{out}: appeared meanwhile, and is left alone; the events are in"
                        f" {other}") from None


def written_line(out: Path, rows: int, stats: Stats | None, spent: float) -> str:
    """Say what has been written, and what of it was lost before."""
    if out == STDOUT:
        line = f"{_screen.events(rows)} to {STDOUT_NAME} ({_screen.seconds(spent)})"
    else:
        size = "" if _place.is_sink(out) else f"{_screen.size(out.stat().st_size)}, "
        line = f"{_screen.events(rows)} in {out} ({size}{_screen.seconds(spent)})"
    return "; ".join([line, *_stats.told(stats or {})])
