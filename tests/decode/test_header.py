"""The header of every version: each member only where its flag vouches for it."""

import ipaddress
import random
import struct

import pytest
from example_events import APP, event, header

from wfpfast import decode, encode

FLAG_COLUMNS = {
    0x1: {"ip_protocol"}, 0x2: {"local_address"}, 0x4: {"remote_address"}, 0x8: {"local_port"},
    0x10: {"remote_port"}, 0x20: {"app_path"}, 0x40: {"user_sid"}, 0x80: {"scope_id"},
    0x100: {"ip_version", "address_family"}, 0x200: set(), 0x400: {"package_sid"},
    0x800: {"enterprise_id"}, 0x1000: {"policy_flags"}, 0x2000: {"effective_name"},
}
LATER = {"address_family": 2, "package_sid": 2, "enterprise_id": 3, "policy_flags": 3,
         "effective_name": 3}
ALWAYS = {"timestamp", "event_type", "flags"}


def row(version: int = 5, **members):
    return decode(encode([{"header": header(**members), "type": 4711}], version=version))[0]


@pytest.mark.parametrize("version", range(6))
@pytest.mark.parametrize("flag", FLAG_COLUMNS)
def test_a_member_counts_only_if_its_flag_is_set(version: int, flag: int) -> None:
    """Each flag alone, with IP_VERSION for the addresses; a remote port is not a local one."""
    known = {name for name in ALWAYS if LATER.get(name, 0) <= version}
    expected = known | {n for n in FLAG_COLUMNS[flag] if LATER.get(n, 0) <= version}
    flags = flag | 0x100
    expected |= {"ip_version"} | ({"address_family"} if version >= 2 else set())
    event = row(version, flags=flags)
    assert {k for k, v in event.to_dict().items() if v is not None} == expected
    assert event.flags == flags
    assert event.event_type == "UNKNOWN_4711"


def test_addresses_need_the_ip_version_too() -> None:
    event = row(flags=0x6)
    assert (event.local_address, event.remote_address, event.ip_version) == (None, None, None)
    for version in (2, 3, 2**32 - 1):
        event = row(ipVersion=version)
        assert (event.local_address, event.remote_address, event.ip_version) == (None, None, None)


@pytest.mark.parametrize("version", range(2, 6))
def test_the_address_family_needs_the_flag_of_the_ip_version(version: int) -> None:
    """It says more than the version where that is NONE, as of Ethernet frames."""
    assert row(version, flags=0x3FFF & ~0x100, addressFamily=1).address_family is None
    event = row(version, ipVersion=2, addressFamily=2)
    assert (event.ip_version, event.address_family) == (None, "ETHER")


def test_without_flags_the_ip_version_does_not_follow_from_the_address_family() -> None:
    """Or the zero of a missing ipVersion would be taken for IPv4."""
    given = {"addressFamily": 1, "localAddrV6": bytes(range(16))}
    sample = {"header": given, "internalFields": {}}
    [first, second] = decode(encode([sample, {**sample, "header": {**given, "ipVersion": 1}}]))
    assert (first.local_address, first.address_family) == (None, None)
    assert second.local_address == "1:203:405:607:809:a0b:c0d:e0f"
    assert second.address_family == "INET6"


def test_all_members_of_the_newest_header() -> None:
    event = row()
    assert {k: v for k, v in event.to_dict().items() if v is not None and k != "timestamp"} == {
        "event_type": "UNKNOWN_4711", "flags": 0x3FFF, "ip_version": 4, "ip_protocol": 6,
        "local_address": "127.0.0.1", "remote_address": "192.0.2.1", "local_port": 50000,
        "remote_port": 443, "scope_id": 3, "app_path": "\\device\\harddiskvolume1\\app.exe",
        "user_sid": "S-1-5-21-1-2-3-1001", "address_family": "INET", "package_sid": "S-1-15-2-1",
        "enterprise_id": "example.org", "policy_flags": 5, "effective_name": "fabrikam\\app",
    }


def test_ipv4_is_host_order() -> None:
    """127.0.0.1 is the number 0x7F000001: its bytes in memory are 01 00 00 7F."""
    block = encode([{"header": header(localAddrV4=0x7F000001), "type": 3}])
    assert bytes([1, 0, 0, 0x7F]) in bytes(block.data)
    assert decode(block)[0].local_address == "127.0.0.1"
    binary = decode(block, addresses="binary")[0].local_address
    assert binary == ipaddress.IPv6Address("::ffff:127.0.0.1").packed


def compressed(packed: bytes) -> str:
    """RFC 5952 section 4; from 3.13 on the library prints ::ffff:0:0/96 in mixed notation."""
    address = ipaddress.IPv6Address(packed)
    if address.ipv4_mapped is None:
        return str(address)
    high, low = struct.unpack(">HH", packed[12:])
    return f"::ffff:{high:x}:{low:x}"


def test_ipv6_texts_are_those_of_the_standard_library() -> None:
    source = random.Random(3)
    cases = [bytes(16), bytes(15) + b"\1", b"\xff" * 16, bytes(10) + b"\xff\xff" + b"\1\2\3\4"]
    for _ in range(3_000):
        zeros = source.getrandbits(8)
        cases.append(b"".join(
            b"\0\0" if zeros >> k & 1 else source.randbytes(source.choice((1, 2))).rjust(2, b"\0")
            for k in range(8)))
    events = [
        {"header": header(ipVersion=1, localAddrV4=None, localAddrV6=a, remoteAddrV4=None,
                          remoteAddrV6=a[::-1]), "type": 3} for a in cases]
    for item in events:
        del item["header"]["localAddrV4"], item["header"]["remoteAddrV4"]
    block = encode(events)
    batch = decode(block)
    assert batch["local_address"].to_pylist() == [compressed(a) for a in cases]
    assert batch["remote_address"].to_pylist() == [compressed(a[::-1]) for a in cases]
    assert decode(block, addresses="binary")["local_address"].to_pylist() == cases


def test_ipv4_texts_are_those_of_the_standard_library() -> None:
    source = random.Random(4)
    cases = [0, 2**32 - 1, *(source.getrandbits(32) for _ in range(2_000))]
    batch = decode(encode([{"header": header(localAddrV4=a), "type": 3} for a in cases]))
    assert batch["local_address"].to_pylist() == [str(ipaddress.IPv4Address(a)) for a in cases]


@pytest.mark.parametrize(("ticks", "nanoseconds"), [
    (116444736000000000, 0),
    (116444736000000001, 100),
    (116444735999999999, -100),
    (116444736000000000 + 92233720368547758, 9223372036854775800),
    (116444736000000000 - 92233720368547758, -9223372036854775800),
    (116444736000000000 + 92233720368547759, None),
    (116444736000000000 - 92233720368547759, None),
    (0, None),
    (2**64 - 1, None),
])
def test_timestamps(ticks: int, nanoseconds: int | None) -> None:
    batch = decode(encode([event(3, timeStamp=ticks)]))
    assert batch["timestamp"].null_count == (nanoseconds is None)
    assert batch.stats["timestamps_out_of_range"] == (nanoseconds is None)
    if nanoseconds is not None:
        assert memoryview(batch["timestamp"])[0] == nanoseconds


@pytest.mark.parametrize(("raw", "text", "replaced"), [
    (APP, "\\device\\harddiskvolume1\\app.exe", 0),
    (APP[:-2], "\\device\\harddiskvolume1\\app.exe", 0),
    (APP[:-1], "\\device\\harddiskvolume1\\app.exe", 0),
    (APP + b"\0\0\0\0", "\\device\\harddiskvolume1\\app.exe", 0),
    ("a\0b\0".encode("utf-16-le"), "a\0b", 0),
    (b"a\0b", "a\ufffd", 1),
    (b"", "", 0),
    (b"\0\0", "", 0),
    ("哔哩\U0001f600.exe\0".encode("utf-16-le"), "哔哩\U0001f600.exe", 0),
    (struct.pack("<4H", 0xD800, 0x41, 0xDC00, 0), "\ufffdA\ufffd", 2),
    (struct.pack("<3H", 0xD83D, 0xD83D, 0xDE00), "\ufffd\U0001f600", 1),
    (struct.pack("<H", 0xDBFF), "\ufffd", 1),
])
def test_paths(raw: bytes, text: str, replaced: int) -> None:
    """The same bytes twice, and again in a later block: counted each time."""
    data = {"size": len(raw), "data": raw or b"\1"}
    block = encode([event(3, appId=data)] * 2)
    for _ in range(2):
        batch = decode(block)
        assert batch["app_path"].to_pylist() == [text, text]
        assert batch.stats["replaced_text"] == 2 * replaced


def test_paths_with_and_without_nul_are_one_value() -> None:
    batch = decode(encode([event(3, appId=APP), event(3, appId=APP[:-2])]))
    assert batch["app_path"].dictionary == ["\\device\\harddiskvolume1\\app.exe"]


@pytest.mark.parametrize(("raw", "text"), [
    (bytes.fromhex("0101000000000005" "12000000"), "S-1-5-18"),
    (bytes.fromhex("0100000000000000"), "S-1-0"),
    (bytes.fromhex("01010000ffffffff" "ffffffff"), "S-1-4294967295-4294967295"),
    (bytes.fromhex("0101000100000000" "01000000"), "S-1-0x000100000000-1"),
    (bytes.fromhex("ff01abcdef012345" "00000000"), "S-255-0xabcdef012345-0"),
    (bytes([1, 255, 0, 0, 0, 0, 0, 5]) + bytes(255 * 4), "S-1-5" + "-0" * 255),
])
def test_sids(raw: bytes, text: str) -> None:
    sid = decode(encode([event(3, userId=raw, packageSid=raw)]))[0]
    assert (sid.user_sid, sid.package_sid) == (text, text)


def test_null_package_is_kept_as_it_is() -> None:
    assert row(packageSid="S-1-0-0").package_sid == "S-1-0-0"


@pytest.mark.parametrize("member", ["appId", "userId", "packageSid", "enterpriseId",
                                    "effectiveName"])
def test_null_pointers_are_null(member: str) -> None:
    column = {"appId": "app_path", "userId": "user_sid", "packageSid": "package_sid",
              "enterpriseId": "enterprise_id", "effectiveName": "effective_name"}[member]
    event = row(**{member: None})
    assert event[column] is None
    assert sum(v is not None for v in event.to_dict().values()) == 16


def test_icmp_keeps_type_and_code_in_the_ports() -> None:
    event = row(ipProtocol=1, localPort=8, remotePort=0)
    assert (event.ip_protocol, event.local_port, event.remote_port) == (1, 8, 0)


@pytest.mark.parametrize(("code", "name"), [
    (0, "INET"), (1, "INET6"), (2, "ETHER"), (3, "NONE"), (4, "UNKNOWN_4")])
def test_address_family(code: int, name: str) -> None:
    assert row(addressFamily=code).address_family == name


def test_unknown_types_keep_their_header_and_are_counted() -> None:
    batch = decode(encode([event(3) | {"type": 4711}, event(3) | {"type": 2**32 - 1}, event(3)]))
    names = ["UNKNOWN_4711", "UNKNOWN_4294967295", "CLASSIFY_DROP"]
    assert batch["event_type"].to_pylist() == names
    assert batch["remote_port"].to_pylist() == [443] * 3
    assert batch["filter_id"].to_pylist() == [None, None, 68893]
    assert batch.stats["unknown_types"] == 2
