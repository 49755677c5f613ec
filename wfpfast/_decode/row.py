"""One event as a light object for people; must not know how columns are stored."""

from __future__ import annotations

from collections.abc import Mapping

from wfpfast._columns.shown import HTML_WIDEST, cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class NetEvent:
    """One row of a batch: columns are attributes and keys; a value is made when it is read.

    It counts as a mapping, so that pandas makes a row of it, and ``dict(event)`` a dict.
    """

    __slots__ = ("_batch", "_row")

    def __init__(self, batch: Any, row: int) -> None:
        self._batch = batch
        self._row = row

    def __getitem__(self, name: str) -> Any:
        return self._batch._cell(name, self._row)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._batch._cell(name, self._row)
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def keys(self) -> list[str]:
        """Return the names of the columns."""
        names: list[str] = self._batch.column_names
        return names

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def to_dict(self) -> dict[str, Any]:
        """Return all columns, nulls included."""
        row: dict[str, Any] = self._batch._dict(self._row)
        return row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetEvent) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # compared by value, and a value may hold lists

    def _repr_html_(self) -> str:
        """Return the columns that have a value as a table, for notebooks."""
        from html import escape  # notebooks only

        known = {k: v for k, v in self.to_dict().items() if v is not None}
        rows = (f"<tr><th>{escape(k)}</th><td>{escape(cell(v, HTML_WIDEST))}</td></tr>"
                for k, v in known.items())
        return f"<table><tbody>{''.join(rows)}</tbody></table>"

    def __repr__(self) -> str:
        known = (f"{k}={v!r}" for k, v in self.to_dict().items() if v is not None)
        return f"NetEvent({', '.join(known)})"


Mapping.register(NetEvent)
