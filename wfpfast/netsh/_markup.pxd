# Where the markup of an XML text begins and ends; must not know records.
from libc.stdint cimport int64_t

cdef enum MarkupKind:
    START_TAG
    EMPTY_TAG       # <tag/>
    END_TAG
    SKIPPED         # a comment, or an instruction
    SECTION         # <![CDATA[...]]>
    DECLARATION     # <?xml ...?>: a document begins
    DOCTYPE
    NO_MARKUP       # a "<" that is text
    UNFINISHED      # the data end before the markup does


cdef struct Markup:
    Py_ssize_t name     # where a tag's name begins
    int length          # of the name
    Py_ssize_t after    # where the markup ends


cdef int markup_at(
    const char* d, Py_ssize_t pos, Py_ssize_t end, Markup* m) noexcept nogil
cdef Py_ssize_t next_markup(const char* d, Py_ssize_t pos, Py_ssize_t end) noexcept nogil
cdef bint is_blank(const char* d, Py_ssize_t pos, Py_ssize_t end) noexcept nogil
cdef str text_between(
    const char* d, Py_ssize_t begin, Py_ssize_t end, bint has_markup, int64_t* mended)
