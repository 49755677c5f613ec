"""The story of one event; must not know files and the command line."""

import doctest
from datetime import UTC, datetime
from typing import Any

import pytest
from example_events import one_of_each

from wfpfast import decode, encode
from wfpfast.explain import _event, _words, event, explain

DROP = {
    "timestamp": datetime(2026, 10, 5, 6, 7, 8, 9000, UTC), "event_type": "CLASSIFY_DROP",
    "ip_version": 4, "ip_protocol": 6, "local_address": "192.0.2.40", "local_port": 50211,
    "remote_address": "198.51.100.23", "remote_port": 587, "direction": "OUTBOUND",
    "app_path": r"\device\harddiskvolume2\mail.exe", "process_id": 3100,
    "user_sid": "S-1-5-18", "package_sid": "S-1-0-0", "filter_id": 81234, "layer_id": 48,
    "filter_origin": "Query User Default", "current_profile": 1, "original_profile": 2,
    "reauth_reason": 9, "is_loopback": False, "interface_index": 6,
    "terminating_filters": [
        {"filter_id": 81234, "sublayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF",
         "action": "FWP_ACTION_BLOCK"},
        {"filter_id": 5, "sublayer": None, "action": "FWP_ACTION_PERMIT"}],
}  # fmt: skip
FAILURE = {
    "event_type": "IKEEXT_MM_FAILURE", "local_address": "192.0.2.1", "remote_address": "192.0.2.2",
    "failure_error": 13868, "failure_point": "PEER", "sa_role": "INITIATOR",
    "mm_state": "SA_SENT", "keying_module": "IKEV2", "auth_method": "CERTIFICATE",
    "local_principal": "CN=me", "remote_principal": "", "end_cert_hash": bytes(range(20)),
    "mm_filter_id": 8, "failure_flags": 1,
}  # fmt: skip


def test_a_drop_is_told_from_when_to_why() -> None:
    told = event(DROP, {"name": "Mail stays inside", "action": "BLOCK",
                        "provider_key": "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}"})
    origin = explain("Query User Default")
    assert told == [
        "2026-10-05 06:07:08.009000 UTC: A filter blocked traffic (CLASSIFY_DROP).",
        r"The program was \device\harddiskvolume2\mail.exe, process 3100."
        " It ran as S-1-5-18 (LocalSystem: Windows itself and many of its services)."
        " It was in no AppContainer.",
        "It went out over TCP from 192.0.2.40 port 50211 to 198.51.100.23 port 587.",
        "Filter 81234 decided, at the layer ALE_AUTH_CONNECT_V4 (48): a program connects, or sends"
        " the first packet of a flow, IPv4.",
        "Filter 81234 in the sublayer WF (rules of Windows Firewall) said BLOCK.",
        "Filter 5 in the sublayer not given said PERMIT.",
        "The filter is called Mail stays inside, its provider is FWPM_PROVIDER_MPSSVC_WF, its"
        " action is BLOCK.",
        f"The filter comes from {origin[0].removeprefix('filter origin: ')}.",
        origin[1],
        "The network's profile was public, before it private.",
        "The connection was judged again, because: POLICY_CHANGE (filters changed),"
        " PROFILE_CROSSING (the interface moved to another profile).",
        "The interface has the index 6 (Get-NetIPInterface).",
    ]


def test_a_failure_of_ike_is_told_with_its_cure() -> None:
    error, cure = explain("13868")
    assert event(FAILURE) == [
        "IKE or AuthIP could not set up main mode (IKEEXT_MM_FAILURE).",
        "It was from 192.0.2.1 to 192.0.2.2.",
        f"The reason was {error.removeprefix('error: ')}.",
        "The other end gave up (PEER); this computer had begun the negotiation (INITIATOR).",
        "The state of main mode was SA_SENT (the proposals were sent: first round trip).",
        "The protocol was IKEV2 (IKEv2, RFC 7296).",
        "The method of authentication was CERTIFICATE (certificates with RSA keys).",
        "This computer said that it is CN=me.",
        "The certificate that failed has the thumbprint (SHA-1)"
        " 000102030405060708090a0b0c0d0e0f10111213.",
        "The policy of main mode came from filter 8.",
        "Windows calls the failure benign: it does no harm.",
        cure,
    ]


def changed(row: dict[str, Any], **cells: Any) -> str:
    return "\n".join(event({**row, **cells}))


@pytest.mark.parametrize(("row", "cells", "sentence"), [
    (DROP, {"direction": "INBOUND"},
     "It came in over TCP from 198.51.100.23 port 587 to 192.0.2.40 port 50211."),
    (DROP, {"direction": "BIDIRECTIONAL", "remote_address": None, "remote_port": None},
     "It was for both ways (as a bind is) over TCP from 192.0.2.40 port 50211."),
    (DROP, {"direction": None, "ip_protocol": None, "remote_address": None},
     "It was from 192.0.2.40 port 50211 to remote port 587."),
    (DROP, {"ip_protocol": 1, "local_port": 8, "remote_port": 0},
     "It went out over ICMP (echo-request) from 192.0.2.40 to 198.51.100.23."),
    (DROP, {"ip_protocol": 253}, "It went out over protocol 253 from"),
    (DROP, {"is_loopback": True}, "It stayed on this computer (loopback)."),
    (DROP, {"app_path": "System"}, "The program was System (the kernel itself: file sharing"),
    (DROP, {"app_path": None}, "The process was 3100; its program is not given."),
    (DROP, {"app_path": ""}, "The program was given as an empty text, process 3100."),
    (DROP, {"package_sid": "S-1-15-2-7"}, "It was in the AppContainer S-1-15-2-7."),
    (DROP, {"filter_id": None}, "Which filter decided is not known, at the layer ALE_AUTH_CONNECT"),
    (DROP, {"filter_id": 0}, "Which filter decided is not known"),
    (DROP, {"layer_id": None}, "Filter 81234 decided.\n"),
    (DROP, {"filter_origin": "{A5}"}, "  what to do: Get-NetFirewallRule -Name '{A5}'"),
    (DROP, {"filter_origin": "wsh-default"}, "The filter comes from wsh-default: a default block"),
    (DROP, {"timestamp": "2026-10-05 06:07 UTC"}, "2026-10-05 06:07 UTC: A filter blocked"),
    (DROP, {"event_type": None}, "Something happened whose type could not be read."),
    (DROP, {"event_type": "NEW_TYPE"}, "Something happened (NEW_TYPE)."),
    (DROP, {"event_type": "INTERNAL_IKEEXT_QM_DELETED"},
     "A quick mode association ended (INTERNAL_IKEEXT_QM_DELETED)."),
    (DROP, {"network_capability": "INTERNET_CLIENT"},
     "It was about the capability INTERNET_CLIENT (internetClient: connect to the internet)."),
    (DROP, {"local_mac": "00:00:5e:00:53:01", "ether_type": 0x0806},
     "The frame was between 00:00:5e:00:53:01 here and an address not given, ether type 0x0806"
     " (ARP)."),
    (FAILURE, {"failure_error": 0x800B0101}, "The reason was CERT_E_EXPIRED (0x800b0101): A cert"),
    # No code of Windows has that bit, so that Windows knows no text for it either.
    (FAILURE, {"failure_error": 0x2000BEEF}, "The reason was UNKNOWN_0x2000beef (0x2000beef).\n"),
    (FAILURE, {"failure_error": None, "failure_status": -1070202873, "spi": 0},
     "The reason was STATUS_IPSEC_CLEAR_TEXT_DROP (0xc0360007): The packet came unprotected"),
    (FAILURE, {"spi": 0}, "The packet came in clear text: it had no SPI."),
    (FAILURE, {"spi": 0x1234}, "The packet's SPI was 0x00001234."),
    (FAILURE, {"failure_point": "NONE", "sa_role": None},
     "Which end gave up is not known (NONE).\n"),
    (FAILURE, {"traffic_type": "TUNNEL", "local_subnet": "10.0.0.0/8"},
     "The tunnel was to join 10.0.0.0/8 here and addresses not given there."),
    (FAILURE, {"remote_principal": "host/peer"}, "The other end said that it is host/peer."),
    (FAILURE, {"public_host": "198.51.100.1"},
     "The outer host was 198.51.100.1, the inner host not given."),
    (DROP, {"host": "pc1", "event_id": 5157, "record_id": 71},
     "UTC: A connection was blocked (CLASSIFY_DROP).\npc1 logged it as event 5157, record 71.\n"),
    (DROP, {"host": "pc1", "event_id": None, "record_id": None}, "\npc1 logged it.\n"),
    (DROP, {"event_id": 5152}, "UTC: A filter blocked a packet (CLASSIFY_DROP).\n"),
    (DROP, {"remote_user_sid": "S-1-5-18"}, "The user at the other end was S-1-5-18 (LocalSystem"),
    ({"event_type": "CLASSIFY_DROP", "ip_protocol": 6, "direction": "INBOUND"},
     {"source_address": "192.0.2.1", "source_port": 7, "destination_address": "192.0.2.2"},
     "It came in over TCP with the source 192.0.2.1 port 7 and the destination 192.0.2.2, as"
     " logged: which of them is local is not known."),
    (FAILURE, {"failure_reason": "Negotiation timed out"},
     "The reason that Windows gave was: Negotiation timed out."),
])  # fmt: skip
def test_a_cell_is_told(row: dict[str, Any], cells: dict[str, Any], sentence: str) -> None:
    assert sentence in changed(row, **cells) + "\n"
    assert sentence not in changed(row) + "\n"


@pytest.mark.parametrize(("cells", "benign"), [
    ({"failure_flags": 2}, False), ({"failure_flags": 3}, True), ({"failure_flags": None}, False),
    ({"mm_state": None, "em_state": "FINAL", "failure_flags": 1}, False),
    ({"mm_state": None, "em_state": "FINAL", "failure_flags": 2}, True),
    ({"mm_state": None, "qm_state": "FINAL", "failure_flags": 3}, False),
])
def test_main_mode_and_extended_mode_give_the_flags_in_opposite_order(
    cells: dict[str, Any], benign: bool
) -> None:
    assert ("benign" in changed(FAILURE, **cells)) is benign


def test_a_certificate_without_a_hash_is_not_told() -> None:
    for digest in (None, bytes(20)):
        assert "certificate that failed" not in changed(FAILURE, end_cert_hash=digest)


def test_an_event_of_every_type_is_told_from_a_decoded_batch() -> None:
    stories = [event(row) for row in decode(encode(one_of_each(internal=True), internal=True))]
    assert len(stories) == 11
    for story in stories:
        assert story[0].endswith(").")
        assert all(line.endswith((".", "'")) for line in story), story
        assert len(story) > 5
    assert len({story[0] for story in stories}) == 11


def test_an_event_without_cells_is_an_event() -> None:
    assert event({}) == ["Something happened whose type could not be read."]


@pytest.mark.parametrize("module", [_event, _words])
def test_the_example_in_the_docstring_holds(module: Any) -> None:
    results = doctest.testmod(module)
    assert results.attempted >= 1
    assert results.failed == 0
