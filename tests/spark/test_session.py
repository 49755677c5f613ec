"""A session whose workers could not read anything is refused, with what to do."""

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from wfpfast.spark import _session

VERSION = list(sys.version_info[:2])


def session_of(worker: str) -> Any:
    return SimpleNamespace(sparkContext=SimpleNamespace(pythonExec=worker))


@pytest.mark.parametrize(("told", "message"), [
    ([VERSION, ["wfpfast", "pyarrow"]], "'python3', which has no wfpfast and no pyarrow; set the"
     " environment variable PYSPARK_PYTHON"),
    ([[2, 7], []], r"'python3', which is Python 2\.7, and this is \d\.\d+; set the environment"),
    (None, "'python3', which does not run: "),
])
def test_a_worker_that_could_not_work(
    monkeypatch: pytest.MonkeyPatch, told: Any, message: str
) -> None:
    def run(command: list[str], **_: Any) -> Any:
        assert command[:2] == ["python3", "-c"]
        if told is None:
            raise FileNotFoundError("python3")
        return SimpleNamespace(stdout=json.dumps(told))

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(RuntimeError, match=message):
        _session._check(_session._worker(session_of("python3")) or "")


def test_workers_that_can() -> None:
    _session._check(sys.executable)
    # What is asked of a worker is true here.
    told = subprocess.run([sys.executable, "-c", _session._PROBE.replace("wfpfast", "json")],
                          check=True, capture_output=True, text=True).stdout
    assert json.loads(told) == [VERSION, []]


def test_a_session_that_does_not_know_its_workers() -> None:
    assert _session._worker(SimpleNamespace()) is None


def test_without_pyspark_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    for name in ("wfpfast.spark._source", "wfpfast.spark._stream"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(ImportError, match=r"pip install 'wfpfast\[spark\]'"):
        _session.register(session_of(sys.executable))
