"""Mistakes that other programs made with net events, each as the test that would have caught it."""

import struct
from collections.abc import Callable
from typing import Any

import pytest

from wfpfast import Engine, Simulator, decode, encode
from wfpfast.engine._object_pages import read_objects
from wfpfast.explain import explain

Simulate = Callable[..., Simulator]
PATH = r"\device\harddiskvolume3\program files\a company\a product\program.exe"


def drop(header: dict[str, Any] | None = None, **payload: Any) -> dict[str, Any]:
    return {"type": 3, "header": {"timeStamp": 133_800_000_000_000_000, **(header or {})},
            "classifyDrop": {"filterId": 7, "layerId": 48, **payload}}


def test_the_remote_port_has_a_flag_of_its_own() -> None:
    """strongSwan asks the local port's flag whether there is a remote port."""
    ports = {"localPort": 1000, "remotePort": 2000}
    batch = decode(encode([drop({"flags": 0x08, **ports}), drop({"flags": 0x10, **ports})]))
    assert batch["local_port"].to_pylist() == [1000, None]
    assert batch["remote_port"].to_pylist() == [None, 2000]


def test_an_application_path_is_given_whole() -> None:
    """WFPExplorer shows the first 16 bytes."""
    batch = decode(encode([drop({"flags": 0x20, "appId": PATH})]))
    assert batch["app_path"].to_pylist() == [PATH]


@pytest.mark.parametrize("count", [1_025, 5_000])
def test_the_pages_after_the_first_are_read(count: int, simulate: Simulate) -> None:
    """WFPExplorer asks once for 1,024 events."""
    with Engine(simulate(events=count)) as engine:
        assert sum(len(batch) for batch in engine.net_events()) == count


def test_blocks_are_freed_by_the_address_of_their_pointer(simulate: Simulate) -> None:
    """FwDiagnose passes the block itself where FwpmFreeMemory0 wants the address of a pointer."""
    simulator = simulate(events=300)
    with Engine(simulator) as engine:
        for _ in engine.net_events(batch_size=100):
            assert simulator.live["blocks"] <= 1
        assert simulator.live["blocks"] == 0
    assert simulator.stats["bad_frees"] == 0
    assert simulator.calls["FwpmFreeMemory0"] == 3


@pytest.mark.parametrize("version", range(1, 6))
def test_each_version_is_read_as_its_own_struct(version: int, simulate: Simulate) -> None:
    """System Informer casts one callback for all versions; a plugin of its showed a vSwitchId that
    the struct does not have."""
    simulator = simulate(events=[])
    switch = "{6f8c1d52-2a5e-4f7d-9d3b-7f1d9d0e6a11}"
    event = drop({"flags": 0x430, "remotePort": 443, "appId": PATH, "packageSid": "S-1-15-2-1"},
                 vSwitchId=switch, vSwitchSourcePort=5)
    with Engine(simulator) as engine, engine.subscribe(version=version) as subscription:
        simulator.emit([event])
        batch = subscription.read(1)
        assert batch is not None
        row = batch.to_pylist()[0]
    assert (row["app_path"], row["remote_port"], row["filter_id"]) == (PATH, 443, 7)
    # CLASSIFY_DROP2, which has them, came with FWPM_NET_EVENT2; so did packageSid, with HEADER2.
    newer = (switch, 5, "S-1-15-2-1") if version >= 2 else (None, None, None)
    assert (row["vswitch_id"], row["vswitch_source_port"], row["package_sid"]) == newer


def test_an_unknown_direction_stays_unknown() -> None:
    """System Informer calls it bidirectional, simplewall takes accepted traffic for inbound."""
    layer = 44  # ALE_AUTH_RECV_ACCEPT_V4
    codes = [0x3900, 0x3901, 0x3905, 77]
    batch = decode(encode([drop(msFwpDirection=code, layerId=layer) for code in codes]))
    assert batch["direction"].to_pylist() == [
        "INBOUND", "OUTBOUND", "UNKNOWN_14597", "UNKNOWN_77"]
    assert batch["direction_code"].to_pylist() == codes


def test_nothing_is_asked_of_the_engine_for_an_event(simulate: Simulate) -> None:
    """simplewall makes two calls to the engine in the callback of each event."""
    simulator = simulate(events=[])
    with Engine(simulator) as engine, engine.subscribe() as subscription:
        before = simulator.calls
        simulator.emit(1_000)
        batch = subscription.read(1)
        assert batch is not None
        assert len(batch) > 0
        assert simulator.calls == before


def test_an_error_reaches_whoever_reads(simulate: Simulate) -> None:
    """NtObjectManager catches every exception of its listener and says nothing."""
    simulator = simulate(events=300)
    simulator.faults = {"FwpmNetEventEnum5": {2: 1726}}
    seen = 0
    with Engine(simulator) as engine:
        stream = engine.net_events(batch_size=100)
        with pytest.raises(OSError, match="RPC_S_CALL_FAILED"):  # noqa: PT012
            for batch in stream:
                seen += len(batch)
        assert seen == 100


def test_what_does_not_fit_is_counted(simulate: Simulate) -> None:
    """TinyWall overwrites the oldest of 500 slots without a word."""
    simulator = simulate(events=[])
    with Engine(simulator) as engine, engine.subscribe(capacity=1) as subscription:
        simulator.emit(5_000)
        read = 0
        while (batch := subscription.read(0)) is not None:
            read += len(batch)
        assert 0 < read < 5_000
        assert subscription.stats["dropped"] == 5_000 - read


@pytest.mark.parametrize("before", [(False, 0), (True, 0x3F)])
def test_machine_wide_options_are_as_they_were(
    before: tuple[bool, int], simulate: Simulate
) -> None:
    """System Informer and TinyWall switch collection off for all programs when they end."""
    simulator = simulate(events=[])
    with Engine(simulator) as engine:
        engine.options.collect_net_events, engine.options.keywords = before
    with Engine(simulator) as engine, engine.collecting(keywords=1):
        assert engine.options.collect_net_events
    with Engine(simulator) as engine:
        assert (engine.options.collect_net_events, engine.options.keywords) == before


def test_a_description_may_be_null(simulate: Simulate) -> None:
    """A plugin of Process Hacker crashed where it was; the simulator's providers have none."""
    with Engine(simulate()) as engine:
        providers = read_objects(engine._session, 3)
        assert [row["name"] for row in providers] == [
            "Simulated Firewall", "Simulated IPsec policy"]
        assert [row["description"] for row in providers] == [None, None]


def test_no_package_is_not_taken_for_one() -> None:
    """S-1-0-0 stands where there is none; some show it as if it were one. The column keeps what
    Windows says, and `explain` says what it means."""
    batch = decode(encode([drop({"flags": 0x400, "packageSid": "S-1-0-0"})]))
    assert batch["package_sid"].to_pylist() == ["S-1-0-0"]
    assert "no AppContainer" in " ".join(explain("S-1-0-0"))


def test_addresses_are_not_turned_round() -> None:
    """IPv4 is in host order, IPv6 in that of the network; FwDiagnose turns only some of them."""
    v6 = bytes(range(16))
    batch = decode(encode([
        drop({"flags": 0x106, "ipVersion": 0, "localAddrV4": 0x7F000001,
              "remoteAddrV4": 0xC0000207}),
        drop({"flags": 0x102, "ipVersion": 1, "localAddrV6": v6}),
    ]))
    assert batch["local_address"].to_pylist() == ["127.0.0.1", "1:203:405:607:809:a0b:c0d:e0f"]
    assert batch["remote_address"].to_pylist() == ["192.0.2.7", None]
    raw = struct.pack("<I", 0x7F000001)
    assert raw in bytes(encode([drop({"localAddrV4": 0x7F000001})]).data)
