"""Whatever XML is well-formed is read as ElementTree reads it, in pieces of any size."""

import random
from typing import Any

import pytest
from netsh_pieces import Pieces
from netsh_spoil import document, event
from netsh_walk import walk

from wfpfast import netsh

COUNTED = ("malformed", "unknown_names", "no_flags", "lost_events", "mended_text")
Rows = list[dict[str, Any]]


def read(data: bytes, sizes: list[int], **options: Any) -> tuple[Rows, dict[str, int], bool]:
    """The rows, what was counted, whether there was an error."""
    rows: Rows = []
    failed = False
    with netsh.read_events(Pieces(data, sizes), **options) as stream:
        try:
            for batch in stream:
                rows += [row.to_dict() for row in batch]
        except netsh.NetshError:
            failed = True
        stats = {name: count for name, count in stream.stats.items()
                 if count and (name in COUNTED or name.startswith("unknown_element"))}
    return rows, stats, failed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("often", [0.0, 0.02, 0.15])
@pytest.mark.parametrize("seed", range(16))
def test_as_elementtree_reads_it(seed: int, often: float, encoding: str) -> None:
    chance = random.Random(f"{seed} {often} {encoding}")
    text = document(chance, event, chance.randrange(1, 9), often)
    sizes = [chance.randrange(1, 4000) for _ in range(12)] if seed else [1] * 20_000
    expected, stats, first = walk(text)
    data = text.encode(encoding)
    rows, counted, failed = read(data, sizes, errors="null", batch_size=2)
    assert rows == [row for row in expected if row is not None]
    assert (counted, failed) == (+stats, False)
    rows, counted, failed = read(data, sizes, errors="raise", batch_size=3)
    assert failed == (first is not None)
    assert rows == (expected if first is None else expected[:first])
    if first is None:
        assert counted == +stats


def test_the_documents_are_of_all_kinds() -> None:
    """Otherwise the test above would say little."""
    texts = [document(random.Random(seed), event, 5, 0.1) for seed in range(150)]
    found = [walk(text) for text in texts]
    stats = sum((stats for _, stats, _ in found), start=type(found[0][1])())
    assert min(stats[name] for name in COUNTED[:4]) > 2
    rows = [row for rows, _, _ in found for row in rows if row]
    filled = {name for row in rows for name, value in row.items() if value is not None}
    assert {*rows[0]} - filled == set()
    for mark in ("<!--", "<![CDATA[", "&#x", "<?pi", "\r\n", "&amp;", "/>", "\u54d4"):
        assert any(mark in text for text in texts), mark
