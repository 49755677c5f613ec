# fwpmtypes.h: what net events are made of, headers and payloads; must not know how they are read.
# Windows only ever appends to these structs (tests/abi proves it): the decoder reads the newest.
# Anonymous unions are named after their subject, with the SDK's names inside; one of a single
# member (QM_FAILURE's subnets) is written as that member.
from wfpfast.abi.fwptypes cimport (
    FWP_AF, FWP_BYTE_ARRAY6, FWP_BYTE_ARRAY16, FWP_BYTE_BLOB, FWP_CONDITION_VALUE0, FWP_DIRECTION,
    FWP_IP_VERSION)
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.iketypes cimport (
    IKEEXT_AUTHENTICATION_METHOD_TYPE, IKEEXT_EM_SA_STATE, IKEEXT_KEY_MODULE_TYPE,
    IKEEXT_MM_SA_STATE, IKEEXT_QM_SA_STATE, IKEEXT_SA_ROLE)
from wfpfast.abi.ipsectypes cimport IPSEC_FAILURE_POINT, IPSEC_SA_SPI, IPSEC_TRAFFIC_TYPE
from wfpfast.abi.minwindef cimport BOOL, FILETIME, INT32, UINT8, UINT16, UINT32, UINT64, WCHAR
from wfpfast.abi.winnt cimport SID

ctypedef UINT32 FWPM_NET_EVENT_TYPE
ctypedef UINT32 FWPM_APPC_NETWORK_CAPABILITY_TYPE
cdef enum:
    FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE = 0
    FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE = 1
    FWPM_NET_EVENT_TYPE_IKEEXT_EM_FAILURE = 2
    FWPM_NET_EVENT_TYPE_CLASSIFY_DROP = 3
    FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP = 4
    FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP = 5
    FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW = 6
    FWPM_NET_EVENT_TYPE_CAPABILITY_DROP = 7
    FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW = 8
    FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC = 9
    FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL = 10
cdef enum:
    FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET = 0x1
    FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET = 0x2
    FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET = 0x4
    FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET = 0x8
    FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET = 0x10
    FWPM_NET_EVENT_FLAG_APP_ID_SET = 0x20
    FWPM_NET_EVENT_FLAG_USER_ID_SET = 0x40
    FWPM_NET_EVENT_FLAG_SCOPE_ID_SET = 0x80
    FWPM_NET_EVENT_FLAG_IP_VERSION_SET = 0x100
    FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET = 0x400
    FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET = 0x800
    FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET = 0x1000
    FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET = 0x2000

cdef union NET_EVENT_LOCAL_ADDR:
    UINT32 localAddrV4
    FWP_BYTE_ARRAY16 localAddrV6
cdef union NET_EVENT_REMOTE_ADDR:
    UINT32 remoteAddrV4
    FWP_BYTE_ARRAY16 remoteAddrV6

cdef struct FWPM_NET_EVENT_HEADER0 "FWPM_NET_EVENT_HEADER0":
    FILETIME timeStamp
    UINT32 flags
    FWP_IP_VERSION ipVersion
    UINT8 ipProtocol
    NET_EVENT_LOCAL_ADDR localAddr
    NET_EVENT_REMOTE_ADDR remoteAddr
    UINT16 localPort
    UINT16 remotePort
    UINT32 scopeId
    FWP_BYTE_BLOB appId
    SID* userId

cdef struct FWPM_NET_EVENT_HEADER1_ETHERNET:
    FWP_BYTE_ARRAY6 reserved2
    FWP_BYTE_ARRAY6 reserved3
    UINT32 reserved4
    UINT32 reserved5
    UINT16 reserved6
    UINT32 reserved7
    UINT32 reserved8
    UINT16 reserved9
    UINT64 reserved10

cdef struct FWPM_NET_EVENT_HEADER1_RESERVED:
    FWP_AF reserved1
    FWPM_NET_EVENT_HEADER1_ETHERNET ethernet

cdef struct FWPM_NET_EVENT_HEADER1 "FWPM_NET_EVENT_HEADER1":
    FILETIME timeStamp
    UINT32 flags
    FWP_IP_VERSION ipVersion
    UINT8 ipProtocol
    NET_EVENT_LOCAL_ADDR localAddr
    NET_EVENT_REMOTE_ADDR remoteAddr
    UINT16 localPort
    UINT16 remotePort
    UINT32 scopeId
    FWP_BYTE_BLOB appId
    SID* userId
    FWPM_NET_EVENT_HEADER1_RESERVED reserved

cdef struct FWPM_NET_EVENT_HEADER2 "FWPM_NET_EVENT_HEADER2":
    FILETIME timeStamp
    UINT32 flags
    FWP_IP_VERSION ipVersion
    UINT8 ipProtocol
    NET_EVENT_LOCAL_ADDR localAddr
    NET_EVENT_REMOTE_ADDR remoteAddr
    UINT16 localPort
    UINT16 remotePort
    UINT32 scopeId
    FWP_BYTE_BLOB appId
    SID* userId
    FWP_AF addressFamily
    SID* packageSid

cdef struct FWPM_NET_EVENT_HEADER3 "FWPM_NET_EVENT_HEADER3":
    FILETIME timeStamp
    UINT32 flags
    FWP_IP_VERSION ipVersion
    UINT8 ipProtocol
    NET_EVENT_LOCAL_ADDR localAddr
    NET_EVENT_REMOTE_ADDR remoteAddr
    UINT16 localPort
    UINT16 remotePort
    UINT32 scopeId
    FWP_BYTE_BLOB appId
    SID* userId
    FWP_AF addressFamily
    SID* packageSid
    WCHAR* enterpriseId
    UINT64 policyFlags
    FWP_BYTE_BLOB effectiveName

cdef struct FWPM_NET_EVENT_IKEEXT_MM_FAILURE0 "FWPM_NET_EVENT_IKEEXT_MM_FAILURE0":
    UINT32 failureErrorCode
    IPSEC_FAILURE_POINT failurePoint
    UINT32 flags
    IKEEXT_KEY_MODULE_TYPE keyingModuleType
    IKEEXT_MM_SA_STATE mmState
    IKEEXT_SA_ROLE saRole
    IKEEXT_AUTHENTICATION_METHOD_TYPE mmAuthMethod
    UINT8[20] endCertHash
    UINT64 mmId
    UINT64 mmFilterId

cdef struct FWPM_NET_EVENT_IKEEXT_MM_FAILURE1 "FWPM_NET_EVENT_IKEEXT_MM_FAILURE1":
    UINT32 failureErrorCode
    IPSEC_FAILURE_POINT failurePoint
    UINT32 flags
    IKEEXT_KEY_MODULE_TYPE keyingModuleType
    IKEEXT_MM_SA_STATE mmState
    IKEEXT_SA_ROLE saRole
    IKEEXT_AUTHENTICATION_METHOD_TYPE mmAuthMethod
    UINT8[20] endCertHash
    UINT64 mmId
    UINT64 mmFilterId
    WCHAR* localPrincipalNameForAuth
    WCHAR* remotePrincipalNameForAuth
    UINT32 numLocalPrincipalGroupSids
    WCHAR** localPrincipalGroupSids
    UINT32 numRemotePrincipalGroupSids
    WCHAR** remotePrincipalGroupSids

cdef struct FWPM_NET_EVENT_IKEEXT_MM_FAILURE2 "FWPM_NET_EVENT_IKEEXT_MM_FAILURE2":
    UINT32 failureErrorCode
    IPSEC_FAILURE_POINT failurePoint
    UINT32 flags
    IKEEXT_KEY_MODULE_TYPE keyingModuleType
    IKEEXT_MM_SA_STATE mmState
    IKEEXT_SA_ROLE saRole
    IKEEXT_AUTHENTICATION_METHOD_TYPE mmAuthMethod
    UINT8[20] endCertHash
    UINT64 mmId
    UINT64 mmFilterId
    WCHAR* localPrincipalNameForAuth
    WCHAR* remotePrincipalNameForAuth
    UINT32 numLocalPrincipalGroupSids
    WCHAR** localPrincipalGroupSids
    UINT32 numRemotePrincipalGroupSids
    WCHAR** remotePrincipalGroupSids
    GUID* providerContextKey

cdef struct FWPM_NET_EVENT_IKEEXT_QM_FAILURE0 "FWPM_NET_EVENT_IKEEXT_QM_FAILURE0":
    UINT32 failureErrorCode
    IPSEC_FAILURE_POINT failurePoint
    IKEEXT_KEY_MODULE_TYPE keyingModuleType
    IKEEXT_QM_SA_STATE qmState
    IKEEXT_SA_ROLE saRole
    IPSEC_TRAFFIC_TYPE saTrafficType
    FWP_CONDITION_VALUE0 localSubNet
    FWP_CONDITION_VALUE0 remoteSubNet
    UINT64 qmFilterId

cdef struct FWPM_NET_EVENT_IKEEXT_QM_FAILURE1 "FWPM_NET_EVENT_IKEEXT_QM_FAILURE1":
    UINT32 failureErrorCode
    IPSEC_FAILURE_POINT failurePoint
    IKEEXT_KEY_MODULE_TYPE keyingModuleType
    IKEEXT_QM_SA_STATE qmState
    IKEEXT_SA_ROLE saRole
    IPSEC_TRAFFIC_TYPE saTrafficType
    FWP_CONDITION_VALUE0 localSubNet
    FWP_CONDITION_VALUE0 remoteSubNet
    UINT64 qmFilterId
    UINT64 mmSaLuid
    GUID mmProviderContextKey

cdef struct FWPM_NET_EVENT_IKEEXT_EM_FAILURE0 "FWPM_NET_EVENT_IKEEXT_EM_FAILURE0":
    UINT32 failureErrorCode
    IPSEC_FAILURE_POINT failurePoint
    UINT32 flags
    IKEEXT_EM_SA_STATE emState
    IKEEXT_SA_ROLE saRole
    IKEEXT_AUTHENTICATION_METHOD_TYPE emAuthMethod
    UINT8[20] endCertHash
    UINT64 mmId
    UINT64 qmFilterId

cdef struct FWPM_NET_EVENT_IKEEXT_EM_FAILURE1 "FWPM_NET_EVENT_IKEEXT_EM_FAILURE1":
    UINT32 failureErrorCode
    IPSEC_FAILURE_POINT failurePoint
    UINT32 flags
    IKEEXT_EM_SA_STATE emState
    IKEEXT_SA_ROLE saRole
    IKEEXT_AUTHENTICATION_METHOD_TYPE emAuthMethod
    UINT8[20] endCertHash
    UINT64 mmId
    UINT64 qmFilterId
    WCHAR* localPrincipalNameForAuth
    WCHAR* remotePrincipalNameForAuth
    UINT32 numLocalPrincipalGroupSids
    WCHAR** localPrincipalGroupSids
    UINT32 numRemotePrincipalGroupSids
    WCHAR** remotePrincipalGroupSids
    IPSEC_TRAFFIC_TYPE saTrafficType

cdef struct FWPM_NET_EVENT_CLASSIFY_DROP0 "FWPM_NET_EVENT_CLASSIFY_DROP0":
    UINT64 filterId
    UINT16 layerId

cdef struct FWPM_NET_EVENT_CLASSIFY_DROP1 "FWPM_NET_EVENT_CLASSIFY_DROP1":
    UINT64 filterId
    UINT16 layerId
    UINT32 reauthReason
    UINT32 originalProfile
    UINT32 currentProfile
    UINT32 msFwpDirection
    BOOL isLoopback

cdef struct FWPM_NET_EVENT_CLASSIFY_DROP2 "FWPM_NET_EVENT_CLASSIFY_DROP2":
    UINT64 filterId
    UINT16 layerId
    UINT32 reauthReason
    UINT32 originalProfile
    UINT32 currentProfile
    UINT32 msFwpDirection
    BOOL isLoopback
    FWP_BYTE_BLOB vSwitchId
    UINT32 vSwitchSourcePort
    UINT32 vSwitchDestinationPort

cdef struct FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 "FWPM_NET_EVENT_IPSEC_KERNEL_DROP0":
    INT32 failureStatus
    FWP_DIRECTION direction
    IPSEC_SA_SPI spi
    UINT64 filterId
    UINT16 layerId

cdef union DOSP_DROP_PUBLIC_HOST:
    UINT32 publicHostV4Addr
    UINT8[16] publicHostV6Addr

cdef union DOSP_DROP_INTERNAL_HOST:
    UINT32 internalHostV4Addr
    UINT8[16] internalHostV6Addr

cdef enum:
    # Whether the IPv4 members are numbers in host order, as in the header, or in network order: see
    # docs/columns.md. No page says it; whoever reads or writes them asks here.
    DOSP_V4_IS_HOST_ORDER = 1

cdef struct FWPM_NET_EVENT_IPSEC_DOSP_DROP0 "FWPM_NET_EVENT_IPSEC_DOSP_DROP0":
    FWP_IP_VERSION ipVersion
    DOSP_DROP_PUBLIC_HOST publicHost
    DOSP_DROP_INTERNAL_HOST internalHost
    INT32 failureStatus
    FWP_DIRECTION direction

cdef struct FWPM_NET_EVENT_CLASSIFY_ALLOW0 "FWPM_NET_EVENT_CLASSIFY_ALLOW0":
    UINT64 filterId
    UINT16 layerId
    UINT32 reauthReason
    UINT32 originalProfile
    UINT32 currentProfile
    UINT32 msFwpDirection
    BOOL isLoopback

cdef struct FWPM_NET_EVENT_CAPABILITY_DROP0 "FWPM_NET_EVENT_CAPABILITY_DROP0":
    FWPM_APPC_NETWORK_CAPABILITY_TYPE networkCapabilityId
    UINT64 filterId
    BOOL isLoopback

cdef struct FWPM_NET_EVENT_CAPABILITY_ALLOW0 "FWPM_NET_EVENT_CAPABILITY_ALLOW0":
    FWPM_APPC_NETWORK_CAPABILITY_TYPE networkCapabilityId
    UINT64 filterId
    BOOL isLoopback

cdef struct FWPM_NET_EVENT_CLASSIFY_DROP_MAC0 "FWPM_NET_EVENT_CLASSIFY_DROP_MAC0":
    FWP_BYTE_ARRAY6 localMacAddr
    FWP_BYTE_ARRAY6 remoteMacAddr
    UINT32 mediaType
    UINT32 ifType
    UINT16 etherType
    UINT32 ndisPortNumber
    UINT32 reserved
    UINT16 vlanTag
    UINT64 ifLuid
    UINT64 filterId
    UINT16 layerId
    UINT32 reauthReason
    UINT32 originalProfile
    UINT32 currentProfile
    UINT32 msFwpDirection
    BOOL isLoopback
    FWP_BYTE_BLOB vSwitchId
    UINT32 vSwitchSourcePort
    UINT32 vSwitchDestinationPort

cdef struct FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0 "FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0":
    IPSEC_SA_SPI spi
