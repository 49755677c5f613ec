"""Reads records from plain XML without a parser; must not know what a record means.

Nearly everything that netsh writes is plain: ASCII, tags with at most one attribute, blanks between
elements, no entities, comments, sections or instructions. Anything else is only reported as not
plain, and expat reads it. For plain XML the results are the same as with expat.
"""

cimport cython
from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize, PyBytes_Size
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from cpython.unicode cimport (
    PyUnicode_AsUTF8AndSize, PyUnicode_Check, PyUnicode_DecodeASCII)
from libc.string cimport memchr, memcmp, memcpy

cdef enum:
    MAX_DEPTH = 16
    MAX_RECORD = 1 << 17    # bytes; a larger record is left to the parser, which has other limits
    MEMBER = 2              # the depth in a record of the elements that are returned undivided

cdef enum Class:
    BLANK = 1
    NAME = 2
    BLACK = 4               # neither BLANK nor WRONG
    RETURN = 8
    WRONG = 16              # makes a text not plain

cdef unsigned char[256] classes


cdef void fill_classes() noexcept:
    cdef int c
    for c in range(256):
        classes[c] = BLACK if 0x20 < c < 0x7F else WRONG
    for c in b"<>&":
        classes[c] = WRONG
    for c in b" \t\n":
        classes[c] = BLANK
    classes[<int>c"\r"] = BLANK | RETURN
    for c in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789.":
        classes[c] = BLACK | NAME


fill_classes()


cdef enum Token:
    PLAIN_START
    PLAIN_EMPTY             # <tag/>
    PLAIN_END
    MORE                    # the data ends before the token does
    OTHER                   # not plain


cdef enum:
    N_TAGS = 512
    MAX_TAG = 30

cdef struct Tag:
    # A name that was read before. A weak hash gives its index: a collision costs a new string.
    char name[MAX_TAG]
    unsigned char length
    PyObject* text
    PyObject* value         # the last value of a member with this name: it is often the same again


cdef struct Scan:
    const char* data
    Py_ssize_t pos
    Py_ssize_t end
    Py_ssize_t last         # the record must end before this
    Token fault             # why no element could be read
    Tag* tags


cdef Token next_tag(Scan* s, Py_ssize_t* name, Py_ssize_t* length) noexcept:
    """Read the tag at the current position."""
    cdef const char* d = s.data
    cdef Py_ssize_t pos = s.pos + 1
    cdef bint ends = False
    if pos >= s.end:
        return MORE
    if d[pos] == c"/":
        ends = True
        pos += 1
    name[0] = pos
    while pos < s.end and classes[<unsigned char>d[pos]] & NAME:
        pos += 1
    length[0] = pos - name[0]
    if pos >= s.end:
        return MORE
    if length[0] == 0 or d[name[0]] < c"A":  # a name does not begin with a digit or a dot
        return OTHER
    if d[pos] == c" " and not ends:
        pos = after_attribute(d, pos + 1, s.end)
        if pos < 0:
            return MORE if pos == -1 else OTHER
    if d[pos] == c">":
        s.pos = pos + 1
        return PLAIN_END if ends else PLAIN_START
    if d[pos] != c"/" or ends:
        return OTHER
    if pos + 1 >= s.end:
        return MORE
    if d[pos + 1] != c">":
        return OTHER
    s.pos = pos + 2
    return PLAIN_EMPTY


cdef Py_ssize_t after_attribute(const char* d, Py_ssize_t pos, Py_ssize_t end) noexcept:
    """Return where `name="value"` ends; -1 if the data ends before, -2 if it is not plain."""
    cdef Py_ssize_t begin = pos
    while pos < end and classes[<unsigned char>d[pos]] & NAME:
        pos += 1
    if pos + 1 >= end:
        return -1
    if pos == begin or d[begin] < c"A" or d[pos] != c"=" or d[pos + 1] != c'"':
        return -2
    pos += 2
    while pos < end and d[pos] != c'"':
        if classes[<unsigned char>d[pos]] & WRONG or d[pos] < c" ":
            return -2
        pos += 1
    return pos + 1 if pos + 1 < end else -1


cdef bint strip(const char* d, Py_ssize_t* begin, Py_ssize_t* end) noexcept:
    """Strip the blanks around a text; False if line ends remain inside."""
    cdef Py_ssize_t pos
    while begin[0] < end[0] and classes[<unsigned char>d[begin[0]]] & BLANK:
        begin[0] += 1
    while begin[0] < end[0] and classes[<unsigned char>d[end[0] - 1]] & BLANK:
        end[0] -= 1
    for pos in range(begin[0], end[0]):
        if d[pos] == c"\r" or d[pos] == c"\n":
            return False  # the parser would normalize line ends
    return True


cdef str stripped(const char* d, Py_ssize_t begin, Py_ssize_t end):
    """Return a text without the blanks around it; None if line ends remain inside."""
    if not strip(d, &begin, &end):
        return None
    return PyUnicode_DecodeASCII(d + begin, end - begin, NULL)


cdef bint has_only_crlf(const char* d, Py_ssize_t pos, Py_ssize_t end) noexcept:
    """Tell whether a line feed follows each carriage return; else the parser reads the record."""
    cdef const char* found = <const char*>memchr(d + pos, c"\r", end - pos)
    while found != NULL:
        if found[1] != c"\n":  # may read the NUL behind the data
            return False
        found = <const char*>memchr(found + 1, c"\r", end - (found + 1 - d))
    return True


cdef Token text_before_tag(Scan* s, bint* blank) noexcept:
    """Advance over a text to the next tag; `blank` says whether the text has only blanks."""
    cdef const unsigned char* d = <const unsigned char*>s.data
    cdef const void* tag = memchr(d + s.pos, c"<", s.end - s.pos)
    cdef Py_ssize_t pos, begin = s.pos
    cdef unsigned char seen = 0
    s.pos = s.end if tag == NULL else <const unsigned char*>tag - d
    if tag == NULL and s.end <= s.last:
        return MORE
    for pos in range(begin, s.pos):
        seen |= classes[d[pos]]
    blank[0] = not seen & BLACK
    if seen & WRONG or s.pos > s.last:
        return OTHER
    if seen & RETURN and not has_only_crlf(s.data, begin, s.pos):
        return OTHER
    return PLAIN_START


cdef bint same(const Scan* s, Py_ssize_t name, Py_ssize_t other, Py_ssize_t length) noexcept:
    return memcmp(s.data + name, s.data + other, length) == 0


cdef Token pass_over(
    Scan* s, Py_ssize_t name, Py_ssize_t length, int depth, bint* leaf, Py_ssize_t* end
) noexcept:
    """Advance past an element; set `end` to the start of its end tag. PLAIN_END: all was plain."""
    cdef Py_ssize_t inner = 0, inner_length = 0, inner_end = 0
    cdef bint blank = True, inner_leaf = True
    cdef Token token
    leaf[0] = True
    while True:
        token = text_before_tag(s, &blank)
        if token != PLAIN_START:
            return token
        end[0] = s.pos
        token = next_tag(s, &inner, &inner_length)
        if token == PLAIN_END:
            if inner_length != length or not same(s, name, inner, length):
                return OTHER
            return PLAIN_END if blank or leaf[0] else OTHER
        if token >= MORE:
            return token
        if not blank or depth == MAX_DEPTH:
            return OTHER
        leaf[0] = False
        if token == PLAIN_START:
            token = pass_over(s, inner, inner_length, depth + 1, &inner_leaf, &inner_end)
            if token != PLAIN_END:
                return token


cdef inline Tag* tag_of(Scan* s, Py_ssize_t name, Py_ssize_t length) noexcept:
    """Return the entry of the table for a name; another name may be in it."""
    cdef const char* d = s.data + name
    return &s.tags[(31 * <unsigned char>d[0] + 7 * <unsigned char>d[length // 2]
                    + 3 * <unsigned char>d[length - 1] + 17 * length) % N_TAGS]


cdef object tag_text(Scan* s, Py_ssize_t name, Py_ssize_t length):
    """Return a tag's name as a text; the same object as before if the table still has it."""
    cdef const char* d = s.data + name
    cdef Tag* tag = tag_of(s, name, length)
    if length > MAX_TAG:
        return PyUnicode_DecodeASCII(d, length, NULL)
    if tag.text == NULL or tag.length != length or memcmp(tag.name, d, length) != 0:
        text = PyUnicode_DecodeASCII(d, length, NULL)
        Py_XDECREF(tag.text)
        Py_INCREF(text)
        tag.text = <PyObject*>text
        tag.length = <unsigned char>length
        memcpy(tag.name, d, length)
    return <object>tag.text


cdef object member(Scan* s, Py_ssize_t name, Py_ssize_t length):
    """Return an element's text, or the XML inside it; None and s.fault if it is not plain."""
    cdef Py_ssize_t begin = s.pos, end = 0
    cdef bint leaf = True
    s.fault = pass_over(s, name, length, MEMBER, &leaf, &end)
    if s.fault != PLAIN_END:
        return None
    if leaf and not strip(s.data, &begin, &end):
        s.fault = OTHER
        return None
    return again(s, name, length, begin, end, leaf)


cdef object again(
    Scan* s, Py_ssize_t name, Py_ssize_t length, Py_ssize_t begin, Py_ssize_t end, bint text
):
    """Return a member's text, or bytes; the same object as the last time if its value is equal."""
    cdef Tag* tag = tag_of(s, name, length)
    cdef const char* d = s.data + begin
    cdef const char* last
    cdef Py_ssize_t size = 0
    if tag.value != NULL and PyUnicode_Check(<object>tag.value) == text:
        if text:
            last = PyUnicode_AsUTF8AndSize(<object>tag.value, &size)
        else:
            last = PyBytes_AsString(<object>tag.value)
            size = PyBytes_Size(<object>tag.value)
        if size == end - begin and memcmp(last, d, size) == 0:
            return <object>tag.value
    value = (PyUnicode_DecodeASCII(d, end - begin, NULL) if text
             else PyBytes_FromStringAndSize(d, end - begin))
    Py_XDECREF(tag.value)
    Py_INCREF(value)
    tag.value = <PyObject*>value
    return value


cdef object element(Scan* s, Py_ssize_t name, Py_ssize_t length, int depth, bint divided):
    """Return an element's text, or a dict of its elements by tag; None and s.fault as member()."""
    cdef Py_ssize_t begin = s.pos, end, inner = 0, inner_length = 0
    cdef bint blank = True
    cdef dict built = None
    if depth == MEMBER and not divided:
        return member(s, name, length)
    while True:
        s.fault = text_before_tag(s, &blank)
        if s.fault != PLAIN_START:
            return None
        end = s.pos
        s.fault = next_tag(s, &inner, &inner_length)
        if s.fault == PLAIN_END and inner_length == length and same(s, name, inner, length):
            s.fault = OTHER
            if built is None:
                return stripped(s.data, begin, end)
            return built if blank else None
        if s.fault >= MORE:
            return None
        if s.fault == PLAIN_END or not blank or depth == MAX_DEPTH:
            s.fault = OTHER
            return None
        if built is None:
            built = {}
        tag = tag_text(s, inner, inner_length)
        value = ""
        if s.fault == PLAIN_START:
            value = element(s, inner, inner_length, depth + 1, divided)
            if value is None:
                return None
        add(built, tag, value)


cdef int add(dict built, str tag, value) except -1:
    """Add an element to its parent: repeated tags become a list, and items always are one."""
    found = built.get(tag)
    if tag == "item":
        if found is None:
            built[tag] = found = []
        (<list>found).append(value)
    elif found is None:
        built[tag] = value
    elif isinstance(found, list):
        (<list>found).append(value)
    else:
        built[tag] = [found, value]
    return 0


cdef Py_ssize_t count_lines(const char* data, Py_ssize_t begin, Py_ssize_t end) noexcept:
    cdef Py_ssize_t pos, lines = 0
    for pos in range(begin, end):
        lines += data[pos] == c"\n"
    return lines


@cython.final
cdef class Scanner:
    """Reads records from plain XML; not to be shared between threads."""

    cdef Tag* tags

    def __cinit__(self):
        self.tags = <Tag*>PyMem_Calloc(N_TAGS, sizeof(Tag))
        if self.tags == NULL:
            raise MemoryError

    def __dealloc__(self):
        cdef int k
        if self.tags != NULL:
            for k in range(N_TAGS):
                Py_XDECREF(self.tags[k].text)
                Py_XDECREF(self.tags[k].value)
            PyMem_Free(self.tags)

    def record(self, bytes data not None, Py_ssize_t start):
        """Read the record whose tag begins at `start`.

        Returns
        -------
        (int, dict or None, int)
            Where the record ends; its elements by tag; and the number of line ends in it. An
            element is a text, or a dict of its own elements by tag, which are texts, or bytes: the
            XML inside them, for `divide`. If the record is not plain, -1 and None; if the data ends
            before the record does, 0 and None.
        """
        cdef Scan s
        cdef Py_ssize_t name = 0, length = 0
        s.data, s.pos, s.end, s.last = data, start, len(data), start + MAX_RECORD
        s.tags = self.tags
        s.fault = next_tag(&s, &name, &length)
        record = None
        if s.fault == PLAIN_START:
            record = element(&s, name, length, 0, False)
        if isinstance(record, dict):
            return s.pos, record, count_lines(s.data, start, s.pos)
        return (0 if s.fault == MORE else -1), None, 0

    def divide(self, bytes raw not None):
        """Return the elements, by tag, of XML that `record` has returned undivided."""
        cdef Scan s
        cdef bytes whole = b"<_>" + raw + b"</_>"
        s.data, s.pos, s.end, s.last = whole, 3, len(whole), len(whole)
        s.tags = self.tags
        found = element(&s, 1, 1, 0, True)
        if found is None:
            raise ValueError("this is not plain XML")
        return found
