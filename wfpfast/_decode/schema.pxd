# The columns of an event batch, each with a fixed number; must not know where values come from.
from wfpfast._columns.columns cimport Spec

cdef enum:
    # A column's number is its slot. It never changes, and a new column takes the next free slot.
    # Users see the columns in the order of the lines in declare_events().
    # The header and the classify events write to the slots below 64 only (checked at import).
    TIMESTAMP = 0
    EVENT_TYPE = 1
    FLAGS = 2
    IP_VERSION = 3
    IP_PROTOCOL = 4
    LOCAL_ADDRESS = 5
    REMOTE_ADDRESS = 6
    LOCAL_PORT = 7
    REMOTE_PORT = 8
    SCOPE_ID = 9
    APP_PATH = 10
    USER_SID = 11
    ADDRESS_FAMILY = 12
    PACKAGE_SID = 13
    ENTERPRISE_ID = 14
    POLICY_FLAGS = 15
    EFFECTIVE_NAME = 16
    FILTER_ID = 17
    LAYER_ID = 18
    REAUTH_REASON = 19
    ORIGINAL_PROFILE = 20
    CURRENT_PROFILE = 21
    DIRECTION = 22
    DIRECTION_CODE = 23
    IS_LOOPBACK = 24
    VSWITCH_ID = 25
    VSWITCH_SOURCE_PORT = 26
    VSWITCH_DESTINATION_PORT = 27
    NETWORK_CAPABILITY = 28
    LOCAL_MAC = 29
    REMOTE_MAC = 30
    MEDIA_TYPE = 31
    INTERFACE_TYPE = 32
    ETHER_TYPE = 33
    NDIS_PORT = 34
    VLAN_TAG = 35
    INTERFACE_LUID = 36
    SPI = 37
    FAILURE_STATUS = 38
    FAILURE_ERROR = 39
    FAILURE_POINT = 40
    FAILURE_FLAGS = 41
    KEYING_MODULE = 42
    MM_STATE = 43
    QM_STATE = 44
    EM_STATE = 45
    SA_ROLE = 46
    TRAFFIC_TYPE = 47
    AUTH_METHOD = 48
    END_CERT_HASH = 49
    MM_ID = 50
    MM_FILTER_ID = 51
    QM_FILTER_ID = 52
    MM_SA_LUID = 53
    PROVIDER_CONTEXT_KEY = 54
    LOCAL_PRINCIPAL = 55
    REMOTE_PRINCIPAL = 56
    LOCAL_GROUPS = 57
    REMOTE_GROUPS = 58
    LOCAL_SUBNET = 59
    REMOTE_SUBNET = 60
    PUBLIC_HOST = 61
    INTERNAL_HOST = 62
    PROCESS_ID = 63
    FILTER_ORIGIN = 64
    TERMINATING_FILTERS = 65
    INTERFACE_INDEX = 66
    N_EVENT_COLUMNS = 67
    N_WORDS = (N_EVENT_COLUMNS + 63) >> 6  # in a set of columns with a bit a column
    # Children of the list columns, after all slots; their order does not matter.
    LOCAL_GROUP = N_EVENT_COLUMNS
    REMOTE_GROUP
    TERMINATING_FILTER
    TERMINATING_FILTER_ID
    TERMINATING_SUBLAYER
    TERMINATING_ACTION
    N_SPECS


cdef struct Enumeration:
    # Texts of the values 0 .. count - 1 of an SDK enumeration.
    const char** names
    int count


cdef const Spec* event_specs(bint binary_addresses) noexcept nogil
cdef const Enumeration* enumeration(int column) noexcept nogil
