"""Columns with names: what convert, watch and enumerate write, and what they say about it."""

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from audit_changes import HOST, log, present
from audit_records import MOMENT
from cli.hand import SVCHOST
from cli.hostile import STEERING
from cli.running import Run
from cli.test_rules_then import blocked

import wfpfast
from wfpfast import naming

ROOT = Path(__file__).parents[2]
NOTHING = dict.fromkeys(naming.COLUMNS[:-1])
ALE = "ALE_AUTH_"
RULE = NOTHING | {
    "rule_name": "Block all", "rule_key": "{00000000-0000-0000-0000-000000070000}",
    "provider": "Acme Shield", "sublayer": "Acme layer", "layer": f"{ALE}CONNECT_V4",
    "origin": "Acme origin", "filter_known": "state", "program": "svchost.exe"}
# By hand, from hand.py: the state has 70000, and another filter under the id 70001.
EXPECTED = [
    RULE | {"origin": "Stealth", "user_account": "NT AUTHORITY\\SYSTEM"},
    RULE,
    NOTHING | {"layer": f"{ALE}RECV_ACCEPT_V6", "filter_known": "not known",
               "program": 'a "b", c\n\x1b[31mé.exe'},
    NOTHING | {"layer": f"{ALE}RECV_ACCEPT_V4", "filter_known": "other layer"},
    NOTHING | {"layer": f"{ALE}RECV_ACCEPT_V4", "filter_known": "other layer", "program": ""},
    NOTHING | {"layer": f"{ALE}CONNECT_V4", "filter_known": "not known", "program": "svchost.exe"},
    NOTHING,
]
COUNTED = "filter_known of 6 events: state 2, not known 2, other layer 2"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def names_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in row if name in naming.COLUMNS} for row in rows]


@pytest.mark.parametrize("suffix", [".ndjson", ".parquet", ".arrow", ".csv"])
def test_convert_writes_names(suffix: str, run: Run, xml: Path, state: Path) -> None:
    result = run("convert", xml, f"out{suffix}", "--filters", state)
    assert result.status == 0
    assert result.err.splitlines()[1:] == [COUNTED]
    again = run("convert", f"out{suffix}", "-", "--to", "ndjson")
    rows = lines(again.out)
    assert names_of(rows) == EXPECTED
    plain = lines(run("convert", xml, "-", "--to", "ndjson").out)
    assert [{k: v for k, v in row.items() if k not in NOTHING} for row in rows] == plain
    assert list(rows[0])[-len(NOTHING):] == list(NOTHING)


def test_chosen_columns(run: Run, xml: Path, state: Path) -> None:
    asked = "rule_name,filter_id,filter_known"
    found = run("convert", xml, "-", "--to", "ndjson", "--columns", asked, "--filters", state)
    assert [tuple(row) for row in lines(found.out)] == [tuple(asked.split(","))] * 7
    assert [row["rule_name"] for row in lines(found.out)] == ["Block all"] * 2 + [None] * 5
    missing = run("convert", xml, "x.ndjson", "--columns", "rule_name")
    assert (missing.status, missing.err) == (
        1, "wfpfast: there is no column 'rule_name'; --filters or --names adds rule_name\n")
    run("convert", xml, "few.parquet", "--columns", "timestamp,app_path")
    for columns, said in (
        ("program,rule_name", "--filters: its events have no column filter_id"),
        ("timestamp", "--filters: its events have no column filter_id")):
        fault = run("convert", "few.parquet", "-", "--to", "ndjson", "--columns", columns,
                    "--filters", state)
        assert (fault.status, fault.err) == (1, f"wfpfast: few.parquet: {said}\n")
    fault = run("convert", "few.parquet", "-", "--to", "ndjson", "--names",
                "--columns", "user_account")
    assert fault.err == (
        "wfpfast: few.parquet: there is nothing to make the column user_account of\n")


def test_names_without_filters(run: Run, xml: Path) -> None:
    rows = lines(run("convert", xml, "-", "--to", "ndjson", "--names").out)
    kept = ("layer", "user_account", "program")
    assert names_of(rows) == [{name: row[name] for name in kept} for row in EXPECTED]


def test_several_states(run: Run, xml: Path, state: Path, tmp_path: Path) -> None:
    text = state.read_text(encoding="utf-8-sig")
    (tmp_path / "before.xml").write_text(
        text.replace("Block all", "Elder").replace("CONNECT_V6", "RECV_ACCEPT_V4"),
        encoding="utf-8")

    def rules(*files: Any) -> list[str | None]:
        more = [part for file in files for part in ("--filters", file)]
        found = run("convert", xml, "-", "--to", "ndjson", "--columns", "rule_name", *more)
        return [row["rule_name"] for row in lines(found.out)]

    later = ["Later rule"] * 2
    assert rules(state, "before.xml") == ["Block all", "Block all", None, *later, None, None]
    assert rules("before.xml", state) == ["Elder", "Elder", None, *later, None, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_drives(encoding: str, run: Run, xml: Path, tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text('{"HarddiskVolume1": "C:"}', encoding=encoding)
    rows = lines(run("convert", xml, "-", "--to", "ndjson", "--volumes", "map.json").out)
    assert [row["app"] for row in rows[:4]] == [
        r"C:\windows\system32\svchost.exe"] * 2 + [rows[2]["app_path"], None]
    assert rows[0]["app_path"] == SVCHOST


def test_drives_of_several_hosts(run: Run, tmp_path: Path) -> None:
    for number, text in enumerate((
            '{"PC1": {"HarddiskVolume1": "C:"}}', '{"PC2": {"HarddiskVolume1": "D:"}}',
            '{"PC1": {"HarddiskVolume1": "E:"}}', '{"HarddiskVolume1": "F:"}',
            '{"HarddiskVolume1": "G:"}', '{"PC1": {"HarddiskVolume2": "X:"}}')):
        (tmp_path / f"{number}.json").write_text(text, encoding="utf-8")
    path = "\\device\\harddiskvolume1\\a.exe"
    (tmp_path / "a.ndjson").write_text("".join(
        json.dumps({"app_path": path, "event_type": "CLASSIFY_DROP", "host": host}) + "\n"
        for host in ("PC1", "pc2", "PC3")), encoding="utf-8")

    def apps(*numbers: int) -> tuple[list[str], str]:
        maps = [word for number in numbers for word in ("--volumes", f"{number}.json")]
        result = run("convert", "a.ndjson", "-", "--to", "ndjson", "--columns", "app", *maps)
        return [row["app"][:2] for row in lines(result.out)], result.err

    assert apps(0)[0] == ["C:", "\\d", "\\d"]
    assert apps(0, 5, 1)[0] == ["C:", "D:", "\\d"]
    found, said = apps(0, 3)
    assert found == ["C:", "F:", "F:"]
    assert "3.json does not say of which host it is, and named events of 3 hosts" in said
    assert apps(0, 2)[1] == "wfpfast: 2.json: another file says otherwise of the volumes of PC1\n"
    assert apps(3, 4)[1] == "wfpfast: 4.json: another file says that HarddiskVolume1 is F:\n"


@pytest.mark.parametrize(("text", "said"), [
    ("[]", 'expected an object such as {"HarddiskVolume3": "C:"}'), ("{", "Expecting"),
    ('{"HarddiskVolume3": 3}', "volumes: 'HarddiskVolume3': 3: expected a text"),
    ("[" * 100_000, "maximum recursion depth"), ("\\ud800", "Expecting")])
def test_what_is_no_map(text: str, said: str, run: Run, xml: Path, tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text(text, encoding="utf-8")
    result = run("convert", xml, "x.ndjson", "--volumes", "map.json")
    assert result.status == 1
    assert said in result.err
    assert not (tmp_path / "x.ndjson").exists()


def test_a_log_names_its_hosts_only(run: Run, tmp_path: Path) -> None:
    """Both have filter 70001; the second host's log is not among those of the filters."""
    (tmp_path / "rules.evtx").write_bytes(log(present(70001, "a", 0, name="Mine")).getvalue())
    (tmp_path / "events.evtx").write_bytes(log(
        blocked(70001, 12), blocked(70001, 13, host="other.example")).getvalue())
    found = run("convert", "events.evtx", "-", "--to", "ndjson", "--filters", "rules.evtx")
    rows = [(row["host"], row["rule_name"], row["filter_known"]) for row in lines(found.out)]
    assert [row[1:] for row in rows] == [("Mine", "last known"), (None, "not known")]


def test_a_file_s_own_filters_are_for_its_own_events(run: Run, xml: Path, tmp_path: Path) -> None:
    """missing_driver.xml has filter 90210; so has another file's event, of another machine."""
    diag = ROOT / "tests/data/missing_driver.xml"
    xml.write_text(xml.read_text(encoding="utf-8").replace(">70000<", ">90210<"), encoding="utf-8")
    (tmp_path / "Security.evtx").write_bytes(log(
        present(70412, "a", 0, name="Mine"), blocked(70412, 12)).getvalue())
    asked = ("-", "--to", "ndjson", "--columns", "filter_id,rule_name,filter_known", "--names")
    rows = [tuple(row.values()) for row in lines(run(
        "convert", diag, xml, "Security.evtx", *asked).out)]
    mine = (90210, "Example Shield: inspect connections", "state")
    assert rows[:5] == [mine, mine, mine, (90344, "Chat stays at home", "state"),
                        (90210, None, "not known")]
    assert rows[-1] == (70412, "Mine", "then")
    assert [row[1] for row in rows[4:-1]] == [None] * 7
    # A file that is given goes before.
    (tmp_path / "given.xml").write_text(
        diag.read_text(encoding="utf-8").replace("Chat stays", "Given"), encoding="utf-8")
    found = lines(run("convert", diag, *asked, "--filters", "given.xml").out)
    assert found[3]["rule_name"] == "Given at home"


@pytest.mark.parametrize(("made_on", "name"), [
    (("Windows", HOST.partition(".")[0].upper()), "Mine"), (("Windows", "other"), None),
    (("Linux", "collector"), "Mine")])
def test_a_recording_has_a_host(
    made_on: tuple[str, str], name: str | None, run: Run, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "rules.evtx").write_bytes(log(present(70001, "a", 0, name="Mine")).getvalue())
    monkeypatch.setattr("platform.system", lambda: made_on[0])
    monkeypatch.setattr("platform.node", lambda: made_on[1])
    with wfpfast.Recorder(tmp_path / "a.wfprec") as recorder:
        recorder.write(wfpfast.encode([{
            "header": {"timeStamp": MOMENT + 1, "flags": 0}, "type": 3,
            "classifyDrop": {"filterId": 70001, "layerId": 48}}]))
    found = run("convert", "a.wfprec", "-", "--to", "ndjson", "--filters", "rules.evtx")
    assert [row["rule_name"] for row in lines(found.out)] == [name]


def test_a_state_of_nobody_says_whom_it_named(run: Run, state: Path, tmp_path: Path) -> None:
    (tmp_path / "events.evtx").write_bytes(log(
        blocked(70000, 12), blocked(70000, 13, host="other.example")).getvalue())
    both = run("convert", "events.evtx", "-", "--to", "ndjson", "--filters", state)
    assert [row["rule_name"] for row in lines(both.out)] == ["Block all"] * 2
    said = both.err.splitlines()[-1]
    assert "does not say of which host it is, and named events of 2 hosts: " in said
    one = run("convert", "events.evtx", "-", "--to", "ndjson", "--filters", state,
              "--host", "other")
    assert "hosts" not in one.err


def test_texts_that_would_steer(run: Run, hostile: tuple[Path, Path], tmp_path: Path) -> None:
    table, state = hostile
    for suffix in ("ndjson", "csv"):
        result = run("convert", table, f"x.{suffix}", "--filters", state)
        assert result.status == 0
        assert not STEERING.search(result.err)
    text = (tmp_path / "x.ndjson").read_text(encoding="utf-8")
    assert [row["rule_name"] and len(row["rule_name"]) for row in lines(text)] == [
        None, 901, 10_001, 5_001, None, None]
    assert not STEERING.search(text.replace("\u202e", ""))


def test_no_rule_is_a_formula(run: Run, xml: Path, state: Path, tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://x.example";"a")'
    text = state.read_text(encoding="utf-8-sig").replace("Block all", formula)
    state.write_text(text, encoding="utf-8")
    run("convert", xml, "x.csv", "--filters", state)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8"))))
    assert [row["rule_name"] for row in rows[:2]] == ["'" + formula] * 2


SIMULATED = ("--engine", "simulated", "--seed", 4)


def test_what_an_engine_says(run: Run, tmp_path: Path) -> None:
    asked = ("--json", "--columns", "filter_id,rule_name,layer,filter_known", "--names")
    result = run("enumerate", *SIMULATED, "--events", 20, *asked)
    rows = lines(result.out)
    assert len(rows) == 20
    # The simulator calls each of its filters so.
    assert {row["rule_name"] == f"Simulated rule {row['filter_id']}" for row in rows} == {True}
    assert result.err.splitlines()[0] == "filter_known of 20 events: state 20"
    result = run("watch", *SIMULATED, "--rate", 5000, "-n", 10, "--names", "-o", "x.parquet")
    assert result.status == 0
    table = pq.read_table(tmp_path / "x.parquet")
    rules, filters = (table[name].is_null().to_pylist() for name in ("rule_name", "filter_id"))
    assert rules == filters     # some events, such as failures of IKE, have none
    assert not all(rules)
    assert table.column_names[-len(NOTHING):] == list(NOTHING)


def test_a_state_goes_before_the_engine(run: Run, state: Path) -> None:
    ids = [row["filter_id"] for row in lines(
        run("enumerate", *SIMULATED, "--events", 5, "--json").out)]
    text = state.read_text(encoding="utf-8-sig").replace(">70000<", f">{ids[0]}<")
    state.write_text(text.replace("FWPM_LAYER_ALE_AUTH_CONNECT_V4", "{0}"), encoding="utf-8")
    asked = (*SIMULATED, "--events", 5, "--filters", state)
    rows = lines(run("enumerate", *asked, "--json").out)
    assert [row["rule_name"] for row in rows] == [
        "Block all" if number == ids[0] else f"Simulated rule {number}" for number in ids]
    state.with_name("second.xml").write_text(
        state.read_text(encoding="utf-8").replace("Block all", "Second"), encoding="utf-8")
    shown = run("enumerate", *asked, "--filters", "second.xml").out.splitlines()
    assert [line.endswith(f"{ids[0]}  Block all") or line.endswith(f"{ids[0]} Block all")
            for line in shown] == [number == ids[0] for number in ids]


def test_the_document_shows_what_is_written(run: Run) -> None:
    text = (ROOT / "docs/names.md").read_text(encoding="utf-8")
    ((command, out),) = re.findall(r"\$ wfpfast (convert .*)\n((?:.+\n)+)```", text)
    arguments = [
        ROOT / each if each.startswith("tests/") else each for each in shlex.split(command)]
    result = run(*arguments)
    rows, said = out.splitlines()[:4], out.splitlines()[4:]
    assert result.out.splitlines() == rows
    assert [re.sub(r"[0-9.]+ s", "0.0 s", line) for line in result.err.splitlines()] == said


def test_the_document_s_program(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("polars")
    text = (ROOT / "docs/names.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.S)
    monkeypatch.chdir(ROOT)
    program, _, shown = block.partition("frame.group_by")
    scope: dict[str, Any] = {}
    exec(f"{program}found = frame.group_by{shown}", scope)
    assert scope["found"].rows() == [
        tuple(int(cell) if cell.isdigit() else cell for cell in re.split(r"  +", line[2:]))
        for line in shown.splitlines()[1:]]
