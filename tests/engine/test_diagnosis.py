"""What diagnose() makes of an engine that is not as it should be; its texts are in tests/cli."""

from collections.abc import Callable

import pytest

from wfpfast import Engine, Simulator, diagnose
from wfpfast.engine import diagnosis
from wfpfast.simulator import UNELEVATED

Simulate = Callable[..., Simulator]


def test_who_switched_collection_off(simulate: Simulate) -> None:
    simulator = simulate(events=3)
    with Engine(simulator) as engine:
        engine.options.collect_net_events = False
    found = {finding.check: finding for finding in diagnose(simulator)}
    assert found["collection"].state == "trouble"
    assert "netevents=on" in (found["collection"].cure or "")
    assert "System Informer and TinyWall switch it off" in (found["collection"].cure or "")
    assert found["enumeration"].text.startswith("FwpmNetEventEnum5: FWP_E_NET_EVENTS_DISABLED")


def test_a_process_without_rights_can_open_the_engine(simulate: Simulate) -> None:
    found = {each.check: each for each in diagnose(simulate(events=3, faults=UNELEVATED))}
    states = {check: finding.state for check, finding in found.items()}
    assert states == {
        "service": "ok", "versions": "ok", "collection": "trouble", "keywords": "trouble",
        "security": "trouble", "enumeration": "trouble", "subscription": "trouble"}
    for check in ("collection", "enumeration", "subscription"):
        assert "ERROR_ACCESS_DENIED" in found[check].text
        assert "elevated" in (found[check].cure or "")


@pytest.mark.parametrize(("elevated", "operator", "state", "words"), [
    (True, False, "ok", "the process is elevated"),
    (False, True, "ok", "Network Configuration Operator"),
    (False, False, "unknown", "Windows lets it open the engine, and nothing else"),
])
def test_not_being_elevated_alone_is_no_trouble(
    elevated: bool, operator: bool, state: str, words: str
) -> None:
    found = diagnosis._rights(elevated, operator)
    assert (found.check, found.state) == ("elevation", state)
    assert words in found.text
    assert (found.cure is None) == (state == "ok")
