# fwpmtypes.h, the rest: sessions, templates, filters, providers; must not know events.
# FWPM_DISPLAY_DATA0 is in fwptypes.h. FWPM_SUBLAYER0, FWPM_PROVIDER0, FWPM_CALLOUT0 and
# FWPM_PROVIDER_CONTEXT0 are from the fwpmtypes pages of sdk-api; older pages give `flags` of the
# first two 16 bits, which moves no member.
from wfpfast.abi.fwptypes cimport (
    FWP_BYTE_BLOB, FWP_CONDITION_VALUE0, FWP_DATA_TYPE, FWP_VALUE0)
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.minwindef cimport BOOL, DWORD, FILETIME, UINT16, UINT32, UINT64, WCHAR
from wfpfast.abi.winnt cimport SID

ctypedef UINT32 FWP_MATCH_TYPE
ctypedef UINT32 FWP_ACTION_TYPE
ctypedef UINT32 FWPM_FIELD_TYPE
ctypedef UINT32 FWPM_ENGINE_OPTION
ctypedef UINT32 FWPM_PROVIDER_CONTEXT_TYPE

cdef enum:
    FWP_MATCH_EQUAL = 0
cdef enum:
    FWPM_ENGINE_COLLECT_NET_EVENTS = 0
    FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS = 1
    FWPM_ENGINE_NAME_CACHE = 2
    FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS = 3
    FWPM_ENGINE_PACKET_QUEUING = 4
    FWPM_ENGINE_TXN_WATCHDOG_TIMEOUT_IN_MSEC = 5
    FWPM_ENGINE_OPTION_MAX = 6
cdef enum:
    FWPM_GENERAL_CONTEXT = 8
cdef enum:
    RPC_C_AUTHN_WINNT = 10

cdef struct FWPM_DISPLAY_DATA0 "FWPM_DISPLAY_DATA0":
    WCHAR* name
    WCHAR* description

cdef struct FWPM_SESSION0 "FWPM_SESSION0":
    GUID sessionKey
    FWPM_DISPLAY_DATA0 displayData
    UINT32 flags
    UINT32 txnWaitTimeoutInMSec
    DWORD processId
    SID* sid
    WCHAR* username
    BOOL kernelMode

cdef struct FWPM_FILTER_CONDITION0 "FWPM_FILTER_CONDITION0":
    GUID fieldKey
    FWP_MATCH_TYPE matchType
    FWP_CONDITION_VALUE0 conditionValue

cdef struct FWPM_NET_EVENT_ENUM_TEMPLATE0 "FWPM_NET_EVENT_ENUM_TEMPLATE0":
    FILETIME startTime
    FILETIME endTime
    UINT32 numFilterConditions
    FWPM_FILTER_CONDITION0* filterCondition

cdef struct FWPM_NET_EVENT_SUBSCRIPTION0 "FWPM_NET_EVENT_SUBSCRIPTION0":
    FWPM_NET_EVENT_ENUM_TEMPLATE0* enumTemplate
    UINT32 flags
    GUID sessionKey

cdef struct FWPM_FIELD0 "FWPM_FIELD0":
    GUID* fieldKey
    FWPM_FIELD_TYPE type
    FWP_DATA_TYPE dataType

cdef struct FWPM_LAYER0 "FWPM_LAYER0":
    GUID layerKey
    FWPM_DISPLAY_DATA0 displayData
    UINT32 flags
    UINT32 numFields
    FWPM_FIELD0* field
    GUID defaultSubLayerKey
    UINT16 layerId

cdef union ACTION_CONTEXT:
    GUID filterType
    GUID calloutKey

cdef struct FWPM_ACTION0 "FWPM_ACTION0":
    FWP_ACTION_TYPE type
    ACTION_CONTEXT context

cdef union FILTER_CONTEXT:
    UINT64 rawContext
    GUID providerContextKey

cdef struct FWPM_FILTER0 "FWPM_FILTER0":
    GUID filterKey
    FWPM_DISPLAY_DATA0 displayData
    UINT32 flags
    GUID* providerKey
    FWP_BYTE_BLOB providerData
    GUID layerKey
    GUID subLayerKey
    FWP_VALUE0 weight
    UINT32 numFilterConditions
    FWPM_FILTER_CONDITION0* filterCondition
    FWPM_ACTION0 action
    FILTER_CONTEXT context
    GUID* reserved
    UINT64 filterId
    FWP_VALUE0 effectiveWeight

cdef struct FWPM_SUBLAYER0 "FWPM_SUBLAYER0":
    GUID subLayerKey
    FWPM_DISPLAY_DATA0 displayData
    UINT32 flags
    GUID* providerKey
    FWP_BYTE_BLOB providerData
    UINT16 weight

cdef struct FWPM_PROVIDER0 "FWPM_PROVIDER0":
    GUID providerKey
    FWPM_DISPLAY_DATA0 displayData
    UINT32 flags
    FWP_BYTE_BLOB providerData
    WCHAR* serviceName

cdef struct FWPM_CALLOUT0 "FWPM_CALLOUT0":
    GUID calloutKey
    FWPM_DISPLAY_DATA0 displayData
    UINT32 flags
    GUID* providerKey
    FWP_BYTE_BLOB providerData
    GUID applicableLayer
    UINT32 calloutId

# `dataBuffer` is an arm of a union of pointers, that of FWPM_GENERAL_CONTEXT. The others lead to
# policies, which differ between FWPM_PROVIDER_CONTEXT0 and its successors; the rest does not.
cdef struct FWPM_PROVIDER_CONTEXT0 "FWPM_PROVIDER_CONTEXT0":
    GUID providerContextKey
    FWPM_DISPLAY_DATA0 displayData
    UINT32 flags
    GUID* providerKey
    FWP_BYTE_BLOB providerData
    FWPM_PROVIDER_CONTEXT_TYPE type
    FWP_BYTE_BLOB* dataBuffer
    UINT64 providerContextId

cdef struct FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0 "FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0":
    GUID* providerKey
    FWPM_PROVIDER_CONTEXT_TYPE providerContextType
