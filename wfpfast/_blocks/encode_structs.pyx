"""Mappings into structs, by the members that layouts.py lists; must not know which is an event.

A plan says how to write each member of a struct. It follows from the member's C type and the tables
below, so that a struct of known types needs no code here. An unknown type fails the import.
"""

from cpython.dict cimport PyDict_GetItemWithError, PyDict_Next
from cpython.ref cimport PyObject
from cython cimport critical_section

from wfpfast._blocks.encode_values cimport (
    as_dict, point_to_sid, point_to_text, put_blob, put_bytes, put_float, put_guid, put_signed,
    put_unsigned)
from wfpfast.abi.fwpmevents cimport *
from wfpfast.abi.fwpmobjects cimport *
from wfpfast.abi.fwpmtypes cimport *
from wfpfast.abi.fwptypes cimport *
from wfpfast.abi.internal cimport *

from wfpfast._blocks.layouts import STRUCTS

cdef extern from "_layouts.h":
    # Compiles only if the structs of abi/ have the layouts of layouts.py.
    void WF_ASSERT_LAYOUTS() noexcept

cdef enum:
    AS_UNSIGNED, AS_SIGNED, AS_REAL, AS_BYTES, AS_GUID, AS_BLOB, AS_SID, AS_TEXT, AS_VALUE
    AS_STRUCT, AS_POINTER, AS_ARRAY, LEFT_OUT

KINDS = {
    **dict.fromkeys(["UINT8", "UINT16", "UINT32", "UINT64", "ULONG", "FILETIME"], AS_UNSIGNED),
    **dict.fromkeys([
        "FWPM_NET_EVENT_TYPE", "FWPM_APPC_NETWORK_CAPABILITY_TYPE", "FWP_AF", "FWP_DIRECTION",
        "FWP_IP_VERSION", "IKEEXT_AUTHENTICATION_METHOD_TYPE", "IKEEXT_EM_SA_STATE",
        "IKEEXT_KEY_MODULE_TYPE", "IKEEXT_MM_SA_STATE", "IKEEXT_QM_SA_STATE", "IKEEXT_SA_ROLE",
        "IPSEC_FAILURE_POINT", "IPSEC_SA_SPI", "IPSEC_TRAFFIC_TYPE"], AS_UNSIGNED),
    **dict.fromkeys(["INT8", "INT16", "INT32", "INT64", "BOOL"], AS_SIGNED),
    **dict.fromkeys(["float", "double"], AS_REAL),
    **dict.fromkeys(["FWP_BYTE_ARRAY6", "FWP_BYTE_ARRAY16", "UINT8[16]", "UINT8[20]"], AS_BYTES),
    **dict.fromkeys(["SID *", "PSID"], AS_SID),
    **dict.fromkeys(["wchar_t *", "LPWSTR"], AS_TEXT),
    **dict.fromkeys(["FWP_VALUE0", "FWP_CONDITION_VALUE0"], AS_VALUE),
    **dict.fromkeys([
        "FWP_V4_ADDR_AND_MASK", "FWP_V6_ADDR_AND_MASK", "FWP_RANGE0", "FWP_TOKEN_INFORMATION",
        "TERMINATING_FILTER0", "UNKNOWN_NAME0"], AS_STRUCT),
    "UINT64[2]": LEFT_OUT,      # INTERNAL_FIELDS0.absent, which is no value of a mapping
    "FWP_BYTE_BLOB": AS_BLOB,
    "GUID": AS_GUID,
    "LPWSTR *": AS_ARRAY,
    "PSID_AND_ATTRIBUTES": AS_ARRAY,
    "TERMINATING_FILTER0 *": AS_ARRAY,
    "UNKNOWN_NAME0 *": AS_ARRAY,
}
POINTEE_SIZES = {"UINT64": 8, "INT64": 8, "double": 8, "LPWSTR": sizeof(void*)}
COUNTS = {
    "localPrincipalGroupSids": "numLocalPrincipalGroupSids",
    "remotePrincipalGroupSids": "numRemotePrincipalGroupSids",
    "sids": "sidCount",
    "restrictedSids": "restrictedSidCount",
    "terminatingFilters": "numTerminatingFilters",
}
VALUE_ARMS = {
    FWP_UINT8: "uint8",
    FWP_UINT16: "uint16",
    FWP_UINT32: "uint32",
    FWP_UINT64: "uint64",
    FWP_INT8: "int8",
    FWP_INT16: "int16",
    FWP_INT32: "int32",
    FWP_INT64: "int64",
    FWP_FLOAT: "float32",
    FWP_DOUBLE: "double64",
    FWP_BYTE_ARRAY16_TYPE: "byteArray16",
    FWP_BYTE_BLOB_TYPE: "byteBlob",
    FWP_SID: "sid",
    FWP_SECURITY_DESCRIPTOR_TYPE: "sd",
    FWP_TOKEN_INFORMATION_TYPE: "tokenInformation",
    FWP_TOKEN_ACCESS_INFORMATION_TYPE: "tokenAccessInformation",
    FWP_UNICODE_STRING_TYPE: "unicodeString",
    FWP_BYTE_ARRAY6_TYPE: "byteArray6",
    FWP_V4_ADDR_MASK: "v4AddrMask",
    FWP_V6_ADDR_MASK: "v6AddrMask",
    FWP_RANGE_TYPE: "rangeValue",
}
cdef size_t VALUE_TYPE = STRUCTS["FWP_VALUE0"].members["type"].offset
cdef size_t VALUE_UNION = STRUCTS["FWP_VALUE0"].members["uint64"].offset


cdef Field make_field(str c_type, size_t offset, size_t size):
    cdef Field field = Field()
    field.c_type = c_type
    field.offset = offset
    field.size = size
    if c_type in KINDS:
        field.kind = KINDS[c_type]
    elif c_type.endswith(" *"):
        field.kind = AS_POINTER
        field.target = pointee(c_type.removesuffix(" *"))
    else:
        raise KeyError(f"no way to write {c_type} is known")
    if field.kind == AS_ARRAY:
        field.target = element_of(c_type)
    elif field.kind == AS_STRUCT:
        field.plan = plan_of(c_type)
    elif field.kind == AS_VALUE:
        field.arms = arms_of(c_type)
    return field


cdef Field pointee(str c_type):
    if c_type in STRUCTS:
        return make_field(c_type, 0, STRUCTS[c_type].size)
    return make_field(c_type, 0, POINTEE_SIZES[c_type])


cdef Field element_of(str c_type):
    """Return how to write an element of an array; its size is the distance to the next element."""
    cdef Field sid
    if c_type == "PSID_AND_ATTRIBUTES":  # the caller gives SIDs only: attributes stay zero
        sid = field_of("SID_AND_ATTRIBUTES", "Sid")
        sid.size = STRUCTS["SID_AND_ATTRIBUTES"].size
        return sid
    return pointee(c_type.removesuffix(" *"))


cdef dict arms_of(str struct):
    members = STRUCTS[struct].members
    return {
        data_type: field_of(struct, member)
        for data_type, member in VALUE_ARMS.items() if member in members
    }


cdef Field field_of(str struct, str member):
    described = STRUCTS[struct].members[member]
    return make_field(described.c_type, described.offset, described.size)


cdef Plan plan_of(str name):
    """Return how to write the struct; members that only its other versions have are left out."""
    cdef Plan plan = Plan()
    plan.family = name.rstrip("0123456789")
    plan.size = STRUCTS[name].size
    plan.fields = {}
    for other, struct in STRUCTS.items():
        if other.rstrip("0123456789") == plan.family and other != name:
            for member in struct.members:
                plan.fields[member] = left_out()
    for member in STRUCTS[name].members:
        plan.fields[member] = field_of(name, member)
    find_groups(plan, STRUCTS[name].members)
    return plan


cdef bint has_member(Plan plan, str member) except -1:
    """Tell whether the struct of this version has the member."""
    return member in plan.fields and (<Field>plan.fields[member]).kind != LEFT_OUT


cdef Field left_out():
    cdef Field field = Field()
    field.kind = LEFT_OUT
    return field


cdef int find_groups(Plan plan, members) except -1:
    """Find the arms of unions, which share an offset, and the counters of arrays."""
    cdef Field field, counter
    offsets = [member.offset for member in members.values()]
    ranks = sorted(set(offsets))  # the number of a group's bit is its index here
    for name, member in members.items():
        if offsets.count(member.offset) > 1:
            field = plan.fields[name]
            field.group = <uint64_t>1 << <int>ranks.index(member.offset)
            field.is_arm = True
    for name in COUNTS:
        if name in members:
            field = plan.fields[name]
            counter = plan.fields[COUNTS[name]]
            field.counter = counter
            counter.group = <uint64_t>1 << <int>ranks.index(members[COUNTS[name]].offset)
    return 0


cdef int write_struct(Arena arena, Plan plan, dict values, size_t offset) except -1:
    """Write the members; hold key and value, since writing may run code that changes the dict."""
    cdef PyObject *key_pointer
    cdef PyObject *value_pointer
    cdef PyObject *found
    cdef Py_ssize_t position = 0
    cdef uint64_t given = 0
    cdef Field field
    while PyDict_Next(values, &position, &key_pointer, &value_pointer):
        key = <object>key_pointer
        value = <object>value_pointer
        found = PyDict_GetItemWithError(plan.fields, key)
        if found == NULL:
            return arena.fail(ValueError, key, f"{plan.family} has no such member")
        field = <Field>found
        if field.kind == LEFT_OUT or (field.is_arm and value is None):
            continue
        if field.is_arm and given & field.group:
            return refuse_second_arm(arena, plan, field, key)
        given |= field.group
        write_member(arena, field, key, value, offset + field.offset)
        if field.counter is not None and value is not None:
            if not given & field.counter.group:
                arena.store(offset + field.counter.offset, len(value), field.counter.size)
    return 0


cdef int refuse_second_arm(Arena arena, Plan plan, Field field, member) except -1:
    others = [
        name for name, other in plan.fields.items()
        if (<Field>other).group == field.group and name != member
    ]
    return arena.fail(ValueError, member, f"{others[0]} of the same union is given, too")


cdef int write_member(Arena arena, Field field, member, value, size_t offset) except -1:
    """Write `value` at `offset`; `member` is its name in errors."""
    cdef size_t target
    cdef int kind = field.kind
    if kind == AS_UNSIGNED:
        return put_unsigned(arena, member, value, offset, field.size, field.c_type)
    if kind == AS_SIGNED:
        return put_signed(arena, member, value, offset, field.size, field.c_type)
    if kind == AS_BYTES:
        return put_bytes(arena, member, value, offset, field.size)
    if kind == AS_BLOB:
        return put_blob(arena, member, value, offset)
    if kind == AS_SID:
        return point_to_sid(arena, member, value, offset)
    if kind == AS_TEXT:
        return point_to_text(arena, member, value, offset)
    if kind == AS_VALUE:
        return write_value(arena, field, member, value, offset)
    if kind == AS_GUID:
        return put_guid(arena, member, value, offset)
    if kind == AS_REAL:
        return put_float(arena, member, value, offset, field.size, field.c_type)
    if kind == AS_STRUCT:
        return write_inner(arena, field.plan, member, value, offset)
    if kind == AS_ARRAY:
        return write_array(arena, field, member, value, offset)
    if value is not None:  # AS_POINTER
        target = arena.allot(field.target.size)
        arena.point(offset, target)
        write_member(arena, field.target, member, value, target)
    return 0


cdef int write_inner(Arena arena, Plan plan, member, value, size_t offset) except -1:
    """Write `value` as a struct; errors name its members by a path that begins with `member`."""
    cdef str outer = arena.section
    cdef dict values = as_dict(arena, member, value)
    arena.section = arena.label(member) + "."
    arena.element = -1
    with critical_section(values):
        write_struct(arena, plan, values, offset)
    arena.section = outer
    return 0


cdef int write_array(Arena arena, Field field, member, value, size_t slot) except -1:
    cdef Field element = field.target
    cdef Py_ssize_t k
    cdef size_t first
    if value is None:
        return 0
    if not isinstance(value, (list, tuple)):
        return arena.fail(TypeError, member, f"{type(value).__name__} is not a list")
    items = list(value)
    first = arena.allot(element.size * <size_t>len(items))
    arena.point(slot, first)
    for k in range(len(items)):
        arena.element = k
        write_member(arena, element, member, items[k], first + k * element.size)
    arena.element = -1
    return 0


cdef int write_value(Arena arena, Field field, member, value, size_t offset) except -1:
    """Write a (type, value) pair; for a type without an arm the value fills the union's 8 bytes."""
    cdef PyObject* arm
    if value is None:
        return 0
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        return arena.fail(TypeError, member, f"{type(value).__name__} is not a (type, value) pair")
    data_type, content = value
    put_unsigned(arena, member, data_type, offset + VALUE_TYPE, 4, "FWP_DATA_TYPE")
    arm = PyDict_GetItemWithError(field.arms, data_type)
    if arm != NULL:
        return write_member(arena, <Field>arm, member, content, offset + (<Field>arm).offset)
    if content is None:
        return 0
    if data_type == FWP_EMPTY:
        return arena.fail(ValueError, member, "a value of type FWP_EMPTY has no content")
    return put_unsigned(arena, member, content, offset + VALUE_UNION, 8, "UINT64")


WF_ASSERT_LAYOUTS()
