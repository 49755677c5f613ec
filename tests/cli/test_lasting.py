"""`watch` and `record` while the engine goes away, or another program switches collection off."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli.running import Run

from wfpfast import Engine, Simulator, Subscription
from wfpfast.cli import _engine, _live, _record

SIMULATED = ("--engine", "simulated", "--events", 0, "-n", 2)
GONE = {"FwpmEngineGetOption0": 1753}
Then = Callable[[Simulator], None]


@pytest.fixture
def then(monkeypatch: pytest.MonkeyPatch) -> Callable[[Then, Then], None]:
    """Let something happen once a command has subscribed, and more when it has spoken of it."""
    def arrange(first: Then, on_word: Then) -> None:
        made = Simulator(events=0)

        def subscribed(engine: Engine, choice: Any, *, log: bool, **options: Any) -> Subscription:
            stream = engine.subscribe(
                choice.template, heartbeat=0, keep_collecting=choice.keep_collecting, **options)
            first(made)
            return stream

        say = _engine.say

        def heard(text: str) -> None:
            say(text)
            if "switched off" in text:
                on_word(made)

        monkeypatch.setattr(_engine, "simulator", lambda how: made)
        monkeypatch.setattr(_engine, "say", heard)
        for module in (_live, _record):
            monkeypatch.setattr(module, "subscribed", subscribed)

    return arrange


def switch_off(simulator: Simulator) -> None:
    with Engine(simulator) as other:
        other.options.collect_net_events = False


def one_more_and_gone(simulator: Simulator) -> None:
    simulator.emit(1)
    simulator.faults = GONE


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("command", ["watch", "record"])
def test_collection_switched_off_is_said_and_the_command_goes_on(
    command: str, keep: bool, run: Run, then: Callable[[Then, Then], None], tmp_path: Path
) -> None:
    found = []

    def look(simulator: Simulator) -> None:
        with Engine(simulator) as other:
            found.append(other.options.collect_net_events)
            other.options.collect_net_events = True
        simulator.emit(2)

    then(switch_off, look)
    file = [tmp_path / "a.wfprec"] if command == "record" else []
    result = run(command, *file, *SIMULATED, *(["--keep-collecting"] if keep else []))
    assert result.status in (0, 3), result.err
    cure = "it is on again" if keep else "--keep-collecting switches it on again"
    assert f"another program switched off the collection of events here: {cure}" in result.err
    assert "1 time that another program switched off collection" in result.err
    assert found == [keep]


@pytest.mark.parametrize("command", ["watch", "record"])
def test_an_engine_that_is_gone_ends_the_command(
    command: str, run: Run, then: Callable[[Then, Then], None], tmp_path: Path
) -> None:
    then(one_more_and_gone, lambda simulator: None)
    file = [tmp_path / "a.wfprec"] if command == "record" else []
    result = run(command, *file, *SIMULATED)
    assert result.status == 1
    assert "FwpmEngineGetOption0: EPT_S_NOT_REGISTERED" in result.err
    if command == "record":
        assert "1 event in " in result.err
