"""How fast netsh's XML is read, beside a script with lxml; must not know how it is read."""

import gc
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from benchmarks import library
from benchmarks.mixes import realistic
from benchmarks.rivals import MismatchError
from benchmarks.timing import Contestant, race
from wfpfast import netsh

EVENTS, QUICK_EVENTS = 20_000, 1_000
COLUMNS = ("local_port", "remote_port", "local_address", "app_path", "filter_id", "process_id")
FLAGS = ("IP_PROTOCOL", "LOCAL_ADDR", "REMOTE_ADDR", "LOCAL_PORT", "REMOTE_PORT", "APP_ID",
         "USER_ID", "IP_VERSION", "PACKAGE_ID")
HEAD = (
    '\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    '<netEvents numItems="{}">\r\n')
CLASSIFIED = {3: ("CLASSIFY_DROP", "classifyDrop", "BLOCK"),
              6: ("CLASSIFY_ALLOW", "classifyAllow", "PERMIT")}
ITEM = """\
\t<item>
\t\t<header>
\t\t\t<timeStamp>{time}</timeStamp>
\t\t\t<flags numItems="9">
{flags}\t\t\t</flags>
\t\t\t<ipVersion>FWP_IP_VERSION_{family}</ipVersion>
\t\t\t<ipProtocol>{protocol}</ipProtocol>
\t\t\t<localAddr{arm}>{local}</localAddr{arm}>
\t\t\t<remoteAddr{arm}>{remote}</remoteAddr{arm}>
\t\t\t<localPort>{local_port}</localPort>
\t\t\t<remotePort>{remote_port}</remotePort>
\t\t\t<scopeId>0</scopeId>
\t\t\t<appId>
\t\t\t\t<data>{path}</data>
\t\t\t\t<asString>{shown}</asString>
\t\t\t</appId>
\t\t\t<userId>{user}</userId>
\t\t\t<addressFamily>FWP_AF_INET{six}</addressFamily>
\t\t\t<packageSid>S-1-0-0</packageSid>
\t\t\t<enterpriseId/>
\t\t\t<policyFlags>0</policyFlags>
\t\t\t<effectiveName/>
\t\t</header>
\t\t<type>FWPM_NET_EVENT_TYPE_{kind}</type>
\t\t<{body}>
\t\t\t<filterId>{filter}</filterId>
\t\t\t<layerId>{layer}</layerId>
\t\t\t<reauthReason>0</reauthReason>
\t\t\t<originalProfile>1</originalProfile>
\t\t\t<currentProfile>1</currentProfile>
\t\t\t<msFwpDirection>MS_FWP_DIRECTION_OUT</msFwpDirection>
\t\t\t<isLoopback>false</isLoopback>
\t\t</{body}>
\t\t<internalFields>
\t\t\t<internalFlags/>
\t\t\t<terminatingFiltersInfo numItems="1">
\t\t\t\t<item>
\t\t\t\t\t<filterId>{filter}</filterId>
\t\t\t\t\t<subLayer>FWPP_SUBLAYER_INTERNAL_FIREWALL_WF</subLayer>
\t\t\t\t\t<actionType>FWP_ACTION_{action}</actionType>
\t\t\t\t</item>
\t\t\t</terminatingFiltersInfo>
\t\t\t<filterOrigin>Query User Default</filterOrigin>
\t\t\t<interfaceIndex>12</interfaceIndex>
\t\t\t<processId>{process}</processId>
\t\t</internalFields>
\t</item>
"""
FLAG_ITEMS = "".join(f"\t\t\t\t<item>FWPM_NET_EVENT_FLAG_{name}_SET</item>\n" for name in FLAGS)


def written(count: int) -> bytes:
    """Return a netevents.xml of the realistic mix's decisions."""
    items = (item(event, k) for k, event in enumerate(decisions(count)))
    text = HEAD.format(count) + "".join(items).replace("\n", "\r\n") + "</netEvents>\r\n"
    return text.encode()


def decisions(count: int) -> Iterator[dict[str, Any]]:
    """Yield so many events of the types that captures show, with an IP address."""
    left = count
    for event in realistic():
        if not left:
            return
        if event["type"] in CLASSIFIED:
            left -= 1
            yield event


def item(event: dict[str, Any], k: int) -> str:
    header, (kind, body, action) = event["header"], CLASSIFIED[event["type"]]
    six, payload = header["ipVersion"], event[body]
    at = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=header["timeStamp"] // 10)
    path = header["appId"]
    return ITEM.format(
        time=at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z", flags=FLAG_ITEMS,
        family="V6" if six else "V4", protocol=header["ipProtocol"],
        arm="V6.byteArray16" if six else "V4", six=6 if six else "",
        local=IPv6Address(header["localAddrV6"]) if six else IPv4Address(header["localAddrV4"]),
        remote=IPv6Address(header["remoteAddrV6"]) if six else IPv4Address(header["remoteAddrV4"]),
        local_port=header["localPort"], remote_port=header["remotePort"], path=path.hex(),
        shown="".join(chr(byte) if 0x20 < byte < 0x7F else "." for byte in path),
        user=header["userId"] or "S-1-5-18", kind=kind, body=body, action=action,
        filter=payload["filterId"], layer=payload["layerId"], process=400 + k % 7_000)


def with_lxml(data: bytes) -> list[dict[str, Any]]:
    """Read events as one would with lxml: a dict an event, texts as they are, the path decoded."""
    etree, rows = library("lxml.etree"), []
    for _, element in etree.iterparse(io.BytesIO(data), tag="item"):
        header = element.find("header")
        if header is None:
            continue
        row = {child.tag: child.text for child in header}
        row["flags"] = [flag.text for flag in header.find("flags")]
        row["appId"] = bytes.fromhex(header.findtext("appId/data")).decode("utf-16-le")[:-1]
        row["type"] = element.findtext("type")
        row.update((child.tag, child.text) for child in element[2])
        inner = element.find("internalFields")
        row.update((child.tag, child.text) for child in inner)
        row["terminatingFiltersInfo"] = [
            {part.tag: part.text for part in one} for one in inner.find("terminatingFiltersInfo")]
        rows.append(row)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return rows


def with_wfpfast(data: bytes) -> list[object]:
    with netsh.read_events(io.BytesIO(data)) as stream:
        return list(stream)


def check(data: bytes) -> None:
    """Compare what both read."""
    theirs = [
        (int(row["localPort"]), int(row["remotePort"]),
         row.get("localAddrV4") or row["localAddrV6.byteArray16"], row["appId"],
         int(row["filterId"]), int(row["processId"]))
        for row in with_lxml(data)]
    with netsh.read_events(io.BytesIO(data), columns=COLUMNS) as stream:
        ours = [tuple(row.to_dict().values()) for batch in stream for row in batch]
    if not ours or ours != theirs:
        raise MismatchError("lxml and wfpfast read netsh's XML in different ways")


def measure_netsh(*, quick: bool) -> tuple[str, dict[str, Any]]:
    """Return a line, and its figures."""
    data = written(QUICK_EVENTS if quick else EVENTS)
    count = QUICK_EVENTS if quick else EVENTS
    check(data)
    gc.collect()
    ours, theirs = race(
        [Contestant("wfpfast", (), count, lambda: with_wfpfast(data)),
         Contestant("lxml", (), count, lambda: with_lxml(data))], rounds=3, seconds=0)
    ratio = theirs.per_event / ours.per_event
    return (
        f"netsh XML, {len(data) // count} bytes an event: {1 / ours.per_event:,.0f} events/s, an"
        f" lxml script {1 / theirs.per_event:,.0f}: {ratio:.2f} times as fast",
        {"events": count, "wfpfast": 1 / ours.per_event, "lxml": 1 / theirs.per_event,
         "ratio": ratio})
