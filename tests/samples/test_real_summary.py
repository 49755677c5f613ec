"""`wfpfast summary` of real drops with the filters that made them names the rule."""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from wfpfast.cli import main


class Case(NamedTuple):
    """A real event and its filter, read off their XML by eye."""

    events: str
    filters: str
    filter_id: int
    remote: tuple[str, int]
    time: str


CASES = [
    Case("uwp-case5-classify-drop-v4.netEvent.xml", "uwp-case5-filter-121180.item.xml", 121180,
         ("10.1.1.1", 53), "2020-05-22T20:54:53.4990000Z"),
    Case("uwp-case7-classify-drop-v4.item.xml", "uwp-case7-filter-206064.item.xml", 206064,
         ("204.79.197.200", 443), "2020-05-04T22:04:07.0390000Z"),
]


def summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: Any
) -> str:
    monkeypatch.setattr(sys, "argv", ["wfpfast", "summary", *map(str, arguments)])
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as stopped:
        main()
    captured = capsys.readouterr()
    assert (stopped.value.code, captured.err) == (0, "")
    return captured.out


@pytest.mark.parametrize("case", CASES, ids=["case5", "case7"])
def test_the_rule_and_its_provider_are_named(
    samples: Path, case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = samples / "netevents"
    arguments = (folder / case.events, "--filters", folder / case.filters)
    found = json.loads(summary(monkeypatch, capsys, *arguments, "--json"))
    assert (found["events"], found["dropped"]["events"], found["first"]) == (1, 1, case.time)
    (row,) = found["dropped"]["filters"]["top"]
    assert (row["filter_id"], row["layers"]) == (
        case.filter_id, ["FWPS_LAYER_ALE_AUTH_CONNECT_V4"])
    assert row["rule"] == {
        "name": "Block Outbound Default Rule", "provider_key": "FWPM_PROVIDER_MPSSVC_WSH",
        "provider_name": None, "layer_key": "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
        "sublayer_key": "FWPM_SUBLAYER_MPSSVC_WSH", "sublayer_name": None, "action": "BLOCK",
        "filter_origin": None, "provider_service": None, "callout_key": None,
        "callout_name": None, "callout_registered": None, "without_driver": None,
        "layer_agrees": True, "file": str(folder / case.filters), "others": [],
    }
    (remote,) = found["dropped"]["remote_addresses"]["top"]
    (port,) = found["dropped"]["remote_ports"]["top"]
    assert (remote["remote_address"], port["remote_port"]) == case.remote

    lines = summary(monkeypatch, capsys, *arguments).split("\n")
    start = lines.index("Dropped, by filter")
    assert lines[start + 1:start + 3] == [
        f"      1  100.0%  {case.filter_id}  Block Outbound Default Rule",
        " " * 25 + "MPSSVC_WSH, ALE_AUTH_CONNECT_V4, BLOCK"]


def test_a_state_of_another_machine_does_not_name_the_rule(
    samples: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = summary(
        monkeypatch, capsys, samples / "netevents" / CASES[0].events, "--filters",
        samples / "state" / "keploy-wfpstate.xml")
    assert "      1  100.0%  121180  not in keploy-wfpstate.xml" in out.split("\n")
    assert "Ids of filters change with the rules" in out
