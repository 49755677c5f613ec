"""Declares every column of an event batch once; must not know where values come from.

A column is one name in the enumeration of _schema.pxd and one line in `declare_events()`.
"""

from libc.stdlib cimport calloc

from wfpfast._columns cimport BOOL, CODES, FIXED, LIST, STRUCT, TEXT, Kind, new_spec

cdef Spec[N_SPECS] text_specs      # addresses="text"
cdef Spec[N_SPECS] binary_specs    # addresses="binary"
cdef Enumeration[N_EVENT_COLUMNS] enumerations


cdef const Spec* event_specs(bint binary_addresses) noexcept nogil:
    return &binary_specs[0] if binary_addresses else &text_specs[0]


cdef const Enumeration* enumeration(int column) noexcept nogil:
    """Return the SDK names of an enumeration's column; a count of 0 for all other columns."""
    return enumerations + column


cdef void spec(
    int column, const char* name, const char* format, Kind kind, int width
) noexcept:
    text_specs[column] = new_spec(name, format, kind, width, 0, 0)
    binary_specs[column] = text_specs[column]


cdef void address(
    int column, const char* name, const char* format, int width, int longest
) noexcept:
    text_specs[column] = new_spec(name, "u", TEXT, longest, 0, 0)
    binary_specs[column] = new_spec(name, format, FIXED, width, 0, 0)


cdef void parent(
    int column, const char* name, const char* format, Kind kind, int first, int count
) noexcept:
    text_specs[column] = new_spec(name, format, kind, 0, first, count)
    binary_specs[column] = text_specs[column]


cdef int names(int column, values) except -1:
    """Keep an enumeration's names for the life of the process: of 0, 1, 2, ... or by value.

    A value is the place of its name in the column's dictionary, so gaps are filled as well.
    """
    cdef dict named = values if isinstance(values, dict) else dict(enumerate(values))
    cdef int count = max(named) + 1
    cdef const char** pointers = <const char**>calloc(count, sizeof(char*))
    cdef int i
    if pointers == NULL:
        raise MemoryError
    kept = [named.get(i, b"UNKNOWN_%d" % i) for i in range(count)]
    _NAMES_ALIVE.append(kept)
    for i in range(count):
        pointers[i] = <bytes>kept[i]
    enumerations[column] = Enumeration(pointers, count)
    return 0


cdef void declare_events() noexcept:
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
    spec(EFFECTIVE_NAME, "effective_name", "z", CODES, 4)
    spec(FILTER_ID, "filter_id", "L", FIXED, 8)
    spec(LAYER_ID, "layer_id", "S", FIXED, 2)
    spec(REAUTH_REASON, "reauth_reason", "I", FIXED, 4)
    spec(ORIGINAL_PROFILE, "original_profile", "I", FIXED, 4)
    spec(CURRENT_PROFILE, "current_profile", "I", FIXED, 4)
    spec(DIRECTION, "direction", "u", CODES, 4)
    spec(DIRECTION_CODE, "direction_code", "I", FIXED, 4)
    spec(IS_LOOPBACK, "is_loopback", "b", BOOL, 0)
    spec(VSWITCH_ID, "vswitch_id", "z", CODES, 4)
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


cdef int declare_names() except -1:
    """The SDK's enumerators without their common prefix, in the order of their values."""
    names(EVENT_TYPE, (
        b"IKEEXT_MM_FAILURE", b"IKEEXT_QM_FAILURE", b"IKEEXT_EM_FAILURE", b"CLASSIFY_DROP",
        b"IPSEC_KERNEL_DROP", b"IPSEC_DOSP_DROP", b"CLASSIFY_ALLOW", b"CAPABILITY_DROP",
        b"CAPABILITY_ALLOW", b"CLASSIFY_DROP_MAC", b"LPM_PACKET_ARRIVAL",
    ))
    names(ADDRESS_FAMILY, (b"INET", b"INET6", b"ETHER", b"NONE"))
    # msFwpDirection is 0x3900 + n; put_direction() of the decoder maps FWP_DIRECTION onto it.
    names(DIRECTION, (b"INBOUND", b"OUTBOUND", b"FORWARD", b"BIDIRECTIONAL"))
    names(NETWORK_CAPABILITY, (
        b"INTERNET_CLIENT", b"INTERNET_CLIENT_SERVER", b"INTERNET_PRIVATE_NETWORK",
    ))
    names(FAILURE_POINT, (b"NONE", b"ME", b"PEER"))
    names(KEYING_MODULE, (b"IKE", b"AUTHIP", b"IKEV2"))
    names(MM_STATE, (b"NONE", b"SA_SENT", b"SSPI_SENT", b"FINAL", b"FINAL_SENT", b"COMPLETE"))
    names(QM_STATE, (b"NONE", b"INITIAL", b"FINAL", b"COMPLETE"))
    names(EM_STATE, (
        b"NONE", b"SENT_ATTS", b"SSPI_SENT", b"AUTH_COMPLETE", b"FINAL", b"COMPLETE",
    ))
    names(SA_ROLE, (b"INITIATOR", b"RESPONDER"))
    names(TRAFFIC_TYPE, (b"TRANSPORT", b"TUNNEL"))
    names(AUTH_METHOD, (
        b"PRESHARED_KEY", b"CERTIFICATE", b"KERBEROS", b"ANONYMOUS", b"SSL", b"NTLM_V2",
        b"IPV6_CGA", b"CERTIFICATE_ECDSA_P256", b"CERTIFICATE_ECDSA_P384", b"SSL_ECDSA_P256",
        b"SSL_ECDSA_P384", b"EAP", b"RESERVED",
    ))
    return 0


_NAMES_ALIVE: list = []
declare_events()
declare_names()

EVENT_COLUMNS = tuple(text_specs[i].name.decode() for i in range(N_EVENT_COLUMNS))
"""The names of all columns of an event batch, in schema order."""
