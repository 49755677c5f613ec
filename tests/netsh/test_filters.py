"""Filters, and what they refer to, from filters.xml and wfpstate.xml."""

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from netsh_xml import Tree, drop, element, netevents

from wfpfast import netsh
from wfpfast._columns.table import Table

DATA = Path(__file__).parents[1] / "data"
MAIL = r"\device\harddiskvolume2\apps\mail & more\mail.exe"
STATE_ROWS = [
    {
        "filter_id": 81234, "filter_key": "{aa000000-0000-4000-8000-000000081234}",
        "name": "Mail stays inside", "description": None,
        "provider_key": "FWPM_PROVIDER_MPSSVC_WF", "provider_name": "Example Corporation",
        "layer_key": "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
        "sublayer_key": "FWPM_SUBLAYER_MPSSVC_WF", "sublayer_name": "Example firewall",
        "action": "BLOCK", "flags": [
            "FWPM_FILTER_FLAG_INDEXED", "FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT",
            "FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN"],
        "weight": 2**64 - 1,
        "conditions": f"FWPM_CONDITION_ALE_APP_ID EQUAL {MAIL}; "
                      "FWPM_CONDITION_IP_REMOTE_ADDRESS RANGE 198.51.100.0-198.51.100.255",
        "filter_origin": "Mail stays inside (rule 7)", "provider_service": None,
        "callout_key": None, "callout_name": None, "callout_registered": None,
        "provider_context_key": "{aa000001-0000-4000-8000-000000000001}",
    },
    {
        "filter_id": 81235, "filter_key": "{aa000000-0000-4000-8000-000000081235}",
        "name": "Inspect", "description": None, "provider_key": None, "provider_name": None,
        "layer_key": "FWPM_LAYER_STREAM_V4",
        "sublayer_key": "{aa000002-0000-4000-8000-000000000002}", "sublayer_name": None,
        "action": "CALLOUT_INSPECTION",
        "flags": ["FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT", "00000100"], "weight": 7,
        # The same context as above, but to this filter it is what its callout is given.
        "conditions": "", "filter_origin": None, "provider_service": None,
        "callout_key": None, "callout_name": None, "callout_registered": None,
        "provider_context_key": "{aa000001-0000-4000-8000-000000000001}",
    },
]
FILTER: dict[str, Tree] = {
    "filterKey": "{aa000000-0000-4000-8000-000000000009}",
    "displayData": {"name": "n", "description": "d"},
    "flags": ["FWPM_FILTER_FLAG_PERSISTENT"], "providerKey": "P", "layerKey": "L",
    "subLayerKey": "S", "filterCondition": "", "action": {"type": "FWP_ACTION_PERMIT"},
    "filterId": "9", "effectiveWeight": {"type": "FWP_UINT64", "uint64": "5"},
}


def read(text: str) -> Table:
    return netsh.read_filters(io.BytesIO(text.encode()))


def filters(*trees: Tree) -> str:
    items = "".join(element("item", each) for each in trees)
    return f"<wfpdiag><filters>{items}</filters></wfpdiag>"


def one(**members: Tree | None) -> dict[str, Any]:
    tree = {key: value for key, value in {**FILTER, **members}.items() if value is not None}
    (row,) = read(filters(tree))
    return row


def test_a_state_file_with_its_two_roots() -> None:
    assert list(netsh.read_filters(DATA / "wfpstate.xml")) == STATE_ROWS


def test_a_filters_file() -> None:
    (row,) = netsh.read_filters(str(DATA / "filters.xml"))
    assert row == {
        "filter_id": 81301, "filter_key": "{aa000000-0000-4000-8000-000000081301}",
        "name": "R\u00e9ponses ICMPv6", "description": None,
        "provider_key": "FWPM_PROVIDER_UNLISTED", "provider_name": None,
        "layer_key": "FWPM_LAYER_ALE_AUTH_CONNECT_V6",
        "sublayer_key": "FWPM_SUBLAYER_MPSSVC_WF", "sublayer_name": None, "action": "PERMIT",
        "flags": [], "weight": 12,
        "conditions": "FWPM_CONDITION_IP_REMOTE_ADDRESS EQUAL 2001:db8::/32; "
                      "FWPM_CONDITION_IP_LOCAL_ADDRESS EQUAL 192.0.2.0/255.255.255.0; "
                      "FWPM_CONDITION_IP_LOCAL_PORT NOT_EQUAL 25",
        "filter_origin": None, "provider_service": None, "callout_key": None,
        "callout_name": None, "callout_registered": None, "provider_context_key": None,
    }


def test_the_filters_in_a_capture() -> None:
    """The events are passed over; names of providers and sublayers are not in this one."""
    (row,) = netsh.read_filters(DATA / "wfpdiag.xml")
    missing = dict.fromkeys(["provider_name", "sublayer_name", "filter_origin"])
    assert row == {**STATE_ROWS[0], **missing}


def test_the_table_goes_to_arrow() -> None:
    table = pa.table(netsh.read_filters(DATA / "wfpstate.xml"))
    assert table.to_pylist() == STATE_ROWS
    assert table.schema.field("filter_id").type == pa.uint64()
    assert table.schema.field("flags").type == pa.list_(pa.string())
    assert table.schema.field("callout_registered").type == pa.bool_()
    empty = pa.table(read("<wfpdiag><filters/></wfpdiag>"))
    assert (len(empty), empty.schema) == (0, table.schema)


def test_what_a_filter_lacks_is_null() -> None:
    (row,) = read("<filters><item><filterId>3</filterId></item></filters>")
    assert row == {**dict.fromkeys(row), "filter_id": 3, "flags": [], "conditions": ""}
    assert one(effectiveWeight={"type": "FWP_EMPTY"})["weight"] is None
    assert one(displayData="")["name"] is None
    assert one(action="")["action"] is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    text = (DATA / "wfpstate.xml").read_bytes().decode("utf-8-sig")
    assert list(netsh.read_filters(io.BytesIO(text.encode(encoding)))) == STATE_ROWS


@pytest.mark.parametrize(("value", "expected"), [
    ({"type": "FWP_UINT8", "uint8": "6"}, "6"),
    ({"type": "FWP_UINT32", "uint32": "10.0.0.1"}, "10.0.0.1"),
    ({"type": "FWP_SID", "sid": "S-1-0-0"}, "S-1-0-0"),
    ({"type": "FWP_SECURITY_DESCRIPTOR_TYPE", "sd": "O:SYG:SY"}, "O:SYG:SY"),
    ({"type": "FWP_BYTE_BLOB_TYPE", "byteBlob": {"data": "00", "asString": "a b"}}, "a b"),
    ({"type": "FWP_BYTE_BLOB_TYPE", "byteBlob": ""}, ""),
    ({"type": "FWP_RANGE_TYPE", "rangeValue": {
        "valueLow": {"type": "FWP_UINT16", "uint16": "1"},
        "valueHigh": {"type": "FWP_UINT16", "uint16": "9"}}}, "1-9"),
    ({"type": "FWP_RANGE_TYPE", "rangeValue": {"valueLow": {"type": "FWP_EMPTY"}}}, "-"),
    ({"type": "FWP_TOKEN_ACCESS_INFORMATION_TYPE", "tokens": ["S-1-1", "S-1-2"]}, "S-1-1,S-1-2"),
    ("", ""),
])
def test_conditions_are_rendered_for_people(value: Tree, expected: str) -> None:
    condition = {"fieldKey": "F", "matchType": "FWP_MATCH_EQUAL", "conditionValue": value}
    assert one(filterCondition=[condition, condition])["conditions"] == (
        f"F EQUAL {expected}; F EQUAL {expected}")


def context(data: str, flag: str = "FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN") -> str | None:
    """The origin of a filter whose context has this buffer."""
    item = {"providerContextKey": "{c}", "dataBuffer": {"data": data}}
    tree = {**FILTER, "flags": [flag], "providerContextKey": "{c}"}
    contexts = element("providerContexts", [item])
    (row,) = read(filters(tree).replace("</wfpdiag>", f"{contexts}</wfpdiag>"))
    origin: str | None = row["filter_origin"]
    return origin


def test_filter_origins() -> None:
    text = "Quer\u00fd \U0001f600"
    assert context((text + "\0").encode("utf-16-le").hex()) == text
    assert context(text.encode("utf-16-le").hex()) == text
    assert context(text.encode("utf-16-le").hex(), "FWPM_FILTER_FLAG_INDEXED") is None
    for no_text in ("", "0000", "00d8", "610062", "0100", "zz"):
        assert context(no_text) is None


@pytest.mark.parametrize(("members", "element_", "message"), [
    ({"filterId": "x"}, "filterId", "'x' is not a number"),
    ({"filterId": ""}, "filterId", "a filter has one"),
    ({"filterId": None}, "filterId", "a filter has one"),
    ({"filterId": "18446744073709551616"}, "filterId", "does not fit 64 bits"),
    ({"filterId": {"a": "b"}}, "filterId", "holds elements, not a text"),
    ({"effectiveWeight": {"type": "FWP_UINT64", "uint64": "-5"}}, "effectiveWeight", "'-5'"),
    ({"effectiveWeight": "5"}, "effectiveWeight", "expected elements"),
    ({"flags": [{"a": "b"}]}, "flags", "holds elements"),
    ({"flags": "x"}, "flags", "expected a list of <item>"),
    ({"action": "FWP_ACTION_PERMIT"}, "action", "<type> among them"),
    ({"action": {"filterType": ""}}, "action", "has no <type>"),
    ({"displayData": "name"}, "displayData", "expected elements"),
    ({"displayData": {"name": {"a": "b"}}}, "name", "holds elements"),
    ({"layerKey": {"a": "b"}}, "layerKey", "holds elements"),
    ({"filterCondition": ["x"]}, "filterCondition", "<fieldKey> among them"),
    ({"filterCondition": [{"fieldKey": "F"}]}, "filterCondition", "has no <matchType>"),
    ({"filterCondition": "x"}, "filterCondition", "expected a list"),
])
def test_errors_name_the_element(
    members: dict[str, Tree | None], element_: str, message: str
) -> None:
    with pytest.raises(netsh.NetshError, match=message) as caught:
        one(**members)
    assert caught.value.element == element_
    assert 1 <= caught.value.line <= filters(FILTER).count("\n") + 8


@pytest.mark.parametrize("tag", ["filters", "callouts", "providers", "subLayers"])
def test_a_text_among_records_is_lost(tag: str) -> None:
    """As where lines of a file are missing, and the items of a list come out of it."""
    spoilt = filters(FILTER).replace("<filters>", f"<{tag}><item>filterId</item></{tag}><filters>")
    assert spoilt.count("<item>filterId") == 1
    with pytest.raises(netsh.NetshError, match="expected elements, not a text"):
        read(spoilt)
    table = netsh.read_filters(io.BytesIO(spoilt.encode()), errors="null")
    assert [row["filter_id"] for row in table] == [9]
    assert table.stats["lost_records"] == 1


def test_other_files_are_refused() -> None:
    with pytest.raises(netsh.NetshError, match="holds events, no filters: netsh wfp show state"):
        read(netevents(drop()))
    with pytest.raises(netsh.NetshError, match="expected wfpdiag or wfpstate, found <item>"):
        read(element("item", drop()))
    twice = filters(FILTER).replace("<layerKey>", "<layerKey>A</layerKey><layerKey>")
    with pytest.raises(netsh.NetshError, match="<layerKey>: stands twice"):
        read(twice)


def test_a_state_file_cut_anywhere_is_refused() -> None:
    """Anywhere but between its two roots, where nothing shows that another was there."""
    data = (DATA / "wfpstate.xml").read_bytes()
    between = range(data.index(b"</wfpstate>") + 11, data.index(b"<firewallState>") + 1)
    end = data.index(b"</firewallState>") + 16
    assert len(between) == 3
    for cut in range(end):
        if cut in between:
            assert len(netsh.read_filters(io.BytesIO(data[:cut]))) == 2
            continue
        with pytest.raises(netsh.NetshError):
            netsh.read_filters(io.BytesIO(data[:cut]))
