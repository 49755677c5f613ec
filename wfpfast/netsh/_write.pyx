"""Writes records of net events into a block's memory; must not know files.

Which element is which member of which struct is told by sections. Easy values, and values that were
there before, are written without Python.
"""

cimport cython
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from wfpfast._blocks.arena cimport Arena
from wfpfast._blocks.encode_structs cimport Field, write_member
from wfpfast._blocks.encode_values cimport point_to_text
from wfpfast.abi.internal cimport ABSENT_WORDS, UNKNOWN_NAME0
from wfpfast.netsh._document cimport HAS_ELEMENTS, Document, Node
from wfpfast.netsh._forms cimport ADDRESS_6, ANY, NUMBER, read_form
from wfpfast.netsh._patches cimport Patch, Patches
from wfpfast.netsh._sections cimport Entry, Section

from wfpfast._blocks.block import Block
from wfpfast._blocks.layouts import STRUCTS
from wfpfast._tables.members import MEMBERS
from wfpfast.netsh._values import Unknown

cdef enum:
    MAX_ARMS = 8
    MAX_STRANGERS = 64      # names of elements that are counted
    VERSION = 5             # of the events that are written
    NO_TYPE = 0xFFFFFFFF
    NO_FAMILY = 0xFFFFFFFF

cdef object BASE = 0x20000000000
cdef object VALUE_ERRORS = (ValueError, OverflowError)
cdef dict NUMBERS = {column: number for number, row in enumerate(MEMBERS) for column in row.columns}
cdef int TYPE_NUMBER = NUMBERS["event_type"]
cdef int FLAGS_NUMBER = NUMBERS["flags"]
cdef dict TAIL = STRUCTS["INTERNAL_FIELDS0"].members
cdef size_t PRESENT = TAIL["present"].offset
cdef size_t ABSENT = TAIL["absent"].offset
cdef size_t N_NAMES = TAIL["numUnknownNames"].offset
cdef size_t NAMES = TAIL["unknownNames"].offset
cdef size_t NAME_MEMBER = STRUCTS["UNKNOWN_NAME0"].members["member"].offset
cdef size_t NAME_TEXT = STRUCTS["UNKNOWN_NAME0"].members["text"].offset
cdef size_t FLAGS = STRUCTS["FWPM_NET_EVENT_HEADER3"].members["flags"].offset


@cython.final
cdef class Kind:
    """A type of events: its number, and the section of its payload."""

    cdef readonly int number
    cdef readonly Section section

    def __init__(self, int number, Section section not None):
        self.number = number
        self.section = section


@cython.final
cdef class EventWriter:
    """Writes the records of a document into blocks.

    Parameters
    ----------
    document : Document
        Whose records are events.
    header, tail : Section
        Of the elements that all events have.
    kinds : mapping of str to Kind
        By the name of the payload's element.
    read_type : callable
        Returns the number of an event type, or an `Unknown`; raises ValueError.
    lenient : bool
        Whether a value that cannot be read is counted, and missing; if not, it is an error.
    """

    cdef Document document
    cdef Arena arena
    cdef Patches patches
    cdef Section header, tail
    cdef dict kinds, by_number
    cdef object read_type
    cdef bint lenient
    cdef readonly Py_ssize_t count      # of events that wait to be taken
    cdef Py_ssize_t room
    cdef size_t entries
    cdef int64_t malformed, unknown_names, no_flags
    cdef list names                     # of the current event: (number of a member, its text)
    cdef uint64_t[ABSENT_WORDS] given   # of the current event
    cdef size_t event_size, type_offset, payload_offset
    cdef list sections
    cdef bytes last_type                # as it stood in the file
    cdef object last_number
    cdef dict unknown                   # elements that are not known, by section and name

    def __cinit__(self, Document document not None, Section header not None,
                  Section tail not None, dict kinds not None, read_type, bint lenient):
        struct = STRUCTS[f"FWPM_NET_EVENT{VERSION}"]
        self.document = document
        self.patches = Patches()
        self.header, self.tail = header, tail
        self.kinds, self.read_type = kinds, read_type
        self.by_number = {kind.number: kind for kind in kinds.values()}
        self.lenient = lenient
        self.names = []
        self.unknown = {}
        self.last_type = b""
        self.sections = [header, tail, *{id(kind.section): kind.section for kind in kinds.values()}.values()]
        self.event_size = struct.size
        self.type_offset = struct.members["type"].offset
        self.payload_offset = struct.members["classifyDrop"].offset

    def fill(self, Py_ssize_t limit):
        """Write events until there are `limit`; False if the document wants more data first."""
        self.begin(limit)
        while self.count < self.room:
            if self.document.next_record() is None:
                return False
            self.write_event()
        return True

    cdef int begin(self, Py_ssize_t limit) except -1:
        """Make room for a block, if there is none."""
        if self.arena is None:
            self.arena = Arena(BASE)
            self.entries = self.arena.allot(8 * limit)
            self.room = limit
        return 0

    @property
    def seen(self):
        """Whether there was a record since the last block."""
        return self.count > 0 or self.document.lost > 0

    def take(self):
        """Return a block of the events, and statistics of what was odd about them; begin anew."""
        self.begin(0)
        block = Block(
            self.arena.image(), base=BASE, count=self.count, version=VERSION,
            entries_offset=self.entries, internal=True)
        stats = {
            "malformed": self.malformed, "unknown_names": self.unknown_names,
            "no_flags": self.no_flags, "lost_events": self.document.lost,
            "mended_text": self.document.mended,
        }
        for tag, count in self.unknown.items():
            stats[f"unknown_element:event/{tag}"] = count
        for section in self.sections:
            for tag, count in (<Section>section).take_unknown().items():
                stats[f"unknown_element:{(<Section>section).tag}/{tag}"] = count
        self.unknown.clear()
        self.malformed = self.unknown_names = self.no_flags = 0
        self.document.lost = self.document.mended = 0
        self.arena, self.count = None, 0
        return block, stats

    # An event.

    cdef int write_event(self) except -1:
        """Write the document's record, and all that it points to."""
        cdef Document document = self.document
        cdef int header = 0, type_ = 0, tail = 0, child = 1
        cdef const Node* node
        cdef list others = []
        while child < document.nodes[0].next:
            node = &document.nodes[child]
            if document.is_named(node, b"header", 6):
                self.only(&header, child)
            elif document.is_named(node, b"type", 4):
                self.only(&type_, child)
            elif document.is_named(node, b"internalFields", 14):
                self.only(&tail, child)
            else:
                others.append(child)
            child = node.next
        if not header or not document.nodes[header].bits & HAS_ELEMENTS:
            return self.refuse("a net event has one header with elements in it")
        self.write_parts(header, type_, others, tail)
        self.count += 1
        return 0

    cdef int only(self, int* place, int number) except -1:
        """Take an element of which an event has one."""
        if place[0]:
            self.bad(None, number, "stands twice")
        else:
            place[0] = number
        return 0

    cdef int refuse(self, str what) except -1:
        """Count a record that is no event, or raise an error about it."""
        if not self.lenient:
            raise self.document.error(what, "header")
        self.document.lost += 1
        return 0

    cdef int write_parts(self, int header, int type_, list others, int tail) except -1:
        cdef Kind kind
        cdef uint32_t number, flags = 0, present = 0
        cdef size_t target, offset = self.arena.allot(self.event_size + self.tail.size)
        cdef int k, body
        self.arena.point(self.entries + 8 * <size_t>self.count, offset)
        memset(self.given, 0, sizeof(self.given))
        self.names.clear()
        known = self.type_of(type_)
        kind, body = self.payload_of(known, others)
        number = NO_TYPE if kind is None else kind.number
        if kind is None and known is not None and type(known) is not Unknown:
            number = known
        self.arena.store(offset + self.type_offset, number, 4)
        self.write_section(self.header, header, offset, &flags)
        if kind is not None and body:
            target = self.arena.allot(kind.section.size)
            self.arena.point(offset + self.payload_offset, target)
            self.write_section(kind.section, body, target, &present)
        present = 0
        if tail:
            self.write_section(self.tail, tail, offset + self.event_size, &present)
        if not self.given[FLAGS_NUMBER >> 6] >> (FLAGS_NUMBER & 63) & 1:
            self.no_flags += 1
            self.arena.store(offset + FLAGS, flags, 4)
        self.write_tail(
            offset + self.event_size, present, kind.section if kind is not None and body else None)
        return 0

    cdef int write_tail(self, size_t offset, uint32_t present, Section payload) except -1:
        """Write which members are there, and the names that nobody knows."""
        cdef uint64_t absent
        cdef size_t names, k
        self.arena.store(offset + PRESENT, present, 4)
        for k in range(ABSENT_WORDS):
            absent = self.header.expected[k]
            if payload is not None:
                absent |= payload.expected[k]
            if k == TYPE_NUMBER >> 6:
                absent |= <uint64_t>1 << (TYPE_NUMBER & 63)
            self.arena.store(offset + ABSENT + 8 * k, absent & ~self.given[k], 8)
        if not self.names:
            return 0
        names = self.arena.allot(sizeof(UNKNOWN_NAME0) * <size_t>len(self.names))
        self.arena.store(offset + N_NAMES, len(self.names), 4)
        self.arena.point(offset + NAMES, names)
        for number, text in self.names:
            self.arena.store(names + NAME_MEMBER, number, 4)
            point_to_text(self.arena, "unknown", text, names + NAME_TEXT)
            names += sizeof(UNKNOWN_NAME0)
        return 0

    cdef object type_of(self, int number):
        """Return the event's type: a number, an `Unknown`, or None if it cannot be read."""
        cdef const Node* node = &self.document.nodes[number]
        cdef Py_ssize_t size = node.end - node.begin
        if not number:
            self.bad("type", 0, "the event has none")
            return None
        if size == len(self.last_type) and memcmp(
                self.document.data + node.begin, <const char*>self.last_type, size) == 0:
            known = self.last_number
        else:
            try:
                known = self.read_type(self.document.value(number))
            except VALUE_ERRORS as error:
                self.bad("type", number, str(error))
                return None
            self.last_type = self.document.data[node.begin:node.end]
            self.last_number = known
        if type(known) is Unknown:
            self.names.append((TYPE_NUMBER, known.names[0]))
        self.give(TYPE_NUMBER)
        return known

    cdef tuple payload_of(self, known, list others):
        """Return the kind of the event, and which element is its payload, or 0.

        The kind follows from the type; or, if nobody knows the type, from the payload's name; or
        it is the one that has most of the payload's members.
        """
        cdef Kind expected = self.by_number.get(known) if type(known) is int else None
        cdef Kind kind
        cdef int body = 0
        cdef list strangers = []
        for child in others:
            kind = self.kinds.get(self.document.name(&self.document.nodes[<int>child]))
            if kind is None or body:
                strangers.append(child)
            elif expected is None and type(known) is not int:
                expected, body = kind, child
            elif expected is kind or expected is not None and expected.number == kind.number:
                body = child
            else:
                self.bad(None, child, "an event of this type has no such payload")
        if not body and strangers and (expected is not None or type(known) is not int):
            for child in strangers:
                kind = self.best_fit(child, expected)
                if kind is not None:
                    expected, body = kind, child
                    break
        for child in strangers:
            tag = self.document.name(&self.document.nodes[<int>child])
            if tag in self.unknown or len(self.unknown) < MAX_STRANGERS:
                self.unknown[tag] = self.unknown.get(tag, 0) + 1
            else:
                self.unknown["..."] = self.unknown.get("...", 0) + 1
        return expected, body

    cdef Kind best_fit(self, int number, Kind expected):
        """Return the kind most of whose members an element has; None if it has none of them."""
        cdef Kind kind, best = None
        cdef int fits, most = 0
        for each in self.kinds.values() if expected is None else [expected]:
            kind = each
            fits = self.count_members(number, kind.section)
            if fits > most:
                best, most = kind, fits
        return best

    cdef int count_members(self, int number, Section section) noexcept:
        cdef int child = number + 1, found = 0
        cdef const Node* node
        cdef Entry* entry
        while child < self.document.nodes[number].next:
            node = &self.document.nodes[child]
            entry = section.find(self.document.data + node.name, node.length)
            found += entry != NULL and entry.is_member
            child = node.next
        return found

    cdef void give(self, int number) noexcept:
        if number >= 0:
            self.given[number >> 6] |= <uint64_t>1 << (number & 63)

    # The elements of a section.

    cdef int write_section(
        self, Section section, int number, size_t offset, uint32_t* flags
    ) except -1:
        """Write the members that a section has; add the flags of these."""
        cdef Document document = self.document
        cdef int child = number + 1, n_arms = 0, stop = document.nodes[number].next
        cdef int[MAX_ARMS] arms
        cdef uint64_t[2] seen = [0, 0]
        cdef const Node* node
        cdef Entry* entry
        cdef long place
        if not document.nodes[number].bits & HAS_ELEMENTS:
            if document.text(&document.nodes[number]):
                self.bad(section.tag, number, "expected elements, not a text")
            return 0
        section.last = -1
        while child < stop:
            node = &document.nodes[child]
            entry = section.find(document.data + node.name, node.length)
            if entry == NULL:
                entry = section.others(document.name(node))
            place = entry - section.entries
            if not entry.is_member:
                entry.count += entry.count >= 0
            elif seen[place >> 6] >> (place & 63) & 1:
                self.bad(None, child, "stands twice")
            elif entry.family >= 0 and n_arms < MAX_ARMS:
                arms[n_arms] = child
                n_arms += 1
            else:
                self.write_member(entry, child, offset, flags)
            seen[place >> 6] |= <uint64_t>1 << (place & 63)
            child = node.next
        if n_arms:
            self.write_arms(section, arms, n_arms, offset, flags, seen)
        return 0

    cdef int write_arms(
        self, Section section, const int* arms, int count, size_t offset, uint32_t* flags,
        const uint64_t* seen
    ) except -1:
        """Write the arms of unions that ipVersion selects; without one, those that are there."""
        cdef Entry* version = &section.entries[section.version]
        cdef Entry* entry
        cdef uint32_t family = NO_FAMILY
        cdef const Node* node
        cdef int k
        if self.given[version.number >> 6] >> (version.number & 63) & 1 or version.number < 0:
            memcpy(&family, self.arena.data + offset + version.offset, 4)
        for k in range(count):
            node = &self.document.nodes[arms[k]]
            entry = section.find(self.document.data + node.name, node.length)
            if family == NO_FAMILY and not seen[section.version >> 6] >> (
                    section.version & 63) & 1:
                family = entry.family
                self.arena.store(offset + version.offset, family, 4)
                self.give(version.number)
                flags[0] |= version.flag
            if <uint32_t>entry.family == family:
                self.write_member(entry, arms[k], offset, flags)
            elif family < 2:
                self.bad(None, arms[k], f"ipVersion is FWP_IP_VERSION_V{'64'[family == 0]}")
        return 0

    cdef int write_member(
        self, Entry* entry, int number, size_t offset, uint32_t* flags
    ) except -1:
        """Write a member from an element, if that has a value."""
        cdef const Node* node = &self.document.nodes[number]
        cdef const char* text = self.document.data + node.begin
        cdef const Patch* patch
        cdef Field field
        if entry.form == ANY or node.bits or not self.write_easy(
                entry, text, node.end - node.begin, offset + entry.offset):
            patch = self.patches.find(<size_t>entry, text, node.end - node.begin)
            if patch == NULL:
                if not self.write_other(entry, number, offset):
                    return 0
            else:
                self.document.mended += patch.mended
                if not patch.given:
                    return 0
                self.patches.write(patch, self.arena, offset + entry.offset)
                if patch.count >= 0:
                    field = <Field>entry.field
                    self.arena.store(
                        offset + field.counter.offset, patch.count, field.counter.size)
        self.give(entry.number)
        flags[0] |= entry.flag
        return 0

    cdef bint write_easy(
        self, const Entry* entry, const char* text, Py_ssize_t size, size_t offset
    ) noexcept:
        """Write a value that needs no converter; False if it is none."""
        cdef uint64_t value = 0
        cdef uint8_t[16] octets
        while size and (text[0] == c" " or text[0] == c"\t" or text[0] == c"\n"
                        or text[0] == c"\r"):
            text += 1
            size -= 1
        while size and (text[size - 1] == c" " or text[size - 1] == c"\t"
                        or text[size - 1] == c"\n" or text[size - 1] == c"\r"):
            size -= 1
        if not size or not read_form(entry.form, text, size, &value, octets):
            return False
        if entry.form == ADDRESS_6:
            memcpy(self.arena.data + offset, octets, 16)
            return True
        if entry.form == NUMBER and value > entry.limit:
            return False
        self.arena.store(offset, value, entry.size)
        return True

    cdef bint write_other(self, Entry* entry, int number, size_t offset) except -1:
        """Convert and write a value, and remember what it became; False if there is none."""
        cdef Arena arena = self.arena
        cdef Field field = <Field>entry.field
        cdef const Node* node = &self.document.nodes[number]
        cdef size_t begin = (arena.used + 7) & ~<size_t>7
        cdef int64_t mended = self.document.mended
        cdef Patch patch
        try:
            value = (<object>entry.member).convert(self.document.value(number))
            if type(value) is Unknown:
                if value.value is None:     # the decoder counts it
                    self.names.append((entry.number, value.names[0]))
                    self.give(entry.number)
                    return False
                self.unknown_names += len(value.names)
                value = value.value
                mended = -1
            arena.n_points = 0
            if value is not None:
                write_member(arena, field, (<object>entry.member).name, value, offset + field.offset)
        except VALUE_ERRORS as error:
            memset(arena.data + offset + field.offset, 0, field.size)
            return self.bad(None, number, str(error))
        patch.owner = <size_t>entry
        patch.key_size = <uint32_t>(node.end - node.begin)
        patch.size = <uint32_t>field.size
        patch.mended = self.document.mended - mended
        patch.given = value is not None
        patch.count = -1
        if field.counter is not None and value is not None:
            patch.count = len(value)
            arena.store(offset + field.counter.offset, patch.count, field.counter.size)
        if mended >= 0:     # names that nobody knows are counted each time
            self.patches.keep(
                &patch, self.document.data + node.begin, arena, offset + field.offset, begin)
        return patch.given

    cdef bint bad(self, tag, int number, str what) except -1:
        """Count a value that cannot be read, or raise an error about its element."""
        if not self.lenient:
            node = &self.document.nodes[number]
            raise self.document.error(
                what, self.document.name(node) if tag is None else tag, node.name)
        self.malformed += 1
        return False
