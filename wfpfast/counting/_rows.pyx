"""Rows of any library, and a number for each of them; must not know what the numbers stand for.

Nothing is checked that Arrow promises: whoever gets rows from elsewhere validates them.
"""

from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from wfpfast._columns.export cimport ArrowArray, ArrowSchema
from wfpfast.lines cimport NOTHING, TIME, Node, free_node, has_bit, read_node


cdef class _Again:
    cdef object capsules

    def __cinit__(self, capsules):
        self.capsules = capsules

    def __arrow_c_array__(self):
        return self.capsules


cdef class Rows:
    """Rows of any library, such as a batch of wfpfast or a record batch of pyarrow.

    Parameters
    ----------
    rows : object with ``__arrow_c_array__``
        Valid as Arrow defines it.

    Raises
    ------
    TypeError
        If it has no columns, or one of a type that `wfpfast.lines` does not know either.
    """

    def __cinit__(self, rows):
        cdef const ArrowSchema* schema
        cdef int64_t k
        self.capsules = rows.__arrow_c_array__()
        schema = <ArrowSchema*>PyCapsule_GetPointer(self.capsules[0], b"arrow_schema")
        self.array = <ArrowArray*>PyCapsule_GetPointer(self.capsules[1], b"arrow_array")
        if schema.format[0] != b"+" or schema.format[1] != b"s":
            raise TypeError("expected rows, such as a record batch")
        self.length = self.array.length
        self.nodes = <Node*>calloc(schema.n_children + 1, sizeof(Node))
        if self.nodes == NULL:
            raise MemoryError
        self.places = {}
        for k in range(schema.n_children):
            self.places[schema.children[k].name.decode()] = k
            read_node(&self.nodes[k], schema.children[k], self.array.children[k], False, 1)
            self.nodes[k].offset += self.array.offset
            if self.array.children[k].null_count == 0:
                self.nodes[k].validity = NULL

    def __dealloc__(self):
        cdef int64_t k
        if self.nodes != NULL:
            for k in range(self.array.n_children):
                free_node(&self.nodes[k])
        free(self.nodes)
        free(self.chosen)

    def __len__(self):
        return self.length

    def __contains__(self, name):
        return name in self.places

    cdef Node* node(self, str name, const ArrowArray** array) except NULL:
        cdef int64_t k = self.places[name]
        array[0] = self.array.children[k]
        return &self.nodes[k]

    def where(self, Numbers mask not None):
        """Return the rows for which a mask has another number than 0."""
        cdef Rows found = Rows(_Again(self.capsules))
        cdef int64_t k, count = 0
        if mask.length != self.length:
            raise ValueError(f"{self.length} rows and a mask for {mask.length}")
        found.chosen = <uint32_t*>malloc((self.length + 1) * sizeof(uint32_t))
        if found.chosen == NULL:
            raise MemoryError
        for k in range(self.length):
            found.chosen[count] = <uint32_t>at(self.chosen, k)
            count += mask.data[k] != 0
        found.length = count
        return found

    def known(self, str name):
        """Return 1 for each row in which a column is not null, or else 0."""
        cdef const ArrowArray* array
        cdef const Node* node = self.node(name, &array)
        cdef Numbers found = Numbers(self.length)
        cdef int64_t k
        if node.kind != NOTHING and array.null_count != array.length:
            for k in range(self.length):
                found.data[k] = node.validity == NULL or has_bit(
                    node.validity, at(self.chosen, k) + node.offset)
                found.some = found.some or found.data[k] != 0
        return found

    def ends(self, str name):
        """Return the least and the greatest value of a column of times; None if all are null."""
        cdef const ArrowArray* array
        cdef const Node* node = self.node(name, &array)
        cdef int64_t k, row, value, low = 0, high = 0
        cdef bint met = False
        if node.kind == NOTHING:
            return None
        if node.kind != TIME:
            raise TypeError(f"{name} is no time")
        with nogil:
            for k in range(self.length):
                row = at(self.chosen, k) + node.offset
                if node.validity == NULL or has_bit(node.validity, row):
                    value = (<const int64_t*>node.values)[row]
                    if not met:
                        low = high = value
                        met = True
                    low, high = min(low, value), max(high, value)
        return (low, high) if met else None


cdef class Numbers:
    """A number for each row; 0 is null.

    Attributes
    ----------
    length : int
        How many rows.
    some : bool
        Whether there is another one than 0.
    """

    def __cinit__(self, int64_t length):
        self.data = <uint32_t*>calloc(length + 1, sizeof(uint32_t))
        if self.data == NULL:
            raise MemoryError
        self.length = length

    def __dealloc__(self):
        free(self.data)

    def __len__(self):
        return self.length

    cdef uint32_t greatest(self) noexcept nogil:
        """Return the greatest of them."""
        cdef uint32_t most = self.most
        cdef int64_t k
        if self.some and most == 0:
            for k in range(self.length):
                most = max(most, self.data[k])
            self.most = most
        return most

    def to_list(self):
        """Return them as a list of Python."""
        return [self.data[k] for k in range(self.length)]

    def bits(self):
        """Return a bit for each row, lowest first: whether the number is another one than 0."""
        cdef bytes found = PyBytes_FromStringAndSize(NULL, (self.length + 7) // 8)
        cdef uint8_t* bits = <uint8_t*>PyBytes_AsString(found)
        cdef int64_t k
        memset(bits, 0, (self.length + 7) // 8)
        for k in range(self.length):
            if self.data[k]:
                bits[k >> 3] |= <uint8_t>(1 << (k & 7))
        return found

    def mapped(self, bytes table not None):
        """Return what a table has for each number; number 0 is mapped, too."""
        cdef Numbers found = Numbers(self.length)
        cdef const uint8_t* of = <const uint8_t*>PyBytes_AsString(table)
        cdef uint64_t size = len(table)
        cdef uint32_t all = 0
        cdef int64_t k
        for k in range(self.length):
            if self.data[k] >= size:
                raise IndexError(f"number {self.data[k]} of {size}")
            found.data[k] = of[self.data[k]]
            all |= found.data[k]
        found.some = all != 0
        return found

    def spread(self, Rows rows not None, int64_t length):
        """Return numbers of `length` rows of which these are those that were chosen; 0 elsewhere.

        Raises
        ------
        ValueError
            If they were not chosen of so many.
        """
        cdef Numbers found = Numbers(length)
        cdef int64_t k
        if rows.length != self.length or rows.array.length != length:
            raise ValueError(f"{self.length} numbers of {rows.length} of {length} rows")
        for k in range(self.length):
            found.data[at(rows.chosen, k)] = self.data[k]
        found.some = self.some
        return found

    def either(self, Numbers other not None):
        """Return 1 where one of both is not 0."""
        cdef Numbers found = Numbers(self.length)
        cdef int64_t k
        if self.length != other.length:
            raise ValueError(f"{self.length} rows and {other.length}")
        for k in range(self.length):
            found.data[k] = (self.data[k] | other.data[k]) != 0
        found.some = self.some or other.some
        return found
