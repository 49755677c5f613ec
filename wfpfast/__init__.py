"""Windows Filtering Platform net events into columns, at memory speed."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wfpfast import names
from wfpfast._block import Block
from wfpfast._cells import Column
from wfpfast._decoder import Decoder, EventBatch, decode
from wfpfast.errors import EngineClosedError, MalformedBlockError, SourceError, WfpError
from wfpfast.row import NetEvent

if TYPE_CHECKING:
    from wfpfast import netsh
    from wfpfast._encode import encode
    from wfpfast._table import Table
    from wfpfast.diagnosis import diagnose
    from wfpfast.engine import Engine
    from wfpfast.recording import Recorder, Recording, RecordingError
    from wfpfast.simulator import Simulator
    from wfpfast.stream import EventStream
    from wfpfast.subscription import Subscription
    from wfpfast.template import Template

__all__ = [
    "Block",
    "Column",
    "Decoder",
    "Engine",
    "EngineClosedError",
    "EventBatch",
    "EventStream",
    "MalformedBlockError",
    "NetEvent",
    "Recorder",
    "Recording",
    "RecordingError",
    "Simulator",
    "SourceError",
    "Subscription",
    "Table",
    "Template",
    "WfpError",
    "decode",
    "diagnose",
    "encode",
    "names",
    "netsh",
]
__version__ = "0.1.0"

# What not every program needs is imported when it is asked for.
_LATER = {
    "Engine": "wfpfast.engine",
    "EventStream": "wfpfast.stream",
    "Recorder": "wfpfast.recording",
    "Recording": "wfpfast.recording",
    "RecordingError": "wfpfast.recording",
    "Simulator": "wfpfast.simulator",
    "Subscription": "wfpfast.subscription",
    "Table": "wfpfast._table",
    "Template": "wfpfast.template",
    "diagnose": "wfpfast.diagnosis",
    "encode": "wfpfast._encode",
}


def __getattr__(name: str) -> Any:
    if name == "netsh":
        return import_module("wfpfast.netsh")
    if name not in _LATER:
        raise AttributeError(f"module 'wfpfast' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_LATER[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
