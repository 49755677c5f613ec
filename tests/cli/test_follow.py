"""What follows the filters of an engine as events name new ones, and `watch`, which shows them."""

from typing import Any

import click
import pyarrow as pa
import pytest
from changing_rules import Rules, drop

from wfpfast import Engine, WfpError
from wfpfast.cli._follow import Follow
from wfpfast.cli._naming import Naming
from wfpfast.cli._people import LineSink


class Asked:
    """An engine that has these filters, and counts how often it is asked."""

    def __init__(self, *ids: int) -> None:
        self.ids = list(ids)
        self.times = 0
        self.took = 0.0
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def filters(self) -> Any:
        self.times += 1
        self.now += self.took
        if not self.ids:
            raise WfpError(5, "FwpmFilterEnum0")
        column = self
        return {"filter_id": column}

    def to_pylist(self) -> list[int]:
        return self.ids


def test_it_asks_again_for_what_is_new_and_not_too_often() -> None:
    engine = Asked(1, 2)
    follow = Follow(engine, "filters", period=60, clock=engine.clock)  # type: ignore[arg-type]
    assert follow.due([])           # nobody has looked yet
    follow.look()
    assert not follow.due([0, 1, 2])
    assert not follow.due([3])      # new, but too early
    assert follow.owing
    engine.now += 1
    assert follow.due([])           # it is remembered
    engine.ids = [1, 3]
    follow.look()
    engine.now += 1
    assert not follow.due([1, 3])
    assert follow.due([2, 4])       # 2 is gone; it may be another one's by now
    follow.look()
    assert not follow.owing
    engine.now += 30
    assert not follow.due([2, 4])   # asked for in vain
    engine.now += 30
    assert follow.due([])           # a minute is over
    engine.took = 2
    follow.look()
    engine.now += 39
    assert not follow.due([5])      # a look took 2 s: none for 40 s
    engine.now += 1
    assert follow.due([5])
    engine.ids = []
    assert follow.look() is None
    engine.now += 1000
    assert not follow.due([6])
    assert not follow.owing
    assert engine.times == 5


def watched(rules: Rules, sink: Any) -> None:
    """Show events of a rule that was there, then of one that comes while it watches."""
    rules.set(r7="First")
    with Engine(rules.simulator) as engine:
        sink.begin(engine)
        for now, numbers in (
                ({"r7": "First"}, [7]), ({"r8": "Second"}, [8]), ({"r9": "Last"}, [9, 8])):
            rules.set(**now)
            with engine.subscribe(columns=sink.columns) as stream:
                rules.simulator.emit([drop(number) for number in numbers])
                batch = stream.read(5)
                assert batch is not None
                sink.write(batch, len(numbers))


def test_watch_follows_the_filters(
    rules: Rules, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)    # as whoever runs the tests may have it
    with click.Context(click.Command("watch")):
        watched(rules, LineSink(None, utc=True))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("svchost.exe")[1].split() for line in lines] == [
        ["7", "First"], ["8", "Second"], ["9", "Last"], ["8", "Second"]]


def test_watch_with_names_follows_the_filters(rules: Rules) -> None:
    naming = Naming()
    naming.expect_engine(of_this_machine=False)
    found: list[Any] = []

    class Sink:
        columns = None

        def begin(self, engine: Engine) -> None:
            naming.ask(engine)

        def write(self, batch: Any, limit: int) -> None:
            found.extend(naming.apply(pa.record_batch(batch)).to_pylist())

    watched(rules, Sink())
    assert [(row["rule_name"], row["filter_known"]) for row in found] == [
        ("First", "state"), ("Second", "state"), ("Last", "state"), ("Second", "state")]
    assert naming.notes() == ["filter_known of 4 events: state 4"]
