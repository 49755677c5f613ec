"""Seven net events written down twice by hand: as netsh's XML, and as rows of the schema.

Neither is made from the other, nor by wfpfast.
"""

from datetime import UTC, datetime
from typing import Any

SVCHOST = r"\device\harddiskvolume1\windows\system32\svchost.exe"
# Quotes, a comma, a line break, what a terminal would obey, and a letter beyond ASCII.
HOSTILE = '\\device\\a "b", c\n\x1b[31mé.exe'
NO_APP = "<appId/>"
COMMON, USER, APP, PORTS = 0x1 | 0x2 | 0x4 | 0x100 | 0x400, 0x40, 0x20, 0x8 | 0x10
NAMES = {
    0x1: "IP_PROTOCOL", 0x2: "LOCAL_ADDR", 0x4: "REMOTE_ADDR", 0x8: "LOCAL_PORT",
    0x10: "REMOTE_PORT", 0x20: "APP_ID", 0x40: "USER_ID", 0x100: "IP_VERSION", 0x400: "PACKAGE_ID",
}  # fmt: skip


def _app(path: str) -> str:
    return f"<appId><data>{(path + chr(0)).encode('utf-16-le').hex()}</data></appId>"


def _event(
    time: str, flags: int, ends: tuple[Any, ...], who: tuple[str, str], rest: str
) -> str:
    version, local, remote, protocol, local_port, remote_port = ends
    app, user = who
    tag = "Addr" + version + (".byteArray16" if version == "V6" else "")
    set_flags = "".join(
        f"<item>FWPM_NET_EVENT_FLAG_{name}_SET</item>"
        for bit, name in NAMES.items() if flags & bit
    )
    family = "FWP_AF_INET6" if version == "V6" else "FWP_AF_INET"
    return f"""<item><header><timeStamp>{time}</timeStamp><flags>{set_flags}</flags>
<ipVersion>FWP_IP_VERSION_{version}</ipVersion><ipProtocol>{protocol}</ipProtocol>
<local{tag}>{local}</local{tag}><remote{tag}>{remote}</remote{tag}>
<localPort>{local_port}</localPort><remotePort>{remote_port}</remotePort><scopeId>0</scopeId>
{app}<userId>{user}</userId><addressFamily>{family}</addressFamily>
<packageSid>S-1-0-0</packageSid><enterpriseId/><policyFlags>0</policyFlags><effectiveName/>
</header>{rest}</item>
"""


def _classify(kind: str, number: int, layer: int, way: str) -> str:
    drop = kind == "CLASSIFY_DROP"
    arm = "classifyDrop" if drop else "classifyAllow"
    switch = (
        "<vSwitchId/><vSwitchSourcePort>0</vSwitchSourcePort>"
        "<vSwitchDestinationPort>0</vSwitchDestinationPort>") if drop else ""
    return f"""<type>FWPM_NET_EVENT_TYPE_{kind}</type><{arm}><filterId>{number}</filterId>
<layerId>{layer}</layerId><reauthReason>0</reauthReason><originalProfile>1</originalProfile>
<currentProfile>2</currentProfile><msFwpDirection>MS_FWP_DIRECTION_{way}</msFwpDirection>
<isLoopback>false</isLoopback>{switch}</{arm}>"""


TAIL = """<internalFields><terminatingFiltersInfo numItems="2">
<item><filterId>70000</filterId><subLayer>FWPP_SUBLAYER_INTERNAL_FIREWALL_WF</subLayer>
<actionType>FWP_ACTION_BLOCK</actionType></item>
<item><filterId>9</filterId><subLayer/><actionType>FWP_ACTION_PERMIT</actionType></item>
</terminatingFiltersInfo><filterOrigin>Stealth</filterOrigin><interfaceIndex>12</interfaceIndex>
<processId>4321</processId></internalFields>"""
IKE = """<type>FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE</type><ikeMmFailure>
<failureErrorCode>13801 (ERROR_IPSEC_IKE_AUTH_FAIL)</failureErrorCode>
<failurePoint>IPSEC_FAILURE_PEER</failurePoint><flags>0</flags>
<keyingModuleType>IKEEXT_KEY_MODULE_IKEV2</keyingModuleType>
<mmState>IKEEXT_MM_SA_STATE_COMPLETE</mmState><saRole>IKEEXT_SA_ROLE_RESPONDER</saRole>
<mmAuthMethod>IKEEXT_CERTIFICATE</mmAuthMethod>
<endCertHash>000102030405060708090a0b0c0d0e0f10111213</endCertHash><mmId>7</mmId>
<mmFilterId>8</mmFilterId><localPrincipalNameForAuth></localPrincipalNameForAuth>
<remotePrincipalNameForAuth>host/peer</remotePrincipalNameForAuth>
<localPrincipalGroupSids numItems="2"><item>S-1-1-0</item><item>S-1-5-11</item>
</localPrincipalGroupSids><remotePrincipalGroupSids/></ikeMmFailure>"""

V4 = ("V4", "192.0.2.1", "198.51.100.7")
V6 = ("V6", "2001:db8::a", "2001:db8::1")
PING = ("V4", "192.0.2.1", "192.0.2.9", 1, 8, 0)
DROP_OUT = _classify("CLASSIFY_DROP", 70000, 48, "OUT")
DROP_IN = _classify("CLASSIFY_DROP", 70001, 44, "IN")
DROP_IN_V6 = _classify("CLASSIFY_DROP", 18446744073709551615, 46, "IN")
ALLOW = _classify("CLASSIFY_ALLOW", 70002, 48, "OUT")
ITEMS = [
    _event("2024-05-01T10:00:00.1234567Z", COMMON | PORTS | APP | USER, (*V4, 6, 50000, 443),
           (_app(SVCHOST), "S-1-5-18"), DROP_OUT + TAIL),
    _event("2024-05-01T10:00:01.000Z", COMMON | PORTS | APP, (*V4, 6, 50001, 443),
           (_app(SVCHOST), ""), DROP_OUT),
    _event("2024-05-01T10:00:02.500Z", COMMON | PORTS | APP | USER, (*V6, 17, 50002, 53),
           (_app(HOSTILE), "S-1-5-21-1-2-3-1001"), DROP_IN_V6),
    _event("2024-05-01T10:00:03.000Z", COMMON | PORTS, PING, (NO_APP, ""), DROP_IN),
    _event("2024-05-01T10:00:04.000Z", COMMON | APP, (*V4, 6, 0, 0), (_app(""), ""), DROP_IN),
    _event("2024-05-01T10:00:05.000Z", COMMON | PORTS | APP, (*V4, 6, 50005, 80),
           (_app(SVCHOST), ""), ALLOW),
    _event("2024-05-01T10:02:06.000Z", COMMON, (*V4, 17, 0, 0), (NO_APP, ""), IKE),
]
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<netEvents numItems="{len(ITEMS)}">\n'
XML = HEAD + "".join(ITEMS) + "</netEvents>\n"


def nanoseconds(minute: int, second: int, rest: int = 0) -> int:
    """Return a time of 10 o'clock of the first of May 2024 as Unix time in ns."""
    return int(datetime(2024, 5, 1, 10, minute, second, tzinfo=UTC).timestamp()) * 10**9 + rest


_V4 = {
    "ip_version": 4, "ip_protocol": 6, "local_address": "192.0.2.1",
    "remote_address": "198.51.100.7", "address_family": "INET", "package_sid": "S-1-0-0",
}
_V6 = {
    "ip_version": 6, "local_address": "2001:db8::a", "remote_address": "2001:db8::1",
    "address_family": "INET6", "package_sid": "S-1-0-0",
}
_DECIDED = {
    "reauth_reason": 0, "original_profile": 1, "current_profile": 2, "is_loopback": False,
}
_DROP = {**_DECIDED, "event_type": "CLASSIFY_DROP"}
_OUT = {"layer_id": 48, "direction": "OUTBOUND", "direction_code": 0x3901}
_IN = {"direction": "INBOUND", "direction_code": 0x3900}
# What is not here is null.
ROWS: list[dict[str, Any]] = [
    {**_V4, **_DROP, **_OUT, "timestamp": nanoseconds(0, 0, 123_456_700), "flags": 0x57F,
     "local_port": 50000, "remote_port": 443, "app_path": SVCHOST, "user_sid": "S-1-5-18",
     "filter_id": 70000, "filter_origin": "Stealth", "interface_index": 12, "process_id": 4321,
     "terminating_filters": [
         {"filter_id": 70000, "sublayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF",
          "action": "FWP_ACTION_BLOCK"},
         {"filter_id": 9, "sublayer": None, "action": "FWP_ACTION_PERMIT"}]},
    {**_V4, **_DROP, **_OUT, "timestamp": nanoseconds(0, 1), "flags": 0x53F, "local_port": 50001,
     "remote_port": 443, "app_path": SVCHOST, "filter_id": 70000},
    {**_V6, **_DROP, **_IN, "timestamp": nanoseconds(0, 2, 500_000_000), "flags": 0x57F,
     "ip_protocol": 17, "local_port": 50002, "remote_port": 53, "app_path": HOSTILE,
     "user_sid": "S-1-5-21-1-2-3-1001", "filter_id": 2**64 - 1, "layer_id": 46},
    {**_V4, **_DROP, **_IN, "timestamp": nanoseconds(0, 3), "flags": 0x51F, "ip_protocol": 1,
     "remote_address": "192.0.2.9", "local_port": 8, "remote_port": 0, "filter_id": 70001,
     "layer_id": 44},
    {**_V4, **_DROP, **_IN, "timestamp": nanoseconds(0, 4), "flags": 0x527, "app_path": "",
     "filter_id": 70001, "layer_id": 44},
    {**_V4, **_DECIDED, **_OUT, "event_type": "CLASSIFY_ALLOW", "timestamp": nanoseconds(0, 5),
     "flags": 0x53F, "local_port": 50005, "remote_port": 80, "app_path": SVCHOST,
     "filter_id": 70002},
    {**_V4, "event_type": "IKEEXT_MM_FAILURE", "timestamp": nanoseconds(2, 6), "flags": 0x507,
     "ip_protocol": 17, "failure_error": 13801, "failure_point": "PEER", "failure_flags": 0,
     "keying_module": "IKEV2", "mm_state": "COMPLETE", "sa_role": "RESPONDER",
     "auth_method": "CERTIFICATE", "end_cert_hash": bytes(range(20)), "mm_id": 7,
     "mm_filter_id": 8, "local_principal": "", "remote_principal": "host/peer",
     "local_groups": ["S-1-1-0", "S-1-5-11"], "remote_groups": []},
]  # fmt: skip


def _filter(number: int, name: str, layer: str, context: str = "") -> str:
    flags = '<flags numItems="1"><item>FWPM_FILTER_FLAG_HAS_FILTER_ORIGIN</item></flags>'
    return f"""<item><filterKey>{{00000000-0000-0000-0000-{number:012d}}}</filterKey>
<displayData><name>{name}</name><description/></displayData>{flags if context else "<flags/>"}
<providerKey>{{11111111-2222-3333-4444-555555555555}}</providerKey><layerKey>{layer}</layerKey>
<subLayerKey>{{66666666-2222-3333-4444-555555555555}}</subLayerKey>
<action><type>FWP_ACTION_BLOCK</type></action>{context}<filterId>{number}</filterId></item>
"""


ORIGIN = "<providerContextKey>{77777777-2222-3333-4444-555555555555}</providerContextKey>"
STATE = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<wfpstate><layers numItems="1"><item><filters numItems="2">
{_filter(70000, "Block all", "FWPM_LAYER_ALE_AUTH_CONNECT_V4", ORIGIN)}
{_filter(70001, "Later rule", "FWPM_LAYER_ALE_AUTH_CONNECT_V6")}</filters></item></layers>
<providers numItems="1"><item><providerKey>{{11111111-2222-3333-4444-555555555555}}</providerKey>
<displayData><name>Acme Shield</name></displayData></item></providers>
<providerContexts numItems="1"><item>{ORIGIN}
<dataBuffer><data>{"Acme origin".encode("utf-16-le").hex()}0000</data></dataBuffer></item>
</providerContexts><subLayers numItems="1"><item>
<subLayerKey>{{66666666-2222-3333-4444-555555555555}}</subLayerKey>
<displayData><name>Acme layer</name></displayData></item></subLayers></wfpstate>
<firewallState><policy/></firewallState>
"""
