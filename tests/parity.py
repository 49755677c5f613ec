"""Whether the compiled decoder and its ctypes twin say the same of a block.

Must not know how either works; they meet only in the block and in its columns.
"""

from typing import Any

import oracle
import pyarrow as pa

from wfpfast import Block, EventBatch, MalformedBlockError, decode


def compiled_columns(batch: EventBatch) -> dict[str, list[Any]]:
    """The batch as the twin would give it, by way of Arrow."""
    record = pa.record_batch(batch)
    return {
        name: (column.cast("int64") if pa.types.is_timestamp(column.type) else column).to_pylist()
        for name, column in zip(record.schema.names, record.columns, strict=True)
    }


def decode_compiled(block: Block, **options: Any) -> tuple[dict[str, list[Any]], dict[str, int]]:
    batch = decode(block, **options)
    return compiled_columns(batch), batch.stats


def both(block: Block, **options: Any) -> list[tuple[object, object]]:
    """What each of the two makes of the block: its columns and counts, or where it stops."""
    outcomes: list[tuple[object, object]] = []
    for decode_all in (decode_compiled, oracle.decode_with_stats):
        try:
            outcomes.append(decode_all(block, **options))
        except MalformedBlockError as error:
            outcomes.append((error.index, error.field))
    return outcomes


def columns_that_differ(*outcomes: Any) -> list[str]:
    """Name them: of 67 columns a failure would show the first."""
    (ours, _), (theirs, _) = outcomes
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return []
    return [name for name in ours | theirs if ours.get(name, "no such") != theirs.get(name)]


def assert_same(block: Block, **options: Any) -> None:
    compiled, twin = both(block, **options)
    assert columns_that_differ(compiled, twin) == []
    assert compiled == twin
