"""Filters of Spark keep the rows that SQL's three-valued logic keeps; what is not certain is not
taken."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from wfpfast.spark._conditions import mask, understood


@dataclass
class _Binary:
    attribute: tuple[str, ...]
    value: Any


@dataclass
class _Unary:
    attribute: tuple[str, ...]


@dataclass
class Not:
    child: Any


def made(name: str, *of: Any) -> Any:
    """Return what Spark gives to pushFilters: only names and members of its classes count."""
    base = _Binary if len(of) == 2 else _Unary
    return type(name, (base,), {})(of[0] if isinstance(of[0], tuple) else (of[0],), *of[1:])


TABLE = pa.table({
    "timestamp": pa.array([0, 10**6, None, 2 * 10**6 + 1], pa.timestamp("us", "UTC")),
    "host": ["PC-1", None, "pc-1", "PC-2"],
    "remote_port": pa.array([443, 80, None, 53], pa.int32()),
    "is_loopback": [True, False, None, True],
    "end_cert_hash": pa.array([b"1", None, None, None], pa.binary()),
})
SECOND = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
CASES = [
    (made("EqualTo", "host", "PC-1"), "host = 'PC-1'"),
    (Not(made("EqualTo", "host", "PC-1")), "NOT host = 'PC-1'"),
    (made("GreaterThan", "timestamp", SECOND), "timestamp > '1970-01-01 00:00:01+00'"),
    (made("GreaterThanOrEqual", "timestamp", SECOND), "timestamp >= '1970-01-01 00:00:01+00'"),
    (made("LessThan", "remote_port", 80), "remote_port < 80"),
    (made("LessThanOrEqual", "remote_port", 80), "remote_port <= 80"),
    (made("In", "remote_port", (80, 443)), "remote_port IN (80, 443)"),
    (Not(made("In", "remote_port", (80, 443))), "remote_port NOT IN (80, 443)"),
    (made("IsNull", "host"), "host IS NULL"),
    (made("IsNotNull", "host"), "host IS NOT NULL"),
    (made("IsNull", "end_cert_hash"), "end_cert_hash IS NULL"),
    (made("StringStartsWith", "host", "PC"), "host LIKE 'PC%'"),
    (made("StringEndsWith", "host", "-1"), "host LIKE '%-1'"),
    (made("StringContains", "host", "C-"), "host LIKE '%C-%'"),
    (Not(made("StringContains", "host", "C-")), "host NOT LIKE '%C-%'"),
    (made("EqualTo", "is_loopback", True), "is_loopback"),
    (Not(made("EqualTo", "is_loopback", True)), "NOT is_loopback"),
]


@pytest.mark.parametrize(("condition", "sql"), CASES, ids=[sql for _, sql in CASES])
def test_rows_are_those_that_duckdb_keeps(condition: Any, sql: str) -> None:
    assert understood(condition, TABLE.schema)
    child = condition.child if isinstance(condition, Not) else condition
    found = mask(condition, TABLE[child.attribute[0]].combine_chunks())
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.register("t", TABLE)
        expected = database.execute(f"SELECT {sql} FROM t").fetchall()
    assert found.to_pylist() == [value for (value,) in expected]


@pytest.mark.parametrize("condition", [
    made("EqualTo", "nobody", 1),
    made("EqualTo", ("host", "name"), "x"),
    made("EqualTo", "host", None),
    made("EqualTo", "remote_port", True),
    made("EqualTo", "remote_port", 1.5),
    made("EqualTo", "remote_port", 1 << 40),
    made("EqualTo", "timestamp", datetime(2024, 1, 1)),
    made("EqualTo", "timestamp", "2024-01-01"),
    made("EqualTo", "end_cert_hash", b"1"),
    made("In", "remote_port", (80, None)),
    made("StringStartsWith", "remote_port", "4"),
    made("EqualNullSafe", "host", None),
    made("WhatSparkWillHave", "host", "x"),
    Not(made("EqualTo", "host", None)),
], ids=repr)
def test_what_is_not_certain_is_left_to_spark(condition: Any) -> None:
    assert not understood(condition, TABLE.schema)
