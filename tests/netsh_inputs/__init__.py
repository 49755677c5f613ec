"""Made-up inputs as people have them, each with the rows, statistics or error that are right.

The rows are written by hand, after Microsoft's documentation of the structs and after what public
files and scripts show of netsh's XML. Tests of other parts may read the inputs as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from netsh_xml import Tree, element

PATH = r"\device\harddiskvolume4\apps\probe.exe"
FLAGS = [f"FWPM_NET_EVENT_FLAG_{name}_SET" for name in (
    "IP_PROTOCOL", "LOCAL_ADDR", "REMOTE_ADDR", "LOCAL_PORT", "REMOTE_PORT", "APP_ID", "USER_ID",
    "IP_VERSION", "PACKAGE_ID")]
HEADER: dict[str, Tree] = {
    "timeStamp": "2026-03-04T05:06:07.089Z", "flags": FLAGS, "ipVersion": "FWP_IP_VERSION_V4",
    "ipProtocol": "6", "localAddrV4": "192.0.2.20", "remoteAddrV4": "198.51.100.9",
    "localPort": "50001", "remotePort": "443", "scopeId": "0",
    "appId": {"data": (PATH + "\0").encode("utf-16-le").hex(), "asString": r"\.d.e.v.i.c.e..."},
    "userId": "S-1-5-20", "addressFamily": "FWP_AF_INET", "packageSid": "S-1-0-0",
    "enterpriseId": "", "policyFlags": "0", "effectiveName": "",
}
DROP: dict[str, Tree] = {
    "filterId": "70123", "layerId": "48", "reauthReason": "0", "originalProfile": "1",
    "currentProfile": "2", "msFwpDirection": "MS_FWP_DIRECTION_OUT", "isLoopback": "false",
    "vSwitchId": "", "vSwitchSourcePort": "0", "vSwitchDestinationPort": "0",
}
INTERNAL: dict[str, Tree] = {
    "internalFlags": "", "capabilities": "", "fqbnVersion": "0", "fqbnName": "",
    "terminatingFiltersInfo": [{
        "filterId": "70123", "subLayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF",
        "actionType": "FWP_ACTION_BLOCK"}],
    "filterOrigin": "Query User Default", "interfaceIndex": "12", "processId": "4321",
}
ROW: dict[str, Any] = {
    "timestamp": datetime(2026, 3, 4, 5, 6, 7, 89000, UTC), "event_type": "CLASSIFY_DROP",
    "flags": 0x57F, "ip_version": 4, "ip_protocol": 6, "local_address": "192.0.2.20",
    "remote_address": "198.51.100.9", "local_port": 50001, "remote_port": 443, "scope_id": None,
    "app_path": PATH, "user_sid": "S-1-5-20", "address_family": "INET", "package_sid": "S-1-0-0",
    "enterprise_id": None, "policy_flags": None, "effective_name": None,
    "filter_id": 70123, "layer_id": 48, "reauth_reason": 0, "original_profile": 1,
    "current_profile": 2, "direction": "OUTBOUND", "direction_code": 0x3901, "is_loopback": False,
    "vswitch_id": None, "process_id": 4321, "filter_origin": "Query User Default",
    "interface_index": 12,
    "terminating_filters": [{
        "filter_id": 70123, "sublayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF",
        "action": "FWP_ACTION_BLOCK"}],
}
# What is null in a row of another type.
NO_CLASSIFY = dict.fromkeys((
    "filter_id", "layer_id", "reauth_reason", "original_profile", "current_profile", "direction",
    "direction_code", "is_loopback", "vswitch_id"))


@dataclass(frozen=True)
class Input:
    """A file, and what is right.

    Attributes
    ----------
    name : str
        What is special about it.
    data : bytes
        The file.
    rows : list of dict
        The events, in order, by column; columns that are not named are not compared.
    stats : dict
        The statistics that are not zero, without ``events``.
    error : str
        A regular expression for the error after the rows, with ``errors="null"``; "" if none.
    raises : str
        The same with ``errors="raise"``; "" if what is odd is no error, "same" if it is the same.
    encoding : str, optional
        Is passed on.
    """

    name: str
    data: bytes
    rows: list[dict[str, Any]]
    stats: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
    raises: str = ""
    encoding: str | None = None


def event(
    header: Mapping[str, Tree | None] | None = None,
    drop: Mapping[str, Tree | None] | None = None,
    internal: Mapping[str, Tree | None] | None = None,
    **others: Tree | None,
) -> dict[str, Any]:
    """A dropped connection; members may be replaced, and left out as None."""
    return {
        "header": {**HEADER, **(header or {})},
        "type": "FWPM_NET_EVENT_TYPE_CLASSIFY_DROP",
        "classifyDrop": {**DROP, **(drop or {})},
        "internalFields": {**INTERNAL, **(internal or {})},
        **others,
    }


def other(kind: str, body: str, members: Mapping[str, Tree | None], **header: Tree) -> Tree:
    """An event of another type."""
    tree = event(header, type=f"FWPM_NET_EVENT_TYPE_{kind}", classifyDrop=None)
    return {tag: part for tag, part in {**tree, body: members}.items() if part is not None}


def items(*trees: Tree, tag: str = "item") -> str:
    """Events one below the other, without a list around them."""
    return "".join(element(tag, tree, 1) for tree in trees)


DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
MARK = "\ufeff"


def listed(inner: str, tag: str = "netEvents") -> str:
    """A document as netsh writes it, with its declaration."""
    return f'{DECLARATION}<{tag} numItems="1">\r\n{inner}</{tag}>\r\n'


def file(*trees: Tree) -> bytes:
    """What ``netsh wfp show netevents`` writes."""
    return (MARK + listed(items(*trees))).encode()


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """Put texts in the place of others, each of which stands there once."""
    for old, new in pairs:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


def spoiled(*pairs: tuple[str, str], **header: Tree) -> bytes:
    """Three events, of which the second is changed as a text; ports 50000, 50001 and 50002."""
    texts = [items(event({**header, "localPort": str(port)})) for port in (50000, 50001, 50002)]
    texts[1] = changed(texts[1], *pairs)
    return (MARK + listed("".join(texts))).encode()


def row(**changes: Any) -> dict[str, Any]:
    """The row of `event()`, with other values in some columns; `...` compares a column no more."""
    return {name: cell for name, cell in {**ROW, **changes}.items() if cell is not ...}


def three(**changes: Any) -> list[dict[str, Any]]:
    """The rows of `spoiled()`: the second has other values in some columns."""
    return [row(local_port=50000), row(**changes), row(local_port=50002)]


def two() -> list[dict[str, Any]]:
    """The rows of `spoiled()` if the second event is lost."""
    return [row(local_port=50000), row(local_port=50002)]


def simple(name: str, data: str | bytes, rows: Sequence[dict[str, Any]], **more: Any) -> Input:
    return Input(name, data if isinstance(data, bytes) else data.encode(), list(rows), **more)
