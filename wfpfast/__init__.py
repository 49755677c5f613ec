"""Windows Filtering Platform net events into columns, at memory speed."""

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
    "Simulator",
    "Subscription",
    "Table",
    "Template",
    "WfpError",
    "decode",
    "encode",
    "names",
    "netsh",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Most programs need no simulator, and it makes a few thousand names on import.
    if name == "Simulator":
        from wfpfast.simulator import Simulator

        return Simulator
    raise AttributeError(f"module 'wfpfast' has no attribute {name!r}")
