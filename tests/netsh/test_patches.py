"""A value that recurs is copied as it was written once: never another member's, or another text's.

Each event read alone, by a reader that has seen nothing yet, is the oracle.
"""

import io
import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from netsh_spoil import document
from netsh_xml import DROP, HEADER, Tree, drop, element, netevents

from wfpfast import netsh

BLOBS: list[Tree] = [
    "", {"data": ""}, {"data": "6100"}, {"data": "6100", "asString": "a."}, {"asString": "a."},
    {"data": "61006200"}, {"data": "6"}, {"data": "ab" * 3000}]
SIDS: list[Tree] = ["", "S-1-5-18", "S-1-5-19", "S-1-1-0", "S-1-15-2-1-2-3-4-5-6-7", "no SID"]
NAMES: list[Tree] = ["", "a", "b", "ab", "S-1-5-18", "a&b", "\u54d4"]
LISTS: list[Tree] = ["", ["S-1-1-0"], ["S-1-5-18", "S-1-1-0"], ["S-1-1-0", "S-1-5-18"], ["", ""],
                     [f"S-1-5-21-{k}" for k in range(30)]]
FILTERS: list[Tree] = ["", *[
    [{"filterId": str(k), "subLayer": layer, "actionType": action} for k in range(count)]
    for count in (1, 2, 20) for layer in ("", "FWPP_A") for action in ("", "FWP_ACTION_BLOCK")]]
SUBNETS: list[Tree] = [
    "", {"type": "FWP_EMPTY"}, {"type": "FWP_UINT32", "uint32": "1"},
    {"type": "FWP_UINT64", "uint64": "1"}, {"type": "FWP_SID", "sid": "S-1-5-18"},
    {"type": "FWP_V4_ADDR_MASK", "v4AddrMask": {"addr": "10.0.0.0", "mask": "255.0.0.0"}},
    {"type": "FWP_V6_ADDR_MASK", "v6AddrMask": {"addr": "fc00::", "prefixLength": "7"}},
    {"type": "FWP_RANGE_TYPE", "rangeValue": {
        "valueLow": {"type": "FWP_UINT64", "uint64": "1"},
        "valueHigh": {"type": "FWP_BYTE_ARRAY16_TYPE", "byteArray16": "::1"}}},
    {"type": "FWP_UNICODE_STRING_TYPE", "unicodeString": "a"}]
GUIDS: list[Tree] = ["", "{6f1e0001-0002-4003-8004-00000000beef}",
                     "{6f1e0001-0002-4003-8004-00000000bee0}", "FWPM_X", "{}"]
TRAFFIC: list[Tree] = ["IPSEC_TRAFFIC_TYPE_TRANSPORT", "IPSEC_TRAFFIC_TYPE_TUNNEL", "NEW_TYPE"]
NUMBERS: list[Tree] = ["1", "01", "0x1", "-1", "1 (ONE)", "x"]
HEADERS = {"appId": BLOBS, "effectiveName": BLOBS, "userId": SIDS, "packageSid": SIDS,
           "enterpriseId": NAMES, "localPort": NUMBERS, "scopeId": NUMBERS,
           "flags": [HEADER["flags"], HEADER["flags"][:12], ["NEW_FLAG", *HEADER["flags"]], ""]}
BODIES: dict[str, tuple[str, dict[str, list[Tree]]]] = {
    "ikeMmFailure": ("0", {
        "localPrincipalGroupSids": LISTS, "remotePrincipalGroupSids": LISTS,
        "localPrincipalNameForAuth": NAMES, "remotePrincipalNameForAuth": NAMES,
        "providerContextKey": GUIDS, "failureErrorCode": NUMBERS}),
    "ikeQmFailure": ("1", {
        "localSubNet": SUBNETS, "remoteSubNet": SUBNETS, "saTrafficType": TRAFFIC,
        "mmProviderContextKey": GUIDS, "failureErrorCode": NUMBERS}),
    "ikeEmFailure": ("2", {
        "localPrincipalGroupSids": LISTS, "remotePrincipalGroupSids": LISTS,
        "localPrincipalNameForAuth": NAMES}),
    "classifyDrop": ("3", {"vSwitchId": BLOBS, "filterId": NUMBERS}),
}
TAIL = {"terminatingFiltersInfo": FILTERS, "filterOrigin": NAMES, "processId": NUMBERS}


def some(chance: random.Random, members: dict[str, list[Tree]]) -> dict[str, Tree]:
    return {tag: chance.choice(texts) for tag, texts in members.items() if chance.random() < 0.9}


def event(chance: random.Random) -> dict[str, Tree]:
    arm = chance.choice(list(BODIES))
    number, members = BODIES[arm]
    return {"header": HEADER | some(chance, HEADERS), "type": number,
            arm: some(chance, members), "internalFields": some(chance, TAIL)}


def read(text: str, size: int = 1024) -> tuple[list[dict[str, Any]], dict[str, int]]:
    source = io.BytesIO(text.encode())
    with netsh.read_events(source, errors="null", batch_size=size) as stream:
        rows = [row.to_dict() for batch in stream for row in batch]
        return rows, {name: count for name, count in stream.stats.items() if count}


def alone(texts: list[str]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The rows and the sum of the statistics, of each record by itself."""
    rows: list[dict[str, Any]] = []
    stats: dict[str, int] = {}
    for text in texts:
        found, counts = read(text)
        rows += found
        for name, count in counts.items():
            stats[name] = stats.get(name, 0) + count
    return rows, stats


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from([1, 2, 7, 1024]))
@example(0, 200, 1024)
def test_what_recurs_is_what_it_would_be_alone(seed: int, count: int, size: int) -> None:
    chance = random.Random(seed)
    texts = [element("item", event(chance), 1) for _ in range(count)]
    assert read("".join(texts), size) == alone(texts)


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.sampled_from([0.02, 0.2]))
def test_with_markup_in_the_values(seed: int, often: float) -> None:
    """The same text with a comment in it is another value, as far as it is remembered."""
    chance = random.Random(seed)
    texts = [document(chance, event, 1, often) for _ in range(20)]
    assert read("".join(texts)) == alone(texts)


def test_more_values_than_are_remembered() -> None:
    """Values of 3000 sorts and of all sizes, each twice or more, near and far."""
    paths = [f"\\device\\{k}\\" + "x" * (k % 700) for k in range(3000)]
    order = [*paths, *paths[::-1], *[each for path in paths[:200] for each in (path, paths[0])]]
    rows, stats = read(netevents(*[
        {"header": {"timeStamp": HEADER["timeStamp"], "appId": {
            "data": (path + "\0").encode("utf-16-le").hex()}}, "type": "3"} for path in order]))
    assert stats == {"events": 6400, "no_flags": 6400}
    assert [row["app_path"] for row in rows] == order


@pytest.mark.parametrize("times", [2, 3])
def test_what_is_odd_in_a_value_is_counted_each_time(times: int) -> None:
    tree = drop({"enterpriseId": "a\1b", "userId": "no SID", "flags": ["NEW", *HEADER["flags"]]},
                classifyDrop=DROP | {"msFwpDirection": "UP"})
    rows, stats = read(netevents(*[tree] * times))
    assert stats == {"events": times, "malformed": times, "mended_text": times,
                     "unknown_names": 2 * times}
    assert rows == rows[:1] * times
    assert rows[0]["enterprise_id"] == "a\ufffdb"
