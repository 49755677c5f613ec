"""`wfpfast summary`: numbers and names, counted by hand over the events of hand.py."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hand import HEAD, HOSTILE, ITEMS, SVCHOST
from cli.running import Run
from netsh_inputs import file, other

HUGE = 2**64 - 1
# The tables of dropped as well as of allowed events.
BOTH = {
    "applications": {"app_path", "events", "processes"},
    "remote_addresses": {"remote_address", "events"},
    "remote_ports": {
        "ip_protocol", "protocol", "remote_port", "icmp_type", "icmp_version", "icmp", "events"},
    "hosts": {"host", "events"},
    "processes": {"app_path", "host", "process_id", "events"},
}


def report(run: Run, *arguments: Any, status: int = 0) -> dict[str, Any]:
    result = run("summary", "--json", *arguments)
    assert result.status == status, result.err
    found = json.loads(result.out)
    assert isinstance(found, dict)
    return found


def rows(table: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in table["top"]]


def test_counts(run: Run, xml: Path) -> None:
    found = report(run, xml)
    assert (found["events"], found["dropped"]["events"], found["filters"]) == (7, 5, None)
    assert found["first"] == "2024-05-01T10:00:00.1234567Z"
    assert found["last"] == "2024-05-01T10:02:06.0000000Z"
    assert rows(found["types"], "event_type", "events") == [
        ("CLASSIFY_DROP", 5), ("CLASSIFY_ALLOW", 1), ("IKEEXT_MM_FAILURE", 1)]
    assert (found["types"]["events"], found["types"]["distinct"]) == (7, 3)
    dropped = found["dropped"]
    assert rows(dropped["applications"], "app_path", "events") == [
        (SVCHOST, 2), ("", 1), (HOSTILE, 1), (None, 1)]
    assert rows(dropped["filters"], "filter_id", "events", "layer_ids", "rule") == [
        (70000, 2, [48], None), (70001, 2, [44], None), (HUGE, 1, [46], None)]
    assert rows(dropped["remote_addresses"], "remote_address", "events") == [
        ("198.51.100.7", 3), ("192.0.2.9", 1), ("2001:db8::1", 1)]
    assert rows(dropped["directions"], "direction", "events") == [("INBOUND", 3), ("OUTBOUND", 2)]
    assert rows(dropped["users"], "user_sid", "name", "events") == [
        (None, None, 3), ("S-1-5-18", "LocalSystem", 1), ("S-1-5-21-1-2-3-1001", None, 1)]


def test_ports_have_their_protocol_and_icmp_its_message(run: Run, xml: Path) -> None:
    ports = report(run, xml)["dropped"]["remote_ports"]
    names = ("ip_protocol", "protocol", "remote_port", "icmp_type", "icmp_version", "events")
    assert rows(ports, *names) == [
        (6, "tcp", 443, None, None, 2), (1, "icmp", 0, 8, 4, 1), (6, "tcp", None, None, None, 1),
        (17, "udp", 53, None, None, 1)]
    assert [row["icmp"] is not None for row in ports["top"]] == [False, True, False, False]


def test_failures_are_named(run: Run, xml: Path) -> None:
    failures = report(run, xml)["failures"]
    assert rows(failures, "event_type", "failure_error", "failure_status", "name", "events") == [
        ("IKEEXT_MM_FAILURE", 13801, None, "ERROR_IPSEC_IKE_AUTH_FAIL", 1)]
    assert "credentials" in failures["top"][0]["meaning"]


def test_layers_and_origins_that_events_name(run: Run, xml: Path) -> None:
    filters = report(run, xml)["dropped"]["filters"]
    assert rows(filters, "layers", "filter_origins") == [
        (["FWPS_LAYER_ALE_AUTH_CONNECT_V4"], ["Stealth"]),
        (["FWPS_LAYER_ALE_AUTH_RECV_ACCEPT_V4"], []),
        (["FWPS_LAYER_ALE_AUTH_RECV_ACCEPT_V6"], [])]


def test_rules_and_providers_are_named(run: Run, xml: Path, state: Path) -> None:
    found = report(run, xml, "--filters", state)
    assert found["filters"] == str(state)
    rules = {row["filter_id"]: row["rule"] for row in found["dropped"]["filters"]["top"]}
    assert rules[70000] == {
        "name": "Block all", "provider_key": "{11111111-2222-3333-4444-555555555555}",
        "provider_name": "Acme Shield", "layer_key": "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
        "sublayer_key": "{66666666-2222-3333-4444-555555555555}", "sublayer_name": "Acme layer",
        "action": "BLOCK", "filter_origin": "Acme origin", "provider_service": None,
        "callout_key": None, "callout_name": None, "callout_registered": None,
        "without_driver": None, "layer_agrees": True, "file": str(state), "others": [],
    }
    assert found["rule_files"] == [{"path": str(state), "filters": 2, "stats": {}}]
    # Its events are of layer 44, this filter is at another: the id was given anew.
    assert (rules[70001]["name"], rules[70001]["layer_agrees"]) == ("Later rule", False)
    assert rules[HUGE] is None


def test_json_has_the_documented_keys(run: Run, xml: Path, state: Path) -> None:
    found = report(run, xml, "--filters", state)
    assert list(found) == [
        "files", "events", "first", "last", "types", "audits", "hosts", "times", "by", "dropped",
        "allowed", "ike", "failures", "interrupted", "stats", "filters", "rule_files"]
    assert list(found["files"][0]) == ["path", "events", "doubles", "stats", "error"]
    tables = {
        **{name: found[name] for name in ("types", "audits", "hosts", "ike", "failures")},
        **{f"allowed {name}": table for name, table in found["allowed"].items()},
        **{f"dropped {name}": table for name, table in found["dropped"].items()}}
    assert (tables.pop("allowed events"), tables.pop("dropped events")) == (1, 5)
    keys = {name: set(table["top"][0]) for name, table in tables.items()}
    assert keys == {
        "types": {"event_type", "events"},
        "audits": {"event_id", "text", "events"},
        "hosts": {"host", "events", "dropped", "allowed", "failed", "local_end", "agreed",
                  "undecided"},
        "ike": {"host", "remote_address", "events", "first", "last", "failures"},
        "failures": {"event_type", "failure_error", "failure_status", "name", "meaning", "remedy",
                     "events"},
        **{f"{verdict} {name}": columns for verdict in ("allowed", "dropped")
           for name, columns in BOTH.items()},
        "dropped filters": {"filter_id", "layer_ids", "layers", "filter_origins", "events", "rule",
                            "rule_known"},
        "dropped directions": {"direction", "events"},
        "dropped users": {"user_sid", "name", "events"},
        "dropped origins": {"filter_origin", "kind", "meaning", "remedy", "events"},
        "dropped origin_kinds": {"kind", "events"},
    }  # fmt: skip
    assert all(list(table) == ["events", "distinct", "top"] for table in tables.values())
    assert list(found["times"]) == ["step", "events", "bars"]
    assert set(found["times"]["bars"][0]) == {"from", "events", "dropped", "allowed", "failed"}
    assert set(found["ike"]["top"][0]["failures"][0]) == {
        "event_type", "mode", "state", "keying_module", "sa_role", "failure_point", "auth_method",
        "local_principal", "remote_principal", "failure_error", "failure_reason", "name",
        "meaning", "remedy", "events", "first", "last"}


def test_top_limits_all_tables_but_the_types(run: Run, xml: Path) -> None:
    found = report(run, xml, "--top", 1)
    tables = {name: t for name, t in found["dropped"].items() if name != "events"}
    assert {name: (t["events"], t["distinct"], len(t["top"])) for name, t in tables.items()} == {
        "applications": (5, 4, 1), "filters": (5, 3, 1), "remote_addresses": (5, 3, 1),
        "remote_ports": (5, 4, 1), "directions": (5, 2, 1), "users": (5, 3, 1),
        "origins": (5, 2, 1), "origin_kinds": (5, 2, 2), "hosts": (5, 1, 1),
        "processes": (5, 5, 1)}
    assert len(found["types"]["top"]) == 3


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_top_is_a_positive_number(run: Run, xml: Path, count: str) -> None:
    result = run("summary", xml, f"--top={count}")
    assert (result.status, len(result.err.splitlines())) == (2, 1)


def test_files_of_all_kinds_are_added_up(run: Run, xml: Path) -> None:
    assert run("convert", xml, "a.parquet").status == 0
    assert run("convert", xml, "b.arrow", "--addresses", "binary").status == 0
    found = report(run, xml, "a.parquet", "b.arrow", xml, "--keep-doubles")
    assert [(file["path"], file["events"]) for file in found["files"]] == [
        (str(xml), 7), ("a.parquet", 7), ("b.arrow", 7), (str(xml), 7)]
    assert (found["events"], found["dropped"]["events"]) == (28, 20)
    assert found["first"] == "2024-05-01T10:00:00.1234567Z"
    dropped = found["dropped"]
    # Addresses are text in three files and bytes in the fourth.
    assert rows(dropped["remote_addresses"], "remote_address", "events") == [
        ("198.51.100.7", 12), ("192.0.2.9", 4), ("2001:db8::1", 4)]
    assert rows(dropped["applications"], "app_path", "events") == [
        (SVCHOST, 8), ("", 4), (HOSTILE, 4), (None, 4)]
    assert rows(dropped["filters"], "filter_id", "events") == [(70000, 8), (70001, 8), (HUGE, 4)]
    assert found["stats"] == {
        "malformed": 0, "replaced_text": 0, "timestamps_out_of_range": 0, "unknown_types": 0,
        "unknown_names": 0}


def test_bad_values_are_null_and_counted(run: Run, tmp_path: Path) -> None:
    text = HEAD + "".join(ITEMS).replace("<filterId>70001<", "<filterId>seven<") + "</netEvents>"
    (tmp_path / "bad.xml").write_text(text, encoding="utf-8")
    found = report(run, "bad.xml", status=3)
    assert found["stats"]["malformed"] == 2
    assert rows(found["dropped"]["filters"], "filter_id", "events") == [
        (70000, 2), (None, 2), (HUGE, 1)]


def test_a_file_that_breaks_off_is_counted_up_to_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.xml").write_text(HEAD + "".join(ITEMS[:3]), encoding="utf-8")
    found = report(run, "cut.xml", status=1)
    assert (found["events"], found["dropped"]["events"]) == (3, 3)
    assert found["files"][0]["error"].startswith("cut.xml: line ")
    assert found["files"][0]["error"].endswith("; counted is what came before: 3 events")
    shown = run("summary", "cut.xml")
    assert shown.status == 1
    assert "cut.xml was read in part." in shown.out
    assert shown.err == f"wfpfast: {found['files'][0]['error']}\n"


def test_no_events(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none.xml").write_text("<netEvents/>")
    found = report(run, "none.xml")
    assert (found["events"], found["first"], found["last"]) == (0, None, None)
    assert found["dropped"]["applications"] == {"events": 0, "distinct": 0, "top": []}
    shown = run("summary", "none.xml")
    assert shown.status == 0
    assert shown.out.splitlines()[0] == "none.xml: 0 events, 0 dropped"


def test_tables_of_others_are_counted(run: Run, tmp_path: Path) -> None:
    """Plain texts, wider numbers, times of other units, missing columns and columns of theirs."""
    times = pa.array([1_714_557_600_000_000, 1_714_557_601_000_000, None], pa.timestamp("us"))
    pq.write_table(pa.table({
        "event_type": ["CLASSIFY_DROP", "CLASSIFY_ALLOW", "CLASSIFY_DROP"],
        "timestamp": times,
        "filter_id": pa.array([5, 6, None], pa.int64()),
        "remote_address": pa.array(["::1", None, "192.0.2.1"], pa.large_utf8()),
        "mine": [1.5, 2.5, None],
    }), tmp_path / "theirs.parquet")
    found = report(run, "theirs.parquet")
    assert (found["events"], found["dropped"]["events"]) == (3, 2)
    assert (found["first"], found["last"]) == (
        "2024-05-01T10:00:00.0000000Z", "2024-05-01T10:00:01.0000000Z")
    assert rows(found["dropped"]["filters"], "filter_id", "events") == [(5, 1), (None, 1)]
    assert rows(found["dropped"]["remote_addresses"], "remote_address") == [
        ("192.0.2.1",), ("::1",)]
    assert rows(found["dropped"]["users"], "user_sid", "events") == [(None, 2)]
    assert found["files"][0]["stats"] is None
    assert "theirs.parquet does not say." in run("summary", "theirs.parquet").out


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"flags": [1]}, "without the column event_type nothing can be counted"),
        ({"event_type": ["A"], "layer_id": [1.5]}, "column layer_id is double, not uint16"),
        ({"event_type": ["A"], "filter_id": [-1]}, "column filter_id is int64, not uint64"),
        ({"event_type": ["A"], "remote_address": [b"12345"]}, "column remote_address is binary"),
        ({"event_type": ["A"], "user_sid": [["A"]]}, "column user_sid is list<"),
        ({"mine": ["A"]}, "no net events: no column has a name that wfpfast knows"),
    ],
)
def test_tables_that_cannot_be_counted(
    run: Run, tmp_path: Path, columns: dict[str, list[Any]], words: str
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "theirs.parquet")
    result = run("summary", "theirs.parquet")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("wfpfast: theirs.parquet: ")
    assert words in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("content", ["", "<wfpstate><filters>", "<netEvents/>"])
def test_filters_must_be_filters(run: Run, xml: Path, content: str) -> None:
    other = xml.with_name("other.xml")
    if content:
        other.write_text(content)
    result = run("summary", xml, "--filters", other.name)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("wfpfast: other.xml: ")
    assert len(result.err.splitlines()) == 1


def test_a_code_without_a_name_has_the_one_that_the_file_says(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ike.xml"
    path.write_bytes(file(*(
        other("IKEEXT_MM_FAILURE", "ikeMmFailure", {"failureErrorCode": f"{code} (ERROR_{code})"})
        for code in (13950, 13801))))
    failures = report(run, path)["failures"]["top"]
    assert {row["failure_error"]: row["name"] for row in failures} == {
        13950: "ERROR_13950", 13801: "ERROR_IPSEC_IKE_AUTH_FAIL"}
    assert "Nothing." in run("summary", path).out


def test_allowed_events_have_tables_of_their_own(run: Run, xml: Path) -> None:
    found = report(run, xml)
    allowed = found["allowed"]
    assert allowed["events"] == 1
    assert rows(allowed["applications"], "app_path", "events") == [(SVCHOST, 1)]
    assert rows(allowed["remote_addresses"], "remote_address", "events") == [("198.51.100.7", 1)]
    assert rows(allowed["remote_ports"], "protocol", "remote_port", "events") == [("tcp", 80, 1)]
    (host,) = found["hosts"]["top"]
    assert (host["events"], host["dropped"], host["allowed"], host["failed"]) == (7, 5, 1, 1)


def test_origins_are_of_a_kind(run: Run, tmp_path: Path) -> None:
    origins = ["Stealth", "{rule 17}", "QUERY USER DEFAULT", "Unknown", None, "Stealth"]
    pq.write_table(pa.table({
        "event_type": ["CLASSIFY_DROP"] * 6, "filter_origin": origins}), tmp_path / "o.parquet")
    dropped = report(run, "o.parquet")["dropped"]
    assert rows(dropped["origins"], "filter_origin", "kind", "events") == [
        ("Stealth", "default", 2), ("QUERY USER DEFAULT", "default", 1), ("Unknown", "unknown", 1),
        ("{rule 17}", "rule", 1), (None, None, 1)]
    assert "nobody listens" in dropped["origins"]["top"][0]["meaning"]
    assert {row["kind"]: row["events"] for row in dropped["origin_kinds"]["top"]} == {
        "default": 3, "rule": 1, "unknown": 1, None: 1}


def test_peers_of_ike(run: Run, xml: Path) -> None:
    ike = report(run, xml)["ike"]
    assert rows(ike, "host", "remote_address", "events") == [(None, "198.51.100.7", 1)]
    (failure,) = ike["top"][0]["failures"]
    assert "client" in failure.pop("remedy").lower()
    assert "credentials" in failure.pop("meaning")
    assert failure == {
        "event_type": "IKEEXT_MM_FAILURE", "mode": "main", "state": "COMPLETE",
        "keying_module": "IKEV2", "sa_role": "RESPONDER", "failure_point": "PEER",
        "auth_method": "CERTIFICATE", "local_principal": "", "remote_principal": "host/peer",
        "failure_error": 13801, "failure_reason": None, "name": "ERROR_IPSEC_IKE_AUTH_FAIL",
        "events": 1, "first": "2024-05-01T10:02:06.0000000Z",
        "last": "2024-05-01T10:02:06.0000000Z"}
