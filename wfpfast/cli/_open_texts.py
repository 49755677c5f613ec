"""Opens tables as text, CSV and NDJSON, as `convert` writes them; must not know events.

Known columns get the types that a decoder gives them. A file is read in blocks: memory does not
grow with it.
"""

import bisect
import codecs
import contextlib
import csv as csv_module
import io
import itertools
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.json

from wfpfast import Decoder
from wfpfast.cli._cells import BadCell, is_binary, of_texts, unguarded
from wfpfast.cli._content import separator
from wfpfast.cli._input import Input, Pieces
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Request, Source, checked, readable
from wfpfast.cli._wanted import known as known_columns

CSV_BLOCK = 1 << 24     # bytes; a row must fit in
HEADER = 1 << 20
UTF16_BLOCK = 1 << 18
JSON_BLOCK = 1 << 22
LONGEST_LINE = 1 << 26


def csv(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a CSV file with a header."""
    given = _as_utf8(given)
    text = given.peek(HEADER).decode("utf-8-sig", "replace")
    delimiter = separator(text) or ","
    header = _header(given.name, text, delimiter)
    present = unguarded(pa.array(header, pa.utf8())).to_pylist()
    names = request.names(given.name, present)
    known = known_columns()
    schema = pa.schema([
        known.field(name) if name in known.names else pa.field(name, pa.utf8()) for name in names
    ])
    written = [header[present.index(name)] for name in names]
    with readable(given.name, "CSV"):
        reader = stack.enter_context(_csv_reader(given.file, schema, written, delimiter))
    texts = _chosen(checked(given.name, "CSV", iter(reader)), names, written)
    batches = _typed(given.name, texts, schema)
    return Source(given.name, schema, batches, lambda: None, given.share)


def _as_utf8(given: Input) -> Input:
    """Return a text in the encoding that Arrow reads: PowerShell's > makes UTF-16 of it."""
    if given.peek(2) not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return given

    def pieces() -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        while piece := given.file.read(UTF16_BLOCK):
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()

    return Input(given.name, io.BufferedReader(Pieces(pieces())), share=given.share)


def _header(name: str, text: str, delimiter: str) -> list[str]:
    try:
        return next(csv_module.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv_module.Error as error:
        raise Fault(f"{name}: not a readable CSV file: {error}") from None


def _chosen(
    batches: Iterator[pa.RecordBatch], names: list[str], written: list[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the columns that are wanted, with their texts and names as they were before writing."""
    for batch in batches:  # of no columns, the CSV reader makes all
        yield pa.record_batch([unguarded(batch.column(name)) for name in written], names=names)


def _csv_reader(file: Any, schema: pa.Schema, written: list[str], delimiter: str) -> Any:
    return pa.csv.open_csv(
        file,
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=CSV_BLOCK),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types={
                name: pa.utf8() if _is_spelt(field.type) else field.type
                for name, field in zip(written, schema, strict=True)
            },
            include_columns=written, null_values=[""], true_values=["true"],
            false_values=["false"], strings_can_be_null=True, quoted_strings_can_be_null=False))


def _is_spelt(kind: pa.DataType) -> bool:
    """Tell whether CSV has a type only as a text: bytes as hexadecimal, lists as JSON."""
    return bool(is_binary(kind) or pa.types.is_nested(kind))


def _typed(
    name: str, batches: Iterator[pa.RecordBatch], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Give the columns of batches the types that their texts stand for."""
    rows = 0
    for batch in batches:
        columns = []
        for field in schema:
            try:
                columns.append(of_texts(batch.column(field.name), field.type))
            except BadCell as bad:
                row = rows + bad.place + 1
                raise Fault(f"{name}: event {row}: column {field.name}: {bad}") from None
        rows += len(batch)
        yield pa.record_batch(columns, schema=schema)


def ndjson(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a file with a JSON object a line, whose columns are those of the first block."""
    given = _as_utf8(given)
    known = known_columns()
    lines = _Lines(given.name, given.file)
    present = lines.first()
    names = request.names(given.name, present.names)
    plain = pa.schema([
        pa.field(field.name, _json_type(known.field(field.name).type))
        if field.name in known.names else field for field in present
    ])
    schema = pa.schema([
        known.field(name) if name in known.names else plain.field(name) for name in names
    ])
    batches = _typed(given.name, (batch.select(names) for batch in lines.read(plain)), schema)
    return Source(given.name, schema, batches, lambda: None, given.share)


def _json_type(kind: pa.DataType) -> pa.DataType:
    """Return the type in which Arrow's JSON reader can read a column of events."""
    return pa.utf8() if is_binary(kind) or pa.types.is_dictionary(kind) else kind


class _Lines:
    """The lines of an NDJSON file, a block of whole lines at a time."""

    def __init__(self, name: str, file: Any) -> None:
        self._name = name
        self._file = file
        self._line = 0      # how many lines have been read
        self._blocks = self._read_blocks()

    def _read_blocks(self) -> Iterator[bytes]:
        waiting = b""
        while data := self._file.read(JSON_BLOCK):
            end = data.rfind(b"\n") + 1 if len(data) == JSON_BLOCK else len(data)
            if end:
                yield waiting + data[:end]
                waiting = b""
            waiting += data[end:]
            if len(waiting) > LONGEST_LINE:
                raise Fault(f"{self._name}: a line of more than {LONGEST_LINE} bytes")
        if waiting:
            yield waiting

    def first(self) -> pa.Schema:
        """Return the columns of the first block, in the types that their values look like."""
        for block in self._blocks:
            if block.strip():
                break
            self._line += block.count(b"\n")
        else:
            return pa.schema(Decoder())  # which is what no events are
        self._blocks = itertools.chain([block], self._blocks)
        found = self._parsed(block, None)
        unclear = (pa.types.is_null, pa.types.is_timestamp)
        return pa.schema([
            pa.field(field.name, pa.utf8()) if any(kind(field.type) for kind in unclear) else field
            for field in found.schema
        ])

    def read(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield what the lines say, in columns of given types."""
        for block in self._blocks:
            if block.strip():
                yield from self._parsed(block, schema).combine_chunks().to_batches()
            self._line += block.count(b"\n")

    def _parsed(self, block: bytes, schema: pa.Schema | None) -> pa.Table:
        try:
            return _parsed(block, schema)
        except pa.ArrowException as error:
            reason = str(error).partition("\n")[0].partition(" in row ")[0]
        lines = block.split(b"\n")
        good = bisect.bisect_left(
            range(1, len(lines)), True, key=lambda count: _fails(b"\n".join(lines[:count]), schema))
        raise Fault(f"{self._name}: line {self._line + good + 1}: {reason}")


def _fails(lines: bytes, schema: pa.Schema | None) -> bool:
    try:
        _parsed(lines, schema)
    except pa.ArrowException:
        return bool(lines.strip())
    return False


def _parsed(lines: bytes, schema: pa.Schema | None) -> pa.Table:
    behavior = "infer" if schema is None else "error"
    table = pa.json.read_json(
        pa.BufferReader(lines),
        read_options=pa.json.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pa.json.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior=behavior))
    table.validate(full=True)  # the reader takes any bytes for text
    return table
