"""Windows Filtering Platform net events into columns, at memory speed."""

from __future__ import annotations

from importlib import import_module

from wfpfast import names
from wfpfast._blocks.block import Block
from wfpfast._columns.cells import Column
from wfpfast._columns.mask import Mask
from wfpfast._decode.decoder import Decoder, EventBatch, decode
from wfpfast._decode.row import NetEvent
from wfpfast.errors import EngineClosedError, MalformedBlockError, SourceError, WfpError

TYPE_CHECKING = False  # as type checkers know it; `typing` itself is a fifth of the import's time
if TYPE_CHECKING:
    from typing import Any

    from wfpfast import audit, netsh, views
    from wfpfast import dataset as dataset  # not in __all__: `import *` would need pyarrow
    from wfpfast._blocks.encode import encode
    from wfpfast._blocks.repack import repack
    from wfpfast._columns.table import Table
    from wfpfast._decode.stream import EventStream
    from wfpfast.doubles import distinct
    from wfpfast.engine import Engine
    from wfpfast.engine.diagnosis import diagnose
    from wfpfast.engine.subscription import Subscription
    from wfpfast.engine.template import Template
    from wfpfast.naming import with_names
    from wfpfast.opening import open as open  # not in __all__: `import *` would hide Python's
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
    "Mask",
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
    "audit",
    "decode",
    "diagnose",
    "distinct",
    "encode",
    "names",
    "netsh",
    "repack",
    "views",
    "with_names",
]
__version__ = "0.1.0"

# What not every program needs is imported when it is asked for.
_LATER = {
    "Engine": "wfpfast.engine",
    "EventStream": "wfpfast._decode.stream",
    "Recorder": "wfpfast.recording",
    "Recording": "wfpfast.recording",
    "RecordingError": "wfpfast.recording",
    "Simulator": "wfpfast.simulator",
    "Subscription": "wfpfast.engine.subscription",
    "Table": "wfpfast._columns.table",
    "Template": "wfpfast.engine.template",
    "diagnose": "wfpfast.engine.diagnosis",
    "distinct": "wfpfast.doubles",
    "encode": "wfpfast._blocks.encode",
    "open": "wfpfast.opening",
    "repack": "wfpfast._blocks.repack",
    "with_names": "wfpfast.naming",
}


def __getattr__(name: str) -> Any:
    if name in ("audit", "dataset", "netsh", "views"):
        return import_module(f"wfpfast.{name}")
    if name not in _LATER:
        raise AttributeError(f"module 'wfpfast' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_LATER[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
