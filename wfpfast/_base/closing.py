"""A base for classes that a ``with`` statement closes; must not know what closing frees."""

from types import TracebackType
from typing import Never, Self


class Closing:
    """Gives a class that has a ``close`` method the two methods that a ``with`` statement needs.

    ``close`` may be called twice, and frees everything whether or not the statement's body failed.
    """

    def close(self) -> None:
        """Free what the object holds."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        # copy.copy() would make a second owner, and the first one to close takes all from both.
        raise TypeError(
            f"{type(self).__name__} cannot be copied or pickled: what it holds has one owner")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
