"""A long decode is interrupted by a signal, and its decoder is good afterwards."""

import signal
from typing import Any

import pytest
from shared_blocks import Heavy, shared

from wfpfast import Block, Decoder, encode

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system sends no signal after a time")

ATTEMPTS = 500
SMALL = encode([{"header": {"flags": 8, "localPort": 1}, "type": 6}])
MANY = shared(Heavy("small", {"header": {}, "type": 6}, 0), 0, 200_000)
# Two thousand events of which each makes the decoder read 100 KB, up to 64 times 4 MB.
DEEP = shared(
    Heavy("deep", {"header": {"flags": 0x20, "appId": "d" * 1_000_000}, "type": 6}, 0), 0, 1_000)


@pytest.mark.parametrize(("block", "column"), [(MANY, "local_port"), (DEEP, "app_path")],
                         ids=["many events", "few that read much"])
def test_the_handler_of_a_signal_ends_a_decode(block: Block, column: str) -> None:
    """That the handler ran within the decode is seen from the decoder, which it cannot use."""
    decoder = Decoder(columns=[column], errors="null")
    within = 0

    def handler(number: int, frame: Any) -> None:
        nonlocal within
        try:
            Decoder.decode(decoder, MANY)
        except RuntimeError as error:
            within += "cannot use the decoder that it interrupts" in str(error)
            raise KeyboardInterrupt from None

    old = signal.signal(signal.SIGALRM, handler)
    try:
        for _ in range(ATTEMPTS):
            signal.setitimer(signal.ITIMER_REAL, 0.001)
            try:
                decoder.decode(block)
            except KeyboardInterrupt:
                break
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert within == 1
    assert len(decoder.decode(SMALL)) == 1
    assert len(decoder.decode(block)) == block.count


def test_a_handler_that_returns_does_no_harm() -> None:
    decoder = Decoder(columns=["local_port"])
    calls = 0

    def handler(number: int, frame: Any) -> None:
        nonlocal calls
        calls += 1

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        for _ in range(20):
            assert len(decoder.decode(MANY)) == MANY.count
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert calls
