"""`wfpfast diagnose`: what is found, and how it is shown."""

import json
import sys

import pytest
from cli.counted import Counted
from cli.running import Run

CHECKS = ["service", "versions", "collection", "keywords", "security", "enumeration",
          "subscription"]


@pytest.mark.usefixtures("counted")
def test_all_is_well_with_a_simulated_engine(run: Run) -> None:
    result = run("diagnose", "--engine", "simulated", "--json")
    found = json.loads(result.out)
    assert (result.status, result.err) == (0, "")
    assert [(each["check"], each["state"]) for each in found] == [(c, "ok") for c in CHECKS]
    assert [list(each) for each in found] == [["check", "state", "text", "cure"]] * 7


@pytest.mark.usefixtures("counted")
def test_a_mark_a_check_what_was_found_and_below_it_the_cure(run: Run) -> None:
    result = run("diagnose", "--engine", "simulated")
    lines = result.out.splitlines()
    assert (result.status, result.err) == (0, "")
    assert lines[0] == "✓ service       the Base Filtering Engine answers"
    assert [line.split()[1] for line in lines if line[0] == "✓"] == CHECKS
    assert " " * 18 + "To see those too: engine.collecting(keywords=...), or --keywords." in lines


def test_trouble_is_named_with_its_cure_and_status_1(run: Run, counted: type[Counted]) -> None:
    counted.more = {"faults": {"FwpmNetEventSubscribe4": 5}}
    result = run("diagnose", "--engine", "simulated")
    assert result.status == 1
    trouble = result.out[result.out.index("✗"):].splitlines()
    assert trouble[0].startswith("✗ subscription  FwpmNetEventSubscribe4: ERROR_ACCESS_DENIED, ")
    assert trouble[1:]
    assert all(line.startswith(" " * 16) for line in trouble[1:])
    assert "dministrator" in " ".join(trouble)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("width", [40, 60, 80])
def test_lines_fit(run: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = run("diagnose", "--engine", "simulated").out.splitlines()
    assert [line for line in lines if len(line) > width] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has an engine")
def test_where_there_is_no_engine_something_is_in_the_way(run: Run) -> None:
    result = run("diagnose")
    assert result.status == 1
    assert result.out.startswith(f"✗ engine        {sys.platform} has no filtering engine\n")
    assert "--engine simulated" in result.out
