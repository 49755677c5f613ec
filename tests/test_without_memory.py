"""Every allocation of ours fails in turn, in all that has no handles (see tests/engine for those).

Nothing but a MemoryError comes of it, no buffer is left, and the next try gives what is right.
"""

import ctypes
import sys
from pathlib import Path

import pytest
from failing_malloc import failing_malloc, needs_failing_malloc
from fresh_python import IN_USE, fresh_python

WORK = """
import gc, io, os, sys, tempfile
sys.path.append({tests!r})
import pyarrow as pa
from example_events import event, one_of_each
from netsh_xml import drop, element, netevents
from wfpfast import Decoder, decode, encode, lines, netsh, repack
from wfpfast._base.memory import live_buffers
from wfpfast.counting import Rows, Tally, Values, best
from wfpfast.recording import Recorder, Recording

events = [*one_of_each(internal=True), *one_of_each()]
# Texts of many sizes, some that are no Unicode, names that are not known, and sparse columns.
odd = [event(3, appId=("x" * k + str(k)).encode("utf-16-le") + b"\\x00\\xd8", addressFamily=k,
             userId=f"S-1-5-{{k}}", enterpriseId="e" * k) for k in range(0, 400, 7)]
block, plain, many = encode(events), encode(one_of_each()), encode(odd)
old = encode(events, version=0)
exported = pa.record_batch(decode(block))
large = pa.record_batch(decode(encode([event(3, appId=str(k).encode("utf-16-le"))
                                       for k in range(300)])))
file = netevents(
    *[drop({{"localPort": str(k), "enterpriseId": "n" * k}}) for k in range(9)]).encode()
rules = "<filters>" + "".join(element("item", {{
    "filterKey": str(k), "filterId": str(k), "layerKey": "L"}}) for k in range(9)) + "</filters>"
folder = tempfile.mkdtemp()

def rows(batch):
    return [repr(row.to_dict()) for row in batch]

def decode_all():
    return repr(rows(Decoder().decode(block)))

def decode_old():
    return repr(rows(Decoder(addresses="binary", errors="null").decode(old)))

def decode_odd():
    decoder = Decoder()
    return repr((rows(decoder.decode(many)), rows(decoder.decode(many))))

def export():
    return pa.record_batch(Decoder().decode(block)).equals(exported)

def write_lines():
    return lines.json_lines(exported), lines.csv_lines(exported)

def count():
    names = ["event_type", "app_path", "filter_id", "remote_address", "enterprise_id"]
    values = [Values() for _ in names]
    pairs, alone = Tally(values[:2]), Tally(values)
    for batch in (exported, large):
        rows_of = Rows(batch)
        some = rows_of.where(rows_of.known("filter_id"))
        numbers = [each.number(rows_of, name) for each, name in zip(values, names)]
        pairs.add(numbers[:2])
        alone.add(numbers, rows_of, "timestamp")
        Values().steps(some, "timestamp", 10)
    folded = alone.project([1, 0])
    return repr([[[tally.row(entry), tally.count(entry)] for entry in best(tally)[2]]
                 for tally in (pairs, alone, folded)])

def write_blocks():
    return bytes(encode(events).data), bytes(encode(odd, version=2).data)

def copy_blocks():
    return repr(rows(decode(repack(plain))))

def read_events():
    with netsh.read_events(io.BytesIO(file), batch_size=4) as stream:
        return repr([rows(batch) for batch in stream])

def read_filters():
    return repr(list(netsh.read_filters(io.BytesIO(rules.encode()))))

def record():
    name = os.path.join(folder, "r.wfprec")
    if os.path.exists(name):
        os.unlink(name)
    with Recorder(name) as recorder:
        recorder.write(block, time_ns=1)
        recorder.write(many, time_ns=2)
    with Recording(name) as recording, recording.read_events() as stream:
        return repr([rows(batch) for batch in stream])
"""
LOOP = """
import ctypes
library = ctypes.CDLL(None)

def left():
    if live_buffers() != buffers:
        gc.collect()
    return live_buffers() - buffers

expected = work()
buffers = live_buffers()
n, errors, others, not_clean = 0, 0, 0, 0
while True:
    right = False
    library.fail_at(n)
    try:
        right = work() == expected
    except MemoryError as error:
        errors += 1
        error.__traceback__ = None
        right = True
    failed = library.failed()
    library.fail_at(-1)
    if not failed:
        break
    others += not right
    not_clean += left() != 0
    n += 1
again = work() == expected
print(errors, others, not_clean, again)
"""
# How many allocations of its own each makes, at least.
EVERYTHING = {
    "decode_all": 100, "decode_old": 60, "decode_odd": 80, "export": 100, "write_blocks": 5,
    "write_lines": 100, "count": 100, "copy_blocks": 90, "read_events": 70, "read_filters": 40,
    "record": 140}


@needs_failing_malloc
@pytest.mark.parametrize("work", EVERYTHING)
def test_no_allocation_of_ours_can_fail_and_leave_something(
    monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    monkeypatch.setenv("LD_PRELOAD", failing_malloc())
    prepared = WORK.format(tests=str(Path(__file__).parent))
    errors, *rest = fresh_python(f"{prepared}\nwork = {work}\n{LOOP}").split()
    assert int(errors) >= EVERYTHING[work]
    assert rest == ["0", "0", "True"]


AGAIN = IN_USE + """
for _ in range(5):
    work()
before = in_use()
for _ in range(200):
    work()
print(in_use() - before)
"""


@needs_failing_malloc
@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallinfo2"),
    reason="needs glibc 2.33")
@pytest.mark.parametrize("work", EVERYTHING)
def test_nothing_is_left_of_what_is_done_again_and_again(work: str) -> None:
    """What `live_buffers()` does not count, too."""
    prepared = WORK.format(tests=str(Path(__file__).parent))
    left = int(fresh_python(f"{prepared}\nwork = {work}\n{AGAIN}"))
    assert left < 200 * 300     # what comes and goes, however often, is 30,000 bytes at most
