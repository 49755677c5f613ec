"""Reads audit records from CSV, as portals and PowerShell export it; must not know members."""

import contextlib
import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from wfpfast.audit._collected import is_record, record
from wfpfast.audit._packing import Lost, Told, noted

_SEPARATORS = ",;\t"         # PowerShell's -UseCulture, and Excel, write that of the country
_TYPE = "#TYPE "            # a line that Export-Csv of Windows PowerShell writes first
LONGEST = 1 << 20           # characters of a line


def recognises(head: str) -> bool:
    """Tell whether the first line names members of records of an event log."""
    return _separator(next(_lines([head]), "")) is not None


def _separator(first: str) -> str | None:
    """Return what stands between the names in the first line; None if they are of no record."""
    for separator in _SEPARATORS:
        with contextlib.suppress(csv.Error):
            if is_record(next(csv.reader([first], delimiter=separator), [])):
                return separator
    return None


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    """Yield lines with their ends, without what stands in front of the header."""
    rest, at_start = "", True
    for block in blocks:
        *lines, rest = (rest + block).split("\n")
        for line in lines:
            if not at_start or not (line.startswith(_TYPE) or not line.strip()):
                at_start = False
                yield f"{line}\n"
        if len(rest) > LONGEST:  # which is more than a field may have
            yield rest
            rest = ""
    if rest:
        yield rest


def records(blocks: Iterable[str]) -> Iterator[Told | Lost]:
    """Yield the records of a text."""
    lines = _lines(blocks)
    first = next(lines, "")
    rows = csv.reader(chain([first], lines), delimiter=_separator(first) or ",")
    header = next(rows)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Lost(f"is no CSV: {error}")
            continue
        if len(row) == len(header):
            told = record({name: text for name, text in zip(header, row, strict=True) if text})
            yield noted(told, "".join(row))
        elif row:
            yield Lost(f"has {len(row)} fields, and the header {len(header)}")
