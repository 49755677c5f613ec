"""The filters, layers, sublayers and providers of a simulator, read as a C program reads them."""

import ctypes as c
from typing import Any

from c_program import (
    SUCCESS,
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
                        "sublayer": read_guid(x.sublayer), "weight": weight}
            elif layout is Layer:
                row["id"] = x.id
            elif layout is Provider:
                row["service"] = text(x.service)
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
    assert {each["id"]: layers[each["layer"]]["id"] for each in filters} == {
        one: layer for layer, ids in FILTERS.items() for one in ids}
    assert len({each["key"] for each in filters}) == len(filters)
    for each in filters:
        assert each["name"]
        assert each["action"] in (0x1001, 0x1002)
        assert each["weight"] > 0
        assert each["sublayer"] in sublayers
        assert each["provider"] in providers
    assert all(each["provider"] in providers for each in sublayers.values())
    assert all(each["service"] for each in providers.values())
    # ALE_AUTH_CONNECT_V4 as facts know it.
    assert layers["c38d57d1-05a7-4c33-904f-7fbceee60e82"]["id"] == 48
