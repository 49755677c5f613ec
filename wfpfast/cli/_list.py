"""`wfpfast show`: events of files, a line each; must not know what kind of file they are in."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from wfpfast.cli import _screen, _stats
from wfpfast.cli._convert import Joined, convert
from wfpfast.cli._line import COLUMNS, RULE
from wfpfast.cli._live_options import OutputOptions
from wfpfast.cli._naming import read_own
from wfpfast.cli._output import STDOUT
from wfpfast.cli._people import People
from wfpfast.cli._source import Source
from wfpfast.cli._stages import Stage
from wfpfast.cli._wanted import known, typed

ROWS = 8_192    # how many are rendered at a time
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def show(
    sources: Sequence[Path], form: OutputOptions, *, count: int | None = None,
    stages: Sequence[Stage] = (), **options: Any,
) -> int:
    """Show events, or write them; return the exit status."""
    if not form.for_people:
        return convert(
            sources, form.output or STDOUT, to="ndjson" if form.as_json else None,
            columns=form.columns, force=form.force, drop_nulls=form.drop_nulls, count=count,
            stages=stages, **options)
    stages = read_own(stages, sources, [RULE])
    with _screen.progress() as screen:
        joined = Joined(_LineTarget(utc=form.utc), screen, count)
        joined.read_all(
            sources, [*COLUMNS, RULE], {"strict": False, "stages": stages, **options})
    counted = "; ".join([_screen.events(joined.rows), *_stats.told(joined.stats or {})])
    return joined.ended(counted)


class _LineTarget:
    """Lines on stdout."""

    name = "the screen"

    def __init__(self, *, utc: bool) -> None:
        self._people = People(utc=utc)
        self._lines = self._people.lines({})
        self._schema = pa.schema([known().field(name) for name in COLUMNS])
        self._source = ""

    def begin(self, source: Source) -> None:
        """Remember whose events come: faults name it."""
        self._source = source.name

    def write(self, batch: pa.RecordBatch) -> None:
        """Show events."""
        for start in range(0, len(batch), ROWS):
            piece = batch.slice(start, ROWS)
            columns = [_values(typed(piece, field, self._source)) for field in self._schema]
            if RULE in piece.schema.names:
                columns.append(_values(piece.column(RULE)))
            rows = zip(*columns, strict=True)
            self._people.show(self._lines, self._lines.rendered(rows))


def _values(array: pa.Array) -> Iterable[Any]:
    """Return the values of a column; pyarrow's own timestamps need pandas and time zones."""
    if not pa.types.is_timestamp(array.type):
        values: list[Any] = array.to_pylist()
        return values
    return [
        None if value is None else _EPOCH + timedelta(microseconds=value // 1000)
        for value in array.cast(pa.int64()).to_pylist()]
