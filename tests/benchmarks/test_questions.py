"""The benchmark of questions compares what it says: another answer ends it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
if not hasattr(os, "wait4"):
    pytest.skip("processes are not waited for with what they used", allow_module_level=True)

from benchmarks import questions
from benchmarks.questions import Cost
from benchmarks.rivals import MismatchError

REPORT = {
    "events": 5, "types": {"top": [{"event_type": "CLASSIFY_DROP", "events": 5}]},
    "dropped": {name: {"top": [{**dict.fromkeys(columns, 1), "events": 5}]}
                for name, columns in questions.GROUPS.items()}}
ROWS = [[["CLASSIFY_DROP", *[1] * len(columns), 5]] for columns in questions.GROUPS.values()]
COST = Cost(1.0, 1.0, 1.0)


@pytest.mark.parametrize("wrong", [None, *range(len(ROWS))])
def test_each_table_is_compared(monkeypatch: pytest.MonkeyPatch, wrong: int | None) -> None:
    rows: list[Any] = json.loads(json.dumps(ROWS))
    if wrong is not None:
        rows[wrong][0][-1] = 4
    monkeypatch.setattr(questions, "wfpfast", lambda *_: (json.dumps(REPORT), COST))
    monkeypatch.setattr(questions, "groups", lambda _: (rows, COST))
    if wrong is None:
        questions.check_summary(Path("x"), 5)
        with pytest.raises(MismatchError, match="5 events of 6"):
            questions.check_summary(Path("x"), 6)
    else:
        with pytest.raises(MismatchError, match=f"summary, {[*questions.GROUPS][wrong]}: "):
            questions.check_summary(Path("x"), 5)


def test_what_a_process_takes_is_its_own() -> None:
    text, cost = questions.ran("-c", "x = bytearray(b'1' * 200_000_000); print(len(x))")
    assert text == "200000000\n"
    assert cost.memory > 190
    assert min(cost) > 0
    with pytest.raises(MismatchError, match="exit status 3"):
        questions.ran("-c", "raise SystemExit(3)")
