"""Event mappings into blocks, the inverse of decoding; must not know how events are decoded.

The members and payloads of each FWPM_NET_EVENTn are taken from layouts.py at import: a version or a
payload that is declared there can be encoded without a change here.
"""

from cython cimport internal as internal_class
from libc.stddef cimport size_t
from libc.stdint cimport uint32_t

from wfpfast._blocks.arena cimport Arena
from wfpfast._blocks.encode_structs cimport (
    Field, Plan, field_of, has_member, plan_of, write_inner, write_member)
from wfpfast._blocks.encode_values cimport as_dict
from wfpfast.abi.events cimport N_VERSIONS, POINTER_SIZE
from wfpfast.abi.internal cimport (
    ABSENT_WORDS, INTERNAL_FILTER_ORIGIN, INTERNAL_INTERFACE_INDEX, INTERNAL_PROCESS_ID,
    INTERNAL_TERMINATING_FILTERS)

from collections.abc import Mapping

from wfpfast._blocks.block import Block
from wfpfast._blocks.layouts import STRUCTS
from wfpfast._tables.enums import NET_EVENT_FLAGS
from wfpfast._tables.members import MEMBERS


@internal_class
cdef class Payload:
    cdef str name
    cdef Plan plan         # None: this version has no such payload
    cdef list optional     # its OptionalMembers


@internal_class
cdef class Version:
    # How to write an event mapping as an FWPM_NET_EVENTn.
    cdef size_t size
    cdef size_t payload_offset
    cdef Field type
    cdef Plan header
    cdef list optional     # the header's OptionalMembers
    cdef dict members      # key of an event mapping -> its Payload, or None for the other keys


@internal_class
cdef class TailMember:
    # A key of "internalFields" that becomes a member of INTERNAL_FIELDS0.
    cdef uint32_t bit      # of INTERNAL_FIELDS0.present
    cdef Field field


@internal_class
cdef class OptionalMember:
    # A member that a source may lack.
    cdef tuple members     # its names: the arms of a union are one member
    cdef object bit        # of INTERNAL_FIELDS0.absent
    cdef uint32_t flag     # of the header, or 0


cdef list optional_members(str section, Plan plan):
    """Return the members of the header or of a payload that a source may lack."""
    cdef OptionalMember each
    found = []
    flags = set()
    for number, member in enumerate(MEMBERS):
        if member.section == section and any([has_member(plan, m) for m in member.members]):
            each = OptionalMember()
            each.members = member.members
            each.bit = 1 << number
            # The flag for ipVersion is about addressFamily, too, but does not follow from it.
            if member.flag not in flags:
                each.flag = NET_EVENT_FLAGS.get(f"FWPM_NET_EVENT_FLAG_{member.flag}_SET", 0)
            flags.add(member.flag)
            found.append(each)
    return found


cdef Payload make_payload(str name, Plan plan):
    cdef Payload payload = Payload()
    payload.name = name
    payload.plan = plan
    payload.optional = [] if plan is None else optional_members("payload", plan)
    return payload


cdef Version make_version(int number):
    cdef Version version = Version()
    name = f"FWPM_NET_EVENT{number}"
    version.size = STRUCTS[name].size
    version.type = field_of(name, "type")
    version.members = {
        arm: make_payload(arm, None)
        for other in range(N_VERSIONS) for arm in STRUCTS[f"FWPM_NET_EVENT{other}"].members
    }
    for arm, member in STRUCTS[name].members.items():
        if arm not in ("header", "type"):
            plan = plan_of(member.c_type.removesuffix(" *"))
            version.members[arm] = make_payload(arm, plan)
            version.payload_offset = member.offset
    version.header = plan_of(STRUCTS[name].members["header"].c_type)
    version.optional = optional_members("header", version.header)
    version.members.update(dict.fromkeys(["header", "type", "internalFields"]))
    return version


cdef TailMember make_tail_member(uint32_t bit, str member):
    cdef TailMember tail_member = TailMember()
    tail_member.bit = bit
    tail_member.field = field_of("INTERNAL_FIELDS0", member)
    return tail_member


cdef list VERSIONS = [make_version(number) for number in range(N_VERSIONS)]
cdef dict TAIL_MEMBERS = {
    "processId": make_tail_member(INTERNAL_PROCESS_ID, "processId"),
    "interfaceIndex": make_tail_member(INTERNAL_INTERFACE_INDEX, "interfaceIndex"),
    "filterOrigin": make_tail_member(INTERNAL_FILTER_ORIGIN, "filterOrigin"),
    "terminatingFiltersInfo": make_tail_member(INTERNAL_TERMINATING_FILTERS, "terminatingFilters"),
}
cdef object ALL = (1 << 64) - 1
cdef size_t TAIL_SIZE = STRUCTS["INTERNAL_FIELDS0"].size
cdef Field PRESENT = field_of("INTERNAL_FIELDS0", "present")
cdef Field N_FILTERS = field_of("INTERNAL_FIELDS0", "numTerminatingFilters")
cdef size_t ABSENT = STRUCTS["INTERNAL_FIELDS0"].members["absent"].offset
cdef Field N_NAMES = field_of("INTERNAL_FIELDS0", "numUnknownNames")
cdef Field NAMES = field_of("INTERNAL_FIELDS0", "unknownNames")
cdef Field FLAGS = field_of("FWPM_NET_EVENT_HEADER0", "flags")
cdef dict ABSENT_BITS = {
    column: 1 << number for number, member in enumerate(MEMBERS) for column in member.columns}
cdef dict NAMED = {
    member.columns[0]: number for number, member in enumerate(MEMBERS) if member.named}


cdef object absent_columns(Arena arena, names):
    """Return the bits for the columns that the source lists as absent."""
    bits = 0
    if not isinstance(names, (list, tuple)):
        arena.fail(TypeError, "absent", f"expected a list of columns, not {names!r}")
    for name in names:
        if name not in ABSENT_BITS:
            arena.fail(ValueError, "absent", f"{name!r} is no column that can be absent")
        bits |= ABSENT_BITS[name]
    return bits


cdef int write_names(Arena arena, names, size_t offset) except -1:
    """Write what the source calls values for which there is no number, by column."""
    found = []
    for column, text in as_dict(arena, "unknown", names).items():
        if column not in NAMED:
            arena.fail(ValueError, "unknown", f"{column!r} is no column of names")
        if text is not None:
            found.append({"member": NAMED[column], "text": text})
    if found:
        write_member(arena, NAMES, "unknown", found, offset + NAMES.offset)
        arena.store(offset + N_NAMES.offset, len(found), N_NAMES.size)
    return 0


cdef object missing_bits(list optional, given, uint32_t* flags):
    """Return the bits of the members that are not given; add the flags of the given ones."""
    cdef OptionalMember each
    bits = 0
    for each in optional:
        for member in each.members:
            if given.get(member) is not None:
                flags[0] |= each.flag
                break
        else:
            bits |= each.bit
    return bits


cdef object write_missing(
    Arena arena, Version version, Payload payload, dict event, size_t offset
):
    """Return the bits of all missing members; write the flags if the header does not give them."""
    cdef uint32_t flags = 0
    header = event.get("header") or {}
    bits = missing_bits(version.optional, header, &flags)
    if event.get("type") is None:
        bits |= ABSENT_BITS["event_type"]
    if payload is not None:
        bits |= missing_bits(payload.optional, event[payload.name], &flags)
    if header.get("flags") is None:
        arena.store(offset + FLAGS.offset, flags, FLAGS.size)
    return bits


cdef int write_tail(Arena arena, fields, absent, size_t offset) except -1:
    """Write wfpfast's own tail of an event; `absent` has the bits of the missing members."""
    cdef uint32_t present = 0
    cdef TailMember tail_member
    cdef dict values = as_dict(arena, "internalFields", fields)
    cdef int k
    arena.section = "internalFields."
    for key, value in values.items():
        if key not in TAIL_MEMBERS and key not in ("absent", "unknown"):
            return arena.fail(ValueError, key, "internalFields has no such member")
        if value is None:
            continue
        if key == "absent":
            absent |= absent_columns(arena, value)
            continue
        if key == "unknown":
            write_names(arena, value, offset)
            continue
        tail_member = TAIL_MEMBERS[key]
        present |= tail_member.bit
        write_member(arena, tail_member.field, key, value, offset + tail_member.field.offset)
        if tail_member.bit == INTERNAL_TERMINATING_FILTERS:
            arena.store(offset + N_FILTERS.offset, len(value), N_FILTERS.size)
    arena.store(offset + PRESENT.offset, present, PRESENT.size)
    for k in range(ABSENT_WORDS):
        arena.store(offset + ABSENT + 8 * k, absent >> 64 * k & ALL, 8)
    return 0


cdef Payload find_payload(Arena arena, Version version, dict event):
    """Return the payload that the event has, or None; check all keys of the event."""
    cdef Payload payload, found = None
    for key, value in event.items():
        if key not in version.members:
            arena.fail(ValueError, key, "an event has no such member")
        payload = version.members[key]
        if payload is None or value is None:
            continue
        if found is not None:
            arena.fail(ValueError, key, f"{found.name} is given, too")
        found = payload
    return found


cdef size_t write_event(Arena arena, Version version, event, bint internal) except? 0:
    """Write an event with its tail and all that it points to; return its offset."""
    cdef Payload payload
    cdef dict values
    cdef size_t offset, target = 0
    arena.section = ""
    values = as_dict(arena, None, event)
    payload = find_payload(arena, version, values)
    offset = arena.allot(version.size + (TAIL_SIZE if internal else 0))
    write_member(arena, version.type, "type", values.get("type", 0), offset + version.type.offset)
    if payload is not None and payload.plan is not None:
        target = arena.allot(payload.plan.size)
        arena.point(offset + version.payload_offset, target)
    if values.get("header") is not None:
        write_inner(arena, version.header, "header", values["header"], offset)
    if target:
        write_inner(arena, payload.plan, payload.name, values[payload.name], target)
    if internal:
        absent = write_missing(arena, version, payload if target else None, values, offset)
        write_tail(arena, values.get("internalFields") or {}, absent, offset + version.size)
    return offset


cdef list memory_order(order, Py_ssize_t count):
    """Return the indices of the events in the order in which to write them."""
    if order is None:
        return list(range(count))
    indices = list(order)
    if sorted(indices) != list(range(count)):
        raise ValueError(f"order is not a permutation of range({count})")
    return indices


cdef bint any_tail(list events) except -1:
    for event in events:
        if type(event) is dict or isinstance(event, Mapping):
            if event.get("internalFields") is not None:
                return True
    return False


cdef object build(
    list events, Version layout, version, base, list order, bint internal
):
    cdef Arena arena = Arena(base)
    cdef size_t entries = arena.allot(POINTER_SIZE * <size_t>len(events))
    cdef Py_ssize_t k
    for k in order:
        arena.event = k
        arena.point(entries + POINTER_SIZE * k, write_event(arena, layout, events[k], internal))
    return Block(
        arena.image(), base=base, count=len(events), version=version, entries_offset=entries,
        internal=internal)


def encode(events, *, version=5, base=0x20000000000, order=None, internal=None):
    """Build the block that an enumeration of these events would return.

    Parameters
    ----------
    events : iterable of mappings
        ``{"header": {...}, "type": int, "<payload>": {...}}`` with the SDK's member names. What is
        missing is zero or NULL, but null in the columns where `internal` holds; a pointer is given
        as what it points to, a condition value as a (type, value) pair. Members that only other
        versions have are left out.
    version : int
        0 to 5: which ``FWPM_NET_EVENTn`` to write.
    base : int
        The address that the block claims to have. Objects are aligned by it, also if it is odd.
    order : sequence of int, optional
        The events' order in memory; the array of pointers to them keeps the order given.
    internal : bool, optional
        Whether wfpfast's own tail follows each event; by default if any has ``"internalFields"``.
        It holds these, with ``"absent"`` columns and ``"unknown"`` names by column, and what a
        mapping lacks. A header without ``"flags"`` then gets those of its members.

    Raises
    ------
    ValueError, TypeError, OverflowError
        If a mapping cannot be written; the message names the event and the member.

    Examples
    --------
    >>> block = encode([{"header": {"flags": 0x20, "appId": "System"}, "type": 3}])
    >>> block.count, block.version
    (1, 5)
    """
    cdef list items = list(events)
    if version not in range(N_VERSIONS):
        raise ValueError(f"version {version}: FWPM_NET_EVENT0 to {N_VERSIONS - 1} are known")
    if not 0 <= base < 1 << 64:
        raise ValueError(f"base {base:#x} is not an address")
    if internal is None:
        internal = any_tail(items)
    return build(items, VERSIONS[version], version, base, memory_order(order, len(items)), internal)
