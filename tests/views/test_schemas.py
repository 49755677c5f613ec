"""Every field of a view is one of its vocabulary, of its type, with a value that it allows."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from views.every_event import of_a_recording, of_audits, of_netsh

from wfpfast import views
from wfpfast.explain import EVENT_KINDS

DATA = Path(__file__).parents[1] / "data" / "vocabularies"
SOURCES = ("netsh", "recording", "audit")
COUNTS = {"netsh": 11, "recording": 26, "audit": 20}


@pytest.fixture(params=SOURCES)
def events(request: pytest.FixtureRequest, tmp_path: Path) -> pa.Table:
    found = {"netsh": of_netsh, "recording": lambda: of_a_recording(tmp_path),
             "audit": of_audits}[request.param]()
    assert len(found) == COUNTS[request.param]
    return found


def documents(table: pa.Table) -> list[dict[str, Any]]:
    """Return documents as they are written: without nulls."""
    lines = views.ndjson(table).splitlines()
    assert len(lines) == len(table)
    return [json.loads(line) for line in lines]


def rows_of(name: str) -> dict[str, dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames is not None
        return {row[reader.fieldnames[0]]: row for row in reader}


def leaves(kind: Any, prefix: str = "") -> Iterator[tuple[str, pa.DataType]]:
    for field in kind:
        if pa.types.is_struct(field.type):
            yield from leaves(field.type, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, field.type


def values(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from values(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def test_the_sources_have_every_type(tmp_path: Path) -> None:
    for table in (of_netsh(), of_a_recording(tmp_path)):
        assert set(table["event_type"].to_pylist()) >= set(EVENT_KINDS)


ECS_TYPES = {"date": pa.timestamp("ns", "UTC"), "keyword": pa.utf8(), "ip": pa.utf8(),
             "match_only_text": pa.utf8(), "long": pa.int64()}


def test_fields_of_ecs(events: pa.Table) -> None:
    schema = rows_of("ecs-9.4.0.csv")
    found = dict(leaves([each for each in views.ecs(events).schema if each.name != "wfp"]))
    assert len(found) > 40
    for name, kind in found.items():
        inner = ECS_TYPES[schema[name]["type"]]
        assert kind == (pa.list_(inner) if schema[name]["normalize"] == "array" else inner), name


def test_values_of_ecs(events: pa.Table) -> None:
    schema = rows_of("ecs-9.4.0.csv")
    seen = 0
    for document in documents(views.ecs(events)):
        assert {"@timestamp", "ecs", "event"} <= set(document)
        assert document["event"]["category"] == ["network"]
        allowed = schema["event.category=network"]["allowed_values"].split("|")
        assert set(document["event"]["type"]) <= set(allowed)
        for name, value in values(document):
            wanted = schema[name]["allowed_values"] if name in schema else ""
            if wanted:
                seen += 1
                assert set(value if isinstance(value, list) else [value]) <= set(wanted.split("|"))
    assert seen >= 3 * len(events)


ASIM_TYPES = {"string": pa.utf8(), "int": pa.int32(), "datetime": pa.timestamp("ns", "UTC"),
              "dynamic": pa.utf8()}


def test_fields_and_values_of_asim(events: pa.Table) -> None:
    schema = rows_of("asim-network-session.csv")
    table = views.asim(events)
    for field in table.schema:
        assert field.type == ASIM_TYPES[schema[field.name]["ColumnType"]], field.name
    # Log Analytics itself adds Type.
    mandatory = {n for n, row in schema.items() if row["Class"] == "Mandatory"} - {"Type"}
    assert len(mandatory) >= 10
    for document in documents(table):
        assert mandatory <= set(document)
        json.loads(document["AdditionalFields"])
        for name, value in document.items():
            row = schema[name]
            if row["ListOfValues"]:
                assert value in row["ListOfValues"].split("|"), name
            if row["Class"] == "Conditional":
                assert row["Aliased"] in document


OCSF = json.loads((DATA / "ocsf-1.8.0.json").read_text("utf-8"))
OCSF_TYPES: dict[str, tuple[type, ...]] = {
    "string_t": (str,), "integer_t": (int,), "long_t": (int,), "timestamp_t": (int,),
    "boolean_t": (bool,), "ip_t": (str,), "mac_t": (str,), "port_t": (int,), "hostname_t": (str,),
    "file_name_t": (str,), "file_path_t": (str,), "process_name_t": (str,), "username_t": (str,)}
PROFILED = {"cloud", "osint"}   # required where their profile is on


def check_ocsf(value: dict[str, Any], wanted: dict[str, Any], free: set[str]) -> int:
    """Check an object and those in it; return how many attributes there were."""
    attributes = wanted["attributes"]
    required = {n for n, each in attributes.items() if each.get("requirement") == "required"}
    assert required - free <= set(value)
    if "at_least_one" in wanted["constraints"] and "constraint" not in free:
        assert set(wanted["constraints"]["at_least_one"]) & set(value)
    seen = 0
    for name, each in value.items():
        if name == "unmapped":
            continue
        kind = attributes[name]
        for one in each if kind.get("is_array") else [each]:
            seen += 1
            if kind["type"] == "object_t":
                seen += check_ocsf(one, OCSF["objects"][kind["object_type"]], set())
            else:
                assert type(one) in OCSF_TYPES[kind["type"]], name
                assert "enum" not in kind or str(one) in kind["enum"], name
    return seen


def test_fields_and_values_of_ocsf(events: pa.Table) -> None:
    nowhere = 0
    for document in documents(views.ocsf(events)):
        without = not {"src_endpoint", "dst_endpoint"} & set(document)
        nowhere += without
        assert check_ocsf(document, OCSF["class"], PROFILED | (
            {"constraint"} if without else set())) > 15
        assert set(document["metadata"]["profiles"]) <= set(OCSF["class"]["profiles"])
        assert document["type_uid"] == 400100 + document["activity_id"]
        caption = OCSF["class"]["attributes"]["activity_id"]["enum"][str(document["activity_id"])]
        assert document["activity_name"] in (caption, "Bind")
    # What has neither address nor host nor interface can have no endpoint.
    assert nowhere == 0


def test_views_of_nothing_have_the_same_fields(events: pa.Table) -> None:
    for view in (views.ecs, views.ocsf, views.asim):
        few = view(events.select(["timestamp", "event_type"]))
        assert few.schema == view(events).schema == view(events.slice(0, 0)).schema
        assert len(few) == len(events)
