"""Writes records of net events into a block's memory; must not know files.

Which element is which member of which struct is told by sections. Easy values, and values that were
there before, are written without Python.
"""

cimport cython
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcmp, memset

from wfpfast._blocks.arena cimport Arena
from wfpfast._blocks.encode_values cimport point_to_text
from wfpfast.abi.internal cimport ABSENT_WORDS, UNKNOWN_NAME0
from wfpfast.netsh._document cimport Document
from wfpfast.netsh._members cimport MemberWriter
from wfpfast.netsh._nodes cimport HAS_ELEMENTS, Node
from wfpfast.netsh._sections cimport Entry, Section

from wfpfast._blocks.block import Block
from wfpfast._blocks.layouts import STRUCTS
from wfpfast._tables.members import MEMBERS
from wfpfast.netsh._members import VALUE_ERRORS
from wfpfast.netsh._values import Unknown

cdef enum:
    MAX_STRANGERS = 64      # names of elements that are counted
    VERSION = 5             # of the events that are written
    NO_TYPE = 0xFFFFFFFF

cdef object BASE = 0x20000000000
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

    cdef Kind copy(self):
        return Kind(self.number, self.section.copy())


@cython.final
cdef class EventWriter(MemberWriter):
    """Writes the records of a document into blocks.

    Parameters
    ----------
    document : Document
        Whose records are events.
    header, tail : Section
        Of the elements that all events have. The writer takes copies of all sections.
    kinds : mapping of str to Kind
        By the name of the payload's element.
    read_type : callable
        Returns the number of an event type, or an `Unknown`; raises ValueError.
    lenient : bool
        Whether a value that cannot be read is counted, and missing; if not, it is an error.
    """

    cdef Section header, tail
    cdef dict kinds, by_number
    cdef object read_type
    cdef list offsets                   # of the events that wait to be taken
    cdef readonly bint seen             # whether there was a record
    cdef int64_t no_flags
    cdef size_t event_size, type_offset, payload_offset
    cdef list sections
    cdef bytes last_type                # as it stood in the file
    cdef object last_number
    cdef dict unknown                   # elements that are not known, by section and name

    def __cinit__(self, Document document not None, Section header not None,
                  Section tail not None, dict kinds not None, read_type, bint lenient):
        struct = STRUCTS[f"FWPM_NET_EVENT{VERSION}"]
        self.header, self.tail = header.copy(), tail.copy()
        self.read_type = read_type
        self.by_number = {kind.number: (<Kind>kind).copy() for kind in kinds.values()}
        self.kinds = {name: self.by_number[kind.number] for name, kind in kinds.items()}
        self.lenient = lenient
        self.unknown = {}
        self.offsets = []
        self.last_type = b""
        self.sections = [
            self.header, self.tail, *[kind.section for kind in self.by_number.values()]]
        self.event_size = struct.size
        self.type_offset = struct.members["type"].offset
        self.payload_offset = struct.members["classifyDrop"].offset

    def fill(self, Py_ssize_t limit):
        """Write events until there are `limit`; False if the document wants more data first."""
        self.begin()
        while len(self.offsets) < limit:
            if self.document.next_record() is None:
                return False
            self.seen = True
            self.write_event()
        return True

    cdef int begin(self) except -1:
        """Begin a block, if there is none."""
        if self.arena is None:
            self.arena = Arena(BASE)
        return 0

    def take(self):
        """Return a block of the events, and statistics of what was odd about them; begin anew."""
        cdef size_t entries, k
        self.begin()
        entries = self.arena.allot(sizeof(uint64_t) * <size_t>len(self.offsets))
        for k, offset in enumerate(self.offsets):
            self.arena.point(entries + sizeof(uint64_t) * k, offset)
        block = Block(
            self.arena.image(), base=BASE, count=len(self.offsets), version=VERSION,
            entries_offset=entries, internal=True)
        stats = {
            "malformed": self.malformed, "unknown_names": self.unknown_names,
            "no_flags": self.no_flags, "lost_events": self.document.lost,
            "stray_text": self.stray_texts, "mended_text": self.document.mended,
        }
        for tag, count in self.unknown.items():
            stats[f"unknown_element:event/{tag}"] = count
        for section in self.sections:
            for tag, count in (<Section>section).take_unknown().items():
                stats[f"unknown_element:{(<Section>section).tag}/{tag}"] = count
        for (code, name), count in self.codes.items():
            stats[f"named_code:{code}:{name}"] = count
        self.codes.clear()
        self.unknown.clear()
        self.malformed = self.unknown_names = self.no_flags = self.stray_texts = 0
        self.document.lost = self.document.mended = 0
        self.arena, self.offsets = None, []
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
            return self.refuse(header, "a net event has one header with elements in it")
        self.is_stray(0)
        self.offsets.append(self.write_parts(header, type_, others, tail))
        return 0

    cdef int only(self, int* place, int number) except -1:
        """Take an element of which an event has one."""
        if place[0]:
            self.bad(None, number, "stands twice")
        else:
            place[0] = number
        return 0

    cdef int refuse(self, int number, str what) except -1:
        """Count a record that is no event, or raise an error about it."""
        if not self.lenient:
            raise self.document.error(what, "header", self.document.nodes[number].name)
        self.document.lost += 1
        return 0

    cdef size_t write_parts(
        self, int header, int type_, list others, int tail
    ) except? 0:
        """Write an event and all that it points to; return its offset."""
        cdef Kind kind
        cdef uint32_t number, flags = 0, present = 0
        cdef size_t target, offset = self.arena.allot(self.event_size + self.tail.size)
        cdef int body
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
        return offset

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
        if size and size == len(self.last_type) and memcmp(
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
            if kind is None or expected is None and type(known) is int:
                strangers.append(child)
            elif expected is None:
                expected, body = kind, child
            elif expected.number != kind.number:
                self.bad(None, child, "an event of this type has no such payload")
            else:
                self.only(&body, child)
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
