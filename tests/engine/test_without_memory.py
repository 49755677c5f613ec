"""Every allocation of Python's fails in turn in all that has handles: none is left behind."""

import pytest
from fresh_python import fresh_python

SCRIPT = """
import gc, sys
import _testcapi
from wfpfast import Engine, Simulator

simulator = Simulator(events=250)

def enumerate_all():
    with Engine(simulator) as engine, engine.net_events(batch_size=100) as stream:
        for batch in stream:
            len(batch)

def copy_blocks():
    with Engine(simulator) as engine, engine.blocks() as stream:
        list(stream)

def subscribe():
    with Engine(simulator) as engine, engine.subscribe() as subscription:
        subscription.read(0)

def guard():
    with Engine(simulator) as engine, engine.collecting(keywords=3):
        pass

def keywords():
    with Engine(simulator) as engine:
        return engine.options.keywords

def filters():
    with Engine(simulator) as engine:
        engine.filters()

work = globals()[sys.argv[1]]
work()
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
    if any(simulator.live.values()):  # garbage may still have it
        gc.collect()
    clean += not any(simulator.live.values()) and keywords() == 0
print(failures > 20, clean)
"""


@pytest.mark.parametrize("work", ["enumerate_all", "copy_blocks", "subscribe", "guard", "filters"])
def test_no_allocation_can_fail_and_leave_something(work: str) -> None:
    pytest.importorskip("_testcapi")
    script = SCRIPT.replace("sys.argv[1]", repr(work))
    assert fresh_python(script).split() == ["True", "600"]
