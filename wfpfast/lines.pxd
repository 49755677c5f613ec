# Arrow arrays as they are read, whatever library they come from; must not know text.
from libc.stddef cimport size_t
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from wfpfast._base.growing cimport Growing
from wfpfast._columns.export cimport ArrowArray, ArrowSchema

cdef enum Kind:
    NOTHING
    INT8, INT16, INT32, INT64
    UINT8, UINT16, UINT32, UINT64
    TRUTH
    TIME
    TEXT, LARGE_TEXT
    BYTES, LARGE_BYTES, FIXED_BYTES
    LIST
    STRUCT


cdef struct Node:
    # An array, or what an array consists of.
    Kind kind
    bint bare                   # a text that is to be written as it is
    bint sparse                 # null members are left out, and a struct that has no others
    int32_t width               # bytes of each of FIXED_BYTES
    int64_t offset
    const uint8_t* validity     # or NULL
    const void* values          # numbers, bits, offsets
    const uint8_t* data         # of texts and bytes
    Node* dictionary            # or NULL; then `kind` is that of the codes
    Node* children
    int32_t n_children
    Growing before              # what is written before a value
    Growing instead             # what is written for null


cdef int read_node(
    Node* node, const ArrowSchema* schema, const ArrowArray* array, bint sparse, int level
) except -1
cdef void free_node(Node* node) noexcept nogil


cdef inline bint has_bit(const void* bits, int64_t k) noexcept nogil:
    return (<const uint8_t*>bits)[k >> 3] >> (k & 7) & 1


cdef inline int64_t number(const Node* node, int64_t k) noexcept nogil:
    """Return value k of integers that are not uint64, counted from the begin of the memory."""
    if node.kind == INT32:
        return (<const int32_t*>node.values)[k]
    if node.kind == UINT32:
        return (<const uint32_t*>node.values)[k]
    if node.kind == UINT16:
        return (<const uint16_t*>node.values)[k]
    if node.kind == UINT8:
        return (<const uint8_t*>node.values)[k]
    if node.kind == INT8:
        return (<const int8_t*>node.values)[k]
    if node.kind == INT16:
        return (<const int16_t*>node.values)[k]
    return (<const int64_t*>node.values)[k]


cdef inline const Node* settled(const Node* node, int64_t* row) noexcept nogil:
    """Return where the value of a row is, and the row there; NULL if it is null."""
    cdef int64_t k = row[0] + node.offset
    if node.kind == NOTHING or node.validity != NULL and not has_bit(node.validity, k):
        return NULL
    if node.dictionary == NULL:
        return node
    row[0] = number(node, k)
    k = row[0] + node.dictionary.offset
    if node.dictionary.validity != NULL and not has_bit(node.dictionary.validity, k):
        return NULL
    return node.dictionary


cdef inline const uint8_t* span(const Node* node, int64_t k, size_t* size) noexcept nogil:
    """Return text or bytes k, counted from the begin of the memory."""
    cdef int64_t start, stop
    if node.kind == FIXED_BYTES:
        size[0] = node.width
        return <const uint8_t*>node.values + k * node.width
    if node.kind == LARGE_TEXT or node.kind == LARGE_BYTES:
        start, stop = (<const int64_t*>node.values)[k], (<const int64_t*>node.values)[k + 1]
    else:
        start, stop = (<const int32_t*>node.values)[k], (<const int32_t*>node.values)[k + 1]
    size[0] = <size_t>(stop - start)
    return node.data + start
