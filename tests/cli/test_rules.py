"""Which file names a rule, and what `wfpfast summary` says of callouts whose driver is missing."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cli.running import Run
from cli.test_summary import report
from netsh_xml import Tree, drop, element, netevents

ROOT = Path(__file__).parents[2]
CALLOUT = "{bb000000-0000-4000-8000-000000000001}"
PERMIT_FLAG = "FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED"
LAYER = "FWPM_LAYER_ALE_AUTH_CONNECT_V4"
OTHER_LAYER = "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4"


def rule(name: str, **members: Tree) -> dict[str, Tree]:
    return {
        "filterKey": "{cc000000-0000-4000-8000-000000070001}", "displayData": {"name": name},
        "flags": "", "providerKey": "FWPM_PROVIDER_MPSSVC_WF", "layerKey": LAYER,
        "action": {"type": "FWP_ACTION_BLOCK", "filterType": ""}, "filterId": "70001", **members,
    }


def diag(*inside: str, state: str = "") -> str:
    """A capture with one event, of filter 70001 at layer 48."""
    event = element("netEvent", drop(classifyDrop={
        "filterId": "70001", "layerId": "48", "msFwpDirection": "MS_FWP_DIRECTION_OUT"}))
    return (f"<wfpdiag><initialState>{state}</initialState>"
            f"<events>{event}{''.join(inside)}</events></wfpdiag>")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write


def the_rule(run: Run, *arguments: Any) -> dict[str, Any]:
    (row,) = report(run, *arguments)["dropped"]["filters"]["top"]
    assert row["filter_id"] == 70001
    found: dict[str, Any] = row["rule"]
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_capture_names_its_own_rules(run: Run, write: Any, encoding: str) -> None:
    path = write("wfpdiag.xml", diag(state=element("filters", [rule("Mine")])), encoding)
    found = report(run, path)
    assert found["dropped"]["filters"]["top"][0]["rule"]["name"] == "Mine"
    assert (found["filters"], found["rule_files"]) == (
        None, [{"path": str(path), "filters": 1, "stats": {}}])
    assert "70001  Mine" in run("summary", path).out


def test_captures_in_an_archive(run: Run, write: Any, tmp_path: Path) -> None:
    """Each capture of the archive has rules, which bear the names of its members."""
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a/wfpdiag.xml", diag(state=element("filters", [rule("Mine")])))
        archive.writestr("netevents.xml", netevents(drop()))
        archive.writestr("without/wfpdiag.xml", diag())
        archive.writestr("b/wfpdiag.xml", diag(state=element("filters", [rule("Theirs")])))
    files = report(run, "two.zip")["rule_files"]
    assert [each["path"] for each in files] == ["two.zip/a/wfpdiag.xml", "two.zip/b/wfpdiag.xml"]
    found = the_rule(run, "two.zip")
    assert (found["name"], found["file"]) == ("Mine", "two.zip/a/wfpdiag.xml")
    assert found["others"] == [{"name": "Theirs", "file": "two.zip/b/wfpdiag.xml"}]


def test_a_rule_that_was_added_during_the_capture(run: Run, write: Any) -> None:
    change = element(
        "filterChange", {"changeType": "FWPM_CHANGE_ADD", "filter": rule("Added meanwhile")})
    assert the_rule(run, write("wfpdiag.xml", diag(change)))["name"] == "Added meanwhile"


def test_the_mark_of_filters_is_found_across_pieces(
    run: Run, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wfpfast.cli._rules._CHUNK", 7)
    path = write("wfpdiag.xml", diag(state=element("filters", [rule("Mine")])), "utf-16-le")
    assert the_rule(run, path)["name"] == "Mine"


def test_events_alone_are_read_once(
    run: Run, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wfpfast.netsh.read_filters", None)
    found = report(run, write("netevents.xml", netevents(drop())))
    assert (found["events"], found["rule_files"]) == (1, [])


def test_a_file_that_is_given_wins_and_each_rule_says_its_file(run: Run, write: Any) -> None:
    own = write("wfpdiag.xml", diag(state=element("filters", [rule("Mine")])))
    first = write("first.xml", element("filters", [rule("First", layerKey=OTHER_LAYER)]))
    second = write("second.xml", element("filters", [rule("Second")]))
    third = write("third.xml", element("filters", [rule("Second"), rule("x", filterId="5")]))
    found = the_rule(run, own, "--filters", second)
    assert (found["name"], found["file"], found["others"]) == (
        "Second", str(second), [{"name": "Mine", "file": str(own)}])
    # In the first file the filter is at another layer than the events.
    several = ["--filters", first, "--filters", second, "--filters", third]
    found = the_rule(run, own, *several)
    assert (found["name"], found["file"], found["layer_agrees"]) == ("Second", str(second), True)
    assert found["others"] == [
        {"name": "First", "file": str(first)}, {"name": "Mine", "file": str(own)}]
    out = run("summary", own, *several).out
    assert "in second.xml" in out
    words = " ".join(out.split())
    assert "in first.xml the id is another filter's: First" in words
    assert "in third.xml the id" not in words
    # Nobody else has it: better this one, with a warning, than none.
    found = the_rule(run, write("alone.xml", diag()), "--filters", first)
    assert (found["name"], found["layer_agrees"]) == ("First", False)


def test_an_id_that_no_file_has(run: Run, write: Any) -> None:
    events = write("wfpdiag.xml", diag())
    others = [write(f"{n}.xml", element("filters", [rule("x", filterId="5")])) for n in "ab"]
    assert "70001  not in a.xml" in run("summary", events, "--filters", others[0]).out
    out = run("summary", events, "--filters", others[0], "--filters", others[1]).out
    assert "70001  not in any of 2 files" in out
    empty = write("empty.xml", "<wfpdiag><filters/></wfpdiag>")
    assert "empty.xml has no filters." in run("summary", events, "--filters", empty).out


LOADED = ["FWPM_CALLOUT_FLAG_REGISTERED"]
BLOCKS = ("BLOCK", "is not loaded: the filter blocks all that it")
# The filter's action and flags, the callout's flags; what happens without its driver, and words.
DRIVERS: list[tuple[str, list[str], list[str] | None, tuple[str | None, str]]] = [
    ("CALLOUT_TERMINATING", [], [], BLOCKS),
    ("CALLOUT_UNKNOWN", [], [], BLOCKS),
    ("CALLOUT_UNKNOWN", [PERMIT_FLAG], [], ("PERMIT", "is not loaded: the filter permits all")),
    ("CALLOUT_INSPECTION", [], [], ("IGNORED", "is not loaded: the filter is ignored")),
    ("CALLOUT_TERMINATING", [], LOADED, (None, "")),
    ("CALLOUT_TERMINATING", [], None, (None, "")),
]


@pytest.mark.parametrize("case", DRIVERS)
def test_a_callout_whose_driver_is_missing(run: Run, write: Any, case: Any) -> None:
    action, flags, registered, (without, words) = case
    state = "".join([
        element("callouts", [{
            "calloutKey": CALLOUT, "displayData": {"name": "Shield accept"}, "flags": registered}]),
        element("filters", [rule(
            "Shield", flags=flags, providerKey="{p}",
            action={"type": f"FWP_ACTION_{action}", "filterType": CALLOUT})]),
        element("providers", [{
            "providerKey": "{p}", "displayData": {"name": "Acme"}, "serviceName": "AcmeSvc"}]),
    ])
    path = write("wfpdiag.xml", diag(state=state))
    found = the_rule(run, path)
    assert (found["callout_key"], found["callout_name"], found["provider_service"]) == (
        CALLOUT, "Shield accept", "AcmeSvc")
    assert found["without_driver"] == without
    shown = " ".join(run("summary", path).out.split())
    assert f"Acme (service AcmeSvc), ALE_AUTH_CONNECT_V4, {action}, callout: Shield" in shown
    assert ("not loaded" in shown) == bool(words)
    assert words in shown


def test_what_filters_lack_costs_only_that(run: Run, write: Any) -> None:
    good = rule("Good", filterCondition="x")
    path = write("state.xml", element("filters", [rule("No id", filterId=""), good]))
    events = write("wfpdiag.xml", diag())
    found = report(run, events, "--filters", path, status=3)
    assert found["rule_files"] == [
        {"path": str(path), "filters": 1, "stats": {"filters_without_id": 1, "malformed": 1}}]
    out = run("summary", events, "--filters", path).out
    assert "1  state.xml: filter without an id, left out" in out
    assert "1  state.xml: value that could not be read, now null" in out
    assert "Nothing." not in out


def test_explain_event_tells_of_the_driver(run: Run) -> None:
    out = run("explain", "event", ROOT / "tests/data/missing_driver.xml", 1).out
    assert "The filter is called Example Shield: inspect connections, its provider is" in out
    assert "It calls the callout Example Shield connect, of the service ExampleShieldSvc." in out
    assert "driver is not loaded: the filter blocks all that it matches, until the driver" in out


def test_the_documents_example(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/rules.md shows is what is printed."""
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "100")
    examples = re.findall(r"\$ wfpfast (\w+) (tests/data/\S+)\n(.*?)\n(?:```|\$)", text, re.S)
    assert [name for name, _, _ in examples] == ["summary", "filters"]
    for name, path, shown in examples:
        lines = run(name, ROOT / path).out.split("\n")
        parts = shown.split("\n")
        assert [line for line in parts if line != "..."] == [
            line for line in lines if line in parts]
        assert len(parts) >= 5


def test_a_capture_that_breaks_off_is_counted_all_the_same(run: Run, write: Any) -> None:
    whole = diag(state=element("filters", [rule("Mine")]))
    path = write("wfpdiag.xml", whole.replace("</events></wfpdiag>", ""))
    found = report(run, path, status=1)
    assert (found["events"], found["rule_files"]) == (1, [])
