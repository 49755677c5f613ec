"""Why there are no events: what stands between a program and the log; must not know events.

Every check says what it found and, if that is the trouble, what to do.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wfpfast import names
from wfpfast._blocks.encode_values import sid_to_bytes
from wfpfast.engine import Engine
from wfpfast.engine._api import NEWEST_EVENT, Api
from wfpfast.errors import WfpError

OK, TROUBLE, UNKNOWN = "ok", "trouble", "unknown"
_OPERATORS = "S-1-5-32-556"     # Network Configuration Operators
# Their sources: fwmon.c of System Informer (EtFwMonitorUninitialize), TinyWall's pull request 115.
_CULPRITS = "System Informer and TinyWall switch it off for everybody when they end."
_ALL_KEYWORDS = sum(names.NET_EVENT_KEYWORDS.values())


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes
    ----------
    check : str
        What was looked at: "engine", "elevation", "service", "collection", "keywords", "versions",
        "security", "enumeration", "subscription".
    state : str
        "ok", "trouble" or "unknown".
    text : str
        What was found.
    cure : str or None
        What to do about it.
    """

    check: str
    state: str
    text: str
    cure: str | None = None


def diagnose(api: Api | None = None) -> list[Finding]:
    """Check all that receiving net events needs, changing nothing.

    Parameters
    ----------
    api : Api, optional
        As for `Engine`.
    """
    return list(_findings(api))


def _findings(api: Api | None) -> Iterator[Finding]:
    if api is None:
        yield _elevation()
        if sys.platform != "win32":
            return
    try:
        engine = Engine(api)
    except WfpError as error:
        yield _trouble("service", error)
        return
    with engine:
        yield Finding("service", OK, "the Base Filtering Engine answers")
        checks: tuple[tuple[str, Callable[[Engine], Finding]], ...] = (
            ("versions", _versions),
            ("collection", _collection),
            ("keywords", _keywords),
            ("security", _security),
            ("enumeration", _enumeration),
            ("subscription", _subscription),
        )
        for name, check in checks:
            try:
                yield check(engine)
            except WfpError as error:
                yield _trouble(name, error)


def _trouble(check: str, error: WfpError) -> Finding:
    meaning = names.error_meaning(error.code)
    text = f"{error.call}: {error.name}"
    if meaning:
        text += f", {meaning[0].lower()}{meaning[1:]}"
    return Finding(check, TROUBLE, text, error.remedy)


def _elevation() -> Finding:
    if sys.platform != "win32":
        return Finding(
            "engine", TROUBLE, f"{sys.platform} has no filtering engine",
            "Use Windows, a recording, netsh's XML, or --engine simulated.")
    import ctypes

    # Windows strips the group from tokens that are not elevated: being in it is not enough.
    operators = sid_to_bytes(_OPERATORS)
    enabled = ctypes.c_int()
    ctypes.windll.advapi32.CheckTokenMembership(None, operators, ctypes.byref(enabled))
    return _rights(bool(ctypes.windll.shell32.IsUserAnAdmin()), bool(enabled.value))


def _rights(elevated: bool, operator: bool) -> Finding:
    """Say what Windows' default security descriptors let a process do.

    They are on the page "Access Control" of the Windows Filtering Platform. An administrator may
    have granted more, which the checks of the calls tell: so this alone is no trouble.
    """
    if elevated:
        return Finding("elevation", OK, "the process is elevated")
    if operator:
        return Finding(
            "elevation", OK, "the process is not elevated, but a Network Configuration Operator's,"
            " whom Windows lets read net events, too")
    return Finding(
        "elevation", UNKNOWN, "the process is not elevated: unless it was granted more, Windows"
        " lets it open the engine, and nothing else", names.error_remedy(5))


def _versions(engine: Engine) -> Finding:
    enumerated, delivered = engine.event_versions
    if not enumerated:
        return Finding("versions", TROUBLE, "this Windows cannot enumerate net events", None)
    text = f"enumerates FWPM_NET_EVENT{enumerated[-1]}"
    if delivered:
        text += f", delivers FWPM_NET_EVENT{delivered[-1]}"
    if enumerated[-1] < NEWEST_EVENT:
        text += "; newer columns are null"
    return Finding("versions", OK, text)


def _collection(engine: Engine) -> Finding:
    if engine.options.collect_net_events:
        return Finding("collection", OK, "net events are collected")
    return Finding(
        "collection", TROUBLE, "net events are not collected",
        f"{names.error_remedy(0x80320013)} {_CULPRITS}")


def _keywords(engine: Engine) -> Finding:
    bits = engine.options.keywords
    on, off = names.keywords(bits), names.keywords(_ALL_KEYWORDS & ~bits)
    text = f"optional classes collected: {', '.join(on) or 'none'}"
    if not off:
        return Finding("keywords", OK, text)
    return Finding(
        "keywords", OK, f"{text}; not collected: {', '.join(off)}",
        "To see those too: engine.collecting(keywords=...), or --keywords.")


def _security(engine: Engine) -> Finding:
    if not engine.read_security():
        return Finding("security", UNKNOWN, "this engine does not tell its security descriptor")
    return Finding("security", OK, "the security descriptor of net events can be read")


def _enumeration(engine: Engine) -> Finding:
    count, newest = 0, None
    with engine.net_events(columns=["timestamp"]) as stream:
        for batch in stream:
            count += len(batch)
            times = [at for at in memoryview(batch["timestamp"]).tolist() if at]
            newest = max([*times, *([newest] if newest else [])], default=None)
    if not count:
        return Finding(
            "enumeration", OK, "the log is empty",
            "Events appear when something is dropped; the log starts at boot, and when collection"
            " is switched on.")
    age = "" if newest is None else f", the newest {_ago(time.time() - newest / 1e9)}"
    return Finding("enumeration", OK, f"the log has {count:,} event{'s' * (count != 1)}{age}")


def _ago(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{max(0.0, seconds):.0f} seconds ago"


def _subscription(engine: Engine) -> Finding:
    with engine.subscribe(columns=["timestamp"], capacity=1) as subscription:
        version = subscription.version
    return Finding("subscription", OK, f"FWPM_NET_EVENT{version} is delivered to this process")
