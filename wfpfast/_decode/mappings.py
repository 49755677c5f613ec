"""Makes batches of events that are given as mappings; must not know the source of the mappings."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from wfpfast._blocks.block import Block
from wfpfast._blocks.encode import encode
from wfpfast._decode.decoder import Decoder, EventBatch

# A mapping for `encode`, alone or with the number of its values that could not be read.
Item = Mapping[str, Any] | tuple[Mapping[str, Any], int]

_REFUSED = (ValueError, TypeError, OverflowError)  # what `encode` raises


def decoded(items: Iterator[Item], decoder: Decoder, size: int) -> Iterator[EventBatch]:
    """Yield batches of `size` events; the events before an error come first, in a smaller batch."""
    if size < 1:
        raise ValueError(f"batch_size {size}: a batch holds at least one event")
    return _batches(items, decoder, size)


def _batches(items: Iterator[Item], decoder: Decoder, size: int) -> Iterator[EventBatch]:
    fault: Exception | None = None
    before = 0
    while fault is None:
        mappings: list[Mapping[str, Any]] = []
        malformed: list[int] = []
        try:
            for item in islice(items, size):
                mapping, bad_values = item if isinstance(item, tuple) else (item, 0)
                mappings.append(mapping)
                malformed.append(bad_values)
        except Exception as error:  # the source may raise any kind
            fault = error
        try:
            block = encode(mappings, internal=True)
        except _REFUSED as error:
            fault = error
            mappings = _encodable(mappings)
            error.add_note(f"It is the source's mapping {before + len(mappings)}, counted from 0.")
            block = encode(mappings, internal=True)
        if mappings:
            before += len(mappings)
            yield _batch(decoder, block, sum(malformed[:len(mappings)]))
        elif fault is None:
            return
    try:
        raise fault
    finally:
        fault = None  # breaks the reference cycle of the error and this frame


def _batch(decoder: Decoder, block: Block, malformed: int) -> EventBatch:
    """Decode a block in a function of its own, so that `_batches` holds no batch after its use."""
    batch = decoder.decode(block)
    batch.stats["malformed"] += malformed
    return batch


def _encodable(mappings: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the mappings before the first one that `encode` refuses."""
    for count, mapping in enumerate(mappings):
        try:
            encode([mapping], internal=True)
        except _REFUSED:
            return mappings[:count]
    return []
