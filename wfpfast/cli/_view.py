"""What `convert --view` makes of batches; must not know files, nor what the vocabularies say."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from wfpfast import views
from wfpfast.cli._output import chosen
from wfpfast.cli._screen import Fault
from wfpfast.cli._writers import VIEW_KEY

View = Callable[[pa.RecordBatch], pa.RecordBatch]
_NESTED = ("ecs", "ocsf")


def as_is(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch without a view."""
    return batch


def view_of(name: str | None, out: Path, to: str | None) -> View:
    """Return what makes a view of a batch, or refuse an output that has no room for it."""
    if name is None:
        return as_is
    if name in _NESTED and chosen(out, to).suffix == ".csv":
        raise Fault(f"--view {name}: is nested, which .csv cannot be: .ndjson, .parquet or .arrow")
    work: View = getattr(views, name)

    def viewed(batch: pa.RecordBatch) -> pa.RecordBatch:
        try:
            return work(batch).replace_schema_metadata({VIEW_KEY: name})
        except ValueError as error:
            raise Fault(f"--view {name}: {error}") from None

    return viewed
