"""The lines of `wfpfast explain`; must not know the command line."""

import doctest
import sys

import pytest

from wfpfast.explain import explain


def starts(text: str) -> list[str]:
    """Return each line up to the number: the wording behind it may change."""
    return [line.split(" (")[0] for line in explain(text)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("0x80320013", ["error: FWP_E_NET_EVENTS_DISABLED", "  what to do: Switch collection on"]),
        ("2150760467", ["error: FWP_E_NET_EVENTS_DISABLED", "  what to do: Switch collection on"]),
        ("13801", ["error: ERROR_IPSEC_IKE_AUTH_FAIL"]),
        ("-1070202879", ["error: STATUS_IPSEC_BAD_SPI"]),
        (" 48 ", ["layer: FWPS_LAYER_ALE_AUTH_CONNECT_V4"]),
        (
            "3",
            [
                "layer: FWPS_LAYER_INBOUND_IPPACKET_V6_DISCARD",
                "event type: CLASSIFY_DROP",
                "profile: domain",
            ],
        ),
        (
            "17",
            [
                "layer: FWPS_LAYER_OUTBOUND_TRANSPORT_V4_DISCARD",
                "event type: INTERNAL_IKEEXT_QM_DELETED",
                "protocol: udp",
            ],
        ),
        ("14593", ["direction: OUTBOUND"]),
        ("layer:50", ["layer: FWPS_LAYER_ALE_AUTH_CONNECT_V6"]),
        ("LAYER:0x32", ["layer: FWPS_LAYER_ALE_AUTH_CONNECT_V6"]),
        ("layer:91@19045", ["layer: FWPS_LAYER_IPSEC_KM_DEMUX_V4"]),
        ("layer:999", ["layer: UNKNOWN_999"]),
        ("layer:85@5000", ["layer: UNKNOWN_85"]),
        ("error:3", ["error: UNKNOWN_0x00000003"]),
        ("type:6", ["event type: CLASSIFY_ALLOW"]),
        ("type:20", ["event type: INTERNAL_IKEEXT_POLICY_CHANGE"]),
        ("type:99", ["event type: UNKNOWN_99"]),
        ("direction:14592", ["direction: INBOUND"]),
        ("direction:0", ["direction: OUTBOUND"]),
        ("protocol:6", ["protocol: tcp"]),
        ("profile:7", ["profile: UNKNOWN_7"]),
        ("flags:0", ["event flags: none"]),
        ("flags:0x4100", ["event flags: IP_VERSION_SET, 0x00004000"]),
        ("keywords:17", ["keywords: INBOUND_MCAST, CLASSIFY_ALLOW"]),
        ("reauth:1", ["reauthorization reasons: POLICY_CHANGE"]),
        ("\tfwp_e_incompatible_layer\n", ["error: FWP_E_INCOMPATIBLE_LAYER"]),
    ],
)
def test_meanings(text: str, lines: list[str]) -> None:
    assert starts(text) == lines


def test_a_line_tells_kind_name_number_and_meaning() -> None:
    assert explain("13801") == [
        "error: ERROR_IPSEC_IKE_AUTH_FAIL (13801):"
        " The credentials of one side were not accepted by the other"
    ]
    assert explain("layer:49") == [
        "layer: FWPS_LAYER_ALE_AUTH_CONNECT_V4_DISCARD (49): a program connects, or sends the first"
        " packet of a flow, IPv4 (already discarded)"
    ]
    assert explain("direction:0x3900") == ["direction: INBOUND (14592, as msFwpDirection)"]
    assert explain("-1070202879")[0].startswith("error: STATUS_IPSEC_BAD_SPI (0xc0360001): ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5", "elevated"),
        ("1753", "Base Filtering Engine"),
        ("1722", "Base Filtering Engine"),
        ("0x80320013", "netsh wfp set options netevents=on"),
        ("0x80320019", "narrower template"),
        ("0x8032000b", "not dynamic"),
    ],
)
def test_an_error_comes_with_what_to_do(text: str, words: str) -> None:
    error, remedy = explain("error:" + text)
    assert error.startswith("error: ")
    assert remedy.startswith("  what to do: ")
    assert words in remedy
    assert explain(text)[:2] == [error, remedy]


def test_an_id_that_moved_is_told_for_each_range_of_builds() -> None:
    assert [line.split(":")[1] for line in explain("layer:58")] == [
        " FWPS_LAYER_INBOUND_MAC_FRAME_NATIVE (58 on builds from 9200)",
        " FWPS_LAYER_RESERVED1_V4 (58 on builds from 7600 to 9199)",
        " FWPS_LAYER_IPSEC_V4 (58 on builds from 6000 to 7599)",
    ]
    assert explain("layer:102") == [
        "layer: FWPS_LAYER_KM_AUTHORIZATION (102 on builds from 16299 to 20347):"
        " whether an authenticated IPsec peer may connect"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{c38d57d1-05a7-4c33-904f-7fbceee60e82}",
        "C38D57D1-05A7-4C33-904F-7FBCEEE60E82",
        "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
        "fwps_layer_ale_auth_connect_v4",
    ],
)
def test_a_layer_is_found_by_guid_and_by_name(text: str) -> None:
    assert starts(text) == [
        "layer key: FWPM_LAYER_ALE_AUTH_CONNECT_V4 {c38d57d1-05a7-4c33-904f-7fbceee60e82}",
        "layer: FWPS_LAYER_ALE_AUTH_CONNECT_V4",
    ]


def test_a_layer_of_old_builds_without_a_key_is_found() -> None:
    assert explain("FWPS_LAYER_RESERVED1_V6") == [
        "layer: FWPS_LAYER_RESERVED1_V6 (59 on builds from 7600 to 9199)"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("S-1-0-0", "no AppContainer"),
        ("s-1-5-18", "LocalSystem"),
        ("S-1-15-3-1", "internetClient"),
        ("S-1-15-3-1024-1-2", "capability"),
        ("S-1-15-2-1-2-3", "by its package name"),
        ("S-1-5-80-880578595-1860270145-482643319-2788375705-1540778122", "service"),
        ("S-1-5-21-1-2-3-1001", "account"),
        ("S-1-5-32-9999", "built-in group"),
        ("S-1-99-1", "not a well-known SID"),
    ],
)
def test_a_sid(text: str, words: str) -> None:
    (line,) = explain(text)
    assert line.startswith(f"SID: {text.upper()}: ")
    assert words in line


def test_a_number_without_any_meaning_is_said_to_have_none() -> None:
    assert explain("999999") == [
        "unknown: 999999 is none of: error, layer, type, direction, profile, protocol"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "bla", "layer:", "layer:x", "layer:5@", "layer:5@x", "type:5@19045", "colour:5", "0x",
        "FWPM_LAYER_NOT_THERE", "{00000000-0000-0000-0000-000000000000}", "13801 x",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_a_value_error_that_says_what_would_be(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not understood: expected a number.*reauth"):
        explain(text)


@pytest.mark.parametrize("text", ["4294967296", "error:-2147483649", "flags:0x100000000"])
def test_a_number_must_fit_32_bits(text: str) -> None:
    with pytest.raises(ValueError, match="32 bits"):
        explain(text)


def test_the_examples_in_the_docstring_hold() -> None:
    results = doctest.testmod(sys.modules[explain.__module__])
    assert results.attempted >= 3
    assert results.failed == 0
