"""Sigma rules as conditions in SQL, of duckdb or of all engines; must not know where events are.

Sigma compares texts in any case, takes what an event lacks for no match, and says nothing of types.
So every value is compared as text, and the SQL is that of the backend for SQLite, which keeps NOT
true where a field is null (COALESCE), with the operators that duckdb has in place of SQLite's.
"""

import functools
import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaError, SigmaFeatureNotSupportedByBackendError
from sigma.rule import SigmaRule

from wfpfast.errors import SourceError

MOST_BYTES = 1 << 20        # of a file of rules
MOST_DEPTH = 50
SHIPPED = Path(__file__).with_name("rules")
SUFFIXES = (".yml", ".yaml")
# Fields as the records of the Security log have them, and the columns that have their values.
FIELDS = {
    "EventID": "event_id", "Application": "app_path", "ProcessID": "process_id",
    "SourceAddress": "source_address", "SourcePort": "source_port",
    "DestAddress": "destination_address", "DestPort": "destination_port",
    "Protocol": "ip_protocol", "FilterRTID": "filter_id", "LayerRTID": "layer_id",
    "Direction": "direction_message", "FilterOrigin": "filter_origin",
    "InterfaceIndex": "interface_index", "RemoteUserID": "remote_user_sid",
    "RemoteMachineID": "remote_machine_sid", "Computer": "host", "EventRecordID": "record_id",
    "Channel": "channel", "FailureReason": "failure_reason",
}
# Of the records that say that a filter was there, was added or deleted.
FILTER_FIELDS = {
    "FilterName": "filter_name", "FilterKey": "filter_key", "FilterId": "filter_id",
    "CalloutName": "callout_name", "UserSid": "filter_user_sid", "UserName": "filter_user_name"}
OWN = (
    "event_type", "timestamp", "local_address", "local_port", "remote_address", "remote_port",
    "direction", "user_sid", "package_sid", "is_loopback", "network_capability", "ip_version")
FILTERS_THERE = {5441, 5447}
EVENTS_THERE = {
    5031, 5146, 5147, *range(5150, 5160), 4652, 4653, 4654, 4963, 4983, 4984}
_COLUMNS = {
    **{name.lower(): column for name, column in (*FIELDS.items(), *FILTER_FIELDS.items())},
    **{name: name for name in (*FIELDS.values(), *FILTER_FIELDS.values(), *OWN)}}


class Duckdb(sqliteBackend):
    """Makes conditions for duckdb, and notes which columns they need."""

    eq_expression = "lower(CAST({field} AS VARCHAR)) = lower(CAST({value} AS VARCHAR))"
    wildcard_match_expression = "CAST({field} AS VARCHAR) ILIKE '{value}' ESCAPE '\\'"
    case_sensitive_match_expression = "CAST({field} AS VARCHAR) GLOB {value}"
    re_expression = "regexp_matches(CAST({field} AS VARCHAR), '{regex}')"
    compare_op_expression = "TRY_CAST({field} AS DOUBLE) {operator} {value}"
    field_equals_field_expression = (
        "lower(CAST({field1} AS VARCHAR)) = lower(CAST({field2} AS VARCHAR))")
    bool_numeric_values = {True: "'1'", False: "'0'"}  # noqa: RUF012  # as its base has it
    bool_expression = "lower(CAST({field} AS VARCHAR)) IN ({value}, {numeric_value})"
    null_safe_expression = "COALESCE({expr}, false)"

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()
        self.absent: set[str] = set()

    def escape_and_quote_field(self, field: str) -> str:
        """Return the column of a field; NULL is what no event has."""
        # A record's Direction is a number of a message, and not the column of that name.
        column = FIELDS.get(field) or _COLUMNS.get(field.lower())
        if column is None:
            self.absent.add(field)
            return "NULL"
        self.used.add(column)
        return f'"{column}"'

    def convert_condition_field_eq_val_cidr(self, cond: Any, state: Any) -> str:
        """Return whether an address is of a network, in whatever form it is written."""
        field = self.escape_and_quote_field(cond.field)
        return f"in_network(CAST({field} AS VARCHAR), '{cond.value.network}')"

    def convert_condition_val_str(self, cond: Any, state: Any) -> str:
        """Refuse a value without a field: an event is columns, and no text."""
        raise SigmaFeatureNotSupportedByBackendError("asks for a word in any field")

    convert_condition_val_num = convert_condition_val_re = convert_condition_val_str

    def finalize_query_default(self, rule: Any, query: str, index: int, state: Any) -> str:
        """Return the condition alone."""
        return query

    def columns(self) -> set[str]:
        """Return the columns of which a rule wants something besides the id."""
        return self.used - {"event_id"}

    def asked(self, rule: SigmaRule) -> set[Any] | None:
        """Return the ids of events of which a rule wants one, or None if it does not say so."""
        found: set[Any] = set()
        for condition in rule.detection.parsed_condition:
            bound = self._field_value_bound(condition.parsed, "eventid")
            if bound is None:
                return None
            found |= {int(each) if str(each).isdecimal() else each for each in bound}
        return found


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes
    ----------
    title, id, level : str
        As the rule has them.
    path : str
        Its file.
    where : str
        The condition in SQL; nothing if there is no answer.
    asks_filters : bool
        Whether it is about records of filters.
    absent : tuple of str
        Fields that no event here has.
    why : str
        Why there is no answer.
    """

    title: str
    path: str
    id: str = ""
    level: str = ""
    where: str = ""
    asks_filters: bool = False
    absent: tuple[str, ...] = field(default=())
    why: str = ""


def read_rules(paths: Iterable[Path], dialect: type[Duckdb] = Duckdb) -> list[Rule]:
    """Read rules from files and from folders, at any depth; the unanswerable say why.

    Raises
    ------
    SourceError
        If a folder has no rules.
    """
    return [rule for path in _files(paths) for rule in _rules(path, dialect)]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
        if not found:
            raise SourceError(f"{path}: there are no rules in it: no file ends in .yml")
        yield from found


def _rules(path: Path, dialect: type[Duckdb]) -> Iterator[Rule]:
    nothing = functools.partial(Rule, path=str(path))
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        yield nothing(path.name, why="is larger than a file of rules")
        return
    try:
        text = data.decode("utf-8-sig")
        if why := _costly(text):
            yield nothing(path.name, why=why)
            return
        found = SigmaCollection.from_yaml(text)
    except (
        SigmaError, yaml.YAMLError, RecursionError,
        AttributeError, TypeError, ValueError,  # which are pySigma's for YAML that is no rule
    ) as error:
        yield nothing(path.name, why=f"is no Sigma rule: {error}")
        return
    if not len(found):
        yield nothing(path.name, why="is no Sigma rule")
    for each in found:
        title = str(each.title or path.name)
        if not isinstance(each, SigmaRule):
            yield nothing(title, why="is a correlation or a filter of other rules")
            continue
        try:
            yield _converted(each, title, str(path), dialect())
        except (SigmaError, NotImplementedError, RecursionError) as error:
            yield nothing(title, why=str(error))


def _costly(text: str) -> str:
    """Return what of a small text costs much, or nothing."""
    depth = 0
    for each in yaml.parse(text, yaml.SafeLoader):
        if isinstance(each, yaml.AliasEvent):
            return "has YAML aliases, of which a few can stand for millions of values"
        depth += isinstance(each, yaml.CollectionStartEvent)
        depth -= isinstance(each, yaml.CollectionEndEvent)
        if depth > MOST_DEPTH:
            return "is nested too deep"
    return ""


def _converted(rule: SigmaRule, title: str, path: str, backend: Duckdb) -> Rule:
    where = " OR ".join(f"({each})" for each in backend.convert_rule(rule))
    asked = backend.asked(rule)
    about_filters = bool(backend.used & {*FILTER_FIELDS.values()} - {"filter_id"}) or bool(
        asked and asked & FILTERS_THERE)
    return Rule(
        title, path, id=str(rule.id or ""), level=str(rule.level or "").lower(), where=where,
        asks_filters=about_filters, absent=tuple(sorted(backend.absent)),
        why=_why(rule, backend, asked))


def _why(rule: SigmaRule, backend: Duckdb, asked: set[Any] | None) -> str:
    """Return why there is no answer to a rule, or nothing."""
    source = rule.logsource
    if source.category or source.product not in (None, "windows") or source.service not in (
            None, "security", "wfp"):
        names = [each for each in (source.product, source.category, source.service) if each]
        return f"is about another log: {' '.join(names)}"
    if asked is not None and not asked & (EVENTS_THERE | FILTERS_THERE):
        return f"asks for event {', '.join(sorted(map(str, asked)))}, which is not read here"
    # What a rule excludes may be absent; what it asks for besides the id may not.
    if backend.absent and (asked is None or not backend.columns()):
        return f"asks for {', '.join(sorted(backend.absent))}, which no event has"
    return ""


def in_network(addresses: pa.Array, networks: pa.Array) -> pa.Array:
    """Return whether each address is of a network; what is no address is not."""
    if isinstance(addresses, pa.ChunkedArray):
        addresses = addresses.combine_chunks()
    coded = addresses.dictionary_encode()
    network = ipaddress.ip_network(networks[0].as_py()) if len(networks) else None
    found = [None if text is None else _is_in(text, network)
             for text in coded.dictionary.to_pylist()]
    return pa.array(found, pa.bool_()).take(coded.indices)


def _is_in(text: str, network: Any) -> bool:
    try:
        return ipaddress.ip_address(text) in network
    except ValueError:
        return False
