"""Makes questions of Sigma rules that engines answer alike; must not know engines or files."""

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from sigma.exceptions import SigmaFeatureNotSupportedByBackendError

from wfpfast.queries.sigma import FIELDS, OWN, SHIPPED, Duckdb, read_rules

__all__ = ["SHIPPED", "Hunting", "questions"]
_SHOWN = (
    "timestamp", "host", "event_id", "record_id", "event_type", "direction", "source_address",
    "source_port", "destination_address", "destination_port", "app_path", "filter_id")
_ESCAPE = "!"
# In Spark a backslash begins an escape, and a dollar a variable. chr() of a number is any engine's.
_SPELT = {"\\": "chr(92)", "$": "chr(36)"}
_LITERAL = re.compile(r"'((?:[^']|'')*)'( ESCAPE '\\')?")
_PIECE = re.compile(r"(?s)\\(.)|(.)")


class Hunting(NamedTuple):
    """What rules became.

    Attributes
    ----------
    questions : dict
        SQL over the view ``events`` by the titles of rules: the events that each is about.
    unanswered : dict
        Why there is none, by the titles of the others.
    """

    questions: dict[str, str]
    unanswered: dict[str, str]


class _Shared(Duckdb):
    """Makes conditions of what duckdb and Spark have in common."""

    eq_expression = "lower(CAST({field} AS STRING)) = lower(CAST({value} AS STRING))"
    wildcard_match_expression = "CAST({field} AS STRING) ILIKE '{value}' ESCAPE '\\'"
    field_equals_field_expression = (
        "lower(CAST({field1} AS STRING)) = lower(CAST({field2} AS STRING))")
    bool_expression = "lower(CAST({field} AS STRING)) IN ({value}, {numeric_value})"

    def escape_and_quote_field(self, field: str) -> str:
        """Return the column, whose name is a word; in Spark quotes would make a text of it."""
        return super().escape_and_quote_field(field).strip('"')

    def convert_condition_field_eq_val_cidr(self, cond: Any, state: Any) -> str:
        """Return whether an address is of a network."""
        return _in_network(self.escape_and_quote_field(cond.field), cond.value.network)

    def convert_condition_field_eq_val_re(self, cond: Any, state: Any) -> str:
        """Refuse a regular expression, of which engines have their own kinds."""
        raise SigmaFeatureNotSupportedByBackendError("has a regular expression")

    def convert_condition_field_eq_val_str_case_sensitive(self, cond: Any, state: Any) -> str:
        """Refuse to distinguish upper and lower case, for which engines have their own words."""
        raise SigmaFeatureNotSupportedByBackendError("distinguishes upper and lower case")

    def finalize_query_default(self, rule: Any, query: str, index: int, state: Any) -> str:
        """Return the condition with texts that are the same in all engines."""
        return _LITERAL.sub(_shared_literal, query)


def _shared_literal(found: re.Match[str]) -> str:
    text = found[1].replace("''", "'")
    if not found[2]:
        return _spelt(text)
    pattern = "".join(
        _kept(piece[1]) if piece[1] else piece[2].replace(_ESCAPE, 2 * _ESCAPE)
        for piece in _PIECE.finditer(text))
    return f"{_spelt(pattern)} ESCAPE '{_ESCAPE}'"


def _kept(letter: str) -> str:
    """Return a letter that means itself in a pattern."""
    return _ESCAPE + letter if letter in ("%", "_", _ESCAPE) else letter


def _spelt(text: str) -> str:
    """Return SQL for a text."""
    parts = [part for part in re.split(r"([\\$])", text) if part] or [""]
    made = [_SPELT.get(part) or "'{}'".format(part.replace("'", "''")) for part in parts]
    return made[0] if len(made) == 1 and made[0].startswith("'") else f"concat({', '.join(made)})"


def _in_network(column: str, text: Any) -> str:
    network = ipaddress.ip_network(str(text))
    first, last = network[0], network[-1]
    if isinstance(first, ipaddress.IPv4Address):
        number = " + ".join(
            f"TRY_CAST(split_part({column}, '.', {place}) AS BIGINT) * {256 ** (4 - place)}"
            for place in range(1, 5))
        return f"({number}) BETWEEN {int(first)} AND {int(last)}"
    if network.prefixlen == 128:
        return f"{column} = '{first}'"
    if network.prefixlen > 16:
        raise SigmaFeatureNotSupportedByBackendError(
            f"asks for the network {network}, of IPv6 and longer than 16 bits")
    begin, end = (f"{int(address) >> 112:04x}" for address in (first, last))
    return (f"({column} LIKE '%:%' AND lpad(split_part({column}, ':', 1), 4, '0')"
            f" BETWEEN '{begin}' AND '{end}')")


def _end(log: str, inbound: str, outbound: str) -> str:
    """Return an end as the records of Windows of today have it, also for net events."""
    return ", ".join(
        f"CASE WHEN source_{what} IS NULL AND destination_{what} IS NULL THEN CASE direction"
        f" WHEN 'INBOUND' THEN {inbound}_{what} ELSE {outbound}_{what} END"
        f" ELSE {log}_{what} END AS {log}_{what}" for what in ("address", "port"))


def _logs() -> str:
    made = {"source_address", "source_port", "destination_address", "destination_port",
            "direction_message", "channel"}
    plain = [name for name in dict.fromkeys((*_SHOWN, *FIELDS.values(), *OWN)) if name not in made]
    ends = (_end("source", "remote", "local"), _end("destination", "local", "remote"))
    return (f"SELECT {', '.join(plain)}, timestamp_100ns, {', '.join(ends)},"
            " '%%' || CAST(direction_code AS STRING) AS direction_message, 'Security' AS channel"
            " FROM events")


def questions(rules: Iterable[Path] = (SHIPPED,)) -> Hunting:
    """Make a question of each rule.

    Parameters
    ----------
    rules : iterable of path
        Files of Sigma rules, or folders of them; those that wfpfast ships, by default.

    Returns
    -------
    Hunting
        The questions, and why others have none.

    Raises
    ------
    SourceError
        If a folder has no rules.
    """
    made, unanswered = {}, {}
    order = ", ".join(f"{name} NULLS LAST" for name in ("timestamp_100ns", *_SHOWN[1:]))
    for rule in read_rules(map(Path, rules), _Shared):
        if rule.why or rule.asks_filters:
            unanswered[rule.title] = rule.why or "is about records of filters, which are no events"
        else:
            made[rule.title] = (
                f"SELECT {', '.join(_SHOWN)}\nFROM ({_logs()}) AS logs\nWHERE {rule.where}\n"
                f"ORDER BY {order}")
    return Hunting(made, unanswered)
