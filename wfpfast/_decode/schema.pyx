"""Declares every column of an event batch once; must not know where values come from.

A column is a slot in the enumeration of schema.pxd and a line in `declare_events()`. The lines are
in the order that users see. A slot without a line, or with two, fails the import.
"""

from libc.stdlib cimport calloc

from wfpfast._columns.columns cimport BOOL, CODES, FIXED, LIST, STRUCT, TEXT, Kind, new_spec

from wfpfast._tables.enums import ENUMS, INTERNAL_EVENT_TYPES

cdef Spec[N_SPECS] text_specs      # addresses="text"
cdef Spec[N_SPECS] binary_specs    # addresses="binary"
cdef Enumeration[N_EVENT_COLUMNS] enumerations
_DECLARED: list = []               # slots in the order of their lines, then the children
_NAMES_ALIVE: list = []


cdef const Spec* event_specs(bint binary_addresses) noexcept nogil:
    return &binary_specs[0] if binary_addresses else &text_specs[0]


cdef const Enumeration* enumeration(int column) noexcept nogil:
    """Return the SDK names of an enumeration's column; a count of 0 for all other columns."""
    return enumerations + column


cdef int declare(int column, Spec with_text, Spec with_binary) except -1:
    if text_specs[column].name != NULL:
        raise ImportError(
            f"slot {column} is declared for {text_specs[column].name.decode()}"
            f" and again for {with_text.name.decode()}")
    text_specs[column] = with_text
    binary_specs[column] = with_binary
    _DECLARED.append(column)
    return 0


cdef int spec(
    int column, const char* name, const char* format, Kind kind, int width
) except -1:
    cdef Spec same = new_spec(name, format, kind, width, 0, 0)
    return declare(column, same, same)


cdef int address(
    int column, const char* name, const char* format, int width, int longest
) except -1:
    return declare(
        column, new_spec(name, "u", TEXT, longest, 0, 0),
        new_spec(name, format, FIXED, width, 0, 0))


cdef int parent(
    int column, const char* name, const char* format, Kind kind, int first, int count
) except -1:
    cdef Spec same = new_spec(name, format, kind, 0, first, count)
    return declare(column, same, same)


cdef int names(int column, dict by_value) except -1:
    """Keep an enumeration's names, by value, for the life of the process.

    A value is the position of its name in the column's dictionary, so gaps get names as well.
    """
    cdef int count = max(by_value) + 1
    cdef const char** pointers = <const char**>calloc(count, sizeof(char*))
    cdef int i
    if pointers == NULL:
        raise MemoryError
    kept = [by_value.get(i, f"UNKNOWN_{i}").encode() for i in range(count)]
    _NAMES_ALIVE.append(kept)
    for i in range(count):
        pointers[i] = <bytes>kept[i]
    enumerations[column] = Enumeration(pointers, count)
    return 0


cdef int sdk_names(int column, str enumeration, str prefix) except -1:
    """Keep the names of an SDK enumeration, without their common prefix."""
    return names(column, {
        value: name.removeprefix(prefix) for name, value in ENUMS[enumeration].items()})


cdef int declare_events() except -1:
    spec(TIMESTAMP, "timestamp", "tsn:UTC", FIXED, 8)
    spec(EVENT_TYPE, "event_type", "u", CODES, 4)
    spec(FLAGS, "flags", "I", FIXED, 4)
    spec(IP_VERSION, "ip_version", "C", FIXED, 1)
    spec(IP_PROTOCOL, "ip_protocol", "C", FIXED, 1)
    address(LOCAL_ADDRESS, "local_address", "w:16", 16, 39)
    address(REMOTE_ADDRESS, "remote_address", "w:16", 16, 39)
    spec(LOCAL_PORT, "local_port", "S", FIXED, 2)
    spec(REMOTE_PORT, "remote_port", "S", FIXED, 2)
    spec(SCOPE_ID, "scope_id", "I", FIXED, 4)
    spec(APP_PATH, "app_path", "u", CODES, 4)
    spec(USER_SID, "user_sid", "u", CODES, 4)
    spec(ADDRESS_FAMILY, "address_family", "u", CODES, 4)
    spec(PACKAGE_SID, "package_sid", "u", CODES, 4)
    spec(ENTERPRISE_ID, "enterprise_id", "u", CODES, 4)
    spec(POLICY_FLAGS, "policy_flags", "L", FIXED, 8)
    spec(EFFECTIVE_NAME, "effective_name", "u", CODES, 4)
    spec(FILTER_ID, "filter_id", "L", FIXED, 8)
    spec(LAYER_ID, "layer_id", "S", FIXED, 2)
    spec(REAUTH_REASON, "reauth_reason", "I", FIXED, 4)
    spec(ORIGINAL_PROFILE, "original_profile", "I", FIXED, 4)
    spec(CURRENT_PROFILE, "current_profile", "I", FIXED, 4)
    spec(DIRECTION, "direction", "u", CODES, 4)
    spec(DIRECTION_CODE, "direction_code", "I", FIXED, 4)
    spec(IS_LOOPBACK, "is_loopback", "b", BOOL, 0)
    spec(VSWITCH_ID, "vswitch_id", "u", CODES, 4)
    spec(VSWITCH_SOURCE_PORT, "vswitch_source_port", "I", FIXED, 4)
    spec(VSWITCH_DESTINATION_PORT, "vswitch_destination_port", "I", FIXED, 4)
    spec(NETWORK_CAPABILITY, "network_capability", "u", CODES, 4)
    address(LOCAL_MAC, "local_mac", "w:6", 6, 17)
    address(REMOTE_MAC, "remote_mac", "w:6", 6, 17)
    spec(MEDIA_TYPE, "media_type", "I", FIXED, 4)
    spec(INTERFACE_TYPE, "interface_type", "I", FIXED, 4)
    spec(ETHER_TYPE, "ether_type", "S", FIXED, 2)
    spec(NDIS_PORT, "ndis_port", "I", FIXED, 4)
    spec(VLAN_TAG, "vlan_tag", "S", FIXED, 2)
    spec(INTERFACE_LUID, "interface_luid", "L", FIXED, 8)
    spec(SPI, "spi", "I", FIXED, 4)
    spec(FAILURE_STATUS, "failure_status", "i", FIXED, 4)
    spec(FAILURE_ERROR, "failure_error", "I", FIXED, 4)
    spec(FAILURE_POINT, "failure_point", "u", CODES, 4)
    spec(FAILURE_FLAGS, "failure_flags", "I", FIXED, 4)
    spec(KEYING_MODULE, "keying_module", "u", CODES, 4)
    spec(MM_STATE, "mm_state", "u", CODES, 4)
    spec(QM_STATE, "qm_state", "u", CODES, 4)
    spec(EM_STATE, "em_state", "u", CODES, 4)
    spec(SA_ROLE, "sa_role", "u", CODES, 4)
    spec(TRAFFIC_TYPE, "traffic_type", "u", CODES, 4)
    spec(AUTH_METHOD, "auth_method", "u", CODES, 4)
    spec(END_CERT_HASH, "end_cert_hash", "w:20", FIXED, 20)
    spec(MM_ID, "mm_id", "L", FIXED, 8)
    spec(MM_FILTER_ID, "mm_filter_id", "L", FIXED, 8)
    spec(QM_FILTER_ID, "qm_filter_id", "L", FIXED, 8)
    spec(MM_SA_LUID, "mm_sa_luid", "L", FIXED, 8)
    spec(PROVIDER_CONTEXT_KEY, "provider_context_key", "u", CODES, 4)
    spec(LOCAL_PRINCIPAL, "local_principal", "u", CODES, 4)
    spec(REMOTE_PRINCIPAL, "remote_principal", "u", CODES, 4)
    parent(LOCAL_GROUPS, "local_groups", "+l", LIST, LOCAL_GROUP, 1)
    parent(REMOTE_GROUPS, "remote_groups", "+l", LIST, REMOTE_GROUP, 1)
    spec(LOCAL_SUBNET, "local_subnet", "u", TEXT, 0)
    spec(REMOTE_SUBNET, "remote_subnet", "u", TEXT, 0)
    address(PUBLIC_HOST, "public_host", "w:16", 16, 39)
    address(INTERNAL_HOST, "internal_host", "w:16", 16, 39)
    spec(PROCESS_ID, "process_id", "I", FIXED, 4)
    spec(FILTER_ORIGIN, "filter_origin", "u", CODES, 4)
    parent(TERMINATING_FILTERS, "terminating_filters", "+l", LIST, TERMINATING_FILTER, 1)
    spec(INTERFACE_INDEX, "interface_index", "I", FIXED, 4)
    spec(LOCAL_GROUP, "item", "u", TEXT, 0)
    spec(REMOTE_GROUP, "item", "u", TEXT, 0)
    parent(TERMINATING_FILTER, "item", "+s", STRUCT, TERMINATING_FILTER_ID, 3)
    spec(TERMINATING_FILTER_ID, "filter_id", "L", FIXED, 8)
    spec(TERMINATING_SUBLAYER, "sublayer", "u", TEXT, 0)
    spec(TERMINATING_ACTION, "action", "u", TEXT, 0)
    return 0


cdef int declare_names() except -1:
    names(EVENT_TYPE, {
        value: name.removeprefix("FWPM_NET_EVENT_TYPE_")
        for name, value in (ENUMS["FWPM_NET_EVENT_TYPE"] | INTERNAL_EVENT_TYPES).items()})
    sdk_names(ADDRESS_FAMILY, "FWP_AF", "FWP_AF_")
    # msFwpDirection is 0x3900 + n; put_direction() of the decoder maps FWP_DIRECTION onto it.
    names(DIRECTION, {0: "INBOUND", 1: "OUTBOUND", 2: "FORWARD", 3: "BIDIRECTIONAL"})
    sdk_names(
        NETWORK_CAPABILITY, "FWPM_APPC_NETWORK_CAPABILITY_TYPE", "FWPM_APPC_NETWORK_CAPABILITY_")
    sdk_names(FAILURE_POINT, "IPSEC_FAILURE_POINT", "IPSEC_FAILURE_")
    sdk_names(KEYING_MODULE, "IKEEXT_KEY_MODULE_TYPE", "IKEEXT_KEY_MODULE_")
    sdk_names(MM_STATE, "IKEEXT_MM_SA_STATE", "IKEEXT_MM_SA_STATE_")
    sdk_names(QM_STATE, "IKEEXT_QM_SA_STATE", "IKEEXT_QM_SA_STATE_")
    sdk_names(EM_STATE, "IKEEXT_EM_SA_STATE", "IKEEXT_EM_SA_STATE_")
    sdk_names(SA_ROLE, "IKEEXT_SA_ROLE", "IKEEXT_SA_ROLE_")
    sdk_names(TRAFFIC_TYPE, "IPSEC_TRAFFIC_TYPE", "IPSEC_TRAFFIC_TYPE_")
    sdk_names(AUTH_METHOD, "IKEEXT_AUTHENTICATION_METHOD_TYPE", "IKEEXT_")
    return 0


def _check() -> None:
    """Raise ImportError unless every slot has a line and every name belongs to one column."""
    missing = sorted(set(range(N_SPECS)) - set(_DECLARED))
    if missing:
        raise ImportError(f"no line of declare_events() declares the slots {missing}")
    twice = sorted({name for name in EVENT_COLUMNS if EVENT_COLUMNS.count(name) > 1})
    if twice:
        raise ImportError(f"two lines of declare_events() have the names {twice}")


declare_events()
declare_names()

COLUMN_SLOTS = {
    text_specs[slot].name.decode(): slot for slot in _DECLARED if slot < N_EVENT_COLUMNS}
"""The slot of each column of an event batch, in the order that users see."""
EVENT_COLUMNS = tuple(
    text_specs[slot].name.decode() for slot in _DECLARED if slot < N_EVENT_COLUMNS)
"""The names of all columns of an event batch, in that order."""
_check()
