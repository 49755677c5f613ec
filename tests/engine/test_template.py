"""Templates as people write them: each says the same as the operand that Windows compares."""

import pickle
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from wfpfast import Engine, Simulator, Template, WfpError
from wfpfast.engine import _names_here
from wfpfast.simulator import UNELEVATED

Simulate = Callable[..., Simulator]
SYSTEM = bytes.fromhex("010100000000000512000000")  # S-1-5-18, by [MS-DTYP] 2.4.2.2
ELSEWHERE = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows its drives")


def operand(**condition: Any) -> Any:
    return Template(**condition)._native[0][2]


@pytest.mark.parametrize(("name", "value", "expected"), [
    ("event_type", "CLASSIFY_DROP", 3),
    ("event_type", "classify-drop", 3),
    ("event_type", "FWPM_NET_EVENT_TYPE_CLASSIFY_DROP", 3),
    ("event_type", "PUBLIC_CLASSIFY_DROP", 3),
    ("event_type", "FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_ALLOW", 6),
    ("event_type", "drop", 3),
    ("event_type", "Allow", 6),
    ("event_type", "public_ikeext_mm_failure", 0),
    ("event_type", "INTERNAL_IKEEXT_MM_ESTABLISHED", 13),
    ("event_type", "FWPM_NET_EVENT_TYPE_INTERNAL_IKEEXT_POLICY_CHANGE", 20),
    ("event_type", "UNKNOWN_21", 21),
    ("event_type", 9, 9),
    ("ip_protocol", "tcp", 6),
    ("ip_protocol", "UDP", 17),
    ("ip_protocol", "icmpv6", 58),
    ("ip_protocol", "ipv6-icmp", 58),
    ("user_sid", "SYSTEM", SYSTEM),
    ("user_sid", "nt authority\\System", SYSTEM),
    ("user_sid", "LocalSystem", SYSTEM),
    ("user_sid", "s-1-5-18", SYSTEM),
    ("user_sid", "NT AUTHORITY\\LOCAL SERVICE", SYSTEM[:8] + b"\x13\0\0\0"),
    ("user_sid", "Network Service", SYSTEM[:8] + b"\x14\0\0\0"),
    ("user_sid", "ANONYMOUS LOGON", SYSTEM[:8] + b"\x07\0\0\0"),
    ("app_path", r"\Device\HarddiskVolume3\A.exe",
     "\\device\\harddiskvolume3\\a.exe\0".encode("utf-16-le")),
    ("app_path", "System", "System\0".encode("utf-16-le")),     # as real captures have it
    ("app_path", "SYSTEM", "System\0".encode("utf-16-le")),
    ("app_path", "Registry", "Registry\0".encode("utf-16-le")),
    ("remote_address", "10.0.0.5/8", b"\0\0\0\x0a\0\0\0\xff"),
    ("remote_address", "10.0.0.0/8", b"\0\0\0\x0a\0\0\0\xff"),
    ("local_address", "2001:db8::5/32", bytes.fromhex("20010db8") + bytes(12) + b"\x20"),
])
def test_what_people_write(name: str, value: Any, expected: Any) -> None:
    assert operand(**{name: value}) == expected


@pytest.mark.parametrize(("given", "expected"), [
    ((None, None), (0, 2**63 - 1)),
    ((datetime(2024, 12, 30, 2, 40, tzinfo=UTC), None), (133_800_000_000_000_000, 2**63 - 1)),
    ((None, datetime(2024, 12, 30, 2, 40, tzinfo=UTC)), (0, 133_800_000_000_000_000)),
])
def test_without_times_all_times_are_asked_for(given: Any, expected: tuple[int, int]) -> None:
    for template in (Template(*given), Template(*given, ip_protocol=6)):
        assert (template._start, template._end) == expected


def test_the_type_that_is_asked_for() -> None:
    assert Template(event_type="PUBLIC_CLASSIFY_ALLOW").event_type == 6
    assert Template(ip_protocol=6).event_type is None


def test_events_of_the_kernel_itself(simulate: Simulate) -> None:
    def event(number: int, app: str) -> dict[str, Any]:
        return {"type": 3, "header": {"timeStamp": 133_800_000_000_000_000, "flags": 0x20,
                                      "appId": app},
                "classifyDrop": {"filterId": number, "layerId": 44}}

    events = [event(0, "System"), event(1, "\\device\\harddiskvolume1\\system")]
    with Engine(simulate(events=events)) as engine:
        (batch,) = engine.net_events(Template(app_path="System"))
        assert batch["filter_id"].to_pylist() == [0]


@ELSEWHERE
@pytest.mark.parametrize("path", [
    "C:\\Windows\\System32\\svchost.exe", "c:/windows/a.exe", r"\\?\C:\a.exe",
    r"\\server\share\a.exe"])
def test_a_drive_is_refused_elsewhere_with_the_reason(path: str) -> None:
    with pytest.raises(ValueError, match="its own Windows can say; give the device path") as error:
        Template(app_path=path)
    assert path in str(error.value)
    assert "\\device\\harddiskvolume3\\app.exe" in str(error.value)


@ELSEWHERE
@pytest.mark.parametrize("account", ["CORP\\ann", "ann", "ann@example.org", "Administrators"])
def test_an_account_is_refused_elsewhere_with_the_reason(account: str) -> None:
    with pytest.raises(ValueError, match="its own Windows can say; give its SID") as error:
        Template(user_sid=account)
    assert account in str(error.value)


def test_what_windows_says_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers need a Windows: here are two, and what becomes of them."""
    asked = []

    def app_id(path: str) -> bytes:
        asked.append(path)
        return b"\\\0d\0\0\0"

    def account_sid(account: str) -> bytes:
        asked.append(account)
        return SYSTEM

    monkeypatch.setattr(_names_here, "app_id", app_id)
    monkeypatch.setattr(_names_here, "account_sid", account_sid)
    assert operand(app_path="C:/Windows/a.exe") == b"\\\0d\0\0\0"
    assert operand(app_path="\\\\?\\C:\\a.exe") == b"\\\0d\0\0\0"
    assert operand(user_sid="CORP\\ann") == SYSTEM
    assert asked == ["C:\\Windows\\a.exe", "C:\\a.exe", "CORP\\ann"]


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows")
def test_windows_knows_its_accounts() -> None:
    import getpass

    assert operand(user_sid=getpass.getuser())[:2] >= b"\x01\x01"
    with pytest.raises(ValueError, match="give its SID"):
        Template(user_sid="nobody of this name\\at all")


def test_a_process_without_rights(simulate: Simulate) -> None:
    """By Windows' defaults it may open the engine, and nothing else."""
    simulator = simulate(events=3, faults=UNELEVATED)
    with Engine(simulator) as engine:
        for call in (engine.net_events, engine.subscribe, engine.follow, engine.filters,
                     engine.read_security, lambda: engine.options.keywords):
            with pytest.raises(PermissionError):
                call()
        with pytest.raises(PermissionError), engine.collecting():
            pass
    assert set(simulator.live.values()) == {0}


def test_monitoring_that_windows_does_not_switch_off(simulate: Simulate) -> None:
    """FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS can be set and not put back: it is said."""
    with Engine(simulate()) as engine:
        with pytest.raises(OSError, match="FWP_E_STILL_ON"), engine.options.guard({1: 0x10, 3: 1}):
            assert engine.options.get(3) == 1
        assert (engine.options.get(3), engine.options.keywords) == (1, 0)
        with engine.options.guard({3: 1}):      # it is already: nothing to put back
            pass


def test_a_keyword_that_no_windows_knows(simulate: Simulate) -> None:
    with Engine(simulate()) as engine:
        with pytest.raises(OSError, match="FWP_E_INVALID_FLAGS"), engine.collecting(keywords=0x40):
            pass
        assert engine.options.keywords == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has an engine")
def test_without_an_engine_the_error_says_what_runs_here() -> None:
    with pytest.raises(WfpError) as raised:
        Engine()
    assert (raised.value.code, raised.value.name) == (50, "ERROR_NOT_SUPPORTED")
    text = str(raised.value)
    assert text.startswith(
        f"FwpmEngineOpen0: ERROR_NOT_SUPPORTED (50): {sys.platform} has no filtering engine")
    assert "Engine(wfpfast.Simulator())" in text
    assert "wfpfast.open(path)" in text
    assert "Windows cannot do" not in text
    assert str(pickle.loads(pickle.dumps(raised.value))) == text
