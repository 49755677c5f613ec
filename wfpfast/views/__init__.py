"""Events under the names of ECS, OCSF and ASIM; must not know where events come from.

docs/siem.md says which column becomes which field. What a vocabulary has no name for is kept: in
``wfp``, ``unmapped``, ``AdditionalFields``. Whatever columns an input has, the result has the same
fields; what is not known is null, and left out of `ndjson`.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from wfpfast.views._asim import asim_view
from wfpfast.views._ecs import ecs_view
from wfpfast.views._ndjson import ndjson
from wfpfast.views._ocsf import ocsf_view

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["asim", "ecs", "ndjson", "ocsf"]


def ecs(events: Any) -> "pa.RecordBatch | pa.Table | pa.RecordBatchReader":
    """Return events as documents of the Elastic Common Schema.

    Parameters
    ----------
    events : EventBatch, EventStream, or anything that gives an Arrow array or stream
        With columns of wfpfast: net events or records of the Security log, addresses as text.

    Returns
    -------
    pyarrow.RecordBatch, pyarrow.Table or pyarrow.RecordBatchReader
        Of a batch a batch, of a table a table, of any other stream a reader, which reads as it
        is read. A row for each event, in nested structs.

    Raises
    ------
    ValueError
        If no column is one of wfpfast's, or one has a type that it cannot have.
    """
    return _viewed(events, ecs_view)


def ocsf(events: Any) -> "pa.RecordBatch | pa.Table | pa.RecordBatchReader":
    """Return events as Network Activity (class 4001) of the Open Cybersecurity Schema Framework.

    As `ecs`. Which end began is said where it is known; elsewhere the local end is the source, and
    ``is_src_dst_assignment_known`` is false.
    """
    return _viewed(events, ocsf_view)


def asim(events: Any) -> "pa.RecordBatch | pa.Table | pa.RecordBatchReader":
    """Return events as NetworkSession of Microsoft Sentinel's ASIM.

    As `ecs`, but flat; ``AdditionalFields`` is a JSON text.
    """
    return _viewed(events, asim_view)


def _viewed(
    events: Any, view: "Callable[[pa.RecordBatch], pa.RecordBatch]"
) -> "pa.RecordBatch | pa.Table | pa.RecordBatchReader":
    import pyarrow as pa

    if isinstance(events, pa.Table):
        nothing = pa.RecordBatch.from_pylist([], events.schema)
        schema = view(nothing).schema
        return pa.Table.from_batches([view(each) for each in events.to_batches()], schema)
    if hasattr(events, "__arrow_c_array__"):
        return view(pa.record_batch(events))
    reader = pa.RecordBatchReader.from_stream(events)
    schema = view(pa.RecordBatch.from_pylist([], reader.schema)).schema

    def batches() -> "Iterator[pa.RecordBatch]":
        yield from map(view, reader)

    return pa.RecordBatchReader.from_batches(schema, batches())
