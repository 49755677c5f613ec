"""What is raised about netsh's XML; must not know how it is read."""

from wfpfast.errors import SourceError


class NetshError(SourceError):
    """A file is not what netsh writes, or breaks off.

    Attributes
    ----------
    path : str
        The file; of a file without a name, its type.
    line : int
        The line, from 1.
    element : str
        The element that was being read.
    """

    def __init__(self, path: str, line: int, element: str, what: str) -> None:
        # All four go to ValueError, so that the exception can be pickled and copied.
        super().__init__(path, line, element, what)
        self.path = path
        self.line = line
        self.element = element
        self._what = what

    def __str__(self) -> str:
        return f"{self.path}: line {self.line}: <{self.element}>: {self._what}"


class BadElement(ValueError):
    """An element of a record has a wrong value; the reader adds file and line."""

    def __init__(self, element: str, what: str) -> None:
        super().__init__(what)
        self.element = element
