"""Puts one audit record into one row: which event has which fields; must not know other sources.

The events and their fields are those of the provider's manifest, as public records, dumps of the
manifest and Microsoft's pages on audit events show them. No public record was found of 5150, 5151,
5153, 5146, 5147, 4652, 4654, 4963, 4983 and 4984.
"""

from libc.stdint cimport UINT16_MAX, uint64_t

from wfpfast._decode.schema cimport *
from wfpfast._evtx.records cimport is_present
from wfpfast._evtx.templates cimport COMPUTER, RECORD_ID
from wfpfast._evtx.values cimport Value, value_message, value_number
from wfpfast.audit._fields cimport *
from wfpfast.audit._rows cimport Address, put_address, put_number
from wfpfast.audit._sides cimport (
    DESTINATION, NOT_KNOWN, Evidence, note_inbound, note_owned, side_of)
from wfpfast.audit._schema cimport *
from wfpfast.audit._take cimport (
    Taking, get_address, get_number, said, take_bool, take_direction, take_enumerator, take_hash,
    take_id, take_layer_kind, take_mac, take_number, take_profile, take_sid, take_subnet,
    take_text, take_time)
from wfpfast.audit._values cimport read_address

from wfpfast._tables.enums import ENUMS

cdef enum Family:
    PACKET               # what happened to a packet or a connection, with both ends
    UNDECIDED            # likewise; which end of an inbound one is local differs: see put_ends()
    ENDPOINT             # a bind, or listening: one end
    FRAME                # what happened to a frame of a link layer
    APPLICATION_ONLY
    MM_FAILURE
    QM_FAILURE
    EM_FAILURE
    CLEAR_TEXT_DROP

cdef enum:
    INBOUND = 0
    INBOUND_CODE = 0x3900
    OUTBOUND_CODE = 0x3901
    IPPROTO_ICMP = 1
    IPPROTO_ICMPV6 = 58
    TUNNEL = 8213        # the message for this mode
    BITMAP = 65536 // 8
    FIRST_EVENT = 4608   # all ids of interest are from here on
    N_EVENTS = 1024


cdef struct Event:
    int family
    int type             # an FWPM_NET_EVENT_TYPE


# A function, since a compiler's enumerations may end at 31 bits.
cdef inline uint64_t clear_text_drop() noexcept nogil:
    return 0xc0360007  # STATUS_IPSEC_CLEAR_TEXT_DROP of ntstatus.h


cdef Event[N_EVENTS] events
cdef uint8_t[BITMAP] wanted
cdef int certificate = 0


cdef const uint8_t* wanted_events() noexcept nogil:
    """Return a bit for each event id that becomes a row."""
    return wanted


cdef void take_event(Taking* t) noexcept nogil:
    """Write the cells of the current row; the caller advances to the next."""
    cdef const Event* event = events + (t.chunk.event_id - FIRST_EVENT)
    cdef int family = event.family
    take_time(t)
    take_text(t, COMPUTER, HOST)
    take_number(t, RECORD_ID, RECORD_ID_COLUMN)
    put_number(t.rows, EVENT_ID_COLUMN, t.chunk.event_id)
    put_number(t.rows, EVENT_TYPE, <uint64_t>event.type)
    if family == PACKET or family == UNDECIDED or family == ENDPOINT:
        take_packet(t, family)
    elif family == FRAME:
        take_frame(t)
    elif family == APPLICATION_ONLY:
        take_text(t, APPLICATION, APP_PATH)
    elif family == CLEAR_TEXT_DROP:
        take_clear_text_drop(t)
    else:
        take_failure(t, family)


cdef void take_packet(Taking* t, int family) noexcept nogil:
    take_number(t, PROCESS_ID_FIELD, PROCESS_ID)
    take_text(t, APPLICATION, APP_PATH)
    take_number(t, PROTOCOL, IP_PROTOCOL)
    put_ends(t, take_direction(t), family)
    take_filter(t)
    take_number(t, INTERFACE_INDEX_FIELD, INTERFACE_INDEX)
    take_text(t, FILTER_ORIGIN_FIELD, FILTER_ORIGIN)
    take_sid(t, REMOTE_USER_ID, REMOTE_USER_SID)
    take_sid(t, REMOTE_MACHINE_ID, REMOTE_MACHINE_SID)
    take_profile(t, ORIGINAL_PROFILE_FIELD, ORIGINAL_PROFILE)
    take_profile(t, CURRENT_PROFILE_FIELD, CURRENT_PROFILE)
    take_bool(t, IS_LOOPBACK_FIELD, IS_LOOPBACK)


cdef void take_filter(Taking* t) noexcept nogil:
    take_id(t, FILTER_RTID, FILTER_ID)
    take_number(t, LAYER_RTID, LAYER_ID)
    take_layer_kind(t)


cdef void survey_event(Taking* t, Evidence* evidence) noexcept nogil:
    """Look which addresses are a host's own, and which end of its inbound connections that is."""
    cdef const Value* host = said(t, COMPUTER)
    cdef Address source, destination
    cdef uint64_t direction = 0
    cdef int family = events[t.chunk.event_id - FIRST_EVENT].family
    if family != UNDECIDED and family != ENDPOINT:
        return
    if host == NULL or not survey_address(t, SOURCE_ADDRESS_FIELD, &source):
        return
    if is_present(t.chunk, DIRECTION_FIELD):
        if not value_message(t.chunk.values + <int>DIRECTION_FIELD, &direction):
            return
    if family == ENDPOINT or direction == OUTBOUND_CODE:
        note_owned(evidence, host, &source)
    elif direction == INBOUND_CODE and survey_address(t, DEST_ADDRESS, &destination):
        note_inbound(evidence, host, &source, &destination)


cdef bint survey_address(Taking* t, int target, Address* address) noexcept nogil:
    cdef const Value* value = said(t, target)
    return value != NULL and read_address(value, address)


cdef bint is_swapped(Taking* t, int direction, int family, bint* known) noexcept nogil:
    """Tell whether the source is the remote end, and whether that is known at all.

    Source is where a packet comes from, so of an inbound one it is remote. But there are Windows
    that log the local end of an inbound connection (5156, 5157) as its source, and nothing in the
    record says so: it is known only of hosts that give themselves away.
    """
    cdef int found
    known[0] = True
    if direction != INBOUND or family != UNDECIDED:
        return direction == INBOUND
    found = side_of(t.sides, said(t, COMPUTER))
    known[0] = found != NOT_KNOWN
    return found == DESTINATION


cdef void put_ends(Taking* t, int direction, int family) noexcept nogil:
    """Write both ends as they are logged, and which of them is local."""
    cdef Address source, destination
    cdef uint64_t source_port = 0, destination_port = 0
    cdef bint has_source = get_address(t, SOURCE_ADDRESS_FIELD, &source)
    cdef bint has_destination = get_address(t, DEST_ADDRESS, &destination)
    cdef bint has_source_port = get_number(t, SOURCE_PORT_FIELD, UINT16_MAX, &source_port)
    cdef bint has_destination_port = get_number(t, DEST_PORT, UINT16_MAX, &destination_port)
    cdef bint known = True
    cdef bint swapped = is_swapped(t, direction, family, &known)
    if has_source or has_destination:
        put_number(t.rows, IP_VERSION, 6 if (source if has_source else destination).is_v6 else 4)
    if has_source:
        put_address(t.rows, SOURCE_ADDRESS, &source)
    if has_destination:
        put_address(t.rows, DESTINATION_ADDRESS, &destination)
    if has_source_port:
        put_number(t.rows, SOURCE_PORT, source_port)
    if has_destination_port:
        put_number(t.rows, DESTINATION_PORT, destination_port)
    if not known:
        t.undecided += has_source or has_destination
        return
    if has_source:
        put_address(t.rows, REMOTE_ADDRESS if swapped else LOCAL_ADDRESS, &source)
    if has_destination:
        put_address(t.rows, LOCAL_ADDRESS if swapped else REMOTE_ADDRESS, &destination)
    if swapped and is_icmp(t):
        return
    if has_source_port:
        put_number(t.rows, REMOTE_PORT if swapped else LOCAL_PORT, source_port)
    if has_destination_port:
        put_number(t.rows, LOCAL_PORT if swapped else REMOTE_PORT, destination_port)


cdef bint is_icmp(Taking* t) noexcept nogil:
    """Tell whether the ports are a type and a code, which net events have as local and remote.

    Which of the two an inbound record has as the source's port was never seen.
    """
    cdef const Value* value = said(t, PROTOCOL)
    cdef uint64_t protocol = 0
    return value != NULL and value_number(value, &protocol) and (
        protocol == IPPROTO_ICMP or protocol == IPPROTO_ICMPV6)


cdef void take_frame(Taking* t) noexcept nogil:
    """Take a frame of 802.3, of another medium, or of a virtual switch: its addresses are MACs."""
    cdef bint swapped = take_direction(t) == INBOUND
    take_mac(t, SOURCE_ADDRESS_FIELD, REMOTE_MAC if swapped else LOCAL_MAC)
    take_mac(t, DEST_ADDRESS, LOCAL_MAC if swapped else REMOTE_MAC)
    take_number(t, ETHER_TYPE_FIELD, ETHER_TYPE)
    take_number(t, MEDIA_TYPE_FIELD, MEDIA_TYPE)
    take_number(t, INTERFACE_TYPE_FIELD, INTERFACE_TYPE)
    take_number(t, VLAN_TAG_FIELD, VLAN_TAG)
    take_text(t, VSWITCH_ID_FIELD, VSWITCH_ID)
    take_number(t, SOURCE_VSWITCH_PORT, VSWITCH_SOURCE_PORT)
    take_number(t, DESTINATION_VSWITCH_PORT, VSWITCH_DESTINATION_PORT)
    take_filter(t)


cdef void take_failure(Taking* t, int family) noexcept nogil:
    """Take a failure of IKE: of main mode, quick mode or extended mode."""
    take_text(t, FAILURE_REASON_FIELD, FAILURE_REASON)
    take_enumerator(t, FAILURE_POINT_FIELD, FAILURE_POINT)
    take_enumerator(t, KEY_MODULE_NAME, KEYING_MODULE)
    take_enumerator(t, ROLE, SA_ROLE)
    take_number(t, LOCAL_PORT_FIELD, LOCAL_PORT)
    take_number(t, REMOTE_PORT_FIELD, REMOTE_PORT)
    if family == QM_FAILURE:
        take_quick_mode(t)
        return
    put_address_of(t, LOCAL_ADDRESS_FIELD, LOCAL_ADDRESS)
    put_address_of(t, REMOTE_ADDRESS_FIELD, REMOTE_ADDRESS)
    take_text(t, LOCAL_PRINCIPAL_FIELD, LOCAL_PRINCIPAL)
    take_text(t, REMOTE_PRINCIPAL_FIELD, REMOTE_PRINCIPAL)
    take_hash(t, LOCAL_CERT_HASH, END_CERT_HASH)
    if t.chunk.event_id == 4983:  # certificates, by the event's definition
        put_number(t.rows, AUTH_METHOD, <uint64_t>certificate)
    take_enumerator(t, AUTH_METHOD_FIELD, AUTH_METHOD)
    if family == MM_FAILURE:
        take_enumerator(t, STATE, MM_STATE)
        take_id(t, MM_FILTER_ID_FIELD, MM_FILTER_ID)
    else:
        take_enumerator(t, STATE, EM_STATE)
        take_id(t, QM_FILTER_ID_FIELD, QM_FILTER_ID)


cdef void take_quick_mode(Taking* t) noexcept nogil:
    """Take what a failure of quick mode has; of a tunnel, the addresses are networks."""
    cdef const Value* mode = said(t, MODE)
    cdef uint64_t message = 0
    take_enumerator(t, MODE, TRAFFIC_TYPE)
    if mode != NULL and value_message(mode, &message) and message == TUNNEL:
        take_subnet(t, LOCAL_ADDRESS_FIELD, LOCAL_ADDRESS_MASK, LOCAL_SUBNET)
        take_subnet(t, REMOTE_ADDRESS_FIELD, REMOTE_ADDRESS_MASK, REMOTE_SUBNET)
    else:
        put_address_of(t, LOCAL_ADDRESS_FIELD, LOCAL_ADDRESS)
        put_address_of(t, REMOTE_ADDRESS_FIELD, REMOTE_ADDRESS)
    take_number(t, PROTOCOL, IP_PROTOCOL)
    take_enumerator(t, STATE, QM_STATE)
    take_id(t, QM_FILTER_ID_FIELD, QM_FILTER_ID)
    take_id(t, MM_SA_ID, MM_SA_LUID)


cdef void put_address_of(Taking* t, int target, int column) noexcept nogil:
    cdef Address address
    if get_address(t, target, &address):
        put_address(t.rows, column, &address)
        put_number(t.rows, IP_VERSION, 6 if address.is_v6 else 4)


cdef void take_clear_text_drop(Taking* t) noexcept nogil:
    """Take an inbound packet that came in clear, and so has no SPI."""
    put_address_of(t, REMOTE_ADDRESS_FIELD, REMOTE_ADDRESS)
    put_number(t.rows, DIRECTION, INBOUND)
    put_number(t.rows, DIRECTION_CODE, INBOUND_CODE)
    put_number(t.rows, FAILURE_STATUS, clear_text_drop())
    put_number(t.rows, SPI, 0)


EVENTS = {
    5031: (APPLICATION_ONLY, "CLASSIFY_DROP"),
    5146: (FRAME, "CLASSIFY_DROP_MAC"), 5147: (FRAME, "CLASSIFY_DROP_MAC"),
    5150: (FRAME, "CLASSIFY_DROP_MAC"), 5151: (FRAME, "CLASSIFY_DROP_MAC"),
    5152: (PACKET, "CLASSIFY_DROP"), 5153: (PACKET, "CLASSIFY_DROP"),
    5154: (ENDPOINT, "CLASSIFY_ALLOW"), 5155: (ENDPOINT, "CLASSIFY_DROP"),
    5156: (UNDECIDED, "CLASSIFY_ALLOW"), 5157: (UNDECIDED, "CLASSIFY_DROP"),
    5158: (ENDPOINT, "CLASSIFY_ALLOW"), 5159: (ENDPOINT, "CLASSIFY_DROP"),
    4652: (MM_FAILURE, "IKEEXT_MM_FAILURE"), 4653: (MM_FAILURE, "IKEEXT_MM_FAILURE"),
    4654: (QM_FAILURE, "IKEEXT_QM_FAILURE"),
    4983: (EM_FAILURE, "IKEEXT_EM_FAILURE"), 4984: (EM_FAILURE, "IKEEXT_EM_FAILURE"),
    4963: (CLEAR_TEXT_DROP, "IPSEC_KERNEL_DROP"),
}
"""The events that become rows, each with the net event that it corresponds to."""

for number, (family, name) in EVENTS.items():
    events[<int>number - FIRST_EVENT] = Event(
        family, ENUMS["FWPM_NET_EVENT_TYPE"][f"FWPM_NET_EVENT_TYPE_{name}"])
    wanted[<int>number >> 3] |= <uint8_t>(1 << (<int>number & 7))
del family, name, number
certificate = ENUMS["IKEEXT_AUTHENTICATION_METHOD_TYPE"]["IKEEXT_CERTIFICATE"]
