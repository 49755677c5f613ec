"""Finds out once for each template which value goes where; must not know records.

What is read is binary XML: tokens for elements, attributes and texts, whose names stand anywhere in
the chunk, and gaps for the values of a record. Any offset and size may be wrong.
"""

from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memset

from wfpfast._evtx.names cimport names_add, names_find
from wfpfast._evtx.values cimport TYPE_SEVERAL, TYPE_TEXT, get_16, get_32

cdef enum:
    MAX_PLANS = 8192         # a template has at least 28 bytes, but templates may overlap
    TEMPLATE_HEAD = 24       # next, GUID, size
    NAME_HEAD = 8            # next, hash, length
    # How often the bytes of a chunk may be read. Templates do not overlap unless they are forged.
    MAX_SHARING = 16
    # Tokens; MORE is a flag.
    MORE = 0x40
    END = 0x00
    OPEN_ELEMENT = 0x01
    CLOSE_START = 0x02
    CLOSE_EMPTY = 0x03
    END_ELEMENT = 0x04
    TEXT = 0x05
    ATTRIBUTE = 0x06
    CDATA = 0x07
    CHARACTER = 0x08
    ENTITY = 0x09
    INSTRUCTION = 0x0a
    INSTRUCTION_TEXT = 0x0b
    GAP = 0x0d
    OPTIONAL_GAP = 0x0e
    FRAGMENT = 0x0f

cdef enum Kind:
    # Of elements and attributes, by their names.
    OTHER
    ROOT
    EVENT
    SYSTEM
    EVENT_DATA
    DATA
    PROVIDER_ELEMENT
    EVENT_ID_ELEMENT
    TIME_ELEMENT
    RECORD_ID_ELEMENT
    COMPUTER_ELEMENT
    NAME_ATTRIBUTE
    SYSTEM_TIME_ATTRIBUTE

cdef Names structure


cdef int templates_begin(Templates* t, const Names* fields) except -1:
    """Take the memory that the templates of a chunk need; the caller gives it back."""
    t.fields = fields
    t.numbers = <uint16_t*>calloc(CHUNK_SIZE, sizeof(uint16_t))
    t.offsets = <uint32_t*>calloc(MAX_PLANS, sizeof(uint32_t))
    t.plans = <Plan*>calloc(MAX_PLANS, sizeof(Plan))
    if t.numbers == NULL or t.offsets == NULL or t.plans == NULL:
        raise MemoryError
    return 0


cdef void templates_end(Templates* t) noexcept nogil:
    free(t.numbers)
    free(t.offsets)
    free(t.plans)
    free(t.entries)


cdef void templates_reset(Templates* t, const uint8_t* data) noexcept nogil:
    """Forget the templates of the chunk before."""
    cdef uint32_t k
    for k in range(t.n_plans):
        t.numbers[t.offsets[k]] = 0
    t.n_plans = t.n_entries = 0
    t.data = data
    t.budget = MAX_SHARING * CHUNK_SIZE
    t.fault = NULL


cdef const Plan* template_at(Templates* t, uint32_t offset) noexcept nogil:
    """Return the plan of the template at an offset of the chunk, or NULL and `fault`."""
    cdef Plan* plan
    if offset > CHUNK_SIZE - TEMPLATE_HEAD:
        t.fault = "the template is outside the chunk"
        return NULL
    if t.numbers[offset] == 0:
        if t.n_plans == MAX_PLANS:
            t.fault = "the chunk has too many templates"
            return NULL
        t.offsets[t.n_plans] = offset
        plan_template(t, t.plans + t.n_plans, offset)
        t.n_plans += 1
        t.numbers[offset] = <uint16_t>t.n_plans
    plan = t.plans + t.numbers[offset] - 1
    t.fault = plan.fault
    return plan if plan.fault == NULL else NULL


cdef void plan_template(Templates* t, Plan* plan, uint32_t offset) noexcept nogil:
    cdef uint32_t size = get_32(t.data + offset + TEMPLATE_HEAD - 4), room
    cdef Entry* entries
    cdef Walk w
    memset(plan, 0, sizeof(Plan))
    offset += TEMPLATE_HEAD
    if size > CHUNK_SIZE - offset:
        plan.fault = "the template is longer than the chunk"
        return
    plan.end = offset + size
    if walk(&w, t, offset, offset + size, True) < 0:
        plan.fault = t.fault
        return
    if t.n_entries + w.count > t.room:
        room = 2 * t.room + N_TARGETS
        entries = <Entry*>realloc(t.entries, room * sizeof(Entry))
        if entries == NULL:
            t.no_memory = True
            plan.fault = "there is no memory for the template"
            return
        t.entries = entries
        t.room = room
    plan.first = t.n_entries
    plan.count = <uint32_t>w.count
    if plan.count:  # otherwise there may be no memory yet
        memcpy(t.entries + plan.first, w.entries, plan.count * sizeof(Entry))
    t.n_entries += plan.count


cdef int failed(Walk* w, const char* fault) noexcept nogil:
    w.templates.fault = fault
    return -1


cdef inline bint has(Walk* w, uint32_t size) noexcept nogil:
    return size <= w.end - w.at


cdef int walk(
    Walk* w, Templates* t, uint32_t at, uint32_t end, bint has_dependencies
) noexcept nogil:
    """Read a fragment of a chunk into `w.entries`; -1 and `fault` if it is no binary XML."""
    cdef int token
    w.templates = t
    w.at = at
    w.end = end
    w.has_dependencies = has_dependencies
    w.depth = 0
    w.target = w.field = NOWHERE
    w.count = 0
    w.kinds[0] = ROOT
    memset(w.places, 0, sizeof(w.places))
    if t.budget < end - at:
        return failed(w, "templates overlap, and would make the chunk be read again and again")
    t.budget -= end - at
    while w.at < w.end:
        token = t.data[w.at]
        w.at += 1
        if token == END:
            break
        if take(w, token & ~MORE, token & MORE != 0) < 0:
            return -1
    return 0


cdef int take(Walk* w, int token, bint more) noexcept nogil:
    """Read what follows a token."""
    if token == GAP or token == OPTIONAL_GAP:
        return take_gap(w)
    if token == OPEN_ELEMENT:
        return open_element(w, more)
    if token == CLOSE_START:
        w.target = content_of(w)
        return 0
    if token == CLOSE_EMPTY or token == END_ELEMENT:
        if w.depth == 0:
            return failed(w, "an element ends that has not begun")
        w.depth -= 1
        w.target = content_of(w)
        return 0
    if token == ATTRIBUTE:
        return take_attribute(w)
    return take_text(w, token)


cdef int take_gap(Walk* w) noexcept nogil:
    if not has(w, 3):
        return failed(w, "a gap is outside its fragment")
    add(w, w.target, get_16(w.templates.data + w.at), NULL, 0)
    w.at += 3
    return 0


cdef int take_text(Walk* w, int token) noexcept nogil:
    """Read text, or what stands in its place."""
    cdef const uint8_t* data = w.templates.data + w.at
    cdef uint32_t size
    if token == FRAGMENT:
        size = 3
    elif token == CHARACTER:
        size = 2
    elif token == ENTITY or token == INSTRUCTION:
        return skip_name(w)
    elif token == TEXT or token == CDATA or token == INSTRUCTION_TEXT:
        size = 3 if token == TEXT else 2
        if has(w, size):
            size += 2 * <uint32_t>get_16(data + size - 2)
    else:
        return failed(w, "there is an unknown token")
    if not has(w, size):
        return failed(w, "a text is outside its fragment")
    w.at += size
    if token == CHARACTER:
        spoil(w)
    elif token == CDATA:
        add(w, w.target, -1, data + 2, size - 2)
    elif token == TEXT:
        if data[0] != TYPE_TEXT:
            return failed(w, "a literal is no text")
        add(w, w.target, -1, data + 3, size - 3)
    return 0


cdef int skip_name(Walk* w) noexcept nogil:
    cdef int meaning
    spoil(w)
    return take_name(w, &meaning)


cdef void spoil(Walk* w) noexcept nogil:
    """Make the current value one of several parts: a character is written as a reference."""
    if 0 <= w.target < N_TARGETS:
        add(w, w.target, -1, NULL, 0)
        w.entries[w.places[w.target] - 1].gap = -1
        w.entries[w.places[w.target] - 1].literal.type = TYPE_SEVERAL


cdef void add(
    Walk* w, int target, int gap, const uint8_t* text, uint32_t size
) noexcept nogil:
    """Note a value, which is number `gap` of the record, or a literal."""
    cdef Entry* entry
    if target == FIELD_NAME:
        w.field = NOWHERE
        if gap < 0:
            w.field = names_find(w.templates.fields, text, size // 2)
            w.field = w.field + FIELD if w.field >= 0 else NOWHERE
        return
    if target < 0 or (target == REST and gap < 0):
        return
    if w.places[target]:  # of several parts, or in several places: which one counts?
        entry = w.entries + w.places[target] - 1
        entry.gap = -1
        entry.literal.type = TYPE_SEVERAL
        return
    entry = w.entries + w.count
    w.count += 1
    w.places[target] = w.count
    entry.target = target
    entry.gap = gap
    entry.literal = Value(text, size, TYPE_TEXT)


cdef int take_name(Walk* w, int* meaning) noexcept nogil:
    """Read the offset of a name, and the name itself if it stands there."""
    cdef const uint8_t* data = w.templates.data
    cdef uint32_t offset, size
    if not has(w, 4):
        return failed(w, "a name is outside its fragment")
    offset = get_32(data + w.at)
    w.at += 4
    if offset > CHUNK_SIZE - NAME_HEAD:
        return failed(w, "a name is outside the chunk")
    size = NAME_HEAD + 2 * <uint32_t>get_16(data + offset + NAME_HEAD - 2) + 2
    if size > CHUNK_SIZE - offset:
        return failed(w, "a name is longer than the chunk")
    meaning[0] = names_find(&structure, data + offset + NAME_HEAD, (size - NAME_HEAD - 2) // 2)
    if offset == w.at:
        if not has(w, size):
            return failed(w, "a name is longer than its fragment")
        w.at += size
    return 0


cdef int open_element(Walk* w, bint has_attributes) noexcept nogil:
    cdef int kind = OTHER
    cdef uint32_t size = 6 if w.has_dependencies else 4
    if not has(w, size):
        return failed(w, "an element is outside its fragment")
    w.at += size
    if take_name(w, &kind) < 0:
        return -1
    if has_attributes:
        if not has(w, 4):
            return failed(w, "an element is outside its fragment")
        w.at += 4
    if w.depth + 1 == MAX_NESTING:
        return failed(w, "elements are nested too deeply")
    if not belongs(kind, w.kinds[w.depth]):
        kind = OTHER
    w.depth += 1
    w.kinds[w.depth] = kind
    w.target = NOWHERE
    if kind == DATA:
        w.field = NOWHERE
    return 0


cdef bint belongs(int kind, int parent) noexcept nogil:
    """Tell whether an element of this name means something within its parent."""
    if kind == EVENT:
        return parent == ROOT
    if kind == SYSTEM:
        return parent == EVENT
    if kind == EVENT_DATA:
        return parent == EVENT or parent == ROOT
    if kind == DATA:
        return parent == EVENT_DATA
    return PROVIDER_ELEMENT <= kind <= COMPUTER_ELEMENT and parent == SYSTEM


cdef int content_of(Walk* w) noexcept nogil:
    """Return where a value between the tags of the current element goes."""
    cdef int kind = w.kinds[w.depth]
    if kind == DATA:
        return w.field
    if kind == EVENT:
        return REST
    if kind == EVENT_ID_ELEMENT:
        return EVENT_ID
    if kind == RECORD_ID_ELEMENT:
        return RECORD_ID
    return COMPUTER if kind == COMPUTER_ELEMENT else NOWHERE


cdef int take_attribute(Walk* w) noexcept nogil:
    cdef int name = OTHER, kind = w.kinds[w.depth]
    if take_name(w, &name) < 0:
        return -1
    w.target = NOWHERE
    if name == NAME_ATTRIBUTE and kind == DATA:
        w.target = FIELD_NAME
    elif name == NAME_ATTRIBUTE and kind == PROVIDER_ELEMENT:
        w.target = PROVIDER
    elif name == SYSTEM_TIME_ATTRIBUTE and kind == TIME_ELEMENT:
        w.target = TIME
    return 0


for text, meaning in (
    (b"Event", EVENT), (b"System", SYSTEM), (b"EventData", EVENT_DATA), (b"Data", DATA),
    (b"Provider", PROVIDER_ELEMENT), (b"EventID", EVENT_ID_ELEMENT),
    (b"TimeCreated", TIME_ELEMENT), (b"EventRecordID", RECORD_ID_ELEMENT),
    (b"Computer", COMPUTER_ELEMENT), (b"Name", NAME_ATTRIBUTE),
    (b"SystemTime", SYSTEM_TIME_ATTRIBUTE),
):
    names_add(&structure, text, meaning)
