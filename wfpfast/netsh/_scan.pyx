"""Takes records out of plain XML without a parser; must not know what a record means.

Plain is what netsh writes nearly always: ASCII, tags with at most one attribute, blanks between
elements, no entities, comments, sections or instructions. Of all else nothing is said here but that
it is not plain: expat reads it. What is taken here means to the reader what expat would have told.
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
    MOST_DEPTH = 16
    MOST_RECORD = 1 << 17   # bytes: a larger one is for the parser, which has limits of its own
    MEMBER = 2              # how deep in a record the elements stand that are given undivided

cdef enum Class:
    BLANK = 1
    NAME = 2
    BLACK = 4               # neither blank nor wrong
    RETURN = 8
    WRONG = 16              # not plain in a text

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
    MORE                    # the data ends before
    OTHER                   # not plain


cdef enum:
    N_TAGS = 512
    LONGEST_TAG = 30

cdef struct Tag:
    # Names that were met before, by a hash of no great quality: a collision costs a new string.
    char name[LONGEST_TAG]
    unsigned char length
    PyObject* text
    PyObject* value         # what a member of the name held last: most hold the same again


cdef struct Scan:
    const char* data
    Py_ssize_t at
    Py_ssize_t end
    Py_ssize_t last         # where a record must have ended
    Token fault             # why there is no element
    Tag* tags


cdef Token next_tag(Scan* s, Py_ssize_t* name, Py_ssize_t* length) noexcept:
    """Read the tag that the scan stands at."""
    cdef const char* d = s.data
    cdef Py_ssize_t at = s.at + 1
    cdef bint ends = False
    if at >= s.end:
        return MORE
    if d[at] == c"/":
        ends = True
        at += 1
    name[0] = at
    while at < s.end and classes[<unsigned char>d[at]] & NAME:
        at += 1
    length[0] = at - name[0]
    if at >= s.end:
        return MORE
    if length[0] == 0 or d[name[0]] < c"A":  # digits and dots begin no name
        return OTHER
    if d[at] == c" " and not ends:
        at = after_attribute(d, at + 1, s.end)
        if at < 0:
            return MORE if at == -1 else OTHER
    if d[at] == c">":
        s.at = at + 1
        return PLAIN_END if ends else PLAIN_START
    if d[at] != c"/" or ends:
        return OTHER
    if at + 1 >= s.end:
        return MORE
    if d[at + 1] != c">":
        return OTHER
    s.at = at + 2
    return PLAIN_EMPTY


cdef Py_ssize_t after_attribute(const char* d, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Return where `name="value"` ends; -1 if the data ends before, -2 if it is another thing."""
    cdef Py_ssize_t begin = at
    while at < end and classes[<unsigned char>d[at]] & NAME:
        at += 1
    if at + 1 >= end:
        return -1
    if at == begin or d[begin] < c"A" or d[at] != c"=" or d[at + 1] != c'"':
        return -2
    at += 2
    while at < end and d[at] != c'"':
        if classes[<unsigned char>d[at]] & WRONG or d[at] < c" ":
            return -2
        at += 1
    return at + 1 if at + 1 < end else -1


cdef bint strip(const char* d, Py_ssize_t* begin, Py_ssize_t* end) noexcept:
    """Leave out the blanks around a text; False if it has ends of lines within."""
    cdef Py_ssize_t at
    while begin[0] < end[0] and classes[<unsigned char>d[begin[0]]] & BLANK:
        begin[0] += 1
    while begin[0] < end[0] and classes[<unsigned char>d[end[0] - 1]] & BLANK:
        end[0] -= 1
    for at in range(begin[0], end[0]):
        if d[at] == c"\r" or d[at] == c"\n":
            return False  # of which the parser makes one of two
    return True


cdef str stripped(const char* d, Py_ssize_t begin, Py_ssize_t end):
    """Return a text without the blanks around it; None if it has ends of lines within."""
    if not strip(d, &begin, &end):
        return None
    return PyUnicode_DecodeASCII(d + begin, end - begin, NULL)


cdef bint returns_are_of_windows(const char* d, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Tell whether a line feed follows each return; other ends of lines are for the parser."""
    cdef const char* found = <const char*>memchr(d + at, c"\r", end - at)
    while found != NULL:
        if found[1] != c"\n":  # a zero ends the data
            return False
        found = <const char*>memchr(found + 1, c"\r", end - (found + 1 - d))
    return True


cdef Token text_before_tag(Scan* s, bint* blank) noexcept:
    """Go on to the next tag, over a text; `blank` says whether there is nothing in it."""
    cdef const unsigned char* d = <const unsigned char*>s.data
    cdef const void* tag = memchr(d + s.at, c"<", s.end - s.at)
    cdef Py_ssize_t at, begin = s.at
    cdef unsigned char seen = 0
    s.at = s.end if tag == NULL else <const unsigned char*>tag - d
    if tag == NULL and s.end <= s.last:
        return MORE
    for at in range(begin, s.at):
        seen |= classes[d[at]]
    blank[0] = not seen & BLACK
    if seen & WRONG or s.at > s.last:
        return OTHER
    if seen & RETURN and not returns_are_of_windows(s.data, begin, s.at):
        return OTHER
    return PLAIN_START


cdef bint same(const Scan* s, Py_ssize_t name, Py_ssize_t other, Py_ssize_t length) noexcept:
    return memcmp(s.data + name, s.data + other, length) == 0


cdef Token pass_over(
    Scan* s, Py_ssize_t name, Py_ssize_t length, int depth, bint* leaf, Py_ssize_t* end
) noexcept:
    """Go on behind an element's end tag, which begins at `end`; all within is plain."""
    cdef Py_ssize_t inner = 0, inner_length = 0, inner_end = 0
    cdef bint blank = True, inner_leaf = True
    cdef Token token
    leaf[0] = True
    while True:
        token = text_before_tag(s, &blank)
        if token != PLAIN_START:
            return token
        end[0] = s.at
        token = next_tag(s, &inner, &inner_length)
        if token == PLAIN_END:
            if inner_length != length or not same(s, name, inner, length):
                return OTHER
            return PLAIN_END if blank or leaf[0] else OTHER
        if token >= MORE:
            return token
        if not blank or depth == MOST_DEPTH:
            return OTHER
        leaf[0] = False
        if token == PLAIN_START:
            token = pass_over(s, inner, inner_length, depth + 1, &inner_leaf, &inner_end)
            if token != PLAIN_END:
                return token


cdef inline Tag* tag_of(Scan* s, Py_ssize_t name, Py_ssize_t length) noexcept:
    """Return the place of a name."""
    cdef const char* d = s.data + name
    return &s.tags[(31 * <unsigned char>d[0] + 7 * <unsigned char>d[length // 2]
                    + 3 * <unsigned char>d[length - 1] + 17 * length) % N_TAGS]


cdef object tag_text(Scan* s, Py_ssize_t name, Py_ssize_t length):
    """Return a tag's name as a text, the same object as the last time if it is known."""
    cdef const char* d = s.data + name
    cdef Tag* tag = tag_of(s, name, length)
    if length > LONGEST_TAG:
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
    """Return an element's text, or the XML within it; None, and a fault, if it is not plain."""
    cdef Py_ssize_t begin = s.at, end = 0
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
    """Return a member's text, or bytes; the same object as the last time if it is the same."""
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
    """Return an element's text, or a dict of its elements by tag; None, and a fault, as above."""
    cdef Py_ssize_t begin = s.at, end, inner = 0, inner_length = 0
    cdef bint blank = True
    cdef dict built = None
    if depth == MEMBER and not divided:
        return member(s, name, length)
    while True:
        s.fault = text_before_tag(s, &blank)
        if s.fault != PLAIN_START:
            return None
        end = s.at
        s.fault = next_tag(s, &inner, &inner_length)
        if s.fault == PLAIN_END and inner_length == length and same(s, name, inner, length):
            s.fault = OTHER
            if built is None:
                return stripped(s.data, begin, end)
            return built if blank else None
        if s.fault >= MORE:
            return None
        if s.fault == PLAIN_END or not blank or depth == MOST_DEPTH:
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
    """Put an element into the one around it; several of a tag are a list, items always."""
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
    cdef Py_ssize_t at, lines = 0
    for at in range(begin, end):
        lines += data[at] == c"\n"
    return lines


@cython.final
cdef class Scanner:
    """Takes records out of a file; not to be shared between threads."""

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
        """Take the record whose tag begins at `start`.

        Returns
        -------
        (int, dict or None, int)
            Where the record ends, and its elements by tag: a text, or a dict of its own elements by
            tag, of which each is a text, or bytes: the XML within, for `divide`. -1 and None if the
            record is not plain; 0 and None if the data ends before it does. And how many lines it
            ends.
        """
        cdef Scan s
        cdef Py_ssize_t name = 0, length = 0
        s.data, s.at, s.end, s.last = data, start, len(data), start + MOST_RECORD
        s.tags = self.tags
        s.fault = next_tag(&s, &name, &length)
        record = None
        if s.fault == PLAIN_START:
            record = element(&s, name, length, 0, False)
        if isinstance(record, dict):
            return s.at, record, count_lines(s.data, start, s.at)
        return (0 if s.fault == MORE else -1), None, 0

    def divide(self, bytes raw not None):
        """Return the elements of XML that `record` has left undivided, by tag."""
        cdef Scan s
        cdef bytes whole = b"<_>" + raw + b"</_>"
        s.data, s.at, s.end, s.last = whole, 3, len(whole), len(whole)
        s.tags = self.tags
        found = element(&s, 1, 1, 0, True)
        if found is None:
            raise ValueError("this is not plain XML")
        return found
