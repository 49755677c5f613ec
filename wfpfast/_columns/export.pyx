"""Hands columns out through the Arrow PyCapsule interface; must not see an event.

All structs of one export lie in one arena, and each holds a reference to it, also after a consumer
has moved the struct. Releasing the last one releases the arena and its reference to the columns.
An arena whose structs were never moved is reused by the next export, which updates only the members
that depend on the batch: lengths, null counts and buffers.
"""

from cpython.pycapsule cimport (
    PyCapsule_Destructor, PyCapsule_GetContext, PyCapsule_GetPointer, PyCapsule_New,
    PyCapsule_SetContext, PyCapsule_SetDestructor)
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t
from libc.string cimport memcpy, strlen

from wfpfast._base.memory cimport (
    ARRAY_SLOT, SCHEMA_SLOT, Buffer, buffer_release, recycler_take, shared_zeros)
from wfpfast._base.portable cimport wf_atomic_add
from wfpfast._columns.columns cimport (
    CODES, LINE, STRUCT, TEXT, WIDEST, Column, Kind, columns_release, columns_share)

cdef enum:
    ARROW_FLAG_NULLABLE = 2


cdef struct Arena:
    Buffer* memory           # holds this struct and all that follows it
    int32_t refs
    int32_t structs          # used so far
    ColumnSet* columns       # NULL for schemas
    void** pointers          # to children; those of the top-level struct come first
    int32_t n_pointers       # used so far
    bint built               # all structs below the top are filled in, and none was moved away


cdef struct Export:
    ArrowArray array
    const void* buffers[3]


cdef Arena* arena_take(
    const Shape* shape, int slot, size_t struct_size, size_t rest
) noexcept nogil:
    """Return an arena with a reference for each of its structs and one for the caller, or NULL.

    If it is `built`, its structs below the top are those of an earlier export.
    """
    cdef int structs = shape.structs
    cdef Buffer* memory = recycler_take(
        shape.recycler, slot, sizeof(Arena) + structs * (struct_size + sizeof(void*)) + rest)
    cdef Arena* arena
    if memory == NULL:
        return NULL
    arena = <Arena*>memory.data
    arena.memory = memory
    arena.refs = structs + 1
    arena.columns = NULL
    if not arena.built:
        arena.structs = 1  # the top-level struct
        arena.pointers = <void**>(<uint8_t*>(arena + 1) + structs * struct_size)
        arena.n_pointers = shape.count
    return arena


cdef inline void* take_pointers(Arena* arena, int64_t count) noexcept nogil:
    arena.n_pointers += <int32_t>count
    return arena.pointers + arena.n_pointers - count


cdef void arena_release(Arena* arena, int32_t counts) noexcept nogil:
    if wf_atomic_add(&arena.refs, -counts) == 0:
        columns_release(arena.columns)
        buffer_release(arena.memory)


cdef inline bint all_ours(
    const void* first, const void* ours, size_t stride, int32_t count
) noexcept nogil:
    """Tell whether no struct below the top was moved away, so that all can be released at once.

    `first` points to the release member of the first of `count` structs.
    """
    cdef int32_t k
    for k in range(count):
        if (<const void* const*>(<const uint8_t*>first + k * stride))[0] != ours:
            return False
    return True


cdef inline int32_t end_schema(ArrowSchema* schema) noexcept nogil:
    """Mark a schema and its descendants as released; return how many of them were ours."""
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
        arena.built = False
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
        arena.built = False
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


cdef void measure_shape(Shape* shape) noexcept:
    """Fill in how many structs the columns of `shape` need, and how much text."""
    cdef int k
    shape.structs = 1
    shape.texts = 0
    for k in range(shape.count):
        shape.structs += count_structs(shape.specs, shape.selected[k])
        shape.texts += text_sizes(shape.specs, shape.selected[k])


cdef const char* copy_text(char** texts, const char* text) noexcept:
    """Copy a name or format: the schema may outlive the specs."""
    cdef size_t size = strlen(text) + 1
    cdef char* copy = texts[0]
    texts[0] += size
    return <const char*>memcpy(copy, text, size)


cdef void fill_schema(
    Arena* arena, ArrowSchema* schema, const char* format, const char* name, void* children,
    int n_children
) noexcept:
    schema.format = format
    schema.name = name
    schema.metadata = NULL
    schema.flags = ARROW_FLAG_NULLABLE
    schema.n_children = n_children
    schema.children = <ArrowSchema**>children
    schema.dictionary = NULL
    schema.release = release_schema
    schema.private_data = arena


cdef ArrowSchema* new_schema(
    Arena* arena, char** texts, const char* format, const char* name, int children
) noexcept:
    cdef ArrowSchema* schema = <ArrowSchema*>(arena + 1) + arena.structs
    arena.structs += 1
    fill_schema(
        arena, schema, copy_text(texts, format), copy_text(texts, name),
        take_pointers(arena, children), children)
    return schema


cdef ArrowSchema* column_schema(
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
        schema.children[k] = column_schema(arena, texts, specs, spec.first_child + k)
    if spec.kind == CODES:
        schema.dictionary = new_schema(arena, texts, spec.format, b"", 0)
    return schema


cdef object schema_capsule(const Shape* shape):
    """Return a capsule "arrow_schema"."""
    cdef Arena* arena = arena_take(shape, SCHEMA_SLOT, sizeof(ArrowSchema), shape.texts)
    cdef ArrowSchema* top
    cdef char* texts
    cdef int k
    if arena == NULL:
        raise MemoryError
    top = <ArrowSchema*>(arena + 1)
    fill_schema(arena, top, b"+s", b"", arena.pointers, shape.count)
    top.flags = 0
    if not arena.built:
        texts = <char*>(arena.pointers + shape.structs)
        for k in range(shape.count):
            top.children[k] = column_schema(arena, &texts, shape.specs, shape.selected[k])
        arena.built = True
    return new_capsule(top, b"arrow_schema", free_schema_capsule, arena)


cdef object new_capsule(
    void* top, const char* name, PyCapsule_Destructor destructor, Arena* arena
):
    """Make a capsule that owns a reference to the arena and keeps it in its context.

    The struct cannot keep it: a consumer that moves the struct may overwrite what it leaves behind.
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


cdef inline int n_buffers(Kind kind) noexcept nogil:
    """Return how many buffers Arrow gives a kind of column: validity, and those of its values."""
    if kind == STRUCT:
        return 1
    return 3 if kind == TEXT else 2


cdef ArrowArray* new_array(Arena* arena, Export* export, int buffers) noexcept nogil:
    """Fill in the members that do not change from batch to batch."""
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


cdef ArrowArray* column_array(
    Arena* arena, Export* export, const Spec* specs, int index
) noexcept nogil:
    cdef const Spec* spec = specs + index
    cdef ArrowArray* array = new_array(arena, export, n_buffers(spec.kind))
    cdef int k
    if spec.kind == CODES:
        array.dictionary = new_array(arena, take_export(arena), n_buffers(TEXT))
        array.dictionary.null_count = 0
    elif spec.n_children:
        array.n_children = spec.n_children
        array.children = <ArrowArray**>take_pointers(arena, spec.n_children)
        for k in range(spec.n_children):
            array.children[k] = column_array(
                arena, take_export(arena), specs, spec.first_child + k)
    return array


cdef inline const void* data_of(const uint8_t* data, const void* zeros) noexcept nogil:
    return data if data != NULL else zeros


cdef inline void fill_array(
    Export* export, const ColumnSet* columns, const Column* column, const void* zeros
) noexcept nogil:
    """Fill in the members that depend on the batch; consumers ignore buffers past n_buffers."""
    cdef Export* values
    export.array.length = column.length
    export.array.null_count = column.null_count
    export.buffers[0] = data_of(column.validity.data, zeros) if column.null_count else NULL
    export.buffers[1] = data_of(column.values.data, zeros)
    export.buffers[2] = data_of(column.text.data, zeros)
    if export.array.dictionary != NULL:
        values = <Export*>export.array.dictionary
        values.array.length = column.dictionary_length
        values.buffers[1] = data_of(column.dictionary_offsets, zeros)
        values.buffers[2] = data_of(column.dictionary_text, zeros)
    elif export.array.n_children:
        fill_children(export, columns, column.spec, zeros)


cdef void fill_children(
    Export* export, const ColumnSet* columns, const Spec* spec, const void* zeros
) noexcept nogil:
    cdef int k
    for k in range(spec.n_children):
        fill_array(
            <Export*>export.array.children[k], columns, columns.columns + spec.first_child + k,
            zeros)


cdef int ensure_zeros(ColumnSet* columns) except -1:
    """Make sure that there are zeros for the untouched columns to point at."""
    if columns.zeros == NULL:
        columns.zeros = shared_zeros(LINE + <size_t>columns.length * WIDEST)
        if columns.zeros == NULL:
            raise MemoryError
    return 0


cdef object array_capsule(const Shape* shape, ColumnSet* columns):
    """Return a capsule "arrow_array" of the selected columns, which share the batch's memory."""
    cdef Arena* arena
    cdef Export* exports
    cdef ArrowArray* top
    cdef const void* zeros
    cdef int k
    ensure_zeros(columns)
    zeros = columns.zeros.data
    arena = arena_take(shape, ARRAY_SLOT, sizeof(Export), 0)
    if arena == NULL:
        raise MemoryError
    exports = <Export*>(arena + 1)
    top = new_array(arena, exports, 1)
    top.length = columns.length
    top.null_count = 0
    top.n_children = shape.count
    top.children = <ArrowArray**>arena.pointers
    if not arena.built:
        arena.structs += shape.count  # dictionaries and children come after the top-level columns
        for k in range(shape.count):
            top.children[k] = column_array(
                arena, exports + 1 + k, shape.specs, shape.selected[k])
        arena.built = True
    arena.columns = columns_share(columns)
    for k in range(shape.count):
        fill_array(
            exports + 1 + k, columns, columns.columns + shape.selected[k], zeros)
    return new_capsule(top, b"arrow_array", free_array_capsule, arena)


cdef void free_array_capsule(object capsule) noexcept:
    cdef ArrowArray* top = <ArrowArray*>PyCapsule_GetPointer(capsule, b"arrow_array")
    if top.release != NULL:
        top.release(top)
    arena_release(<Arena*>PyCapsule_GetContext(capsule), 1)
