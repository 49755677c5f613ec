"""What the simulator makes of templates: which events they are true of, and which are errors."""

import ctypes as c
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from c_program import (
    CONDITION_NOT_FOUND,
    DUPLICATE_CONDITION,
    INVALID_ENUMERATOR,
    INVALID_INTERVAL,
    NULL_POINTER,
    SUCCESS,
    TYPE_MISMATCH,
    Blob,
    Callback,
    Condition,
    Dll,
    Event,
    FileTime,
    Header,
    Subscription,
    Template,
    Value,
    guid,
    read_classify,
)

from wfpfast import Block, Simulator, encode

PROTOCOL = "3971ef2b-623e-4f9a-8cb1-6e79b806b9a7"
LOCAL_ADDRESS = "d9ee00de-c1ef-4617-bfe3-ffd8f5a08957"
REMOTE_ADDRESS = "b235ae9a-1d64-49b8-a44c-5ff3d9095045"
LOCAL_PORT = "0c1ba1af-5765-453f-af22-a8f791ac775b"
REMOTE_PORT = "c35a604d-d22b-4e1a-91b4-68f674ee674b"
APP_ID = "d78e1e87-8644-4ea5-9437-d809ecefc971"
USER_ID = "af043a0a-b34d-4f86-979c-c90371af6e66"
EVENT_TYPE = "206e9996-490e-40cf-b831-b38641eb6fcb"
ALE_PACKAGE_ID = "71bc78fa-f17c-4997-a602-6abb261f351c"  # a condition, but none of templates
UINT8, UINT16, UINT32, BYTES16, BLOB, SID = 1, 2, 3, 11, 12, 13
V4_MASK, V6_MASK = 256, 257

PROTOCOL_SET, LOCAL_SET, REMOTE_SET, LOCAL_PORT_SET, REMOTE_PORT_SET = 1, 2, 4, 8, 0x10
APP_SET, USER_SET, VERSION_SET = 0x20, 0x40, 0x100
HOST_V6 = bytes.fromhex("20010db8000000000000000000000001")
APP = "\\device\\harddiskvolume1\\a.exe\0".encode("utf-16-le")
SYSTEM = bytes.fromhex("010100000000000512000000")  # S-1-5-18
LOCAL_SERVICE = bytes.fromhex("010100000000000513000000")  # S-1-5-19


def event(number: int, flags: int, type: int = 3, **header: Any) -> dict[str, Any]:
    payload = {"filterId": number, "layerId": 48}
    return {
        "header": {"timeStamp": 100 * number, "flags": flags, **header}, "type": type,
        {3: "classifyDrop", 6: "classifyAllow"}[type]: payload,
    }


EVENTS = [
    event(0, 0),
    event(1, PROTOCOL_SET, ipProtocol=6),
    event(2, 0, ipProtocol=6),  # without its flag a member means nothing
    event(3, VERSION_SET | LOCAL_SET, localAddrV4=0xC0000201),
    event(4, LOCAL_SET, localAddrV4=0xC0000201),  # an address without the IP version neither
    event(5, VERSION_SET | LOCAL_SET, localAddrV4=0xC0000280),
    event(6, VERSION_SET | REMOTE_SET, remoteAddrV4=0xC0000201),
    event(7, VERSION_SET | REMOTE_SET, ipVersion=1, remoteAddrV6=HOST_V6),
    event(8, VERSION_SET | LOCAL_SET, ipVersion=1, localAddrV6=HOST_V6),
    event(9, LOCAL_PORT_SET, localPort=443, remotePort=80),
    event(10, REMOTE_PORT_SET, localPort=443, remotePort=80),
    event(11, APP_SET, appId=APP),
    event(12, 0, appId=APP),
    event(13, APP_SET, appId=None),
    event(14, USER_SET, userId=SYSTEM),
    event(15, USER_SET, userId=None),
    event(16, PROTOCOL_SET | REMOTE_PORT_SET, 6, ipProtocol=6, remotePort=443),
]
EVERY = list(range(len(EVENTS)))
# What the conditions' values point to; kept alive here.
KEPT: list[Any] = []


def pointed(memory: bytes) -> int:
    KEPT.append(c.create_string_buffer(memory, len(memory)))
    return c.addressof(KEPT[-1])


def blob(memory: bytes) -> int:
    KEPT.append(Blob(len(memory), pointed(memory)))
    return c.addressof(KEPT[-1])


ALWAYS = 2**63 - 1  # the last FILETIME


def template(*conditions: tuple[Any, ...], start: int = 0, end: int = ALWAYS) -> Any:
    """Each condition: field, data type, value and, if it is not FWP_MATCH_EQUAL, how to compare."""
    made = (Condition * len(conditions))(*(
        Condition(guid(field), *(match or [0]), Value(type, value))
        for field, type, value, *match in conditions))
    return Template(
        FileTime(start, start >> 32), FileTime(end, end >> 32), len(made),
        made if conditions else None)


@pytest.fixture
def dll() -> Iterator[Dll]:
    with Simulator(events=EVENTS) as simulator:
        yield Dll(simulator)
        assert set(simulator.live.values()) == {0}


def found(dll: Dll, wanted: Any) -> list[int]:
    engine = dll.open()
    handle = dll.create(engine, wanted)
    block, entries = dll.page(engine, handle)
    numbers = [read_classify(each)[1] for each in entries]
    dll.free(block)
    assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS
    assert dll.FwpmEngineClose0(engine) == SUCCESS
    return numbers


MASKED = struct.pack("<II", 0xC0000200, 0xFFFFFF80)


@pytest.mark.parametrize(("conditions", "numbers"), [
    ([], EVERY),
    ([(PROTOCOL, UINT8, 6)], [1, 16]),
    ([(PROTOCOL, UINT8, 17)], []),
    ([(LOCAL_ADDRESS, UINT32, 0xC0000201)], [3]),
    ([(LOCAL_ADDRESS, V4_MASK, pointed(MASKED))], [3]),
    ([(LOCAL_ADDRESS, V4_MASK, pointed(struct.pack("<II", 0, 0)))], [3, 5]),
    ([(REMOTE_ADDRESS, UINT32, 0xC0000201)], [6]),
    ([(REMOTE_ADDRESS, BYTES16, pointed(HOST_V6))], [7]),
    ([(LOCAL_ADDRESS, BYTES16, pointed(HOST_V6))], [8]),
    ([(LOCAL_ADDRESS, V6_MASK, pointed(HOST_V6[:15] + b"\0\x7f"))], [8]),
    ([(LOCAL_ADDRESS, V6_MASK, pointed(HOST_V6[:15] + b"\0\x80"))], []),
    ([(LOCAL_ADDRESS, V6_MASK, pointed(HOST_V6[:15] + b"\x40\x79"))], [8]),
    ([(LOCAL_ADDRESS, V6_MASK, pointed(HOST_V6[:15] + b"\x80\x79"))], []),
    ([(LOCAL_ADDRESS, V6_MASK, pointed(bytes(16) + b"\0"))], [8]),
    ([(LOCAL_PORT, UINT16, 443)], [9]),
    ([(REMOTE_PORT, UINT16, 80)], [10]),
    ([(APP_ID, BLOB, blob(APP))], [11]),
    ([(APP_ID, BLOB, blob(APP[:-2]))], []),
    ([(USER_ID, SID, pointed(SYSTEM))], [14]),
    ([(USER_ID, SID, pointed(LOCAL_SERVICE))], []),
    ([(EVENT_TYPE, UINT32, 6)], [16]),
    ([(PROTOCOL, UINT8, 6), (REMOTE_PORT, UINT16, 443)], [16]),
    ([(PROTOCOL, UINT8, 6), (REMOTE_PORT, UINT16, 80)], []),
])
def test_conditions(conditions: list[Any], numbers: list[int], dll: Dll) -> None:
    assert found(dll, template(*conditions)) == numbers


@pytest.mark.parametrize(("start", "end", "numbers"), [
    (0, 0, EVERY),
    (300, 500, [3, 4, 5]),
    (301, 499, [4]),
    (0, 100, [0, 1]),
    (1550, 2**63, [16]),
    (2000, 3000, []),
])
def test_time_ranges(start: int, end: int, numbers: list[int], dll: Dll) -> None:
    assert found(dll, template(start=start, end=end)) == numbers


def test_zero_times_with_conditions_are_a_period(dll: Dll) -> None:
    """An all-zero template was seen to mean everything; with conditions it is what the page says:
    the events of the time from 0 to 0."""
    first, later = (PROTOCOL, UINT8, 0), (PROTOCOL, UINT8, 6)
    with Simulator(events=[event(0, PROTOCOL_SET, ipProtocol=0), *EVENTS[1:]]) as simulator:
        other = Dll(simulator)
        assert found(other, template(first, start=0, end=0)) == [0]
    assert found(dll, template(later, start=0, end=0)) == []
    assert found(dll, template(later, start=0, end=100)) == [1]


def without_conditions() -> Any:
    wrong = template()
    wrong.count = 2
    return wrong


WRONG = [
    (template(start=2, end=1), INVALID_INTERVAL),
    (template(start=2**32, end=1), INVALID_INTERVAL),
    (template((PROTOCOL, UINT8, 6), (PROTOCOL, UINT8, 17)), DUPLICATE_CONDITION),
    (template((PROTOCOL, UINT8, 6), (LOCAL_PORT, UINT16, 1), (PROTOCOL, UINT8, 6)),
     DUPLICATE_CONDITION),
    (template((ALE_PACKAGE_ID, SID, pointed(SYSTEM))), CONDITION_NOT_FOUND),
    (template((PROTOCOL, UINT8, 6, 4)), INVALID_ENUMERATOR),
    (template((PROTOCOL, UINT16, 6)), TYPE_MISMATCH),
    (template((LOCAL_PORT, UINT32, 6)), TYPE_MISMATCH),
    (template((REMOTE_PORT, UINT8, 6)), TYPE_MISMATCH),
    (template((LOCAL_ADDRESS, SID, pointed(SYSTEM))), TYPE_MISMATCH),
    (template((EVENT_TYPE, UINT8, 6)), TYPE_MISMATCH),
    (template((APP_ID, UINT32, 6)), TYPE_MISMATCH),
    (template((USER_ID, BLOB, blob(SYSTEM))), TYPE_MISMATCH),
    (template((APP_ID, BLOB, 0)), NULL_POINTER),
    (template((USER_ID, SID, 0)), NULL_POINTER),
    (template((LOCAL_ADDRESS, BYTES16, 0)), NULL_POINTER),
    (template((REMOTE_ADDRESS, V4_MASK, 0)), NULL_POINTER),
    (without_conditions(), NULL_POINTER),
]


@Callback
def nothing(context: int | None, event: int | None) -> None:
    """A callback that does nothing."""


@pytest.mark.parametrize(("wrong", "code"), WRONG)
def test_what_is_no_template(wrong: Any, code: int, dll: Dll) -> None:
    engine, handle = dll.open(), c.c_void_p()
    create, subscribe = dll.FwpmNetEventCreateEnumHandle0, dll.FwpmNetEventSubscribe4
    given = Subscription(c.pointer(wrong))
    assert create(engine, c.byref(wrong), c.byref(handle)) == code
    assert subscribe(engine, c.byref(given), nothing, None, c.byref(handle)) == code
    assert not handle
    assert dll.FwpmEngineClose0(engine) == SUCCESS


def test_an_application_that_is_nowhere_is_not_compared() -> None:
    """A size without a pointer: what lies at the event's own beginning is not its application."""
    time = 0x0102030405060708
    block = encode([event(0, APP_SET, appId=b"12345678")])
    image = bytearray(block.data)
    start = int.from_bytes(image[block.entries_offset:][:8], "little") - block.base
    pointer = start + Event.header.offset + Header.app.offset + Blob.data.offset
    image[start:start + 8] = time.to_bytes(8, "little")
    image[pointer:pointer + 8] = bytes(8)
    with Simulator(events=Block(
            bytes(image), base=block.base, count=1, version=block.version,
            entries_offset=block.entries_offset)) as simulator:
        dll = Dll(simulator)
        assert found(dll, template()) == [0]
        assert found(dll, template((APP_ID, BLOB, blob(time.to_bytes(8, "little"))))) == []


def test_a_template_is_copied(dll: Dll) -> None:
    """A program may keep it on its stack: what becomes of it after the call means nothing."""
    engine = dll.open()
    seen: list[int] = []

    @Callback
    def note(context: int | None, event: int) -> None:
        seen.append(read_classify(event)[1])

    memory = c.create_string_buffer(APP, len(APP))
    holder = Blob(len(APP), c.addressof(memory))
    wanted = template((APP_ID, BLOB, c.addressof(holder)))
    handle = dll.subscribe(engine, note, wanted=wanted)
    c.memset(memory, 0xDD, len(APP))
    c.memset(c.addressof(holder), 0xDD, c.sizeof(holder))
    c.memset(wanted.conditions, 0xDD, c.sizeof(Condition))
    c.memset(c.addressof(wanted), 0xDD, c.sizeof(wanted))
    dll._simulator.emit(EVENTS)
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS
    assert dll.FwpmEngineClose0(engine) == SUCCESS
    assert seen == [11]
