"""The elements of one record in a piece of XML, and what they hold; must not know what it means."""

from cpython.bytes cimport PyBytes_AsString
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcmp, memcpy, memmove, memset

from wfpfast.netsh._markup cimport text_between

cdef enum:
    MAX_SHOWN = 100         # characters of a name in an error
    PADDING = 16            # NULs behind the data


cdef int64_t count_lines(const char* d, Py_ssize_t begin, Py_ssize_t end) noexcept nogil:
    cdef int64_t lines = 0
    cdef Py_ssize_t pos, stop
    cdef uint8_t some
    while begin < end:
        some = 0                    # a byte, so that the compiler adds many at once
        stop = min(end, begin + 255)
        for pos in range(begin, stop):
            some += d[pos] == c"\n"
        lines += some
        begin = stop
    return lines


cdef class Nodes:
    """The data of a file that are not used up, and the elements of a record that begins in them."""

    def __cinit__(self):
        self._reserve(0)

    def __dealloc__(self):
        free(self.data)
        free(self.nodes)

    cdef int _reserve(self, Py_ssize_t more) except -1:
        cdef Py_ssize_t needed = self.size + more + PADDING
        cdef void* moved
        if needed > self.room:
            needed = max(needed, 2 * self.room)
            moved = realloc(self.data, needed)
            if moved == NULL:
                raise MemoryError
            self.data = <char*>moved
            self.room = needed
        return 0

    def feed(self, bytes piece not None):
        """Add the next bytes of the file, UTF-8; forget what was used up."""
        cdef Py_ssize_t used = self.pos
        self.lines += count_lines(self.data, 0, used)
        self.size -= used
        memmove(self.data, self.data + used, self.size)
        self.pos = 0
        self._reserve(len(piece))
        memcpy(self.data + self.size, PyBytes_AsString(piece), len(piece))
        self.size += len(piece)
        memset(self.data + self.size, 0, PADDING)

    cdef Py_ssize_t line_at(self, Py_ssize_t pos) noexcept:
        return self.lines + count_lines(self.data, 0, pos) + 1

    cdef bint is_named(self, const Node* node, const char* name, int length) noexcept:
        return node.length == length and memcmp(self.data + node.name, name, length) == 0

    cdef str _tag(self, Py_ssize_t name, int length):
        return PyUnicode_DecodeUTF8(self.data + name, min(length, MAX_SHOWN), "replace")

    cdef str name(self, const Node* node):
        return self._tag(node.name, node.length)

    cdef str text(self, const Node* node):
        """Return the text that an element holds, without the blanks around it."""
        return text_between(
            self.data, node.begin, node.end, node.bits & HAS_MARKUP != 0, &self.mended)

    cdef object value(self, int number):
        """Return what a node holds: its text; or a dict of its elements by name.

        Elements of the same name become a list, and ``item`` always does.
        """
        cdef const Node* node = &self.nodes[number]
        cdef int child = number + 1, stop = node.next
        cdef dict found = {}
        if not node.bits & HAS_ELEMENTS:
            return self.text(node)
        while child < stop:
            tag = self.name(&self.nodes[child])
            value = self.value(child)
            if tag not in found:
                found[tag] = [value] if tag == "item" else value
            elif isinstance(found[tag], list):
                found[tag].append(value)
            else:
                found[tag] = [found[tag], value]
            child = self.nodes[child].next
        return found

    cdef Node* _new_node(self, const Markup* m) except NULL:
        cdef void* moved
        cdef Node* node
        cdef int room
        if self.n_nodes == self.nodes_room:
            room = max(256, 2 * self.nodes_room)
            moved = realloc(self.nodes, room * sizeof(Node))
            if moved == NULL:
                raise MemoryError
            self.nodes = <Node*>moved
            self.nodes_room = room
        node = &self.nodes[self.n_nodes]
        self.n_nodes += 1
        node.name, node.length = m.name, m.length
        node.begin = node.end = m.after
        node.next = self.n_nodes
        node.bits = 0
        return node
