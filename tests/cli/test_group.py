"""`watch --group`: what is counted, what is shown of it, on terminals and elsewhere."""

import contextlib
import io
import re
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from cli.counted import Counted
from cli.hostile import STEERING, cells
from cli.running import Run

from wfpfast import Engine, Simulator
from wfpfast.cli import _group
from wfpfast.cli._group import Grouping, GroupSink, Table, fair
from wfpfast.cli._groups import Group, Groups, Top
from wfpfast.cli._live_options import OutputOptions
from wfpfast.simulator.synthetic import Mix

LOG = ["watch", "--engine", "simulated", "--rate", 5000, "--log", "--events", 300]
S = 10**9
NOW = 1_900_000_000 * S
ROW = re.compile(r" *([\d,]+)  +[\d:-]{8,10}  +[\d:-]{8,10}  (.*)")


def batch(*rows: tuple[float | None, str | None]) -> pa.RecordBatch:
    """Return events: how many seconds before NOW, and of which application."""
    times = [None if ago is None else NOW - round(ago * S) for ago, _ in rows]
    return pa.record_batch({
        "timestamp": pa.array(times, pa.timestamp("ns", "UTC")),
        "app_path": pa.array([app for _, app in rows], pa.dictionary(pa.int32(), pa.utf8())),
    })


def shown(groups: Groups, sort: str = "events", now: int = NOW) -> list[tuple[Any, int]]:
    return [(each.key[0], each.events) for each in groups.top(99, sort, now).groups]


def test_the_last_table_has_what_is_counted_by_hand(run: Run, counted: type[Counted]) -> None:
    result = run(*LOG, "-n", 300, "--group", "local_port,type", "--top", 500, "--color", "never")
    head, names, *lines = result.out.splitlines()
    assert (result.status, result.err) == (0, "300 events\n")
    found = {(match[2].split("  ")[0].strip()): int(match[1])
             for line in lines if (match := ROW.fullmatch(line))}
    ports = Counter(str(event["header"]["localPort"]) for event in Mix(0).events(300))
    some = {port: count for port, count in ports.items() if count == 1 and port != "0"}
    assert len(some) > 30
    assert {port: found.get(port) for port in some} == some
    assert head.endswith(f"  300 events, {len(lines)} groups")
    assert names.split() == ["events", "first", "last", "local_port", "event_type"]
    assert sum(int(ROW.fullmatch(line)[1]) for line in lines) == 300    # type: ignore[index]


def test_rows_beyond_the_top_are_counted(run: Run, counted: type[Counted]) -> None:
    lines = run(*LOG, "-n", 300, "--group", "app,filter", "--top", 3).out.splitlines()
    counts = [int(ROW.fullmatch(line)[1]) for line in lines[2:5]]   # type: ignore[index]
    assert counts == sorted(counts, reverse=True)
    assert any(re.search(r"  (\d+) Simulated rule \1$", line) for line in lines[2:5])
    total = re.fullmatch(r".*  300 events, (\d+) groups", lines[0])
    assert total is not None
    assert lines[5].split() == [
        str(300 - sum(counts)), "in", str(int(total[1]) - 3), "more", "groups"]
    assert len(lines) == 6


def test_a_window_forgets_what_is_older() -> None:
    groups = Groups(["app_path"], timedelta(seconds=60))
    groups.add(batch((90, "old"), (60, "old"), (59, "b"), (30, "a"), (30, "b"), (0, None)), NOW)
    assert shown(groups) == [("b", 2), ("a", 1), (None, 1)]
    assert shown(groups, now=NOW + 10 * S) == [("a", 1), ("b", 1), (None, 1)]
    assert shown(groups, now=NOW + 59 * S) == [(None, 1)]
    assert groups.top(9, "events", NOW + 61 * S) == Top([], 0, 0, 0)
    assert shown(Groups(["app_path"])) == []


def test_without_a_window_nothing_is_forgotten() -> None:
    groups = Groups(["app_path"])
    groups.add(batch((86_400, "a")), NOW)
    groups.add(batch((1, "a"), (None, "a"), (None, "b")), NOW)
    first, second = groups.top(9, "events", NOW + 10**6 * S).groups
    assert first == Group(("a",), 3, NOW - 86_400 * S, NOW - S)
    assert second == Group(("b",), 1, None, None)


def test_an_event_without_a_time_is_of_now() -> None:
    groups = Groups(["app_path"], timedelta(seconds=10))
    groups.add(batch((None, "a")), NOW)
    assert shown(groups) == [("a", 1)]
    assert shown(groups, now=NOW + 11 * S) == []


@pytest.mark.parametrize(("sort", "order"), [
    ("events", ["c", "a", "b", None]), ("first", ["b", "c", "a", None]),
    ("last", ["c", "a", "b", None]), ("name", ["a", "b", "c", None]),
])  # fmt: skip
def test_what_comes_first(sort: str, order: list[str | None]) -> None:
    groups = Groups(["app_path"])
    groups.add(batch((9, "b"), (8, "c"), (5, "a"), (5, "a"), (1, "c"), (2, "c"), (None, None)), NOW)
    assert [key for key, _ in shown(groups, sort)] == order


def test_memory_is_bounded_and_events_without_room_are_counted() -> None:
    groups = Groups(["app_path"], timedelta(seconds=60), room=5_000)
    for number in range(500):
        groups.add(batch((0, f"app {number}"), (0, "app 0")), NOW)
    top = groups.top(999, "events", NOW)
    # 400 bytes and a name of 5 or 6 letters each: 12 of them fit in 5,000.
    assert (top.distinct, top.events, top.others) == (12, 1_000, 1_000 - 500 - 12)
    assert top.groups[0] == Group(("app 0",), 501, NOW, NOW)
    table = Table(Grouping(["app_path"], None, "events", 2), {}, NOW, utc=True)
    few = groups.top(2, "events", NOW)
    lines = [line.plain for line in table.lines(few, 100)]
    assert lines[0].endswith("1,000 events, 12 groups, 488 of others: too many groups")
    assert lines[-1].split() == ["498", "in", "10", "more", "groups"]
    every = [line.plain for line in table.lines(top, 100)]
    assert every[-1].split() == ["488", "of", "others"]
    # What goes away leaves room.
    later = NOW + 100 * S
    groups.add(batch((-100, "new"), (-100, "x" * 5_000)), later)
    assert [each.key for each in groups.top(9, "events", later).groups] == [("new",)]
    assert groups.top(9, "events", later).others == 1


def test_lines_of_a_table() -> None:
    keys = ["app_path", "filter_id", "layer_id", "ip_protocol"]
    table = Table(Grouping(keys, timedelta(seconds=60), "events", 9), {7: "Web"}, NOW, utc=True)
    groups = [Group(("\\a\\" + "b" * 30 + "\\c.exe", 7, 48, 6), 1_234, NOW - 86_400 * S, NOW),
              Group((None, 8, None, None), 1, None, None)]
    lines = [line.plain for line in table.lines(Top(groups, 2, 1_235, 0), 100)]
    # 1,900,000,000 is 2030-03-17T17:46:40Z. 64 are for the columns: 9, 11 and 19 as they are, and
    # what is left for the path.
    assert lines == [
        "2030-03-17 17:46:40  1,235 events in the last 1 min, 2 groups",
        "events       first      last  app_path                   filter_id"
        "  layer_id             ip_protocol",
        " 1,234  2030-03-16  17:46:40  …bbbbbbbbbbbbbbbbbb\\c.exe  7 Web    "
        "  ALE_AUTH_CONNECT_V4  tcp",
        "     1           -         -  not given                  8        "
        "  not given            not given"]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_texts_do_not_steer_and_lines_fit(width: int) -> None:
    texts = ["\x1b[31m\x07\r\n\x9b2J\u202egnp.exe", "文件夹" * 60 + ".exe", "x" * 90_000, "", None]
    groups = [Group((text, number), 10**number, NOW, NOW) for number, text in enumerate(texts)]
    rules = {0: "\x1b]0;title\x07", 1: "文件夹" * 300, 2: "r" * 9_000}
    table = Table(Grouping(["app_path", "filter_id"], None, "events", 9), rules, NOW, utc=False)
    lines = [line.plain for line in table.lines(Top(groups, 99, 10**6, 5), width)]
    assert len(lines) == 2 + len(texts) + 1
    assert [line for line in lines if STEERING.search(line) or cells(line) > width] == []


def test_columns_share_room() -> None:
    assert fair([5, 50, 40], 45) == [5, 20, 20]
    assert fair([5, 6], 45) == [5, 6]
    assert fair([50, 3, 50], 44) == [20, 3, 21]
    assert fair([9, 9], -4) == [1, 1]


class Screen(io.StringIO):
    """What says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize("fault", [False, True])
def test_a_terminal_has_a_table_of_now_and_is_given_back(
    monkeypatch: pytest.MonkeyPatch, fault: bool
) -> None:
    terminal = Screen()
    for name, value in (("TERM", "xterm"), ("COLUMNS", "80"), ("LINES", "10")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(_group, "A_SECOND", 0.01)    # the test asks for the tables
    grouping = Grouping(["app_path", "filter_id"], None, "events", 9)
    with (
        Simulator(events=200) as api, Engine(api) as engine,
        pytest.raises(OSError, match="gone") if fault else contextlib.nullcontext(),
        _group.grouped(grouping, OutputOptions()) as sink,
    ):
        sink.begin(engine)
        assert terminal.getvalue().startswith("\x1b[?25l")    # the cursor is hidden
        assert sink._live is not None
        with engine.net_events(columns=sink.columns) as stream:
            for events in stream:
                sink.write(events, len(events))
                sink._live.refresh()
        # 10 lines: the head, the names, 6 rows, what is left out, and the cursor's.
        assert len(last_rows(terminal)) == 6
        if fault:
            raise OSError("gone")
        sink.finish({"events": 200})
        assert sink._live is None
        assert len(last_rows(terminal)) == 9    # all that was asked for
    assert terminal.getvalue().endswith("\x1b[?25h")


def last_rows(terminal: Screen) -> list[str]:
    """Return the rows of the last table of a terminal, without escapes."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    last = plain[plain.rindex("  200 events, "):]
    return [line for line in last.splitlines() if ROW.fullmatch(line)]


def test_ctrl_c_prints_the_table_once(
    run: Run, counted: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = GroupSink.write

    def interrupted(*given: Any) -> None:
        write(*given)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(GroupSink, "write", interrupted)
    result = run(*LOG, "--group", "app")
    assert result.status == 130
    assert result.out.count("  app_path\n") == 1
    assert re.search(r"^[\d,]+ events", result.err.strip().splitlines()[-1])


def test_a_duration_ends_it(run: Run, counted: type[Counted]) -> None:
    before = datetime.now(UTC)
    result = run(*LOG, "--group", "type", "--over", "1h", "--duration", "0.3s", "--utc")
    assert result.status == 0
    assert re.match(rf"{before:%Y}-\d\d-\d\d .*events in the last 1 h, \d+ groups\n", result.out)
    assert "CLASSIFY_DROP" in result.out


def test_what_was_lost_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    sink = GroupSink(Grouping(["app_path"], None, "events", 9), OutputOptions())
    sink.finish({"events": 5, "dropped": 1_003})
    out, err = capsys.readouterr()
    assert out.splitlines()[0].endswith("  0 events, 0 groups")
    assert err == "5 events; 1,003 events for which there was no room as they came\n"


@pytest.mark.parametrize(("arguments", "said"), [
    (["--over", "60s"], "--over is for --group."), (["--top", "5"], "--top is for --group."),
    (["--sort", "name"], "--sort is for --group."),
    (["--group", "app", "--json"], "--group is a table for people: without --json and --output."),
    (["--group", "app", "-o", "x.csv"], "--group is a table for people"),
    (["--group", "ap"], "--group: there is no column 'ap'; did you mean app"),
    (["--group", "app", "--over", "x"], "'x' is no span of time"),
])  # fmt: skip
def test_what_cannot_be(run: Run, arguments: list[str], said: str) -> None:
    result = run("watch", "--engine", "simulated", *arguments)
    assert (result.status, result.out) == (2, "")
    assert said in result.err


def test_columns_that_live_events_lack(run: Run) -> None:
    result = run("watch", "--engine", "simulated", "--group", "host")
    assert (result.status, result.err) == (
        1, "wfpfast: --group: net events: there is no column 'host'\n")
