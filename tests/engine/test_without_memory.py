"""Every allocation fails in turn, Python's and our own, in all that has handles: none is left."""

import pytest
from failing_malloc import failing_malloc, needs_failing_malloc
from fresh_python import fresh_python

WORK = """
import gc
import math
import wfpfast.engine.enumeration
from wfpfast import Engine, Simulator

# Where pages come slowly, a thread fetches them. If it has no memory to begin, Python's own
# Thread.start() waits for it for ever, and so would a run of the tests.
wfpfast.engine.enumeration.WORTH_A_THREAD_NS = math.inf
simulator = Simulator(events=250)
dropped = 0

def enumerate_all():
    with Engine(simulator) as engine, engine.net_events(batch_size=100) as stream:
        for batch in stream:
            len(batch)

def copy_blocks():
    with Engine(simulator) as engine, engine.blocks() as stream:
        list(stream)

def subscribe():
    global dropped
    with Engine(simulator) as engine, engine.subscribe() as subscription:
        simulator.emit(5)
        subscription.read(0)
        dropped += subscription.stats["dropped"]

def follow():
    with Engine(simulator) as engine, engine.follow() as subscription:
        while subscription.read(0) is not None:
            pass

def guard():
    with Engine(simulator) as engine, engine.collecting(keywords=3):
        pass

def keywords():
    with Engine(simulator) as engine:
        return engine.options.keywords

def filters():
    with Engine(simulator) as engine:
        engine.filters()

def lost():
    return dropped + simulator.stats["no_memory"]

def left():
    if any(simulator.live.values()):  # garbage may still have it
        gc.collect()
    return any(simulator.live.values()) or keywords() != 0
"""

PYTHON = """
import _testcapi

failures, clean = 0, 0
for n in range(600):
    try:
        _testcapi.set_nomemory(n, n + 1)
        try:
            work()
        finally:
            _testcapi.remove_mem_hooks()
    except (MemoryError, RuntimeError, SystemError):  # the latter two are Python's own of no memory
        failures += 1
    clean += not left()
print(failures > 20, clean)
"""

OURS = """
import ctypes

library = ctypes.CDLL(None)
n, errors, unseen, not_clean = 0, 0, 0, 0
while True:
    before = lost()
    library.fail_at(n)
    try:
        work()
        seen = lost() > before
    except (MemoryError, OSError, RuntimeError) as error:  # an engine says so, or a thread
        assert not isinstance(error, OSError) or error.code in (8, 14), error
        seen = True
        errors += 1
        error.__traceback__ = None
    failed = library.failed()
    library.fail_at(-1)
    not_clean += left()
    if not failed:
        break
    unseen += not seen
    n += 1
work()  # and goes on as if nothing had been
print(errors, unseen, not_clean)
"""

EVERYTHING = ["enumerate_all", "copy_blocks", "subscribe", "follow", "guard", "filters"]


# CPython 3.11 itself crashes if there is no memory for the iterator of a dict's items (it untracks
# what it has not tracked), and following a log goes over many: not a matter of ours.
@pytest.mark.parametrize("work", [work for work in EVERYTHING if work != "follow"])
def test_no_allocation_of_python_can_fail_and_leave_something(work: str) -> None:
    pytest.importorskip("_testcapi")
    assert fresh_python(f"{WORK}\nwork = {work}\nwork()\n{PYTHON}").split() == ["True", "600"]


@needs_failing_malloc
@pytest.mark.parametrize("work", EVERYTHING)
def test_no_allocation_of_ours_can_fail_and_leave_something(
    monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    monkeypatch.setenv("LD_PRELOAD", failing_malloc())
    output = fresh_python(f"{WORK}\nwork = {work}\nwork()\n{OURS}")
    errors, unseen, not_clean = map(int, output.split())
    assert errors >= 3
    assert (unseen, not_clean) == (0, 0)
