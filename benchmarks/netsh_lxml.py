"""Reads netsh's XML into columns with lxml, as one would by hand; must not know wfpfast.

The script is fair: one pass, no element is looked for twice, and the tree is freed as it grows.
"""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

from benchmarks import library

FLAGS = {
    f"FWPM_NET_EVENT_FLAG_{name}_SET": 1 << bit
    for bit, name in enumerate((
        "IP_PROTOCOL", "LOCAL_ADDR", "REMOTE_ADDR", "LOCAL_PORT", "REMOTE_PORT", "APP_ID",
        "USER_ID", "SCOPE_ID", "IP_VERSION", "REAUTH_REASON", "PACKAGE_ID"))
}
Convert = Callable[[Any], Any]


def text(element: Any) -> Any:
    return element.text


def number(element: Any) -> int:
    return int(element.text)


def after(prefix: str) -> Convert:
    return lambda element: element.text[len(prefix):]


def direction(element: Any) -> str:
    return {"MS_FWP_DIRECTION_IN": "INBOUND", "MS_FWP_DIRECTION_OUT": "OUTBOUND"}[element.text]


def path(element: Any) -> str:
    return bytes.fromhex(element[0].text).decode("utf-16-le")[:-1]


def flags(element: Any) -> int:
    return sum(FLAGS[item.text] for item in element)


def filters(element: Any) -> list[dict[str, Any]]:
    return [
        {"filter_id": int(item[0].text), "sublayer": item[1].text, "action": item[2].text}
        for item in element]


# By tag: a column, and how its cell is made. The tags of all sections differ.
MEMBERS: dict[str, tuple[str, Convert]] = {
    "timeStamp": ("timestamp", lambda element: datetime.fromisoformat(element.text)),
    "flags": ("flags", flags),
    "ipVersion": ("ip_version", lambda element: int(element.text[-1])),
    "ipProtocol": ("ip_protocol", number),
    "localAddrV4": ("local_address", text),
    "localAddrV6.byteArray16": ("local_address", text),
    "remoteAddrV4": ("remote_address", text),
    "remoteAddrV6.byteArray16": ("remote_address", text),
    "localPort": ("local_port", number),
    "remotePort": ("remote_port", number),
    "appId": ("app_path", path),
    "userId": ("user_sid", text),
    "addressFamily": ("address_family", after("FWP_AF_")),
    "packageSid": ("package_sid", text),
    "filterId": ("filter_id", number),
    "layerId": ("layer_id", number),
    "reauthReason": ("reauth_reason", number),
    "originalProfile": ("original_profile", number),
    "currentProfile": ("current_profile", number),
    "msFwpDirection": ("direction", direction),
    "isLoopback": ("is_loopback", lambda element: element.text == "true"),
    "terminatingFiltersInfo": ("terminating_filters", filters),
    "filterOrigin": ("filter_origin", text),
    "interfaceIndex": ("interface_index", number),
    "processId": ("process_id", number),
}
COLUMNS = ("event_type", *dict.fromkeys(name for name, _ in MEMBERS.values()))


def read_table(data: bytes) -> Any:
    """Return a pyarrow table of the events of a file."""
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for _, element in library("lxml.etree").iterparse(io.BytesIO(data), tag="item"):
        if len(element) < 3 or element[0].tag != "header":
            continue    # an item of another list
        header, kind, *others = element
        row = dict.fromkeys(COLUMNS)
        row["event_type"] = kind.text[len("FWPM_NET_EVENT_TYPE_"):]
        for section in (header, *others):
            for child in section:
                member = MEMBERS.get(child.tag)
                if member is not None:
                    row[member[0]] = member[1](child)
        for name, cells in columns.items():
            cells.append(row[name])
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return library("pyarrow").table(columns)
