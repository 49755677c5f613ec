"""Arrow rows as lines of JSON or CSV; must not know events, files or any library.

Timestamps are ISO 8601 in UTC with 7 decimals, the 100 ns of a FILETIME. Bytes are hexadecimal.
Characters that steer a terminal are escaped in JSON, and no text of CSV is a formula for a
spreadsheet. Rows are read where they lie; nothing is checked that Arrow promises: whoever gets rows
from elsewhere validates them.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, strlen

from wfpfast._base.growing cimport (
    SLACK, Growing, make_room, put_byte, put_bytes, put_csv_text, put_json_text, put_time)
from wfpfast._base.text cimport put_decimal, put_hex
from wfpfast._columns.export cimport ArrowArray, ArrowSchema

cdef enum:
    MOST_LEVELS = 64        # of lists and structs in one another


cdef dict KINDS = {
    b"n": NOTHING, b"c": INT8, b"s": INT16, b"i": INT32, b"l": INT64, b"C": UINT8, b"S": UINT16,
    b"I": UINT32, b"L": UINT64, b"b": TRUTH, b"u": TEXT, b"U": LARGE_TEXT, b"z": BYTES,
    b"Z": LARGE_BYTES, b"+l": LIST, b"+s": STRUCT,
}


cdef void free_node(Node* node) noexcept nogil:
    cdef int32_t k
    for k in range(node.n_children):
        free_node(&node.children[k])
    if node.dictionary != NULL:
        free_node(node.dictionary)
    free(node.children)
    free(node.dictionary)
    free(node.before.data)
    free(node.instead.data)


cdef Node* new_nodes(int64_t count) except NULL:
    cdef Node* nodes = <Node*>calloc(max(count, 1), sizeof(Node))
    if nodes == NULL:
        raise MemoryError
    return nodes


cdef int read_kind(Node* node, bytes format) except -1:
    if format.startswith(b"w:"):
        node.kind, node.width = FIXED_BYTES, int(format[2:])
    elif format.startswith(b"tsn:"):
        node.kind = TIME
    else:
        kind = KINDS.get(format)
        if kind is None:
            raise TypeError(f"Arrow's format {format.decode('utf-8', 'replace')!r} is no text here")
        node.kind = kind
    return 0


cdef int read_node(
    Node* node, const ArrowSchema* schema, const ArrowArray* array, bint sparse, int level
) except -1:
    """Describe an array, which outlives the node."""
    cdef int64_t k
    if level > MOST_LEVELS:
        raise TypeError(f"more than {MOST_LEVELS} levels of lists and structs")
    read_kind(node, schema.format)
    node.offset = array.offset
    node.sparse = sparse
    if node.kind != NOTHING and array.n_buffers:
        node.validity = <const uint8_t*>array.buffers[0]
    if array.n_buffers > 1:
        node.values = array.buffers[1]
    if array.n_buffers > 2:
        node.data = <const uint8_t*>array.buffers[2]
    if schema.dictionary != NULL:
        node.dictionary = new_nodes(1)
        read_node(node.dictionary, schema.dictionary, array.dictionary, sparse, level + 1)
        if node.dictionary.dictionary != NULL:
            raise TypeError("a dictionary of dictionaries")
    node.children = new_nodes(schema.n_children)
    for k in range(schema.n_children):
        node.n_children += 1
        read_node(&node.children[k], schema.children[k], array.children[k], sparse, level + 1)
        if node.kind == STRUCT:
            set_member(&node.children[k], schema.children[k].name)
    return 0


cdef int set_member(Node* node, const char* name) except -1:
    """Let a member of a JSON object have its name before it; nothing stands for a sparse null."""
    check(put_bytes(&node.before, b",", 1))
    check(put_json_text(&node.before, <const uint8_t*>name, strlen(name)))
    check(put_bytes(&node.before, b":", 1))
    if node.sparse:
        return 0
    check(put_bytes(&node.instead, node.before.data, node.before.used))
    check(put_bytes(&node.instead, b"null", 4))
    return 0


cdef inline int check(int status) except -1:
    if status < 0:
        raise MemoryError
    return 0


cdef int put_number(Growing* out, const Node* node, int64_t k) noexcept nogil:
    cdef int64_t value
    cdef uint64_t size
    if make_room(out, 0) < 0:
        return -1
    if node.kind == UINT64:
        size = (<const uint64_t*>node.values)[k]
    else:
        value = number(node, k)
        size = <uint64_t>value
        if value < 0:
            put_byte(out, b"-")
            size = 0 - size
    out.used = put_decimal(out.data + out.used, size) - out.data
    return 0


cdef int put_digits(Growing* out, const uint8_t* data, size_t size) noexcept nogil:
    if make_room(out, 2 * size + 2) < 0:
        return -1
    put_byte(out, b'"')
    out.used = put_hex(out.data + out.used, data, size) - out.data
    put_byte(out, b'"')
    return 0


cdef int put_scalar(Growing* out, const Node* node, int64_t k, bint json) noexcept nogil:
    """Write value k, counted from the begin of the memory, of anything but lists and structs."""
    cdef const uint8_t* data
    cdef size_t size
    if node.kind < TRUTH:
        return put_number(out, node, k)
    if node.kind == TRUTH:
        return put_bytes(out, b"true", 4) if has_bit(node.values, k) else put_bytes(
            out, b"false", 5)
    if node.kind == TIME:
        return put_time(out, (<const int64_t*>node.values)[k])
    data = span(node, k, &size)
    if node.bare:
        return put_bytes(out, data, size)
    if node.kind >= BYTES:
        return put_digits(out, data, size)
    return put_json_text(out, data, size) if json else put_csv_text(out, data, size)


cdef int put_json(Growing* out, const Node* node, int64_t row) noexcept nogil:
    """Write the value of a row, or null; nothing for a sparse struct of which nothing is left."""
    cdef const Node* value = settled(node, &row)
    if value == NULL:
        return put_bytes(out, b"null", 4)
    row += value.offset
    if value.kind == STRUCT:
        return put_struct(out, value, row)
    if value.kind == LIST:
        return put_list(out, value, row)
    return put_scalar(out, value, row, True)


cdef int put_list(Growing* out, const Node* node, int64_t row) noexcept nogil:
    cdef int64_t k = (<const int32_t*>node.values)[row]
    cdef int64_t stop = (<const int32_t*>node.values)[row + 1]
    cdef size_t start
    if put_bytes(out, b"[", 1) < 0:
        return -1
    while k < stop:
        start = out.used
        if put_json(out, node.children, k) < 0:
            return -1
        if out.used == start and put_bytes(out, b"null", 4) < 0:
            return -1
        k += 1
        if k < stop and put_bytes(out, b",", 1) < 0:
            return -1
    return put_bytes(out, b"]", 1)


cdef int put_struct(Growing* out, const Node* node, int64_t row) noexcept nogil:
    """Write an object, whose first member has a comma before it, in the place of its brace."""
    cdef size_t start = out.used
    if put_members(out, node, row) < 0:
        return -1
    if out.used == start:
        return 0 if node.sparse else put_bytes(out, b"{}", 2)
    out.data[start] = b"{"
    return put_bytes(out, b"}", 1)


cdef inline int put_ready(Growing* out, const Growing* text) noexcept nogil:
    """Write what is ready to be written: at once, since whatever grows has room for a mark."""
    if text.used > SLACK:
        return put_bytes(out, text.data, text.used)
    if make_room(out, 0) < 0:
        return -1
    if text.used:
        memcpy(out.data + out.used, text.data, SLACK)
        out.used += text.used
    return 0


cdef int put_members(Growing* out, const Node* node, int64_t row) noexcept nogil:
    """Write the members of an object, a comma before each."""
    cdef const Node* member
    cdef const Node* value
    cdef size_t start
    cdef int64_t k
    cdef int32_t i
    for i in range(node.n_children):
        member, k = &node.children[i], row
        value = settled(member, &k)
        if value == NULL:
            if put_ready(out, &member.instead) < 0:
                return -1
            continue
        if put_ready(out, &member.before) < 0:
            return -1
        if value.kind < LIST:
            if put_scalar(out, value, k + value.offset, True) < 0:
                return -1
            continue
        start = out.used
        if put_json(out, member, row) < 0:
            return -1
        if out.used == start:       # nothing is left of it
            out.used -= member.before.used
    return 0


cdef int put_json_line(Growing* out, const Node* top, int64_t row) noexcept nogil:
    cdef size_t start = out.used
    if put_struct(out, top, row) < 0:
        return -1
    if out.used == start and put_bytes(out, b"{}", 2) < 0:
        return -1
    return put_bytes(out, b"\n", 1)


cdef int put_csv_line(
    Growing* out, const Node* top, int64_t row, char separator, Growing* json
) noexcept nogil:
    """Write a row; lists and structs are written as `json` before."""
    cdef const Node* value
    cdef int64_t k
    cdef int32_t i
    for i in range(top.n_children):
        if make_room(out, 2) < 0:
            return -1
        if i:
            put_byte(out, separator)
        k = row
        value = settled(&top.children[i], &k)
        if value == NULL:
            continue
        if value.kind < LIST:
            if put_scalar(out, value, k + value.offset, False) < 0:
                return -1
            continue
        json.used = 0
        if put_json(json, value, k) < 0 or put_csv_text(
                out, <const uint8_t*>json.data, json.used) < 0:
            return -1
    return put_bytes(out, b"\n", 1)


cdef class _Rows:
    """Rows of any library, as long as they are read."""

    cdef object capsules        # which keep the memory of the rows
    cdef Node top
    cdef int64_t length
    cdef Growing out
    cdef Growing json           # of one cell

    def __cinit__(self, rows, bare, bint sparse):
        cdef ArrowSchema* schema
        cdef ArrowArray* array
        self.capsules = rows.__arrow_c_array__()
        schema = <ArrowSchema*>PyCapsule_GetPointer(self.capsules[0], b"arrow_schema")
        array = <ArrowArray*>PyCapsule_GetPointer(self.capsules[1], b"arrow_array")
        if schema.format[0] != b"+" or schema.format[1] != b"s":
            raise TypeError("expected rows, such as a record batch")
        read_node(&self.top, schema, array, sparse, 0)
        self.length = array.length
        self.leave_bare(bare)

    def __dealloc__(self):
        free_node(&self.top)
        free(self.out.data)
        free(self.json.data)

    cdef int leave_bare(self, bare) except -1:
        cdef Node* node
        for k in bare:
            if not 0 <= k < self.top.n_children:
                raise IndexError(f"there is no column {k}")
            node = &self.top.children[<int32_t>k]
            if node.kind != TEXT and node.kind != LARGE_TEXT:
                raise TypeError(f"column {k} is no text")
            node.bare = True
        return 0

    cdef bytes text(self, int status):
        check(status)
        return PyBytes_FromStringAndSize(self.out.data, <Py_ssize_t>self.out.used)


def json_lines(rows, *, bare=(), bint drop_nulls=False):
    """Return rows as JSON, one object a line.

    Parameters
    ----------
    rows : object with ``__arrow_c_array__``
        Such as a batch of wfpfast or a record batch of pyarrow, valid as Arrow defines it.
    bare : iterable of int, optional
        Numbers of columns whose texts are JSON already.
    drop_nulls : bool, optional
        Leave members out that are null, also in structs, and structs of which nothing is left.

    Returns
    -------
    bytes

    Raises
    ------
    TypeError
        A column is neither integers, truth values, text, bytes or nanoseconds, nor lists or structs
        of these.
    """
    cdef _Rows given = _Rows(rows, bare, drop_nulls)
    cdef int64_t row
    cdef int status = 0
    with nogil:
        for row in range(given.length):
            status = put_json_line(&given.out, &given.top, row + given.top.offset)
            if status < 0:
                break
    return given.text(status)


def csv_lines(rows, *, bare=(), str separator=","):
    """Return rows as CSV without a header: text in quotes, and nothing at all for null.

    Parameters
    ----------
    rows : object with ``__arrow_c_array__``
        As for `json_lines`.
    bare : iterable of int, optional
        Numbers of columns whose texts are written as they are.
    separator : str, optional
        The ASCII character between columns.

    Returns
    -------
    bytes

    Raises
    ------
    TypeError
        As by `json_lines`.
    """
    cdef _Rows given = _Rows(rows, bare, False)
    cdef int64_t row
    cdef int status = 0
    cdef char between = ord(separator)
    with nogil:
        for row in range(given.length):
            status = put_csv_line(
                &given.out, &given.top, row + given.top.offset, between, &given.json)
            if status < 0:
                break
    return given.text(status)
