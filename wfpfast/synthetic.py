"""Made-up net events of a realistic mix, for demonstrations and benchmarks; must not know decoding.

The shares follow 20,640 real records of the same engine: 171 application paths, of which the first
makes 34 % and the first ten 74 %; 19 % IPv6; two thirds TCP; 335 filters; 243 remote addresses.
Addresses are from the documentation ranges of RFC 5737 and RFC 3849.
"""

import bisect
import itertools
import random
from collections.abc import Iterator
from typing import Any

N_PATHS = 171
N_FILTERS = 335
N_REMOTES = 243
FIRST_FILTER = 65_536
LAYERS = (36, 48, 38, 44, 50, 46, 42, 40, 13, 28, 32)  # connect, bind, accept, listen, transport
TICKS = 10_000_000  # FILETIME ticks a second
START = 133_800_000_000_000_000  # 2024-12-28 10:40 UTC as FILETIME

# Cumulated shares of the paths by rank, read off the real records; between the marks it is linear.
_PATH_MARKS = ((0, 0.0), (1, 0.34), (2, 0.44), (3, 0.50), (5, 0.61), (10, 0.74), (20, 0.84),
               (50, 0.94), (100, 0.986), (N_PATHS, 1.0))

_FLAGS = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x100 | 0x400
_FLAG_USER = 0x40

# What an event is, in thousandths: the engine's decisions, and a little of everything else.
_TYPES = ((3, 615), (6, 340), (7, 15), (8, 10), (4, 10), (0, 3), (1, 3), (2, 1), (5, 1), (9, 1),
          (10, 1))

_SERVICES = ("svchost", "lsass", "spoolsv", "dns", "wininit", "services", "msmpeng", "taskhostw")
_VENDORS = ("contoso", "fabrikam", "northwind", "tailspin", "adventure works", "wingtip")


def paths() -> list[str]:
    """Return the application paths of the mix, the most frequent first."""
    made = []
    for k in range(N_PATHS):
        volume = f"\\device\\harddiskvolume{k % 4 + 1}"
        if k % 3:
            vendor = _VENDORS[k % len(_VENDORS)]
            made.append(f"{volume}\\program files\\{vendor}\\application {k}\\bin\\process{k}.exe")
        else:
            service = _SERVICES[k % len(_SERVICES)]
            made.append(f"{volume}\\windows\\system32\\{service}{k or ''}.exe")
    return made


def _ranks() -> list[float]:
    """Return the cumulated share of each path."""
    shares: list[float] = []
    for (low, share), (high, next_share) in itertools.pairwise(_PATH_MARKS):
        step = (next_share - share) / (high - low)
        shares += [share + step * (k + 1) for k in range(high - low)]
    return shares


class Mix:
    """An endless supply of events as mappings for `wfpfast.encode`, the same for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._paths = [f"{path}\0".encode("utf-16-le") for path in paths()]
        self._shares = _ranks()
        self._types = [kind for kind, share in _TYPES for _ in range(share)]
        self._sids = [f"S-1-5-21-1111-2222-3333-{1000 + k}" for k in range(20)]
        self._sids += ["S-1-5-18", "S-1-5-19", "S-1-5-20"]
        self._remotes_v4 = [self._documentation_v4() for _ in range(N_REMOTES)]
        self._remotes_v6 = [self._documentation_v6() for _ in range(N_REMOTES)]
        self._time = START

    def _documentation_v4(self) -> int:
        network = self._random.choice((0xC0000200, 0xC6336400, 0xCB007100))
        return network | self._random.randrange(1, 255)

    def _documentation_v6(self) -> bytes:
        return bytes.fromhex("20010db8") + self._random.randbytes(12)

    def events(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield the next `count` events."""
        for _ in range(count):
            yield self._event()

    def _event(self) -> dict[str, Any]:
        kind = self._types[int(self._random.random() * len(self._types))]
        member, payload = _PAYLOADS[kind](self._random)
        return {"header": self._header(), "type": kind, member: payload}

    def _header(self) -> dict[str, Any]:
        draw = self._random.random
        self._time += int(draw() * TICKS / 100)
        chance = draw()
        icmp = chance < 0.01
        header: dict[str, Any] = {
            "timeStamp": self._time,
            "flags": _FLAGS,
            "ipProtocol": 1 if icmp else 6 if chance < 0.67 else 17,
            "localPort": 8 if icmp else 49152 + int(draw() * 16384),
            "remotePort": 0 if icmp else (443, 443, 80, 53, 445, 3389)[int(draw() * 6)],
            "appId": self._paths[bisect.bisect_right(self._shares, draw() * 0.9999999)],
            "packageSid": "S-1-0-0",
        }
        if draw() < 0.75:
            header["flags"] = _FLAGS | _FLAG_USER
            header["userId"] = self._sids[int(draw() * len(self._sids))]
        remote = int(draw() * draw() * N_REMOTES)
        if draw() < 0.19:
            header["ipVersion"] = header["addressFamily"] = 1
            header["localAddrV6"] = self._remotes_v6[0][:8] + self._random.randbytes(8)
            header["remoteAddrV6"] = self._remotes_v6[remote]
        else:
            header["localAddrV4"] = 0xC0000200 | int(draw() * 256)
            header["remoteAddrV4"] = self._remotes_v4[remote]
        return header


def _filter(source: random.Random) -> int:
    draw = source.random
    return FIRST_FILTER + int(draw() * draw() * N_FILTERS)


def _classify(source: random.Random) -> dict[str, Any]:
    outbound = source.random() < 0.6
    return {
        "filterId": _filter(source),
        "layerId": LAYERS[int(source.random() * source.random() * len(LAYERS))],
        "originalProfile": 1,
        "currentProfile": 1,
        "msFwpDirection": 0x3901 if outbound else 0x3900,
        "isLoopback": source.random() < 0.03,
    }


def _capability(source: random.Random) -> dict[str, Any]:
    return {"networkCapabilityId": source.randrange(3), "filterId": _filter(source)}


def _kernel_drop(source: random.Random) -> dict[str, Any]:
    spi = source.getrandbits(32)
    return {
        "failureStatus": -1070202879 if spi else -1070202873,  # bad SPI, clear text
        "direction": source.randrange(2),
        "spi": spi,
        "filterId": _filter(source) if source.random() < 0.5 else 0,
        "layerId": 12,
    }


def _mm_failure(source: random.Random) -> dict[str, Any]:
    return {
        "failureErrorCode": source.choice((13801, 13805, 13806, 13825)),
        "failurePoint": source.randrange(1, 3),
        "keyingModuleType": source.randrange(3),
        "mmState": source.randrange(6),
        "saRole": source.randrange(2),
        "mmAuthMethod": source.randrange(4),
        "endCertHash": bytes(20),
        "mmId": source.getrandbits(32),
        "mmFilterId": _filter(source),
        "localPrincipalNameForAuth": "",
        "remotePrincipalNameForAuth": "host/peer.example.org",
        "localPrincipalGroupSids": ["S-1-5-32-544"],
    }


def _qm_failure(source: random.Random) -> dict[str, Any]:
    tunnel = source.random() < 0.5
    payload: dict[str, Any] = {
        "failureErrorCode": source.choice((13801, 13868, 13884)),
        "failurePoint": source.randrange(1, 3),
        "keyingModuleType": source.randrange(3),
        "qmState": source.randrange(4),
        "saRole": source.randrange(2),
        "saTrafficType": int(tunnel),
        "qmFilterId": _filter(source),
        "mmSaLuid": source.getrandbits(32),
    }
    if tunnel:
        payload["localSubNet"] = (256, {"addr": 0xC0000200, "mask": 0xFFFFFF00})
        payload["remoteSubNet"] = (256, {"addr": 0xC6336400, "mask": 0xFFFFFF00})
    return payload


def _em_failure(source: random.Random) -> dict[str, Any]:
    return {
        "failureErrorCode": 13801,
        "failurePoint": 2,
        "emState": source.randrange(6),
        "saRole": source.randrange(2),
        "emAuthMethod": 2,
        "endCertHash": bytes(20),
        "mmId": source.getrandbits(32),
        "qmFilterId": _filter(source),
        "localPrincipalNameForAuth": "user@example.org",
        "remotePrincipalNameForAuth": "host/peer.example.org",
    }


def _dosp_drop(source: random.Random) -> dict[str, Any]:
    return {
        "publicHostV4Addr": 0xC6336400 | source.randrange(256),
        "internalHostV4Addr": 0xC0000200 | source.randrange(256),
        "failureStatus": -1070170110,
        "direction": 1,
    }


def _drop_mac(source: random.Random) -> dict[str, Any]:
    # 00-00-5E-00-53-xx: the documentation range of RFC 7042.
    return {
        "localMacAddr": bytes.fromhex("00005e005301"),
        "remoteMacAddr": bytes.fromhex("00005e0053") + source.randbytes(1),
        "ifType": 6,
        "etherType": 0x0806,
        "ifLuid": 6 << 48,
        **_classify(source),
    }


def _packet_arrival(source: random.Random) -> dict[str, Any]:
    return {"spi": source.getrandbits(32)}


_PAYLOADS: Any = {
    0: lambda source: ("ikeMmFailure", _mm_failure(source)),
    1: lambda source: ("ikeQmFailure", _qm_failure(source)),
    2: lambda source: ("ikeEmFailure", _em_failure(source)),
    3: lambda source: ("classifyDrop", _classify(source)),
    4: lambda source: ("ipsecDrop", _kernel_drop(source)),
    5: lambda source: ("idpDrop", _dosp_drop(source)),
    6: lambda source: ("classifyAllow", _classify(source)),
    7: lambda source: ("capabilityDrop", _capability(source)),
    8: lambda source: ("capabilityAllow", _capability(source)),
    9: lambda source: ("classifyDropMac", _drop_mac(source)),
    10: lambda source: ("lpmPacketArrival", _packet_arrival(source)),
}
