from typing_extensions import disjoint_base

from wfpfast.netsh._document import Document

VALUE_ERRORS: tuple[type[Exception], ...]

@disjoint_base
class MemberWriter:
    def __init__(self, document: Document, *_: object) -> None: ...
