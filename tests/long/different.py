"""Events of which no path and no SID comes twice; must not know how they are remembered."""

import struct
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from long.measure import MEBIBYTE, Watch
from wfpfast import Block, Decoder, Engine, Simulator, encode

AT_ONCE = 10_000        # events, of one block
# The round's number takes the place of these: of digits in the path, of sub-authorities in SIDs.
DIGITS, NUMBER = "@@@@@@@@", 0x5D5D5D5D
PATH, EFFECTIVE = rf"\device\harddiskvolume7\run {DIGITS}\program", f"name {DIGITS} "
USER, PACKAGE = f"S-1-5-21-{NUMBER}-7-8-", f"S-1-15-2-{NUMBER}-"
GROWTH = 160 * MEBIBYTE     # dictionaries grow and begin anew; nothing grows with the events
COLUMNS = ("app_path", "effective_name", "user_sid", "package_sid")


def first_round() -> Block:
    """Return the block of which each round is a copy."""
    events: list[dict[str, Any]] = [{
        "header": {
            "flags": 0x2460, "appId": f"{PATH} {k}.exe", "effectiveName": f"{EFFECTIVE}{k}",
            "userId": f"{USER}{k}", "packageSid": f"{PACKAGE}{k}"},
        "type": 3, "classifyDrop": {"filterId": k, "layerId": 44}} for k in range(AT_ONCE)]
    return encode(events)


def rounds(events: int) -> Iterator[tuple[int, Block]]:
    """Yield blocks with so many events, and the number of each block."""
    first = first_round()
    image = bytes(first.data)
    for number in range(-(-events // AT_ONCE)):
        numbered = image.replace(
            DIGITS.encode("utf-16-le"), f"{number:08}".encode("utf-16-le"))
        numbered = numbered.replace(struct.pack("<I", NUMBER), struct.pack("<I", number))
        yield number, Block(
            numbered, base=first.base, count=min(AT_ONCE, events - number * AT_ONCE),
            version=first.version, entries_offset=first.entries_offset)


def expected(number: int) -> list[tuple[str, str, str, str]]:
    return [
        (f"{PATH} {k}.exe".replace(DIGITS, f"{number:08}"),
         f"{EFFECTIVE}{k}".replace(DIGITS, f"{number:08}"),
         f"{USER}{k}".replace(str(NUMBER), str(number)),
         f"{PACKAGE}{k}".replace(str(NUMBER), str(number))) for k in (0, AT_ONCE // 2)]


def check(number: int, batch: pa.RecordBatch) -> None:
    """See that a round's cells are all there, all different, and of that round."""
    for column in map(batch.column, COLUMNS):
        assert column.null_count == 0
        assert pc.count_distinct(column.cast(pa.string())).as_py() == len(batch)
    for row, k in zip(expected(number), (0, AT_ONCE // 2), strict=True):
        if k < len(batch):
            assert row == tuple(batch.column(name)[k].as_py() for name in COLUMNS)


def run(events: int, say: Callable[[str], None]) -> str:
    """Decode so many, in blocks and as live events; return figures."""
    decoder = Decoder(columns=["filter_id", *COLUMNS])
    watch = Watch("different", every=min(1.0, events / 1e8), say=say)
    came = rows = 0
    with Simulator(events=[]) as simulator, Engine(simulator) as engine:
        stream = engine.subscribe()
        for number, block in rounds(events):
            check(number, pa.record_batch(decoder.decode(block)))
            simulator.emit(block)
            read = [pa.record_batch(batch) for batch in iter(lambda: stream.read(0), None)]
            check(number, pa.Table.from_batches(read).combine_chunks().to_batches()[0])
            came += block.count
            rows += sum(map(len, read))
            watch.look(f"{came:,} events")
        stats = stream.stats
        assert stats["received"] == stats["delivered"] == came == rows == events
        assert (stats["dropped"], stats["waiting"], stats["unreadable"]) == (0, 0, 0)
    watch.check_flat(GROWTH)
    return (f"{watch.seconds:,.0f} s; {came:,} came = {rows:,} delivered + 0 dropped + 0 waiting,"
            f" and {came:,} in blocks; {4 * came:,} different texts; {watch.memory()}")
