"""What wfpfast raises; knows neither blocks nor the operating system."""

from __future__ import annotations

import errno

from wfpfast import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ERROR_ACCESS_DENIED = 5
_ERRNO = {
    ERROR_ACCESS_DENIED: errno.EACCES,
    8: errno.ENOMEM,    # ERROR_NOT_ENOUGH_MEMORY
    14: errno.ENOMEM,   # ERROR_OUTOFMEMORY
    87: errno.EINVAL,   # ERROR_INVALID_PARAMETER
}


class MalformedBlockError(ValueError):
    """A pointer of a block leads where no such thing can lie.

    Attributes
    ----------
    index : int
        Which event of the block it was, counted from 0.
    field : str
        The member that held the pointer, as ``header.appId`` or ``classifyDrop``.
    reason : str
        What is wrong with it.
    """

    def __init__(self, index: int, field: str, reason: str) -> None:
        # All three go to ValueError, so that the exception can be pickled and copied.
        super().__init__(index, field, reason)
        self.index = index
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        return f"event {self.index}: {self.field}: {self.reason}"


class SourceError(ValueError):
    """A source of events is not what it claims to be, is damaged, or breaks off.

    Every source raises it, or a subclass that says more: `netsh.NetshError`, `RecordingError`. The
    batches that came before it are complete.

    Attributes
    ----------
    path : str or None
        The file, if the error knows it; its text then begins with it.
    """

    path: str | None = None


class EngineClosedError(ValueError):
    """Something was asked of an engine, a stream or a subscription that is closed."""


class WfpError(OSError):
    """A call of the filtering engine failed.

    Access denied is a `PermissionError`, too.

    Attributes
    ----------
    code : int
        What the call returned: a Win32, RPC or FWP_E code.
    name : str
        The SDK's name for it, as ``FWP_E_NET_EVENTS_DISABLED``.
    call : str
        The function that failed, as ``FwpmNetEventEnum5``.
    remedy : str or None
        What to do about it.
    """

    def __new__(cls, code: int, call: str, said: str | None = None) -> WfpError:
        if cls is WfpError and code == ERROR_ACCESS_DENIED:
            return super().__new__(_AccessDeniedError, code, call)
        return super().__new__(cls, code, call)

    def __init__(self, code: int, call: str, said: str | None = None) -> None:
        self.code = code
        self.call = call
        self.name = names.error(code)
        self.remedy = names.error_remedy(code) if said is None else None
        self._said = said   # instead of what the code means, by who knows more
        self.errno = _ERRNO.get(code, errno.EIO)
        self.strerror = str(self)

    def __str__(self) -> str:
        meaning = self._said or names.error_meaning(self.code)
        number = f"0x{self.code:08x}" if self.code > 0xFFFF else str(self.code)
        text = f"{self.call}: {self.name} ({number})"
        if meaning:
            text += f": {meaning}"
        return f"{text}. {self.remedy}" if self.remedy else text

    def __reduce__(self) -> tuple[Any, ...]:
        return WfpError, (self.code, self.call, self._said)


class _AccessDeniedError(WfpError, PermissionError):
    """The caller lacks a right; caught as WfpError or as PermissionError."""
