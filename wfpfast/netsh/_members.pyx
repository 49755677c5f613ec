"""Writes the members of a section into a block's memory; must not know which section it is.

Easy values, and values that were there before, are written without Python.
"""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from wfpfast._blocks.arena cimport Arena
from wfpfast._blocks.encode_structs cimport Field, write_member
from wfpfast.netsh._document cimport Document
from wfpfast._base.forms cimport ADDRESS_6, ANY, NUMBER, read_form
from wfpfast.netsh._nodes cimport HAS_ELEMENTS, HAS_TEXT, HAS_BOTH, Node
from wfpfast.netsh._patches cimport Patch, Patches
from wfpfast.netsh._sections cimport Entry, Section

from wfpfast.netsh._values import Named, Unknown

cdef enum:
    MAX_ARMS = 8
    MAX_CODES = 256
    NO_FAMILY = 0xFFFFFFFF
    NO_VERSION = 2          # there is no ipVersion; else, whether it has a value

VALUE_ERRORS = (ValueError, OverflowError)
"""What converters and encoders raise about a value."""


cdef class MemberWriter:
    """Writes members of the event in hand, and knows which of them it has."""

    def __cinit__(self, Document document not None, *_):
        self.document = document
        self.patches = Patches()
        self.names = []
        self.codes = {}

    cdef void give(self, int number) noexcept:
        if number >= 0:
            self.given[number >> 6] |= <uint64_t>1 << (number & 63)

    cdef bint is_stray(self, int number) noexcept:
        """Count text between elements: marks of people, or what is left of other elements."""
        cdef bint found = self.document.nodes[number].bits & HAS_BOTH == HAS_BOTH
        self.stray_texts += found
        return found

    cdef int write_section(
        self, Section section, int number, size_t offset, uint32_t* flags
    ) except -1:
        """Write the members that a section has; add the flags of these."""
        cdef Document document = self.document
        cdef int child = number + 1, n_arms = 0, stop = document.nodes[number].next
        cdef int[MAX_ARMS] arms
        cdef uint64_t[2] seen = [0, 0]
        cdef int version = NO_VERSION
        cdef const Node* node
        cdef Entry* entry
        cdef int place
        if not document.nodes[number].bits & HAS_ELEMENTS:
            if document.text(&document.nodes[number]):
                self.bad(section.tag, number, "expected elements, not a text")
            return 0
        self.is_stray(number)
        section.last = -1
        while child < stop:
            node = &document.nodes[child]
            entry = section.find(document.data + node.name, node.length)
            if entry == NULL:
                entry = section.others(document.name(node))
            place = entry.place
            if not entry.is_member:
                entry.count += entry.count >= 0
            elif seen[place >> 6] >> (place & 63) & 1:
                self.bad(None, child, "stands twice")
            elif entry.family >= 0 and n_arms < MAX_ARMS:
                arms[n_arms] = child
                n_arms += 1
            elif place == section.version:
                version = self.write_element(entry, child, offset, flags)
            else:
                self.write_element(entry, child, offset, flags)
            seen[place >> 6] |= <uint64_t>1 << (place & 63)
            child = node.next
        if n_arms:
            self.write_arms(section, arms, n_arms, offset, flags, version)
        return 0

    cdef int write_arms(
        self, Section section, const int* arms, int count, size_t offset, uint32_t* flags,
        int has_version
    ) except -1:
        """Write the arms of unions that ipVersion selects; without one, those that are there."""
        cdef Entry* version = &section.entries[section.version]
        cdef Entry* entry
        cdef uint32_t family = NO_FAMILY
        cdef const Node* node
        cdef int k
        if has_version == 1:
            memcpy(&family, self.arena.data + offset + version.offset, 4)
        for k in range(count):
            node = &self.document.nodes[arms[k]]
            entry = section.find(self.document.data + node.name, node.length)
            if family == NO_FAMILY and has_version == NO_VERSION:
                family = entry.family
                self.arena.store(offset + version.offset, family, 4)
                self.give(version.number)
                flags[0] |= version.flag
            if <uint32_t>entry.family == family:
                self.write_element(entry, arms[k], offset, flags)
            elif family < 2:
                self.bad(None, arms[k], f"ipVersion is FWP_IP_VERSION_V{'64'[family == 0]}")
        return 0

    cdef bint write_element(
        self, Entry* entry, int number, size_t offset, uint32_t* flags
    ) except -1:
        """Write a member from an element; False if that has no value."""
        cdef const Node* node = &self.document.nodes[number]
        cdef const char* text = self.document.data + node.begin
        cdef const Patch* patch
        cdef Field field
        if entry.form == ANY or node.bits & ~HAS_TEXT or not self.write_easy(
                entry, text, node.end - node.begin, offset + entry.offset):
            patch = self.patches.find(<size_t>entry, text, node.end - node.begin)
            if patch == NULL:
                if not self.write_other(entry, number, offset):
                    return False
            else:
                self.document.mended += patch.mended
                if not patch.given:
                    return False
                self.patches.write(patch, self.arena, offset + entry.offset)
                if patch.count >= 0:
                    field = <Field>entry.field
                    self.arena.store(
                        offset + field.counter.offset, patch.count, field.counter.size)
        self.give(entry.number)
        flags[0] |= entry.flag
        return True

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

    cdef object converted(self, Entry* entry, int number):
        """Return the value of an element, or None; raise ValueError if it cannot be read."""
        cdef bint stray = self.is_stray(number)
        value = (<object>entry.member).convert(self.document.value(number))
        # What nobody knows is counted each time.
        self.recurs = not stray and type(value) is not Unknown
        if type(value) is Named and len(self.codes) < MAX_CODES:
            self.codes[(value & 0xFFFFFFFF, value.name)] = 1
        if type(value) is not Unknown:
            return value
        if value.value is None:                     # which the decoder does
            self.names.append((entry.number, value.names[0]))
            self.give(entry.number)
        else:
            self.unknown_names += len(value.names)
        return value.value

    cdef bint write_other(self, Entry* entry, int number, size_t offset) except -1:
        """Convert and write a value, and remember what it became; False if there is none."""
        cdef Arena arena = self.arena
        cdef Field field = <Field>entry.field
        cdef size_t begin = (arena.used + 7) & ~<size_t>7
        cdef Patch patch
        patch.owner = <size_t>entry
        patch.mended = -self.document.mended
        patch.count = -1
        arena.n_points = 0
        try:
            value = self.converted(entry, number)
            if value is not None:
                write_member(
                    arena, field, (<object>entry.member).name, value, offset + field.offset)
        except VALUE_ERRORS as error:
            memset(arena.data + offset + field.offset, 0, field.size)
            return self.bad(None, number, str(error))
        patch.given = value is not None
        patch.mended += self.document.mended
        if field.counter is not None and patch.given:
            patch.count = len(value)
            arena.store(offset + field.counter.offset, patch.count, field.counter.size)
        if self.recurs:
            self.remember(&patch, field, &self.document.nodes[number], offset, begin)
        return patch.given

    cdef int remember(
        self, Patch* patch, Field field, const Node* node, size_t offset, size_t begin
    ) except -1:
        """Keep what an element has become, which begins at `begin`, for its like."""
        patch.key_size = <uint32_t>(node.end - node.begin)
        patch.size = <uint32_t>field.size
        self.patches.keep(
            patch, self.document.data + node.begin, self.arena, offset + field.offset, begin)
        return 0

    cdef bint bad(self, tag, int number, str what) except -1:
        """Count a value that cannot be read, or raise an error about its element."""
        if not self.lenient:
            node = &self.document.nodes[number]
            raise self.document.error(
                what, self.document.name(node) if tag is None else tag, node.name)
        self.malformed += 1
        return False
