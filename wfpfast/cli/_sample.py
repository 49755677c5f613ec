"""A made-up computer's events and filters as netsh writes them; must not know how they are read.

The elements are those that real files have (tests/netsh). Of IKE no real file is public, so there
is none here. Addresses are of the documentation ranges (RFC 5737), names are invented.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

START = datetime(2026, 10, 5, 9, 0)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FLAGS = ("IP_PROTOCOL", "LOCAL_ADDR", "REMOTE_ADDR", "LOCAL_PORT", "REMOTE_PORT", "APP_ID",
         "USER_ID", "IP_VERSION", "PACKAGE_ID")
DISK = "\\device\\harddiskvolume3\\"
CONNECT, ACCEPT, DISCARD = "ALE_AUTH_CONNECT_V4", "ALE_AUTH_RECV_ACCEPT_V4", (
    "INBOUND_TRANSPORT_V4_DISCARD")
LAYERS = {CONNECT: 48, ACCEPT: 44, DISCARD: 13}
FIREWALL, SHIELD = "FWPM_PROVIDER_MPSSVC_WF", "{5a3e1d00-0000-4000-8000-000000000001}"
ALICE, NETWORK_SERVICE, SYSTEM = "S-1-5-21-100-200-300-1001", "S-1-5-20", "S-1-5-18"


class Filter(NamedTuple):
    """A filter of the state: `origin` is what its events say of it."""

    number: int
    name: str
    layer: str
    provider: str
    blocks: bool
    origin: str


FILTERS = (
    Filter(71001, "Mail stays inside", CONNECT, FIREWALL, True, "Mail stays inside"),
    Filter(71002, "Query User", ACCEPT, FIREWALL, True, "Query User Default"),
    Filter(71003, "Port Scanning Prevention Filter", DISCARD, FIREWALL, True, "Stealth"),
    Filter(71004, "Example Shield: no remote desktop", CONNECT, SHIELD, True, ""),
    Filter(71005, "Browser may go out", CONNECT, FIREWALL, False, "Browser may go out"),
)


class Talk(NamedTuple):
    """Events that differ in their times and local ports only."""

    every: int      # seconds from one to the next
    times: int
    decided: int    # the filter
    program: str
    process: int
    user: str
    protocol: int
    remote: str
    port: int       # remote where the computer calls, local where it is called


TALKS = (
    Talk(180, 9, 71001, DISK + "apps\\mail & more\\mail.exe", 3100, ALICE, 6, "198.51.100.23", 587),
    Talk(97, 12, 71002, "System", 4, SYSTEM, 6, "203.0.113.77", 445),
    Talk(3, 6, 71003, DISK + "windows\\system32\\svchost.exe", 1280, NETWORK_SERVICE, 6,
         "203.0.113.9", 3389),
    Talk(600, 2, 71004, DISK + "windows\\system32\\mstsc.exe", 5012, ALICE, 6, "192.0.2.200", 3389),
    Talk(61, 15, 71005, DISK + "apps\\browser\\browser.exe", 4404, ALICE, 6, "198.51.100.80", 443),
    Talk(400, 3, 71005, DISK + "apps\\browser\\browser.exe", 4404, ALICE, 17, "198.51.100.80", 443),
)


def write(folder: Path) -> tuple[Path, Path]:
    """Write netevents.xml and wfpstate.xml to a folder that is made if it is not there."""
    events, state = folder / "netevents.xml", folder / "wfpstate.xml"
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in ((events, netevents()), (state, wfpstate())):
        with path.open("x", encoding="utf-8-sig", newline="\r\n") as file:
            file.write(text)
    return events, state


def netevents() -> str:
    """Return the events, the first that happened first."""
    happened = sorted(
        (START + timedelta(seconds=7 * number + talk.every * turn), number, turn)
        for number, talk in enumerate(TALKS) for turn in range(talk.times))
    items = [_event(at, TALKS[number], 50_000 + 100 * number + turn)
             for at, number, turn in happened]
    return f'{HEAD}<netEvents numItems="{len(items)}">\n{"".join(items)}</netEvents>\n'


def _event(at: datetime, talk: Talk, free_port: int) -> str:
    (one,) = (each for each in FILTERS if each.number == talk.decided)
    inward = one.layer != CONNECT
    mine, other = (talk.port, free_port) if inward else (free_port, talk.port)
    flags = "".join(f"<item>FWPM_NET_EVENT_FLAG_{each}_SET</item>" for each in FLAGS)
    path = f"{talk.program}\0".encode("utf-16-le")
    return f"""\t<item>
\t\t<header>
\t\t\t<timeStamp>{at:%Y-%m-%dT%H:%M:%S}.{at.second * 7:03}Z</timeStamp>
\t\t\t<flags numItems="{len(FLAGS)}">{flags}</flags>
\t\t\t<ipVersion>FWP_IP_VERSION_V4</ipVersion>
\t\t\t<ipProtocol>{talk.protocol}</ipProtocol>
\t\t\t<localAddrV4>192.0.2.40</localAddrV4>
\t\t\t<remoteAddrV4>{talk.remote}</remoteAddrV4>
\t\t\t<localPort>{mine}</localPort>
\t\t\t<remotePort>{other}</remotePort>
\t\t\t<scopeId>0</scopeId>
\t\t\t<appId><data>{path.hex()}</data><asString>{escape(talk.program)}</asString></appId>
\t\t\t<userId>{talk.user}</userId>
\t\t\t<addressFamily>FWP_AF_INET</addressFamily>
\t\t\t<packageSid>S-1-0-0</packageSid>
\t\t\t<enterpriseId/>
\t\t\t<policyFlags>0</policyFlags>
\t\t\t<effectiveName/>
\t\t</header>
{_decision(one, "IN" if inward else "OUT", talk.process)}\t</item>
"""


def _decision(one: Filter, direction: str, process: int) -> str:
    kind, tag = ("DROP", "classifyDrop") if one.blocks else ("ALLOW", "classifyAllow")
    action = "BLOCK" if one.blocks else "PERMIT"
    sublayer = "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF" if one.provider == FIREWALL else SHIELD
    return f"""\t\t<type>FWPM_NET_EVENT_TYPE_CLASSIFY_{kind}</type>
\t\t<{tag}>
\t\t\t<filterId>{one.number}</filterId>
\t\t\t<layerId>{LAYERS[one.layer]}</layerId>
\t\t\t<reauthReason>0</reauthReason>
\t\t\t<originalProfile>1</originalProfile>
\t\t\t<currentProfile>1</currentProfile>
\t\t\t<msFwpDirection>MS_FWP_DIRECTION_{direction}</msFwpDirection>
\t\t\t<isLoopback>false</isLoopback>
\t\t</{tag}>
\t\t<internalFields>
\t\t\t<terminatingFiltersInfo numItems="1"><item><filterId>{one.number}</filterId>\
<subLayer>{sublayer}</subLayer><actionType>FWP_ACTION_{action}</actionType></item>\
</terminatingFiltersInfo>
\t\t\t<filterOrigin>{escape(one.origin)}</filterOrigin>
\t\t\t<interfaceIndex>6</interfaceIndex>
\t\t\t<processId>{process}</processId>
\t\t</internalFields>
"""


def wfpstate() -> str:
    """Return the filters, layer by layer, and the providers that they are of."""
    layers = "".join(
        f"\t\t<item>\n\t\t\t<layer><layerKey>FWPM_LAYER_{layer}</layerKey>"
        f"<layerId>{number}</layerId></layer>\n\t\t\t<callouts/>\n"
        f"\t\t\t<filters>\n{''.join(_filters(layer))}\t\t\t</filters>\n\t\t</item>\n"
        for layer, number in LAYERS.items())
    providers = "".join(
        f"\t\t<item><providerKey>{key}</providerKey><displayData><name>{name}</name>"
        f"<description/></displayData><flags/><providerData/><serviceName>{service}</serviceName>"
        "</item>\n"
        for key, name, service in ((FIREWALL, "Windows Defender Firewall", "MpsSvc"),
                                   (SHIELD, "Example Shield", "ExampleShieldSvc")))
    return (f"{HEAD}<wfpstate>\n\t<timeStamp>2026-10-05T10:00:00.000Z</timeStamp>\n"
            f"\t<layers>\n{layers}\t</layers>\n\t<providers>\n{providers}\t</providers>\n"
            "</wfpstate>\n")


def _filters(layer: str) -> Iterator[str]:
    for each in FILTERS:
        if each.layer == layer:
            yield f"""\t\t\t\t<item>
\t\t\t\t\t<filterKey>{{5a3e1d00-0000-4000-9000-{each.number:012}}}</filterKey>
\t\t\t\t\t<displayData><name>{escape(each.name)}</name><description/></displayData>
\t\t\t\t\t<flags/>
\t\t\t\t\t<providerKey>{each.provider}</providerKey>
\t\t\t\t\t<providerData/>
\t\t\t\t\t<layerKey>FWPM_LAYER_{layer}</layerKey>
\t\t\t\t\t<subLayerKey>FWPM_SUBLAYER_UNIVERSAL</subLayerKey>
\t\t\t\t\t<weight><type>FWP_EMPTY</type></weight>
\t\t\t\t\t<filterCondition/>
\t\t\t\t\t<action><type>FWP_ACTION_{"BLOCK" if each.blocks else "PERMIT"}</type>\
<filterType/></action>
\t\t\t\t\t<rawContext>0</rawContext>
\t\t\t\t\t<reserved/>
\t\t\t\t\t<filterId>{each.number}</filterId>
\t\t\t\t\t<effectiveWeight><type>FWP_UINT64</type><uint64>{each.number}</uint64>\
</effectiveWeight>
\t\t\t\t</item>
"""
