from collections.abc import Callable
from typing import Any, final

from wfpfast._blocks.block import Block
from wfpfast.netsh._document import Document
from wfpfast.netsh._members import MemberWriter
from wfpfast.netsh._sections import Section

@final
class Kind:
    number: int
    section: Section
    def __init__(self, number: int, section: Section) -> None: ...

@final
class EventWriter(MemberWriter):
    seen: bool
    def __init__(
        self, document: Document, header: Section, tail: Section, kinds: dict[str, Kind],
        read_type: Callable[[Any], Any], lenient: bool,
    ) -> None: ...
    def fill(self, limit: int) -> bool: ...
    def take(self) -> tuple[Block, dict[str, int]]: ...
