"""Decides which rows a filter keeps, of Spark or of an option; must not know where rows come from.

A filter that is not understood to the last detail stays Spark's: it is told so, and decides itself.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

_COMPARED: dict[str, Callable[..., Any]] = {
    "EqualTo": pc.equal, "GreaterThan": pc.greater, "GreaterThanOrEqual": pc.greater_equal,
    "LessThan": pc.less, "LessThanOrEqual": pc.less_equal}
_TEXTS: dict[str, Callable[..., Any]] = {
    "StringStartsWith": pc.starts_with, "StringEndsWith": pc.ends_with,
    "StringContains": pc.match_substring}
_VALID: dict[str, Callable[..., Any]] = {"IsNull": pc.is_null, "IsNotNull": pc.is_valid}


class In(NamedTuple):
    """A column has one of some values; as Spark's class of this name."""

    attribute: tuple[str, ...]
    value: tuple[Any, ...]


class GreaterThanOrEqual(NamedTuple):
    """A column is not less than a value; likewise."""

    attribute: tuple[str, ...]
    value: Any


class LessThanOrEqual(NamedTuple):
    """A column is not greater than a value; likewise."""

    attribute: tuple[str, ...]
    value: Any


def column_of(condition: Any) -> str:
    """Return the column that a filter is about."""
    while hasattr(condition, "child"):
        condition = condition.child
    (name,) = condition.attribute
    return str(name)


def understood(condition: Any, columns: pa.Schema) -> bool:
    """Tell whether `mask` decides a filter as Spark does."""
    while hasattr(condition, "child"):
        condition = condition.child
    if len(getattr(condition, "attribute", ())) != 1:
        return False
    (name,) = condition.attribute
    if name not in columns.names:
        return False
    try:
        found = mask(condition, pa.nulls(1, columns.field(name).type))
    except (pa.ArrowException, TypeError, ValueError, OverflowError, LookupError):
        return False
    return len(found) == 1


def mask(condition: Any, column: pa.Array) -> pa.Array:
    """Return which rows a filter is true of; null where Spark has null."""
    name = type(condition).__name__
    if name == "Not":
        return pc.invert(mask(condition.child, column))
    if name in _VALID:
        return _VALID[name](column)
    if name == "In":
        values = pa.array([_value(each, column.type) for each in condition.value], column.type)
        found = pc.is_in(column, values)
        return pc.if_else(pc.is_valid(column), found, pa.scalar(None, pa.bool_()))
    value = pa.scalar(_value(condition.value, column.type), column.type)
    if name in _TEXTS:
        if not pa.types.is_string(column.type):
            raise TypeError(name)
        return _TEXTS[name](column, condition.value)
    return _COMPARED[name](column, value)


def _value(value: Any, kind: pa.DataType) -> Any:
    """Return a value of a filter if it is certain what it means for a column of a type."""
    allowed: tuple[type, ...] = ()
    if pa.types.is_boolean(kind):
        allowed = (bool,)
    elif pa.types.is_integer(kind):
        allowed = (int,)
    elif pa.types.is_string(kind):
        allowed = (str,)
    elif pa.types.is_timestamp(kind):
        allowed = (datetime,)
    if type(value) not in allowed or (isinstance(value, datetime) and value.tzinfo is None):
        raise TypeError(f"{value!r} for {kind}")
    return value
