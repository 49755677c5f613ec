"""What the compiled decoder makes of a block, and what its twin does; must not know how."""

from typing import Any

import oracle
import pyarrow as pa

from wfpfast import Block, EventBatch, MalformedBlockError, decode

Columns = dict[str, list[Any]]
Outcome = tuple[Columns, dict[str, int]] | MalformedBlockError


def compiled_columns(batch: EventBatch) -> Columns:
    """The batch as the twin would give it, by way of Arrow."""
    record = pa.record_batch(batch)
    return {
        name: (column.cast("int64") if pa.types.is_timestamp(column.type) else column).to_pylist()
        for name, column in zip(record.schema.names, record.columns, strict=True)
    }


def decode_compiled(block: Block, **options: Any) -> tuple[Columns, dict[str, int]]:
    batch = decode(block, **options)
    return compiled_columns(batch), batch.stats


def outcomes(block: Block, **options: Any) -> list[Outcome]:
    """What each of the two makes of the block: its columns and counts, or the error."""
    found: list[Outcome] = []
    for decode_all in (decode_compiled, oracle.decode_with_stats):
        try:
            found.append(decode_all(block, **options))
        except MalformedBlockError as error:
            found.append(error)
    return found
