"""Events that are odd but no error: what nobody knows is named and counted, the rest is read."""

import io
from typing import Any

import pytest
from netsh_xml import DROP, HEADER, drop, netevents

from wfpfast import netsh


@pytest.mark.parametrize(("tree", "changed"), [
    (drop(type="FWPM_NET_EVENT_TYPE_NEW"), {"event_type": "UNKNOWN_FWPM_NET_EVENT_TYPE_NEW"}),
    (drop({"addressFamily": "FWP_AF_NEW"}), {"address_family": "UNKNOWN_FWP_AF_NEW"}),
    (drop(classifyDrop={**DROP, "msFwpDirection": "UP"}),
     {"direction": "UNKNOWN_UP", "direction_code": None}),
    (drop({"flags": [*HEADER["flags"], "FWPM_NET_EVENT_FLAG_NEW_SET"]}), {}),
    (drop({"flags": ["NEW", HEADER["flags"][0], *HEADER["flags"][1:]]}), {}),
])
@pytest.mark.parametrize("errors", ["raise", "null"])
def test_what_a_later_windows_adds_is_named_and_counted(
    tree: dict[str, Any], changed: dict[str, Any], errors: str
) -> None:
    with netsh.read_events(io.BytesIO(netevents(drop()).encode())) as stream:
        (good,) = next(stream).to_pylist()
    source = io.BytesIO(netevents(drop(), tree, drop(), tree).encode())
    with netsh.read_events(source, errors=errors) as stream:
        rows = next(stream).to_pylist()
        assert (stream.stats["unknown_names"], stream.stats["malformed"]) == (2, 0)
    assert rows == [good, {**good, **changed}] * 2


def test_elements_that_nobody_knows_are_counted_by_name() -> None:
    strange = {"newOne": "1", "newTwo": ["a", {"b": "c"}]}
    tree = drop(strange, classifyDrop={**DROP, "newOne": ""}, newBody=strange,
                internalFields={"newOne": "", "capabilities": "x", "processId": "5"})
    source = io.BytesIO(netevents(drop(), tree, tree).encode())
    with netsh.read_events(source, errors="raise", batch_size=2) as stream:
        rows = [row for batch in stream for row in batch.to_pylist()]
        found = {name: count for name, count in stream.stats.items() if "unknown_element" in name}
    assert found == dict.fromkeys([f"unknown_element:{name}" for name in (
        "header/newOne", "header/newTwo", "classifyDrop/newOne", "event/newBody",
        "internalFields/newOne")], 2)
    assert rows[1] == rows[2] == {**rows[0], "process_id": 5}


def test_a_payload_of_a_type_without_one_is_counted_by_name() -> None:
    source = io.BytesIO(netevents(drop(type="77")).encode())
    with netsh.read_events(source) as stream:
        (row,) = next(stream).to_pylist()
        assert stream.stats["unknown_element:event/classifyDrop"] == 1
        assert stream.stats["unknown_types"] == 1
    assert (row["event_type"], row["filter_id"], row["remote_port"]) == ("UNKNOWN_77", None, 53)


def test_a_header_without_flags_has_what_is_printed() -> None:
    less = drop({"flags": None, "scopeId": None, "userId": ""})
    source = io.BytesIO(netevents(drop(), drop({"flags": None}), less).encode())
    with netsh.read_events(source) as stream:
        rows = next(stream).to_pylist()
        assert (stream.stats["no_flags"], stream.stats["malformed"]) == (2, 0)
    assert rows[1] == {**rows[0], "flags": None}
    assert rows[2] == {**rows[1], "scope_id": None, "user_sid": None}


def test_a_payload_by_its_members_where_its_name_is_not_known() -> None:
    """The name of a body is not public for every type; the members are the SDK's."""
    tree = drop(classifyDrop=None, inAnotherWord=DROP)
    source = io.BytesIO(netevents(drop(), tree, {**tree, "type": "NEW"}).encode())
    with netsh.read_events(source) as stream:
        rows = next(stream).to_pylist()
        assert stream.stats["unknown_element:event/inAnotherWord"] == 2
    assert rows[1] == rows[0]
    assert rows[2] == {**rows[0], "event_type": "UNKNOWN_NEW"}


def test_readers_at_the_same_time_count_each_their_own() -> None:
    text = netevents(*[drop({"newOne": "1"}, classifyDrop={**DROP, "newTwo": ""})] * 2).encode()
    counts = []

    def count(source: io.RawIOBase | io.BytesIO) -> None:
        with netsh.read_events(source) as stream:
            assert sum(len(batch) for batch in stream) == 2
            counts.append({name: n for name, n in stream.stats.items() if "element" in name})

    class Interrupted(io.BytesIO):
        """Its first half is one piece; before the second one, another reader reads all."""

        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() == 0:
                return super().read(len(text) // 2 + 200)
            if not counts:
                count(io.BytesIO(text))
            return super().read(size)

    count(Interrupted(text))
    both = {"unknown_element:header/newOne": 2, "unknown_element:classifyDrop/newTwo": 2}
    assert counts == [both, both]
