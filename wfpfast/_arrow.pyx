"""Hands columns out through the Arrow PyCapsule interface; must not see an event.

All structs of one export lie in one arena with one count: a struct that is released, wherever it
has been moved to, gives back one; the last one frees the arena and its count of the columns.
"""

from cpython.pycapsule cimport (
    PyCapsule_Destructor, PyCapsule_GetContext, PyCapsule_GetPointer, PyCapsule_New,
    PyCapsule_SetContext, PyCapsule_SetDestructor)
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t
from libc.string cimport memcpy, strlen

from wfpfast._columns cimport (
    CODES, LINE, STRUCT, TEXT, WIDEST, Column, columns_release, columns_share)
from wfpfast._memory cimport Buffer, buffer_release, buffer_take, shared_zeros
from wfpfast._portable cimport wf_atomic_add

cdef enum:
    ARROW_FLAG_NULLABLE = 2


cdef struct Arena:
    int32_t refs
    int32_t structs
    Buffer* memory           # where it lies itself
    ColumnSet* columns       # NULL for schemas
    uint8_t* next            # where the next thing goes that is no struct


cdef Arena* arena_new(int structs, size_t struct_size, size_t rest) noexcept nogil:
    """Return an arena with a count for each of its structs and one for whoever asked, or NULL."""
    cdef Buffer* memory = buffer_take(sizeof(Arena) + structs * struct_size + rest, False)
    cdef Arena* arena
    if memory == NULL:
        return NULL
    arena = <Arena*>memory.data
    arena.refs = structs + 1
    arena.structs = 0
    arena.memory = memory
    arena.columns = NULL
    arena.next = <uint8_t*>(arena + 1) + structs * struct_size
    return arena


cdef inline void* arena_take(Arena* arena, size_t size) noexcept nogil:
    cdef void* place = arena.next
    arena.next += (size + 7) & ~<size_t>7
    return place


cdef void arena_release(Arena* arena, int32_t counts) noexcept nogil:
    if wf_atomic_add(&arena.refs, -counts) == 0:
        columns_release(arena.columns)
        buffer_release(arena.memory)


cdef int32_t end_schema(ArrowSchema* schema) noexcept nogil:
    """Mark a schema and what hangs on it as released; return how many of ours these were."""
    cdef int32_t counts = 1
    cdef int64_t i
    if schema.release == NULL:
        return 0
    if schema.release != release_schema:
        schema.release(schema)
        return 0
    schema.release = NULL
    for i in range(schema.n_children):
        counts += end_schema(schema.children[i])
    if schema.dictionary != NULL:
        counts += end_schema(schema.dictionary)
    return counts


cdef void release_schema(ArrowSchema* schema) noexcept nogil:
    cdef Arena* arena = <Arena*>schema.private_data
    arena_release(arena, end_schema(schema))


cdef int32_t end_array(ArrowArray* array) noexcept nogil:
    cdef int32_t counts = 1
    cdef int64_t i
    if array.release == NULL:
        return 0
    if array.release != release_array:
        array.release(array)
        return 0
    array.release = NULL
    for i in range(array.n_children):
        counts += end_array(array.children[i])
    if array.dictionary != NULL:
        counts += end_array(array.dictionary)
    return counts


cdef void release_array(ArrowArray* array) noexcept nogil:
    cdef Arena* arena = <Arena*>array.private_data
    arena_release(arena, end_array(array))


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


cdef inline ArrowSchema* next_schema(Arena* arena) noexcept nogil:
    arena.structs += 1
    return <ArrowSchema*>(arena + 1) + (arena.structs - 1)


cdef ArrowSchema* new_schema(
    Arena* arena, const char* format, const char* name, int children
) noexcept:
    cdef ArrowSchema* schema = next_schema(arena)
    schema.format = take_text(arena, format)
    schema.name = take_text(arena, name)
    schema.metadata = NULL
    schema.flags = ARROW_FLAG_NULLABLE
    schema.n_children = children
    schema.children = <ArrowSchema**>arena_take(arena, children * sizeof(void*))
    schema.dictionary = NULL
    schema.release = release_schema
    schema.private_data = arena
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


cdef Buffer* schema_template(const Spec* specs, const int* selected, int count) noexcept:
    """Return a struct of the selected columns, of which exports are copies; NULL: no memory."""
    cdef size_t size = 64 + count * sizeof(void*)
    cdef int k, structs = 1
    cdef Arena* arena
    cdef ArrowSchema* top
    for k in range(count):
        structs += count_structs(specs, selected[k])
        size += text_sizes(specs, selected[k])
    arena = arena_new(structs, sizeof(ArrowSchema), size)
    if arena == NULL:
        return NULL
    top = new_schema(arena, b"+s", b"", count)
    top.flags = 0
    for k in range(count):
        top.children[k] = fill_schema(arena, specs, selected[k])
    return arena.memory


cdef inline void* moved(const void* pointer, size_t by) noexcept nogil:
    return <void*>(<size_t>pointer + by)


cdef void move_schemas(Arena* arena, size_t by) noexcept nogil:
    """Make the pointers of a copied arena point into itself."""
    cdef ArrowSchema* schema = <ArrowSchema*>(arena + 1)
    cdef int64_t child
    for _ in range(arena.structs):
        schema.format = <const char*>moved(schema.format, by)
        schema.name = <const char*>moved(schema.name, by)
        schema.children = <ArrowSchema**>moved(schema.children, by)
        for child in range(schema.n_children):
            schema.children[child] = <ArrowSchema*>moved(schema.children[child], by)
        if schema.dictionary != NULL:
            schema.dictionary = <ArrowSchema*>moved(schema.dictionary, by)
        schema.private_data = arena
        schema += 1


cdef object schema_capsule(const Buffer* template):
    """Return a capsule "arrow_schema", a copy of the template."""
    cdef const Arena* original = <const Arena*>template.data
    cdef size_t size = <size_t>(original.next - template.data)
    cdef Buffer* memory = buffer_take(size, False)
    cdef Arena* arena
    if memory == NULL:
        raise MemoryError
    memcpy(memory.data, template.data, size)
    arena = <Arena*>memory.data
    arena.memory = memory
    move_schemas(arena, <size_t>arena - <size_t>original)
    return new_capsule(arena + 1, b"arrow_schema", free_schema_capsule, arena)


cdef object new_capsule(
    void* top, const char* name, PyCapsule_Destructor destructor, Arena* arena
):
    """The capsule owns a count of the arena and finds it in its context.

    Not in the struct: whoever takes the struct may leave anything behind.
    """
    try:
        capsule = PyCapsule_New(top, name, NULL)
        PyCapsule_SetContext(capsule, arena)
        PyCapsule_SetDestructor(capsule, destructor)
    except BaseException:
        arena_release(arena, arena.structs + 1)
        raise
    return capsule


cdef void free_schema_capsule(object capsule) noexcept:
    cdef ArrowSchema* top = <ArrowSchema*>PyCapsule_GetPointer(capsule, b"arrow_schema")
    if top.release != NULL:
        top.release(top)
    arena_release(<Arena*>PyCapsule_GetContext(capsule), 1)


cdef inline ArrowArray* new_array(
    Arena* arena, int64_t length, int64_t null_count, int buffers, int children
) noexcept nogil:
    cdef ArrowArray* array = <ArrowArray*>(arena + 1) + arena.structs
    arena.structs += 1
    array.length = length
    array.null_count = null_count
    array.offset = 0
    array.n_buffers = buffers
    array.n_children = children
    array.buffers = <const void**>arena_take(arena, buffers * sizeof(void*))
    array.buffers[0] = NULL
    array.children = <ArrowArray**>arena_take(arena, children * sizeof(void*))
    array.dictionary = NULL
    array.release = release_array
    array.private_data = arena
    return array


cdef inline const void* data_of(const uint8_t* data, const Buffer* zeros) noexcept nogil:
    return data if data != NULL else zeros.data


cdef inline const void* shared_data(const Buffer* buffer, const Buffer* zeros) noexcept nogil:
    return zeros.data if buffer == NULL else buffer.data


cdef ArrowArray* fill_array(Arena* arena, int index) noexcept nogil:
    cdef const Column* column = arena.columns.columns + index
    cdef const Buffer* zeros = arena.columns.zeros
    cdef int kind = column.spec.kind
    cdef int buffers = 1 if kind == STRUCT else 3 if kind == TEXT else 2
    cdef ArrowArray* array = new_array(
        arena, column.length, column.null_count, buffers, column.spec.n_children)
    cdef int k
    if column.null_count:
        array.buffers[0] = data_of(column.validity.data, zeros)
    if kind != STRUCT:
        array.buffers[1] = data_of(column.values.data, zeros)
    if kind == TEXT:
        array.buffers[2] = data_of(column.text.data, zeros)
    for k in range(column.spec.n_children):
        array.children[k] = fill_array(arena, column.spec.first_child + k)
    if kind == CODES:
        array.dictionary = new_array(arena, column.dictionary_length, 0, 3, 0)
        array.dictionary.buffers[1] = shared_data(column.dictionary_offsets, zeros)
        array.dictionary.buffers[2] = shared_data(column.dictionary_text, zeros)
    return array


cdef int ensure_zeros(ColumnSet* columns) except -1:
    """Give the columns that no event touched something to point at."""
    if columns.zeros == NULL:
        columns.zeros = shared_zeros(LINE + <size_t>columns.length * WIDEST)
        if columns.zeros == NULL:
            raise MemoryError
    return 0


cdef object array_capsule(ColumnSet* columns, const int* selected, int count):
    """Return a capsule "arrow_array" of the selected columns, which share the batch's memory."""
    cdef int k, structs = 1
    cdef Arena* arena
    cdef ArrowArray* top
    ensure_zeros(columns)
    for k in range(count):
        structs += count_structs(columns.columns[0].spec, selected[k])
    arena = arena_new(structs, sizeof(ArrowArray), structs * 4 * sizeof(void*))
    if arena == NULL:
        raise MemoryError
    arena.columns = columns_share(columns)
    top = new_array(arena, columns.length, 0, 1, count)
    for k in range(count):
        top.children[k] = fill_array(arena, selected[k])
    return new_capsule(top, b"arrow_array", free_array_capsule, arena)


cdef void free_array_capsule(object capsule) noexcept:
    cdef ArrowArray* top = <ArrowArray*>PyCapsule_GetPointer(capsule, b"arrow_array")
    if top.release != NULL:
        top.release(top)
    arena_release(<Arena*>PyCapsule_GetContext(capsule), 1)
