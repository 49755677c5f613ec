"""Filters of public sets of audit records against a plain query; found through WFPFAST_SAMPLES."""

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from audit.test_sets import FILES, FOLDER

from wfpfast import audit

duckdb = pytest.importorskip("duckdb")
pa = pytest.importorskip("pyarrow")
COLUMNS = ", ".join(f"{name}: 'VARCHAR'" for name in (
    "EventID", "Hostname", "FilterId", "FilterKey", "FilterName", "ChangeType", "FilterRTID",
    "ProviderName", "LayerId", "Weight", "Conditions", "UserSid", "ProcessId", "RecordNumber",
    "TimeCreated", '"@timestamp"'))
IDS = [path.name.partition(".")[0] for path in FILES]

pytestmark = pytest.mark.skipif(not FILES, reason="WFPFAST_SAMPLES has no sets of audits")


def query(path: Path, what: str) -> list[tuple[Any, ...]]:
    """Return what a query finds: in `changes`, by host and id in the order of time, or in `raw`."""
    found: list[tuple[Any, ...]] = duckdb.sql(f"""
        WITH raw AS (
            SELECT *, coalesce(TimeCreated, "@timestamp")::TIMESTAMPTZ AS moment,
                   row_number() OVER () AS place
            FROM read_json('{path}', format='newline_delimited', columns={{{COLUMNS}}})),
        told AS (
            SELECT *, FilterId::UBIGINT AS id, ChangeType = '%%16384' AS is_add
            FROM raw WHERE EventID = 5447),
        changes AS (
            SELECT *, lag(is_add) OVER alike AS after_add, lead(moment) OVER alike AS ending
            FROM told
            WINDOW alike AS (PARTITION BY Hostname, id
                             ORDER BY moment, coalesce(RecordNumber::UBIGINT, 0), place))
        {what}""").fetchall()
    return found


def ours(path: Path) -> Any:
    table = audit.read_filters(io.BytesIO(gzip.decompress(path.read_bytes())))
    assert set(table.stats) <= {"received_times"}
    return pa.table(table)


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_every_filter_that_a_record_names_is_named(path: Path) -> None:
    mine = duckdb.from_arrow(ours(path))
    named = mine.filter("name IS NOT NULL").project("host, filter_id").distinct()
    assert sorted(named.fetchall()) == sorted(
        query(path, "SELECT DISTINCT Hostname, id FROM changes WHERE FilterName <> '-'"))
    assert len(named) == {"cmd": 416, "empire_shell": 144, "msf": 96}.get(
        next((name for name in ("cmd", "empire_shell", "msf") if path.name.startswith(name)), ""),
        0)


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_intervals_are_those_of_a_plain_query(path: Path) -> None:
    """None of the sets has a start of the engine, nor an id that was used twice."""
    mine = duckdb.from_arrow(ours(path)).project(
        'host, filter_id, filter_key, name, "from", until, known_by, ended_by, provider_name,'
        " layer_id, weight, conditions, user_sid, process_id")
    assert sorted(mine.fetchall(), key=repr) == sorted(query(path, """
        SELECT Hostname, id, lower(FilterKey), FilterName, moment, if(is_add, ending, moment),
            if(is_add, 'added', 'deleted'), if(is_add AND ending IS NULL, NULL, 'deleted'),
            ProviderName, LayerId::UBIGINT, Weight::UBIGINT, Conditions, UserSid,
            ProcessId::UBIGINT
        FROM changes WHERE is_add OR NOT coalesce(after_add, false)"""), key=repr)


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_events_have_the_filters_of_a_plain_join(path: Path) -> None:
    data = gzip.decompress(path.read_bytes())
    with audit.read_events(io.BytesIO(data)) as stream:
        found = audit.name_filters(stream, audit.read_filters(io.BytesIO(data)))
    mine = duckdb.from_arrow(found).aggregate(
        "host, filter_id, filter_known, filter_name, count(*)")
    assert sorted(mine.fetchall(), key=repr) == sorted(query(path, """
        SELECT e.Hostname, nullif(e.FilterRTID::UBIGINT, 0), CASE
                WHEN coalesce(e.FilterRTID, '0') = '0' THEN NULL WHEN f.id IS NOT NULL THEN 'then'
                WHEN (e.Hostname, e.FilterRTID::UBIGINT) IN (SELECT (Hostname, id) FROM changes)
                THEN 'not known then' ELSE 'not known' END, f.FilterName, count(*)
        FROM raw e LEFT JOIN changes f ON f.Hostname = e.Hostname
            AND f.id = e.FilterRTID::UBIGINT AND f.is_add
            AND e.moment >= f.moment AND e.moment < coalesce(f.ending, 'infinity')
        WHERE e.EventID IN (5031, 5152, 5154, 5156, 5157, 5158) GROUP BY ALL"""), key=repr)


def test_what_the_sets_have() -> None:
    assert [len(ours(path)) for path in FILES] == [416, 0, 0, 0, 144, 96]


def test_the_log_of_a_firewall_that_was_switched_off() -> None:
    """As the reader evtx has it: 492 filters were added, and as many deleted."""
    evtx = pytest.importorskip("evtx")
    import json

    (path,) = (FOLDER.parent / "evtx").glob("mdecrevoisier-5447*.evtx.gz")
    data = gzip.decompress(path.read_bytes())
    events = [json.loads(one["data"])["Event"]
              for one in evtx.PyEvtxParser(io.BytesIO(data)).records_json()]
    changes = [one["EventData"] for one in events if one["System"]["EventID"] == 5447]
    assert len(changes) == 984
    table = pa.table(audit.read_filters(io.BytesIO(data)))
    mine = zip(table["filter_id"].to_pylist(), table["filter_key"].to_pylist(),
               table["name"].to_pylist(), table["conditions"].to_pylist(), strict=True)
    assert set(mine) == {
        (one["FilterId"], f"{{{one['FilterKey'].lower()}}}", one["FilterName"],
         None if one["Conditions"] == "-" else one["Conditions"]) for one in changes}
    added = sum(known == "added" for known in table["known_by"].to_pylist())
    deleted = sum(ended == "deleted" for ended in table["ended_by"].to_pylist())
    assert (added, deleted) == (492, 492)
