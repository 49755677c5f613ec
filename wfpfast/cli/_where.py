"""Chooses rows by an SQL expression, for `--where`; must not know where they come from."""

import difflib
from typing import Any

import pyarrow as pa

from wfpfast.cli._screen import Fault, printable
from wfpfast.cli._sql import Locked, SqlFault, nodes, point, refused
from wfpfast.cli._stages import Choice, Mask
from wfpfast.cli._wanted import known

OPTION = "--where"
_HEAD = "SELECT ("
_TAIL = "\n) FROM events"    # behind the end of a line, which ends a comment
# What an expression about one event consists of.
_ALLOWED = {
    "COMPARISON", "CONJUNCTION", "CONSTANT", "COLUMN_REF", "FUNCTION", "OPERATOR", "CASE", "CAST",
    "BETWEEN", "TYPE"}
_CALLED = {
    "SUBQUERY": "a query", "WINDOW": "a window function", "STAR": "a star", "LAMBDA": "a lambda",
    "PARAMETER": "a parameter", "COLLATE": "a collation"}
# What must be as empty as it is in the statement around the expression.
_PLAIN = (
    "modifiers", "where_clause", "group_expressions", "group_sets", "having", "sample", "qualify")


class Where(Choice):
    """Keeps the events for which an SQL expression is true: neither false nor null.

    Parameters
    ----------
    text : str
        The expression. If it is none, or may not be, it is shown with the place of the fault.
    schema : pyarrow.Schema, optional
        The columns of rows that are no events: what is wrong with the expression for all of them is
        known before there is one.
    """

    option = OPTION

    def __init__(self, text: str, schema: pa.Schema | None = None) -> None:
        schema = known() if schema is None else schema
        self._text = text
        self._statement = f"{_HEAD}{text}{_TAIL}"
        self._sql = Locked(OPTION)
        self._pointed: set[int | None] = set()
        try:
            tree = self._checked()
            columns = dict(_columns(tree))
            self.needs = tuple(dict.fromkeys(_cased(name, schema) for name in columns))
            self._places = {_cased(name, schema): at for name, at in columns.items()}
            if set(self.needs) <= set(schema.names):
                self._bind(schema)
        except SqlFault as fault:
            self._point(fault)
            raise refused(OPTION, fault) from None

    def _checked(self) -> Any:
        """Return the tree of the expression, which is all that there is."""
        if not self._text.strip():
            raise SqlFault("is empty")
        statements = self._sql.parsed(self._statement)
        node = statements[0]["node"]
        items = node.get("select_list", [])
        table = node.get("from_table", {})
        if not (len(statements) == len(items) == 1 and node["type"] == "SELECT_NODE"
                and not any(node[each] for each in _PLAIN) and not node["cte_map"]["map"]
                and not items[0]["alias"] and table.get("type") == "BASE_TABLE"
                and not table["alias"] and not table["sample"] and not table["at_clause"]
                and table["query_location"] > len(_HEAD) + len(self._text.encode())):
            raise SqlFault("is not one expression")
        functions: frozenset[str] = frozenset()
        for part in nodes(items[0]):
            kind, at = part.get("class"), part.get("query_location")
            if kind is not None and kind not in _ALLOWED:
                raise SqlFault(f"{_CALLED.get(kind, kind.lower())} has no place in it", at)
            if kind == "FUNCTION":
                functions = functions or self._sql.functions()
                if part["function_name"] not in functions or part["catalog"] or part["schema"]:
                    raise SqlFault(_no_function(part["function_name"], functions), at)
        return items[0]

    def _bind(self, schema: pa.Schema) -> None:
        """Let duckdb look at the types."""
        nothing = pa.record_batch(
            [pa.nulls(0, field.type) for field in schema], schema=pa.schema(list(schema)))
        kind = self._sql.kind(self._statement, self._needed(nothing))
        if kind != "BOOLEAN":
            raise SqlFault(f"is not true or false but {kind}", len(_HEAD))

    def _needed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch.select(list(self.needs) or batch.schema.names[:1])

    def mask(self, name: str, schema: pa.Schema) -> Mask:
        """Return what tells for which events of a source it is true."""
        try:
            self._bind(schema)
        except SqlFault as fault:
            self._point(fault)
            raise Fault(f"{name}: {OPTION}: {printable(str(fault))}") from None

        def true(batch: pa.RecordBatch) -> pa.BooleanArray:
            try:
                table = self._sql.table(self._statement, self._needed(batch))
            except SqlFault as fault:
                self._point(fault)
                raise Fault(f"{name}: {OPTION}: {printable(str(fault))}") from None
            return table.column(0).combine_chunks()

        return true

    def checked(self, name: str, schema: pa.Schema) -> Mask:
        """Show where a column is named that a source lacks."""
        lacking = next((each for each in self.needs if each not in schema.names), None)
        if lacking is not None:
            self._point(SqlFault("", self._places[lacking]))
        return super().checked(name, schema)

    def _point(self, fault: SqlFault) -> None:
        if fault.at not in self._pointed and fault.at is not None:
            self._pointed.add(fault.at)
            point(self._text, min(fault.at - len(_HEAD), len(self._text.encode())))


def _columns(tree: Any) -> Any:
    """Yield the columns that an expression names, and where; a table's name may be in front."""
    for part in nodes(tree):
        if part.get("class") == "COLUMN_REF":
            names = part["column_names"]
            name = names[1] if len(names) > 1 and names[0].lower() == "events" else names[0]
            yield name, part["query_location"]


def _cased(name: str, schema: pa.Schema) -> str:
    """Return a column as it is written; SQL makes no difference of capitals."""
    return next((each for each in schema.names if each.lower() == name.lower()), name)


def _no_function(name: str, there: frozenset[str]) -> str:
    near = difflib.get_close_matches(name, sorted(there), 2)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"there is no function {name} of one event{hint}"
