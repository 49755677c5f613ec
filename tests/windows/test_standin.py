"""The wheel against a fwpuclnt.dll: where it is taken from, what is asked of it, what is left.

Run under Windows' Python by run.py, with the DLLs of WFPFAST_STANDIN, a folder: the whole one and
those of older Windows, which lack calls.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wfpfast.simulator.synthetic import Mix

STANDINS = Path(os.environ["WFPFAST_STANDIN"])
SYSTEM32 = Path(os.environ["SYSTEMROOT"]) / "system32"
DLL = SYSTEM32 / "fwpuclnt.dll"
NOTHING = {"engines": 0, "enum_handles": 0, "subscriptions": 0, "blocks": 0}
SCRIPTS = Path(sys.executable).parent / "Scripts"

WHICH = """
import ctypes, sys
if sys.argv[1] == "wfpfast":
    import wfpfast
    try:
        wfpfast.Engine()
    except wfpfast.WfpError as error:
        print(error.name)
else:
    ctypes.WinDLL("fwpuclnt.dll")
kernel = ctypes.WinDLL("kernel32")
kernel.GetModuleHandleW.restype = ctypes.c_void_p
path = ctypes.create_unicode_buffer(260)
kernel.GetModuleFileNameW(ctypes.c_void_p(kernel.GetModuleHandleW("fwpuclnt.dll")), path, 260)
print(path.value.lower())
"""


def run(script: str, *arguments: str, folder: Path | None = None, **environment: str) -> list[str]:
    command = [sys.executable, "-P", "-c", script, *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Path]:
    """A fwpuclnt.dll beside the program, in the working directory and on the path."""
    beside = Path(sys.executable).parent / "fwpuclnt.dll"
    shutil.copy(DLL, beside)
    shutil.copy(DLL, tmp_path)
    yield tmp_path
    beside.unlink()


def test_the_dll_is_that_of_system32(planted: Path) -> None:
    path = f"{planted};{os.environ['PATH']}"
    name, where = run(WHICH, "wfpfast", folder=planted, PATH=path)
    assert name == "EPT_S_NOT_REGISTERED"   # as long as nobody answers: a stopped BFE
    assert Path(where) == Path(str(DLL).lower())
    # Whoever names the DLL and no more gets the planted one: it would have been found.
    (where,) = run(WHICH, "careless", folder=planted, PATH=path)
    assert Path(where).parent == Path(str(sys.executable).lower()).parent


VERSIONS = """
import wfpfast
from wfpfast import Engine
with Engine() as engine:
    print(tuple(engine.event_versions))
    print(sum(len(batch) for batch in engine.net_events()))
    for ask in (lambda: engine.subscribe(version=5).close(), lambda: engine.net_events(version=5)):
        try:
            print(ask())
        except ValueError as error:
            print(error)
"""


@pytest.fixture
def windows(request: pytest.FixtureRequest) -> Iterator[str]:
    """Put the DLL of another Windows in its place."""
    shutil.copy(STANDINS / f"{request.param}.dll", DLL)
    yield request.param
    shutil.copy(STANDINS / "whole.dll", DLL)


# The newest type that the newest struct of a Windows has: older ones know no more.
TYPES = {"whole": 10, "windows8": 8, "windows7": 5}


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ("whole", ["([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5])", "None", "<wfpfast."]),
        ("windows8", [
            "([0, 1, 2], [1, 2])", "version 5: this Windows delivers FWPM_NET_EVENT versions 1, 2",
            "version 5: this Windows enumerates FWPM_NET_EVENT versions 0, 1, 2"]),
        ("windows7", [
            "([0, 1], [1])", "version 5: this Windows delivers FWPM_NET_EVENT versions 1",
            "version 5: this Windows enumerates FWPM_NET_EVENT versions 0, 1"]),
    ],
    indirect=["windows"],
)
def test_an_older_windows_gives_older_versions(
    tmp_path: Path, windows: str, expected: list[str]
) -> None:
    report = tmp_path / "report.json"
    versions, count, *asked = run(
        VERSIONS, WFPFAST_STANDIN_REPORT=str(report), WFPFAST_STANDIN_RATE="0")
    assert [versions, *(line[:len(start)] for line, start in zip(asked, expected[1:], strict=True))
            ] == expected
    assert int(count) == sum(event["type"] <= TYPES[windows] for event in Mix(0).events(300))
    assert json.loads(report.read_text())["live"] == NOTHING


ERROR = """
import wfpfast
try:
    wfpfast.Engine()
except wfpfast.WfpError as error:
    print(error)
"""


@pytest.mark.parametrize("windows", ["crippled"], indirect=True)
@pytest.mark.usefixtures("windows")
def test_a_call_that_every_windows_has_and_this_one_lacks_is_named() -> None:
    (line,) = run(ERROR)
    assert line.startswith("FwpmFreeMemory0: ERROR_PROC_NOT_FOUND (127)")


@pytest.mark.parametrize(
    ("arguments", "called", "words"),
    [
        (["enumerate"], "FwpmNetEventEnum5", "Simulated rule"),
        (["enumerate", "-o", "log.parquet"], "FwpmNetEventEnum5", ""),
        (["watch", "-n", "40", "--keywords", "CLASSIFY_ALLOW"], "FwpmNetEventSubscribe4",
         "Simulated rule"),
        (["watch", "-n", "40", "--log", "--json"], "FwpmNetEventEnum5", '"event_type":'),
        (["record", "a.wfprec", "-n", "400"], "FwpmNetEventSubscribe4", ""),
        (["diagnose"], "FwpmNetEventsGetSecurityInfo0", "the Base Filtering Engine answers"),
    ],
)
def test_commands_leave_nothing_behind(
    tmp_path: Path, arguments: list[str], called: str, words: str
) -> None:
    """As people run them: wfpfast.exe, which pip has made, and no other engine than Windows'."""
    report = tmp_path / "report.json"
    more = {"WFPFAST_STANDIN_REPORT": str(report), "PYTHONUTF8": "1", "COLUMNS": "140"}
    done = subprocess.run(
        [SCRIPTS / "wfpfast.exe", *arguments], cwd=tmp_path, capture_output=True, text=True,
        check=False, encoding="utf-8", env=os.environ | more)
    # Under Wine nobody is an administrator, or everybody: that is all that may be in the way.
    assert (done.returncode, words in done.stdout) == (0, True), done.stdout + done.stderr
    told = json.loads(report.read_text())
    assert told["live"] == NOTHING
    assert told["calls"][called] > 0
    assert told["calls"]["FwpmEngineClose0"] == told["calls"]["FwpmEngineOpen0"] > 0
    assert {name: told["stats"][name] for name in ("bad_frees", "bad_handles", "deadlocks")} == {
        "bad_frees": 0, "bad_handles": 0, "deadlocks": 0}
    for made in ("log.parquet", "a.wfprec"):
        if made in arguments:
            summary = subprocess.run(
                [SCRIPTS / "wfpfast.exe", "summary", made], cwd=tmp_path, capture_output=True,
                text=True, check=True, encoding="utf-8", env=os.environ | {"PYTHONUTF8": "1"})
            assert "CLASSIFY_DROP" in summary.stdout
