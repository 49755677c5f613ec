"""Finds the rules behind filter ids in files; must not know how they are shown."""

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import audit, names, netsh
from wfpfast.cli import _content, _screen
from wfpfast.cli._formats import taking
from wfpfast.cli._input import STDIN, Input
from wfpfast.cli._rules_then import RulesThen, rule_of
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import told
from wfpfast.cli._sources import expanded, inputs, opened_filters
from wfpfast.errors import SourceError
from wfpfast.naming import FIXED_LAYERS
from wfpfast.recording import Machine, Recording

Row = dict[str, Any]

RULE = (
    "name", "provider_key", "provider_name", "layer_key", "sublayer_key", "sublayer_name",
    "action", "filter_origin", "provider_service", "callout_key", "callout_name",
    "callout_registered",
)  # fmt: skip
# An element that every filter has, and no event; as netsh or a redirection encodes it.
_MARKS = (b"<filterKey", "<filterKey".encode("utf-16-le")[:-1])  # either byte order has these
# Likewise a field of the records of the Security log.
_FIELDS = (b"FilterKey", "FilterKey".encode("utf-16-le")[:-1])
_CHUNK = 1 << 20
_NAMED = 20     # faults of a file, of what may be millions
# What happens where the callout's driver is not loaded, by the filter's action: so sdk-api's
# FwpsCalloutUnregisterById0, and FWPM_FILTER0 for the flag that turns it round.
_UNREGISTERED = {
    "CALLOUT_TERMINATING": "BLOCK", "CALLOUT_UNKNOWN": "BLOCK", "CALLOUT_INSPECTION": "IGNORED",
}
_PERMIT_FLAG = "FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED"


class Rules(NamedTuple):
    """The filters of one file.

    Attributes
    ----------
    path : str
        The file.
    table : pyarrow.Table
        As `netsh.read_filters` returns it, or `audit.read_filters`.
    stats : dict
        What could not be read.
    own : bool
        Whether these are for the events of this file only.
    """

    path: str
    table: pa.Table
    stats: dict[str, int]
    own: bool = False

    @property
    def by_time(self) -> bool:
        """Whether it says when which filter was there."""
        return "from" in self.table.column_names


def read_rules(path: Path, **options: str) -> Rules:
    """Read the filters of netsh's wfpstate.xml, filters.xml or wfpdiag.xml, a log or recording."""
    (found,) = known_rules([path], (), **options)
    return found


def known_rules(
    paths: Iterable[Path], events: Sequence[Path], **options: str
) -> list[Rules]:
    """Read files of rules, and of files of events the logs that tell of filters.

    All logs are read as one: they may be one that was archived in pieces.
    """
    found: list[Rules] = []
    logs: list[tuple[int, str]] = []    # where each would stand, and its name

    def files() -> Iterator[Any]:
        for path in paths:
            with opened_filters(path) as given:
                head = given.peek(_content.HEAD)
                if not _content.audits(head):
                    recording = _is_recording(head)
                    found.append(_rules_of(given) if recording else _read(given, options))
                    continue
                logs.append((len(found), given.name))
                yield given.file
                _check(given)
        for given in _telling(events, _is_readable_log, _FIELDS):
            logs.append((len(found), given.name))
            yield given.file

    try:
        table = audit.read_filters(files(), errors="null")
    except SourceError as error:
        raise Fault(told(logs[-1][1], error)) from None
    if logs:
        found.insert(logs[0][0], Rules(
            and_more([path for _, path in logs]), pa.table(table), table.stats))
    return found


def and_more(paths: Sequence[str]) -> str:
    """Return what stands for some files."""
    first, more = "".join(paths[:1]), len(paths) - 1
    return f"{first} and {more} more" if more > 0 else first


def own_rules(paths: Sequence[Path], **options: str) -> Iterator[Rules]:
    """Read the filters of netsh's files that were read for their events, if they have some."""
    for given in _telling(paths, _content.netsh, _MARKS):
        with contextlib.suppress(Fault):  # told with the events
            yield _read(given, options)


class Recorded(NamedTuple):
    """What a recording says of its machine."""

    path: str
    host: str | None
    machine: Machine

    @property
    def rules(self) -> Rules | None:
        """Its filters, which name its events whatever host these are said to be of."""
        if self.machine.filters is None:
            return None
        table = pa.table(self.machine.filters)
        at = table.column_names.index("host")
        return Rules(
            self.path, table.set_column(at, "host", pa.nulls(len(table), pa.utf8())), {}, own=True)


def recorded(paths: Sequence[Path]) -> list[Recorded]:
    """Read what recordings say of their machines; what cannot be read is told with the events."""
    found = []
    for path in expanded(paths):
        if str(path) == STDIN or not path.is_file():    # a pipe is read once
            continue
        with contextlib.closing(inputs([path], _is_recording)) as several:
            for given in several:
                if given.trouble is None and _is_recording(given.peek(_content.HEAD)):
                    found += _machine_of(given)
    return [each for each in found if any(each.machine)]


def _is_recording(head: bytes) -> bool:
    return taking("salvage")[0].recognises(head)


def _machine_of(given: Input) -> list[Recorded]:
    with contextlib.ExitStack() as stack, contextlib.suppress(Fault, SourceError, OSError):
        recording = stack.enter_context(Recording(given.on_disk(stack), salvage=True))
        host = recording.host if recording.system == "Windows" else None
        return [Recorded(given.name, host, recording.machine())]
    return []


def _rules_of(given: Input) -> Rules:
    """Return the filters of a recording that is asked for them, for all events of its host."""
    with contextlib.ExitStack() as stack:
        try:
            recording = stack.enter_context(Recording(given.on_disk(stack), salvage=True))
            machine = recording.machine()
        except SourceError as error:
            raise Fault(told(given.name, error)) from None
    say_faults(Recorded(given.name, None, machine))
    if machine.filters is None:
        raise Fault(f"{given.name}: it says nothing of filters: they could not be had when it was"
                    " recorded, or an older wfpfast made it")
    return Rules(given.name, pa.table(machine.filters), {})


def recorded_rules(recordings: Iterable[Recorded]) -> Iterator[Rules]:
    """Yield the filters that recordings hold; say what of them cannot be read."""
    for each in recordings:
        say_faults(each)
        if (rules := each.rules) is not None:
            yield rules


def say_faults(recording: Recorded) -> None:
    """Say what a recording says of its machine and cannot be read."""
    for fault in recording.machine.faults[:_NAMED]:
        _screen.say(f"wfpfast: {recording.path}: {fault}")
    more = len(recording.machine.faults) - _NAMED
    if more > 0:
        _screen.say(f"wfpfast: {recording.path}: {more:,} more such records")


def _telling(
    paths: Sequence[Path], is_one: Callable[[bytes], bool], marks: Sequence[bytes]
) -> Iterator[Input]:
    """Yield those of the files that were read for their events that tell of filters.

    Most do not: only those where a filter is seen are read for it.
    """
    for path in expanded(paths):
        if str(path) == STDIN or not path.is_file():  # a pipe is read once
            continue
        with contextlib.closing(inputs([path], _content.filters)) as found:
            mention = [_mentions_filters(given, is_one, marks) for given in found]
        if any(mention):
            with contextlib.closing(inputs([path], _content.filters)) as found:
                yield from (
                    given for given, wanted in zip(found, mention, strict=True) if wanted)


def _is_readable_log(head: bytes) -> bool:
    """Tell whether these are records of an event log, of a version that is known."""
    if not _content.audits(head):
        return False
    try:
        audit.read_filters(io.BytesIO(head), errors="null")
    except SourceError:
        return False
    return True


def _read(given: Input, options: dict[str, str]) -> Rules:
    try:
        found = netsh.read_filters(given.file, errors="null", **options)
    except netsh.NetshError as error:
        raise Fault(str(error)) from None
    _check(given)
    return Rules(given.name, pa.table(found), found.stats)


def _check(given: Input) -> None:
    if given.fault:
        raise Fault(f"{given.name}: {given.fault}")


def _mentions_filters(
    given: Input, is_one: Callable[[bytes], bool], marks: Sequence[bytes]
) -> bool:
    if given.trouble is not None or not is_one(given.peek(_content.HEAD)):
        return False
    end = b""
    while chunk := given.file.read(_CHUNK):
        text = end + chunk
        if any(mark in text for mark in marks):
            return True
        end = text[-max(map(len, marks)):]
    return False


def rules_then(files: Iterable[Rules]) -> RulesThen | None:
    """Return the rules of the logs and recordings, if there are such."""
    found = [rules for rules in files if rules.by_time]
    if not found:
        return None
    logs = [rules.table for rules in found if not rules.own]
    return RulesThen(
        pa.concat_tables(logs, promote_options="default") if logs else None,
        {rules.path: rules.table for rules in found if rules.own})


def add_rules(rows: list[Row], files: Sequence[Rules]) -> None:
    """Put beside each filter what the files say about it.

    The first file that has the id names the rule; one in which the filter is at another layer than
    the events does so only if no other file has the id. What logs say stands in the rows already.
    """
    order = {rules.path: number for number, rules in enumerate(files)}
    then_files = [rules.path for rules in files if rules.by_time]
    log = and_more(then_files)
    order[log] = min((order[path] for path in then_files), default=0)
    by_id: dict[int, list[Row]] = {}
    for rules in files:
        if not rules.by_time:
            wanted = pa.array([row["filter_id"] for row in rows], pa.uint64()).drop_null()
            found = rules.table.filter(pc.is_in(rules.table["filter_id"], wanted))
            for each in found.to_pylist():
                by_id.setdefault(each["filter_id"], []).append({**each, "file": rules.path})
    for row in rows:
        row["rule_known"], then = rule_of(row)
        found = by_id.get(row["filter_id"], [])
        if then is not None:
            found = [*found, {**then, "file": log}]
        found.sort(key=lambda each: order[each["file"]])
        row["rule"] = _chosen(row["layer_ids"], found)


def _chosen(layers: list[int], found: Iterable[Row]) -> Row | None:
    rules = [_rule(layers, each) for each in found]
    if not rules:
        return None
    chosen = next((rule for rule in rules if rule["layer_agrees"] is not False), rules[0])
    alike = ("name", "layer_key", "action")
    others = [
        {"name": rule["name"], "file": rule["file"]} for rule in rules
        if any(rule[key] != chosen[key] for key in alike)
    ]
    return {**chosen, "others": others}


def without_driver(rule: Row) -> str | None:
    """Return what a filter does because its callout's driver is not loaded; None if it is."""
    if rule.get("callout_registered") is not False:
        return None
    does = _UNREGISTERED.get(rule["action"])
    return "PERMIT" if does == "BLOCK" and _PERMIT_FLAG in (rule["flags"] or ()) else does


def _rule(layers: list[int], found: Row) -> Row:
    return {
        **{key: found.get(key) for key in RULE},
        "without_driver": without_driver(found),
        "layer_agrees": _layer_agrees(layers, found["layer_key"]),
        "file": found["file"],
    }


def _layer_agrees(layers: list[int], key: str | None) -> bool | None:
    """Tell whether a filter lies at a layer of its events; None if that cannot be known."""
    if not layers or key is None or max(layers) >= FIXED_LAYERS:
        return None
    mine, other = [names.layer_key(names.layer(layer)) for layer in layers], names.layer_key(key)
    if not all(name.startswith("FWPM_") for name in (*mine, other)):
        return None
    return other in mine
