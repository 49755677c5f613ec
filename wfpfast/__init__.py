"""Windows Filtering Platform net events into columns, at memory speed."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wfpfast import names, netsh
from wfpfast._block import Block
from wfpfast._cells import Column
from wfpfast._decoder import Decoder, EventBatch, decode
from wfpfast._encode import encode
from wfpfast._table import Table
from wfpfast.engine import Engine
from wfpfast.errors import EngineClosedError, MalformedBlockError, WfpError
from wfpfast.row import NetEvent
from wfpfast.stream import EventStream
from wfpfast.subscription import Subscription
from wfpfast.template import Template

if TYPE_CHECKING:
    from wfpfast.diagnosis import diagnose
    from wfpfast.recording import Recorder, Recording, RecordingError
    from wfpfast.simulator import Simulator

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

_LATER = {
    "Recorder": "wfpfast.recording",
    "Recording": "wfpfast.recording",
    "RecordingError": "wfpfast.recording",
    "Simulator": "wfpfast.simulator",
    "diagnose": "wfpfast.diagnosis",
}


def __getattr__(name: str) -> Any:
    # What most programs do not need is imported when it is asked for.
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'wfpfast' has no attribute {name!r}")
