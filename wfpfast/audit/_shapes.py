"""Which formats other than .evtx records come in, one entry each; must not know columns."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from wfpfast.audit import _csv, _json, _xml
from wfpfast.audit._packing import Item, Listed, Lost, Told, listed
from wfpfast.audit._text import blocks, text_of


class Shape(NamedTuple):
    """A format that is text.

    Attributes
    ----------
    recognises : callable
        Tells by the beginning of a text whether it is of this format.
    told : callable
        Makes the records of a file one by one.
    records : callable
        Makes the records of a file, many that become rows together where that is faster.
    """

    recognises: Callable[[str], bool]
    told: Callable[[BinaryIO], Iterator[Told | Lost]]
    records: Callable[[BinaryIO], Iterator[Item]]


def _of_xml(file: BinaryIO) -> Iterator[Told | Lost]:
    return _xml.records(blocks(file))


def _of_csv(file: BinaryIO) -> Iterator[Told | Lost]:
    return _csv.records(blocks(file))


SHAPES = (
    Shape(_xml.recognises, _of_xml, _of_xml),
    Shape(_json.recognises, _json.told, _json.records),
    Shape(_csv.recognises, _of_csv, _of_csv),
)


def shape_of(head: bytes) -> Shape | None:
    """Return the format of something to read by its first bytes."""
    text = text_of(head)
    return next((shape for shape in SHAPES if shape.recognises(text)), None)


def listed_parts(shape: Shape, file: BinaryIO) -> Iterator[Listed]:
    """Yield the records of a file, some at a time."""
    return listed(shape.records(file))


def records_of(shape: Shape, file: BinaryIO) -> Iterator[Told | Lost]:
    """Yield the records of a file one by one, those that become no row as well."""
    return shape.told(file)
