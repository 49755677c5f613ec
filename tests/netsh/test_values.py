"""Each converter of netsh's texts: what it takes, and how it says what it does not take."""

import ipaddress
import uuid
from typing import Any

import pytest

from wfpfast import encode
from wfpfast.netsh import _values as v


@pytest.mark.parametrize(("convert", "text", "expected"), [
    (v.u16, "0", 0), (v.u16, "65535", 65535), (v.u32, "4294967295", 2**32 - 1),
    (v.u64, "18446744073709551615", 2**64 - 1), (v.number(8), "255", 255),
    (v.u32, "0 (ERROR_SUCCESS)", 0), (v.u32, "13801 (ERROR_IPSEC_IKE_AUTH_FAIL)", 13801),
    (v.i32, "-2147483648", -2**31), (v.i32, "2147483647", 2**31 - 1),
    # 0xC0350001: how an unsigned printer shows a negative status
    (v.i32, "3224698881", 3224698881 - 2**32), (v.i32, "4294967295", -1), (v.i32, "0", 0),
    (v.i32, "2147483648", -2**31), (v.i32, "0xC0350001", 0xC0350001 - 2**32),
    (v.u32, "-1", 2**32 - 1), (v.u32, "-2147483648", 2**31), (v.u32, "-0x1", 2**32 - 1),
    (v.u32, "0x10", 16), (v.u32, "0XFFFFFFFF", 2**32 - 1),
    (v.u32, "0x80090302 (SEC_E_UNSUPPORTED_FUNCTION)", 0x80090302),
    (v.u64, "0xFFFFFFFFFFFFFFFF", 2**64 - 1), (v.u8, "0xff", 255), (v.u16, "007", 7),
    (v.u32, "00000000000000000007", 7), (v.u32, "1 (two)", 1), (v.u32, "1(two)", 1),
])
def test_numbers(convert: v.Convert, text: str, expected: int) -> None:
    assert convert(text) == expected


@pytest.mark.parametrize(("convert", "text", "message"), [
    (v.u16, "65536", "'65536' does not fit 16 bits"),
    (v.u16, "-1", "'-1' does not fit 16 bits"),
    (v.number(8), "256", "does not fit 8 bits"),
    (v.u64, "18446744073709551616", "does not fit 64 bits"),
    (v.i32, "-2147483649", "does not fit 32 bits"),
    (v.i32, "4294967296", "does not fit 32 bits"),
    (v.u32, "-2147483649", "does not fit 32 bits"),
    (v.u8, "-1", "'-1' does not fit 8 bits"), (v.u64, "-1", "does not fit 64 bits"),
    (v.u8, "0x100", "does not fit 8 bits"),
    (v.u32, "0x1FFFFFFFF", "does not fit 32 bits"),
    *[(v.u32, text, "is not a number") for text in (
        "", "-", "--5", "+5", "0x", "0x-1", "x10", "10h", "0xG", "1.0", "1e3", " 1", "1 2",
        "\u0661", "\u00b2", "1_0", "0x1_0", "1 (", "1 ()", "1  (two)", "1 (two) ", "1 (two (3))",
        "0x" + "0" * 17, "9" * 5000)],
    (v.u32, {"a": "1"}, "holds elements, not a text"),
    (v.u32, ["1", "1"], "stands twice"),
])
def test_what_is_no_number(convert: v.Convert, text: Any, message: str) -> None:
    with pytest.raises(ValueError, match=r"^.{0,120}$") as error:
        convert(text)
    assert message in str(error.value)


@pytest.mark.parametrize(("convert", "text", "expected"), [
    (v.ip_version, "FWP_IP_VERSION_V4", 0), (v.ip_version, "FWP_IP_VERSION_NONE", 2),
    (v.ip_version, "7", 7),
    (v.direction, "MS_FWP_DIRECTION_IN", 0x3900), (v.direction, "MS_FWP_DIRECTION_OUT", 0x3901),
    (v.direction, "FWP_DIRECTION_OUTBOUND", 0), (v.direction, "FWP_DIRECTION_INBOUND", 1),
    (v.ms_direction, "FWP_DIRECTION_OUTBOUND", 0x3901),
    (v.ms_direction, "FWP_DIRECTION_INBOUND", 0x3900), (v.ms_direction, "0", 0),
    (v.ms_direction, "MS_FWP_DIRECTION_IN", 0x3900), (v.direction, "14595", 14595),
    (v.event_type, "FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW", 6),
    (v.event_type, "FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_ALLOW", 6),
    (v.event_type, "FWPM_NET_EVENT_TYPE_INTERNAL_IKEEXT_POLICY_CHANGE", 20),
])
def test_enumerators(convert: v.Convert, text: str, expected: int) -> None:
    assert convert(text) == expected


@pytest.mark.parametrize(("convert", "text", "message"), [
    (v.ip_version, "FWP_IP_VERSION_V5", "'FWP_IP_VERSION_V5' is no FWP_IP_VERSION"),
    (v.ip_version, "fwp_ip_version_v4", "is no FWP_IP_VERSION"),
    (v.ip_version, "", "'' is no FWP_IP_VERSION"),
    (v.ip_version, "4294967296", "does not fit 32 bits"),
    (v.ip_version, "-2147483649", "does not fit 32 bits"),
    (v.ip_version, "\u00b2", "is no FWP_IP_VERSION"),
    (v.ip_version, {}, "holds elements"),
    *[(v.event_type, text, "is no FWPM_NET_EVENT_TYPE") for text in (
        "", "?!", "A B", "1A", "A-B", "\u00c4", "A" * 129, "A.B")],
    (v.direction, ["FWP_DIRECTION_INBOUND"] * 2, "stands twice"),
])
def test_what_is_no_enumerator(convert: v.Convert, text: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        convert(text)


@pytest.mark.parametrize("name", [
    "FWP_DIRECTION_SIDEWAYS", "fwp_direction_inbound", "_", "UP", "A" * 128, "x9"])
def test_what_a_later_windows_may_call_an_enumerator(name: str) -> None:
    found = v.direction(name)
    assert isinstance(found, v.Unknown)
    assert (found.value, found.names) == (None, [name])


@pytest.mark.parametrize(("text", "expected"), [
    ("1601-01-01T00:00:00.000Z", 0),
    ("1601-01-01T00:00:00.0000001Z", 1),
    ("1970-01-01T00:00:00.000Z", 116_444_736_000_000_000),
    ("1970-01-01T00:00:01Z", 116_444_736_010_000_000),
    # 2000-03-01 is day 11017 of 1970: 30 years, 7 leap days, 31 + 29 days
    ("2000-03-01T12:30:15.250Z", 116_444_736_000_000_000 + (11017 * 86400 + 45015) * 10**7
     + 2_500_000),
    # More digits than a FILETIME has are cut off.
    ("1601-01-01T00:00:00.123456789Z", 1_234_567), ("1601-01-01T00:00:01.000000099Z", 10_000_000),
    ("1601-01-02T03:04:05+01:30", ((24 + 3) * 3600 + 4 * 60 + 5 - 5400) * 10**7),
    ("1601-01-01T00:00:00.5-09:45", (9 * 60 + 45) * 60 * 10**7 + 5_000_000),
    ("1601-01-01T00:00:00-00:00", 0),
])
def test_times(text: str, expected: int) -> None:
    assert v.ticks(text) == expected


@pytest.mark.parametrize("text", [
    "", "2026-11-02", "2026-11-02T03:04:05", "2026-11-02 03:04:05Z", "2026-13-02T03:04:05Z",
    "2026-02-30T03:04:05Z", "2026-11-02T24:04:05Z", "2026-11-02T03:04:60Z", "02.11.2026",
    "2026-11-02T03:04:05.1234567890Z", "2026-11-02T03:04:05.Z", "1600-12-31T23:59:59.999Z",
    "\u0662026-11-02T03:04:05Z", "2026-11-02T03:04:05+0100", "2026-11-02T03:04:05+1",
    "2026-11-02T03:04:05Z+01:00", "1601-01-01T00:59:59+01:00", "2026-11-02t03:04:05z",
])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"no time|before 1601|out of range|must be in"):
        v.ticks(text)


def test_addresses() -> None:
    for text in ("0.0.0.0", "10.1.2.3", "255.255.255.255"):
        assert v.ipv4(text) == int(ipaddress.IPv4Address(text))
    for text in ("::", "::1", "2001:db8::ff00:42:8329", "::ffff:192.0.2.1"):
        assert v.ipv6(text) == ipaddress.IPv6Address(text).packed
    assert v.ipv6("fe80::1%12") == bytes.fromhex("fe80") + bytes(13) + b"\1"


@pytest.mark.parametrize(("convert", "text"), [
    *[(v.ipv4, text) for text in ("", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04x", "::1")],
    *[(v.ipv6, text) for text in ("", "1.2.3.4", ":::", "12345::", "1::2::3", "g::", "x" * 9999)],
    (v.ipv4, {"a": "1.2.3.4"}), (v.ipv6, ["::1", "::1"]),
])
def test_what_is_no_address(convert: v.Convert, text: Any) -> None:
    with pytest.raises(ValueError, match=r"is no IPv[46] address|holds elements|twice") as error:
        convert(text)
    assert len(str(error.value)) < 100


def test_blobs() -> None:
    assert v.blob("") is None
    assert v.blob({"data": "", "asString": ""}) == b""
    assert v.blob({"data": "00fF7a", "asString": "..z"}) == b"\x00\xff\x7a"
    for bad, message in [
        ("00ff", "expected elements, <data> among them"), ({"other": "x"}, "has no <data>"),
        ({"asString": {"a": "b"}}, "holds elements"),
        ({"data": "0"}, "'0' is not hexadecimal"), ({"data": "zz"}, "'zz' is not hexadecimal"),
        ({"data": {"item": ["00"]}}, "holds elements"), ([{"data": "00"}] * 2, "expected elements"),
    ]:
        with pytest.raises(ValueError, match=message):
            v.blob(bad)


@pytest.mark.parametrize(("shown", "text"), [
    (r"\device\a.exe", r"\device\a.exe"), (r"\.d.e.v.i.c.e.\.a.b.c...", r"\device\abc"),
    ("S.y.s.t.e.m...", "System"), ("S.y.s.t.e.m.", "System"), ("a", "a"),
    ("\u54d4", "\u54d4"), ("a.exe", "a.exe"), ("\u54d4.a...", "\u54d4a"),
])
def test_a_text_without_its_bytes(shown: str, text: str) -> None:
    """<asString> has a character a byte, and a dot for each that cannot be printed."""
    assert v.blob({"asString": shown}) == (text + "\0").encode("utf-16-le")


def test_an_empty_text_without_its_bytes_is_none() -> None:
    assert v.blob({"asString": ""}) is None


def test_bytes_of_one_size() -> None:
    expected = bytes.fromhex("00005e0053af")
    for text in ("00005e0053af", "00-00-5E-00-53-AF", "00:00:5e:00:53:af"):
        assert v.mac(text) == expected
    assert v.mac({"data": "00005e0053af"}) == expected
    assert v.cert_hash("") is None
    for bad, message in [("00005e0053", "5 bytes where 6 belong"), ("xx", "not hexadecimal")]:
        with pytest.raises(ValueError, match=message):
            v.mac(bad)


def test_booleans_and_texts() -> None:
    assert (v.boolean("true"), v.boolean("false")) == (True, False)
    for bad in ("", "1", "True", {"a": "true"}):
        with pytest.raises(ValueError, match=r"neither true nor false|holds elements"):
            v.boolean(bad)
    assert v.text_or_none("") is None
    assert v.text_or_none("\u54d4") == "\u54d4"
    with pytest.raises(ValueError, match="holds elements"):
        v.text_or_none({"a": "b"})


@pytest.mark.parametrize("text", [
    "S-1-0-0", "S-1-5-18", "S-1-5", "S-1-15-2-4294967295", "S-255-0xFFFFFFFFFFFF-1",
    "S-1-281474976710655-7", "S-1-5" + "-1" * 255,
])
def test_sids_are_what_encode_takes(text: str) -> None:
    assert v.sid(text) == text
    assert encode([{"header": {"userId": v.sid(text)}}]).count == 1


@pytest.mark.parametrize("text", [
    "S-1", "S-1-", "S-256-5-18", "S-1-5-4294967296", "S-1-281474976710656-7", "S-1-5-0x10",
    "S-1-5-\u0661", "S-1-5" + "-1" * 256, "SYSTEM", "S-1-5-18 ", "S-1-0x1234567890123-1", "S-x-5",
])
def test_what_is_no_sid(text: str) -> None:
    with pytest.raises(ValueError, match="is no SID"):
        v.sid(text)


def test_guids() -> None:
    text = "{6f1e0001-0002-4003-8004-00000000beef}"
    assert v.guid(text) == uuid.UUID(text) == v.guid(text.upper())
    assert v.guid("") is v.guid("FWPM_PROVIDER_CONTEXT_SECURE_SOCKET_IPSEC") is None
    for bad in (text[1:-1], "{}", "urn:uuid:" + text, text + "x", "{" + "0" * 32 + "}"):
        with pytest.raises(ValueError, match="is no GUID"):
            v.guid(bad)


@pytest.mark.parametrize(("value", "expected"), [
    ("", 0), ("0", 0),
    ({"item": ["FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET"]}, 1),
    ({"item": ["FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET", "FFFF8000"]}, 0xFFFFA000),
    ({"item": ["00010000"]}, 0x10000),
])
def test_flags(value: Any, expected: int) -> None:
    assert v.flags(value) == expected


def test_the_two_kinds_of_failure_flags() -> None:
    benign = "FWPM_NET_EVENT_IKEEXT_{}_FAILURE_FLAG_BENIGN"
    assert v.mm_flags({"item": [benign.format("MM"), "00000100"]}) == 0x101
    assert v.em_flags({"item": [benign.format("EM")]}) == 2
    found = v.mm_flags({"item": [benign.format("EM"), "00000100", benign.format("MM")]})
    assert isinstance(found, v.Unknown)
    assert (found.value, found.names) == (0x101, [benign.format("EM")])


def test_flags_that_nobody_knows_leave_those_that_are_known() -> None:
    found = v.flags({"item": [
        "FWPM_NET_EVENT_FLAG_NEW_SET", "FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET", "NEWER"]})
    assert isinstance(found, v.Unknown)
    assert (found.value, found.names) == (1, ["FWPM_NET_EVENT_FLAG_NEW_SET", "NEWER"])


@pytest.mark.parametrize(("value", "message"), [
    ({"item": ["FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET", "?!"]}, r"'\?!' is no flag of a net event"),
    ({"item": ["300"]}, "'300' is no flag"), ({"item": [""]}, "'' is no flag"),
    ({"item": [{"item": ["00000001"]}]}, "holds elements"),
    ({"flag": "00000001"}, "expected a list of <item>"), ("7", "expected a list of <item>"),
    ([{"item": []}, {"item": []}], "expected a list of <item>"),
])
def test_what_are_no_flags(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        v.flags(value)


@pytest.mark.parametrize(("value", "expected"), [
    ("", None),
    ({"type": "FWP_EMPTY"}, (0, None)),
    ({"type": "FWP_UINT8", "uint8": "255"}, (1, 255)),
    ({"type": "FWP_UINT16", "uint16": "443"}, (2, 443)),
    ({"type": "FWP_UINT32", "uint32": "10.0.0.1"}, (3, 0x0A000001)),
    ({"type": "FWP_UINT32", "uint32": "786432"}, (3, 786432)),
    ({"type": "FWP_UINT64", "uint64": "18446744073709551615"}, (4, 2**64 - 1)),
    ({"type": "FWP_BYTE_ARRAY16_TYPE", "byteArray16": "::1"}, (11, bytes(15) + b"\1")),
    ({"type": "FWP_BYTE_BLOB_TYPE", "byteBlob": {"data": "ab"}}, (12, b"\xab")),
    ({"type": "FWP_SID", "sid": "S-1-1-0"}, (13, "S-1-1-0")),
    ({"type": "FWP_UNICODE_STRING_TYPE", "unicodeString": "x"}, (17, "x")),
    ({"type": "FWP_BYTE_ARRAY6_TYPE", "byteArray6": "00005e005301"}, (18, b"\0\0\x5e\0\x53\1")),
    ({"type": "FWP_V4_ADDR_MASK", "v4AddrMask": {"addr": "10.0.0.0", "mask": "255.0.0.0"}},
     (256, {"addr": 0x0A000000, "mask": 0xFF000000})),
    ({"type": "FWP_V6_ADDR_MASK", "v6AddrMask": {"addr": "fc00::", "prefixLength": "7"}},
     (257, {"addr": b"\xfc" + bytes(15), "prefixLength": 7})),
    ({"type": "FWP_RANGE_TYPE", "rangeValue": {
        "valueLow": {"type": "FWP_UINT16", "uint16": "1"},
        "valueHigh": {"type": "FWP_UINT16", "uint16": "9"}}},
     (258, {"valueLow": (2, 1), "valueHigh": (2, 9)})),
])
def test_condition_values(value: Any, expected: Any) -> None:
    assert v.condition(value) == expected
    assert encode([{"ikeQmFailure": {"localSubNet": expected}, "type": 1}]).count == 1


RANGE_OF_RANGES = {"type": "FWP_RANGE_TYPE", "rangeValue": {
    "valueLow": {"type": "FWP_RANGE_TYPE", "rangeValue": ""}, "valueHigh": {"type": "FWP_EMPTY"}}}


@pytest.mark.parametrize(("value", "message"), [
    ("10.0.0.0/8", "expected elements, <type> among them"),
    ({"uint8": "1"}, "has no <type>"),
    ({"type": "FWP_UINT8"}, "has no <uint8>"),
    ({"type": "FWP_UINT8", "uint16": "1"}, "has no <uint8>"),
    ({"type": "FWP_TOKEN_INFORMATION_TYPE", "tokenInformation": ""}, "are not read"),
    ({"type": "FWP_NEW_TYPE"}, "values of type 'FWP_NEW_TYPE' are not read"),
    ({"type": "FWP_V4_ADDR_MASK", "v4AddrMask": "10.0.0.0"}, "<addr> among them"),
    ({"type": "FWP_V4_ADDR_MASK", "v4AddrMask": {"addr": "1.2.3.4"}}, "has no <mask>"),
    ({"type": "FWP_V6_ADDR_MASK", "v6AddrMask": {"addr": "::", "prefixLength": "256"}},
     "does not fit 8 bits"),
    ({"type": "FWP_RANGE_TYPE", "rangeValue": {"valueLow": {"type": "FWP_EMPTY"}}},
     "has no <valueHigh>"),
    (RANGE_OF_RANGES, "values of type 'FWP_RANGE_TYPE' are not read"),
])
def test_what_is_no_condition_value(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        v.condition(value)


def test_terminating_filters() -> None:
    assert v.terminating_filters("") == []
    assert v.terminating_filters({"item": [
        {"filterId": "9", "subLayer": "FWPP_A", "actionType": ""}, {"filterId": "0"}]}) == [
        {"filterId": 9, "subLayer": "FWPP_A", "actionType": None},
        {"filterId": 0, "subLayer": None, "actionType": None}]
    for bad, message in [
        ("x", "expected a list"), ({"item": ["9"]}, "<filterId> among them"),
        ({"item": [{"subLayer": "A"}]}, "has no <filterId>"),
        ({"item": [{"filterId": "9", "subLayer": {"a": "b"}}]}, "holds elements"),
    ]:
        with pytest.raises(ValueError, match=message):
            v.terminating_filters(bad)
