"""The headers' and events' part of _layout's table; must not know what any member means."""

from cython cimport typeof
from libc.string cimport memset

from wfpfast._layout_row cimport row
from wfpfast.abi.fwpmtypes cimport *


def events():
    """Return one description of each event and header struct, as _layout explains it."""
    return [
        event_0(), event_1(), event_2(), event_3(), event_4(), event_5(),
        header_0(), header_1(), header_2(), header_3(),
    ]


cdef tuple event_0():
    cdef (char, FWPM_NET_EVENT0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    p = &x.payload
    rows = []
    row(rows, x, "header", &x.header, sizeof(x.header), typeof(x.header))
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "ikeMmFailure", &p.ikeMmFailure, sizeof(p.ikeMmFailure), typeof(p.ikeMmFailure))
    row(rows, x, "ikeQmFailure", &p.ikeQmFailure, sizeof(p.ikeQmFailure), typeof(p.ikeQmFailure))
    row(rows, x, "ikeEmFailure", &p.ikeEmFailure, sizeof(p.ikeEmFailure), typeof(p.ikeEmFailure))
    row(rows, x, "classifyDrop", &p.classifyDrop, sizeof(p.classifyDrop), typeof(p.classifyDrop))
    row(rows, x, "ipsecDrop", &p.ipsecDrop, sizeof(p.ipsecDrop), typeof(p.ipsecDrop))
    row(rows, x, "idpDrop", &p.idpDrop, sizeof(p.idpDrop), typeof(p.idpDrop))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple event_1():
    cdef (char, FWPM_NET_EVENT1) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    p = &x.payload
    rows = []
    row(rows, x, "header", &x.header, sizeof(x.header), typeof(x.header))
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "ikeMmFailure", &p.ikeMmFailure, sizeof(p.ikeMmFailure), typeof(p.ikeMmFailure))
    row(rows, x, "ikeQmFailure", &p.ikeQmFailure, sizeof(p.ikeQmFailure), typeof(p.ikeQmFailure))
    row(rows, x, "ikeEmFailure", &p.ikeEmFailure, sizeof(p.ikeEmFailure), typeof(p.ikeEmFailure))
    row(rows, x, "classifyDrop", &p.classifyDrop, sizeof(p.classifyDrop), typeof(p.classifyDrop))
    row(rows, x, "ipsecDrop", &p.ipsecDrop, sizeof(p.ipsecDrop), typeof(p.ipsecDrop))
    row(rows, x, "idpDrop", &p.idpDrop, sizeof(p.idpDrop), typeof(p.idpDrop))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple event_2():
    cdef (char, FWPM_NET_EVENT2) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    p = &x.payload
    rows = []
    row(rows, x, "header", &x.header, sizeof(x.header), typeof(x.header))
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "ikeMmFailure", &p.ikeMmFailure, sizeof(p.ikeMmFailure), typeof(p.ikeMmFailure))
    row(rows, x, "ikeQmFailure", &p.ikeQmFailure, sizeof(p.ikeQmFailure), typeof(p.ikeQmFailure))
    row(rows, x, "ikeEmFailure", &p.ikeEmFailure, sizeof(p.ikeEmFailure), typeof(p.ikeEmFailure))
    row(rows, x, "classifyDrop", &p.classifyDrop, sizeof(p.classifyDrop), typeof(p.classifyDrop))
    row(rows, x, "ipsecDrop", &p.ipsecDrop, sizeof(p.ipsecDrop), typeof(p.ipsecDrop))
    row(rows, x, "idpDrop", &p.idpDrop, sizeof(p.idpDrop), typeof(p.idpDrop))
    row(rows, x, "classifyAllow", &p.classifyAllow,
        sizeof(p.classifyAllow), typeof(p.classifyAllow))
    row(rows, x, "capabilityDrop", &p.capabilityDrop,
        sizeof(p.capabilityDrop), typeof(p.capabilityDrop))
    row(rows, x, "capabilityAllow", &p.capabilityAllow,
        sizeof(p.capabilityAllow), typeof(p.capabilityAllow))
    row(rows, x, "classifyDropMac", &p.classifyDropMac,
        sizeof(p.classifyDropMac), typeof(p.classifyDropMac))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple event_3():
    cdef (char, FWPM_NET_EVENT3) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    p = &x.payload
    rows = []
    row(rows, x, "header", &x.header, sizeof(x.header), typeof(x.header))
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "ikeMmFailure", &p.ikeMmFailure, sizeof(p.ikeMmFailure), typeof(p.ikeMmFailure))
    row(rows, x, "ikeQmFailure", &p.ikeQmFailure, sizeof(p.ikeQmFailure), typeof(p.ikeQmFailure))
    row(rows, x, "ikeEmFailure", &p.ikeEmFailure, sizeof(p.ikeEmFailure), typeof(p.ikeEmFailure))
    row(rows, x, "classifyDrop", &p.classifyDrop, sizeof(p.classifyDrop), typeof(p.classifyDrop))
    row(rows, x, "ipsecDrop", &p.ipsecDrop, sizeof(p.ipsecDrop), typeof(p.ipsecDrop))
    row(rows, x, "idpDrop", &p.idpDrop, sizeof(p.idpDrop), typeof(p.idpDrop))
    row(rows, x, "classifyAllow", &p.classifyAllow,
        sizeof(p.classifyAllow), typeof(p.classifyAllow))
    row(rows, x, "capabilityDrop", &p.capabilityDrop,
        sizeof(p.capabilityDrop), typeof(p.capabilityDrop))
    row(rows, x, "capabilityAllow", &p.capabilityAllow,
        sizeof(p.capabilityAllow), typeof(p.capabilityAllow))
    row(rows, x, "classifyDropMac", &p.classifyDropMac,
        sizeof(p.classifyDropMac), typeof(p.classifyDropMac))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple event_4():
    cdef (char, FWPM_NET_EVENT4) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    p = &x.payload
    rows = []
    row(rows, x, "header", &x.header, sizeof(x.header), typeof(x.header))
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "ikeMmFailure", &p.ikeMmFailure, sizeof(p.ikeMmFailure), typeof(p.ikeMmFailure))
    row(rows, x, "ikeQmFailure", &p.ikeQmFailure, sizeof(p.ikeQmFailure), typeof(p.ikeQmFailure))
    row(rows, x, "ikeEmFailure", &p.ikeEmFailure, sizeof(p.ikeEmFailure), typeof(p.ikeEmFailure))
    row(rows, x, "classifyDrop", &p.classifyDrop, sizeof(p.classifyDrop), typeof(p.classifyDrop))
    row(rows, x, "ipsecDrop", &p.ipsecDrop, sizeof(p.ipsecDrop), typeof(p.ipsecDrop))
    row(rows, x, "idpDrop", &p.idpDrop, sizeof(p.idpDrop), typeof(p.idpDrop))
    row(rows, x, "classifyAllow", &p.classifyAllow,
        sizeof(p.classifyAllow), typeof(p.classifyAllow))
    row(rows, x, "capabilityDrop", &p.capabilityDrop,
        sizeof(p.capabilityDrop), typeof(p.capabilityDrop))
    row(rows, x, "capabilityAllow", &p.capabilityAllow,
        sizeof(p.capabilityAllow), typeof(p.capabilityAllow))
    row(rows, x, "classifyDropMac", &p.classifyDropMac,
        sizeof(p.classifyDropMac), typeof(p.classifyDropMac))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple event_5():
    cdef (char, FWPM_NET_EVENT5) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    p = &x.payload
    rows = []
    row(rows, x, "header", &x.header, sizeof(x.header), typeof(x.header))
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "ikeMmFailure", &p.ikeMmFailure, sizeof(p.ikeMmFailure), typeof(p.ikeMmFailure))
    row(rows, x, "ikeQmFailure", &p.ikeQmFailure, sizeof(p.ikeQmFailure), typeof(p.ikeQmFailure))
    row(rows, x, "ikeEmFailure", &p.ikeEmFailure, sizeof(p.ikeEmFailure), typeof(p.ikeEmFailure))
    row(rows, x, "classifyDrop", &p.classifyDrop, sizeof(p.classifyDrop), typeof(p.classifyDrop))
    row(rows, x, "ipsecDrop", &p.ipsecDrop, sizeof(p.ipsecDrop), typeof(p.ipsecDrop))
    row(rows, x, "idpDrop", &p.idpDrop, sizeof(p.idpDrop), typeof(p.idpDrop))
    row(rows, x, "classifyAllow", &p.classifyAllow,
        sizeof(p.classifyAllow), typeof(p.classifyAllow))
    row(rows, x, "capabilityDrop", &p.capabilityDrop,
        sizeof(p.capabilityDrop), typeof(p.capabilityDrop))
    row(rows, x, "capabilityAllow", &p.capabilityAllow,
        sizeof(p.capabilityAllow), typeof(p.capabilityAllow))
    row(rows, x, "classifyDropMac", &p.classifyDropMac,
        sizeof(p.classifyDropMac), typeof(p.classifyDropMac))
    row(rows, x, "lpmPacketArrival", &p.lpmPacketArrival,
        sizeof(p.lpmPacketArrival), typeof(p.lpmPacketArrival))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple header_0():
    cdef (char, FWPM_NET_EVENT_HEADER0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "timeStamp", &x.timeStamp, sizeof(x.timeStamp), typeof(x.timeStamp))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "ipVersion", &x.ipVersion, sizeof(x.ipVersion), typeof(x.ipVersion))
    row(rows, x, "ipProtocol", &x.ipProtocol, sizeof(x.ipProtocol), typeof(x.ipProtocol))
    row(rows, x, "localAddrV4", &x.localAddr.localAddrV4,
        sizeof(x.localAddr.localAddrV4), typeof(x.localAddr.localAddrV4))
    row(rows, x, "localAddrV6", &x.localAddr.localAddrV6,
        sizeof(x.localAddr.localAddrV6), typeof(x.localAddr.localAddrV6))
    row(rows, x, "remoteAddrV4", &x.remoteAddr.remoteAddrV4,
        sizeof(x.remoteAddr.remoteAddrV4), typeof(x.remoteAddr.remoteAddrV4))
    row(rows, x, "remoteAddrV6", &x.remoteAddr.remoteAddrV6,
        sizeof(x.remoteAddr.remoteAddrV6), typeof(x.remoteAddr.remoteAddrV6))
    row(rows, x, "localPort", &x.localPort, sizeof(x.localPort), typeof(x.localPort))
    row(rows, x, "remotePort", &x.remotePort, sizeof(x.remotePort), typeof(x.remotePort))
    row(rows, x, "scopeId", &x.scopeId, sizeof(x.scopeId), typeof(x.scopeId))
    row(rows, x, "appId", &x.appId, sizeof(x.appId), typeof(x.appId))
    row(rows, x, "userId", &x.userId, sizeof(x.userId), typeof(x.userId))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple header_1():
    cdef (char, FWPM_NET_EVENT_HEADER1) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    e = &x.reserved.ethernet
    rows = []
    row(rows, x, "timeStamp", &x.timeStamp, sizeof(x.timeStamp), typeof(x.timeStamp))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "ipVersion", &x.ipVersion, sizeof(x.ipVersion), typeof(x.ipVersion))
    row(rows, x, "ipProtocol", &x.ipProtocol, sizeof(x.ipProtocol), typeof(x.ipProtocol))
    row(rows, x, "localAddrV4", &x.localAddr.localAddrV4,
        sizeof(x.localAddr.localAddrV4), typeof(x.localAddr.localAddrV4))
    row(rows, x, "localAddrV6", &x.localAddr.localAddrV6,
        sizeof(x.localAddr.localAddrV6), typeof(x.localAddr.localAddrV6))
    row(rows, x, "remoteAddrV4", &x.remoteAddr.remoteAddrV4,
        sizeof(x.remoteAddr.remoteAddrV4), typeof(x.remoteAddr.remoteAddrV4))
    row(rows, x, "remoteAddrV6", &x.remoteAddr.remoteAddrV6,
        sizeof(x.remoteAddr.remoteAddrV6), typeof(x.remoteAddr.remoteAddrV6))
    row(rows, x, "localPort", &x.localPort, sizeof(x.localPort), typeof(x.localPort))
    row(rows, x, "remotePort", &x.remotePort, sizeof(x.remotePort), typeof(x.remotePort))
    row(rows, x, "scopeId", &x.scopeId, sizeof(x.scopeId), typeof(x.scopeId))
    row(rows, x, "appId", &x.appId, sizeof(x.appId), typeof(x.appId))
    row(rows, x, "userId", &x.userId, sizeof(x.userId), typeof(x.userId))
    row(rows, x, "reserved1", &x.reserved.reserved1,
        sizeof(x.reserved.reserved1), typeof(x.reserved.reserved1))
    row(rows, x, "reserved2", &e.reserved2, sizeof(e.reserved2), typeof(e.reserved2))
    row(rows, x, "reserved3", &e.reserved3, sizeof(e.reserved3), typeof(e.reserved3))
    row(rows, x, "reserved4", &e.reserved4, sizeof(e.reserved4), typeof(e.reserved4))
    row(rows, x, "reserved5", &e.reserved5, sizeof(e.reserved5), typeof(e.reserved5))
    row(rows, x, "reserved6", &e.reserved6, sizeof(e.reserved6), typeof(e.reserved6))
    row(rows, x, "reserved7", &e.reserved7, sizeof(e.reserved7), typeof(e.reserved7))
    row(rows, x, "reserved8", &e.reserved8, sizeof(e.reserved8), typeof(e.reserved8))
    row(rows, x, "reserved9", &e.reserved9, sizeof(e.reserved9), typeof(e.reserved9))
    row(rows, x, "reserved10", &e.reserved10, sizeof(e.reserved10), typeof(e.reserved10))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple header_2():
    cdef (char, FWPM_NET_EVENT_HEADER2) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "timeStamp", &x.timeStamp, sizeof(x.timeStamp), typeof(x.timeStamp))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "ipVersion", &x.ipVersion, sizeof(x.ipVersion), typeof(x.ipVersion))
    row(rows, x, "ipProtocol", &x.ipProtocol, sizeof(x.ipProtocol), typeof(x.ipProtocol))
    row(rows, x, "localAddrV4", &x.localAddr.localAddrV4,
        sizeof(x.localAddr.localAddrV4), typeof(x.localAddr.localAddrV4))
    row(rows, x, "localAddrV6", &x.localAddr.localAddrV6,
        sizeof(x.localAddr.localAddrV6), typeof(x.localAddr.localAddrV6))
    row(rows, x, "remoteAddrV4", &x.remoteAddr.remoteAddrV4,
        sizeof(x.remoteAddr.remoteAddrV4), typeof(x.remoteAddr.remoteAddrV4))
    row(rows, x, "remoteAddrV6", &x.remoteAddr.remoteAddrV6,
        sizeof(x.remoteAddr.remoteAddrV6), typeof(x.remoteAddr.remoteAddrV6))
    row(rows, x, "localPort", &x.localPort, sizeof(x.localPort), typeof(x.localPort))
    row(rows, x, "remotePort", &x.remotePort, sizeof(x.remotePort), typeof(x.remotePort))
    row(rows, x, "scopeId", &x.scopeId, sizeof(x.scopeId), typeof(x.scopeId))
    row(rows, x, "appId", &x.appId, sizeof(x.appId), typeof(x.appId))
    row(rows, x, "userId", &x.userId, sizeof(x.userId), typeof(x.userId))
    row(rows, x, "addressFamily", &x.addressFamily,
        sizeof(x.addressFamily), typeof(x.addressFamily))
    row(rows, x, "packageSid", &x.packageSid, sizeof(x.packageSid), typeof(x.packageSid))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple header_3():
    cdef (char, FWPM_NET_EVENT_HEADER3) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "timeStamp", &x.timeStamp, sizeof(x.timeStamp), typeof(x.timeStamp))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "ipVersion", &x.ipVersion, sizeof(x.ipVersion), typeof(x.ipVersion))
    row(rows, x, "ipProtocol", &x.ipProtocol, sizeof(x.ipProtocol), typeof(x.ipProtocol))
    row(rows, x, "localAddrV4", &x.localAddr.localAddrV4,
        sizeof(x.localAddr.localAddrV4), typeof(x.localAddr.localAddrV4))
    row(rows, x, "localAddrV6", &x.localAddr.localAddrV6,
        sizeof(x.localAddr.localAddrV6), typeof(x.localAddr.localAddrV6))
    row(rows, x, "remoteAddrV4", &x.remoteAddr.remoteAddrV4,
        sizeof(x.remoteAddr.remoteAddrV4), typeof(x.remoteAddr.remoteAddrV4))
    row(rows, x, "remoteAddrV6", &x.remoteAddr.remoteAddrV6,
        sizeof(x.remoteAddr.remoteAddrV6), typeof(x.remoteAddr.remoteAddrV6))
    row(rows, x, "localPort", &x.localPort, sizeof(x.localPort), typeof(x.localPort))
    row(rows, x, "remotePort", &x.remotePort, sizeof(x.remotePort), typeof(x.remotePort))
    row(rows, x, "scopeId", &x.scopeId, sizeof(x.scopeId), typeof(x.scopeId))
    row(rows, x, "appId", &x.appId, sizeof(x.appId), typeof(x.appId))
    row(rows, x, "userId", &x.userId, sizeof(x.userId), typeof(x.userId))
    row(rows, x, "addressFamily", &x.addressFamily,
        sizeof(x.addressFamily), typeof(x.addressFamily))
    row(rows, x, "packageSid", &x.packageSid, sizeof(x.packageSid), typeof(x.packageSid))
    row(rows, x, "enterpriseId", &x.enterpriseId, sizeof(x.enterpriseId), typeof(x.enterpriseId))
    row(rows, x, "policyFlags", &x.policyFlags, sizeof(x.policyFlags), typeof(x.policyFlags))
    row(rows, x, "effectiveName", &x.effectiveName,
        sizeof(x.effectiveName), typeof(x.effectiveName))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows
