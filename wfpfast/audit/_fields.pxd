# The fields of audit records, each with the names that Windows has for it; must not know columns.
from wfpfast._evtx.names cimport Names
from wfpfast._evtx.templates cimport FIELD

cdef enum:
    # Targets of values; in the order of their names in _fields.pyx.
    PROCESS_ID_FIELD = FIELD
    APPLICATION
    DIRECTION_FIELD
    SOURCE_ADDRESS_FIELD
    SOURCE_PORT_FIELD
    DEST_ADDRESS
    DEST_PORT
    PROTOCOL
    INTERFACE_INDEX_FIELD
    FILTER_ORIGIN_FIELD
    FILTER_RTID
    LAYER_NAME
    LAYER_RTID
    REMOTE_USER_ID
    REMOTE_MACHINE_ID
    ORIGINAL_PROFILE_FIELD
    CURRENT_PROFILE_FIELD
    IS_LOOPBACK_FIELD
    ETHER_TYPE_FIELD
    MEDIA_TYPE_FIELD
    INTERFACE_TYPE_FIELD
    VLAN_TAG_FIELD
    VSWITCH_ID_FIELD
    SOURCE_VSWITCH_PORT
    DESTINATION_VSWITCH_PORT
    LOCAL_PRINCIPAL_FIELD
    REMOTE_PRINCIPAL_FIELD
    LOCAL_CERT_HASH
    LOCAL_ADDRESS_FIELD
    LOCAL_ADDRESS_MASK
    LOCAL_PORT_FIELD
    REMOTE_ADDRESS_FIELD
    REMOTE_ADDRESS_MASK
    REMOTE_PORT_FIELD
    KEY_MODULE_NAME
    FAILURE_POINT_FIELD
    FAILURE_REASON_FIELD
    AUTH_METHOD_FIELD
    STATE
    ROLE
    MODE
    MM_FILTER_ID_FIELD
    QM_FILTER_ID_FIELD
    MM_SA_ID
    N_FIELDS

cdef const Names* audit_fields() noexcept nogil
cdef const char* field_name(int target) noexcept nogil
