"""`wfpfast ike`: blocks of peers, counted by hand, safe for terminals."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hostile import RED, STEERING, cells
from cli.running import Run

WAY = {
    "event_type": "IKEEXT_MM_FAILURE", "keying_module": "IKEV2", "mm_state": "SA_SENT",
    "sa_role": "INITIATOR", "failure_point": "ME", "auth_method": "CERTIFICATE",
    "failure_error": 13801}
QUICK = {"event_type": "IKEEXT_QM_FAILURE", "qm_state": "FINAL", "sa_role": "RESPONDER",
         "failure_point": "PEER", "failure_error": 13868}
ROWS: list[dict[str, Any]] = [
    {**WAY, "remote_address": "192.0.2.1", "timestamp": 5_000_000},
    {**QUICK, "remote_address": "192.0.2.2", "timestamp": 1_000_000},
    {**WAY, "remote_address": "192.0.2.2", "timestamp": 2_000_000},
    {**QUICK, "remote_address": "192.0.2.2", "timestamp": 3_000_000},
    {**WAY, "remote_address": "192.0.2.2", "auth_method": "KERBEROS",
     "remote_principal": "host/peer", "timestamp": 4_000_000},
    {"event_type": "CLASSIFY_DROP", "remote_address": "192.0.2.9", "timestamp": 9_000_000},
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path, ROWS)


def written(folder: Path, rows: list[dict[str, Any]]) -> Path:
    names = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    times = table["timestamp"].cast(pa.timestamp("us", "UTC"))
    place = table.column_names.index("timestamp")
    pq.write_table(table.set_column(place, "timestamp", times), folder / "ike.parquet")
    return folder / "ike.parquet"


def test_peers_have_their_failures(run: Run, table: Path) -> None:
    result = run("ike", table, "--json")
    assert result.status == 0, result.err
    report = json.loads(result.out)
    assert list(report) == ["files", "ike", "interrupted", "stats"]
    ike = report["ike"]
    assert (ike["events"], ike["distinct"]) == (5, 2)
    assert [(row["remote_address"], row["events"], row["first"][17:23], row["last"][17:23])
            for row in ike["top"]] == [
        ("192.0.2.2", 4, "01.000", "04.000"), ("192.0.2.1", 1, "05.000", "05.000")]
    names = ("mode", "state", "sa_role", "failure_point", "auth_method", "failure_error", "events")
    assert [tuple(row[name] for name in names) for row in ike["top"][0]["failures"]] == [
        ("quick", "FINAL", "RESPONDER", "PEER", None, 13868, 2),
        ("main", "SA_SENT", "INITIATOR", "ME", "CERTIFICATE", 13801, 1),
        ("main", "SA_SENT", "INITIATOR", "ME", "KERBEROS", 13801, 1)]


def test_what_people_see(run: Run, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    lines = run("ike", table).out.splitlines()
    assert lines[:5] == [
        "5 negotiations failed, 2 peers, of 6 events", "",
        "192.0.2.2: 4 events, 1970-01-01 00:00:01 to 1970-01-01 00:00:04 UTC",
        "      2  quick mode: ERROR_IPSEC_IKE_POLICY_MATCH  13868",
        "         The two sides have no policy in common"]
    assert "         responder, state FINAL, the other end gave up" in lines
    assert "         the other end said that it is host/peer" in lines
    told = [line for line in lines if line.startswith("         what to do: ")]
    assert [line.endswith("as above") for line in told] == [False, False, True, False]


def test_peers_that_are_left_out_are_told(run: Run, table: Path) -> None:
    assert run("ike", table, "--top", 1).out.endswith("\n1 more peer\n")


def test_no_failures(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, ROWS[-1:])
    assert run("ike", path).out == "0 negotiations failed, of 1 event\n"


def test_a_file_that_is_not_there(run: Run, table: Path) -> None:
    result = run("ike", "none.xml", table)
    assert result.status == 1
    assert result.out.startswith("5 negotiations failed")
    assert result.err.startswith("wfpfast: none.xml: ")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_hostile_texts(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    hostile = {name: f"{RED}\n{name}" * 9 for name in (
        "remote_address", "keying_module", "mm_state", "sa_role", "failure_point", "auth_method",
        "local_principal", "remote_principal", "host")}
    rows = [{**WAY, **hostile, "remote_principal": f"{RED}{number}", "timestamp": 0}
            for number in range(12)]
    path = written(tmp_path, rows)
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("ike", path)
    assert (result.status, STEERING.findall(result.out + result.err)) == (0, [])
    assert [line for line in result.out.split("\n") if cells(line) > width] == []
    assert "         2 more ways to fail\n" in result.out
    assert STEERING.findall(run("ike", path, "--json").out) == []
