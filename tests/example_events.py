"""Hand-written events, one of every type with every pointer set; shared by many tests."""

from typing import Any

APP = "\\device\\harddiskvolume1\\app.exe\0".encode("utf-16-le")
ALL_FLAGS = 0x3FFF
SUBNET_V4 = (256, {"addr": 0x0A000000, "mask": 0xFF000000})
SUBNET_V6 = (257, {"addr": bytes.fromhex("20010db8") + bytes(12), "prefixLength": 32})


def header(**members: Any) -> dict[str, Any]:
    """A header whose every flag is set; members may be replaced."""
    return {
        "timeStamp": 132_345_678_901_234_567,
        "flags": ALL_FLAGS,
        "ipVersion": 0,
        "ipProtocol": 6,
        "localAddrV4": 0x7F000001,
        "remoteAddrV4": 0xC0000201,
        "localPort": 50000,
        "remotePort": 443,
        "scopeId": 3,
        "appId": APP,
        "userId": "S-1-5-21-1-2-3-1001",
        "addressFamily": 0,
        "packageSid": "S-1-15-2-1",
        "enterpriseId": "example.org",
        "policyFlags": 5,
        "effectiveName": "fabrikam\\app",
        **members,
    }


PRINCIPALS = {
    "localPrincipalNameForAuth": "me@example.org",
    "remotePrincipalNameForAuth": "",
    "localPrincipalGroupSids": ["S-1-5-32-544", "S-1-1-0"],
    "remotePrincipalGroupSids": ["S-1-5-11"],
}
MM_FAILURE = {
    "failureErrorCode": 13801, "failurePoint": 2, "flags": 2, "keyingModuleType": 2, "mmState": 3,
    "saRole": 1, "mmAuthMethod": 1, "endCertHash": bytes(range(20)), "mmId": 7, "mmFilterId": 8,
    **PRINCIPALS, "providerContextKey": "00112233-4455-6677-8899-aabbccddeeff",
}
QM_FAILURE = {
    "failureErrorCode": 13868, "failurePoint": 1, "keyingModuleType": 0, "qmState": 1, "saRole": 0,
    "saTrafficType": 1, "localSubNet": SUBNET_V4, "remoteSubNet": SUBNET_V6, "qmFilterId": 9,
    "mmSaLuid": 10, "mmProviderContextKey": "00112233-4455-6677-8899-aabbccddeeff",
}
EM_FAILURE = {
    "failureErrorCode": 13801, "failurePoint": 0, "flags": 1, "emState": 3, "saRole": 1,
    "emAuthMethod": 2, "endCertHash": bytes(range(20, 40)), "mmId": 11,
    "qmFilterId": 12, **PRINCIPALS, "saTrafficType": 1,
}
CLASSIFY = {
    "filterId": 68893, "layerId": 48, "reauthReason": 1, "originalProfile": 1,
    "currentProfile": 2, "msFwpDirection": 0x3901, "isLoopback": True,
}
SWITCH = "0b5f1c2e-7d3a-4a6b-9c8d-1e2f3a4b5c6d"
VSWITCH = {"vSwitchId": SWITCH, "vSwitchSourcePort": 1, "vSwitchDestinationPort": 2}
MAC = {
    "localMacAddr": bytes.fromhex("00005e005301"), "remoteMacAddr": bytes.fromhex("00005e005302"),
    "mediaType": 1, "ifType": 6, "etherType": 0x0806, "ndisPortNumber": 4, "vlanTag": 100,
    "ifLuid": 1 << 48, **CLASSIFY, **VSWITCH,
}
PAYLOADS: dict[int, tuple[str, dict[str, Any]]] = {
    0: ("ikeMmFailure", MM_FAILURE),
    1: ("ikeQmFailure", QM_FAILURE),
    2: ("ikeEmFailure", EM_FAILURE),
    3: ("classifyDrop", {**CLASSIFY, **VSWITCH}),
    4: ("ipsecDrop", {"failureStatus": -1070202879, "direction": 1, "spi": 0x1234,
                      "filterId": 5, "layerId": 12}),
    5: ("idpDrop", {"ipVersion": 0, "publicHostV4Addr": 0xC6336401,
                    "internalHostV4Addr": 0x0A000001, "failureStatus": -1070170110,
                    "direction": 1}),
    6: ("classifyAllow", CLASSIFY),
    7: ("capabilityDrop", {"networkCapabilityId": 1, "filterId": 3, "isLoopback": False}),
    8: ("capabilityAllow", {"networkCapabilityId": 2, "filterId": 4, "isLoopback": True}),
    9: ("classifyDropMac", MAC),
    10: ("lpmPacketArrival", {"spi": 77}),
}
INTERNAL = {
    "processId": 4321, "interfaceIndex": 12, "filterOrigin": "Quarantine Default",
    "terminatingFiltersInfo": [
        {"filterId": 68893, "subLayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WSH",
         "actionType": "FWP_ACTION_BLOCK"},
        {"filterId": 68879, "subLayer": None, "actionType": "FWP_ACTION_PERMIT"},
    ],
}


def event(kind: int, **header_members: Any) -> dict[str, Any]:
    """One event of type `kind` with every member set."""
    member, payload = PAYLOADS[kind]
    return {"header": header(**header_members), "type": kind, member: dict(payload)}


def one_of_each(*, internal: bool = False) -> list[dict[str, Any]]:
    """All eleven types, with wfpfast's tail if asked."""
    tail = {"internalFields": INTERNAL} if internal else {}
    return [{**event(kind), **tail} for kind in PAYLOADS]
