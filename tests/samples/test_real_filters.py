"""A real wfpstate.xml: filters read by hand, and all of them counted by another parser."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from wfpfast import netsh

Row = dict[str, Any]


@cache
def read_once(path: Path) -> list[Row]:
    return list(netsh.read_filters(path))


@cache
def parse_once(path: Path) -> ET.Element:
    """The file below one root; ElementTree wants the declaration gone."""
    text = path.read_text("utf-8-sig")
    return ET.fromstring(f"<both>{text[text.index('?>') + 2:]}</both>")


@pytest.fixture
def rows(samples: Path) -> list[Row]:
    return read_once(samples / "state" / "keploy-wfpstate.xml")


@pytest.fixture
def tree(samples: Path) -> ET.Element:
    return parse_once(samples / "state" / "keploy-wfpstate.xml")


@pytest.fixture
def elements(tree: ET.Element) -> list[ET.Element]:
    return tree.findall("wfpstate/layers/item/filters/item")


def text(element: ET.Element, path: str) -> str | None:
    return element.findtext(path) or None


def test_each_filter_once(rows: list[Row], elements: list[ET.Element]) -> None:
    assert len(rows) == len(elements) == 1254
    assert [row["filter_id"] for row in rows] == [int(text(e, "filterId") or "") for e in elements]
    assert len({row["filter_id"] for row in rows}) == 1254


@pytest.mark.parametrize(("column", "path"), [
    ("filter_key", "filterKey"), ("name", "displayData/name"),
    ("description", "displayData/description"), ("provider_key", "providerKey"),
    ("layer_key", "layerKey"), ("sublayer_key", "subLayerKey"),
])
def test_columns_that_are_texts(
    rows: list[Row], elements: list[ET.Element], column: str, path: str
) -> None:
    assert [row[column] for row in rows] == [text(e, path) for e in elements]


def test_columns_that_are_not(rows: list[Row], elements: list[ET.Element]) -> None:
    actions = [f"FWP_ACTION_{row['action']}" for row in rows]
    assert actions == [text(e, "action/type") for e in elements]
    assert [row["flags"] for row in rows] == [[i.text for i in e.findall("flags/item")]
                                          for e in elements]
    assert [row["weight"] for row in rows] == [
        int(text(e, "effectiveWeight/uint64") or "") for e in elements]
    for row, e in zip(rows, elements, strict=True):
        parts = row["conditions"].split("; ") if row["conditions"] else []
        fields = [part.split(" ")[0] for part in parts]
        assert fields == [i.findtext("fieldKey") for i in e.findall("filterCondition/item")]


def test_names_of_providers_sublayers_and_rules(
    rows: list[Row], tree: ET.Element, elements: list[ET.Element]
) -> None:
    def names(place: str, key: str) -> dict[str | None, str | None]:
        found = tree.findall(f"wfpstate/{place}/item")
        assert found
        return {text(e, key): text(e, "displayData/name") for e in found}

    providers, sublayers = names("providers", "providerKey"), names("subLayers", "subLayerKey")
    buffers = {text(e, "providerContextKey"): text(e, "dataBuffer/data")
               for e in tree.findall("wfpstate/providerContexts/item")}
    for row, e in zip(rows, elements, strict=True):
        assert row["provider_name"] == providers.get(text(e, "providerKey"))
        assert row["sublayer_name"] == sublayers.get(text(e, "subLayerKey"))
        raw = buffers.get(text(e, "providerContextKey"))
        assert row["filter_origin"] == (
            bytes.fromhex(raw).decode("utf-16-le").rstrip("\0") if raw else None)
    assert sum(row["filter_origin"] is not None for row in rows) == 184


def test_counts(rows: list[Row]) -> None:
    """Once, with grep and lxml; written down here."""
    assert Counter(row["action"] for row in rows) == {
        "PERMIT": 1119, "BLOCK": 73, "CALLOUT_TERMINATING": 28, "CALLOUT_INSPECTION": 20,
        "CALLOUT_UNKNOWN": 14}
    assert Counter(row["provider_key"] for row in rows) == {
        "FWPM_PROVIDER_MPSSVC_WF": 1073, "FWPM_PROVIDER_MPSSVC_WSH": 156,
        "FWPM_PROVIDER_MPSSVC_APP_ISOLATION": 10, None: 8,
        "{8e44982a-f477-11df-85ce-78e7d1810190}": 6, "{f9ca425f-bbac-4a30-92a9-4b2ca7638157}": 1}
    layers = Counter(row["layer_key"] for row in rows)
    assert len(layers) == 30
    assert layers.most_common(2) == [
        ("FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V6", 362), ("FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4", 280)]


ROWS: list[Row] = [
    {
        "filter_id": 113578, "filter_key": "{935b7f48-0ede-44dd-9bc2-e00bb635cda3}",
        "name": "Boot Time Filter",
        "description": "This filter is in effect before the service starts.",
        "provider_key": "FWPM_PROVIDER_MPSSVC_WF", "provider_name": "Microsoft Corporation",
        "layer_key": "FWPM_LAYER_IPFORWARD_V4", "sublayer_key": "FWPM_SUBLAYER_MPSSVC_WF",
        "sublayer_name": "WFP Built-in MPSSVC Windows Firewall Sublayer", "action": "BLOCK",
        "flags": ["FWPM_FILTER_FLAG_BOOTTIME", "FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT",
                  "FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN"],
        "weight": 4, "conditions": "FWPM_CONDITION_FLAGS FLAGS_NONE_SET 786432",
        "filter_origin": "Boottime Default",
    },
    {
        "filter_id": 66929, "filter_key": "{0a47e800-ba67-4de8-a9dd-908f0d484ed3}",
        "name": "Teredo socket option opt out block filter", "description": None,
        "provider_key": "{f9ca425f-bbac-4a30-92a9-4b2ca7638157}",
        "provider_name": "Microsoft Corporation",
        "layer_key": "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V6",
        "sublayer_key": "{7b6b11f6-cbb5-433c-ae06-6a4f0076e49e}",
        "action": "BLOCK", "flags": [], "weight": 18446744073709551615,
        "conditions": "FWPM_CONDITION_ARRIVAL_INTERFACE_TYPE EQUAL 131; "
                      "FWPM_CONDITION_ARRIVAL_TUNNEL_TYPE EQUAL 14; "
                      "FWPM_CONDITION_ALE_SIO_FIREWALL_SYSTEM_PORT FLAGS_ALL_SET 4",
        "filter_origin": None,
    },
    {
        "filter_id": 116266, "filter_key": "{b3077c46-df74-4638-9349-f2630cf6b97b}",
        "name": "Game Bar", "description": "Game Bar",
        "provider_key": "FWPM_PROVIDER_MPSSVC_WF",
        "layer_key": "FWPM_LAYER_ALE_RESOURCE_ASSIGNMENT_V4",
        "sublayer_key": "FWPM_SUBLAYER_TEREDO", "action": "CALLOUT_TERMINATING", "flags": [],
        "weight": 10376363875846062080,
        "conditions":
            "FWPM_CONDITION_ALE_PACKAGE_ID EQUAL S-1-15-2-1714399563-1326177402-2048222277-"
            "143663168-2151391019-765408921-4098702777; "
            "FWPM_CONDITION_ALE_USER_ID EQUAL O:SYG:SYD:(A;;CCRC;;;S-1-5-21-819861636-"
            "2505814969-1600805525-1001)(A;;CCRC;;;AC)(A;;CCRC;;;S-1-15-3-1)"
            "(A;;CCRC;;;S-1-15-3-2)(A;;CCRC;;;S-1-15-3-3)(A;;CCRC;;;S-1-15-3-4214768333-"
            "1334025770-122408079-3919188833); FWPM_CONDITION_IP_PROTOCOL EQUAL 17",
        "filter_origin": None,
    },
]


@pytest.mark.parametrize("expected", ROWS, ids=[str(row["filter_id"]) for row in ROWS])
def test_filters_read_by_hand(rows: list[Row], expected: Row) -> None:
    (row,) = [row for row in rows if row["filter_id"] == expected["filter_id"]]
    assert {name: row[name] for name in expected} == expected
