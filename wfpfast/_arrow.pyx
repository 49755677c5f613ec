"""Hands columns out through the Arrow PyCapsule interface; must not see an event.

All structs of one export lie in one arena with one count: a struct that is released, wherever it
has been moved to, gives back one; the last one frees the arena and its count of the columns.
"""

from cpython.pycapsule cimport (
    PyCapsule_Destructor, PyCapsule_GetContext, PyCapsule_GetPointer, PyCapsule_New,
    PyCapsule_SetContext, PyCapsule_SetDestructor)
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, strlen

from wfpfast._columns cimport (
    CODES, STRUCT, TEXT, Column, columns_release, columns_share, values_size)
from wfpfast._memory cimport Buffer, shared_zeros
from wfpfast._portable cimport wf_atomic_add

cdef enum:
    ARROW_FLAG_NULLABLE = 2


cdef struct Arena:
    int32_t refs
    ColumnSet* columns       # NULL for schemas
    uint8_t* next            # where the next struct goes


cdef Arena* arena_new(size_t size) noexcept nogil:
    cdef Arena* arena = <Arena*>calloc(1, sizeof(Arena) + size)
    if arena != NULL:
        arena.refs = 1
        arena.next = <uint8_t*>(arena + 1)
    return arena


cdef void* arena_take(Arena* arena, size_t size) noexcept nogil:
    cdef void* place = arena.next
    arena.next += (size + 7) & ~<size_t>7
    return place


cdef void arena_release(Arena* arena) noexcept nogil:
    if wf_atomic_add(&arena.refs, -1) == 0:
        columns_release(arena.columns)
        free(arena)


cdef void release_schema(ArrowSchema* schema) noexcept nogil:
    cdef int64_t i
    for i in range(schema.n_children):
        if schema.children[i].release != NULL:
            schema.children[i].release(schema.children[i])
    if schema.dictionary != NULL and schema.dictionary.release != NULL:
        schema.dictionary.release(schema.dictionary)
    schema.release = NULL
    arena_release(<Arena*>schema.private_data)


cdef void release_array(ArrowArray* array) noexcept nogil:
    cdef int64_t i
    for i in range(array.n_children):
        if array.children[i].release != NULL:
            array.children[i].release(array.children[i])
    if array.dictionary != NULL and array.dictionary.release != NULL:
        array.dictionary.release(array.dictionary)
    array.release = NULL
    arena_release(<Arena*>array.private_data)


cdef int count_structs(const Spec* specs, int index) noexcept nogil:
    """Return how many Arrow structs a column needs: itself, its children, its dictionary."""
    cdef int total = 2 if specs[index].kind == CODES else 1
    cdef int k
    for k in range(specs[index].n_children):
        total += count_structs(specs, specs[index].first_child + k)
    return total


cdef const char* take_text(Arena* arena, const char* text) noexcept:
    """Copy a name: the schema may outlive whoever declared the column."""
    cdef size_t size = strlen(text) + 1
    return <const char*>memcpy(arena_take(arena, size), text, size)


cdef size_t text_sizes(const Spec* specs, int index) noexcept nogil:
    """Return room for the names and formats of a column, its children and its dictionary."""
    cdef size_t total = strlen(specs[index].name) + 2 * strlen(specs[index].format) + 64
    cdef int k
    for k in range(specs[index].n_children):
        total += text_sizes(specs, specs[index].first_child + k)
    return total


cdef ArrowSchema* new_schema(
    Arena* arena, const char* format, const char* name, int children
) noexcept:
    cdef ArrowSchema* schema = <ArrowSchema*>arena_take(arena, sizeof(ArrowSchema))
    schema.format = take_text(arena, format)
    schema.name = take_text(arena, name)
    schema.flags = ARROW_FLAG_NULLABLE
    schema.n_children = children
    schema.children = <ArrowSchema**>arena_take(arena, children * sizeof(void*))
    schema.release = release_schema
    schema.private_data = arena
    arena.refs += 1
    return schema


cdef ArrowSchema* fill_schema(Arena* arena, const Spec* specs, int index) noexcept:
    cdef const Spec* spec = specs + index
    cdef int k
    cdef const char* format = spec.format
    cdef ArrowSchema* schema
    if spec.kind == CODES:
        format = b"i"  # int32 codes; the format is that of the values
    schema = new_schema(arena, format, spec.name, spec.n_children)
    for k in range(spec.n_children):
        schema.children[k] = fill_schema(arena, specs, spec.first_child + k)
    if spec.kind == CODES:
        schema.dictionary = new_schema(arena, spec.format, b"", 0)
    return schema


cdef object schema_capsule(const Spec* specs, const int* selected, int count):
    """Return a capsule "arrow_schema": a struct of the selected columns."""
    cdef size_t size = 64, structs = 1
    cdef int k
    cdef Arena* arena
    cdef ArrowSchema* top
    for k in range(count):
        structs += count_structs(specs, selected[k])
        size += text_sizes(specs, selected[k])
    arena = arena_new(size + structs * (sizeof(ArrowSchema) + 2 * sizeof(void*)))
    if arena == NULL:
        raise MemoryError
    top = new_schema(arena, b"+s", b"", count)
    top.flags = 0
    for k in range(count):
        top.children[k] = fill_schema(arena, specs, selected[k])
    try:
        return new_capsule(top, b"arrow_schema", free_schema_capsule, arena)
    except BaseException:
        release_schema(top)
        raise


cdef object new_capsule(
    void* top, const char* name, PyCapsule_Destructor destructor, Arena* arena
):
    """The capsule owns the count that arena_new() gave, and finds the arena in its context.

    Not in the struct: whoever takes the struct may leave anything behind.
    """
    try:
        capsule = PyCapsule_New(top, name, NULL)
        PyCapsule_SetContext(capsule, arena)
        PyCapsule_SetDestructor(capsule, destructor)
    except BaseException:
        arena_release(arena)
        raise
    return capsule


cdef void free_schema_capsule(object capsule) noexcept:
    cdef ArrowSchema* top = <ArrowSchema*>PyCapsule_GetPointer(capsule, b"arrow_schema")
    if top.release != NULL:
        top.release(top)
    arena_release(<Arena*>PyCapsule_GetContext(capsule))


cdef ArrowArray* new_array(Arena* arena, int64_t length, int buffers, int children) noexcept:
    cdef ArrowArray* array = <ArrowArray*>arena_take(arena, sizeof(ArrowArray))
    array.length = length
    array.n_buffers = buffers
    array.n_children = children
    array.buffers = <const void**>arena_take(arena, buffers * sizeof(void*))
    array.children = <ArrowArray**>arena_take(arena, children * sizeof(void*))
    array.release = release_array
    array.private_data = arena
    arena.refs += 1
    return array


cdef const void* data_of(const uint8_t* data, const Buffer* zeros) noexcept:
    return data if data != NULL else zeros.data


cdef const void* shared_data(const Buffer* buffer, const Buffer* zeros) noexcept:
    return zeros.data if buffer == NULL else buffer.data


cdef ArrowArray* fill_array(Arena* arena, int index) noexcept:
    cdef const Column* column = arena.columns.columns + index
    cdef const Buffer* zeros = arena.columns.zeros
    cdef int kind = column.spec.kind
    cdef int buffers = 1 if kind == STRUCT else 3 if kind == TEXT else 2
    cdef ArrowArray* array = new_array(arena, column.length, buffers, column.spec.n_children)
    cdef int k
    array.null_count = column.null_count
    if column.null_count:
        array.buffers[0] = data_of(column.validity.data, zeros)
    if kind != STRUCT:
        array.buffers[1] = data_of(column.values.data, zeros)
    if kind == TEXT:
        array.buffers[2] = data_of(column.text.data, zeros)
    for k in range(column.spec.n_children):
        array.children[k] = fill_array(arena, column.spec.first_child + k)
    if kind == CODES:
        array.dictionary = new_array(arena, column.dictionary_length, 3, 0)
        array.dictionary.buffers[1] = shared_data(column.dictionary_offsets, zeros)
        array.dictionary.buffers[2] = shared_data(column.dictionary_text, zeros)
    return array


cdef size_t zeros_needed(const ColumnSet* columns) noexcept:
    """Return the size of the largest buffer that a column without values stands for."""
    cdef size_t most = 64, size
    cdef int k
    for k in range(columns.count):
        if columns.columns[k].values.data == NULL:
            size = values_size(columns.columns[k].spec, columns.columns[k].length)
            most = max(most, size, <size_t>columns.columns[k].length // 8 + 8)
    return most


cdef int ensure_zeros(ColumnSet* columns) except -1:
    """Give the columns that no event touched something to point at."""
    if columns.zeros == NULL:
        columns.zeros = shared_zeros(zeros_needed(columns))
        if columns.zeros == NULL:
            raise MemoryError
    return 0


cdef object array_capsule(ColumnSet* columns, const int* selected, int count):
    """Return a capsule "arrow_array" of the selected columns, which share the batch's memory."""
    cdef size_t structs = 1
    cdef int k
    cdef Arena* arena
    cdef ArrowArray* top
    ensure_zeros(columns)
    for k in range(count):
        structs += count_structs(columns.columns[0].spec, selected[k])
    arena = arena_new(64 + structs * (sizeof(ArrowArray) + 4 * sizeof(void*)))
    if arena == NULL:
        raise MemoryError
    arena.columns = columns_share(columns)
    top = new_array(arena, columns.length, 1, count)
    for k in range(count):
        top.children[k] = fill_array(arena, selected[k])
    try:
        return new_capsule(top, b"arrow_array", free_array_capsule, arena)
    except BaseException:
        release_array(top)
        raise


cdef void free_array_capsule(object capsule) noexcept:
    cdef ArrowArray* top = <ArrowArray*>PyCapsule_GetPointer(capsule, b"arrow_array")
    if top.release != NULL:
        top.release(top)
    arena_release(<Arena*>PyCapsule_GetContext(capsule))
