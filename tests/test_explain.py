"""The lines of `wfpfast explain`; must not know the command line."""

import ctypes
import doctest
import sys

import pytest

from wfpfast import audit, names
from wfpfast._tables.audits import EVENTS, MESSAGES
from wfpfast._tables.errors import ERRORS
from wfpfast.explain import EVENT_KINDS, explain, is_answer


@pytest.fixture(autouse=True)
def _not_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the tables only, also where the system could answer."""
    monkeypatch.delattr(ctypes, "FormatError", raising=False)


def starts(text: str) -> list[str]:
    """Return each line up to the number: the wording behind it may change."""
    return [line.split(" (")[0] for line in explain(text)]


def begin(lines: list[str], wanted: list[str]) -> bool:
    """Tell whether lines begin so; of what to do, only the beginning is wanted."""
    return len(lines) == len(wanted) and all(
        line.startswith(each) if each.startswith("  what to do") else line == each
        for line, each in zip(lines, wanted, strict=True))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("0x80320013", ["error: FWP_E_NET_EVENTS_DISABLED", "  what to do: Switch collection on"]),
        ("2150760467", ["error: FWP_E_NET_EVENTS_DISABLED", "  what to do: Switch collection on"]),
        ("13801", ["error: ERROR_IPSEC_IKE_AUTH_FAIL", "  what to do: Usually this end"]),
        ("-1070202879", ["error: STATUS_IPSEC_BAD_SPI", "  what to do: The other end still"]),
        ("0x80070006", [
            "error: HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE)", "  what to do: Close the engine"]),
        (" 48 ", ["layer: FWPS_LAYER_ALE_AUTH_CONNECT_V4"]),
        (
            "3",
            [
                "error: ERROR_PATH_NOT_FOUND",
                "  what to do: From the filtering engine",
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
        ("14593", ["direction: OUTBOUND", "audit message: %%14593: Outbound"]),
        ("%%14593", ["audit message: %%14593: Outbound", "direction: OUTBOUND"]),
        ("message:14600", [
            "audit message: %%14600: Datagram Data", "  column: layer_kind is Datagram Data",
            "  layer: DATAGRAM_DATA_V4, _V6: data of UDP, ICMP and other datagrams"]),
        ("message:14605", ["unknown: %%14605 is no text of audits of WFP or IPsec"]),
        ("audit:4946", ["audit event: 4946 of the Security log: A firewall rule was added",
                        "  not read as an event: wfpfast counts it as one of other_events"]),
        ("audit:1", ["unknown: 1 is no audit event of WFP, firewall or IPsec"]),
        ("ras:1", ["unknown: 1 is no code of RAS that is known here"]),
        ("filter:4", ["filter id: 4", "  what to do: 'netsh wfp show state file=wfpstate.xml' on"]),
        ("layer:50", ["layer: FWPS_LAYER_ALE_AUTH_CONNECT_V6"]),
        ("LAYER:0x32", ["layer: FWPS_LAYER_ALE_AUTH_CONNECT_V6"]),
        ("layer:91@19045", ["layer: FWPS_LAYER_IPSEC_KM_DEMUX_V4"]),
        ("layer:999", ["layer: UNKNOWN_999"]),
        ("layer:85@5000", ["layer: UNKNOWN_85"]),
        ("error:66", ["error: UNKNOWN_0x00000042"]),
        ("type:6", ["event type: CLASSIFY_ALLOW"]),
        ("type:20", ["event type: INTERNAL_IKEEXT_POLICY_CHANGE"]),
        ("1747", ["error: RPC_S_UNKNOWN_AUTHN_SERVICE", "  what to do: Open the engine with"]),
        ("type:99", ["event type: UNKNOWN_99"]),
        ("direction:14592", ["direction: INBOUND"]),
        ("direction:0", ["direction: OUTBOUND"]),
        ("protocol:6", ["protocol: tcp"]),
        ("profile:7", ["profile: UNKNOWN_7"]),
        ("flags:0", ["event flags: none"]),
        ("flags:0x4100", ["event flags: IP_VERSION_SET, 0x00004000"]),
        ("keywords:17", ["keywords: INBOUND_MCAST, CLASSIFY_ALLOW"]),
        ("reauth:1", ["reauthorization reasons: POLICY_CHANGE"]),
        ("\tfwp_e_incompatible_layer\n", [
            "error: FWP_E_INCOMPATIBLE_LAYER", "  what to do: The parts of the filter do"]),
        ("incompatible-layer", [
            "error: FWP_E_INCOMPATIBLE_LAYER", "  what to do: The parts of the filter do",
            "error: STATUS_FWP_INCOMPATIBLE_LAYER"]),
        ("SA_SENT", ["state of main mode: SA_SENT: the proposals were sent: first round trip"]),
    ],
)
def test_meanings(text: str, lines: list[str]) -> None:
    assert begin(starts(text), lines), starts(text)


def test_a_line_tells_kind_name_number_and_meaning() -> None:
    assert explain("13801")[0] == (
        "error: ERROR_IPSEC_IKE_AUTH_FAIL (13801):"
        " The credentials of one side were not accepted by the other")
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
        ("S-1-5-80-880578595-1860270145-482643319-2788375705-1540778122", "service EventLog"),
        # TrustedInstaller and WdiServiceHost, as Microsoft's pages have them.
        ("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", "TrustedInstaller"),
        ("S-1-5-80-3139157870-2983391045-3678747466-658725712-1809340420", "WdiServiceHost"),
        ("S-1-5-80-1-2-3-4-5", "A service, by a hash of its name"),
        ("S-1-5-21-1-2-3-1001", "account"),
        ("S-1-5-21-1-2-3-500", "built-in account Administrator"),
        ("S-1-5-21-1-2-3-512", "Domain Admins"),
        ("S-1-5-21-1-2-500", "An account or group"),
        ("S-1-5-21-1-2-3-", "An account or group"),
        ("S-1-5-113", "Local account"),
        ("S-1-5-32-9999", "built-in group"),
        ("S-1-99-1", "not a well-known SID"),
    ],
)
def test_a_sid(text: str, words: str) -> None:
    (line,) = explain(text)
    assert line.startswith(f"SID: {text.upper()}: ")
    assert words in line


def test_a_number_without_any_meaning_is_said_to_have_none() -> None:
    assert explain("13919") == [
        "unknown: 13919 is none of: error, ras, layer, type, direction, profile, protocol, audit,"
        " message"
    ]


def test_a_number_as_ids_of_filters_are_may_be_one() -> None:
    line, remedy = explain("0x11CBD")
    assert line.startswith("filter id: 72893 (0x11CBD) may be a filter id")
    assert "<filterId>72893</filterId>" in remedy
    for text in ("65536", "999999", "268435455"):
        assert explain(text)[0].startswith(f"filter id: {text} ")
    for text in ("65535", "268435456"):  # no id was seen so low; so high, it is a code
        assert explain(text)[0].startswith("unknown: ")


def test_a_guid_of_another_product_is_told_to_be_none_of_windows() -> None:
    (line,) = explain("{A549B7CF-0542-4B67-93F9-EEBCDD584377}")
    assert line.startswith("unknown GUID: {a549b7cf-0542-4b67-93f9-eebcdd584377} is no key of")
    assert "Get-NetFirewallRule -Name" in line
    assert not is_answer([line])


def test_a_word_of_several_meanings_has_them_all() -> None:
    titles = [line.split(":")[0] for line in explain("COMPLETE")]
    assert titles == ["state of main mode", "state of quick mode", "state of extended mode"]
    assert [line.split(":")[0] for line in explain("unknown")] == [
        "filter origin", "  what to do", "network profile"]


def test_what_a_number_without_a_name_is_called_is_understood() -> None:
    first, *rest = explain("UNKNOWN_14592")
    assert first == "unknown value: UNKNOWN_14592: wfpfast writes so where 14592 has no name"
    assert rest == explain("14592")
    assert not is_answer(explain("UNKNOWN_0x0000365f"))


def test_each_column_and_each_name_in_a_column_has_a_meaning() -> None:
    for name in audit.read_events([]).column_names:
        assert any(line.startswith(f"column: {name}: ") for line in explain(name)), name
    flags = [names.NET_EVENT_FLAGS, names.NET_EVENT_KEYWORDS, names.REAUTHORIZE_REASONS,
             names.MM_FAILURE_FLAGS, names.EM_FAILURE_FLAGS, names.EVENT_TYPES]
    enums = [enum for title, enum in names.ENUMS.items() if title != "FWP_DATA_TYPE"]
    words = [name for table in (*flags, *enums) for name in table]
    assert len(words) > 100
    for word in words:
        assert is_answer(explain(word)), word
    for kind in EVENT_KINDS.values():
        for word in (kind.name, kind.verdict, kind.arm):
            assert is_answer(explain(word)), word
    for number in range(4):
        assert is_answer(explain(names.profile(number)))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 0x3900, 0x3901, 0x3902, 0x3903])
def test_no_kind_of_number_takes_another_for_its_own(number: int) -> None:
    """What one kind does not know, it says to be unknown; what it knows it names itself."""
    for kind in ("type", "direction", "profile", "protocol", "message", "audit", "ras"):
        (line, *_) = explain(f"{kind}:{number}")
        assert is_answer([line]) or "UNKNOWN_" in line or line.startswith("unknown: ")


def test_on_windows_what_the_system_knows_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "FormatError", lambda _: "Falscher Typ.", raising=False)
    lines = explain("error:66")
    assert lines == ["error: 66: Falscher Typ. (as this Windows says)"]
    assert is_answer(lines)


def test_no_code_of_the_tables_is_unknown() -> None:
    assert len(ERRORS) == 922
    for code, (name, _) in ERRORS.items():
        assert f"error: {name} (" in explain(str(code))[0], name
        assert any(f"error: {name} (" in line for line in explain(name)), name
    for number in EVENTS:
        assert any(line.startswith(f"audit event: {number} ") for line in explain(str(number)))
    for number, text in MESSAGES.items():
        assert explain(f"%%{number}")[0].startswith(f"audit message: %%{number}: {text} (")


@pytest.mark.parametrize(
    "text",
    [
        "", "bla", "layer:", "layer:x", "layer:5@", "layer:5@x", "type:5@19045", "colour:5", "0x",
        "FWPM_LAYER_NOT_THERE", "{00000000-0000-0000-0000-00000000000}", "13801 x", "%%", "%%x",
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
