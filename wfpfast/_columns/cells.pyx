"""Columns and cells as Python objects, for people and NumPy; must not know who filled them."""

from cpython.buffer cimport PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES, PyBUF_WRITABLE
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t

from wfpfast._columns.columns cimport (
    BOOL, CODES, FIXED, LIST, STRUCT, TEXT, Column as Memory, Spec, is_valid)
from wfpfast._columns.compare cimport compared, nulls
from wfpfast._columns.export cimport ensure_zeros
from wfpfast._columns.mask cimport new_mask

import datetime

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_NAMES = {
    "C": "uint8", "S": "uint16", "I": "uint32", "L": "uint64", "i": "int32", "l": "int64",
    "b": "bool", "tsn:UTC": "timestamp[ns, UTC]", "u": "utf8",
}
# The buffer protocol's own letters: its "L" is as wide as the platform's long.
_BUFFER_FORMATS = {
    "C": b"B", "S": b"H", "I": b"I", "L": b"Q", "i": b"i", "l": b"q", "tsn:UTC": b"q",
}


cdef str type_name(const Spec* specs, int index):
    cdef const Spec* spec = specs + index
    cdef str format = spec.format.decode()
    cdef list children = [
        type_name(specs, spec.first_child + k) for k in range(spec.n_children)]
    if spec.kind == CODES:
        return "dict"
    if spec.kind == LIST:
        return f"list<{children[0]}>"
    if spec.kind == STRUCT:
        names = [specs[spec.first_child + k].name.decode() for k in range(spec.n_children)]
        return f"struct<{', '.join(map(': '.join, zip(names, children, strict=True)))}>"
    if format.startswith("w:"):
        return f"fixed_size_binary({spec.width})"
    return _NAMES[format]


cdef object text_value(
    const Memory* column, const uint8_t* text, const int32_t* offsets, int64_t k
):
    cdef const char* start = <const char*>text + offsets[k]
    cdef Py_ssize_t size = offsets[k + 1] - offsets[k]
    return PyUnicode_DecodeUTF8(start, size, NULL)


cdef object fixed_value(const Memory* column, int64_t row):
    cdef const uint8_t* value = column.values.data + row * column.spec.width
    cdef char kind = column.spec.format[0]
    if kind == b"C":
        return value[0]
    if kind == b"S":
        return (<const uint16_t*>value)[0]
    if kind == b"I":
        return (<const uint32_t*>value)[0]
    if kind == b"L":
        return (<const uint64_t*>value)[0]
    if kind == b"i":
        return (<const int32_t*>value)[0]
    if kind == b"l":
        return (<const int64_t*>value)[0]
    if kind == b"t":  # datetime has no nanoseconds: the last digit of 100 ns is cut off
        return _EPOCH + datetime.timedelta(microseconds=(<const int64_t*>value)[0] // 1000)
    return PyBytes_FromStringAndSize(<const char*>value, column.spec.width)


cdef object cell(const ColumnSet* columns, int index, int64_t row):
    """Return one cell as the usual Python object for its type; None for null."""
    cdef const Memory* column = columns.columns + index
    cdef const Spec* spec = column.spec
    cdef const int32_t* offsets
    cdef int64_t k
    if spec.kind == STRUCT:
        return {
            columns.columns[spec.first_child + child].spec.name.decode():
                cell(columns, spec.first_child + child, row)
            for child in range(spec.n_children)}
    if column.values.data == NULL or not is_valid(column, row):
        return None
    if spec.kind == FIXED:
        return fixed_value(column, row)
    if spec.kind == BOOL:
        return bool(column.values.data[row >> 3] >> (row & 7) & 1)
    offsets = <const int32_t*>column.values.data
    if spec.kind == TEXT:
        return text_value(column, column.text.data, offsets, row)
    if spec.kind == CODES:
        return text_value(
            column, column.dictionary_text,
            <const int32_t*>column.dictionary_offsets, offsets[row])
    return [cell(columns, spec.first_child, k) for k in range(offsets[row], offsets[row + 1])]


cdef Column new_column(object batch, ColumnSet* columns, int index):
    cdef Column column = Column.__new__(Column)
    column._batch = batch
    column.columns = columns
    column.index = index
    return column


cdef class Column:
    """One column of a batch.

    Fixed-width columns export their values through the buffer protocol without copying; the value
    under a null is unspecified, so look at `null_count` first or use `to_numpy`.

    Comparisons with a value, such as ``batch["remote_port"] == 443``, give a `Mask` for
    ``batch.filter()``; a null compares as False, whatever the comparison.
    """

    def __init__(self):
        raise TypeError("a Column comes from a batch: batch['name']")

    cdef const Memory* memory(self) noexcept:
        return self.columns.columns + self.index

    def __len__(self):
        return self.memory().length

    @property
    def name(self):
        """The column's name."""
        return self.memory().spec.name.decode()

    @property
    def type(self):
        """The Arrow type as text, such as ``uint32``, ``dict`` or ``list<utf8>``."""
        return type_name(self.columns.columns[0].spec, self.index)

    @property
    def null_count(self):
        """How many rows are null."""
        return self.memory().null_count

    def __richcmp__(self, value, int how):
        return compared(self.columns, self.index, how, self.type, value)

    __hash__ = None

    def isin(self, values):
        """Return a `Mask` of the rows that are equal to one of some values."""
        mask = new_mask(self.memory().length)
        for value in values:
            mask = mask | (self == value)
        return mask

    def is_null(self):
        """Return a `Mask` of the rows without a value."""
        return nulls(self.columns, self.index)

    def __getitem__(self, row):
        length = len(self)
        if isinstance(row, slice):
            return self.to_pylist()[row]
        if not isinstance(row, int) or isinstance(row, bool):
            raise TypeError(f"rows are numbers, not {type(row).__name__}")
        if not -length <= row < length:
            raise IndexError(f"row {row} of {length}")
        return cell(self.columns, self.index, row % length)

    def __iter__(self):
        return iter(self.to_pylist())

    def to_pylist(self):
        """Return the rows as Python objects: None for null, UTC datetimes (to the microsecond),
        text, bytes, ints, bools, lists."""
        cdef const Memory* column = self.memory()
        cdef const int32_t* codes
        cdef int64_t row
        cdef list values
        if column.spec.kind != CODES or column.values.data == NULL:
            return [cell(self.columns, self.index, row) for row in range(column.length)]
        codes = <const int32_t*>column.values.data
        values = self.dictionary
        return [
            values[codes[row]] if is_valid(column, row) else None for row in range(column.length)]

    @property
    def dictionary(self):
        """The values that the codes of a dictionary column stand for, as a list."""
        cdef const Memory* column = self.memory()
        cdef int k
        if column.spec.kind != CODES:
            raise TypeError(f"{self.name} is {self.type}, not a dictionary column")
        return [
            text_value(
                column, column.dictionary_text, <const int32_t*>column.dictionary_offsets, k)
            for k in range(column.dictionary_length)]

    def _bits(self, bint validity):
        """Return the validity of the rows, or the values of a bool column, as one bit a row."""
        cdef const Memory* column = self.memory()
        cdef Py_ssize_t size = (column.length + 7) // 8
        if column.values.data == NULL:
            return bytes(size)
        if validity and column.validity.data == NULL:
            return b"\xff" * size
        return PyBytes_FromStringAndSize(
            <const char*>(column.validity if validity else column.values).data, size)

    def to_numpy(self):
        """Return the rows as a NumPy array.

        Numbers without nulls share the batch's memory; with nulls they are a masked array.
        Timestamps are ``datetime64[ns]`` with NaT, bools are bool, everything else is an array of
        objects with None.
        """
        import numpy

        cdef const Memory* column = self.memory()
        kind = column.spec.kind
        if kind == BOOL:
            values = self._unpacked(numpy, False)
        elif kind == FIXED and column.spec.format[0] != b"w":
            values = numpy.asarray(self)
        else:
            values = numpy.empty(len(self), dtype=object)
            values[:] = self.to_pylist()
            return values
        if column.spec.format[0] == b"t":
            values = values.view("datetime64[ns]")
        if column.null_count == 0:
            return values
        valid = self._unpacked(numpy, True)
        if column.spec.format[0] == b"t":
            return numpy.where(valid, values, numpy.datetime64("NaT"))
        return numpy.ma.MaskedArray(values, mask=~valid)

    def _unpacked(self, numpy, validity):
        bits = numpy.frombuffer(self._bits(validity), dtype=numpy.uint8)
        return numpy.unpackbits(bits, count=len(self), bitorder="little").astype(bool)

    def __getbuffer__(self, Py_buffer* view, int flags):
        cdef const Memory* column = self.memory()
        cdef bint binary = column.spec.format[0] == b"w"
        if column.spec.kind != FIXED:
            raise BufferError(f"{self.name} is {self.type}: only fixed-width values are a buffer")
        if flags & PyBUF_WRITABLE:
            raise BufferError("columns are read-only")
        ensure_zeros(self.columns)
        view.buf = column.values.data if column.values.data != NULL else self.columns.zeros.data
        view.obj = self
        view.len = column.length * column.spec.width
        view.readonly = True
        view.itemsize = 1 if binary else column.spec.width
        view.ndim = 2 if binary else 1
        self.shape[0] = column.length
        self.shape[1] = column.spec.width
        self.strides[0] = column.spec.width
        self.strides[1] = 1
        view.shape = self.shape if flags & PyBUF_ND else NULL
        view.strides = self.strides if flags & PyBUF_STRIDES == PyBUF_STRIDES else NULL
        view.format = NULL
        if flags & PyBUF_FORMAT:
            view.format = b"B" if binary else <bytes>_BUFFER_FORMATS[column.spec.format.decode()]
        view.suboffsets = NULL
        view.internal = NULL

    def __repr__(self):
        rows = f"{len(self):,} rows, {self.null_count:,} null"
        values = ", ".join(repr(self[row]) for row in range(min(len(self), 5)))
        more = ", …" if len(self) > 5 else ""
        return f"<wfpfast.Column {self.name}: {self.type}, {rows}: [{values}{more}]>"
