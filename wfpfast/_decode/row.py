"""One event as a light object for people; must not know how columns are stored."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class NetEvent:
    """One row of a batch: columns are attributes and keys; a value is made when it is read."""

    __slots__ = ("_batch", "_row")

    def __init__(self, batch: Any, row: int) -> None:
        self._batch = batch
        self._row = row

    def __getitem__(self, name: str) -> Any:
        return self._batch._cell(name, self._row)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._batch._cell(name, self._row)
        except KeyError:
            raise AttributeError(f"an event has no column {name!r}") from None

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

    def __repr__(self) -> str:
        known = (f"{k}={v!r}" for k, v in self.to_dict().items() if v is not None)
        return f"NetEvent({', '.join(known)})"
