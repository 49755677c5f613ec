"""SQL that a user wrote: locked in, checked, its faults shown in its text; must not know events."""

import importlib.util
import json
from collections.abc import Iterator, Sequence
from typing import Any

import click
from rich.cells import cell_len

from wfpfast.cli._screen import Fault, printable, say

MEMORY = "1GB"
_SHOWN = 120    # characters of a long text that are shown around a fault
# All of it before a user's text is seen. The last one keeps it so.
_LOCKS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false", "python_enable_replacements": "false",
    "temp_directory": "", "memory_limit": MEMORY, "errors_as_json": "true"}
# What reads settings, variables, or what else is no event, though duckdb says of it that it changes
# nothing; `duckdb_functions()` has a column for what does.
_PRIVATE = {
    "current_setting", "getvariable", "current_database", "current_schema", "current_schemas",
    "in_search_path", "txid_current", "version"}
# Macros of duckdb are SQL themselves; these are about their arguments only.
_MACROS = {"split_part", "nullif", "if", "ago", "date_add", "days_in_month", "list_append"}


class SqlFault(Exception):
    """What is wrong with a user's SQL.

    Attributes
    ----------
    at : int or None
        Where, in bytes of the statement.
    """

    def __init__(self, reason: str, at: int | None = None) -> None:
        super().__init__(reason)
        self.at = at


class Locked:
    """A database in memory that reaches no file, no setting and no other program.

    Parameters
    ----------
    option : str
        What is said to need it, if duckdb is not installed.
    threads : int
        How many it may use.
    files : sequence of str
        What it may read all the same: whole paths of files.
    """

    def __init__(self, option: str, threads: int = 1, files: Sequence[str] = ()) -> None:
        if importlib.util.find_spec("duckdb") is None:
            raise Fault(f"{option} needs duckdb: pip install 'wfpfast[query]'")
        import duckdb

        self._error = duckdb.Error
        self._connection = duckdb.connect(
            ":memory:", config={**_LOCKS, "threads": str(threads)})
        self._connection.execute("SET TimeZone = 'UTC'")    # as all timestamps of events are
        if files:
            self._connection.execute(f"SET allowed_paths = [{', '.join(map(quoted, files))}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def parsed(self, statement: str) -> list[dict[str, Any]]:
        """Return the statements of a text as trees; only SELECT has one."""
        try:
            text = self._first("SELECT json_serialize_sql(?::VARCHAR)", statement)
            tree: dict[str, Any] = json.loads(text)
        except RecursionError:
            raise SqlFault("is nested too deeply") from None
        if tree["error"]:
            position = tree.get("position")
            reason = tree["error_message"]
            if tree["error_type"] == "not implemented":
                reason = "only SELECT is allowed"
            raise SqlFault(reason, None if position is None else int(position))
        statements: list[dict[str, Any]] = tree["statements"]
        return statements

    def functions(self, *, aggregates: bool = False) -> frozenset[str]:
        """Return the functions whose result depends on their arguments, or on the time, only."""
        pure = self._connection.execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'scalar'"
            " AND stability IN ('CONSISTENT', 'CONSISTENT_WITHIN_QUERY')"
            " OR function_type = 'aggregate' AND $1", [aggregates]).fetchall()
        return frozenset(name for (name,) in pure) - _PRIVATE | _MACROS

    def _first(self, statement: str, *values: str) -> str:
        with self.explained():
            rows = self._connection.cursor().execute(statement, values).fetchall()
        text: str = rows[0][0]
        return text

    def kind(self, statement: str, events: Any) -> str:
        """Return the type of a statement's first column."""
        with self.explained():
            return str(self._over(events).execute(statement).description[0][1])

    def table(self, statement: str, events: Any = None) -> Any:
        """Return what a statement makes of `events`, or of what is linked, as a table of Arrow."""
        with self.explained():
            return self._over(events).sql(statement).to_arrow_table()

    def link(self, files: Sequence[tuple[str, Sequence[str]]], types: Any) -> bool:
        """Let `events` be Parquet files, if they have the types of an Arrow table without rows.

        Parameters
        ----------
        files : sequence of tuple
            The path of each, which is one of those that may be read, and its columns as SQL.
        types : pyarrow.Table
            What all columns are to be.
        """
        selects = (
            f"SELECT {', '.join(columns)} FROM read_parquet("
            f"{quoted(path)}, hive_partitioning = false)" for path, columns in files)
        try:
            self._connection.execute(
                f"CREATE VIEW events AS {' UNION ALL BY NAME '.join(selects)}")
            cursor = self._connection.cursor()
            found = dict(row[:2] for row in cursor.execute("DESCRIBE events").fetchall())
        except self._error:
            return False
        wanted = self._over(types).execute("DESCRIBE events").fetchall()
        return found == dict(row[:2] for row in wanted)

    def _over(self, events: Any) -> Any:
        cursor = self._connection.cursor()  # after a fault, a cursor is good for nothing
        if events is not None:
            cursor.register("events", events)
        return cursor

    def explained(self) -> "_Explained":
        """Make errors of duckdb faults of the SQL."""
        return _Explained(self._error)


def quoted(text: str, mark: str = "'") -> str:
    """Return a text as SQL has it; with ``"`` as the mark, a name."""
    return f"{mark}{text.replace(mark, 2 * mark)}{mark}"


class _Explained:
    def __init__(self, error: type[Exception]) -> None:
        self._error = error

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if not isinstance(error, self._error):
            return
        text = str(error)
        try:
            said = json.loads(text[text.index("{"):])
        except ValueError:
            raise SqlFault(text.partition("\n")[0]) from None
        position = said.get("position")
        reason = said["exception_message"].partition("\n")[0]
        raise SqlFault(reason, None if position is None else int(position)) from None


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield all parts of a tree, as deep as it is."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(reversed(part.values()))
        elif isinstance(part, list):
            waiting.extend(reversed(part))


def point(text: str, at: int | None) -> None:
    """Show a text, and below it the place that is `at` bytes after its beginning."""
    if at is None:
        return
    place = len(text.encode()[:max(0, at)].decode(errors="ignore"))
    first = max(0, place - _SHOWN // 2)
    shown = text[first:first + _SHOWN]
    say(f"  {shown}")
    say("  " + " " * cell_len(printable(text[first:place])) + "^")


def refused(option: str, fault: SqlFault) -> click.UsageError:
    """Return the error to raise for a fault that is the user's, whatever is read."""
    reason = printable(str(fault))
    end = "" if reason.endswith("?") else "."
    return click.UsageError(f"{option}: {reason}{end}", click.get_current_context())
