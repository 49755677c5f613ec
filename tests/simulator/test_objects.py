"""The filters of a simulator and what they refer to, read as a C program reads them."""

import ctypes as c
from typing import Any

from c_program import (
    SUCCESS,
    Callout,
    Context,
    Dll,
    Filter,
    Guid,
    Layer,
    Provider,
    SubLayer,
    read_guid,
    text,
)

from wfpfast import Simulator
from wfpfast.simulator.synthetic import FILTERS


def objects(dll: Dll, engine: Any, kind: str, layout: Any) -> list[dict[str, Any]]:
    """Enumerate in two pages, and copy out what tests look at."""
    handle = dll.create(engine, kind=kind)
    found = []
    for most in (1, 0xFFFFFFFF):
        block, entries = dll.page(engine, handle, most, f"Fwpm{kind}Enum0")
        for address in entries:
            x = layout.from_address(address)
            row = {"key": read_guid(x.key), "name": text(x.display.name)}
            provider = getattr(x, "provider", None)
            row["provider"] = provider and read_guid(Guid.from_address(provider))
            if layout is Filter:
                weight = c.c_uint64.from_address(x.effective_weight.value).value
                row |= {"id": x.id, "layer": read_guid(x.layer), "action": x.action,
                        "sublayer": read_guid(x.sublayer), "weight": weight,
                        "callout": read_guid(x.callout), "flags": x.flags,
                        "context": read_guid((c.c_uint8 * 16).from_buffer(x.context))}
            elif layout is Layer:
                row["id"] = x.id
            elif layout is Provider:
                row["service"] = text(x.service)
            elif layout is Callout:
                row |= {"flags": x.flags, "id": x.id, "layer": read_guid(x.layer)}
            elif layout is Context:
                buffer = x.buffer.contents
                row |= {"type": x.type, "buffer": c.string_at(buffer.data, buffer.size)}
            found.append(row)
        dll.free(block)
    assert getattr(dll, f"Fwpm{kind}DestroyEnumHandle0")(engine, handle) == SUCCESS
    return found


def test_every_filter_of_the_mix_can_be_resolved() -> None:
    with Simulator(events=0) as simulator:
        dll = Dll(simulator)
        engine = dll.open()
        check_objects(dll, engine)
        assert dll.FwpmEngineClose0(engine) == SUCCESS
        assert set(simulator.live.values()) == {0}


def check_objects(dll: Dll, engine: Any) -> None:
    filters = objects(dll, engine, "Filter", Filter)
    layers = {each["key"]: each for each in objects(dll, engine, "Layer", Layer)}
    sublayers = {each["key"]: each for each in objects(dll, engine, "SubLayer", SubLayer)}
    providers = {each["key"]: each for each in objects(dll, engine, "Provider", Provider)}
    callouts = {each["key"]: each for each in objects(dll, engine, "Callout", Callout)}
    contexts = {
        each["key"]: each for each in objects(dll, engine, "ProviderContext", Context)}
    assert {each["id"]: layers[each["layer"]]["id"] for each in filters} == {
        one: layer for layer, ids in FILTERS.items() for one in ids}
    assert len({each["key"] for each in filters}) == len(filters)
    for each in filters:
        assert each["name"]
        assert each["action"] in (0x1001, 0x1002, 0x5003)
        assert (each["callout"] in callouts) == (each["action"] == 0x5003)
        assert (each["context"] in contexts) == bool(each["flags"] & 4)
        assert each["weight"] > 0
        assert each["sublayer"] in sublayers
        assert each["provider"] in providers
    assert all(each["provider"] in providers for each in sublayers.values())
    assert all(each["service"] for each in providers.values())
    # One callout is registered (0x40000), one is not; one context is general (8), one a policy.
    assert sorted(each["flags"] for each in callouts.values()) == [0, 0x40000]
    assert {each["callout"] for each in filters} >= set(callouts)
    assert all(each["layer"] in layers and each["name"] for each in callouts.values())
    assert len({each["id"] for each in callouts.values()}) == 2
    assert [(each["type"], each["buffer"]) for each in contexts.values()] == [
        (8, "Simulated Default\0".encode("utf-16-le")), (6, b"policy")]
    # ALE_AUTH_CONNECT_V4 as facts know it.
    assert layers["c38d57d1-05a7-4c33-904f-7fbceee60e82"]["id"] == 48
