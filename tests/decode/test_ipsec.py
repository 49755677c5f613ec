"""IPSEC_KERNEL_DROP0 and IPSEC_DOSP_DROP0, member by member; values by hand from the facts."""

import pytest

from wfpfast import decode, encode

KERNEL_COLUMNS = {
    "filter_id", "layer_id", "direction", "direction_code", "spi", "failure_status",
}


def row(payload, *, kind=4, member="ipsecDrop", version=5, **options):
    event = {"header": {}, "type": kind, member: payload}
    return decode(encode([event], version=version), **options)[0]


def filled(event) -> dict[str, object]:
    header = {"timestamp", "event_type", "flags", "address_family"}
    return {k: v for k, v in event.to_dict().items() if v is not None and k not in header}


@pytest.mark.parametrize("version", range(6))
def test_kernel_drop_by_the_ipsec_callout(version: int) -> None:
    event = row({
        "failureStatus": -1070202879,  # STATUS_IPSEC_BAD_SPI 0xC0360001
        "direction": 1,
        "spi": 0xDEADBEEF,
        "filterId": 2**64 - 1,
        "layerId": 65535,
    }, version=version)
    assert event.event_type == "IPSEC_KERNEL_DROP"
    assert filled(event) == {
        "failure_status": -1070202879,
        "direction": "INBOUND",
        "direction_code": 1,
        "spi": 0xDEADBEEF,
        "filter_id": 2**64 - 1,
        "layer_id": 65535,
    }


def test_kernel_drop_elsewhere_has_neither_filter_nor_layer() -> None:
    """Zero means unknown, not filter 0 in layer 0: even a layer without a filter is dropped."""
    event = row({"failureStatus": -1, "direction": 0, "spi": 1, "filterId": 0, "layerId": 12})
    assert filled(event) == {
        "failure_status": -1, "direction": "OUTBOUND", "direction_code": 0, "spi": 1}


def test_kernel_drop_of_clear_text_has_spi_zero_not_null() -> None:
    event = row({"failureStatus": -1070202873, "spi": 0, "filterId": 1})
    assert event.spi == 0
    assert event.layer_id == 0


@pytest.mark.parametrize(("kind", "arm"), [
    (3, "classifyDrop"), (6, "classifyAllow"), (9, "classifyDropMac")])
def test_a_direction_of_classify_events_that_is_zero_was_not_filled(kind: int, arm: str) -> None:
    event = row({"msFwpDirection": 0, "layerId": 7}, kind=kind, member=arm)
    assert (event.direction, event.direction_code, event.layer_id) == (None, None, 7)


def test_a_direction_of_ipsec_events_that_is_zero_is_outbound() -> None:
    for kind, arm in ((4, "ipsecDrop"), (5, "idpDrop")):
        event = row({"direction": 0}, kind=kind, member=arm)
        assert (event.direction, event.direction_code) == ("OUTBOUND", 0)


@pytest.mark.parametrize(("code", "text"), [
    (1, "INBOUND"), (2, "UNKNOWN_2"), (0x3900, "INBOUND"),
    (0x3901, "OUTBOUND"), (0x3902, "FORWARD"), (0x3903, "BIDIRECTIONAL"), (0x3904, "UNKNOWN_14596"),
    (0x38FF, "UNKNOWN_14591"), (2**32 - 1, "UNKNOWN_4294967295"),
])
def test_directions(code: int, text: str) -> None:
    event = row({"direction": code})
    assert (event.direction, event.direction_code) == (text, code)
    drop = row({"msFwpDirection": code}, kind=3, member="classifyDrop")
    assert (drop.direction, drop.direction_code) == (text, code)


@pytest.mark.parametrize("version", range(6))
def test_dosp_drop(version: int) -> None:
    """IPv4 hosts are taken as host order: 0xC6336401 is 198.51.100.1."""
    event = row({
        "ipVersion": 0, "publicHostV4Addr": 0xC6336401, "internalHostV4Addr": 0x0A000001,
        "failureStatus": -1070170110, "direction": 1,
    }, kind=5, member="idpDrop", version=version)
    assert filled(event) == {
        "public_host": "198.51.100.1", "internal_host": "10.0.0.1",
        "failure_status": -1070170110, "direction": "INBOUND", "direction_code": 1,
    }


def test_dosp_drop_v6_and_binary() -> None:
    public, internal = bytes.fromhex("20010db8") + bytes(12), bytes(15) + b"\x01"
    payload = {"ipVersion": 1, "publicHostV6Addr": public, "internalHostV6Addr": internal}
    event = row(payload, kind=5, member="idpDrop")
    assert (event.public_host, event.internal_host) == ("2001:db8::", "::1")
    event = row(payload, kind=5, member="idpDrop", addresses="binary")
    assert (event.public_host, event.internal_host) == (public, internal)
    event = row({"publicHostV4Addr": 0x01020304}, kind=5, member="idpDrop", addresses="binary")
    assert event.public_host == bytes(10) + b"\xff\xff\x01\x02\x03\x04"


@pytest.mark.parametrize("version", [2, 3, 2**32 - 1])
def test_dosp_drop_of_no_ip_version_has_no_hosts(version: int) -> None:
    event = row({"ipVersion": version, "publicHostV4Addr": 1}, kind=5, member="idpDrop")
    assert (event.public_host, event.internal_host) == (None, None)


def test_packet_arrival_only_in_version_5() -> None:
    for version in range(6):
        event = row({"spi": 9}, kind=10, member="lpmPacketArrival", version=version)
        assert event.event_type == "LPM_PACKET_ARRIVAL"
        assert event.spi == (9 if version == 5 else None)
