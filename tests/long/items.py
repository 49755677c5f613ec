"""A file of netsh with as many items as you like; must not know how it is read."""

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc
from netsh_xml import drop, element

from long.measure import MEBIBYTE, Watch
from wfpfast import netsh

AT_ONCE = 2_000     # items, whose text is made once; each time with another number
MARK = "13572468"   # stands for the number of the piece, in digits
GROWTH = 64 * MEBIBYTE
HEAD, FOOT = '<?xml version="1.0" encoding="UTF-8"?>\r\n<netEvents>\r\n', "</netEvents>\r\n"


def path(number: str, k: int) -> str:
    return rf"\device\harddiskvolume3\run {number}\program {k}.exe"


def hexadecimal(text: str) -> str:
    return text.encode("utf-16-le").hex()


def item(k: int) -> str:
    header = {"appId": {"data": hexadecimal(path(MARK, k) + "\0"), "asString": path(MARK, k)},
              "userId": f"S-1-5-21-{MARK}-{k}"}
    return element("item", drop(header, classifyDrop={
        "filterId": f"{MARK}{k:04}", "layerId": "44"}), 1)


def pieces(count: int) -> Iterator[bytes]:
    """Yield a file with so many items, no two of which have the same path, filter or user."""
    yield HEAD.encode()
    first = "".join(map(item, range(AT_ONCE)))
    for number in range(count // AT_ONCE):
        digits = f"{number + 1:08}"
        yield first.replace(MARK, digits).replace(hexadecimal(MARK), hexadecimal(digits)).encode()
    yield FOOT.encode()


class File:
    """What has `read` and yields pieces of any size."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest = b""
        self.size = 0

    def read(self, size: int) -> bytes:
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return b""
            self._rest = part
        taken, self._rest = self._rest[:size], self._rest[size:]
        self.size += len(taken)
        return taken


def check(batch: pa.RecordBatch, before: int) -> None:
    """See that the items are those of the file, behind so many others."""
    first, last = before, before + len(batch) - 1
    for place in (first, last):
        digits, k = f"{place // AT_ONCE + 1:08}", place % AT_ONCE
        row = {name: batch.column(name)[place - before].as_py() for name in batch.schema.names}
        assert row == {"app_path": path(digits, k), "filter_id": int(f"{digits}{k:04}"),
                       "user_sid": f"S-1-5-21-{int(digits)}-{k}"}
    for column in batch.columns:
        plain = column.cast(pa.string())
        assert column.null_count == 0
        assert pc.count_distinct(plain).as_py() == len(batch)


def run(count: int, say: Callable[[str], None]) -> str:
    """Read so many items, a multiple of some thousands; return figures."""
    count -= count % AT_ONCE
    watch = Watch("items", every=min(1.0, count / 1e8), say=say)
    file, rows = File(pieces(count)), 0
    columns = ["app_path", "filter_id", "user_sid"]
    with netsh.read_events(file, columns=columns) as stream:
        for batch in stream:
            check(pa.record_batch(batch), rows)
            rows += len(batch)
            watch.look(f"{rows:,} items")
        assert rows == stream.stats["events"] == count
        assert not any(number for name, number in stream.stats.items() if name != "events")
    watch.check_flat(GROWTH)
    return (f"{watch.seconds:,.0f} s; {count:,} came = {rows:,} delivered + 0 lost;"
            f" {file.size:,} bytes; {watch.memory()}")
