from wfpfast.netsh._document import Document

VALUE_ERRORS: tuple[type[Exception], ...]

class MemberWriter:
    def __init__(self, document: Document, *_: object) -> None: ...
