"""A filtering engine that runs anywhere, for demonstrations and tests; must not know its readers.

It answers the same table of C calls as fwpuclnt.dll, so that everything above that table runs as it
does on Windows: handles, pages, blocks to be freed, callbacks from a foreign thread, failures.
"""

import functools
import math
import uuid
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from wfpfast import names
from wfpfast._base.closing import Closing
from wfpfast._base.ranges import check_range
from wfpfast._blocks.block import Block
from wfpfast._blocks.encode import encode
from wfpfast._tables.layer_keys import NAMES as LAYER_NAMES
from wfpfast.simulator._objects import (
    callout_piece,
    context_piece,
    filter_piece,
    layer_piece,
    provider_piece,
    sublayer_piece,
)
from wfpfast.simulator._simulation import FUNCTIONS, Simulation, Units
from wfpfast.simulator.synthetic import FILTERS, Mix

RING_BYTES = 128 * 1024
_SUPPLY = 4_096   # made-up events that producers repeat, each time with the current time
_AT_ONCE = 65_536
_ANY_SIZE = 1 << 62
_LONGEST = 1_000_000_000      # seconds, whose nanoseconds fit
_MOST_THREADS = 1 << 16

# Which calls fail, by their SDK names. A code: every call fails with it. A mapping: the nth call,
# counted from 1, fails with the code. None: the function is missing, as on an old Windows.
Faults = Mapping[str, int | Mapping[int, int] | None]
Events = Iterable[Mapping[str, Any]]

# Faults of a process that is neither an administrator's nor a Network Configuration Operator's, by
# Windows' default security descriptors (page "Access Control" of the Windows Filtering Platform):
# everybody may open the engine, and nothing else.
_ACCESS_DENIED = 5
UNELEVATED: Faults = {
    name: _ACCESS_DENIED for name in FUNCTIONS
    if "CreateEnumHandle" in name or "Subscribe" in name
    or name in ("FwpmEngineGetOption0", "FwpmEngineSetOption0", "FwpmNetEventsGetSecurityInfo0")
}

_PROVIDERS = (
    ("decc16ca-3f33-4346-be1e-8fb4ae0f3d62", "Simulated Firewall", "SimFw"),
    ("4b153735-1049-4480-aab4-d1b9bdc03710", "Simulated IPsec policy", "SimIPsec"),
)
_SUBLAYERS = (("b3cdd441-af90-41ba-a745-7c6008ff2301", "Simulated Firewall rules", 2),)
# FWPM_CALLOUT_FLAG_REGISTERED is 0x40000: the second one's driver is missing.
_CALLOUTS = (
    ("5a0c9a63-2c6d-4a51-9c55-0d8f1b3e7a01", "Simulated IPsec check", 0x40000),
    ("5a0c9a63-2c6d-4a51-9c55-0d8f1b3e7a02", "Simulated IPsec check of old", 0),
)
# FWPM_GENERAL_CONTEXT with a filter's origin, and FWPM_IPSEC_AUTHIP_MM_CONTEXT.
_CONTEXTS = (
    ("5a0c9a63-2c6d-4a51-9c55-0d8f1b3e7b01", 8, "Simulated Default\0".encode("utf-16-le")),
    ("5a0c9a63-2c6d-4a51-9c55-0d8f1b3e7b02", 6, b"policy"),
)
_NAMESPACE = uuid.UUID("6f8c1d52-2a5e-4f7d-9d3b-7f1d9d0e6a11")


class Simulator(Simulation, Closing):
    """A simulated filtering engine, for ``Engine(Simulator(...))``.

    The log is a ring, as Windows' is. New events come from `rate`, or when `emit` is called; each
    is logged and, from a thread of the simulator's own, delivered to everyone who subscribed.
    Made-up new ones are of the classes that the engine's options let be collected: allowed
    connections, say, only with their keyword. What the log holds at first has all classes.

    Parameters
    ----------
    events : int, iterable of mappings, or Block, optional
        What the log holds at first: so many made-up events (`wfpfast.simulator.synthetic`), or
        these, as for `encode`. By default as many made-up ones as the ring has room for.
    rate : float
        How many new events a second are made up from the beginning; 0, none, by default;
        ``math.inf``, as many as can be.
    seed : int
        Another seed, other made-up events.
    faults : mapping, optional
        Calls that fail, by SDK name: a code, ``{n: code}`` for the nth call only, or None for a
        call that is missing, as on an old Windows. Can be set again later.
        `wfpfast.simulator.UNELEVATED` are those of a process without rights.
    ring_bytes : int, optional
        How many bytes of events the log has room for; by default 128 KB, or as many as an `events`
        that was given needs.
    threads : int
        How many threads make events, each at `rate`.
    total : int, optional
        After how many events each thread ends.
    delay : float
        How many seconds a call of ``FwpmNetEventEnumN`` takes.
    """

    def __init__(
        self,
        *,
        events: int | Events | Block | None = None,
        rate: float = 0,
        seed: int = 0,
        faults: Faults | None = None,
        ring_bytes: int | None = None,
        threads: int = 1,
        total: int | None = None,
        delay: float = 0,
    ) -> None:
        check_range("delay", delay, 0, _LONGEST)
        check_range("ring_bytes", ring_bytes or 0, 0)
        ring = ring_bytes or (RING_BYTES if events is None else _ANY_SIZE)
        self._create(ring, _supply(seed))
        for part in _blocks(events, seed):
            self._log(Units(part))
        if ring == _ANY_SIZE:
            self._bound_log(RING_BYTES)
        for kind, pieces in enumerate(_objects()):
            self._set_objects(kind, pieces)
        self.faults = faults or {}
        self._set_delay(int(delay * 1e9))
        if rate:
            self.start(rate, threads=threads, total=total)

    @property
    def faults(self) -> Faults:
        """The calls that fail from now on."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        rules: list[tuple[int, int, int]] = []
        self._restore_calls()
        for name, fault in faults.items():
            if name not in FUNCTIONS:
                raise ValueError(f"no function {name!r}: there are {', '.join(FUNCTIONS)}")
            if name == "FwpmFreeMemory0":
                raise ValueError("FwpmFreeMemory0 returns nothing: it cannot fail")
            function = FUNCTIONS.index(name)
            if fault is None:
                self._forget_call(function)
            elif isinstance(fault, int):
                rules.append((function, 0, fault))
            else:
                calls = self.calls[name]
                rules += [(function, calls + nth, code) for nth, code in fault.items()]
        self._set_faults(rules)
        self._faults = dict(faults)

    def start(self, rate: float, *, threads: int = 1, total: int | None = None) -> None:
        """Make up events from now on, each thread so many a second."""
        if not rate > 0:
            raise ValueError(f"rate {rate}: expected more than 0")
        check_range("threads", threads, 1, _MOST_THREADS)
        check_range("total", 0 if total is None else total, 0)
        interval = 0 if math.isinf(rate) else max(1, int(1e9 / rate))
        self._start(threads, interval, -1 if total is None else total)

    def stop(self) -> None:
        """Make up no more events; returns when no thread is in a callback."""
        self._stop()

    def wait(self) -> None:
        """Return when every thread has made its `total`."""
        self._wait()

    def emit(self, events: int | Events | Block) -> None:
        """Let events happen now, on a thread of the simulator's own; return when they did.

        Parameters
        ----------
        events : int, iterable of mappings, or Block
            So many made-up events, with the current time; or these, as they are.
        """
        if isinstance(events, int):
            check_range("events", events, 0)
            self._emit(None, events, True)
            return
        block = events if isinstance(events, Block) else encode(events)
        self._emit(Units(block), block.count, False)

    def close(self) -> None:
        """Stop threads, and answer no call any more."""
        self._stop()
        self._answer_nobody()


def _blocks(events: int | Events | Block | None, seed: int) -> Iterator[Block]:
    """Yield what the log holds at first, in blocks of bounded size."""
    if isinstance(events, Block):
        yield events
        return
    if events is None:
        events = 1_000  # more than the ring has room for
    if isinstance(events, int):
        check_range("events", events, 0)
        events = Mix(seed).events(events)
    source = iter(events)
    while part := list(islice(source, _AT_ONCE)):
        yield encode(part)


@functools.lru_cache(maxsize=4)
def _supply(seed: int) -> Units:
    return Units(encode(list(Mix(seed).events(_SUPPLY))))


@functools.cache
def _objects() -> list[list[tuple[bytes, list[int]]]]:
    """Make filters for the numbers that made-up events bear, and all that they refer to."""
    layer_keys = {name: key for key, name in LAYER_NAMES.items()}
    filters, layers = [], []
    for layer, ids in FILTERS.items():
        short = names.layer(layer).removeprefix("FWPS_LAYER_")
        key = layer_keys.get(short, str(uuid.uuid5(_NAMESPACE, short)))
        layers.append(layer_piece({"layer_key": key, "layer_id": layer, "name": short}))
        filters += [_filter(one, key, short) for one in ids]
    sublayers = [
        sublayer_piece({"sublayer_key": key, "name": name, "weight": weight,
                        "provider_key": _PROVIDERS[0][0]})
        for key, name, weight in _SUBLAYERS
    ]
    providers = [
        provider_piece({"provider_key": key, "name": name, "service": service})
        for key, name, service in _PROVIDERS
    ]
    callouts = [
        callout_piece({"callout_key": key, "name": name, "flags": flags, "callout_id": number,
                       "layer_key": layer_keys["INBOUND_TRANSPORT_V4"]})
        for number, (key, name, flags) in enumerate(_CALLOUTS, 300)
    ]
    contexts = [
        context_piece({"provider_context_key": key, "name": f"Context {kind}", "type": kind,
                       "data": data})
        for key, kind, data in _CONTEXTS
    ]
    return [filters, layers, sublayers, providers, callouts, contexts]


def _filter(filter_id: int, layer_key: str, layer: str) -> tuple[bytes, list[int]]:
    transport = "TRANSPORT" in layer
    provider = _PROVIDERS[transport]
    decides: dict[str, Any]
    if transport:
        decides = {
            "action": 0x5003,  # FWP_ACTION_CALLOUT_TERMINATING
            "callout_key": _CALLOUTS[filter_id % 2][0],
            "flags": 0x40,  # FWPM_FILTER_FLAG_INDEXED
        }
    else:
        decides = {"provider_context_key": _CONTEXTS[0][0], "flags": 0x44}  # _HAS_PROVIDER_CONTEXT
    return filter_piece({
        **decides,
        "filter_key": uuid.uuid5(_NAMESPACE, str(filter_id)),
        "filter_id": filter_id,
        "name": f"Simulated rule {filter_id}",
        "description": f"At {layer}",
        "layer_key": layer_key,
        "sublayer_key": _SUBLAYERS[0][0],
        "provider_key": provider[0],
        "weight": filter_id << 32,
    })
