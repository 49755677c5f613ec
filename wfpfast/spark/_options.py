"""Reads the options that a user gave to Spark; must not know Spark, nor what is in files."""

import glob
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from wfpfast.dataset import lake
from wfpfast.names import EVENT_TYPES, event_type
from wfpfast.spark._conditions import GreaterThanOrEqual, In, LessThanOrEqual

SPLIT = 32 << 20    # bytes that one task reads, where a file can be split
TABLES = ("events", "stats")
ERRORS = ("raise", "null")
_YES_NO = ("true", "false")
_PATH, _PATHS = "path", "paths"     # Spark's names of one, and of a list as JSON
_KNOWN = (
    _PATH, _PATHS, "columns", "since", "until", "host", "type", "defaultHost", "errors", "table",
    "pushFilters", "splitBytes")
_HIDDEN = (".", "_")    # files in folders whose names begin so are nobody's data, as Spark has it


@dataclass(frozen=True)
class Options:
    """What is to be read, and how.

    Attributes
    ----------
    paths : tuple of str
        Files, folders or patterns, absolute: executors have another working directory.
    columns : tuple of str
        In the order of the lake's schema, or as they were asked for.
    errors : str
        ``raise`` or ``null``, as of `wfpfast.Decoder`.
    conditions : tuple
        Which events, as `_conditions.mask` decides it.
    host : str or None
        The host of events that do not say it themselves.
    table : str
        ``events``, or ``stats`` for what was counted while they were read.
    push : bool
        Whether filters of Spark are taken, too.
    split : int
        Bytes a task.
    """

    paths: tuple[str, ...]
    columns: tuple[str, ...]
    conditions: tuple[Any, ...]
    errors: str
    host: str | None
    table: str
    push: bool
    split: int

    def files(self) -> list[str]:
        """Return the files that there are now."""
        return list(dict.fromkeys(file for path in self.paths for file in _files(path)))


def parsed(given: Mapping[str, str]) -> Options:
    """Return the options of Spark's `option` and `load`.

    Raises
    ------
    ValueError
        If one is unknown or means nothing.
    """
    known = {name.lower(): name for name in _KNOWN}
    for name in given:
        if name.lower() not in known:
            raise ValueError(
                f"option {name!r} is unknown to the format wfpfast; it has {', '.join(_KNOWN)}")
    options = {known[name.lower()]: text for name, text in given.items()}
    return Options(
        paths=tuple(map(_local, _paths(options))), columns=_columns(options.get("columns")),
        conditions=tuple(_conditions(options)),
        errors=_one_of("errors", options.get("errors", ERRORS[0]), ERRORS),
        host=options.get("defaultHost") or None,
        table=_one_of("table", options.get("table", TABLES[0]), TABLES),
        push=_one_of("pushFilters", options.get("pushFilters", "false"), _YES_NO) == "true",
        split=_size(options.get("splitBytes", str(SPLIT))))


def _paths(options: Mapping[str, str]) -> list[str]:
    if _PATH in options:
        return [options[_PATH]]
    found = json.loads(options.get(_PATHS, "[]"))
    if not found:
        raise ValueError("what is to be read? spark.read.format('wfpfast').load(PATH) says it")
    return [str(path) for path in found]


def _local(path: str) -> str:
    """Return a path of the local file system in full."""
    parts = urlsplit(path)
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost"):
            raise ValueError(f"{path}: names a host; file:///PATH is a file of this one")
        path = unquote(parts.path)
    elif "://" in path:
        raise ValueError(
            f"{path}: wfpfast reads files by their paths, and no {parts.scheme}: make them files"
            " (a mounted or shared folder), or a dataset by 'wfpfast collect', which Spark reads"
            " from any storage itself")
    return os.path.abspath(path)


def _columns(text: str | None) -> tuple[str, ...]:
    known = lake.schema().names
    if text is None:
        return tuple(known)
    wanted = _listed(text)
    check_columns(wanted)
    return wanted


def check_columns(wanted: Sequence[str]) -> None:
    """Raise ValueError unless events have these columns."""
    unknown = [name for name in wanted if name not in lake.schema().names]
    if unknown or not wanted:
        raise ValueError(
            f"there is no column {', '.join(unknown) or 'asked for'}; docs/columns.md and"
            " docs/security-log.md have the names")


def _conditions(options: Mapping[str, str]) -> Iterator[Any]:
    """Yield what options say of the events that are wanted."""
    if "since" in options:
        yield GreaterThanOrEqual((lake.TIMESTAMP,), _time("since", options["since"]))
    if "until" in options:
        yield LessThanOrEqual((lake.TIMESTAMP,), _time("until", options["until"]))
    if "host" in options:
        yield In((lake.HOST,), _listed(options["host"]))
    if "type" in options:
        types = _listed(options["type"])
        known = {event_type(number) for number in EVENT_TYPES.values()}
        for name in types:
            if name not in known and not name.startswith("UNKNOWN_"):
                raise ValueError(f"option type: there is no event type {name}")
        yield In(("event_type",), types)


def _time(option: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"option {option}={text!r}: expected ISO 8601, as 2026-10-05T06:07:08Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _one_of(name: str, text: str, allowed: Sequence[str]) -> str:
    if text.lower() not in allowed:
        raise ValueError(f"option {name}={text!r}: expected {' or '.join(allowed)}")
    return text.lower()


def _size(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise ValueError(f"option splitBytes={text!r}: expected a number of bytes")
    return int(text)


def _files(path: str) -> Iterator[str]:
    """Yield the file at a path, those of a folder at any depth, or those of a pattern."""
    if os.path.isdir(path):
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(each for each in folders if not each.startswith(_HIDDEN))
            yield from (str(Path(folder, name)) for name in sorted(names)
                        if not name.startswith(_HIDDEN))
    elif os.path.exists(path):
        yield path
    else:
        found = sorted(glob.glob(path, recursive=True))
        if not found:
            raise FileNotFoundError(f"{path}: is not there")
        for each in found:
            yield from _files(each)
