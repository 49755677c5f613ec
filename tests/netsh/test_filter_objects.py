"""What filters refer to, files that are in part, and values that cannot be read."""

import io
from typing import Any

import pytest
from netsh_xml import Tree, element

from wfpfast import netsh
from wfpfast._columns.table import Table

CALLOUT = "{bb000000-0000-4000-8000-000000000001}"
OTHER = "{bb000000-0000-4000-8000-000000000002}"
PROVIDER = "{bb000001-0000-4000-8000-000000000001}"
CONTEXT = "{bb000002-0000-4000-8000-000000000001}"
REGISTERED = "FWPM_CALLOUT_FLAG_REGISTERED"


def read(text: str, errors: str = "raise") -> Table:
    return netsh.read_filters(io.BytesIO(text.encode()), errors=errors)


def rule(number: Any, **members: Tree | None) -> dict[str, Tree | None]:
    return {
        "filterKey": f"{{cc000000-0000-4000-8000-{number:012}}}" if number else None,
        "displayData": {"name": f"Rule {number}", "description": ""}, "flags": [],
        "providerKey": PROVIDER, "layerKey": "FWPM_LAYER_ALE_AUTH_CONNECT_V6",
        "action": {"type": "FWP_ACTION_BLOCK", "filterType": ""},
        "filterId": str(number) if number else None, **members,
    }


def calling(number: int, action: str, key: str) -> dict[str, Tree | None]:
    return rule(number, action={"type": f"FWP_ACTION_{action}", "filterType": key})


def callout(key: str, name: str, flags: Tree | None) -> dict[str, Tree | None]:
    return {
        "calloutKey": key, "displayData": {"name": name, "description": ""}, "flags": flags,
        "providerKey": PROVIDER, "providerData": "", "calloutId": "301",
    }


def capture(*filters: Any, initial: str = "", changes: str = "", after: str = "") -> str:
    return (f"<wfpdiag><initialState><layers><item>{initial}{element('filters', filters)}</item>"
            f"</layers>{after}</initialState><events>{changes}</events></wfpdiag>")


def test_callouts_and_services() -> None:
    callouts = element("callouts", [
        callout(CALLOUT, "Shield accept", [REGISTERED, "00000200"]),
        callout(OTHER, "Shield gone", []),
        callout("{d}", "", None)])
    providers = element("providers", [
        {"providerKey": PROVIDER, "displayData": {"name": "Shield"}, "serviceName": "ShieldSvc"}])
    table = read(capture(
        calling(1, "CALLOUT_TERMINATING", CALLOUT), calling(2, "CALLOUT_UNKNOWN", OTHER),
        calling(3, "CALLOUT_INSPECTION", "{d}"), calling(4, "CALLOUT_UNKNOWN", "{not listed}"),
        # Of a filter that calls none, this is what its provider likes to put there.
        calling(5, "PERMIT", CALLOUT), rule(6, providerKey=""),
        initial=callouts, after=providers))
    names = ("callout_key", "callout_name", "callout_registered", "provider_service")
    assert [tuple(row[name] for name in names) for row in table] == [
        (CALLOUT, "Shield accept", True, "ShieldSvc"),
        (OTHER, "Shield gone", False, "ShieldSvc"),
        ("{d}", None, None, "ShieldSvc"),
        ("{not listed}", None, None, "ShieldSvc"),
        (None, None, None, "ShieldSvc"),
        (None, None, None, None)]
    assert table["action"].to_pylist()[2] == "CALLOUT_INSPECTION"
    assert table.stats == {}


def test_filters_that_change_during_a_capture() -> None:
    """What is added is there, once; a filter that got another's id takes its place."""
    change = {"changeType": "FWPM_CHANGE_ADD"}
    changes = "".join(
        element("filterChange", {**change, "filter": each}) for each in (
            rule(2, displayData={"name": "Added", "description": "later"}), rule(1)))
    table = read(capture(rule(1), changes=changes))
    assert [(row["filter_id"], row["name"]) for row in table] == [(1, "Rule 1"), (2, "Added")]
    assert table.stats == {}
    table = read(capture(rule(1), rule(3), changes=element(
        "filterChange", {**change, "filter": rule(1, filterKey="{new}")})))
    assert [(row["filter_id"], row["filter_key"]) for row in table] == [
        (1, "{new}"), (3, "{cc000000-0000-4000-8000-000000000003}")]
    assert table.stats == {"filters_with_another_ones_id": 1}


@pytest.mark.parametrize("text", [
    element("filters", [rule(7)]),
    f"<wfpdiag><bootTimePolicy>{element('filters', [rule(7)])}</bootTimePolicy></wfpdiag>",
    element("item", rule(7)),
    f"<item></item>{element('item', rule(7))}<item/>",
    element("layers", [{"layer": {"layerId": "50"}, "callouts": "", "filters": [rule(7)]}]),
    element("item", {"layer": {"layerId": "50"}, "callouts": "", "filters": [rule(7)]}),
])
def test_parts_of_files(text: str) -> None:
    table = read(text)
    assert [(row["filter_id"], row["name"]) for row in table] == [(7, "Rule 7")]


def test_items_that_were_pasted_one_after_the_other() -> None:
    """Nothing but what is in them says what they are."""
    origin = {"providerContextKey": CONTEXT, "displayData": "", "type": "FWPM_GENERAL_CONTEXT",
              "dataBuffer": {"data": "Guest rule".encode("utf-16-le").hex()}}
    text = "".join(element("item", each) for each in (
        {"subLayerKey": "{s}", "displayData": {"name": "Shield layer"}, "providerKey": PROVIDER},
        callout(CALLOUT, "Shield accept", [REGISTERED]), origin,
        rule(8, subLayerKey="{s}", flags=["FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN"],
             providerContextKey=CONTEXT,
             action={"type": "FWP_ACTION_CALLOUT_UNKNOWN", "filterType": CALLOUT}),
        {"providerKey": PROVIDER, "displayData": {"name": "Shield"}, "serviceName": "ShieldSvc"}))
    (row,) = read(text)
    assert (row["sublayer_name"], row["callout_name"], row["callout_registered"]) == (
        "Shield layer", "Shield accept", True)
    assert (row["provider_name"], row["provider_service"]) == ("Shield", "ShieldSvc")
    assert (row["filter_origin"], row["provider_context_key"]) == ("Guest rule", CONTEXT)


def test_numbers_in_hexadecimal() -> None:
    (row,) = read(element("filters", [
        rule(1, filterId="0x11171", effectiveWeight={"type": "FWP_UINT64", "uint64": "0XfF"})]))
    assert (row["filter_id"], row["weight"]) == (0x11171, 255)
    for bad in ("0x", "0xg", "11171h", "0x10000000000000000"):
        with pytest.raises(netsh.NetshError, match="filterId"):
            read(element("filters", [rule(1, filterId=bad)]))


def test_guids_of_windows_itself_have_their_names() -> None:
    """By fwpmu.h; a name that the file has is better, and a symbol as a key needs no other."""
    provider = "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}"
    known = rule(
        1, providerKey=provider, subLayerKey="{B3CDD441-AF90-41BA-A745-7C6008FF2301}",
        action={"type": "FWP_ACTION_CALLOUT_TERMINATING",
                "filterType": "{eda08606-2494-4d78-89bc-67837c03b969}"})
    symbols = rule(2, providerKey="FWPM_PROVIDER_IKEEXT", subLayerKey="{nobody's}")
    named = ("provider_name", "sublayer_name", "callout_name")
    rows = read(capture(known, symbols))
    assert [[row[name] for name in named] for row in rows] == [
        ["FWPM_PROVIDER_MPSSVC_WF", "FWPM_SUBLAYER_MPSSVC_WF",
         "FWPM_CALLOUT_WFP_TRANSPORT_LAYER_V4_SILENT_DROP"], [None, None, None]]
    providers = element("providers", [{"providerKey": provider, "displayData": {"name": "Mine"}}])
    assert read(capture(known, after=providers))[0]["provider_name"] == "Mine"


def test_characters_that_xml_forbids_are_replaced_and_counted() -> None:
    text = element("filters", [rule(1, displayData={"name": "Vendor\x01 rule&#x1;"}), rule(2)])
    table = read(text.replace("&amp;#x1;", "&#x1;"))
    assert [row["name"] for row in table] == ["Vendor\ufffd rule\ufffd", "Rule 2"]
    assert table.stats == {"mended_text": 2}


def test_names_that_are_resources_stay() -> None:
    (row,) = read(element("filters", [rule(1, displayData={"name": "@FirewallAPI.dll,-80204"})]))
    assert row["name"] == "@FirewallAPI.dll,-80204"


BAD: list[tuple[str, dict[str, Tree], Any]] = [
    ("weight", {"effectiveWeight": {"type": "FWP_UINT64", "uint64": "-5"}}, 5),
    ("flags", {"flags": "x"}, []),
    ("action", {"action": "FWP_ACTION_BLOCK"}, "BLOCK"),
    ("name", {"displayData": {"name": {"a": "b"}}}, "Rule 1"),
    ("conditions", {"filterCondition": [{"fieldKey": "F"}]}, ""),
    ("layer_key", {"layerKey": {"a": "b"}}, "FWPM_LAYER_ALE_AUTH_CONNECT_V6"),
    ("provider_key", {"providerKey": ["x"]}, PROVIDER),
    ("provider_context_key", {"providerContextKey": {"a": "b"}}, None),
]


@pytest.mark.parametrize(("column", "members", "good"), BAD)
def test_a_bad_value_costs_that_value(column: str, members: dict[str, Tree], good: Any) -> None:
    weight: dict[str, Tree] = {"effectiveWeight": {"type": "FWP_UINT64", "uint64": "5"}}
    text = element("filters", [rule(1, **{**weight, **members}), rule(2)])
    with pytest.raises(netsh.NetshError, match=f"<{next(iter(members))}>|<name>"):
        read(text)
    table = read(text, errors="null")
    (whole,) = read(element("filters", [rule(1, **weight)]))
    assert whole[column] == good
    bad = {**whole, column: None}
    assert [table[0], table[1]["filter_id"], len(table)] == [bad, 2, 2]
    assert table.stats == {"malformed": 1}


def test_a_bad_object_costs_what_it_would_name() -> None:
    providers = element("providers", [
        {"providerKey": PROVIDER, "displayData": "x", "serviceName": "ShieldSvc"},
        {"providerKey": {"a": "b"}, "displayData": "", "serviceName": ""}])
    (row,) = (table := read(capture(rule(1), after=providers), errors="null"))
    assert (row["provider_name"], row["provider_service"]) == (None, "ShieldSvc")
    assert table.stats == {"malformed": 2}


@pytest.mark.parametrize(("number", "malformed"), [(None, 0), ("", 0), ("x", 1), ("-1", 1)])
def test_a_filter_without_an_id_is_left_out(number: str | None, malformed: int) -> None:
    text = element("filters", [rule(94994), rule(1, filterId=number), rule(5)])
    with pytest.raises(netsh.NetshError, match="<filterId>"):
        read(text)
    table = read(text, errors="null")
    assert table["filter_id"].to_pylist() == [94994, 5]
    assert table.stats["filters_without_id"] == 1
    assert table.stats.get("malformed", 0) == malformed


def test_errors_is_raise_or_null() -> None:
    with pytest.raises(ValueError, match="errors='ignore': expected 'raise' or 'null'"):
        read("<wfpdiag/>", errors="ignore")
