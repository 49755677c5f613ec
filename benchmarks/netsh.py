"""How fast netsh's XML is read, beside a script with lxml; must not know how it is read."""

import gc
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from benchmarks import library, netsh_lxml
from benchmarks.mixes import realistic
from benchmarks.rivals import MismatchError
from benchmarks.timing import Contestant, race
from wfpfast import netsh

EVENTS, QUICK_EVENTS = 20_000, 1_000
# What differs from one Windows to the next: the encoding, the origins of filters, and whether the
# texts of blobs are broken, as they are in samples that people published.
KINDS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "ASCII": ("utf-8-sig", ("Query User Default", "AppContainer Loopback"), ""),
    "German": ("utf-8-sig", ("Abfragebenutzer für ausgehend", "Büro &amp; Lager: Öffentlich"), ""),
    "Japanese": ("utf-8-sig", ("既定の送信", "ブート時間フィルター"), ""),
    "line breaks": ("utf-8-sig", ("Query User Default",), "\n\t\t\t\t\t"),
    "UTF-16": ("utf-16", ("Query User Default", "AppContainer Loopback"), ""),
}
BREAK = 40      # characters before the line break in a blob's text
FLAGS = ("IP_PROTOCOL", "LOCAL_ADDR", "REMOTE_ADDR", "LOCAL_PORT", "REMOTE_PORT", "APP_ID",
         "USER_ID", "IP_VERSION", "PACKAGE_ID")
HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
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
\t\t\t<filterOrigin>{origin}</filterOrigin>
\t\t\t<interfaceIndex>12</interfaceIndex>
\t\t\t<processId>{process}</processId>
\t\t</internalFields>
\t</item>
"""
FLAG_ITEMS = "".join(f"\t\t\t\t<item>FWPM_NET_EVENT_FLAG_{name}_SET</item>\n" for name in FLAGS)


def written(count: int, kind: str = "ASCII") -> bytes:
    """Return a netevents.xml of the realistic mix's decisions."""
    encoding, origins, inside = KINDS[kind]
    items = (item(event, k, origins[k % len(origins)], inside)
             for k, event in enumerate(decisions(count)))
    text = HEAD.format(count) + "".join(items).replace("\n", "\r\n") + "</netEvents>\r\n"
    return text.encode(encoding)


def decisions(count: int) -> Iterator[dict[str, Any]]:
    """Yield so many events of the types that captures show, with an IP address."""
    left = count
    for event in realistic():
        if not left:
            return
        if event["type"] in CLASSIFIED:
            left -= 1
            yield event


def item(event: dict[str, Any], k: int, origin: str, inside: str) -> str:
    """Return an event's element; `inside` breaks the text of its path."""
    header, (kind, body, action) = event["header"], CLASSIFIED[event["type"]]
    six, payload = header["ipVersion"], event[body]
    at = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=header["timeStamp"] // 10)
    path = header["appId"]
    shown = "".join(chr(byte) if 0x20 < byte < 0x7F else "." for byte in path)
    return ITEM.format(
        time=at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z", flags=FLAG_ITEMS,
        family="V6" if six else "V4", protocol=header["ipProtocol"],
        arm="V6.byteArray16" if six else "V4", six=6 if six else "",
        local=IPv6Address(header["localAddrV6"]) if six else IPv4Address(header["localAddrV4"]),
        remote=IPv6Address(header["remoteAddrV6"]) if six else IPv4Address(header["remoteAddrV4"]),
        local_port=header["localPort"], remote_port=header["remotePort"], path=path.hex(),
        shown=shown[:BREAK] + inside + shown[BREAK:], origin=origin,
        user=header["userId"] or "S-1-5-18", kind=kind, body=body, action=action,
        filter=payload["filterId"], layer=payload["layerId"], process=400 + k % 7_000)


def with_wfpfast(data: bytes) -> Any:
    """Return a pyarrow table of all columns."""
    with netsh.read_events(io.BytesIO(data)) as stream:
        return library("pyarrow").table(stream)


def check(data: bytes) -> None:
    """Compare every cell that both read."""
    theirs, ours = netsh_lxml.read_table(data), with_wfpfast(data)
    for name in netsh_lxml.COLUMNS:
        if not len(ours) or ours[name].to_pylist() != theirs[name].to_pylist():
            raise MismatchError(f"lxml and wfpfast read netsh's XML in different ways: {name}")


def measure_kind(kind: str, count: int) -> dict[str, Any]:
    """Return the figures of one kind of file."""
    data = written(count, kind)
    check(data)
    gc.collect()
    ours, theirs = race(
        [Contestant("wfpfast", (), count, lambda: with_wfpfast(data)),
         Contestant("lxml", (), count, lambda: netsh_lxml.read_table(data))], rounds=3, seconds=0)
    return {
        "kind": kind, "bytes": len(data) // count, "wfpfast": 1 / ours.per_event,
        "lxml": 1 / theirs.per_event, "ratio": theirs.per_event / ours.per_event}


def measure_netsh(*, quick: bool) -> tuple[str, dict[str, Any]]:
    """Return a table with a row for each kind of file, and its figures."""
    count = QUICK_EVENTS if quick else EVENTS
    kinds = [measure_kind(kind, count) for kind in KINDS]
    lines = [
        f"netsh XML, {count:,} events, into a table; lxml: a script that makes"
        f" {len(netsh_lxml.COLUMNS)} of the columns",
        f"{'':14}{'bytes/event':>12}{'events/s':>12}{'time, ASCII = 1':>17}{'lxml, events/s':>16}"
        f"{'times as fast':>15}"]
    for row in kinds:
        row["times_as_long"] = kinds[0]["wfpfast"] / row["wfpfast"]
        lines.append(
            f"{row['kind']:14}{row['bytes']:>12,}{row['wfpfast']:>12,.0f}"
            f"{row['times_as_long']:>17.2f}{row['lxml']:>16,.0f}{row['ratio']:>15.2f}")
    return "\n".join(lines), {"events": count, "kinds": kinds}
