"""Shows failed negotiations of IKE to people, a block for each peer; must not know their source."""

from collections.abc import Iterator

from rich.text import Text

from wfpfast.cli._page import FIGURES, QUIET, Page, Row
from wfpfast.cli._screen import brief, events, number

WAYS = 10   # of one peer, that are shown
_POINTS = {"ME": "this computer gave up", "PEER": "the other end gave up"}


def show_peers(table: Row, page: Page) -> None:
    """Print a block for each peer, most failures first."""
    for row in table["top"]:
        page.screen.print()
        page.print(_peer(row))
        said: set[int] = set()
        for failure in row["failures"][:WAYS]:
            for line in _failure(failure, page.digits, said):
                page.print(line)
        if more := len(row["failures"][WAYS:]):
            page.print(Text(f"{'':{page.digits}}  {number(more)} more ways to fail", QUIET))
    more = table["distinct"] - len(table["top"])
    if more > 0:
        page.screen.print()
        page.print(Text(f"{number(more)} more peer{'' if more == 1 else 's'}", QUIET))


def _peer(row: Row) -> Text:
    host = f" of {brief(row['host'])}" if row["host"] else ""
    return Text.assemble(
        (brief(row["remote_address"] or "peer not given"), "bold"),
        f"{host}: {events(row['events'])}", (f", {_times(row)}", QUIET))


def _times(row: Row) -> str:
    first, last = (_clock(row[name]) for name in ("first", "last"))
    return f"{first} UTC" if first == last else f"{first} to {last} UTC"


def _clock(text: str | None) -> str:
    return "time not given" if text is None else text[:19].replace("T", " ")


def _failure(row: Row, digits: int, said: set[int]) -> Iterator[Text]:
    """Say how negotiations failed: what, where and who, in words, and what to do.

    What to do about errors that were `said` is not said again.
    """
    indent = " " * (digits + 2)
    code = "" if row["failure_error"] is None else f"  {row['failure_error']}"
    what = row["name"] or row["failure_reason"] or "error not given"
    mode = f"{row['mode']} mode" if row["mode"] else row["event_type"]
    yield Text.assemble(
        (f"{number(row['events']):>{digits}}  ", FIGURES), f"{mode}: {brief(what)}",
        (code, QUIET))
    if row["name"] and row["meaning"]:
        yield Text(f"{indent}{row['meaning']}")
    for line in (_where(row), _who(row), _times(row)):
        if line:
            yield Text(f"{indent}{line}", QUIET)
    if row["remedy"]:
        again = row["failure_error"] in said
        yield Text(f"{indent}what to do: {'as above' if again else row['remedy']}")
        said.add(row["failure_error"])


def _where(row: Row) -> str:
    point = row["failure_point"]
    parts = (
        row["keying_module"], row["sa_role"] and row["sa_role"].lower(),
        row["state"] and f"state {row['state']}", point and _POINTS.get(point, f"point {point}"),
        row["auth_method"] and f"method {row['auth_method']}")
    return ", ".join(brief(part) for part in parts if part)


def _who(row: Row) -> str:
    parts = [
        f"{who} said that it is {brief(row[name])}" for who, name in (
            ("this computer", "local_principal"), ("the other end", "remote_principal"))
        if row[name]]
    return ", ".join(parts)
