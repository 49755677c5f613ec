"""`wfpfast hunt`: rules as Sigma means them, counted by hand on rows written by hand."""

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_changes import ADD, changed, log, present
from audit_records import FIELDS, Audit
from cli.running import Run
from example_events import event

from wfpfast import Recorder, encode

pytest.importorskip("sigma")
pytest.importorskip("duckdb")

LSASS = r"\device\harddiskvolume2\windows\system32\lsass.exe"
TOOL = r"\device\harddiskvolume2\users\me\rubeus.exe"
# Seven records as wfpfast has them; what is not named is null.
ROWS: list[dict[str, Any]] = [
    {"event_id": 5156, "app_path": LSASS, "destination_port": 88, "layer_id": 48},
    {"event_id": 5156, "app_path": TOOL, "destination_port": 88, "layer_id": 48},
    {"event_id": 5156, "app_path": None, "destination_port": 88, "layer_id": 50,
     "filter_origin": "AppContainer Loopback"},
    {"event_id": 5156, "app_path": "System", "source_address": "127.0.0.1", "source_port": 3389,
     "destination_address": "127.0.0.2", "destination_port": 49271, "layer_id": 44},
    {"event_id": 5156, "app_path": "System", "source_address": "::1", "source_port": 49271,
     "destination_address": "::1", "destination_port": 3389, "layer_id": 46,
     "filter_origin": "APPCONTAINER loopback"},
    {"event_id": 5157, "app_path": r"\device\harddiskvolume2\edr\mssense.exe",
     "source_address": "10.1.2.3", "destination_address": "fe80::1:2", "destination_port": 443},
    {"event_id": 5157, "app_path": r"\device\harddiskvolume2\50%_off\a.exe",
     "source_address": "10.200.0.1", "destination_address": "2001:db8::1", "destination_port": 80},
]
NAMES = ("event_id", "app_path", "source_address", "source_port", "destination_address",
         "destination_port", "layer_id", "filter_origin")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """The rows as convert writes them, each a second after the one before."""
    path = tmp_path / "log.parquet"
    times = [1_600_000_000_000_000_000 + 1_000_000_000 * k for k in range(len(ROWS))]
    numbers = {"event_id", "source_port", "destination_port", "layer_id"}
    pq.write_table(pa.table({
        "timestamp": pa.array(times, pa.timestamp("ns", "UTC")),
        "event_type": ["CLASSIFY_ALLOW" if row["event_id"] == 5156 else "CLASSIFY_DROP"
                       for row in ROWS],
        **{name: pa.array([row.get(name) for row in ROWS],
                          pa.uint16() if name in numbers else pa.utf8()) for name in NAMES},
    }), path)
    return path


def rule(detection: str, source: str = "{product: windows, service: security}",
         title: str = "A rule") -> str:
    lines = "".join(f"    {line}\n" for line in detection.strip().splitlines())
    return (f"title: {title}\nid: 00000000-0000-4000-8000-000000000001\nlevel: medium\n"
            f"logsource: {source}\ndetection:\n{lines}")


# By what is special: the detection, and the places of the rows that it is about.
CASES: dict[str, tuple[str, list[int]]] = {
    "a path in lower case is excluded": (r"""
s: {EventID: 5156, DestPort: 88}
f:
    Application|startswith: ['\Device\HarddiskVolume', 'C:']
    Application|endswith: '\Windows\System32\LSASS.exe'
condition: s and not f""", [1, 2]),
    "a null is nothing that is excluded": ("""
s: {EventID: 5156}
f: {FilterOrigin: 'AppContainer Loopback'}
condition: s and not f""", [0, 1, 3]),
    "a port at one end, loopback at the other, and not one of several": (r"""
s: {EventID: 5156}
source: {SourcePort: 3389, DestAddress: ['127.*', '::1']}
target: {DestPort: 3389, SourceAddress: ['127.*', '::1']}
filter_a: {FilterOrigin: 'AppContainer Loopback'}
filter_b: {Application|endswith: ['\thor.exe', '\thor64.exe']}
condition: s and (source or target) and not 1 of filter*""", [3]),
    "a list of numbers and a number as text": ("""
s: {EventID: 5156, DestPort: [3389, 88], LayerRTID: '48'}
condition: s""", [0, 1]),
    "a number as text that is none": ("s: {LayerRTID: 'x', EventID: 5156}\ncondition: s", []),
    "contains, in any case": ("s: {Application|contains: 'EDR\\MSs'}\ncondition: s", [5]),
    "signs of LIKE are signs": ("s: {Application|contains: '50%_'}\ncondition: s", [6]),
    "an equal text, in any case": ("s: {Application: SYSTEM}\ncondition: s", [3, 4]),
    "a question mark": (r"s: {Application: '*\a.ex?'}" "\ncondition: s", [6]),
    "cased": ("s: {Application|contains|cased: 'MSSense'}\ncondition: s", []),
    "a network": ("s: {SourceAddress|cidr: 10.128.0.0/9}\ncondition: s", [6]),
    "a network of IPv6": ("s: {DestAddress|cidr: ['fe80::/10', '::1/128']}\ncondition: s", [4, 5]),
    "not a network": ("""
s: {EventID: 5157}
f: {SourceAddress|cidr: 10.0.0.0/10}
condition: s and not f""", [6]),
    "one of them": (r"""
s_a: {EventID: 5157, DestPort: 80}
s_b: {EventID: 5156, DestPort: 3389}
condition: 1 of s_*""", [4, 6]),
    "all of them": ("""
s_a: {EventID: 5157}
s_b: {DestPort: 443}
condition: all of s_*""", [5]),
    "null itself": ("s: {EventID: 5156, Application: null}\ncondition: s", [2]),
    "greater": ("s: {DestPort|gte: 443}\ncondition: s", [3, 4, 5]),
    "a regular expression": (r"s: {Application|re: '.*\\rub[a-z]+\.exe'}" "\ncondition: s", [1]),
    "a quote": ("s: {Application|contains: \"' OR 1=1 --\"}\ncondition: s", []),
    "a column of wfpfast": ("s: {event_type: classify_drop}\ncondition: s", [5, 6]),
}


def hunt(run: Run, *args: Any) -> tuple[int, dict[str, Any]]:
    result = run("hunt", "--json", *args)
    assert result.err == ""
    return result.status, json.loads(result.out)


def test_rules_mean_what_sigma_says(run: Run, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    for number, (name, (detection, _)) in enumerate(CASES.items()):
        (tmp_path / "rules" / f"{number}.yml").write_text(
            rule(detection, title=name), encoding="utf-8")
    status, told = hunt(run, "rules", logs, "-n", 9)
    assert (status, told["unanswered"], told["rules"]) == (4, [], len(CASES))
    found = {hit["rule"]: [row["timestamp"] for row in hit["events"]] for hit in told["hits"]}
    assert found == {
        name: [f"2020-09-13 12:26:{40 + place}+00:00" for place in places]
        for name, (_, places) in CASES.items() if places}
    assert {hit["rule"]: hit["count"] for hit in told["hits"]} == {
        name: len(times) for name, times in found.items()}


def test_no_hit_is_status_0(run: Run, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(rule("s: {DestPort: 1}\ncondition: s"), encoding="utf-8")
    assert hunt(run, "a.yml", logs)[0] == 0


def test_what_is_told_of_a_hit(run: Run, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(rule("s: {EventID: 5156}\ncondition: s"), encoding="utf-8")
    _, told = hunt(run, "a.yml", logs, "-n", 1)
    (hit,) = told["hits"]
    assert {name: hit[name] for name in ("rule", "level", "path", "count", "first", "last")} == {
        "rule": "A rule", "level": "medium", "path": "a.yml", "count": 5,
        "first": "2020-09-13 12:26:40.000000 UTC", "last": "2020-09-13 12:26:44.000000 UTC"}
    assert len(hit["events"]) == 1
    assert (told["events"], told["rules"]) == (7, 1)
    shown = run("hunt", "a.yml", logs, "-n", 1)
    assert shown.status == 4
    assert shown.out == (
        "7 events, 1 rule answered, 1 rule with hits\n\n"
        "medium        A rule: 5 events\n"
        "              2020-09-13 12:26:40.000000 UTC to 2020-09-13 12:26:44.000000 UTC\n"
        f"              2020-09-13 12:26:40.000  5156  {LSASS}\n")


UNANSWERED = {
    "another event": (rule("s: {EventID: 4624}\ncondition: s"), "asks for event 4624"),
    "another log": (rule("s: {Image: x}\ncondition: s", "{category: process_creation}"),
                    "is about another log: process_creation"),
    "a field that no event has": (rule("s: {EventID: 5156, Image: x}\ncondition: s"),
                                  "asks for Image, which no event has"),
    "a word anywhere": (rule("s: [evil]\ncondition: s"), "asks for a word in any field"),
    "an expression that duckdb does not read": (
        rule("s: {EventID: 5156, Application|re: '(?=a)'}\ncondition: s"), "invalid perl operator"),
    "no rule": ("a: b\n", "is no Sigma rule"),
    "no YAML": ("a: [\n", "is no Sigma rule"),
    "a list": ("- 1\n", "is no Sigma rule"),
    "nothing": ("", "is no Sigma rule"),
    "aliases of aliases": ("a: &a [x]\n" + "".join(
        f"{k}: &{k} [{', '.join([f'*{j}'] * 9)}]\n" for j, k in zip("abcdefgh", "bcdefghi",
                                                                  strict=True)),
        "has YAML aliases"),
    "brackets": ("a: " + "[" * 5000, "is nested too deep"),
    "too much": ("#" * (1 << 20) + "\n", "is larger than a file of rules"),
}


@pytest.mark.parametrize("name", UNANSWERED)
def test_what_is_not_answered_is_named(run: Run, logs: Path, tmp_path: Path, name: str) -> None:
    text, why = UNANSWERED[name]
    (tmp_path / "bad.yml").write_text(text, encoding="utf-8")
    (tmp_path / "good.yml").write_text(rule("s: {DestPort: 1}\ncondition: s"), encoding="utf-8")
    status, told = hunt(run, "bad.yml", "good.yml", logs)
    assert (status, told["rules"]) == (3, 2)
    (one,) = told["unanswered"]
    assert one["path"] == "bad.yml"
    assert why.lower() in one["why"].lower()
    assert "Not answered: 1 rule\n" in run("hunt", "bad.yml", "good.yml", logs).out


def test_a_rule_that_is_answered_in_part_says_so(run: Run, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(rule("""
s_a: {EventID: 5157, DestPort: 80}
s_b: {EventID: 5449, ProviderContextName: x}
condition: 1 of s_*"""), encoding="utf-8")
    status, told = hunt(run, "a.yml", logs)
    assert (status, told["hits"][0]["count"]) == (4, 1)
    assert told["in_part"] == [
        {"rule": "A rule", "path": "a.yml", "absent": ["ProviderContextName"]}]


def test_net_events_answer_by_the_id_of_their_audit(run: Run, tmp_path: Path) -> None:
    """An inbound one has the remote end as its source."""
    inbound = event(6, localPort=5985, remotePort=50000)
    inbound["classifyAllow"] |= {"layerId": 44, "msFwpDirection": 0x3900}
    with Recorder(tmp_path / "a.wfprec") as recorder:
        recorder.write(encode([inbound, event(6), event(3)]))
    (tmp_path / "a.yml").write_text(rule(
        "s: {EventID: 5156, DestPort: [5985, 5986], LayerRTID: 44}\ncondition: s"),
        encoding="utf-8")
    status, told = hunt(run, "a.yml", "a.wfprec")
    assert (status, told["hits"][0]["count"], told["events"]) == (4, 1, 3)
    row = told["hits"][0]["events"][0]
    assert (row["remote_address"], row["direction"]) == ("192.0.2.1", "INBOUND")


def test_the_rules_of_wfpfast(run: Run, tmp_path: Path) -> None:
    path = r"\device\harddiskvolume3\programdata\MSSENSE.EXE"
    with Recorder(tmp_path / "a.wfprec") as recorder:
        recorder.write(encode([
            event(3, appId=f"{path}\0".encode("utf-16-le")), event(3),
            event(6, appId=f"{path}\0".encode("utf-16-le"))]))
    status, told = hunt(run, "a.wfprec")
    assert (status, told["rules"], told["unanswered"], told["in_part"]) == (4, 2, [], [])
    assert [(hit["rule"], hit["level"], hit["count"]) for hit in told["hits"]] == [
        ("Connection of a security product was blocked", "high", 1)]


def test_filters_that_a_log_tells_of(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.evtx").write_bytes(log(
        present(1, "a", 1, name="Block MsMpEng.exe"), changed(ADD, 2, "b", 2, name="Mail"),
        changed(ADD, 3, "c", 3, name="custom outbound filter"),
        Audit(5158, FIELDS["bind"], 4)).getvalue())
    status, told = hunt(run, "a.evtx")
    assert (status, told["events"]) == (4, 1)
    (hit,) = told["hits"]
    assert hit["rule"] == "Filter was added that names a security product"
    assert [(row["event_id"], row["filter_name"]) for row in hit["events"]] == [
        (5441, "Block MsMpEng.exe"), (5447, "custom outbound filter")]


def test_a_folder_and_a_bad_file_among_good_ones(run: Run, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "rules" / "deep").mkdir(parents=True)
    for name in ("a.yml", "deep/b.YAML", "c.txt"):
        (tmp_path / "rules" / name).write_text(
            rule("s: {EventID: 5156}\ncondition: s"), encoding="utf-8")
    (tmp_path / "bad.xml").write_text("no events", encoding="utf-8")
    result = run("hunt", "rules", "bad.xml", logs)
    assert result.status == 1
    assert "2 rules answered, 2 rules with hits" in result.out
    assert result.err.startswith("wfpfast: bad.xml: ")
    (tmp_path / "empty").mkdir()
    assert "there are no rules in it" in run("hunt", "empty", logs).err
    assert run("hunt", "rules").status == 2


def test_without_pysigma_it_says_what_to_install(
    run: Run, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "sigma"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("wfpfast.cli._hunt", "wfpfast.queries.sigma"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "sigma", None)
    result = run("hunt", logs)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("wfpfast: hunt needs sigma: pip install 'wfpfast[sigma]'")


def test_the_database_reads_no_file(logs: Path) -> None:
    import duckdb

    from wfpfast.cli._hunt import Hunt

    hunted = Hunt([], 1)
    for statement in (f"SELECT * FROM read_parquet('{logs.as_posix()}')",
                      "SET enable_external_access = true", "COPY (SELECT 1) TO 'x.csv'"):
        with pytest.raises(duckdb.Error):
            hunted._database.execute(statement)
    hunted.close()


def test_names_cannot_steer_a_terminal(run: Run, tmp_path: Path, logs: Path) -> None:
    (tmp_path / "a.yml").write_text(rule(
        "s: {EventID: 5157}\ncondition: s", title='"\\e[31mred\\a"'), encoding="utf-8")
    (tmp_path / "b.yml").write_text(rule(
        "s: {EventID: 4624}\ncondition: s", title='"\\e[2Jgone"'), encoding="utf-8")
    for shown in (run("hunt", "a.yml", "b.yml", logs), run("hunt", "--json", "a.yml", logs)):
        assert "red" in shown.out
        assert "\x1b" not in shown.out
        assert "\a" not in shown.out
