"""How encode() refuses what it cannot write: which event, which member, and nothing left behind."""

import gc
import os
from typing import Any

import pytest
from block_view import View
from fresh_python import fresh_python

from wfpfast import encode

without_asan = pytest.mark.skipif(
    "asan" in os.environ.get("LD_PRELOAD", ""), reason="ASan has a use for memory of its own")


def head(**members: Any) -> dict[str, Any]:
    return {"header": members}


def drop(**members: Any) -> dict[str, Any]:
    return {"type": 3, "classifyDrop": members}


def qm(value: Any) -> dict[str, Any]:
    return {"ikeQmFailure": {"remoteSubNet": value}}


def tail(**members: Any) -> dict[str, Any]:
    return {"internalFields": members}


REFUSED: list[tuple[Any, type[Exception], str]] = [
    (head(localPort=70000), OverflowError, "header.localPort: 70000 does not fit UINT16"),
    (head(flags=-1), OverflowError, "header.flags: -1 does not fit UINT32"),
    (head(ipVersion=1 << 32), OverflowError,
     "header.ipVersion: 4294967296 does not fit FWP_IP_VERSION"),
    (head(timeStamp=1 << 64), OverflowError,
     "header.timeStamp: 18446744073709551616 does not fit FILETIME"),
    (head(scopeId=1 << 20000), OverflowError,
     "header.scopeId: an int of 20001 bits does not fit UINT32"),
    (head(flags="1"), TypeError, "header.flags: str is not an int"),
    (head(flags=1.0), TypeError, "header.flags: float is not an int"),
    (head(flags=None), TypeError, "header.flags: NoneType is not an int"),
    (head(bogus=1), ValueError, "header.bogus: FWPM_NET_EVENT_HEADER has no such member"),
    (head(filterId=None), ValueError, "header.filterId: FWPM_NET_EVENT_HEADER has no such member"),
    ({"header": {1: 2}}, ValueError, "header.1: FWPM_NET_EVENT_HEADER has no such member"),
    (head(localAddrV4=1, localAddrV6=bytes(16)), ValueError,
     "header.localAddrV6: localAddrV4 of the same union is given, too"),
    (head(remoteAddrV6=bytes(16), remoteAddrV4=1), ValueError,
     "header.remoteAddrV4: remoteAddrV6 of the same union is given, too"),
    (head(localAddrV6=bytes(4)), ValueError, "header.localAddrV6: 4 bytes where 16 belong"),
    (head(localAddrV6="::1"), TypeError, "header.localAddrV6: str is not bytes"),
    (head(appId=5), TypeError, "header.appId: int is not bytes"),
    (head(appId=["x"]), TypeError, "header.appId: list is not bytes"),
    (head(appId={"length": 5}), ValueError, "header.appId.length: a blob has no such member"),
    (head(appId={"size": 1 << 32}), OverflowError,
     "header.appId.size: 4294967296 does not fit UINT32"),
    (head(appId={"data": "x"}), TypeError, "header.appId.data: str is not bytes"),
    (head(userId=5), TypeError, "header.userId: int is not bytes"),
    (head(enterpriseId=5), TypeError, "header.enterpriseId: int is not bytes"),
    ({"header": [1]}, TypeError, "header: list is not a mapping"),
    ({"classifyDrop": 7}, TypeError, "classifyDrop: int is not a mapping"),
    (drop(isLoopback=1 << 31), OverflowError,
     "classifyDrop.isLoopback: 2147483648 does not fit BOOL"),
    (drop(localPort=1), ValueError,
     "classifyDrop.localPort: FWPM_NET_EVENT_CLASSIFY_DROP has no such member"),
    ({**drop(), "classifyAllow": {}}, ValueError, "classifyAllow: classifyDrop is given, too"),
    ({"type": 1 << 32}, OverflowError, "type: 4294967296 does not fit FWPM_NET_EVENT_TYPE"),
    ({"typ": 3}, ValueError, "typ: an event has no such member"),
    ({"ipsecDrop": {"failureStatus": 1 << 31}}, OverflowError,
     "ipsecDrop.failureStatus: 2147483648 does not fit INT32"),
    ({"ipsecDrop": {"failureStatus": -(1 << 80)}}, OverflowError,
     "ipsecDrop.failureStatus: -1208925819614629174706176 does not fit INT32"),
    ({"idpDrop": {"publicHostV4Addr": 1, "publicHostV6Addr": bytes(16)}}, ValueError,
     "idpDrop.publicHostV6Addr: publicHostV4Addr of the same union is given, too"),
    ({"ikeMmFailure": {"endCertHash": bytes(21)}}, ValueError,
     "ikeMmFailure.endCertHash: 21 bytes where 20 belong"),
    ({"ikeMmFailure": {"localPrincipalGroupSids": "S-1"}}, TypeError,
     "ikeMmFailure.localPrincipalGroupSids: str is not a list"),
    ({"ikeMmFailure": {"localPrincipalGroupSids": ["a", "b", 5]}}, TypeError,
     "ikeMmFailure.localPrincipalGroupSids[2]: int is not bytes"),
    ({"ikeMmFailure": {"localPrincipalGroupSids": ["a"], "mmId": -1}}, OverflowError,
     "ikeMmFailure.mmId: -1 does not fit UINT64"),
    ({"ikeMmFailure": {"providerContextKey": "nonsense"}}, ValueError,
     "ikeMmFailure.providerContextKey: 'nonsense' is not a GUID"),
    ({"ikeQmFailure": {"mmProviderContextKey": bytes(15)}}, ValueError,
     "ikeQmFailure.mmProviderContextKey: 15 bytes where 16 belong"),
    (qm(5), TypeError, "ikeQmFailure.remoteSubNet: int is not a (type, value) pair"),
    (qm((1, 2, 3)), TypeError, "ikeQmFailure.remoteSubNet: tuple is not a (type, value) pair"),
    (qm((1 << 32, None)), OverflowError,
     "ikeQmFailure.remoteSubNet: 4294967296 does not fit FWP_DATA_TYPE"),
    (qm((0, 5)), ValueError,
     "ikeQmFailure.remoteSubNet: a value of type FWP_EMPTY has no content"),
    (qm((1, 256)), OverflowError, "ikeQmFailure.remoteSubNet: 256 does not fit UINT8"),
    (qm((5, -129)), OverflowError, "ikeQmFailure.remoteSubNet: -129 does not fit INT8"),
    (qm((8, 1 << 63)), OverflowError,
     "ikeQmFailure.remoteSubNet: 9223372036854775808 does not fit INT64"),
    (qm((1, None)), TypeError, "ikeQmFailure.remoteSubNet: NoneType is not an int"),
    (qm((9, "1")), TypeError, "ikeQmFailure.remoteSubNet: str is not a number"),
    (qm((9, 1e39)), OverflowError, "ikeQmFailure.remoteSubNet: 1e+39 does not fit float"),
    (qm((10, 1 << 2000)), OverflowError,
     "ikeQmFailure.remoteSubNet: an int of 2001 bits does not fit double"),
    (qm((11, bytes(6))), ValueError, "ikeQmFailure.remoteSubNet: 6 bytes where 16 belong"),
    (qm((99, -1)), OverflowError, "ikeQmFailure.remoteSubNet: -1 does not fit UINT64"),
    (qm((256, {"adr": 1})), ValueError,
     "ikeQmFailure.remoteSubNet.adr: FWP_V4_ADDR_AND_MASK has no such member"),
    (qm((257, {"prefixLength": 256})), OverflowError,
     "ikeQmFailure.remoteSubNet.prefixLength: 256 does not fit UINT8"),
    (qm((257, 5)), TypeError, "ikeQmFailure.remoteSubNet: int is not a mapping"),
    (qm((258, {"valueLow": (3, -1)})), OverflowError,
     "ikeQmFailure.remoteSubNet.valueLow: -1 does not fit UINT32"),
    (qm((258, {"valueHigh": (15, {"sids": ["S-1-5", "S"]})})), ValueError,
     "ikeQmFailure.remoteSubNet.valueHigh.sids[1]: 'S' is not a SID"),
    (tail(processId=-1), OverflowError, "internalFields.processId: -1 does not fit UINT32"),
    (tail(pid=1), ValueError, "internalFields.pid: internalFields has no such member"),
    (tail(terminatingFiltersInfo=[{}, {"filterId": "x"}]), TypeError,
     "internalFields.terminatingFiltersInfo[1].filterId: str is not an int"),
    (tail(terminatingFiltersInfo=[5]), TypeError,
     "internalFields.terminatingFiltersInfo[0]: int is not a mapping"),
    (tail(unknown=["event_type"]), TypeError,
     "internalFields.unknown: list is not a mapping"),
    (tail(unknown={"direction_code": "X"}), ValueError,
     "internalFields.unknown: 'direction_code' is no column of names"),
    (tail(unknown={"event_type": "X", "direction": 5}), TypeError,
     "internalFields.unknown[1].text: int is not bytes"),
    (tail(absent="spi"), TypeError,
     "internalFields.absent: expected a list of columns, not 'spi'"),
    (tail(absent=["spi", "nonsense"]), ValueError,
     "internalFields.absent: 'nonsense' is no column that can be absent"),
    (tail(absent=["interface_index"]), ValueError,  # the tail itself says whether it is there
     "internalFields.absent: 'interface_index' is no column that can be absent"),
    ({"internalFields": 5}, TypeError, "internalFields: int is not a mapping"),
]


@pytest.mark.parametrize(("event", "error", "message"), REFUSED, ids=[r[2] for r in REFUSED])
def test_refusals_name_event_and_member(event: Any, error: type[Exception], message: str) -> None:
    good = {"header": {"userId": "S-1-1-0"}, "ikeMmFailure": {"localPrincipalGroupSids": ["a"]}}
    with pytest.raises(error) as caught:
        encode([good, good, good, event])
    assert type(caught.value) is error
    assert str(caught.value) == f"event 3: {message}"


def test_an_event_that_is_no_mapping() -> None:
    with pytest.raises(TypeError, match=r"^event 1: str is not a mapping$"):
        encode([{}, "event"])  # type: ignore[list-item]


def test_the_index_is_the_events_not_its_place_in_memory() -> None:
    with pytest.raises(ValueError, match=r"^event 0: x: "):
        encode([{"x": 1}, {}], order=[1, 0])


@pytest.mark.parametrize(("options", "message"), [
    ({"version": 6}, "version 6: FWPM_NET_EVENT0 to 5 are known"),
    ({"version": -1}, "version -1: FWPM_NET_EVENT0 to 5 are known"),
    ({"base": -1}, "base -0x1 is not an address"),
    ({"base": 1 << 64}, "base 0x10000000000000000 is not an address"),
    ({"base": 2**64 - 8}, "base 0xfffffffffffffff8: 160 bytes there leave the address space"),
    ({"order": [0, 0]}, "order is not a permutation of range(1)"),
    ({"order": [1]}, "order is not a permutation of range(1)"),
    ({"order": []}, "order is not a permutation of range(1)"),
])
def test_options_that_make_no_sense(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        encode([{}], **options)
    assert str(caught.value) == message


def test_what_a_value_raises_itself_comes_through() -> None:
    class Odd:
        def __index__(self) -> int:
            raise RuntimeError("odd")

    with pytest.raises(RuntimeError, match=r"^odd$"):
        encode([{"header": {"flags": Odd()}}])


def test_a_mapping_that_changes_while_it_is_read_does_no_harm() -> None:
    values: dict[str, Any] = {}

    class Eraser:
        def __index__(self) -> int:
            values.clear()
            gc.collect()
            return 5

    values.update(flags=Eraser(), appId=b"x" * 1000, userId="S-1-5-18")
    view = View(encode([{"header": values}]))
    assert view.unpack(view.entries[0] + 8, "I") == (5,)


@without_asan
def test_failures_give_their_memory_back() -> None:
    resource = pytest.importorskip("resource")
    events: list[dict[str, Any]] = [
        {"header": {"appId": bytes(1 << 20)}}, {"header": {"flags": "x"}}]
    for _ in range(5):
        with pytest.raises(TypeError):
            encode(events)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200):
        with pytest.raises(TypeError):
            encode(events)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10  # KiB


OUT_OF_MEMORY = """
import resource
from wfpfast import encode
event = {"header": {"appId": bytes(1 << 22)}}
good = bytes(encode([event]).data)
resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))
for events in ([event] * 30, [event] * 100):  # the image does not fit; nor does the arena
    try:
        encode(events)
    except MemoryError:
        print("MemoryError")
print(bytes(encode([event]).data) == good)
"""


@without_asan
def test_without_memory() -> None:
    pytest.importorskip("resource")
    assert fresh_python(OUT_OF_MEMORY).split() == ["MemoryError", "MemoryError", "True"]
