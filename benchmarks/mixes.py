"""Other mixes than the realistic one, each hard in its own way; must not know who reads them."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from wfpfast.simulator.synthetic import Mix

Event = dict[str, Any]

N_PATHS = 20_000
_IKE_SHARE = 0.05
_IKE = ("ikeMmFailure", "ikeQmFailure", "ikeEmFailure")
_IPV6 = 1


def realistic() -> Iterator[Event]:
    """The shares that captures show."""
    mix = Mix()
    while True:
        yield from mix.events(4_096)


def many_paths() -> Iterator[Event]:
    """Every event from one of 20,000 applications, all of them as frequent."""
    source = random.Random(1)
    folder = "\\device\\harddiskvolume{}\\program files\\vendor {}"
    paths = [
        f"{folder.format(k % 4, k % 97)}\\tool {k}\\bin\\run{k}.exe\0".encode("utf-16-le")
        for k in range(N_PATHS)
    ]
    for event in realistic():
        yield {**event, "header": {**event["header"], "appId": source.choice(paths)}}


def ipv6() -> Iterator[Event]:
    """IPv6 only, and no two addresses alike."""
    source = random.Random(2)
    for event in realistic():
        header = {
            name: cell for name, cell in event["header"].items()
            if name not in ("localAddrV4", "remoteAddrV4")}
        prefix = bytes.fromhex("20010db8")
        header.update(
            ipVersion=_IPV6, localAddrV6=prefix + source.randbytes(12),
            remoteAddrV6=prefix + source.randbytes(12))
        yield {**event, "header": header}


def ike() -> Iterator[Event]:
    """One event in twenty is a failed IKE negotiation: SAs, certificates, conditions."""
    source = random.Random(3)
    failures = [event for event, _ in zip(_failures(), range(500), strict=False)]
    for event in realistic():
        if source.random() < _IKE_SHARE:
            failure, now = source.choice(failures), event["header"]["timeStamp"]
            yield {**failure, "header": {**failure["header"], "timeStamp": now}}
        else:
            yield event


def _failures() -> Iterator[Event]:
    return (event for event in realistic() if any(name in event for name in _IKE))


REALISTIC, SHUFFLED = "realistic", "shuffled memory"
MIXES: dict[str, Callable[[], Iterator[Event]]] = {
    REALISTIC: realistic,
    SHUFFLED: realistic,
    "20,000 paths": many_paths,
    "all IPv6": ipv6,
    "5 % IKE": ike,
}
