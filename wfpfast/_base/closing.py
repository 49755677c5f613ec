"""A base for classes that a ``with`` statement closes; must not know what closing frees."""

from types import TracebackType
from typing import Self


class Closing:
    """Gives a class that has a ``close`` method the two methods that a ``with`` statement needs.

    ``close`` may be called twice, and frees everything whether or not the statement's body failed.
    """

    def close(self) -> None:
        """Free what the object holds."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
