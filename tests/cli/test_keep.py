"""What `record` keeps beside the events, and commands that name rules by it without any option."""

import json
import math
import uuid
from pathlib import Path
from typing import Any

import pytest
from changing_rules import Rules, drop
from cli.counted import Counted
from cli.running import Run

from wfpfast import Engine, encode
from wfpfast.cli import _follow
from wfpfast.cli._keep import Keeper
from wfpfast.cli._record import RecordingRun
from wfpfast.cli._stop import Stop
from wfpfast.engine import machine
from wfpfast.recording import Recorder, Recording

NAMES = Path(__file__).parents[1] / "data/recording_names.wfprec"
ANNA = "S-1-5-21-1-2-3-1001"


def recorded(
    rules: Rules, path: Path, *steps: tuple[dict[str, str], list[int | tuple[int, bytes]]],
    here: bool = False, more: int = 0,
) -> Path:
    """Record events of one set of rules after another, as the command does it."""
    with Engine(rules.simulator) as engine, Recorder(path) as recorder:
        keeper = Keeper(engine, recorder, of_this_machine=here)
        for now, events in steps:
            rules.set(**now)
            with engine.subscribe() as stream:
                rules.simulator.emit([drop(*(each if isinstance(each, tuple) else (each,)))
                                      for each in events])
                run = RecordingRun(recorder, stream, len(events) + more, keeper)
                run.take(Stop(), math.inf)
                run.finish()
    return path


def rules_of(run: Run, *names: Any) -> dict[tuple[str, str], int]:
    """Return how many drops the summary counts of which rule, and what it knows of it."""
    result = run("summary", "--json", *names)
    assert result.status == 0, result.err
    rows = json.loads(result.out)["dropped"]["filters"]["top"]
    return {(row["rule"] and row["rule"]["name"], row["rule_known"]): row["events"] for row in rows}


def test_rules_that_change_while_it_records(
    run: Run, rules: Rules, tmp_path: Path
) -> None:
    """The second rule comes later; the first goes, and its id is another rule's in the end."""
    recorded(
        rules, tmp_path / "a.wfprec",
        ({"r7": "First"}, [7, 7]),
        ({"r8": "Second"}, [8, 9]),
        ({"r7": "Third", "r8": "Second"}, [7, 8]))
    assert rules_of(run, "a.wfprec") == {
        ("First", "then"): 2, ("Third", "then"): 1, ("Second", "then"): 2, (None, "not known"): 1}
    shown = run("show", "a.wfprec").out.splitlines()
    assert [line.split("svchost.exe")[1].split() for line in shown] == [
        ["7", "First"], ["7", "First"], ["8", "Second"], ["9"], ["7", "Third"], ["8", "Second"]]
    told = run("explain", "event", "a.wfprec", 5)
    assert "The filter is called Third" in told.out


def test_statements_and_conditions_get_the_names_that_they_mean(run: Run) -> None:
    pytest.importorskip("duckdb")
    asked = run("query", "select rule_name from events where filter_known = 'then'", NAMES,
                "--json")
    assert [json.loads(line)["rule_name"] for line in asked.out.splitlines()] == [
        "No SMB to the Internet", "No SMB to the Internet", "Acme VPN: only through the tunnel"]
    chosen = run("convert", NAMES, "-", "--to", "ndjson", "--columns", "remote_port", "--where",
                 "rule_name like 'Acme%'")
    assert [json.loads(line) for line in chosen.out.splitlines()] == [{"remote_port": 993}]


def test_columns_do_not_come_unasked(run: Run, rules: Rules, tmp_path: Path) -> None:
    recorded(rules, tmp_path / "a.wfprec", ({"r7": "First"}, [7]))
    plain = json.loads(run("convert", "a.wfprec", "-", "--to", "ndjson").out)
    assert "rule_name" not in plain
    result = run("convert", "a.wfprec", "-", "--to", "ndjson", "--names")
    assert json.loads(result.out) == plain | {
        "rule_name": "First", "rule_key": str(uuid.UUID(int=7)).join("{}"), "provider": None,
        "service": None, "sublayer": "{00000000-0000-0000-0000-000000000001}",
        "layer": "ALE_AUTH_CONNECT_V4", "callout": None, "origin": None, "filter_known": "then",
        "user_account": None, "program": "svchost.exe"}
    assert result.err.splitlines()[1] == "filter_known of 1 event: then 1"


def test_what_one_recording_says_is_not_used_for_another(
    run: Run, rules: Rules, tmp_path: Path
) -> None:
    recorded(rules, tmp_path / "a.wfprec", ({"r7": "First"}, [7]))
    recorded(rules, tmp_path / "b.wfprec", ({"r7": "Other"}, [7, 8]))
    with Recorder(tmp_path / "c.wfprec") as recorder:   # as an older wfpfast wrote it
        recorder.write(encode([drop(7), drop(7), drop(7)]))
    assert rules_of(run, "a.wfprec", "b.wfprec", "c.wfprec") == {
        ("First", "then"): 1, ("Other", "then"): 1, (None, "not known"): 1, (None, None): 3}
    asked = ("convert", "a.wfprec", "b.wfprec", "c.wfprec", "-", "--to", "ndjson", "--columns",
             "rule_name,filter_known")
    # Whatever somebody calls their hosts.
    for more in ((), ("--names",), ("--host-from", "{host}.wfprec")):
        rows = [json.loads(line) for line in run(*asked, *more).out.splitlines()]
        assert [tuple(row.values()) for row in rows] == [
            ("First", "then"), ("Other", "then"), (None, "not known"), *3 * [(None, "not known")]]


def test_what_a_recording_says_names_its_events_whatever_their_host_is_called(
    run: Run, rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, host in (("a.wfprec", "PC1"), ("b.wfprec", "PC2")):
        with monkeypatch.context() as patch:
            patch.setattr("platform.system", lambda: "Windows")
            patch.setattr("platform.node", lambda host=host: host)
            recorded(rules, tmp_path / name, ({"r7": f"Of {host}"}, [7]))
    for more in ((), ("--host-from", "{host}.wfprec")):
        result = run("convert", "a.wfprec", "b.wfprec", "-", "--to", "ndjson", "--columns",
                     "rule_name", *more)
        assert [json.loads(line)["rule_name"] for line in result.out.splitlines()] == [
            "Of PC1", "Of PC2"]
        assert rules_of(run, "a.wfprec", "b.wfprec", *more) == {
            ("Of PC1", "then"): 1, ("Of PC2", "then"): 1}


def test_what_is_new_in_the_end_is_kept(
    run: Run, rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_follow, "PAUSE", 1000)     # too early for another look, but in the end
    begin = Keeper.begin

    def with_more_rules_then(keeper: Keeper) -> None:
        begin(keeper)
        rules.set(r7="First", r8="Second")
        rules.simulator.emit([drop(8)])

    monkeypatch.setattr(Keeper, "begin", with_more_rules_then)
    recorded(rules, tmp_path / "a.wfprec", ({"r7": "First"}, [7]), more=1)
    assert rules_of(run, "a.wfprec") == {("First", "then"): 1, ("Second", "then"): 1}


def test_given_filters_go_before_a_recording_s_own(
    run: Run, rules: Rules, tmp_path: Path, state: Path
) -> None:
    recorded(rules, tmp_path / "a.wfprec", (
        {"r70000": "Own", "r70002": "Only here"}, [70000, 70002]))
    named = run("convert", "a.wfprec", "-", "--to", "ndjson", "--columns", "rule_name", "--filters",
                state)
    assert [json.loads(line)["rule_name"] for line in named.out.splitlines()] == [
        "Block all", "Only here"]
    assert rules_of(run, "a.wfprec", "--filters", state).keys() == {
        ("Block all", "then"), ("Only here", "then")}


def test_drives_and_accounts_are_kept(
    run: Run, rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def account(sid: str) -> str | None:
        asked.append(sid)
        return {ANNA: "PC1\\anna"}.get(sid)

    anna, system, stranger = (bytes.fromhex(text) for text in (
        "0105000000000005 15000000 01000000 02000000 03000000 e9030000", "010100000000000512000000",
        "0105000000000005 15000000 01000000 02000000 03000000 ea030000"))
    with monkeypatch.context() as patch:
        patch.setattr(machine, "volumes", lambda: {"HarddiskVolume3": "C:"})
        patch.setattr(machine, "account", account)
        path = recorded(rules, tmp_path / "a.wfprec", ({"r7": "First"}, [
            (7, anna), (7, system), (7, stranger), (7, anna)]), ({"r7": "First"}, [7]), here=True)
    assert sorted(asked) == [ANNA, ANNA[:-1] + "2"]     # once, and not what is called so everywhere
    with Recording(path) as recording:
        assert recording.accounts == {ANNA: "PC1\\anna"}
        assert recording.volumes == {"HarddiskVolume3": "C:"}
    asked_for = ("convert", path, "-", "--to", "ndjson", "--columns", "user_account,app")
    rows = [json.loads(line) for line in run(*asked_for).out.splitlines()]
    app = "C:\\windows\\svchost.exe"
    assert [tuple(row.values()) for row in rows] == [
        ("PC1\\anna", app), ("NT AUTHORITY\\SYSTEM", app), (None, app), ("PC1\\anna", app),
        (None, app)]
    # What is given goes before it, of any machine or of this one; the other one's is not used.
    (tmp_path / "map.json").write_text('{"HarddiskVolume3": "E:"}', encoding="utf-8")
    row = json.loads(run(*asked_for, "--volumes", "map.json").out.splitlines()[0])
    assert row["app"] == "E:\\windows\\svchost.exe"
    (tmp_path / "map.json").write_text('{"PC9": {"HarddiskVolume3": "E:"}}', encoding="utf-8")
    row = json.loads(run(*asked_for, "--volumes", "map.json").out.splitlines()[0])
    assert row["app"] == app


def test_a_recording_tells_its_filters(run: Run) -> None:
    assert run("filters", NAMES).out.splitlines() == [
        "70011  No SMB to the Internet",
        "       PC1: from its beginning on",
        "       BLOCK, ALE_AUTH_CONNECT_V4, MPSSVC_WF",
        "70311  Acme VPN: only through the tunnel",
        "       PC1: from 2026-11-30 22:04:00.0000000 to 2026-11-30 22:11:00.0000000",
        "       BLOCK, ALE_AUTH_CONNECT_V4, Acme VPN (service AcmeVpnSvc)"]
    result = run("filters", NAMES.with_name("recording_3.wfprec"))
    assert result.status == 1
    assert "it says nothing of filters" in result.err


def test_hits_and_reports_have_the_names(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("sigma")
    pytest.importorskip("jinja2")
    (tmp_path / "r.yml").write_text(
        "title: To 993\nlogsource: {product: windows, service: security}\n"
        "detection:\n  s: {EventID: 5157, DestPort: 993}\n  condition: s\n", encoding="utf-8")
    lines = run("hunt", "r.yml", NAMES).out.splitlines()
    assert [line.partition("filter ")[2] for line in lines if "mail.exe" in line] == [
        "70311 Acme VPN: only through the tunnel", "70311"]
    assert run("report", NAMES, "-o", "r.html").status == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Acme VPN: only through the tunnel" in page
    assert "No SMB to the Internet" in page


def test_a_recording_names_other_events_of_its_host(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text("".join(json.dumps({
        "filter_id": number, "timestamp": f"2026-11-30T22:{minute}:00Z", "host": host,
        "event_type": "CLASSIFY_DROP"}) + "\n" for number, minute, host in (
            (70011, 30, "PC1"), (70311, "05", "PC1"), (70311, 30, "PC1"), (70011, 30, "PC2"))),
        encoding="utf-8")
    asked = ("a.ndjson", "--filters", NAMES)
    result = run("convert", *asked[:1], "-", "--to", "ndjson", "--columns", "rule_name", *asked[1:])
    assert [json.loads(line)["rule_name"] for line in result.out.splitlines()] == [
        "No SMB to the Internet", "Acme VPN: only through the tunnel", None, None]
    assert rules_of(run, *asked) == {
        ("No SMB to the Internet", "then"): 1, ("Acme VPN: only through the tunnel", "then"): 1,
        (None, "not known then"): 1, (None, "not known"): 1}


def test_the_summary_names_accounts_of_one_recording_only(run: Run, tmp_path: Path) -> None:
    def users(*names: Any) -> dict[str, str]:
        rows = json.loads(run("summary", "--json", *names).out)["dropped"]["users"]["top"]
        return {row["user_sid"]: row["name"] for row in rows}

    anna = "S-1-5-21-1111-2222-3333-1001"
    assert users(NAMES) == {anna: "PC1\\anna", "S-1-5-18": "LocalSystem"}
    assert users(NAMES, NAMES.with_name("netevents.xml"))[anna] is None


def test_a_state_that_cannot_be_read_is_said_and_costs_names_only(
    run: Run, rules: Rules, tmp_path: Path
) -> None:
    path = recorded(rules, tmp_path / "a.wfprec", ({"r7": "First"}, [7]))
    from recording.test_state import state

    path.write_bytes(path.read_bytes() + state(b"[]"))
    for command in (("summary",), ("show",)):
        result = run(*command, "a.wfprec")
        assert result.status == 0
        assert "First" in result.out
        (line,) = [each for each in result.err.splitlines() if "machine" in each]
        assert "a.wfprec: byte " in line
        assert line.endswith("cannot be read: it is no JSON object")


@pytest.mark.usefixtures("counted")
def test_the_command_keeps_what_the_simulator_says(run: Run, tmp_path: Path) -> None:
    tape = ("record", "--engine", "simulated", "--rate", 5000, "--count", 60, "a.wfprec")
    assert run(*tape, "--events", 50).status == 0
    with Recording(tmp_path / "a.wfprec") as recording:
        assert recording.filters is not None
        names = dict(zip(*(recording.filters[name].to_pylist() for name in (
            "filter_id", "name")), strict=True))
    # The simulator calls each of its filters so.
    assert len(names) > 300
    assert all(name == f"Simulated rule {number}" for number, name in names.items())
    known = {word for _, word in rules_of(run, "a.wfprec")}
    assert known == {"then"}
    assert run(*tape, "--append", "--events", 50).status == 0
    assert {word for _, word in rules_of(run, "a.wfprec")} == {"then"}


def test_an_engine_that_does_not_say_its_filters(
    run: Run, tmp_path: Path, counted: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "more", {"faults": {"FwpmFilterEnum0": 5}})
    result = run("record", "--engine", "simulated", "--count", 5, "a.wfprec")
    assert result.status == 0
    assert result.err.startswith(
        "wfpfast: filters of the engine are not in the recording: FwpmFilterEnum0:"
        " ERROR_ACCESS_DENIED (5): ")
    assert result.err.count("not in the recording") == 1
    assert {word for _, word in rules_of(run, "a.wfprec")} == {None}
