/* Ends the compilation if a struct of abi/ is not laid out as the SDK has it; runs no code.
   Written by tools/layouts.py, with the numbers of layouts_*.py. WF_ASSERT_LAYOUTS() stands in a
   function, behind the declarations of the structs. */
#ifndef WFPFAST_LAYOUTS_H
#define WFPFAST_LAYOUTS_H

#include <stddef.h>
#include <stdint.h>

/* Of four numbers two are for 64-bit pointers and two for 32-bit. */
#if UINTPTR_MAX > 0xFFFFFFFF
#define FOR_POINTERS(wide, narrow) wide
#else
#define FOR_POINTERS(wide, narrow) narrow
#endif
#define IS(T, size, align, size_32, align_32) \
    _Static_assert(sizeof(struct T) == FOR_POINTERS(size, size_32), "size of " #T); \
    _Static_assert(_Alignof(struct T) == FOR_POINTERS(align, align_32), "alignment of " #T);
#define HAS(T, way, offset, size, offset_32, size_32) \
    _Static_assert(offsetof(struct T, way) == FOR_POINTERS(offset, offset_32), \
                   "offset of " #T "." #way); \
    _Static_assert(sizeof(((struct T *)0)->way) == FOR_POINTERS(size, size_32), \
                   "size of " #T "." #way);
#define OF(name) OF_##name(name)

#define OF_FWPM_NET_EVENT0(T) IS(T, 104, 8, 80, 4) HAS(T, header, 0, 88, 0, 72) \
    HAS(T, type, 88, 4, 72, 4) HAS(T, payload.ikeMmFailure, 96, 8, 76, 4) \
    HAS(T, payload.ikeQmFailure, 96, 8, 76, 4) HAS(T, payload.ikeEmFailure, 96, 8, 76, 4) \
    HAS(T, payload.classifyDrop, 96, 8, 76, 4) HAS(T, payload.ipsecDrop, 96, 8, 76, 4) \
    HAS(T, payload.idpDrop, 96, 8, 76, 4)
#define OF_FWPM_NET_EVENT1(T) IS(T, 160, 8, 136, 8) HAS(T, header, 0, 144, 0, 128) \
    HAS(T, type, 144, 4, 128, 4) HAS(T, payload.ikeMmFailure, 152, 8, 132, 4) \
    HAS(T, payload.ikeQmFailure, 152, 8, 132, 4) HAS(T, payload.ikeEmFailure, 152, 8, 132, 4) \
    HAS(T, payload.classifyDrop, 152, 8, 132, 4) HAS(T, payload.ipsecDrop, 152, 8, 132, 4) \
    HAS(T, payload.idpDrop, 152, 8, 132, 4)
#define OF_FWPM_NET_EVENT2(T) IS(T, 120, 8, 88, 4) HAS(T, header, 0, 104, 0, 80) \
    HAS(T, type, 104, 4, 80, 4) HAS(T, payload.ikeMmFailure, 112, 8, 84, 4) \
    HAS(T, payload.ikeQmFailure, 112, 8, 84, 4) HAS(T, payload.ikeEmFailure, 112, 8, 84, 4) \
    HAS(T, payload.classifyDrop, 112, 8, 84, 4) HAS(T, payload.ipsecDrop, 112, 8, 84, 4) \
    HAS(T, payload.idpDrop, 112, 8, 84, 4) HAS(T, payload.classifyAllow, 112, 8, 84, 4) \
    HAS(T, payload.capabilityDrop, 112, 8, 84, 4) HAS(T, payload.capabilityAllow, 112, 8, 84, 4) \
    HAS(T, payload.classifyDropMac, 112, 8, 84, 4)
#define OF_FWPM_NET_EVENT3(T) IS(T, 152, 8, 112, 8) HAS(T, header, 0, 136, 0, 104) \
    HAS(T, type, 136, 4, 104, 4) HAS(T, payload.ikeMmFailure, 144, 8, 108, 4) \
    HAS(T, payload.ikeQmFailure, 144, 8, 108, 4) HAS(T, payload.ikeEmFailure, 144, 8, 108, 4) \
    HAS(T, payload.classifyDrop, 144, 8, 108, 4) HAS(T, payload.ipsecDrop, 144, 8, 108, 4) \
    HAS(T, payload.idpDrop, 144, 8, 108, 4) HAS(T, payload.classifyAllow, 144, 8, 108, 4) \
    HAS(T, payload.capabilityDrop, 144, 8, 108, 4) HAS(T, payload.capabilityAllow, 144, 8, 108, 4) \
    HAS(T, payload.classifyDropMac, 144, 8, 108, 4)
#define OF_FWPM_NET_EVENT4(T) IS(T, 152, 8, 112, 8) HAS(T, header, 0, 136, 0, 104) \
    HAS(T, type, 136, 4, 104, 4) HAS(T, payload.ikeMmFailure, 144, 8, 108, 4) \
    HAS(T, payload.ikeQmFailure, 144, 8, 108, 4) HAS(T, payload.ikeEmFailure, 144, 8, 108, 4) \
    HAS(T, payload.classifyDrop, 144, 8, 108, 4) HAS(T, payload.ipsecDrop, 144, 8, 108, 4) \
    HAS(T, payload.idpDrop, 144, 8, 108, 4) HAS(T, payload.classifyAllow, 144, 8, 108, 4) \
    HAS(T, payload.capabilityDrop, 144, 8, 108, 4) HAS(T, payload.capabilityAllow, 144, 8, 108, 4) \
    HAS(T, payload.classifyDropMac, 144, 8, 108, 4)
#define OF_FWPM_NET_EVENT5(T) IS(T, 152, 8, 112, 8) HAS(T, header, 0, 136, 0, 104) \
    HAS(T, type, 136, 4, 104, 4) HAS(T, payload.ikeMmFailure, 144, 8, 108, 4) \
    HAS(T, payload.ikeQmFailure, 144, 8, 108, 4) HAS(T, payload.ikeEmFailure, 144, 8, 108, 4) \
    HAS(T, payload.classifyDrop, 144, 8, 108, 4) HAS(T, payload.ipsecDrop, 144, 8, 108, 4) \
    HAS(T, payload.idpDrop, 144, 8, 108, 4) HAS(T, payload.classifyAllow, 144, 8, 108, 4) \
    HAS(T, payload.capabilityDrop, 144, 8, 108, 4) HAS(T, payload.capabilityAllow, 144, 8, 108, 4) \
    HAS(T, payload.classifyDropMac, 144, 8, 108, 4) \
    HAS(T, payload.lpmPacketArrival, 144, 8, 108, 4)
#define OF_FWPM_NET_EVENT_HEADER0(T) IS(T, 88, 8, 72, 4) HAS(T, timeStamp, 0, 8, 0, 8) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, ipVersion, 12, 4, 12, 4) HAS(T, ipProtocol, 16, 1, 16, 1) \
    HAS(T, localAddr.localAddrV4, 20, 4, 20, 4) HAS(T, localAddr.localAddrV6, 20, 16, 20, 16) \
    HAS(T, remoteAddr.remoteAddrV4, 36, 4, 36, 4) HAS(T, remoteAddr.remoteAddrV6, 36, 16, 36, 16) \
    HAS(T, localPort, 52, 2, 52, 2) HAS(T, remotePort, 54, 2, 54, 2) HAS(T, scopeId, 56, 4, 56, 4) \
    HAS(T, appId, 64, 16, 60, 8) HAS(T, userId, 80, 8, 68, 4)
#define OF_FWPM_NET_EVENT_HEADER1(T) IS(T, 144, 8, 128, 8) HAS(T, timeStamp, 0, 8, 0, 8) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, ipVersion, 12, 4, 12, 4) HAS(T, ipProtocol, 16, 1, 16, 1) \
    HAS(T, localAddr.localAddrV4, 20, 4, 20, 4) HAS(T, localAddr.localAddrV6, 20, 16, 20, 16) \
    HAS(T, remoteAddr.remoteAddrV4, 36, 4, 36, 4) HAS(T, remoteAddr.remoteAddrV6, 36, 16, 36, 16) \
    HAS(T, localPort, 52, 2, 52, 2) HAS(T, remotePort, 54, 2, 54, 2) HAS(T, scopeId, 56, 4, 56, 4) \
    HAS(T, appId, 64, 16, 60, 8) HAS(T, userId, 80, 8, 68, 4) \
    HAS(T, reserved.reserved1, 88, 4, 72, 4) HAS(T, reserved.ethernet.reserved2, 96, 6, 80, 6) \
    HAS(T, reserved.ethernet.reserved3, 102, 6, 86, 6) \
    HAS(T, reserved.ethernet.reserved4, 108, 4, 92, 4) \
    HAS(T, reserved.ethernet.reserved5, 112, 4, 96, 4) \
    HAS(T, reserved.ethernet.reserved6, 116, 2, 100, 2) \
    HAS(T, reserved.ethernet.reserved7, 120, 4, 104, 4) \
    HAS(T, reserved.ethernet.reserved8, 124, 4, 108, 4) \
    HAS(T, reserved.ethernet.reserved9, 128, 2, 112, 2) \
    HAS(T, reserved.ethernet.reserved10, 136, 8, 120, 8)
#define OF_FWPM_NET_EVENT_HEADER2(T) IS(T, 104, 8, 80, 4) HAS(T, timeStamp, 0, 8, 0, 8) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, ipVersion, 12, 4, 12, 4) HAS(T, ipProtocol, 16, 1, 16, 1) \
    HAS(T, localAddr.localAddrV4, 20, 4, 20, 4) HAS(T, localAddr.localAddrV6, 20, 16, 20, 16) \
    HAS(T, remoteAddr.remoteAddrV4, 36, 4, 36, 4) HAS(T, remoteAddr.remoteAddrV6, 36, 16, 36, 16) \
    HAS(T, localPort, 52, 2, 52, 2) HAS(T, remotePort, 54, 2, 54, 2) HAS(T, scopeId, 56, 4, 56, 4) \
    HAS(T, appId, 64, 16, 60, 8) HAS(T, userId, 80, 8, 68, 4) HAS(T, addressFamily, 88, 4, 72, 4) \
    HAS(T, packageSid, 96, 8, 76, 4)
#define OF_FWPM_NET_EVENT_HEADER3(T) IS(T, 136, 8, 104, 8) HAS(T, timeStamp, 0, 8, 0, 8) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, ipVersion, 12, 4, 12, 4) HAS(T, ipProtocol, 16, 1, 16, 1) \
    HAS(T, localAddr.localAddrV4, 20, 4, 20, 4) HAS(T, localAddr.localAddrV6, 20, 16, 20, 16) \
    HAS(T, remoteAddr.remoteAddrV4, 36, 4, 36, 4) HAS(T, remoteAddr.remoteAddrV6, 36, 16, 36, 16) \
    HAS(T, localPort, 52, 2, 52, 2) HAS(T, remotePort, 54, 2, 54, 2) HAS(T, scopeId, 56, 4, 56, 4) \
    HAS(T, appId, 64, 16, 60, 8) HAS(T, userId, 80, 8, 68, 4) HAS(T, addressFamily, 88, 4, 72, 4) \
    HAS(T, packageSid, 96, 8, 76, 4) HAS(T, enterpriseId, 104, 8, 80, 4) \
    HAS(T, policyFlags, 112, 8, 88, 8) HAS(T, effectiveName, 120, 16, 96, 8)
#define OF_FWPM_NET_EVENT_IKEEXT_MM_FAILURE0(T) IS(T, 64, 8, 64, 8) \
    HAS(T, failureErrorCode, 0, 4, 0, 4) HAS(T, failurePoint, 4, 4, 4, 4) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, keyingModuleType, 12, 4, 12, 4) HAS(T, mmState, 16, 4, 16, 4) \
    HAS(T, saRole, 20, 4, 20, 4) HAS(T, mmAuthMethod, 24, 4, 24, 4) \
    HAS(T, endCertHash, 28, 20, 28, 20) HAS(T, mmId, 48, 8, 48, 8) \
    HAS(T, mmFilterId, 56, 8, 56, 8)
#define OF_FWPM_NET_EVENT_IKEEXT_MM_FAILURE1(T) IS(T, 112, 8, 88, 8) \
    HAS(T, failureErrorCode, 0, 4, 0, 4) HAS(T, failurePoint, 4, 4, 4, 4) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, keyingModuleType, 12, 4, 12, 4) HAS(T, mmState, 16, 4, 16, 4) \
    HAS(T, saRole, 20, 4, 20, 4) HAS(T, mmAuthMethod, 24, 4, 24, 4) \
    HAS(T, endCertHash, 28, 20, 28, 20) HAS(T, mmId, 48, 8, 48, 8) \
    HAS(T, mmFilterId, 56, 8, 56, 8) HAS(T, localPrincipalNameForAuth, 64, 8, 64, 4) \
    HAS(T, remotePrincipalNameForAuth, 72, 8, 68, 4) \
    HAS(T, numLocalPrincipalGroupSids, 80, 4, 72, 4) HAS(T, localPrincipalGroupSids, 88, 8, 76, 4) \
    HAS(T, numRemotePrincipalGroupSids, 96, 4, 80, 4) \
    HAS(T, remotePrincipalGroupSids, 104, 8, 84, 4)
#define OF_FWPM_NET_EVENT_IKEEXT_MM_FAILURE2(T) IS(T, 120, 8, 96, 8) \
    HAS(T, failureErrorCode, 0, 4, 0, 4) HAS(T, failurePoint, 4, 4, 4, 4) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, keyingModuleType, 12, 4, 12, 4) HAS(T, mmState, 16, 4, 16, 4) \
    HAS(T, saRole, 20, 4, 20, 4) HAS(T, mmAuthMethod, 24, 4, 24, 4) \
    HAS(T, endCertHash, 28, 20, 28, 20) HAS(T, mmId, 48, 8, 48, 8) \
    HAS(T, mmFilterId, 56, 8, 56, 8) HAS(T, localPrincipalNameForAuth, 64, 8, 64, 4) \
    HAS(T, remotePrincipalNameForAuth, 72, 8, 68, 4) \
    HAS(T, numLocalPrincipalGroupSids, 80, 4, 72, 4) HAS(T, localPrincipalGroupSids, 88, 8, 76, 4) \
    HAS(T, numRemotePrincipalGroupSids, 96, 4, 80, 4) \
    HAS(T, remotePrincipalGroupSids, 104, 8, 84, 4) HAS(T, providerContextKey, 112, 8, 88, 4)
#define OF_FWPM_NET_EVENT_IKEEXT_QM_FAILURE0(T) IS(T, 64, 8, 48, 8) \
    HAS(T, failureErrorCode, 0, 4, 0, 4) HAS(T, failurePoint, 4, 4, 4, 4) \
    HAS(T, keyingModuleType, 8, 4, 8, 4) HAS(T, qmState, 12, 4, 12, 4) \
    HAS(T, saRole, 16, 4, 16, 4) HAS(T, saTrafficType, 20, 4, 20, 4) \
    HAS(T, localSubNet, 24, 16, 24, 8) HAS(T, remoteSubNet, 40, 16, 32, 8) \
    HAS(T, qmFilterId, 56, 8, 40, 8)
#define OF_FWPM_NET_EVENT_IKEEXT_QM_FAILURE1(T) IS(T, 88, 8, 72, 8) \
    HAS(T, failureErrorCode, 0, 4, 0, 4) HAS(T, failurePoint, 4, 4, 4, 4) \
    HAS(T, keyingModuleType, 8, 4, 8, 4) HAS(T, qmState, 12, 4, 12, 4) \
    HAS(T, saRole, 16, 4, 16, 4) HAS(T, saTrafficType, 20, 4, 20, 4) \
    HAS(T, localSubNet, 24, 16, 24, 8) HAS(T, remoteSubNet, 40, 16, 32, 8) \
    HAS(T, qmFilterId, 56, 8, 40, 8) HAS(T, mmSaLuid, 64, 8, 48, 8) \
    HAS(T, mmProviderContextKey, 72, 16, 56, 16)
#define OF_FWPM_NET_EVENT_IKEEXT_EM_FAILURE0(T) IS(T, 64, 8, 64, 8) \
    HAS(T, failureErrorCode, 0, 4, 0, 4) HAS(T, failurePoint, 4, 4, 4, 4) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, emState, 12, 4, 12, 4) HAS(T, saRole, 16, 4, 16, 4) \
    HAS(T, emAuthMethod, 20, 4, 20, 4) HAS(T, endCertHash, 24, 20, 24, 20) \
    HAS(T, mmId, 48, 8, 48, 8) HAS(T, qmFilterId, 56, 8, 56, 8)
#define OF_FWPM_NET_EVENT_IKEEXT_EM_FAILURE1(T) IS(T, 120, 8, 96, 8) \
    HAS(T, failureErrorCode, 0, 4, 0, 4) HAS(T, failurePoint, 4, 4, 4, 4) \
    HAS(T, flags, 8, 4, 8, 4) HAS(T, emState, 12, 4, 12, 4) HAS(T, saRole, 16, 4, 16, 4) \
    HAS(T, emAuthMethod, 20, 4, 20, 4) HAS(T, endCertHash, 24, 20, 24, 20) \
    HAS(T, mmId, 48, 8, 48, 8) HAS(T, qmFilterId, 56, 8, 56, 8) \
    HAS(T, localPrincipalNameForAuth, 64, 8, 64, 4) \
    HAS(T, remotePrincipalNameForAuth, 72, 8, 68, 4) \
    HAS(T, numLocalPrincipalGroupSids, 80, 4, 72, 4) HAS(T, localPrincipalGroupSids, 88, 8, 76, 4) \
    HAS(T, numRemotePrincipalGroupSids, 96, 4, 80, 4) \
    HAS(T, remotePrincipalGroupSids, 104, 8, 84, 4) HAS(T, saTrafficType, 112, 4, 88, 4)
#define OF_FWPM_NET_EVENT_CLASSIFY_DROP0(T) IS(T, 16, 8, 16, 8) HAS(T, filterId, 0, 8, 0, 8) \
    HAS(T, layerId, 8, 2, 8, 2)
#define OF_FWPM_NET_EVENT_CLASSIFY_DROP1(T) IS(T, 32, 8, 32, 8) HAS(T, filterId, 0, 8, 0, 8) \
    HAS(T, layerId, 8, 2, 8, 2) HAS(T, reauthReason, 12, 4, 12, 4) \
    HAS(T, originalProfile, 16, 4, 16, 4) HAS(T, currentProfile, 20, 4, 20, 4) \
    HAS(T, msFwpDirection, 24, 4, 24, 4) HAS(T, isLoopback, 28, 4, 28, 4)
#define OF_FWPM_NET_EVENT_CLASSIFY_DROP2(T) IS(T, 56, 8, 48, 8) HAS(T, filterId, 0, 8, 0, 8) \
    HAS(T, layerId, 8, 2, 8, 2) HAS(T, reauthReason, 12, 4, 12, 4) \
    HAS(T, originalProfile, 16, 4, 16, 4) HAS(T, currentProfile, 20, 4, 20, 4) \
    HAS(T, msFwpDirection, 24, 4, 24, 4) HAS(T, isLoopback, 28, 4, 28, 4) \
    HAS(T, vSwitchId, 32, 16, 32, 8) HAS(T, vSwitchSourcePort, 48, 4, 40, 4) \
    HAS(T, vSwitchDestinationPort, 52, 4, 44, 4)
#define OF_FWPM_NET_EVENT_IPSEC_KERNEL_DROP0(T) IS(T, 32, 8, 32, 8) \
    HAS(T, failureStatus, 0, 4, 0, 4) HAS(T, direction, 4, 4, 4, 4) HAS(T, spi, 8, 4, 8, 4) \
    HAS(T, filterId, 16, 8, 16, 8) HAS(T, layerId, 24, 2, 24, 2)
#define OF_FWPM_NET_EVENT_IPSEC_DOSP_DROP0(T) IS(T, 44, 4, 44, 4) HAS(T, ipVersion, 0, 4, 0, 4) \
    HAS(T, publicHost.publicHostV4Addr, 4, 4, 4, 4) \
    HAS(T, publicHost.publicHostV6Addr, 4, 16, 4, 16) \
    HAS(T, internalHost.internalHostV4Addr, 20, 4, 20, 4) \
    HAS(T, internalHost.internalHostV6Addr, 20, 16, 20, 16) HAS(T, failureStatus, 36, 4, 36, 4) \
    HAS(T, direction, 40, 4, 40, 4)
#define OF_FWPM_NET_EVENT_CLASSIFY_ALLOW0(T) IS(T, 32, 8, 32, 8) HAS(T, filterId, 0, 8, 0, 8) \
    HAS(T, layerId, 8, 2, 8, 2) HAS(T, reauthReason, 12, 4, 12, 4) \
    HAS(T, originalProfile, 16, 4, 16, 4) HAS(T, currentProfile, 20, 4, 20, 4) \
    HAS(T, msFwpDirection, 24, 4, 24, 4) HAS(T, isLoopback, 28, 4, 28, 4)
#define OF_FWPM_NET_EVENT_CAPABILITY_DROP0(T) IS(T, 24, 8, 24, 8) \
    HAS(T, networkCapabilityId, 0, 4, 0, 4) HAS(T, filterId, 8, 8, 8, 8) \
    HAS(T, isLoopback, 16, 4, 16, 4)
#define OF_FWPM_NET_EVENT_CAPABILITY_ALLOW0(T) IS(T, 24, 8, 24, 8) \
    HAS(T, networkCapabilityId, 0, 4, 0, 4) HAS(T, filterId, 8, 8, 8, 8) \
    HAS(T, isLoopback, 16, 4, 16, 4)
#define OF_FWPM_NET_EVENT_CLASSIFY_DROP_MAC0(T) IS(T, 104, 8, 96, 8) \
    HAS(T, localMacAddr, 0, 6, 0, 6) HAS(T, remoteMacAddr, 6, 6, 6, 6) \
    HAS(T, mediaType, 12, 4, 12, 4) HAS(T, ifType, 16, 4, 16, 4) HAS(T, etherType, 20, 2, 20, 2) \
    HAS(T, ndisPortNumber, 24, 4, 24, 4) HAS(T, reserved, 28, 4, 28, 4) \
    HAS(T, vlanTag, 32, 2, 32, 2) HAS(T, ifLuid, 40, 8, 40, 8) HAS(T, filterId, 48, 8, 48, 8) \
    HAS(T, layerId, 56, 2, 56, 2) HAS(T, reauthReason, 60, 4, 60, 4) \
    HAS(T, originalProfile, 64, 4, 64, 4) HAS(T, currentProfile, 68, 4, 68, 4) \
    HAS(T, msFwpDirection, 72, 4, 72, 4) HAS(T, isLoopback, 76, 4, 76, 4) \
    HAS(T, vSwitchId, 80, 16, 80, 8) HAS(T, vSwitchSourcePort, 96, 4, 88, 4) \
    HAS(T, vSwitchDestinationPort, 100, 4, 92, 4)
#define OF_FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0(T) IS(T, 4, 4, 4, 4) HAS(T, spi, 0, 4, 0, 4)
#define OF_FWP_BYTE_BLOB(T) IS(T, 16, 8, 8, 4) HAS(T, size, 0, 4, 0, 4) HAS(T, data, 8, 8, 4, 4)
#define OF_FWP_BYTE_ARRAY6(T) IS(T, 6, 1, 6, 1) HAS(T, byteArray6, 0, 6, 0, 6)
#define OF_FWP_BYTE_ARRAY16(T) IS(T, 16, 1, 16, 1) HAS(T, byteArray16, 0, 16, 0, 16)
#define OF_FWP_VALUE0(T) IS(T, 16, 8, 8, 4) HAS(T, type, 0, 4, 0, 4) \
    HAS(T, value.uint8, 8, 1, 4, 1) HAS(T, value.uint16, 8, 2, 4, 2) \
    HAS(T, value.uint32, 8, 4, 4, 4) HAS(T, value.uint64, 8, 8, 4, 4) \
    HAS(T, value.int8, 8, 1, 4, 1) HAS(T, value.int16, 8, 2, 4, 2) HAS(T, value.int32, 8, 4, 4, 4) \
    HAS(T, value.int64, 8, 8, 4, 4) HAS(T, value.float32, 8, 4, 4, 4) \
    HAS(T, value.double64, 8, 8, 4, 4) HAS(T, value.byteArray16, 8, 8, 4, 4) \
    HAS(T, value.byteBlob, 8, 8, 4, 4) HAS(T, value.sid, 8, 8, 4, 4) HAS(T, value.sd, 8, 8, 4, 4) \
    HAS(T, value.tokenInformation, 8, 8, 4, 4) HAS(T, value.tokenAccessInformation, 8, 8, 4, 4) \
    HAS(T, value.unicodeString, 8, 8, 4, 4) HAS(T, value.byteArray6, 8, 8, 4, 4)
#define OF_FWP_CONDITION_VALUE0(T) IS(T, 16, 8, 8, 4) HAS(T, type, 0, 4, 0, 4) \
    HAS(T, value.uint8, 8, 1, 4, 1) HAS(T, value.uint16, 8, 2, 4, 2) \
    HAS(T, value.uint32, 8, 4, 4, 4) HAS(T, value.uint64, 8, 8, 4, 4) \
    HAS(T, value.int8, 8, 1, 4, 1) HAS(T, value.int16, 8, 2, 4, 2) HAS(T, value.int32, 8, 4, 4, 4) \
    HAS(T, value.int64, 8, 8, 4, 4) HAS(T, value.float32, 8, 4, 4, 4) \
    HAS(T, value.double64, 8, 8, 4, 4) HAS(T, value.byteArray16, 8, 8, 4, 4) \
    HAS(T, value.byteBlob, 8, 8, 4, 4) HAS(T, value.sid, 8, 8, 4, 4) HAS(T, value.sd, 8, 8, 4, 4) \
    HAS(T, value.tokenInformation, 8, 8, 4, 4) HAS(T, value.tokenAccessInformation, 8, 8, 4, 4) \
    HAS(T, value.unicodeString, 8, 8, 4, 4) HAS(T, value.byteArray6, 8, 8, 4, 4) \
    HAS(T, value.v4AddrMask, 8, 8, 4, 4) HAS(T, value.v6AddrMask, 8, 8, 4, 4) \
    HAS(T, value.rangeValue, 8, 8, 4, 4)
#define OF_FWP_RANGE0(T) IS(T, 32, 8, 16, 4) HAS(T, valueLow, 0, 16, 0, 8) \
    HAS(T, valueHigh, 16, 16, 8, 8)
#define OF_FWP_V4_ADDR_AND_MASK(T) IS(T, 8, 4, 8, 4) HAS(T, addr, 0, 4, 0, 4) \
    HAS(T, mask, 4, 4, 4, 4)
#define OF_FWP_V6_ADDR_AND_MASK(T) IS(T, 17, 1, 17, 1) HAS(T, addr, 0, 16, 0, 16) \
    HAS(T, prefixLength, 16, 1, 16, 1)
#define OF_FWP_TOKEN_INFORMATION(T) IS(T, 32, 8, 16, 4) HAS(T, sidCount, 0, 4, 0, 4) \
    HAS(T, sids, 8, 8, 4, 4) HAS(T, restrictedSidCount, 16, 4, 8, 4) \
    HAS(T, restrictedSids, 24, 8, 12, 4)
#define OF_SID_AND_ATTRIBUTES(T) IS(T, 16, 8, 8, 4) HAS(T, Sid, 0, 8, 0, 4) \
    HAS(T, Attributes, 8, 4, 4, 4)
#define OF_SID(T) IS(T, 12, 4, 12, 4) HAS(T, Revision, 0, 1, 0, 1) \
    HAS(T, SubAuthorityCount, 1, 1, 1, 1) HAS(T, IdentifierAuthority, 2, 6, 2, 6) \
    HAS(T, SubAuthority, 8, 4, 8, 4)
#define OF_SID_IDENTIFIER_AUTHORITY(T) IS(T, 6, 1, 6, 1) HAS(T, Value, 0, 6, 0, 6)
#define OF_GUID(T) IS(T, 16, 4, 16, 4) HAS(T, Data1, 0, 4, 0, 4) HAS(T, Data2, 4, 2, 4, 2) \
    HAS(T, Data3, 6, 2, 6, 2) HAS(T, Data4, 8, 8, 8, 8)
#define OF_FILETIME(T) IS(T, 8, 4, 8, 4) HAS(T, dwLowDateTime, 0, 4, 0, 4) \
    HAS(T, dwHighDateTime, 4, 4, 4, 4)
#define OF_FWPM_DISPLAY_DATA0(T) IS(T, 16, 8, 8, 4) HAS(T, name, 0, 8, 0, 4) \
    HAS(T, description, 8, 8, 4, 4)
#define OF_FWPM_SESSION0(T) IS(T, 72, 8, 48, 4) HAS(T, sessionKey, 0, 16, 0, 16) \
    HAS(T, displayData, 16, 16, 16, 8) HAS(T, flags, 32, 4, 24, 4) \
    HAS(T, txnWaitTimeoutInMSec, 36, 4, 28, 4) HAS(T, processId, 40, 4, 32, 4) \
    HAS(T, sid, 48, 8, 36, 4) HAS(T, username, 56, 8, 40, 4) HAS(T, kernelMode, 64, 4, 44, 4)
#define OF_FWPM_FILTER_CONDITION0(T) IS(T, 40, 8, 28, 4) HAS(T, fieldKey, 0, 16, 0, 16) \
    HAS(T, matchType, 16, 4, 16, 4) HAS(T, conditionValue, 24, 16, 20, 8)
#define OF_FWPM_NET_EVENT_ENUM_TEMPLATE0(T) IS(T, 32, 8, 24, 4) HAS(T, startTime, 0, 8, 0, 8) \
    HAS(T, endTime, 8, 8, 8, 8) HAS(T, numFilterConditions, 16, 4, 16, 4) \
    HAS(T, filterCondition, 24, 8, 20, 4)
#define OF_FWPM_NET_EVENT_SUBSCRIPTION0(T) IS(T, 32, 8, 24, 4) HAS(T, enumTemplate, 0, 8, 0, 4) \
    HAS(T, flags, 8, 4, 4, 4) HAS(T, sessionKey, 12, 16, 8, 16)
#define OF_FWPM_FIELD0(T) IS(T, 16, 8, 12, 4) HAS(T, fieldKey, 0, 8, 0, 4) \
    HAS(T, type, 8, 4, 4, 4) HAS(T, dataType, 12, 4, 8, 4)
#define OF_FWPM_LAYER0(T) IS(T, 72, 8, 56, 4) HAS(T, layerKey, 0, 16, 0, 16) \
    HAS(T, displayData, 16, 16, 16, 8) HAS(T, flags, 32, 4, 24, 4) HAS(T, numFields, 36, 4, 28, 4) \
    HAS(T, field, 40, 8, 32, 4) HAS(T, defaultSubLayerKey, 48, 16, 36, 16) \
    HAS(T, layerId, 64, 2, 52, 2)
#define OF_FWPM_ACTION0(T) IS(T, 20, 4, 20, 4) HAS(T, type, 0, 4, 0, 4) \
    HAS(T, context.filterType, 4, 16, 4, 16) HAS(T, context.calloutKey, 4, 16, 4, 16)
#define OF_FWPM_FILTER0(T) IS(T, 200, 8, 152, 8) HAS(T, filterKey, 0, 16, 0, 16) \
    HAS(T, displayData, 16, 16, 16, 8) HAS(T, flags, 32, 4, 24, 4) \
    HAS(T, providerKey, 40, 8, 28, 4) HAS(T, providerData, 48, 16, 32, 8) \
    HAS(T, layerKey, 64, 16, 40, 16) HAS(T, subLayerKey, 80, 16, 56, 16) \
    HAS(T, weight, 96, 16, 72, 8) HAS(T, numFilterConditions, 112, 4, 80, 4) \
    HAS(T, filterCondition, 120, 8, 84, 4) HAS(T, action, 128, 20, 88, 20) \
    HAS(T, context.rawContext, 152, 8, 112, 8) \
    HAS(T, context.providerContextKey, 152, 16, 112, 16) HAS(T, reserved, 168, 8, 128, 4) \
    HAS(T, filterId, 176, 8, 136, 8) HAS(T, effectiveWeight, 184, 16, 144, 8)
#define OF_FWPM_SUBLAYER0(T) IS(T, 72, 8, 44, 4) HAS(T, subLayerKey, 0, 16, 0, 16) \
    HAS(T, displayData, 16, 16, 16, 8) HAS(T, flags, 32, 4, 24, 4) \
    HAS(T, providerKey, 40, 8, 28, 4) HAS(T, providerData, 48, 16, 32, 8) \
    HAS(T, weight, 64, 2, 40, 2)
#define OF_FWPM_PROVIDER0(T) IS(T, 64, 8, 40, 4) HAS(T, providerKey, 0, 16, 0, 16) \
    HAS(T, displayData, 16, 16, 16, 8) HAS(T, flags, 32, 4, 24, 4) \
    HAS(T, providerData, 40, 16, 28, 8) HAS(T, serviceName, 56, 8, 36, 4)
#define OF_TERMINATING_FILTER0(T) IS(T, 24, 8, 16, 8) HAS(T, filterId, 0, 8, 0, 8) \
    HAS(T, subLayer, 8, 8, 8, 4) HAS(T, actionType, 16, 8, 12, 4)
#define OF_INTERNAL_FIELDS0(T) IS(T, 64, 8, 48, 8) HAS(T, present, 0, 4, 0, 4) \
    HAS(T, processId, 4, 4, 4, 4) HAS(T, interfaceIndex, 8, 4, 8, 4) \
    HAS(T, numTerminatingFilters, 12, 4, 12, 4) HAS(T, filterOrigin, 16, 8, 16, 4) \
    HAS(T, terminatingFilters, 24, 8, 20, 4) HAS(T, absent, 32, 16, 24, 16) \
    HAS(T, numUnknownNames, 48, 4, 40, 4) HAS(T, unknownNames, 56, 8, 44, 4)
#define OF_UNKNOWN_NAME0(T) IS(T, 16, 8, 8, 4) HAS(T, member, 0, 4, 0, 4) HAS(T, text, 8, 8, 4, 4)
#define OF_FWPM_CALLOUT0(T) IS(T, 88, 8, 60, 4) HAS(T, calloutKey, 0, 16, 0, 16) \
    HAS(T, displayData, 16, 16, 16, 8) HAS(T, flags, 32, 4, 24, 4) \
    HAS(T, providerKey, 40, 8, 28, 4) HAS(T, providerData, 48, 16, 32, 8) \
    HAS(T, applicableLayer, 64, 16, 40, 16) HAS(T, calloutId, 80, 4, 56, 4)
#define OF_FWPM_PROVIDER_CONTEXT0(T) IS(T, 88, 8, 56, 8) HAS(T, providerContextKey, 0, 16, 0, 16) \
    HAS(T, displayData, 16, 16, 16, 8) HAS(T, flags, 32, 4, 24, 4) \
    HAS(T, providerKey, 40, 8, 28, 4) HAS(T, providerData, 48, 16, 32, 8) \
    HAS(T, type, 64, 4, 40, 4) HAS(T, dataBuffer, 72, 8, 44, 4) \
    HAS(T, providerContextId, 80, 8, 48, 8)
#define OF_FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0(T) IS(T, 16, 8, 8, 4) \
    HAS(T, providerKey, 0, 8, 0, 4) HAS(T, providerContextType, 8, 4, 4, 4)

#define WF_ASSERT_LAYOUTS() do { \
    OF(FWPM_NET_EVENT0) OF(FWPM_NET_EVENT1) OF(FWPM_NET_EVENT2) OF(FWPM_NET_EVENT3) \
    OF(FWPM_NET_EVENT4) OF(FWPM_NET_EVENT5) OF(FWPM_NET_EVENT_HEADER0) OF(FWPM_NET_EVENT_HEADER1) \
    OF(FWPM_NET_EVENT_HEADER2) OF(FWPM_NET_EVENT_HEADER3) OF(FWPM_NET_EVENT_IKEEXT_MM_FAILURE0) \
    OF(FWPM_NET_EVENT_IKEEXT_MM_FAILURE1) OF(FWPM_NET_EVENT_IKEEXT_MM_FAILURE2) \
    OF(FWPM_NET_EVENT_IKEEXT_QM_FAILURE0) OF(FWPM_NET_EVENT_IKEEXT_QM_FAILURE1) \
    OF(FWPM_NET_EVENT_IKEEXT_EM_FAILURE0) OF(FWPM_NET_EVENT_IKEEXT_EM_FAILURE1) \
    OF(FWPM_NET_EVENT_CLASSIFY_DROP0) OF(FWPM_NET_EVENT_CLASSIFY_DROP1) \
    OF(FWPM_NET_EVENT_CLASSIFY_DROP2) OF(FWPM_NET_EVENT_IPSEC_KERNEL_DROP0) \
    OF(FWPM_NET_EVENT_IPSEC_DOSP_DROP0) OF(FWPM_NET_EVENT_CLASSIFY_ALLOW0) \
    OF(FWPM_NET_EVENT_CAPABILITY_DROP0) OF(FWPM_NET_EVENT_CAPABILITY_ALLOW0) \
    OF(FWPM_NET_EVENT_CLASSIFY_DROP_MAC0) OF(FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0) OF(FWP_BYTE_BLOB) \
    OF(FWP_BYTE_ARRAY6) OF(FWP_BYTE_ARRAY16) OF(FWP_VALUE0) OF(FWP_CONDITION_VALUE0) \
    OF(FWP_RANGE0) OF(FWP_V4_ADDR_AND_MASK) OF(FWP_V6_ADDR_AND_MASK) OF(FWP_TOKEN_INFORMATION) \
    OF(SID_AND_ATTRIBUTES) OF(SID) OF(SID_IDENTIFIER_AUTHORITY) OF(GUID) OF(FILETIME) \
    OF(FWPM_DISPLAY_DATA0) OF(FWPM_SESSION0) OF(FWPM_FILTER_CONDITION0) \
    OF(FWPM_NET_EVENT_ENUM_TEMPLATE0) OF(FWPM_NET_EVENT_SUBSCRIPTION0) OF(FWPM_FIELD0) \
    OF(FWPM_LAYER0) OF(FWPM_ACTION0) OF(FWPM_FILTER0) OF(FWPM_SUBLAYER0) OF(FWPM_PROVIDER0) \
    OF(TERMINATING_FILTER0) OF(INTERNAL_FIELDS0) OF(UNKNOWN_NAME0) OF(FWPM_CALLOUT0) \
    OF(FWPM_PROVIDER_CONTEXT0) OF(FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0) \
} while (0)

#endif
