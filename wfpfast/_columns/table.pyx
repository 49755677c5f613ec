"""Tables that are built from Python lists and exported to Arrow; must not know events."""

cimport cython
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from wfpfast._base.memory cimport piece_reserve
from wfpfast._columns.batch cimport Batch, Selection
from wfpfast._columns.columns cimport (
    BOOL, FIXED, LIST, TEXT, Column, Kind, Spec, columns_new, end_rows, fixed_append, new_spec,
    row_append, text_append)

from wfpfast._columns.capsule import stream_capsule

# Arrow's format, and how the column lies in memory.
cdef dict FORMATS = {
    "uint64": (b"L", FIXED),
    "timestamp": (b"tsn:UTC", FIXED),
    "bool": (b"b", BOOL),
    "utf8": (b"u", TEXT),
    "list<utf8>": (b"+l", LIST),
}


@cython.final
cdef class Table(Batch):
    """A small table: what a reader of configuration found, for joining with events.

    Parameters
    ----------
    columns : mapping of name to (type, list)
        Types are ``uint64``, ``timestamp`` (nanoseconds from 1970), ``bool``, ``utf8`` and
        ``list<utf8>``; None is null. All lists are of one length.
    stats : mapping of name to int, optional
        What the reader lost or mended.

    Attributes
    ----------
    stats : dict
        These, by name; empty if nothing was lost.

    Raises
    ------
    ValueError
        If a type is unknown or the lists differ in length.
    """

    cdef Spec* own_specs
    cdef list _texts              # keeps the names in `own_specs` alive
    cdef readonly dict stats

    def __cinit__(self, columns, stats=()):
        cdef int n = <int>len(columns)
        cdef int slot, items = n
        cdef Kind form
        cdef Selection selection
        self.stats = dict(stats)
        lengths = {len(values) for _, values in columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"columns of different lengths: {sorted(lengths)}")
        unknown = sorted({kind for kind, _ in columns.values()} - FORMATS.keys())
        if unknown:
            raise ValueError(f"unknown type {unknown[0]!r}: expected one of {', '.join(FORMATS)}")
        self._texts = [name.encode() for name in columns]
        self.own_specs = <Spec*>calloc(2 * n + 1, sizeof(Spec))
        if self.own_specs == NULL:
            raise MemoryError
        for slot, (name, (kind, _)) in enumerate(columns.items()):
            arrow, form = FORMATS[kind]
            self.own_specs[slot] = new_spec(
                <bytes>self._texts[slot], <bytes>arrow, form, 8 if form == FIXED else 0, 0, 0)
            if kind == "list<utf8>":
                self.own_specs[slot].first_child = items
                self.own_specs[slot].n_children = 1
                self.own_specs[items] = new_spec(b"item", b"u", TEXT, 0, 0, 0)
                items += 1
        selection = Selection(list(columns), {name: i for i, name in enumerate(columns)})
        selection.prepare(self.own_specs)
        self.selection = selection
        self.columns = columns_new(
            selection.shape.recycler, self.own_specs, items, 0, lengths.pop() if lengths else 0)
        if self.columns == NULL:
            raise MemoryError
        for slot, (_, values) in enumerate(columns.values()):
            self._fill(slot, values)

    cdef int _fill(self, int slot, list values) except -1:
        cdef Column* column = self.columns.columns + slot
        cdef Column* items
        if column.spec.kind == TEXT:
            for value in values:
                append_text(column, value)
        elif column.spec.kind == FIXED:
            for value in values:
                append_number(column, value)
        elif column.spec.kind == BOOL:
            for value in values:
                append_bool(column, value)
        else:
            items = self.columns.columns + column.spec.first_child
            for value in values:
                append_list(column, items, value)
        return 0

    def __dealloc__(self):
        # Exported schemas have copies of the names; exported arrays do not use the specs.
        free(self.own_specs)

    def __arrow_c_stream__(self, requested_schema=None):
        """Export the table as an Arrow stream of one batch."""
        return stream_capsule(self, [self])

    def __repr__(self):
        return f"<wfpfast.Table of {len(self)} rows: {', '.join(self.selection.names)}>"


cdef int append_text(Column* column, value) except -1:
    cdef Py_ssize_t size = 0
    cdef const char* text = NULL
    if value is not None:
        text = PyUnicode_AsUTF8AndSize(value, &size)
    if text_append(column, <const uint8_t*>text, <size_t>size, value is not None) < 0:
        raise MemoryError
    return 0


cdef int append_number(Column* column, value) except -1:
    cdef bint is_signed = column.spec.format[0] == c"t"
    cdef uint64_t number = 0
    if value is not None:
        number = <uint64_t><int64_t>value if is_signed else <uint64_t>value
    if fixed_append(column, &number if value is not None else NULL) < 0:
        raise MemoryError
    return 0


cdef int append_bool(Column* column, value) except -1:
    cdef int64_t row = column.length
    cdef size_t used = <size_t>(row + 7) // 8
    if piece_reserve(&column.values, used, used + 1) < 0:
        raise MemoryError
    if row & 7 == 0:
        column.values.data[row >> 3] = 0
    if value:
        column.values.data[row >> 3] |= <uint8_t>(1 << (row & 7))
    if row_append(column, value is not None) < 0:
        raise MemoryError
    return 0


cdef int append_list(Column* column, Column* items, value) except -1:
    cdef size_t used = <size_t>(column.length + 1) * 4 if column.length else 0
    if piece_reserve(&column.values, used, <size_t>(column.length + 2) * 4) < 0:
        raise MemoryError
    if column.length == 0:
        memset(column.values.data, 0, 4)
    for item in value or ():
        append_text(items, item)
    if row_append(column, value is not None) < 0:
        raise MemoryError
    end_rows(column, column.length, items.length)
    return 0
