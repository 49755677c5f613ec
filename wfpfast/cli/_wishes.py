r"""Conditions as people write them: lists, `!`, names, wildcards; must not know tables of events.

A value of an option may be a list with commas, except that of a program. `!` in front means none of
it. An option that is given several times means any of its values, and none of those with a `!`.
"""

import fnmatch
import functools
import ipaddress
import operator
import re
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import click

from wfpfast import names
from wfpfast.cli._screen import say
from wfpfast.engine.template import CONDITIONS

Test = Callable[[Any], bool]
DIRECTIONS = ("INBOUND", "OUTBOUND", "FORWARD", "BIDIRECTIONAL")
_SHORT = {"IN": "INBOUND", "OUT": "OUTBOUND"}
_DRIVE = re.compile(r"[a-z]:\\")
_KERNEL = "system"  # an application that has no path


class Wish(NamedTuple):
    """What one option asks of one column.

    Attributes
    ----------
    option, column : str
        What asks, and of what.
    any_of, none_of : tuple
        Tests of a value.
    single : int, str or None
        The one value that is asked for, if a template of Windows takes it.
    """

    option: str
    column: str
    any_of: tuple[Test, ...]
    none_of: tuple[Test, ...]
    single: int | str | None

    def fits(self, value: Any) -> bool:
        """Tell whether a value is as wanted; no value at all is none of any."""
        if value is None:
            return not self.any_of
        return (not self.any_of or any(test(value) for test in self.any_of)) and not any(
            test(value) for test in self.none_of)


def wish(context: click.Context, parameter: click.Parameter, texts: Sequence[str]) -> Wish | None:
    """Return what an option asks for, all its values together."""
    if not texts:
        return None
    column, option = str(parameter.name), max(parameter.opts, key=len)
    tests: dict[bool, list[Test]] = {True: [], False: []}
    single = None
    for text in texts:
        for value in _values(column, text.removeprefix("!")):
            try:
                single, test = _READERS[column](option, value)
            except (TypeError, ValueError) as error:
                raise click.UsageError(f"{error}.", context) from None
            tests[not text.startswith("!")].append(test)
    if tests[False] or len(tests[True]) > 1:
        single = None
    return Wish(option, column, tuple(tests[True]), tuple(tests[False]), single)


def _values(column: str, text: str) -> list[str]:
    values = [text] if column == "app_path" else [value.strip() for value in text.split(",")]
    if not all(values):
        raise click.BadParameter("a value is empty.")
    return values


def _operand(column: str, value: int | str) -> int | bytes:
    return CONDITIONS[column][1](column, value)[1]


def _number(column: str, _: str, text: str) -> tuple[int | str, Test]:
    """Return a number, or a name of one that the template knows."""
    is_number = text.isdecimal() or column.endswith("_port")
    if is_number and not text.isdecimal():
        raise ValueError(f"{column}: {text!r} is no number")
    value = int(text) if is_number else text
    return value, functools.partial(operator.eq, _operand(column, value))


def _event_type(_: str, text: str) -> tuple[int | str, Test]:
    number = _operand("event_type", int(text) if text.isdecimal() else text)
    assert isinstance(number, int)
    return number, functools.partial(operator.eq, names.event_type(number))


def _address(column: str, option: str, text: str) -> tuple[int | str, Test]:
    _operand(column, text)
    network = ipaddress.ip_network(text, strict=False)
    if "/" in text and network.network_address != ipaddress.ip_interface(text).ip:
        say(f"wfpfast: {option} {text}: all of {network}")

    def test(value: str) -> bool:
        try:
            return ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return text, test


def _app(_: str, text: str) -> tuple[int | str | None, Test]:
    r"""Return a program: its whole path, or its name where there is no \ in it; * and ? are any.

    Which device a drive is, a file does not say: C:\ is the root of each of them.
    """
    path = text.removeprefix("\\\\?\\").replace("/", "\\").lower()
    drive = _DRIVE.match(path)
    pattern = fnmatch.translate((path[2:] if drive else path).replace("[", "[[]"))
    front = ""
    if drive:
        front = rf"(?:\\device\\[^\\]+|{path[:2]})"
    elif "\\" not in path:
        front = r"(?s:.*\\)?"
    fits = re.compile(front + pattern).match
    exact = not re.search(r"[*?]", path) and (
        path.startswith("\\") or path == _KERNEL or (bool(drive) and sys.platform == "win32"))
    return text if exact else None, lambda value: fits(value.lower()) is not None


def _user(_: str, text: str) -> tuple[int | str, Test]:
    sid = _operand("user_sid", text)
    assert isinstance(sid, bytes)
    numbers = struct.unpack_from(f"<{sid[1]}I", sid, 8)
    shown = "-".join(map(str, ("S", sid[0], int.from_bytes(sid[2:8], "big"), *numbers)))
    return text, functools.partial(operator.eq, shown)


def _direction(_: str, text: str) -> tuple[None, Test]:
    name = text.upper()
    name = _SHORT.get(name, name)
    if name not in DIRECTIONS:
        raise ValueError(f"direction: {text!r} is not in, out or one of {', '.join(DIRECTIONS)}")
    return None, functools.partial(operator.eq, name)


# How a value of an option becomes what a template takes, if it does, and a test. The conditions of
# a template are checked as it checks them.
_READERS: dict[str, Callable[[str, str], tuple[int | str | None, Test]]] = {
    "event_type": _event_type, "app_path": _app, "user_sid": _user, "direction": _direction,
    **{name: functools.partial(_number, name)
       for name in ("ip_protocol", "local_port", "remote_port")},
    **{name: functools.partial(_address, name) for name in ("local_address", "remote_address")},
}
