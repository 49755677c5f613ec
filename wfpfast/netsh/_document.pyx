"""Splits an XML file into records, as it is fed; must not know what a record means.

A record is an element of a list, or what looks like one by its first element, wherever it stands:
people cut pieces out of files, put files together, and paste what they find into others. What is
not a record only opens and closes elements.
"""

cimport cython
from libc.string cimport memcmp

from wfpfast.netsh._markup cimport (
    DECLARATION, DOCTYPE, EMPTY_TAG, END_TAG, NO_MARKUP, SECTION, SKIPPED, START_TAG, UNFINISHED,
    Markup, is_blank, markup_at, next_markup)
from wfpfast.netsh._nodes cimport HAS_ELEMENTS, HAS_MARKUP, HAS_TEXT, Node, Nodes

from wfpfast.netsh._errors import NetshError

cdef enum:
    MAX_DEPTH = 64
    MAX_RECORD = 1 << 22    # bytes of a record, a tag or a comment
    MAX_ELEMENTS = 1 << 16  # of a record
    MAX_SEEN = 64
    MAX_OUTSIDE = 400       # bytes
    # Besides UNFINISHED, whether an element is a record.
    NO_RECORD = 100
    IS_RECORD = 101

    SMALL = 1 << 16         # bytes; so many are looked at again whenever more were fed

REFUSED = "document types and entities are refused"
TOO_DEEP = f"elements are nested more than {MAX_DEPTH} deep"
TOO_MANY = f"the record has more than {MAX_ELEMENTS} elements"
BREAKS_OFF = "the file breaks off here"
# A file that ends inside one of these is not whole.
cdef frozenset UNCLOSED = frozenset(
    ["netEvents", "wfpdiag", "events", "wfpstate", "firewallState", "filters", "netEvent"])


cdef bint is_record_name(const char* name, int length) noexcept nogil:
    return (length == 4 and memcmp(name, b"item", 4) == 0
            or length == 8 and memcmp(name, b"netEvent", 8) == 0
            or length == 6 and memcmp(name, b"filter", 6) == 0)


cdef inline bint ends_here(
    const char* d, Py_ssize_t pos, Py_ssize_t end, const char* name, int length
) noexcept nogil:
    """Tell whether `</name>` is here."""
    return (d[pos] == c"<" and d[pos + 1] == c"/" and pos + 2 + length < end
            and d[pos + 2 + length] == c">" and memcmp(d + pos + 2, name, length) == 0)


@cython.final
cdef class Document(Nodes):
    """The records of a file.

    Parameters
    ----------
    path : str
        The name of the file in errors.
    lists : mapping of str to str
        Names of elements whose items are records, and the kind of record.
    heads : mapping of str to str
        Names of first elements by which a record is known elsewhere, and its kind.
    lenient : bool
        Whether a record that cannot be read is counted in `lost`; if not, it is an error.
    """

    def __cinit__(self, str path not None, dict lists not None, dict heads not None, bint lenient):
        self.path = path
        self.lists = lists
        self.heads = heads
        self.lenient = lenient
        self.tags = []
        self.seen = {}
        self.outside = b""

    def end(self):
        """Say that nothing more will be fed."""
        self.ended = True
        self.tried = 0

    def error(self, str what not None, element=None, Py_ssize_t pos=-1):
        """Return an error about an element, here or at a position in the data."""
        if element is None:
            element = self._inner() or "file"
        return NetshError(self.path, self.line_at(self.pos if pos < 0 else pos), element, what)

    def error_inside(self, str what not None, str element not None):
        """Return an error about an element of the current record."""
        cdef bytes name = element.encode()
        cdef int k
        for k in range(self.n_nodes):
            if self.is_named(&self.nodes[k], name, <int>len(name)):
                return self.error(what, element, self.nodes[k].name)
        return self.error(what, element, self.nodes[0].name)

    # Outside of records.

    cdef str _inner(self):
        """Return the name of the innermost open element, or an empty one."""
        return self.tags[len(self.tags) - 1] if self.tags else ""

    cdef int _enter(self, Py_ssize_t name, int length) except -1:
        tag = self._tag(name, length)
        if len(self.tags) >= MAX_DEPTH:
            if not self.lenient:
                raise self.error(TOO_DEEP, tag)
            self.tags.clear()   # they were never closed
        self.tags.append(tag)
        if len(self.seen) < MAX_SEEN:
            self.seen[tag] = None
        return 0

    cdef bint _leave(self, Py_ssize_t name, int length) except -1:
        """Close the innermost open element of that name; what is open in it was never closed.

        True if it ends a record whose beginning is missing, which is then looked behind.
        """
        tag = self._tag(name, length)
        if tag in self.tags:
            while self.tags.pop() != tag:
                pass
        elif is_record_name(self.data + name, length) and not self.torn:
            self._fault("the beginning of the record is missing", tag, self.pos, name + length)
            return True
        return False

    cdef int _is_record(
        self, Py_ssize_t name, int length, Py_ssize_t after, bint by_head
    ) except -1:
        """Tell whether an element is a record, and set `kind`; `by_head`: not by where it is.

        IS_RECORD, NO_RECORD, or UNFINISHED if the data end before that can be told.
        """
        cdef Markup m
        cdef int kind
        self.kind = None
        if not is_record_name(self.data + name, length):
            return NO_RECORD
        while True:
            after = next_markup(self.data, after, self.size)
            kind = UNFINISHED if after == self.size else markup_at(self.data, after, self.size, &m)
            if kind == UNFINISHED:
                return NO_RECORD if self.ended else UNFINISHED
            if kind != SKIPPED and kind != NO_MARKUP:
                break
            after = m.after if kind == SKIPPED else after + 1
        if kind == START_TAG or kind == EMPTY_TAG:
            self.kind = self.heads.get(self._tag(m.name, m.length))
            if kind == START_TAG and is_record_name(self.data + m.name, m.length):
                kind = NO_RECORD if by_head else self._is_record(m.name, m.length, m.after, True)
                self.kind = None
                if by_head or kind == UNFINISHED:
                    return kind
                if kind == IS_RECORD:
                    return NO_RECORD  # that one may be a record
        if self.kind is None and not by_head:
            self.kind = self.lists.get(self._inner())
        return NO_RECORD if self.kind is None else IS_RECORD

    cdef int _keep_outside(self, Py_ssize_t end) except -1:
        """Keep the first text outside of elements; the same one in pieces of any size."""
        cdef Py_ssize_t room = MAX_OUTSIDE - len(self.outside)
        if not self.tags and room > 0:
            self.outside = (self.outside + self.data[self.pos:min(end, self.pos + room)]).lstrip()
        return 0

    cdef object next_record(self):
        """Return the kind of the next record, whose nodes are then there; None: feed more."""
        cdef Py_ssize_t at
        cdef Markup m
        cdef int kind
        if self.size - self.pos > SMALL and self.size - self.pos < self.tried + self.tried // 2:
            return None
        while not self.searching or self._search():
            at = next_markup(self.data, self.pos, self.size)
            self._keep_outside(at)
            self.pos = at
            kind = UNFINISHED if at == self.size else markup_at(self.data, at, self.size, &m)
            if kind == START_TAG:
                kind = self._is_record(m.name, m.length, m.after, False)
                if kind == IS_RECORD:
                    if self._read_record(&m):
                        return self.kind
                    if self.searching:
                        continue
                    return None
                if kind == NO_RECORD:
                    self._enter(m.name, m.length)
            elif kind == EMPTY_TAG:
                if self._is_empty_record(&m):
                    return self.kind
                self._enter(m.name, m.length)
                self.tags.pop()
            elif kind == END_TAG:
                if self._leave(m.name, m.length):
                    continue
            elif kind == DECLARATION:
                self.tags.clear()  # another document begins
            elif kind == DOCTYPE:
                raise self.error(REFUSED)
            if kind == UNFINISHED:
                return self._more(f"a tag or comment of more than {MAX_RECORD} bytes")
            self.pos = at + 1 if kind == NO_MARKUP else m.after
        return None

    cdef bint _is_empty_record(self, const Markup* m) except -1:
        """Take an element without anything for a record, if it is in a list."""
        self.kind = self.lists.get(self._inner())
        if self.kind is None or not is_record_name(self.data + m.name, m.length):
            return False
        self.n_nodes = 0
        self._new_node(m)
        self.pos = m.after
        return True

    cdef object _more(self, str too_long):
        """Return None, for more data, unless what begins here is too long already."""
        self.tried = self.size - self.pos
        if self.tried > MAX_RECORD:
            raise self.error(too_long)
        return None

    # Records.

    cdef bint _read_record(self, const Markup* first) except -1:
        """Find the elements of the record; False: feed more, or `searching` for the next one."""
        cdef int[MAX_DEPTH] inside      # the open elements, by number
        cdef int kind, depth = 1
        cdef Py_ssize_t at, pos = first.after
        cdef Markup m
        cdef Node* node
        self.n_nodes = 0
        self._new_node(first)
        inside[0] = 0
        while depth:
            at = next_markup(self.data, pos, self.size)
            node = &self.nodes[inside[depth - 1]]
            node.bits |= HAS_TEXT * (not is_blank(self.data, pos, at))
            if ends_here(self.data, at, self.size, self.data + node.name, node.length):
                node.end = at   # nearly half of all markup is this
                node.next = self.n_nodes
                pos = at + node.length + 3
                depth -= 1
                continue
            kind = UNFINISHED if at == self.size else markup_at(self.data, at, self.size, &m)
            if kind == START_TAG or kind == EMPTY_TAG:
                if depth == MAX_DEPTH or self.n_nodes == MAX_ELEMENTS:
                    return self._too_large(depth, &m, at, first.after)
                node.bits |= HAS_ELEMENTS
                if kind == START_TAG:
                    inside[depth] = self.n_nodes
                    depth += 1
                self._new_node(&m)
            elif kind == END_TAG and self.is_named(node, self.data + m.name, m.length):
                node.end = at       # with blanks in the tag
                node.next = self.n_nodes
                depth -= 1
            elif kind == SKIPPED or kind == SECTION or kind == NO_MARKUP:
                node.bits |= HAS_MARKUP
            else:
                return self._unexpected(kind, &m, self.name(node), at, first.after)
            pos = at + 1 if kind == NO_MARKUP else m.after
        self.pos, self.tried, self.torn = pos, 0, False
        return True

    cdef bint _too_large(
        self, int depth, const Markup* m, Py_ssize_t at, Py_ssize_t after
    ) except -1:
        return self._fault(
            TOO_DEEP if depth == MAX_DEPTH else TOO_MANY, self._tag(m.name, m.length), at, after)

    cdef bint _unexpected(
        self, int kind, const Markup* m, str element, Py_ssize_t at, Py_ssize_t after
    ) except -1:
        """Deal with markup that cannot be inside of an element."""
        if kind == UNFINISHED:
            return self._cut(element, at, after)
        if kind == DOCTYPE:
            raise self.error(REFUSED, element, at)
        if kind == DECLARATION:
            return self._fault("another document begins inside the record", element, at, after)
        return self._fault(f"</{self._tag(m.name, m.length)}> ends it", element, at, after)

    cdef bint _fault(self, str what, str element, Py_ssize_t at, Py_ssize_t after) except -1:
        """Raise an error about the record, or count it and look for the next one from `after`.

        That may be inside this one, if the end of this one is missing.
        """
        if not self.lenient:
            raise self.error(what, element, at)
        self.lost += 1
        self.pos = after
        self.tried = 0
        self.searching = self.torn = True
        return False

    cdef bint _cut(self, str element, Py_ssize_t at, Py_ssize_t after) except -1:
        """The data end inside a record: more are needed, if there are more.

        Else the record's end is missing if others begin inside it, which are then read. What a
        comment hides is not looked at: to do so again and again would take too long.
        """
        self.tried = self.size - self.pos
        if not self.ended and self.tried <= MAX_RECORD:
            return False
        if at < self.size:
            after = self.size
        if self.ended and self.lenient:
            self.pos = after
        if self.ended and not (self.lenient and self._search()):
            raise self.error(BREAKS_OFF, element, self.size)
        return self._fault(
            f"a record of more than {MAX_RECORD} bytes", element, self.size, after)

    cdef bint _search(self) except -1:
        """Go to the next record, or the end of the list; False: feed more."""
        cdef Markup m
        cdef Py_ssize_t at
        cdef int kind
        while True:
            at = self.pos = next_markup(self.data, self.pos, self.size)
            kind = UNFINISHED if at == self.size else markup_at(self.data, at, self.size, &m)
            if kind == START_TAG:
                kind = self._is_record(m.name, m.length, m.after, True)
                if kind == IS_RECORD:
                    break
            if kind == UNFINISHED and self.size - at <= MAX_RECORD:
                return False
            if kind == DECLARATION or kind == DOCTYPE:
                break
            if kind == END_TAG and self._inner() == self._tag(m.name, m.length):
                break
            self.pos = at + 1 if kind in (NO_MARKUP, UNFINISHED) else m.after
        self.searching = False
        return True

    # For records that are read in Python.

    def __iter__(self):
        return self

    def __next__(self):
        """Return the kind and the elements of the next record, of what has been fed."""
        kind = self.next_record()
        if kind is None:
            raise StopIteration
        return kind, self.value(0)

    # The end of the file.

    def finish(self):
        """Check that the file, of which no more records come, did not break off."""
        # What is left is a tag or a comment that does not end.
        if self.pos < self.size or not UNCLOSED.isdisjoint(self.tags):
            raise self.error_at_end(BREAKS_OFF)

    def error_at_end(self, str what not None):
        """Return an error about the end of what was fed."""
        return self.error(what, None, self.size)

    @property
    def names(self):
        """The names of elements outside of records, in order, if there were not too many."""
        return self.seen.keys()

    @property
    def text_outside(self):
        """The beginning of the text outside of elements."""
        return self.outside.decode(errors="replace").strip()
