"""The payload structs' part of _layout's table; must not know what any member means."""

from cython cimport typeof
from libc.string cimport memset

from wfpfast._layout_row cimport row
from wfpfast.abi.fwpmtypes cimport *


def payloads():
    """Return one description of each payload struct, as _layout explains it."""
    return [
        mm_failure0(), mm_failure1(), mm_failure2(), qm_failure0(), qm_failure1(), em_failure0(),
        em_failure1(), classify_drop0(), classify_drop1(), classify_drop2(), ipsec_kernel_drop0(),
        ipsec_dosp_drop0(), classify_allow0(), capability_drop0(), capability_allow0(),
        classify_drop_mac0(), lpm_packet_arrival0(),
    ]


cdef tuple mm_failure0():
    cdef (char, FWPM_NET_EVENT_IKEEXT_MM_FAILURE0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "failureErrorCode", &x.failureErrorCode,
        sizeof(x.failureErrorCode), typeof(x.failureErrorCode))
    row(rows, x, "failurePoint", &x.failurePoint, sizeof(x.failurePoint), typeof(x.failurePoint))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "keyingModuleType", &x.keyingModuleType,
        sizeof(x.keyingModuleType), typeof(x.keyingModuleType))
    row(rows, x, "mmState", &x.mmState, sizeof(x.mmState), typeof(x.mmState))
    row(rows, x, "saRole", &x.saRole, sizeof(x.saRole), typeof(x.saRole))
    row(rows, x, "mmAuthMethod", &x.mmAuthMethod, sizeof(x.mmAuthMethod), typeof(x.mmAuthMethod))
    row(rows, x, "endCertHash", &x.endCertHash, sizeof(x.endCertHash), typeof(x.endCertHash))
    row(rows, x, "mmId", &x.mmId, sizeof(x.mmId), typeof(x.mmId))
    row(rows, x, "mmFilterId", &x.mmFilterId, sizeof(x.mmFilterId), typeof(x.mmFilterId))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple mm_failure1():
    cdef (char, FWPM_NET_EVENT_IKEEXT_MM_FAILURE1) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "failureErrorCode", &x.failureErrorCode,
        sizeof(x.failureErrorCode), typeof(x.failureErrorCode))
    row(rows, x, "failurePoint", &x.failurePoint, sizeof(x.failurePoint), typeof(x.failurePoint))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "keyingModuleType", &x.keyingModuleType,
        sizeof(x.keyingModuleType), typeof(x.keyingModuleType))
    row(rows, x, "mmState", &x.mmState, sizeof(x.mmState), typeof(x.mmState))
    row(rows, x, "saRole", &x.saRole, sizeof(x.saRole), typeof(x.saRole))
    row(rows, x, "mmAuthMethod", &x.mmAuthMethod, sizeof(x.mmAuthMethod), typeof(x.mmAuthMethod))
    row(rows, x, "endCertHash", &x.endCertHash, sizeof(x.endCertHash), typeof(x.endCertHash))
    row(rows, x, "mmId", &x.mmId, sizeof(x.mmId), typeof(x.mmId))
    row(rows, x, "mmFilterId", &x.mmFilterId, sizeof(x.mmFilterId), typeof(x.mmFilterId))
    row(rows, x, "localPrincipalNameForAuth", &x.localPrincipalNameForAuth,
        sizeof(x.localPrincipalNameForAuth), typeof(x.localPrincipalNameForAuth))
    row(rows, x, "remotePrincipalNameForAuth", &x.remotePrincipalNameForAuth,
        sizeof(x.remotePrincipalNameForAuth), typeof(x.remotePrincipalNameForAuth))
    row(rows, x, "numLocalPrincipalGroupSids", &x.numLocalPrincipalGroupSids,
        sizeof(x.numLocalPrincipalGroupSids), typeof(x.numLocalPrincipalGroupSids))
    row(rows, x, "localPrincipalGroupSids", &x.localPrincipalGroupSids,
        sizeof(x.localPrincipalGroupSids), typeof(x.localPrincipalGroupSids))
    row(rows, x, "numRemotePrincipalGroupSids", &x.numRemotePrincipalGroupSids,
        sizeof(x.numRemotePrincipalGroupSids), typeof(x.numRemotePrincipalGroupSids))
    row(rows, x, "remotePrincipalGroupSids", &x.remotePrincipalGroupSids,
        sizeof(x.remotePrincipalGroupSids), typeof(x.remotePrincipalGroupSids))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple mm_failure2():
    cdef (char, FWPM_NET_EVENT_IKEEXT_MM_FAILURE2) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "failureErrorCode", &x.failureErrorCode,
        sizeof(x.failureErrorCode), typeof(x.failureErrorCode))
    row(rows, x, "failurePoint", &x.failurePoint, sizeof(x.failurePoint), typeof(x.failurePoint))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "keyingModuleType", &x.keyingModuleType,
        sizeof(x.keyingModuleType), typeof(x.keyingModuleType))
    row(rows, x, "mmState", &x.mmState, sizeof(x.mmState), typeof(x.mmState))
    row(rows, x, "saRole", &x.saRole, sizeof(x.saRole), typeof(x.saRole))
    row(rows, x, "mmAuthMethod", &x.mmAuthMethod, sizeof(x.mmAuthMethod), typeof(x.mmAuthMethod))
    row(rows, x, "endCertHash", &x.endCertHash, sizeof(x.endCertHash), typeof(x.endCertHash))
    row(rows, x, "mmId", &x.mmId, sizeof(x.mmId), typeof(x.mmId))
    row(rows, x, "mmFilterId", &x.mmFilterId, sizeof(x.mmFilterId), typeof(x.mmFilterId))
    row(rows, x, "localPrincipalNameForAuth", &x.localPrincipalNameForAuth,
        sizeof(x.localPrincipalNameForAuth), typeof(x.localPrincipalNameForAuth))
    row(rows, x, "remotePrincipalNameForAuth", &x.remotePrincipalNameForAuth,
        sizeof(x.remotePrincipalNameForAuth), typeof(x.remotePrincipalNameForAuth))
    row(rows, x, "numLocalPrincipalGroupSids", &x.numLocalPrincipalGroupSids,
        sizeof(x.numLocalPrincipalGroupSids), typeof(x.numLocalPrincipalGroupSids))
    row(rows, x, "localPrincipalGroupSids", &x.localPrincipalGroupSids,
        sizeof(x.localPrincipalGroupSids), typeof(x.localPrincipalGroupSids))
    row(rows, x, "numRemotePrincipalGroupSids", &x.numRemotePrincipalGroupSids,
        sizeof(x.numRemotePrincipalGroupSids), typeof(x.numRemotePrincipalGroupSids))
    row(rows, x, "remotePrincipalGroupSids", &x.remotePrincipalGroupSids,
        sizeof(x.remotePrincipalGroupSids), typeof(x.remotePrincipalGroupSids))
    row(rows, x, "providerContextKey", &x.providerContextKey,
        sizeof(x.providerContextKey), typeof(x.providerContextKey))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple qm_failure0():
    cdef (char, FWPM_NET_EVENT_IKEEXT_QM_FAILURE0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "failureErrorCode", &x.failureErrorCode,
        sizeof(x.failureErrorCode), typeof(x.failureErrorCode))
    row(rows, x, "failurePoint", &x.failurePoint, sizeof(x.failurePoint), typeof(x.failurePoint))
    row(rows, x, "keyingModuleType", &x.keyingModuleType,
        sizeof(x.keyingModuleType), typeof(x.keyingModuleType))
    row(rows, x, "qmState", &x.qmState, sizeof(x.qmState), typeof(x.qmState))
    row(rows, x, "saRole", &x.saRole, sizeof(x.saRole), typeof(x.saRole))
    row(rows, x, "saTrafficType", &x.saTrafficType,
        sizeof(x.saTrafficType), typeof(x.saTrafficType))
    row(rows, x, "localSubNet", &x.localSubNet, sizeof(x.localSubNet), typeof(x.localSubNet))
    row(rows, x, "remoteSubNet", &x.remoteSubNet, sizeof(x.remoteSubNet), typeof(x.remoteSubNet))
    row(rows, x, "qmFilterId", &x.qmFilterId, sizeof(x.qmFilterId), typeof(x.qmFilterId))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple qm_failure1():
    cdef (char, FWPM_NET_EVENT_IKEEXT_QM_FAILURE1) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "failureErrorCode", &x.failureErrorCode,
        sizeof(x.failureErrorCode), typeof(x.failureErrorCode))
    row(rows, x, "failurePoint", &x.failurePoint, sizeof(x.failurePoint), typeof(x.failurePoint))
    row(rows, x, "keyingModuleType", &x.keyingModuleType,
        sizeof(x.keyingModuleType), typeof(x.keyingModuleType))
    row(rows, x, "qmState", &x.qmState, sizeof(x.qmState), typeof(x.qmState))
    row(rows, x, "saRole", &x.saRole, sizeof(x.saRole), typeof(x.saRole))
    row(rows, x, "saTrafficType", &x.saTrafficType,
        sizeof(x.saTrafficType), typeof(x.saTrafficType))
    row(rows, x, "localSubNet", &x.localSubNet, sizeof(x.localSubNet), typeof(x.localSubNet))
    row(rows, x, "remoteSubNet", &x.remoteSubNet, sizeof(x.remoteSubNet), typeof(x.remoteSubNet))
    row(rows, x, "qmFilterId", &x.qmFilterId, sizeof(x.qmFilterId), typeof(x.qmFilterId))
    row(rows, x, "mmSaLuid", &x.mmSaLuid, sizeof(x.mmSaLuid), typeof(x.mmSaLuid))
    row(rows, x, "mmProviderContextKey", &x.mmProviderContextKey,
        sizeof(x.mmProviderContextKey), typeof(x.mmProviderContextKey))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple em_failure0():
    cdef (char, FWPM_NET_EVENT_IKEEXT_EM_FAILURE0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "failureErrorCode", &x.failureErrorCode,
        sizeof(x.failureErrorCode), typeof(x.failureErrorCode))
    row(rows, x, "failurePoint", &x.failurePoint, sizeof(x.failurePoint), typeof(x.failurePoint))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "emState", &x.emState, sizeof(x.emState), typeof(x.emState))
    row(rows, x, "saRole", &x.saRole, sizeof(x.saRole), typeof(x.saRole))
    row(rows, x, "emAuthMethod", &x.emAuthMethod, sizeof(x.emAuthMethod), typeof(x.emAuthMethod))
    row(rows, x, "endCertHash", &x.endCertHash, sizeof(x.endCertHash), typeof(x.endCertHash))
    row(rows, x, "mmId", &x.mmId, sizeof(x.mmId), typeof(x.mmId))
    row(rows, x, "qmFilterId", &x.qmFilterId, sizeof(x.qmFilterId), typeof(x.qmFilterId))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple em_failure1():
    cdef (char, FWPM_NET_EVENT_IKEEXT_EM_FAILURE1) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "failureErrorCode", &x.failureErrorCode,
        sizeof(x.failureErrorCode), typeof(x.failureErrorCode))
    row(rows, x, "failurePoint", &x.failurePoint, sizeof(x.failurePoint), typeof(x.failurePoint))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "emState", &x.emState, sizeof(x.emState), typeof(x.emState))
    row(rows, x, "saRole", &x.saRole, sizeof(x.saRole), typeof(x.saRole))
    row(rows, x, "emAuthMethod", &x.emAuthMethod, sizeof(x.emAuthMethod), typeof(x.emAuthMethod))
    row(rows, x, "endCertHash", &x.endCertHash, sizeof(x.endCertHash), typeof(x.endCertHash))
    row(rows, x, "mmId", &x.mmId, sizeof(x.mmId), typeof(x.mmId))
    row(rows, x, "qmFilterId", &x.qmFilterId, sizeof(x.qmFilterId), typeof(x.qmFilterId))
    row(rows, x, "localPrincipalNameForAuth", &x.localPrincipalNameForAuth,
        sizeof(x.localPrincipalNameForAuth), typeof(x.localPrincipalNameForAuth))
    row(rows, x, "remotePrincipalNameForAuth", &x.remotePrincipalNameForAuth,
        sizeof(x.remotePrincipalNameForAuth), typeof(x.remotePrincipalNameForAuth))
    row(rows, x, "numLocalPrincipalGroupSids", &x.numLocalPrincipalGroupSids,
        sizeof(x.numLocalPrincipalGroupSids), typeof(x.numLocalPrincipalGroupSids))
    row(rows, x, "localPrincipalGroupSids", &x.localPrincipalGroupSids,
        sizeof(x.localPrincipalGroupSids), typeof(x.localPrincipalGroupSids))
    row(rows, x, "numRemotePrincipalGroupSids", &x.numRemotePrincipalGroupSids,
        sizeof(x.numRemotePrincipalGroupSids), typeof(x.numRemotePrincipalGroupSids))
    row(rows, x, "remotePrincipalGroupSids", &x.remotePrincipalGroupSids,
        sizeof(x.remotePrincipalGroupSids), typeof(x.remotePrincipalGroupSids))
    row(rows, x, "saTrafficType", &x.saTrafficType,
        sizeof(x.saTrafficType), typeof(x.saTrafficType))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple classify_drop0():
    cdef (char, FWPM_NET_EVENT_CLASSIFY_DROP0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "layerId", &x.layerId, sizeof(x.layerId), typeof(x.layerId))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple classify_drop1():
    cdef (char, FWPM_NET_EVENT_CLASSIFY_DROP1) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "layerId", &x.layerId, sizeof(x.layerId), typeof(x.layerId))
    row(rows, x, "reauthReason", &x.reauthReason, sizeof(x.reauthReason), typeof(x.reauthReason))
    row(rows, x, "originalProfile", &x.originalProfile,
        sizeof(x.originalProfile), typeof(x.originalProfile))
    row(rows, x, "currentProfile", &x.currentProfile,
        sizeof(x.currentProfile), typeof(x.currentProfile))
    row(rows, x, "msFwpDirection", &x.msFwpDirection,
        sizeof(x.msFwpDirection), typeof(x.msFwpDirection))
    row(rows, x, "isLoopback", &x.isLoopback, sizeof(x.isLoopback), typeof(x.isLoopback))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple classify_drop2():
    cdef (char, FWPM_NET_EVENT_CLASSIFY_DROP2) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "layerId", &x.layerId, sizeof(x.layerId), typeof(x.layerId))
    row(rows, x, "reauthReason", &x.reauthReason, sizeof(x.reauthReason), typeof(x.reauthReason))
    row(rows, x, "originalProfile", &x.originalProfile,
        sizeof(x.originalProfile), typeof(x.originalProfile))
    row(rows, x, "currentProfile", &x.currentProfile,
        sizeof(x.currentProfile), typeof(x.currentProfile))
    row(rows, x, "msFwpDirection", &x.msFwpDirection,
        sizeof(x.msFwpDirection), typeof(x.msFwpDirection))
    row(rows, x, "isLoopback", &x.isLoopback, sizeof(x.isLoopback), typeof(x.isLoopback))
    row(rows, x, "vSwitchId", &x.vSwitchId, sizeof(x.vSwitchId), typeof(x.vSwitchId))
    row(rows, x, "vSwitchSourcePort", &x.vSwitchSourcePort,
        sizeof(x.vSwitchSourcePort), typeof(x.vSwitchSourcePort))
    row(rows, x, "vSwitchDestinationPort", &x.vSwitchDestinationPort,
        sizeof(x.vSwitchDestinationPort), typeof(x.vSwitchDestinationPort))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple ipsec_kernel_drop0():
    cdef (char, FWPM_NET_EVENT_IPSEC_KERNEL_DROP0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "failureStatus", &x.failureStatus,
        sizeof(x.failureStatus), typeof(x.failureStatus))
    row(rows, x, "direction", &x.direction, sizeof(x.direction), typeof(x.direction))
    row(rows, x, "spi", &x.spi, sizeof(x.spi), typeof(x.spi))
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "layerId", &x.layerId, sizeof(x.layerId), typeof(x.layerId))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple ipsec_dosp_drop0():
    cdef (char, FWPM_NET_EVENT_IPSEC_DOSP_DROP0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "ipVersion", &x.ipVersion, sizeof(x.ipVersion), typeof(x.ipVersion))
    row(rows, x, "publicHostV4Addr", &x.publicHost.publicHostV4Addr,
        sizeof(x.publicHost.publicHostV4Addr), typeof(x.publicHost.publicHostV4Addr))
    row(rows, x, "publicHostV6Addr", &x.publicHost.publicHostV6Addr,
        sizeof(x.publicHost.publicHostV6Addr), typeof(x.publicHost.publicHostV6Addr))
    row(rows, x, "internalHostV4Addr", &x.internalHost.internalHostV4Addr,
        sizeof(x.internalHost.internalHostV4Addr), typeof(x.internalHost.internalHostV4Addr))
    row(rows, x, "internalHostV6Addr", &x.internalHost.internalHostV6Addr,
        sizeof(x.internalHost.internalHostV6Addr), typeof(x.internalHost.internalHostV6Addr))
    row(rows, x, "failureStatus", &x.failureStatus,
        sizeof(x.failureStatus), typeof(x.failureStatus))
    row(rows, x, "direction", &x.direction, sizeof(x.direction), typeof(x.direction))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple classify_allow0():
    cdef (char, FWPM_NET_EVENT_CLASSIFY_ALLOW0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "layerId", &x.layerId, sizeof(x.layerId), typeof(x.layerId))
    row(rows, x, "reauthReason", &x.reauthReason, sizeof(x.reauthReason), typeof(x.reauthReason))
    row(rows, x, "originalProfile", &x.originalProfile,
        sizeof(x.originalProfile), typeof(x.originalProfile))
    row(rows, x, "currentProfile", &x.currentProfile,
        sizeof(x.currentProfile), typeof(x.currentProfile))
    row(rows, x, "msFwpDirection", &x.msFwpDirection,
        sizeof(x.msFwpDirection), typeof(x.msFwpDirection))
    row(rows, x, "isLoopback", &x.isLoopback, sizeof(x.isLoopback), typeof(x.isLoopback))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple capability_drop0():
    cdef (char, FWPM_NET_EVENT_CAPABILITY_DROP0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "networkCapabilityId", &x.networkCapabilityId,
        sizeof(x.networkCapabilityId), typeof(x.networkCapabilityId))
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "isLoopback", &x.isLoopback, sizeof(x.isLoopback), typeof(x.isLoopback))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple capability_allow0():
    cdef (char, FWPM_NET_EVENT_CAPABILITY_ALLOW0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "networkCapabilityId", &x.networkCapabilityId,
        sizeof(x.networkCapabilityId), typeof(x.networkCapabilityId))
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "isLoopback", &x.isLoopback, sizeof(x.isLoopback), typeof(x.isLoopback))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple classify_drop_mac0():
    cdef (char, FWPM_NET_EVENT_CLASSIFY_DROP_MAC0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "localMacAddr", &x.localMacAddr, sizeof(x.localMacAddr), typeof(x.localMacAddr))
    row(rows, x, "remoteMacAddr", &x.remoteMacAddr,
        sizeof(x.remoteMacAddr), typeof(x.remoteMacAddr))
    row(rows, x, "mediaType", &x.mediaType, sizeof(x.mediaType), typeof(x.mediaType))
    row(rows, x, "ifType", &x.ifType, sizeof(x.ifType), typeof(x.ifType))
    row(rows, x, "etherType", &x.etherType, sizeof(x.etherType), typeof(x.etherType))
    row(rows, x, "ndisPortNumber", &x.ndisPortNumber,
        sizeof(x.ndisPortNumber), typeof(x.ndisPortNumber))
    row(rows, x, "reserved", &x.reserved, sizeof(x.reserved), typeof(x.reserved))
    row(rows, x, "vlanTag", &x.vlanTag, sizeof(x.vlanTag), typeof(x.vlanTag))
    row(rows, x, "ifLuid", &x.ifLuid, sizeof(x.ifLuid), typeof(x.ifLuid))
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "layerId", &x.layerId, sizeof(x.layerId), typeof(x.layerId))
    row(rows, x, "reauthReason", &x.reauthReason, sizeof(x.reauthReason), typeof(x.reauthReason))
    row(rows, x, "originalProfile", &x.originalProfile,
        sizeof(x.originalProfile), typeof(x.originalProfile))
    row(rows, x, "currentProfile", &x.currentProfile,
        sizeof(x.currentProfile), typeof(x.currentProfile))
    row(rows, x, "msFwpDirection", &x.msFwpDirection,
        sizeof(x.msFwpDirection), typeof(x.msFwpDirection))
    row(rows, x, "isLoopback", &x.isLoopback, sizeof(x.isLoopback), typeof(x.isLoopback))
    row(rows, x, "vSwitchId", &x.vSwitchId, sizeof(x.vSwitchId), typeof(x.vSwitchId))
    row(rows, x, "vSwitchSourcePort", &x.vSwitchSourcePort,
        sizeof(x.vSwitchSourcePort), typeof(x.vSwitchSourcePort))
    row(rows, x, "vSwitchDestinationPort", &x.vSwitchDestinationPort,
        sizeof(x.vSwitchDestinationPort), typeof(x.vSwitchDestinationPort))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple lpm_packet_arrival0():
    cdef (char, FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "spi", &x.spi, sizeof(x.spi), typeof(x.spi))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows
