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
    CODES, LINE, WIDEST, Column, columns_release, columns_share)
from wfpfast._memory cimport Buffer, buffer_release, buffer_share, buffer_take, shared_zeros
from wfpfast._portable cimport wf_atomic_add

cdef enum:
    ARROW_FLAG_NULLABLE = 2

# By kind of column. The buffers of a struct that it does not have are never looked at.
cdef int* N_BUFFERS = [2, 2, 3, 2, 2, 1]


cdef struct Arena:
    int32_t refs
    int32_t structs
    Buffer* memory           # where it lies itself
    ColumnSet* columns       # NULL for schemas
    Buffer* texts            # the template with the names and formats of a schema that is its copy
    void** pointers          # to children; first those of the struct at the top
    int32_t n_pointers


cdef struct Export:
    ArrowArray array
    const void* buffers[3]


cdef Arena* arena_new(int structs, size_t struct_size, size_t rest) noexcept nogil:
    """Return an arena with a count for each of its structs and one for whoever asked, or NULL."""
    cdef Buffer* memory = buffer_take(
        sizeof(Arena) + structs * (struct_size + sizeof(void*)) + rest, False)
    cdef Arena* arena
    if memory == NULL:
        return NULL
    arena = <Arena*>memory.data
    arena.refs = structs + 1
    arena.structs = 0
    arena.memory = memory
    arena.columns = NULL
    arena.texts = NULL
    arena.pointers = <void**>(<uint8_t*>(arena + 1) + structs * struct_size)
    arena.n_pointers = 0
    return arena


cdef inline void* take_pointers(Arena* arena, int64_t count) noexcept nogil:
    arena.n_pointers += <int32_t>count
    return arena.pointers + arena.n_pointers - count


cdef void arena_release(Arena* arena, int32_t counts) noexcept nogil:
    if wf_atomic_add(&arena.refs, -counts) == 0:
        columns_release(arena.columns)
        buffer_release(arena.texts)
        buffer_release(arena.memory)


cdef inline bint all_ours(
    const void* first, const void* ours, size_t stride, int32_t count
) noexcept nogil:
    """Tell whether no struct below the top has been moved away: then all end with it.

    `first` is where the first of `count` structs keeps its release function.
    """
    cdef int32_t k
    for k in range(count):
        if (<const void* const*>(<const uint8_t*>first + k * stride))[0] != ours:
            return False
    return True


cdef inline int32_t end_schema(ArrowSchema* schema) noexcept nogil:
    """Mark a schema and what hangs on it as released; return how many of ours these were."""
    if schema.release == release_schema:
        schema.release = NULL
        if schema.n_children or schema.dictionary != NULL:
            return 1 + end_schemas(schema)
        return 1
    if schema.release != NULL:
        schema.release(schema)
    return 0


cdef int32_t end_schemas(ArrowSchema* schema) noexcept nogil:
    cdef int32_t counts = 0
    cdef int64_t i
    for i in range(schema.n_children):
        counts += end_schema(schema.children[i])
    return counts + end_schema(schema.dictionary) if schema.dictionary != NULL else counts


cdef void release_schema(ArrowSchema* schema) noexcept nogil:
    cdef Arena* arena = <Arena*>schema.private_data
    cdef ArrowSchema* schemas = <ArrowSchema*>(arena + 1)
    cdef int32_t counts = arena.structs
    if <void*>schema.children == arena.pointers and all_ours(
            &schemas[1].release, <const void*>release_schema, sizeof(ArrowSchema), counts - 1):
        schema.release = NULL
    else:
        counts = end_schema(schema)
    arena_release(arena, counts)


cdef inline int32_t end_array(ArrowArray* array) noexcept nogil:
    if array.release == release_array:
        array.release = NULL
        if array.n_children or array.dictionary != NULL:
            return 1 + end_arrays(array)
        return 1
    if array.release != NULL:
        array.release(array)
    return 0


cdef int32_t end_arrays(ArrowArray* array) noexcept nogil:
    cdef int32_t counts = 0
    cdef int64_t i
    for i in range(array.n_children):
        counts += end_array(array.children[i])
    return counts + end_array(array.dictionary) if array.dictionary != NULL else counts


cdef void release_array(ArrowArray* array) noexcept nogil:
    cdef Arena* arena = <Arena*>array.private_data
    cdef Export* exports = <Export*>(arena + 1)
    cdef int32_t counts = arena.structs
    if <void*>array.children == arena.pointers and all_ours(
            &exports[1].array.release, <const void*>release_array, sizeof(Export), counts - 1):
        array.release = NULL
    else:
        counts = end_array(array)
    arena_release(arena, counts)


cdef int count_structs(const Spec* specs, int index) noexcept nogil:
    """Return how many Arrow structs a column needs: itself, its children, its dictionary."""
    cdef int total = 2 if specs[index].kind == CODES else 1
    cdef int k
    for k in range(specs[index].n_children):
        total += count_structs(specs, specs[index].first_child + k)
    return total


cdef size_t text_sizes(const Spec* specs, int index) noexcept nogil:
    """Return room for the names and formats of a column, its children and its dictionary."""
    cdef size_t total = strlen(specs[index].name) + 2 * strlen(specs[index].format) + 8
    cdef int k
    for k in range(specs[index].n_children):
        total += text_sizes(specs, specs[index].first_child + k)
    return total


cdef const char* copy_text(char** texts, const char* text) noexcept:
    """Copy a name: the schema may outlive whoever declared the column."""
    cdef size_t size = strlen(text) + 1
    cdef char* place = texts[0]
    texts[0] += size
    return <const char*>memcpy(place, text, size)


cdef ArrowSchema* new_schema(
    Arena* arena, char** texts, const char* format, const char* name, int children
) noexcept:
    cdef ArrowSchema* schema = <ArrowSchema*>(arena + 1) + arena.structs
    arena.structs += 1
    schema.format = copy_text(texts, format)
    schema.name = copy_text(texts, name)
    schema.metadata = NULL
    schema.flags = ARROW_FLAG_NULLABLE
    schema.n_children = children
    schema.children = <ArrowSchema**>take_pointers(arena, children)
    schema.dictionary = NULL
    schema.release = release_schema
    schema.private_data = arena
    return schema


cdef ArrowSchema* fill_schema(
    Arena* arena, char** texts, const Spec* specs, int index
) noexcept:
    cdef const Spec* spec = specs + index
    cdef int k
    cdef const char* format = spec.format
    cdef ArrowSchema* schema
    if spec.kind == CODES:
        format = b"i"  # int32 codes; the format is that of the values
    schema = new_schema(arena, texts, format, spec.name, spec.n_children)
    for k in range(spec.n_children):
        schema.children[k] = fill_schema(arena, texts, specs, spec.first_child + k)
    if spec.kind == CODES:
        schema.dictionary = new_schema(arena, texts, spec.format, b"", 0)
    return schema


cdef Buffer* schema_template(const Spec* specs, const int* selected, int count) noexcept:
    """Return a struct of the selected columns, of which exports are copies; NULL: no memory."""
    cdef size_t size = 8
    cdef int k, structs = 1
    cdef Arena* arena
    cdef ArrowSchema* top
    cdef char* texts
    for k in range(count):
        structs += count_structs(specs, selected[k])
        size += text_sizes(specs, selected[k])
    arena = arena_new(structs, sizeof(ArrowSchema), size)
    if arena == NULL:
        return NULL
    texts = <char*>(arena.pointers + structs)
    top = new_schema(arena, &texts, b"+s", b"", count)
    top.flags = 0
    for k in range(count):
        top.children[k] = fill_schema(arena, &texts, specs, selected[k])
    return arena.memory


cdef inline void* moved(const void* pointer, size_t by) noexcept nogil:
    return <void*>(<size_t>pointer + by)


cdef void copy_schemas(Arena* arena, const Arena* original) noexcept nogil:
    """Copy all but the texts, which stay where they are; pointers point into the copy."""
    cdef ArrowSchema* schemas = <ArrowSchema*>(arena + 1)
    cdef size_t by = <size_t>arena - <size_t>original
    cdef int k
    arena.structs = original.structs
    arena.n_pointers = original.n_pointers
    memcpy(schemas, original + 1, <size_t>(original.pointers + original.n_pointers)
           - <size_t>(original + 1))
    for k in range(original.n_pointers):
        arena.pointers[k] = moved(arena.pointers[k], by)
    for k in range(original.structs):
        schemas[k].private_data = arena
        if schemas[k].n_children:
            schemas[k].children = <ArrowSchema**>moved(schemas[k].children, by)
        if schemas[k].dictionary != NULL:
            schemas[k].dictionary = <ArrowSchema*>moved(schemas[k].dictionary, by)


cdef object schema_capsule(Buffer* template):
    """Return a capsule "arrow_schema", a copy of the template."""
    cdef const Arena* original = <const Arena*>template.data
    cdef Arena* arena = arena_new(original.structs, sizeof(ArrowSchema), 0)
    if arena == NULL:
        raise MemoryError
    arena.texts = buffer_share(template)
    copy_schemas(arena, original)
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


cdef inline Export* take_export(Arena* arena) noexcept nogil:
    arena.structs += 1
    return <Export*>(arena + 1) + (arena.structs - 1)


cdef inline ArrowArray* begin_array(
    Arena* arena, Export* export, int64_t length, int64_t null_count, int buffers
) noexcept nogil:
    export.array.length = length
    export.array.null_count = null_count
    export.array.offset = 0
    export.array.n_buffers = buffers
    export.array.n_children = 0
    export.array.buffers = export.buffers
    export.array.children = NULL
    export.array.dictionary = NULL
    export.array.release = release_array
    export.array.private_data = arena
    export.buffers[0] = NULL
    return &export.array


cdef inline const void* data_of(const uint8_t* data, const void* zeros) noexcept nogil:
    return data if data != NULL else zeros


cdef inline ArrowArray* fill_array(
    Arena* arena, Export* export, const Column* column, const void* zeros
) noexcept nogil:
    cdef int kind = column.spec.kind
    cdef ArrowArray* array = begin_array(
        arena, export, column.length, column.null_count, N_BUFFERS[kind])
    cdef Export* values
    if column.null_count:
        export.buffers[0] = data_of(column.validity.data, zeros)
    export.buffers[1] = data_of(column.values.data, zeros)
    export.buffers[2] = data_of(column.text.data, zeros)
    if kind == CODES:
        values = take_export(arena)
        array.dictionary = begin_array(arena, values, column.dictionary_length, 0, 3)
        values.buffers[1] = data_of(column.dictionary_offsets, zeros)
        values.buffers[2] = data_of(column.dictionary_text, zeros)
    elif column.spec.n_children:
        fill_children(arena, array, column.spec, zeros)
    return array


cdef void fill_children(
    Arena* arena, ArrowArray* array, const Spec* spec, const void* zeros
) noexcept nogil:
    cdef const Column* first = arena.columns.columns + spec.first_child
    cdef int k
    array.n_children = spec.n_children
    array.children = <ArrowArray**>take_pointers(arena, spec.n_children)
    for k in range(spec.n_children):
        array.children[k] = fill_array(arena, take_export(arena), first + k, zeros)


cdef int ensure_zeros(ColumnSet* columns) except -1:
    """Give the columns that no event touched something to point at."""
    if columns.zeros == NULL:
        columns.zeros = shared_zeros(LINE + <size_t>columns.length * WIDEST)
        if columns.zeros == NULL:
            raise MemoryError
    return 0


cdef object array_capsule(
    ColumnSet* columns, const int* selected, int count, const Buffer* template
):
    """Return a capsule "arrow_array" of the selected columns, which share the batch's memory."""
    cdef int k
    cdef Arena* arena
    cdef Export* exports
    cdef ArrowArray* top
    cdef ArrowArray** children
    cdef const Column* first = columns.columns
    cdef const void* zeros
    ensure_zeros(columns)
    zeros = columns.zeros.data
    # A schema and its array have the same children and dictionaries.
    arena = arena_new((<const Arena*>template.data).structs, sizeof(Export), 0)
    if arena == NULL:
        raise MemoryError
    arena.columns = columns_share(columns)
    exports = <Export*>(arena + 1)
    arena.structs = 1 + count  # dictionaries and children come behind those at the top
    top = begin_array(arena, exports, columns.length, 0, 1)
    children = <ArrowArray**>take_pointers(arena, count)
    top.n_children = count
    top.children = children
    for k in range(count):
        children[k] = fill_array(arena, exports + 1 + k, first + selected[k], zeros)
    return new_capsule(top, b"arrow_array", free_array_capsule, arena)


cdef void free_array_capsule(object capsule) noexcept:
    cdef ArrowArray* top = <ArrowArray*>PyCapsule_GetPointer(capsule, b"arrow_array")
    if top.release != NULL:
        top.release(top)
    arena_release(<Arena*>PyCapsule_GetContext(capsule), 1)
