"""The elements of an event, and which members of which struct they are; must not know files.

A section is one element of an event that becomes one struct.
"""

cimport cython
from cpython.bytes cimport PyBytes_AsString
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp, memcpy

from wfpfast._blocks.encode_structs cimport Field, Plan, has_member, plan_of
from wfpfast.abi.internal cimport (
    INTERNAL_FILTER_ORIGIN, INTERNAL_INTERFACE_INDEX, INTERNAL_PROCESS_ID,
    INTERNAL_TERMINATING_FILTERS)
from wfpfast._base.forms cimport ADDRESS_4, ADDRESS_6, ANY, MOMENT, NUMBER

from wfpfast._tables.enums import NET_EVENT_FLAGS
from wfpfast._tables.members import MEMBERS

cdef dict FORMS = {
    "": ANY, "number": NUMBER, "ipv4": ADDRESS_4, "ipv6": ADDRESS_6, "time": MOMENT}
cdef dict TAIL_FLAGS = {
    "processId": INTERNAL_PROCESS_ID,
    "interfaceIndex": INTERNAL_INTERFACE_INDEX,
    "filterOrigin": INTERNAL_FILTER_ORIGIN,
    "terminatingFilters": INTERNAL_TERMINATING_FILTERS,
}


@cython.final
cdef class Section:
    """The elements of one element of an event, and the struct that they become.

    Parameters
    ----------
    tag : str
        Its name, as errors have it.
    kind : str
        "header", "payload" or "tail".
    struct : str
        The struct's name.
    members : mapping of str to Member
        By the name of the element.
    ignored : collection of str
        Names of elements that Windows prints and nobody reads.
    """

    def __cinit__(self):
        self.entries = <Entry*>calloc(MAX_ENTRIES, sizeof(Entry))
        if self.entries == NULL:
            raise MemoryError

    def __init__(self, str tag, str kind, str struct, dict members, ignored):
        cdef Plan plan = plan_of(struct)
        self.tag = tag
        self.held = []
        self.size = plan.size
        self.version = -1
        for name, member in members.items():
            self.add_member(plan, name, member)
        for name in ignored:
            self.add(name).count = -1
        for number, row in enumerate(MEMBERS):
            if row.section == kind and any([has_member(plan, each) for each in row.members]):
                self.expect(number, row)

    def __dealloc__(self):
        free(self.entries)

    cdef Section copy(self):
        """Return one for another reader: what is counted, and which entry comes next, is its own.

        To make one anew takes a hundred times as long.
        """
        cdef Section other = Section.__new__(Section)
        other.tag, other.size, other.version = self.tag, self.size, self.version
        other.held = list(self.held)
        other.count, other.first, other.last = self.count, self.first, self.last
        memcpy(other.entries, self.entries, self.count * sizeof(Entry))
        memcpy(other.places, self.places, sizeof(self.places))
        memcpy(other.expected, self.expected, sizeof(self.expected))
        return other

    cdef Entry* add(self, str name) except NULL:
        cdef bytes tag = name.encode()
        cdef Entry* entry = &self.entries[self.count]
        cdef int place = self.place_of(PyBytes_AsString(tag), <int>len(tag))
        self.held.append(tag)
        entry.tag = PyBytes_AsString(tag)
        entry.length = <int>len(tag)
        entry.number = entry.family = -1
        entry.place = self.count
        self.count += 1
        self.places[place] = self.count
        return entry

    cdef int add_member(self, Plan plan, str name, member) except -1:
        cdef Entry* entry = self.add(name)
        cdef Field field = plan.fields[member.name]
        cdef int k
        for k in range(self.count - 1):
            if (<object>self.entries[k].member).name == member.name:
                entry.place = k
                break
        if member.name == "ipVersion":
            self.version = self.count - 1
        entry.is_member = True
        entry.form = FORMS[member.form]
        entry.limit = member.limit
        entry.offset = field.offset
        entry.size = field.size
        entry.flag = TAIL_FLAGS.get(member.name, 0)
        if member.family is not None:
            entry.family = member.family
        self.held.extend([member, field])
        entry.member = <PyObject*>member
        entry.field = <PyObject*>field
        return 0

    cdef int expect(self, int number, row) except -1:
        """Note that the struct has the members of a row of MEMBERS."""
        cdef int k
        cdef uint32_t flag = NET_EVENT_FLAGS.get(f"FWPM_NET_EVENT_FLAG_{row.flag}_SET", 0)
        self.expected[number >> 6] |= <uint64_t>1 << (number & 63)
        for k in range(self.count):
            if self.entries[k].is_member and (<object>self.entries[k].member).name in row.members:
                self.entries[k].number = number
                if flag:
                    self.entries[k].flag = flag
        return 0

    cdef int place_of(self, const char* name, int length) noexcept:
        """Return where in `places` a name is, or belongs."""
        cdef int place = (31 * <uint8_t>name[0] + 7 * <uint8_t>name[length // 2]
                          + 3 * <uint8_t>name[length - 1] + 17 * length) % N_PLACES
        cdef Entry* entry
        while self.places[place]:
            entry = &self.entries[self.places[place] - 1]
            if entry.length == length and memcmp(entry.tag, name, length) == 0:
                break
            place = (place + 1) % N_PLACES
        return place

    cdef Entry* find(self, const char* name, int length) noexcept:
        """Return the entry of an element, or NULL. Mostly it is the one that came next before."""
        cdef int* guess = &self.first if self.last < 0 else &self.entries[self.last].next
        cdef Entry* entry = &self.entries[guess[0]]
        if entry.length != length or memcmp(entry.tag, name, length) != 0:
            place = self.place_of(name, length)
            if not self.places[place]:
                return NULL
            guess[0] = self.places[place] - 1
        self.last = guess[0]
        return &self.entries[self.last]

    cdef Entry* others(self, str name) except NULL:
        """Return the entry of an element that should not be there; late ones share the last."""
        cdef bytes tag = (name if self.count < MAX_ENTRIES - 1 else "...").encode()
        cdef int place = self.place_of(PyBytes_AsString(tag), <int>len(tag))
        if self.places[place]:
            return &self.entries[self.places[place] - 1]
        return self.add(tag.decode())

    cdef dict take_unknown(self):
        """Return how often elements were there that should not be, and begin anew."""
        cdef int k
        cdef dict found = {}
        for k in range(self.count):
            if self.entries[k].count > 0:
                found[self.entries[k].tag.decode()] = self.entries[k].count
                self.entries[k].count = 0
        return found
