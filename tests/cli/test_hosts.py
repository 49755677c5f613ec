"""`--host`, and what `summary` says of hosts, processes and origins."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from audit_records import FIELDS, Audit, records
from cli.running import Run
from evtx_file import evtx
from netsh_xml import drop, netevents

APP = r"\device\harddiskvolume3\tools\a.exe"
OWN, PEER = "192.0.2.20", "203.0.113.9"


def connection(event_id: int, source: str, destination: str, **changed: Any) -> tuple[int, Any]:
    inbound = destination in (OWN, "192.0.2.30")
    return event_id, {
        **FIELDS["connection"], "Direction": "%%14592" if inbound else "%%14593",
        "SourceAddress": source, "DestAddress": destination, "Protocol": 6,
        "SourcePort": "50000", "DestPort": "445", "Application": APP, **changed}


BIND = 5158, {**FIELDS["bind"], "SourceAddress": OWN}
PACKET = 5152, {**FIELDS["packet"], "FilterOrigin": "Stealth"}
# DC1 logs the destination as its own end, WEB the source; of PC nothing is known.
LOGGED: dict[str, list[tuple[int, Any]]] = {
    "DC1.example.com": [
        BIND, connection(5157, PEER, OWN), connection(5157, PEER, OWN, ProcessID=900)],
    "web.example.com": [
        BIND, connection(5157, OWN, PEER, Direction="%%14592"), connection(5156, OWN, PEER)],
    "pc.other.com": [connection(5157, PEER, OWN), PACKET],
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "Security.evtx"
    made = [
        Audit(event_id, fields, number, host=host) for host, several in LOGGED.items()
        for number, (event_id, fields) in enumerate(several, 1)]
    path.write_bytes(evtx(records(made)))
    return path


@pytest.fixture
def xml(tmp_path: Path) -> Path:
    path = tmp_path / "netevents.xml"
    path.write_bytes(netevents(drop()).encode())
    return path


def test_the_event_of_a_host_is_explained(run: Run, log: Path, xml: Path) -> None:
    """The records of a host are counted from 1, as LOGGED has them."""
    second = run("explain", "event", log, 2, "--host", "WEB")
    assert (second.status, second.err) == (0, "")
    assert "web.example.com logged it as event 5157, record 2" in second.out
    assert second.out == run("explain", "event", log, 5).out    # of all: three of DC1 come before
    for host, number, said in (
        ("web", 4, "there is no event 4: the host has 3 events"),
        ("nowhere", 1, "there is no event 1: --host nowhere: no event is of such a host; there"
                       " are DC1.example.com, pc.other.com, web.example.com")):
        result = run("explain", "event", log, number, "--host", host)
        assert (result.status, result.out) == (1, "")
        assert said in result.err
    assert "--host: net events do not say" in run("explain", "event", xml, 1, "--host", "a").err
    assert run("explain", "5157", "--host", "a").status == 2


def report(run: Run, *arguments: object) -> dict[str, Any]:
    result = run("summary", *arguments, "--json")
    assert result.status == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


def test_hosts_and_how_each_was_decided(run: Run, log: Path) -> None:
    found = report(run, log)
    assert found["hosts"]["top"] == [
        {"host": "DC1.example.com", "events": 3, "dropped": 2, "allowed": 1,
         "failed": 0, "local_end": "destination", "agreed": 2,
         "undecided": 0},
        {"host": "web.example.com", "events": 3, "dropped": 1, "allowed": 2,
         "failed": 0, "local_end": "source", "agreed": 1,
         "undecided": 0},
        {"host": "pc.other.com", "events": 2, "dropped": 2, "allowed": 0,
         "failed": 0, "local_end": None, "agreed": 0, "undecided": 1}]
    assert [(row["event_id"], row["text"], row["events"]) for row in found["audits"]["top"]] == [
        (5157, "A connection was blocked", 4),
        (5158, "A program was permitted to bind a local port", 2),
        (5152, "A filter blocked a packet", 1), (5156, "A connection was allowed", 1)]


def test_the_screen_says_it_in_words(run: Run, log: Path) -> None:
    lines = [line.strip() for line in run("summary", log.name).out.splitlines()]
    start = lines.index("All events, by host")
    assert [line.split("  ")[-1].strip() for line in lines[start + 1:start + 10]] == [
        "DC1.example.com", "2 dropped, 1 allowed",
        "inbound: the destination is local (2 connections say so)",
        "web.example.com", "1 dropped, 2 allowed",
        "inbound: the source is local (1 connection says so)",
        "pc.other.com", "2 dropped", "inbound: of 1 it is not known which end is local"]
    one = run("summary", log.name, "--host", "web").out.splitlines()
    assert one[2] == "host web.example.com, inbound: the source is local (1 connection says so)"
    assert "All events, by host" not in one


def test_files_that_disagree_about_a_host(run: Run, tmp_path: Path) -> None:
    for name, host in (("a.evtx", "DC1.example.com"), ("b.evtx", "web.example.com")):
        made = [Audit(*one, number, host="x") for number, one in enumerate(LOGGED[host], 10)]
        (tmp_path / name).write_bytes(evtx(records(made)))
    row, = report(run, "a.evtx", "b.evtx", "--keep-doubles")["hosts"]["top"]
    assert (row["local_end"], row["agreed"]) == ("differs", 3)
    out = run("summary", "a.evtx", "b.evtx", "--keep-doubles").out
    assert "host x, inbound: which end is local differs from file to file\n" in out


def test_processes_and_origins(run: Run, log: Path) -> None:
    found = report(run, log)["dropped"]
    application = found["applications"]["top"][0]
    assert (application["app_path"], application["events"]) == (APP, 4)
    assert application["processes"] == {"events": 4, "distinct": 4, "top": [
        {"host": "DC1.example.com", "process_id": 820, "events": 1},
        {"host": "DC1.example.com", "process_id": 900, "events": 1},
        {"host": "pc.other.com", "process_id": 820, "events": 1},
        {"host": "web.example.com", "process_id": 820, "events": 1}]}
    assert [(row["filter_origin"], row["events"]) for row in found["origins"]["top"]] == [
        (None, 4), ("Stealth", 1)]
    out = run("summary", log.name).out
    assert f"{APP}  4 processes\n" in out
    assert "System  process 4\n" in out
    assert "Dropped, by origin of the filter\n" in out
    out = run("summary", log.name, "--host", "DC1").out
    assert f"{APP}  processes 820, 900\n" in out
    assert "by origin" not in out


def test_what_nothing_says_has_no_table(run: Run, log: Path) -> None:
    out = run("summary", log.name).out
    assert "\nNot given of what was dropped: user\n" in out
    assert "Dropped, by user" not in out
    out = run("summary", log.name, "--host", "pc").out     # an end may be unknown, a filter not
    assert "Dropped, by remote address" in out
    path = log.parent / "5031.evtx"
    path.write_bytes(evtx(records([Audit(5031, {"Application": APP})])))
    lines = run("summary", path.name).out.splitlines()
    assert lines[-4] == (
        "Not given of what was dropped: filter, remote address, remote port, direction, user")
    assert [line for line in lines if line.startswith("Dropped, ")] == ["Dropped, by application"]


def test_net_events_look_as_before(run: Run, xml: Path) -> None:
    out = run("summary", xml.name).out
    for text in ("by host", "Security log", "origin"):
        assert text not in out


@pytest.mark.parametrize(("names", "count"), [
    (["dc1.EXAMPLE.com"], 3), (["dc1"], 3), (["*.example.com"], 6), (["pc*", "WEB"], 5),
    (["?c1"], 3), (["*"], 8), (["*1", "dc1"], 3)])
def test_only_some_hosts(run: Run, log: Path, names: list[str], count: int) -> None:
    options = [part for name in names for part in ("--host", name)]
    assert report(run, log, *options)["events"] == count
    result = run("convert", log, "o.parquet", "--columns", "record_id", *options, "-f")
    assert result.status == 0, result.err
    table = pq.read_table(log.parent / "o.parquet")
    assert (table.column_names, len(table)) == (["record_id"], count)


def test_a_host_that_is_nowhere_is_said_with_those_that_are_there(run: Run, log: Path) -> None:
    said = ("wfpfast: --host pc9: no event is of such a host; there are DC1.example.com,"
            " pc.other.com, web.example.com\n")
    for command in (["summary", log], ["convert", log, "o.csv"]):
        result = run(*command, "--host", "pc9", "--host", "dc1")
        assert (result.status, result.err[-len(said):]) == (1, said)
        result = run(*command, "--host", "pc9", "--host", "pc9", *(
            ["-f"] if "o.csv" in command else []))
        assert (result.status, result.err) == (1, said)
    assert len((log.parent / "o.csv").read_text().splitlines()) == 4   # of the first run


def test_net_events_have_no_host(run: Run, xml: Path, log: Path) -> None:
    said = f"wfpfast: {xml}: --host: net events do not say which host they are of; "
    for command in (["summary", xml], ["convert", xml, "o.csv"]):
        result = run(*command, "--host", "dc1")
        assert (result.status, result.err.count("\n")) == (1, 1)
        assert result.err.startswith(said)
    result = run("summary", xml, log, "--host", "dc1")  # the others are read all the same
    assert result.status == 1
    assert "2 files: 3 events, 2 dropped\n" in result.out


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv", "ndjson"])
def test_tables_of_records_say_the_same(run: Run, log: Path, suffix: str) -> None:
    assert run("convert", log, f"o.{suffix}").status == 0
    found, expected = report(run, f"o.{suffix}", "--host", "dc1"), report(
        run, log, "--host", "dc1")
    for table in (found, expected):
        for row in table["hosts"]["top"]:
            if suffix in ("csv", "ndjson"):     # which have no place for statistics
                row.update(local_end=None, agreed=0)
    for name in ("events", "audits", "hosts", "dropped"):
        assert found[name] == expected[name]


def test_a_table_without_the_column_says_so(run: Run, log: Path) -> None:
    run("convert", log, "o.parquet", "--columns", "event_type,timestamp")
    result = run("summary", "o.parquet", "--host", "dc1")
    assert (result.status, "o.parquet: --host: net events do not say" in result.err) == (1, True)


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """Events of two hosts, one of them also in an archive."""
    place = tmp_path / "collected"
    for host, port in (("dc1", 1), ("web", 2)):
        (place / host).mkdir(parents=True)
        made = netevents(drop()).replace("<remotePort>", f"<remotePort>{port}", 1)
        (place / host / "netevents.xml").write_bytes(made.encode())
    with zipfile.ZipFile(place / "pc3.zip", "w") as packed:
        packed.write(place / "web" / "netevents.xml", "netevents.xml")
    return place


@pytest.mark.parametrize(("pattern", "hosts"), [
    ("path", ["dc1", "web", "pc3"]), ("{host}/netevents.xml", ["dc1", "web", "pc3.zip"]),
    ("{host}/*.xml", ["dc1", "web", "pc3.zip"]), ("collected/{host}/n*", ["dc1", "web", "pc3.zip"]),
    ("{host}.xml", ["netevents"] * 3), ("?{host}?/*", ["c", "e", "c3.zi"])])
def test_a_host_for_files(
    run: Run, collected: Path, tmp_path: Path, pattern: str, hosts: list[str]
) -> None:
    result = run("convert", "collected/*/*.xml", "collected/pc3.zip", "o.parquet", "--host-from",
                 pattern)
    assert result.status == 0, result.err
    table = pq.read_table(tmp_path / "o.parquet")
    assert table.column_names[-2:] == ["host", "source_file"]
    assert table["host"].to_pylist() == hosts
    assert [Path(name) for name in table["source_file"].to_pylist()] == [
        Path("collected", *parts) for parts in (
            ("dc1", "netevents.xml"), ("web", "netevents.xml"), ("pc3.zip", "netevents.xml"))]


def test_hosts_that_are_known_stay(run: Run, log: Path, tmp_path: Path) -> None:
    run("convert", log, "o.parquet", "--host-from", "path")
    found = pq.read_table(tmp_path / "o.parquet")["host"].to_pylist()
    assert found == [host for host, made in LOGGED.items() for _ in made]
    run("convert", "o.parquet", "p.parquet", "--host-from", "path", "--columns",
        "source_file,host")
    again = pq.read_table(tmp_path / "p.parquet")
    assert (again.column_names, again["host"].to_pylist()) == (["source_file", "host"], found)
    assert again["source_file"].unique().to_pylist() == [str(log)]


def test_hosts_are_chosen_among_those_that_are_given(run: Run, collected: Path) -> None:
    screen = run("summary", "collected/*/*.xml", "--host-from", "path").out
    assert "All events, by host" in screen
    assert "id in the Security log" not in screen   # net events have none
    found = report(run, "collected/*/*.xml", "--host-from", "path", "--host", "DC1")
    assert [(row["host"], row["events"]) for row in found["hosts"]["top"]] == [("dc1", 1)]
    out = run("show", "collected/*/*.xml", "--host-from", "path", "--json", "--columns",
              "host,remote_port", "--host", "web").out
    assert json.loads(out)["host"] == "web"
    out = run("convert", "collected/web/netevents.xml", "-", "--to", "csv", "--columns",
              "source_file").out
    assert out == '"source_file"\n"' + str(Path("collected/web/netevents.xml")) + '"\n'


def test_a_path_that_does_not_fit_costs_a_line(run: Run, collected: Path, xml: Path) -> None:
    result = run("convert", "collected/dc1/netevents.xml", xml, "o.parquet", "--host-from",
                 "collected/{host}/*")
    assert result.status == 1
    assert result.err.splitlines()[1:] == [
        f"wfpfast: {xml}: --host-from: its path does not end as collected/{{host}}/*"]
    for pattern in ("", "host", "{host}/{host}"):
        result = run("summary", xml, "--host-from", pattern)
        assert (result.status, "is neither path nor" in result.err) == (2, True)
