"""Which formats other than .evtx records come in, one entry each; must not know columns."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from wfpfast.audit import _csv, _json, _xml
from wfpfast.audit._packing import Listed, Lost, Told, listed
from wfpfast.audit._text import blocks, text_of


class Shape(NamedTuple):
    """A format that is text.

    Attributes
    ----------
    recognises : callable
        Tells by the beginning of a text whether it is of this format.
    records : callable
        Makes the records of a text, which comes in blocks.
    """

    recognises: Callable[[str], bool]
    records: Callable[[Iterable[str]], Iterator[Told | Lost]]


SHAPES = (
    Shape(_xml.recognises, _xml.records),
    Shape(_json.recognises, _json.records),
    Shape(_csv.recognises, _csv.records),
)


def shape_of(head: bytes) -> Shape | None:
    """Return the format of something to read by its first bytes."""
    text = text_of(head)
    return next((shape for shape in SHAPES if shape.recognises(text)), None)


def listed_parts(shape: Shape, file: BinaryIO) -> Iterator[Listed]:
    """Yield the records of a file, some at a time."""
    return listed(records_of(shape, file))


def records_of(shape: Shape, file: BinaryIO) -> Iterator[Told | Lost]:
    """Yield the records of a file."""
    return shape.records(blocks(file))
