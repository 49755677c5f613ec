"""Which formats other than .evtx records come in, one entry each; must not know columns."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from wfpfast.audit import _csv, _json, _xml
from wfpfast.audit._packing import Item, Listed, listed
from wfpfast.audit._text import blocks, text_of


class Shape(NamedTuple):
    """A format that is text.

    Attributes
    ----------
    recognises : callable
        Tells by the beginning of a text whether it is of this format.
    records : callable
        Makes the records of a file.
    """

    recognises: Callable[[str], bool]
    records: Callable[[BinaryIO], Iterator[Item]]


SHAPES = (
    Shape(_xml.recognises, lambda file: _xml.records(blocks(file))),
    Shape(_json.recognises, _json.records),
    Shape(_csv.recognises, lambda file: _csv.records(blocks(file))),
)


def shape_of(head: bytes) -> Shape | None:
    """Return the format of something to read by its first bytes."""
    text = text_of(head)
    return next((shape for shape in SHAPES if shape.recognises(text)), None)


def listed_parts(shape: Shape, file: BinaryIO) -> Iterator[Listed]:
    """Yield the records of a file, some at a time."""
    return listed(shape.records(file))
