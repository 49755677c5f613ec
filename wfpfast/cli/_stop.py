"""Ctrl-C and its like as a wish that loops look for; must not know what the loops do.

An exception in the middle of a write would leave half a file: so the first signal only asks.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

# What asks a program to end, where the system has it: Windows sends SIGBREAK when a console closes.
_ASKING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Stop:
    """Whether this process was asked to end."""

    def __init__(self) -> None:
        self._signal = 0

    @property
    def asked(self) -> bool:
        """Whether it was."""
        return self._signal != 0

    @property
    def status(self) -> int:
        """The exit status: 0, or what shells give a process that a signal ended."""
        return 128 + self._signal if self._signal else 0

    def ask(self, number: int, _: FrameType | None) -> None:
        """Take a signal; who asks twice is out of patience."""
        if self._signal:
            raise KeyboardInterrupt
        self._signal = number
        with contextlib.suppress(OSError):
            if os.isatty(2):
                os.write(2, b"\n")  # the terminal has shown ^C, and another line may follow


def _ignore(_: int, __: FrameType | None) -> None:
    """Take a signal; unlike SIG_IGN, also one that has come already and waits."""


@contextlib.contextmanager
def unwinding() -> Iterator[None]:
    """Let signals that would end the process at once end it as Ctrl-C does, which cleans up."""
    asking = [getattr(signal, name) for name in _ASKING if hasattr(signal, name)]
    mine = [number for number in asking if signal.getsignal(number) is signal.SIG_DFL]

    def end(number: int, _: FrameType | None) -> None:
        for each in mine:  # several come at once when a terminal closes: one is enough
            signal.signal(each, _ignore)
        raise SystemExit(128 + number)

    try:
        for number in mine:
            signal.signal(number, end)
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def stoppable() -> Iterator[Stop]:
    """Let signals ask instead of ending the process."""
    stop = Stop()
    before = {}
    try:
        for name in _ASKING:
            number = getattr(signal, name, None)
            # What is ignored, as by nohup, stays so.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, stop.ask)
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
