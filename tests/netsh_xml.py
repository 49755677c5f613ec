"""A small writer of netsh's XML, after its grammar and not after the reader; tests share it."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

Tree = str | Sequence[Any] | Mapping[str, Any]

FLAG_NAMES = [
    f"FWPM_NET_EVENT_FLAG_{name}_SET"
    for name in ("IP_PROTOCOL", "LOCAL_ADDR", "REMOTE_ADDR", "LOCAL_PORT", "REMOTE_PORT", "APP_ID",
                 "USER_ID", "SCOPE_ID", "IP_VERSION", "REAUTH_REASON", "PACKAGE_ID",
                 "ENTERPRISE_ID", "POLICY_FLAGS", "EFFECTIVE_NAME")
]
APP = r"\device\harddiskvolume9\tools\probe.exe"
HEADER: dict[str, Tree] = {
    "timeStamp": "2026-11-02T03:04:05.678Z",
    "flags": FLAG_NAMES,
    "ipVersion": "FWP_IP_VERSION_V4",
    "ipProtocol": "17",
    "localAddrV4": "192.0.2.7",
    "remoteAddrV4": "203.0.113.250",
    "localPort": "49152",
    "remotePort": "53",
    "scopeId": "4",
    "appId": {"data": (APP + "\0").encode("utf-16-le").hex(), "asString": "not read"},
    "userId": "S-1-5-21-11-22-33-1001",
    "addressFamily": "FWP_AF_INET",
    "packageSid": "S-1-0-0",
    "enterpriseId": "corp.example",
    "policyFlags": "18446744073709551615",
    "effectiveName": {"data": "tailspin\0".encode("utf-16-le").hex(), "asString": "..."},
}
V6 = {
    "ipVersion": "FWP_IP_VERSION_V6", "localAddrV4": None, "remoteAddrV4": None,
    "localAddrV6.byteArray16": "2001:db8::7", "remoteAddrV6.byteArray16": "2001:db8:0:1::53",
    "addressFamily": "FWP_AF_INET6",
}
DROP: dict[str, Tree] = {
    "filterId": "70001", "layerId": "44", "reauthReason": "0", "originalProfile": "1",
    "currentProfile": "2", "msFwpDirection": "MS_FWP_DIRECTION_IN", "isLoopback": "false",
    "vSwitchId": "", "vSwitchSourcePort": "0", "vSwitchDestinationPort": "0",
}


def element(tag: str, content: Tree, depth: int = 0, eol: str = "\r\n") -> str:
    """An element: a text, members by tag, or a list of items; without any, closed at once."""
    indent = "\t" * depth
    if isinstance(content, str) or not content:
        text = escape(content) if isinstance(content, str) else ""
        return f"{indent}<{tag}>{text}</{tag}>{eol}" if text else f"{indent}<{tag}/>{eol}"
    if isinstance(content, Mapping):
        count, children = "", [(key, value) for key, value in content.items() if value is not None]
    else:
        count, children = f' numItems="{len(content)}"', [("item", each) for each in content]
    inner = "".join(element(key, value, depth + 1, eol) for key, value in children)
    return f"{indent}<{tag}{count}>{eol}{inner}{indent}</{tag}>{eol}"


def drop(header: Mapping[str, Tree | None] | None = None, **others: Tree | None) -> dict[str, Any]:
    """A dropped packet; members of its header may be replaced, and left out as None."""
    return {
        "header": {**HEADER, **(header or {})},
        "type": "FWPM_NET_EVENT_TYPE_CLASSIFY_DROP",
        "classifyDrop": DROP,
        **others,
    }


def netevents(*events: Tree, eol: str = "\r\n") -> str:
    """What ``netsh wfp show netevents`` writes, without the byte-order mark."""
    inner = "".join(element("item", event, 1, eol) for event in events)
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{eol}'
        f'<netEvents numItems="{len(events)}">{eol}{inner}</netEvents>{eol}'
    )


def wfpdiag(*events: Tree, filters: Sequence[Tree] = ()) -> str:
    """What ``netsh wfp capture`` writes."""
    state = {"ipsecStatistics": {"note": "skipped"}, "layers": [{"filters": filters}]}
    parts = {"sysInfo": {"osVersion": "10"}, "initialState": state}
    inner = "".join(element(tag, part, 1) for tag, part in parts.items())
    listed = "".join(element("netEvent", event, 2) for event in events)
    return f"<wfpdiag>\r\n{inner}\t<events>\r\n{listed}\t</events>\r\n</wfpdiag>\r\n"
