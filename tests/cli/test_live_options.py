"""How people write what they want: times, networks, types, programs; and what is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest
from cli.counted import Counted
from cli.running import Run

from wfpfast.cli import _file_commands, _live_commands, _live_options

LOG = ("enumerate", "--engine", "simulated", "--events", 400, "--json")


@pytest.mark.parametrize(("text", "seconds"), [
    ("90s", 90), ("10m", 600), ("10min", 600), ("10 minutes", 600), ("1 hour", 3600), ("2h", 7200),
    ("1.5 hrs", 5400), ("1d", 86_400), ("2 days", 172_800), ("3sec", 3),
])
def test_spans_of_time(text: str, seconds: int) -> None:
    assert _live_options.span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["10", "m", "ten min", "10  min", "10 M", "-1s", "1mon", "1h30m"])
def test_what_is_no_span(text: str) -> None:
    assert _live_options.span(text) is None


def moment(text: str) -> datetime:
    context = click.Context(click.Command("x"))
    found = _live_options.moment(context, click.Option(["--since"]), text)
    assert found is not None
    return found


def test_moments(two_hours_east: None) -> None:
    now = datetime.now(UTC)
    for text in ("10min", "10 minutes ago"):
        assert abs(moment(text) - (now - timedelta(minutes=10))) < timedelta(seconds=5)
    local = now.astimezone()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    assert moment("today") == midnight
    assert moment("yesterday") == midnight - timedelta(days=1)
    assert moment("2026-01-31T18:00Z") == datetime(2026, 1, 31, 18, tzinfo=UTC)


def rows(run: Run, *arguments: Any) -> tuple[list[dict[str, Any]], str]:
    result = run(*LOG, *arguments)
    assert result.status == 0
    *said, last = result.err.splitlines()
    found = [json.loads(line) for line in result.out.splitlines()]
    assert last.startswith(f"{len(found)} event")
    return found, "\n".join(said)


def test_a_host_in_a_network_stands_for_it_and_that_is_said(
    run: Run, counted: type[Counted]
) -> None:
    network, nothing = rows(run, "--remote-address", "198.51.100.0/24")
    host, said = rows(run, "--remote-address", "198.51.100.9/24")
    assert nothing == ""
    assert said == "wfpfast: --remote-address 198.51.100.9/24: all of 198.51.100.0/24"
    assert len(host) == len(network) > 10
    assert {row["remote_address"].rpartition(".")[0] for row in host} == {"198.51.100"}


@pytest.mark.parametrize("name", [
    "classify_drop", "drop", "PUBLIC_CLASSIFY_DROP", "FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_DROP",
    "3"])
def test_names_of_a_type(run: Run, counted: type[Counted], name: str) -> None:
    found, _ = rows(run, "--type", name)
    assert {row["event_type"] for row in found} == {"CLASSIFY_DROP"}


def test_a_type_that_needs_a_keyword_is_said_by_any_name(
    run: Run, counted: type[Counted]
) -> None:
    assert rows(run, "--type", "allow")[1] == (
        "wfpfast: CLASSIFY_ALLOW events are not collected now: --keywords CLASSIFY_ALLOW collects"
        " them")


def test_protocols_by_name(run: Run, counted: type[Counted]) -> None:
    found, _ = rows(run, "--protocol", "UDP")
    assert {row["ip_protocol"] for row in found} == {17}


def test_accounts_by_name(run: Run, counted: type[Counted]) -> None:
    found, _ = rows(run, "--user", "NT AUTHORITY\\SYSTEM")
    assert {row["user_sid"] for row in found} == {"S-1-5-18"}


def single_options() -> list[tuple[str, str]]:
    """Every command and each of its options that takes one value."""
    return [
        (str(command.name), max(option.opts, key=len))
        for command in (*_file_commands.COMMANDS, *_live_commands.COMMANDS)
        for option in command.params
        if isinstance(option, click.Option) and not option.is_flag and not option.multiple
    ]


@pytest.mark.parametrize(("command", "option"), single_options())
def test_an_option_that_is_given_twice_is_refused(run: Run, command: str, option: str) -> None:
    value = {"--engine": "simulated", "--addresses": "text", "--errors": "null"}.get(option, "1")
    result = run(command, option, value, option, value)
    assert (result.status, result.out) == (2, "")
    assert result.err == (
        f"wfpfast: {option} is given 2 times: it takes one value. See: wfpfast {command} --help\n")


def test_there_are_such_options() -> None:
    assert len(single_options()) > 50


def test_a_flag_may_be_given_twice(run: Run, counted: type[Counted]) -> None:
    rows(run, "--json")
