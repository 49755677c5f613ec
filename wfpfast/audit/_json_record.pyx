"""Tells what a line of JSON says of a record, as _collected.py does it; must not know files.

Each function that tells returns False for what is rare: Python then reads the line.
"""

from libc.string cimport memcmp, memcpy, memmove

from wfpfast._base.forms cimport MOMENT, NUMBER, read_form
from wfpfast._evtx.templates cimport COMPUTER, EVENT_ID, PROVIDER, RECORD_ID, TIME
from wfpfast._evtx.values cimport TYPE_FILETIME, TYPE_TEXT
from wfpfast.audit._events cimport wanted_events
from wfpfast.audit._fields cimport DIRECTION_FIELD
from wfpfast.audit._json_event_data cimport Cursor, begin_data, next_data
from wfpfast.audit._json_members cimport member
from wfpfast.audit._json_names cimport (
    BEAT_COMPUTER, BEAT_EVENT, BEAT_NUMBER, BEAT_PROVIDER, BEAT_RECORD, BEAT_SOURCE, EVENT,
    EVENT_DATA, NXLOG_CREATED, NXLOG_HOST, NXLOG_RECORD, NXLOG_SOURCE, NXLOG_TIME,
    POWERSHELL_EVENT, POWERSHELL_MACHINE, PROCESS, PROCESS_OF_EVENT, RECEIVED, SENTINEL_COMPUTER,
    SENTINEL_DATA, SENTINEL_PORTAL_TIME, SENTINEL_PROVIDER, SENTINEL_RECORD, SENTINEL_RECORD_ID,
    SENTINEL_SOURCE, SENTINEL_TIME, SOURCE_OF_HIT, THREAD, WINLOG)
from wfpfast.audit._json_text cimport (
    ANSWER, FRACTION, INTEGER, NULL_VALUE, OBJECT, STRING, put_utf16)

from wfpfast.audit._collected import DIRECTIONS
from wfpfast.audit._packing import PROVIDER as PROVIDER_NAME

cdef enum Answer:
    ODD = -1
    NO = 0
    YES = 1

cdef enum:
    FIELD_HEAD = 8
    N_WORDS = 4
    TICKS = 10_000_000       # of a second
    CLOCK = 19               # characters of a time to the second
    MAX_FRACTION = 9
    MOMENT_SIZE = 28         # characters of a time to 100 ns, in UTC

cdef struct Word:
    const char* word
    const char* message
    uint32_t word_size
    uint32_t message_size

cdef Word[N_WORDS] words
cdef const char* provider_name
cdef uint32_t provider_size


cdef bint tell(Telling* t) noexcept nogil:
    """Write the fields of the record that the line is, if it is of interest."""
    cdef Line* line = &t.line
    cdef int root = 0, holder
    cdef const Member* found = member(line, 0, SOURCE_OF_HIT)
    t.count = 0
    t.data = -1
    t.wanted = t.flat = t.received = t.lost_process = False
    t.left_out = NULL
    if found != NULL and found.value.kind == OBJECT:
        root = found.object
    holder = root
    found = member(line, root, WINLOG)
    if found != NULL:
        holder = found.object
    found = NULL
    if holder >= 0:
        found = member(line, holder, EVENT_DATA)
    if found != NULL and found.value.kind == OBJECT:
        return tell_beats(t, root, holder, found.object)
    if member(line, root, SENTINEL_SOURCE) != NULL or (
        member(line, root, SENTINEL_PROVIDER) != NULL
    ):
        return tell_sentinel(t, root)
    if member(line, root, POWERSHELL_MACHINE) != NULL:
        return is_wanted_event(member(line, root, POWERSHELL_EVENT)) == NO
    return tell_nxlog(t, root)


cdef bint tell_beats(Telling* t, int root, int holder, int data) noexcept nogil:
    cdef const Member* provider = either(t, holder, BEAT_PROVIDER, BEAT_SOURCE)
    cdef const Member* event = member(&t.line, holder, BEAT_EVENT)
    cdef int wanted = is_wanted(provider, event)
    if wanted != YES:
        return wanted == NO
    t.wanted = True
    t.data = data
    return (
        put(t, PROVIDER, provider) and put(t, EVENT_ID, event)
        and put_time(t, member(&t.line, root, RECEIVED))
        and put(t, RECORD_ID, either(t, holder, BEAT_RECORD, BEAT_NUMBER))
        and put(t, COMPUTER, member(&t.line, holder, BEAT_COMPUTER)) and put_fields(t, True))


cdef bint tell_nxlog(Telling* t, int root) noexcept nogil:
    cdef const Member* provider = member(&t.line, root, NXLOG_SOURCE)
    cdef const Member* event = member(&t.line, root, EVENT)
    cdef const Member* time = either(t, root, NXLOG_CREATED, NXLOG_TIME)
    cdef const Member* received = member(&t.line, root, RECEIVED)
    cdef const Member* process = member(&t.line, root, PROCESS)
    cdef int wanted = is_wanted(provider, event)
    cdef uint64_t ticks = 0
    if wanted != YES:
        return wanted == NO
    t.wanted = t.flat = True
    t.data = root
    if process != NULL and (process.value.kind == INTEGER or process.value.kind == ANSWER) and (
        member(&t.line, root, THREAD) != NULL
    ):
        t.left_out = process
        t.lost_process = member(&t.line, root, PROCESS_OF_EVENT) == NULL
    if received != NULL and (
        time == NULL or time.value.kind != STRING or read_moment(&time.value, &ticks) == NO
    ):
        time = received
        t.received = True
    return (
        put(t, PROVIDER, provider) and put(t, EVENT_ID, event) and put_time(t, time)
        and put(t, RECORD_ID, member(&t.line, root, NXLOG_RECORD))
        and put(t, COMPUTER, member(&t.line, root, NXLOG_HOST)) and put_fields(t, False))


cdef bint tell_sentinel(Telling* t, int root) noexcept nogil:
    """Tell what a row of SecurityEvent says, whose fields are XML, or of WindowsEvent."""
    cdef const Member* provider = either(t, root, SENTINEL_SOURCE, SENTINEL_PROVIDER)
    cdef const Member* event = member(&t.line, root, EVENT)
    cdef const Member* data = member(&t.line, root, SENTINEL_DATA)
    cdef int wanted = is_wanted_event(event)
    if wanted != YES:
        return wanted == NO
    if member(&t.line, root, SENTINEL_PORTAL_TIME) != NULL:
        return False
    if data == NULL or is_provider(provider) != YES:
        return False
    t.wanted = True
    t.data = data.object
    return (
        put(t, PROVIDER, provider) and put(t, EVENT_ID, event)
        and put_time(t, member(&t.line, root, SENTINEL_TIME))
        and put(t, RECORD_ID, either(t, root, SENTINEL_RECORD_ID, SENTINEL_RECORD))
        and put(t, COMPUTER, member(&t.line, root, SENTINEL_COMPUTER))
        and (put_fields(t, False) if data.object >= 0 else put_xml(t, &data.value)))


cdef const Member* either(Telling* t, int object, int role, int other) noexcept nogil:
    """Return a member, or if it is not there another."""
    cdef const Member* found = member(&t.line, object, role)
    return found if found != NULL else member(&t.line, object, other)


cdef int is_wanted(const Member* provider, const Member* event) noexcept nogil:
    cdef int wanted = is_wanted_event(event)
    return is_provider(provider) if wanted == YES else wanted


cdef int is_provider(const Member* provider) noexcept nogil:
    cdef const Span* value
    if provider == NULL or provider.value.kind != STRING:
        return NO
    value = &provider.value
    if value.form:
        return ODD
    return value.size == provider_size and not memcmp(value.data, provider_name, provider_size)


cdef int is_wanted_event(const Member* event) noexcept nogil:
    """Tell whether an id, as a number or as text, is one of an event that becomes a row."""
    cdef const Span* value
    cdef uint64_t number = 0
    if event == NULL or event.value.kind == NULL_VALUE:
        return NO
    value = &event.value
    if (value.kind != INTEGER and value.kind != STRING) or value.form:
        return ODD
    if not 1 <= value.size <= 5 or value.data[0] == c"0":
        return ODD
    if not read_form(NUMBER, <const char*>value.data, value.size, &number, NULL) or number > 0xffff:
        return ODD
    return wanted_events()[number >> 3] >> (number & 7) & 1


cdef bint put_xml(Telling* t, const Span* value) noexcept nogil:
    """Write the fields of an element EventData, which is read at the end of the record's memory."""
    cdef uint8_t* start = t.room_end - 2 * value.size
    cdef Cursor c
    if value.kind != STRING:
        return False
    c.p = start
    c.end = put_utf16(start, value)
    if not begin_data(&c):
        return False
    # A field takes less than the element that it is made of, so what is not read yet stays.
    while next_data(&c):
        if c.known.target >= 0:
            memmove(put_head(t, c.known.target, TYPE_TEXT, c.size), c.text, c.size)
            t.out += FIELD_HEAD + c.size
        elif not c.known.without_column:
            return False
    return c.ended


cdef uint8_t* put_head(Telling* t, int target, int kind, uint32_t size) noexcept nogil:
    cdef uint8_t* out = t.out
    out[0] = <uint8_t>target
    out[1] = <uint8_t>(target >> 8)
    out[2] = <uint8_t>kind
    out[3] = 0
    memcpy(out + 4, &size, 4)
    t.count += 1
    return out + FIELD_HEAD


cdef void put_value(Telling* t, int target, const Span* value) noexcept nogil:
    cdef uint8_t* start = t.out + FIELD_HEAD
    cdef uint8_t* end = put_utf16(start, value)
    put_head(t, target, TYPE_TEXT, <uint32_t>(end - start))
    t.out = end


cdef bint put(Telling* t, int target, const Member* m) noexcept nogil:
    """Write the text of a member, if it is there and not null."""
    cdef const Span* value
    if m == NULL or m.value.kind == NULL_VALUE:
        return True
    value = &m.value
    if value.kind == FRACTION or value.kind > STRING:
        return False
    if value.kind == INTEGER and value.size == 2 and not memcmp(value.data, b"-0", 2):
        return False
    put_value(t, target, value)
    return True


cdef bint put_time(Telling* t, const Member* m) noexcept nogil:
    cdef uint64_t ticks = 0
    cdef int answer
    if m == NULL or m.value.kind != STRING:
        return put(t, TIME, m)
    answer = read_moment(&m.value, &ticks)
    if answer != YES:
        return answer == NO and put(t, TIME, m)
    t.out = put_head(t, TIME, TYPE_FILETIME, 8)
    memcpy(t.out, &ticks, 8)
    t.out += 8
    return True


cdef bint put_fields(Telling* t, bint translated) noexcept nogil:
    """Write the fields of the event; if it is translated, its direction is an English word."""
    cdef const Member* m
    cdef int k
    for k in range(t.line.n_members):
        m = t.line.members + k
        if m.owner != t.data or m.known == NULL or m.known.target < 0 or m == t.left_out:
            continue
        if translated and m.known.target == DIRECTION_FIELD:
            if m.value.form:
                return False
            if put_direction(t, &m.value):
                continue
        if not put(t, m.known.target, m):
            return False
    return True


cdef bint put_direction(Telling* t, const Span* value) noexcept nogil:
    cdef Span message
    cdef int k
    if value.kind != STRING:
        return False
    for k in range(N_WORDS):
        if value.size == words[k].word_size and not memcmp(
            value.data, words[k].word, value.size
        ):
            message = Span(
                <const uint8_t*>words[k].message, words[k].message_size, STRING, 0)
            put_value(t, DIRECTION_FIELD, &message)
            return True
    return False


cdef bint is_unknown(const Telling* t, const Member* m) noexcept nogil:
    """Tell whether a member is a field of the event whose name means nothing."""
    if m.owner != t.data:
        return False
    if m.known == NULL:
        return True
    return m.known.target < 0 and not m.known.without_column and not (
        t.flat and m.known.of_collector)


cdef inline bint are_digits(const uint8_t* text, int count) noexcept nogil:
    cdef int k
    for k in range(count):
        if not c"0" <= text[k] <= c"9":
            return False
    return True


cdef inline int two_digits(const uint8_t* text) noexcept nogil:
    return 10 * (text[0] - c"0") + (text[1] - c"0")


cdef int read_zone(const uint8_t* text, uint32_t size, int64_t* minutes) noexcept nogil:
    """Read how far a zone is ahead of UTC."""
    minutes[0] = 0
    if size == 1 and text[0] == c"Z":
        return YES
    if (size != 5 and (size != 6 or text[3] != c":")) or (text[0] != c"+" and text[0] != c"-"):
        return NO
    if not are_digits(text + 1, 2) or not are_digits(text + size - 2, 2):
        return NO
    minutes[0] = 60 * two_digits(text + 1) + two_digits(text + size - 2)
    if minutes[0] >= 24 * 60 or two_digits(text + size - 2) >= 60:
        return ODD
    if text[0] == c"-":
        minutes[0] = -minutes[0]
    return YES


cdef uint32_t read_clock(const uint8_t* text, uint32_t size, char* clear) noexcept nogil:
    """Copy a time, with seven digits behind the point and `Z`; return where its zone begins, or 0.

    More digits are left out, as long as there are at most nine.
    """
    cdef uint32_t at = CLOCK
    cdef int k
    memcpy(clear, b"0000-00-00T00:00:00.0000000Z", MOMENT_SIZE)
    if size <= CLOCK or (text[10] != c"T" and text[10] != c" "):
        return 0
    for k in range(CLOCK):
        if clear[k] == c"0":
            if not are_digits(text + k, 1):
                return 0
            clear[k] = <char>text[k]
        elif clear[k] != <char>text[k] and k != 10:
            return 0
    if text[CLOCK] != c".":
        return CLOCK
    at += 1
    while at < size and are_digits(text + at, 1):
        if at < MOMENT_SIZE - 1:
            clear[at] = <char>text[at]
        at += 1
    return at if CLOCK + 1 < at <= CLOCK + 1 + MAX_FRACTION else 0


cdef int read_moment(const Span* value, uint64_t* ticks) noexcept nogil:
    """Read a time with a zone, as _packing.filetime() does; NO if it has not this form."""
    cdef char[MOMENT_SIZE] clear    # as read_form() reads it
    cdef int64_t ahead = 0
    cdef uint32_t at
    cdef int answer
    if value.form:
        return ODD
    at = read_clock(value.data, value.size, clear)
    if at == 0:
        return NO
    answer = read_zone(value.data + at, value.size - at, &ahead)
    if answer != YES:
        return answer
    ahead *= 60 * TICKS
    if not read_form(MOMENT, clear, MOMENT_SIZE, ticks, NULL) or <int64_t>ticks[0] < ahead:
        return ODD
    ticks[0] -= <uint64_t>ahead
    return YES


kept = [(word.encode(), message.encode()) for word, message in DIRECTIONS.items()]
for number, (word, message) in enumerate(kept):
    words[<int>number] = Word(
        <bytes>word, <bytes>message, <uint32_t>len(word), <uint32_t>len(message))
if len(kept) != <int>N_WORDS:
    raise ImportError(f"{len(kept)} words for directions, of {<int>N_WORDS}")
provider = PROVIDER_NAME.encode()
provider_name = <bytes>provider
provider_size = <uint32_t>len(provider)
