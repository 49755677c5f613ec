"""What every test gets: a hypothesis profile, and the promise that no buffer is left behind."""

import gc
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = str(Path(__file__).parents[1])
if ROOT in sys.path or "" in sys.path:
    # `python -m pytest` puts the checkout first, where wfpfast has no compiled modules; last, it
    # still serves `import benchmarks`.
    sys.path[:] = [p for p in sys.path if p not in ("", ROOT)]
sys.path.append(ROOT)

from wfpfast._base.memory import live_buffers  # noqa: E402

FAILED = pytest.StashKey[bool]()

settings.register_profile("default", deadline=None, max_examples=60)
settings.load_profile("default")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell's `&` has it: tests send it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every buffer that a test makes is freed when the test is over."""
    before = live_buffers()
    yield
    if live_buffers() != before:
        gc.collect()
    # The traceback of a failed test still holds its objects.
    assert live_buffers() <= before or request.node.stash.get(FAILED, True)
