"""The filters of an engine: the same columns and cells as netsh's XML of the same objects."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from netsh_xml import element

from wfpfast import Engine, Simulator, netsh
from wfpfast.simulator._objects import (
    callout_piece,
    context_piece,
    filter_piece,
    provider_piece,
    sublayer_piece,
)

FIRST = 1 << 40  # above all ids of the simulator's own filters
ORIGIN_FLAG = "FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN"
ACTIONS = {
    "BLOCK": 0x1001, "PERMIT": 0x1002, "CALLOUT_TERMINATING": 0x5003, "CALLOUT_INSPECTION": 0x6004,
    "CALLOUT_UNKNOWN": 0x4005,
}
FLAGS = {"PERSISTENT": 1, "CLEAR_ACTION_RIGHT": 8, "INDEXED": 0x40}
CONNECT = ("c38d57d1-05a7-4c33-904f-7fbceee60e82", "FWPM_LAYER_ALE_AUTH_CONNECT_V4")


def key(kind: int, number: int) -> str:
    return str(uuid.UUID(int=kind << 64 | number + 1))


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0xFFEF, exclude_categories=["C"]),
                min_size=1, max_size=20)
OBJECTS = st.fixed_dictionaries({
    "providers": st.lists(st.tuples(NAMES, st.none() | NAMES), max_size=3),
    "sublayers": st.lists(NAMES, max_size=3),
    "callouts": st.lists(st.tuples(NAMES, st.booleans()), max_size=3),
    "contexts": st.lists(NAMES, max_size=3),
    "filters": st.lists(st.fixed_dictionaries({
        "name": NAMES, "action": st.sampled_from(list(ACTIONS)),
        "flags": st.sets(st.sampled_from(list(FLAGS))), "weight": st.integers(0, 2**64 - 1),
        # A number too many: keys of objects that are not there.
        "provider": st.none() | st.integers(0, 3), "sublayer": st.integers(0, 3),
        "callout": st.integers(0, 3), "context": st.none() | st.integers(0, 3),
    }), min_size=1, max_size=5),
})


def live(drawn: dict[str, Any], simulator: Simulator) -> list[dict[str, Any]]:
    pieces: list[list[Any]] = [[], [], [], [], [], []]
    pieces[2] = [sublayer_piece({"sublayer_key": key(2, n), "name": name})
                 for n, name in enumerate(drawn["sublayers"])]
    pieces[3] = [provider_piece({"provider_key": key(1, n), "name": name, "service": service})
                 for n, (name, service) in enumerate(drawn["providers"])]
    pieces[4] = [callout_piece({"callout_key": key(3, n), "name": name, "layer_key": CONNECT[0],
                                "flags": 0x40100 if registered else 0x100, "callout_id": n})
                 for n, (name, registered) in enumerate(drawn["callouts"])]
    pieces[5] = [context_piece({"provider_context_key": key(4, n), "type": 8,
                                "data": f"{text}\0".encode("utf-16-le")})
                 for n, text in enumerate(drawn["contexts"])]
    for n, each in enumerate(drawn["filters"]):
        row = {"filter_key": key(5, n), "filter_id": FIRST + n, "name": each["name"],
               "layer_key": CONNECT[0], "sublayer_key": key(2, each["sublayer"]),
               "action": ACTIONS[each["action"]], "weight": each["weight"],
               "flags": sum(FLAGS[flag] for flag in each["flags"])}
        if each["provider"] is not None:
            row["provider_key"] = key(1, each["provider"])
        if each["action"].startswith("CALLOUT"):
            row["callout_key"] = key(3, each["callout"])
        if each["context"] is not None:
            row |= {"provider_context_key": key(4, each["context"]), "flags": row["flags"] | 4}
        pieces[0].append(filter_piece(row))
    for kind, made in enumerate(pieces):
        simulator._set_objects(kind, made)
    with Engine(simulator) as engine:
        return [row for row in engine.filters() if row["filter_id"] >= FIRST]


def written(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    """The same objects as netsh writes them."""
    filters = []
    for n, each in enumerate(drawn["filters"]):
        calls = each["action"].startswith("CALLOUT")
        flags = [f"FWPM_FILTER_FLAG_{flag}" for flag in FLAGS if flag in each["flags"]]
        row: dict[str, Any] = {
            "filterKey": f"{{{key(5, n)}}}", "displayData": {"name": each["name"]},
            "layerKey": CONNECT[1], "subLayerKey": f"{{{key(2, each['sublayer'])}}}",
            "action": {"type": f"FWP_ACTION_{each['action']}",
                       "filterType": f"{{{key(3, each['callout'])}}}" if calls else ""},
            "filterId": str(FIRST + n),
            "effectiveWeight": {"type": "FWP_UINT64", "uint64": str(each["weight"])},
        }
        if each["provider"] is not None:
            row["providerKey"] = f"{{{key(1, each['provider'])}}}"
        if each["context"] is not None:
            row["providerContextKey"] = f"{{{key(4, each['context'])}}}"
            flags += ["FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT", *([] if calls else [ORIGIN_FLAG])]
        filters.append({**row, "flags": flags})
    lists = {
        "filters": filters,
        "subLayers": [{"subLayerKey": f"{{{key(2, n)}}}", "displayData": {"name": name}}
                      for n, name in enumerate(drawn["sublayers"])],
        "providers": [{"providerKey": f"{{{key(1, n)}}}", "displayData": {"name": name},
                       "serviceName": service or ""}
                      for n, (name, service) in enumerate(drawn["providers"])],
        "callouts": [{"calloutKey": f"{{{key(3, n)}}}", "displayData": {"name": name},
                      "flags": ["FWPM_CALLOUT_FLAG_REGISTERED"] if registered else []}
                     for n, (name, registered) in enumerate(drawn["callouts"])],
        "providerContexts": [
            {"providerContextKey": f"{{{key(4, n)}}}",
             "dataBuffer": {"data": f"{text}\0".encode("utf-16-le").hex()}}
            for n, text in enumerate(drawn["contexts"])],
    }
    text = "".join(element(tag, items) for tag, items in lists.items())
    return list(netsh.read_filters(io.BytesIO(f"<wfpstate>{text}</wfpstate>".encode())))


@given(OBJECTS)
def test_engine_and_netsh_say_the_same(drawn: dict[str, Any]) -> None:
    with Simulator(events=0) as simulator:
        found = live(drawn, simulator)
    expected = written(drawn)
    for row in expected:
        assert row.pop("conditions") == ""
        row["flags"] = {flag for flag in row["flags"] if flag != ORIGIN_FLAG}
    for row in found:
        row["flags"] = set(row["flags"])
    assert found == expected
    assert [*found[0]] == [*expected[0]]  # the columns, in their order


def test_the_simulated_filters(simulate: Callable[..., Simulator]) -> None:
    with Engine(simulate(events=0)) as engine:
        table = pa.table(engine.filters())
    assert table.schema.field("callout_registered").type == pa.bool_()
    names = ("action", "callout_name", "callout_registered", "filter_origin", "provider_service")
    assert {tuple(row[name] for name in names) for row in table.to_pylist()} == {
        ("BLOCK", None, None, "Simulated Default", "SimFw"),
        ("CALLOUT_TERMINATING", "Simulated IPsec check", True, None, "SimIPsec"),
        ("CALLOUT_TERMINATING", "Simulated IPsec check of old", False, None, "SimIPsec")}


def test_a_context_that_is_no_text_is_no_origin(simulate: Callable[..., Simulator]) -> None:
    """A policy's memory is not taken for a blob; nor is odd data for text."""
    simulator = simulate(events=0)
    data = {0: (6, "Policy"), 1: (8, "")}
    for n, (kind, text) in data.items():
        simulator._set_objects(5, [context_piece({
            "provider_context_key": key(4, n), "type": kind, "data": text.encode("utf-16-le")})])
        simulator._set_objects(0, [filter_piece({
            "filter_key": key(5, n), "filter_id": FIRST + n, "layer_key": CONNECT[0],
            "sublayer_key": key(2, 0), "flags": 4, "provider_context_key": key(4, n)})])
    with Engine(simulator) as engine:
        rows = [row for row in engine.filters() if row["filter_id"] >= FIRST]
    assert [(row["filter_origin"], row["provider_context_key"]) for row in rows] == [
        (None, f"{{{key(4, n)}}}") for n in data]


def test_data_outside_of_the_block_are_not_read(simulate: Callable[..., Simulator]) -> None:
    """Either pointer of a context's data leads astray, or the data would end beyond the block."""
    simulator = simulate(events=0)
    text = "Rule\0".encode("utf-16-le")
    for n in range(4):
        piece, places = context_piece(
            {"provider_context_key": key(4, n), "type": 8, "data": text})
        blob, data = places
        if n == 3:  # the size, which is right before the pointer to the data
            piece = piece[:data - 8] + b"\xff\xff\xff\xff" + piece[data - 4:]
        simulator._set_objects(5, [(piece, [[blob, data], [data], [blob], [blob, data]][n])])
        simulator._set_objects(0, [filter_piece({
            "filter_key": key(5, n), "filter_id": FIRST + n, "layer_key": CONNECT[0],
            "sublayer_key": key(2, 0), "flags": 4, "provider_context_key": key(4, n)})])
    with Engine(simulator) as engine:
        rows = [row for row in engine.filters() if row["filter_id"] >= FIRST]
    assert [row["filter_origin"] for row in rows] == ["Rule", None, None, None]
