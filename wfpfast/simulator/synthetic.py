"""Made-up net events of a realistic mix, for demonstrations and benchmarks; must not know decoding.

The shares follow 20,640 real records of the same engine: 171 application paths, of which the first
makes 34 % and the first ten 74 %; 19 % IPv6; two thirds TCP; 335 filters; 243 remote addresses.
One of the ten is `System`, as captures name the kernel. Addresses are from the documentation
ranges of RFC 5737 and RFC 3849.
"""

import itertools
import random
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast.abi.events import UNIX_EPOCH

N_PATHS = 171
_KERNEL = 9   # the rank of the path that the kernel has instead of one
N_REMOTES_V4, N_REMOTES_V6 = 197, 46
FIRST_FILTER = 65_536
START = 133_800_000_000_000_000  # 2024-12-30 02:40 UTC as FILETIME

# Cumulated shares of the paths by rank, read off the real records; between the marks it is linear.
_PATH_MARKS = ((0, 0.0), (1, 0.34), (2, 0.44), (3, 0.50), (5, 0.61), (10, 0.74), (20, 0.84),
               (50, 0.94), (100, 0.986), (N_PATHS, 1.0))

# Where filters stand: the layer, how many there, and their share in thousandths of the decisions
# about IPv4 or IPv6. Bind, connect, accept, listen; discarded transport and ICMP errors.
_LAYERS_V4 = ((36, 90, 500), (48, 90, 370), (44, 40, 100), (40, 8, 12), (13, 4, 10), (28, 3, 5),
              (32, 3, 3))
_LAYERS_V6 = ((38, 40, 500), (50, 30, 270), (46, 14, 170), (42, 6, 60))
_IPSEC_V4, _IPSEC_V6, _MAC = 12, 14, 56  # inbound transport, inbound Ethernet frames
_LAYERS_RARE = ((_IPSEC_V4, 3, 0), (_IPSEC_V6, 2, 0), (_MAC, 2, 0))
# By layer; all others are outbound. At the bind layers Windows was seen to say BIDIRECTIONAL.
_DIRECTIONS = {
    **dict.fromkeys((44, 46, 40, 42, 13, 28, _MAC), 0x3900), **dict.fromkeys((36, 38), 0x3903)}
_OUTBOUND = 0x3901

_FLAGS_WITHOUT_USER = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x100 | 0x400
_FLAGS = _FLAGS_WITHOUT_USER | 0x40

# What an event is, in thousandths: the engine's decisions, and a little of everything else.
_TYPES = {
    "CLASSIFY_DROP": 615, "CLASSIFY_ALLOW": 340, "CAPABILITY_DROP": 15, "CAPABILITY_ALLOW": 10,
    "IPSEC_KERNEL_DROP": 10, "IKEEXT_MM_FAILURE": 3, "IKEEXT_QM_FAILURE": 3,
    "IKEEXT_EM_FAILURE": 1, "IPSEC_DOSP_DROP": 1, "CLASSIFY_DROP_MAC": 1, "LPM_PACKET_ARRIVAL": 1,
}  # fmt: skip

_SERVICES = ("svchost", "lsass", "spoolsv", "dns", "wininit", "services", "msmpeng", "taskhostw")
_VENDORS = ("contoso", "fabrikam", "northwind", "tailspin", "adventure works", "wingtip")

# Each event takes 12 random numbers below SLOTS. A number either picks from a table of that length
# or is compared with a share of SLOTS. So one call of the generator serves thousands of events.
_DRAWS = struct.Struct("<12H")
SLOTS = 1 << 16
_AT_ONCE = 4096
_GAP = 100_000  # FILETIME ticks, 10 ms: more than two events are apart
_IPV6 = int(0.19 * SLOTS)
_IS_TCP, _IS_ICMP = int(0.66 * SLOTS), int(0.99 * SLOTS)  # UDP between them
_IS_LOOPBACK = int(0.03 * SLOTS)
_TCP, _UDP = 6, 17
_LOCAL, _REMOTE = ("localAddrV4", "localAddrV6"), ("remoteAddrV4", "remoteAddrV6")
_PORTS = (443, 443, 80, 53, 445, 3389)
# An echo request: its type and code are where the ports would be.
_ECHO_V4 = {"ipProtocol": 1, "localPort": 8, "remotePort": 0}
_ECHO_V6 = {"ipProtocol": 58, "localPort": 128, "remotePort": 0}


def paths() -> list[str]:
    """Return the application paths of the mix, the most frequent first."""
    built = []
    for k in range(N_PATHS):
        volume = f"\\device\\harddiskvolume{k % 4 + 1}"
        if k % 3:
            vendor = _VENDORS[k % len(_VENDORS)]
            built.append(f"{volume}\\program files\\{vendor}\\application {k}\\bin\\process{k}.exe")
        else:
            service = _SERVICES[k % len(_SERVICES)]
            built.append(f"{volume}\\windows\\system32\\{service}{k or ''}.exe")
    built[_KERNEL] = "System"
    return built


def _path_shares() -> list[float]:
    """Return the share of each path."""
    shares: list[float] = []
    for (low, share), (high, next_share) in itertools.pairwise(_PATH_MARKS):
        shares += [(next_share - share) / (high - low)] * (high - low)
    return shares


def _falling(count: int) -> list[float]:
    """Return falling shares, the first the largest, as filters and addresses usually have."""
    return [1 / (rank + 1) for rank in range(count)]


def _table(values: Sequence[Any], shares: Sequence[float]) -> list[Any]:
    """Return `SLOTS` values, each as often as its share says."""
    total, slots = sum(shares), 0.0
    built: list[Any] = []
    for value, share in zip(values, shares, strict=True):
        slots += share / total * SLOTS
        built += [value] * (round(slots) - len(built))
    return built


def _stand() -> dict[int, range]:
    """Return the ids of the filters at each layer; every filter stands at one layer."""
    built, first = {}, FIRST_FILTER
    for layer, count, _ in (*_LAYERS_V4, *_LAYERS_V6, *_LAYERS_RARE):
        built[layer] = range(first, first + count)
        first += count
    return built


FILTERS = _stand()


def _decisions(layers: Sequence[tuple[int, int, int]], loopback: bool) -> list[dict[str, Any]]:
    """Return a table of payloads, one for each filter."""
    payloads: list[dict[str, Any]] = []
    shares: list[float] = []
    for layer, count, share in layers:
        payloads += [_classify(one, layer, loopback) for one in FILTERS[layer]]
        falling = _falling(count)
        shares += [share * part / sum(falling) for part in falling]
    return _table(payloads, shares)


class Mix:
    """An endless supply of events as mappings for `wfpfast.encode`, the same for the same seed.

    They are to be read only: events that say the same share their payload.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._rare = random.Random(self._random.getrandbits(64))
        self._paths = _table([f"{path}\0".encode("utf-16-le") for path in paths()], _path_shares())
        self._types = _table([EVENT_KINDS[name] for name in _TYPES], [*_TYPES.values()])
        self._ports = _table(_PORTS, [1] * len(_PORTS))
        sids = [f"S-1-5-21-1111-2222-3333-{1000 + k}" for k in range(20)]
        sids += ["S-1-5-18", "S-1-5-19", "S-1-5-20"]
        self._users = _table([*sids, None], [0.75 / len(sids)] * len(sids) + [0.25])
        self._local_v6 = self._documentation_v6()[:8]
        remotes_v4 = [
            (0xC0000200, 0xC6336400, 0xCB007100)[k % 3] + 1 + k // 3
            for k in self._random.sample(range(3 * 254), N_REMOTES_V4)
        ]
        remotes_v6 = [self._documentation_v6() for _ in range(N_REMOTES_V6)]
        self._remotes = [_table(some, _falling(len(some))) for some in (remotes_v4, remotes_v6)]
        # Two indexes, each 0 or 1: whether the event is IPv6, and whether it is loopback.
        self._decisions = [
            [_decisions(layers, loopback) for loopback in (False, True)]
            for layers in (_LAYERS_V4, _LAYERS_V6)
        ]
        self._time = START

    def _documentation_v6(self) -> bytes:
        return bytes.fromhex("20010db8") + self._random.randbytes(12)

    def events(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield the next `count` events."""
        for done in range(0, count, _AT_ONCE):
            raw = self._random.randbytes(_DRAWS.size * min(_AT_ONCE, count - done))
            yield from map(self._event, _DRAWS.iter_unpack(raw))

    def recent(self, count: int) -> list[dict[str, Any]]:
        """Return the next `count` events, the last of which happens now."""
        events = list(self.events(count))
        now = time.time_ns() // 100 + UNIX_EPOCH
        for event in events:
            event["header"]["timeStamp"] += now - self._time
        return events

    def _event(self, draws: tuple[int, ...]) -> dict[str, Any]:
        kind, passed, protocol, family, port, service, path, user, local, remote, decision, loop = (
            draws)
        self._time += passed * _GAP // SLOTS
        sid, v6 = self._users[user], 1 if family < _IPV6 else 0
        mine = self._local_v6 + self._rare.randbytes(8) if v6 else 0xC0000200 | local & 0xFF
        # A dict that grows would cost more than the rest of this method, hence one display.
        header = {
            "timeStamp": self._time,
            "flags": _FLAGS_WITHOUT_USER if sid is None else _FLAGS,
            "ipVersion": v6,
            "ipProtocol": _TCP if protocol < _IS_TCP else _UDP,
            _LOCAL[v6]: mine,
            _REMOTE[v6]: self._remotes[v6][remote],
            "localPort": 49152 + (port >> 2),
            "remotePort": self._ports[service],
            "appId": self._paths[path],
            "userId": sid,
            "addressFamily": v6,
            "packageSid": "S-1-0-0",
        }
        if protocol >= _IS_ICMP:
            header.update(_ECHO_V6 if v6 else _ECHO_V4)
        name, number, arm, *_ = self._types[kind]
        make = _PAYLOADS.get(name)
        if make is None:
            payload = self._decisions[v6][loop < _IS_LOOPBACK][decision]
        else:
            payload = make(self._rare, v6)
        return {"header": header, "type": number, arm: payload}


def _classify(filter_id: int, layer: int, loopback: bool = False) -> dict[str, Any]:
    return {
        "filterId": filter_id,
        "layerId": layer,
        "originalProfile": 1,
        "currentProfile": 1,
        "msFwpDirection": _DIRECTIONS.get(layer, _OUTBOUND),
        "isLoopback": loopback,
    }


def _capability(source: random.Random, v6: int) -> dict[str, Any]:
    filters = FILTERS[50 if v6 else 48]
    return {"networkCapabilityId": source.randrange(3), "filterId": source.choice(filters)}


def _kernel_drop(source: random.Random, v6: int) -> dict[str, Any]:
    spi = source.getrandbits(32)
    layer = _IPSEC_V6 if v6 else _IPSEC_V4
    return {
        "failureStatus": -1070202879 if spi else -1070202873,  # bad SPI, clear text
        "direction": source.randrange(2),
        "spi": spi,
        "filterId": source.choice(FILTERS[layer]) if source.random() < 0.5 else 0,
        "layerId": layer,
    }


def _mm_failure(source: random.Random, _: int) -> dict[str, Any]:
    return {
        "failureErrorCode": source.choice((13801, 13805, 13806, 13825)),
        "failurePoint": source.randrange(1, 3),
        "keyingModuleType": source.randrange(3),
        "mmState": source.randrange(6),
        "saRole": source.randrange(2),
        "mmAuthMethod": source.randrange(4),
        "endCertHash": source.randbytes(20),
        "mmId": source.getrandbits(32),
        "mmFilterId": source.choice(FILTERS[_IPSEC_V4]),
        "localPrincipalNameForAuth": "",
        "remotePrincipalNameForAuth": "host/peer.example.org",
        "localPrincipalGroupSids": ["S-1-5-32-544"],
    }


def _qm_failure(source: random.Random, _: int) -> dict[str, Any]:
    tunnel = source.random() < 0.5
    payload: dict[str, Any] = {
        "failureErrorCode": source.choice((13801, 13868, 13884)),
        "failurePoint": source.randrange(1, 3),
        "keyingModuleType": source.randrange(3),
        "qmState": source.randrange(4),
        "saRole": source.randrange(2),
        "saTrafficType": int(tunnel),
        "qmFilterId": source.choice(FILTERS[_IPSEC_V4]),
        "mmSaLuid": source.getrandbits(32),
    }
    if tunnel:
        payload["localSubNet"] = (256, {"addr": 0xC0000200, "mask": 0xFFFFFF00})
        payload["remoteSubNet"] = (256, {"addr": 0xC6336400, "mask": 0xFFFFFF00})
    return payload


def _em_failure(source: random.Random, _: int) -> dict[str, Any]:
    return {
        "failureErrorCode": 13801,
        "failurePoint": 2,
        "emState": source.randrange(6),
        "saRole": source.randrange(2),
        "emAuthMethod": 2,
        "mmId": source.getrandbits(32),
        "qmFilterId": source.choice(FILTERS[_IPSEC_V4]),
        "localPrincipalNameForAuth": "user@example.org",
        "remotePrincipalNameForAuth": "host/peer.example.org",
    }


def _dosp_drop(source: random.Random, _: int) -> dict[str, Any]:
    return {
        "publicHostV4Addr": 0xC6336400 | source.randrange(256),
        "internalHostV4Addr": 0xC0000200 | source.randrange(256),
        "failureStatus": -1070170110,
        "direction": 1,
    }


def _drop_mac(source: random.Random, _: int) -> dict[str, Any]:
    # 00-00-5E-00-53-xx: the documentation range of RFC 7042.
    return {
        "localMacAddr": bytes.fromhex("00005e005301"),
        "remoteMacAddr": bytes.fromhex("00005e0053") + source.randbytes(1),
        "ifType": 6,
        "etherType": 0x0806,
        "ifLuid": 6 << 48,
        **_classify(source.choice(FILTERS[_MAC]), _MAC),
    }


def _packet_arrival(source: random.Random, _: int) -> dict[str, Any]:
    return {"spi": source.getrandbits(32)}


# By event type; the payloads of the two types without an entry are made in advance.
_PAYLOADS: dict[str, Callable[[random.Random, int], dict[str, Any]]] = {
    "IKEEXT_MM_FAILURE": _mm_failure,
    "IKEEXT_QM_FAILURE": _qm_failure,
    "IKEEXT_EM_FAILURE": _em_failure,
    "IPSEC_KERNEL_DROP": _kernel_drop,
    "IPSEC_DOSP_DROP": _dosp_drop,
    "CAPABILITY_DROP": _capability,
    "CAPABILITY_ALLOW": _capability,
    "CLASSIFY_DROP_MAC": _drop_mac,
    "LPM_PACKET_ARRIVAL": _packet_arrival,
}
