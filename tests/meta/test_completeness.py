"""Every event type and column has all that CONTRIBUTING.md's recipes ask for."""

import json
import re
from pathlib import Path

import pytest
from example_events import PAYLOADS, one_of_each
from oracle.structs import VERSIONS

from wfpfast import Block, MalformedBlockError, decode, encode, names
from wfpfast._decode.schema import EVENT_COLUMNS

ROOT = Path(__file__).parents[2]
GOLDEN = json.loads((ROOT / "tests/golden/names.json").read_text("utf-8"))
# Name and union arm of each type of the newest version, by the SDK's enumeration and the oracle.
TYPES = {
    number: (name.removeprefix("FWPM_NET_EVENT_TYPE_"), VERSIONS[-1][1][number][0])
    for name, number in GOLDEN["enums"]["FWPM_NET_EVENT_TYPE"].items()}


def test_every_type_has_a_decoder_a_name_an_example_and_a_strategy() -> None:
    batch = decode(encode(one_of_each()))
    assert len(TYPES) >= 11
    assert batch["event_type"].to_pylist() == [name for name, _ in TYPES.values()]
    assert batch.stats["unknown_types"] == 0
    for row in batch:
        cells = list(row.to_dict().values())[EVENT_COLUMNS.index("filter_id"):]
        assert sum(v is not None for v in cells) > 0, row
    strategies = (ROOT / "tests/strategies.py").read_text()
    for kind, (name, arm) in TYPES.items():
        assert names.event_type(kind) == name
        assert PAYLOADS[kind][0] == arm
        assert arm in strategies


@pytest.mark.parametrize("kind", TYPES)
def test_an_error_names_the_arm_of_every_type(kind: int) -> None:
    sound = encode([{"type": kind, TYPES[kind][1]: {}}])
    image = bytearray(sound.data)
    entry = int.from_bytes(image[:8], "little") - sound.base
    image[entry + 144 : entry + 152] = (1).to_bytes(8, "little")  # FWPM_NET_EVENT5's union
    with pytest.raises(MalformedBlockError) as error:
        decode(Block(image, base=sound.base, count=1, version=5))
    assert (error.value.index, error.value.field) == (0, TYPES[kind][1])


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_in_a_test_of_its_own(kind: int) -> None:
    texts = [p.read_text() for p in (ROOT / "tests/decode").glob("test_*.py")]
    assert any(TYPES[kind][1] in text or f"payload({kind}," in text for text in texts)


def test_the_document_lists_the_columns_with_their_types() -> None:
    text = (ROOT / "docs/columns.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.M)
    batch = decode(encode([]))
    assert rows == [(name, batch[name].type) for name in EVENT_COLUMNS]
    assert f"the same {len(rows)} columns" in text
    assert len(rows) >= 67


def test_every_column_is_filled_by_some_example() -> None:
    batch = decode(encode(one_of_each(internal=True)))
    assert [name for name in EVENT_COLUMNS if batch[name].null_count == len(batch)] == []
