"""`wfpfast watch --group`: a table of what comes most often, for ever or of the latest time."""

from collections import Counter
from datetime import timedelta

import pytest
from cli.running import Run

from wfpfast.cli._group import Groups

LIVE = ("watch", "--engine", "simulated", "--rate", "50000", "-n", "500")


def test_the_latest_time_counts() -> None:
    groups = Groups(timedelta(seconds=60))
    groups.add(Counter({("a",): 5, ("b",): 1}), 0.0)
    groups.add(Counter({("b",): 2}), 30.0)
    assert groups.rows("events", 9) == [(("a",), 5), (("b",), 3)]
    groups.forget(60.5)     # what came at 0 is older than a minute
    assert groups.rows("events", 9) == [(("b",), 2)]
    groups.forget(91.0)
    assert (groups.rows("events", 9), len(groups), groups.events) == ([], 0, 0)


def test_what_comes_often_is_forgotten_by_pieces() -> None:
    groups = Groups(timedelta(seconds=64))
    for tenth in range(6400):
        groups.add(Counter({("a",): 1}), tenth / 10)
    assert len(groups._latest) <= 66
    assert 620 <= groups.events <= 650


def test_orders() -> None:
    groups = Groups()
    groups.add(Counter({("b", 1): 1}), 0.0)
    groups.add(Counter({("a", None): 3}), 1.0)
    groups.add(Counter({("b", 1): 1, ("c", 2): 2}), 2.0)
    keys = {sort: [key[0] for key, _ in groups.rows(sort, 3)]
            for sort in ("events", "first", "last", "name")}
    assert keys == {"events": ["a", "b", "c"], "first": ["b", "a", "c"],
                    "last": ["b", "c", "a"], "name": ["a", "b", "c"]}
    assert groups.rows("events", 1) == [(("a", None), 3)]


def test_groups_without_a_place_are_counted_together() -> None:
    groups = Groups(most=2)
    groups.add(Counter({("a",): 1, ("b",): 2, ("c",): 4}), 0.0)
    groups.add(Counter({("a",): 8, ("d",): 16}), 0.0)
    assert groups.rows("name", 9) == [(("a",), 9), (("b",), 2)]
    assert (groups.others, groups.events) == (20, 31)


def test_all_events_are_in_the_table(run: Run) -> None:
    result = run(*LIVE, "--group", "direction,protocol", "--top", "2")
    assert result.status == 0, result.err
    head, *rows = result.out.splitlines()
    assert head.split() == ["events", "direction", "ip_protocol"]
    assert len(rows) == 3
    assert "more" in rows[2]
    assert sum(int(row.split()[0].replace(",", "")) for row in rows) == 500
    assert "500 events" in result.err


@pytest.mark.parametrize(("options", "said"), [
    (("--group", "ap"), "did you mean app"),
    (("--group", "app", "--json"), "--group is a table for people"),
    (("--over", "60s"), "--over is for --group"),
    (("--group", "app", "--over", "soon"), "'soon' is no span of time"),
    (("--group", "event_id"), "--group: there is no column 'event_id'")])
def test_what_is_no_table(options: tuple[str, ...], said: str, run: Run) -> None:
    result = run(*LIVE, *options)
    assert result.status != 0
    assert said in result.err
    assert result.out == ""
