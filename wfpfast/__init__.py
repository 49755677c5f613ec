"""Windows Filtering Platform net events into columns, at memory speed."""

from wfpfast import names, netsh
from wfpfast._block import Block
from wfpfast._cells import Column
from wfpfast._decoder import Decoder, EventBatch, decode
from wfpfast._encode import encode
from wfpfast._table import Table
from wfpfast.errors import MalformedBlockError
from wfpfast.row import NetEvent
from wfpfast.stream import EventStream

__all__ = [
    "Block",
    "Column",
    "Decoder",
    "EventBatch",
    "EventStream",
    "MalformedBlockError",
    "NetEvent",
    "Table",
    "decode",
    "encode",
    "names",
    "netsh",
]
__version__ = "0.1.0"
