"""The pool: memory of batches that are gone serves the next ones and shows nothing of the old."""

import gc
import threading

import numpy as np
import pyarrow as pa
from example_events import event
from fresh_python import fresh_python

from wfpfast import Decoder, encode
from wfpfast._base.memory import live_buffers, pooled_bytes

FULL = encode([event(kind) for _ in range(300) for kind in (3, 0, 9, 4)])
# Decoded first, a later row is the first with a payload, and one type leaves the others' columns.
SPARSE = encode([
    event(3) if row in (700, 701) else event(8) if row == 900 else {"header": {}, "type": 3}
    for row in range(1200)])
FIXED = [
    "timestamp", "flags", "local_port", "scope_id", "filter_id", "layer_id",
    "reauth_reason", "direction_code", "vswitch_source_port", "spi", "mm_id", "end_cert_hash"]


def place(column: pa.Array) -> int:
    return int(column.buffers()[1].address)


def test_the_next_batch_lies_where_the_last_one_lay() -> None:
    decoder = Decoder()
    batch = pa.record_batch(decoder.decode(FULL))
    first = place(batch["filter_id"])
    del batch
    batch = pa.record_batch(decoder.decode(FULL))
    assert place(batch["filter_id"]) == first
    other = pa.record_batch(decoder.decode(FULL))  # while the first one lives
    assert place(other["filter_id"]) != first
    assert other == batch


def test_under_a_null_lies_zero_not_what_was_there() -> None:
    decoder = Decoder()
    for _ in range(3):
        full = pa.record_batch(decoder.decode(FULL))
        lay = place(full["flags"])
        del full
        sparse = pa.record_batch(decoder.decode(SPARSE))
        sparse.validate(full=True)
        assert place(sparse["flags"]) == lay
        ours = decoder.decode(SPARSE)
        for name in FIXED:
            valid = np.array(sparse[name].is_valid())
            assert not np.asarray(ours[name])[~valid].any(), name
        assert sparse["filter_id"].null_count == 1197
        assert not any(sparse["is_loopback"].fill_null(False).to_pylist()[:700])
        codes = sparse["direction"].indices
        assert not np.frombuffer(codes.buffers()[1], np.int32)[:700].any()
        del sparse, ours, codes


def test_offsets_of_null_texts_are_in_order() -> None:
    decoder = Decoder()
    decoder.decode(FULL)
    for name in ("local_address", "remote_mac", "local_subnet", "local_groups"):
        column = pa.record_batch(decoder.decode(SPARSE))[name]
        column.validate(full=True)
        assert len(column) == 1200


SCRIPT = """
import gc
from wfpfast import Decoder, encode
from wfpfast._base.memory import live_buffers, pooled_bytes
from wfpfast.simulator.synthetic import Mix
block = encode(list(Mix().events(1000)))
print(pooled_bytes(), live_buffers())
decoder = Decoder()
batch = decoder.decode(block)
held = pooled_bytes()
del batch
kept = pooled_bytes()
for _ in range(50):
    capsules = decoder.decode(block).__arrow_c_array__()
    del capsules
print(held, 0 < kept < 4 * block.nbytes, kept <= pooled_bytes() < kept + 100_000)
batch = decoder.decode(block)
capsules = batch.__arrow_c_array__()
del decoder
print(pooled_bytes())
del batch, capsules
print(pooled_bytes(), live_buffers())
try:
    Decoder(colums=[])
except TypeError:
    pass
try:
    Decoder(columns=["colums"])
except ValueError:
    pass
Decoder().decode(block)
print(pooled_bytes(), live_buffers())
"""


def test_the_last_decoder_takes_the_pool_along() -> None:
    lines = fresh_python(SCRIPT).splitlines()
    assert lines == ["0 0", "0 True True", "0", "0 0", "0 0"]


def test_threads_take_and_give_back() -> None:
    gc.collect()
    before = live_buffers()
    taken: list[object] = []
    failures: list[str] = []
    keeper = Decoder()
    original = pa.record_batch(keeper.decode(FULL))

    def work() -> None:
        decoder = Decoder()
        for _ in range(30):
            batch = pa.record_batch(decoder.decode(FULL))
            if batch != original:
                failures.append("another thread wrote here")
            taken.append(batch)  # released by whichever thread
            if len(taken) > 5:
                taken.pop(0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert pooled_bytes() > 0
    taken.clear()
    original = keeper = None
    gc.collect()
    assert live_buffers() == before
