"""The table of event kinds: what it says, and that everyone takes it from there."""

import json
from pathlib import Path
from typing import Any

import pytest
from fresh_python import fresh_python

import wfpfast
from wfpfast import names
from wfpfast._tables.enums import ENUMS, NET_EVENT_KEYWORDS
from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast.netsh._events import _PAYLOADS as PAYLOADS

GOLDEN = Path(__file__).parent / "golden"
SOURCE = (Path(wfpfast.__file__).parent / "_tables/event_kinds.py").read_text()
# From the pages of FWPM_NET_EVENT_TYPE and of the engine's option for keywords.
DROPS = {"CLASSIFY_DROP", "IPSEC_KERNEL_DROP", "IPSEC_DOSP_DROP", "CAPABILITY_DROP",
         "CLASSIFY_DROP_MAC"}
KEYWORDS = {"CAPABILITY_DROP": 0x4, "CAPABILITY_ALLOW": 0x8, "CLASSIFY_ALLOW": 0x10}


def test_the_types_are_those_of_the_sdk() -> None:
    enums = json.loads((GOLDEN / "names.json").read_text())["enums"]
    expected = enums["FWPM_NET_EVENT_TYPE"]
    assert len(expected) >= 11
    assert {f"FWPM_NET_EVENT_TYPE_{kind.name}": kind.number for kind in EVENT_KINDS.values()} == (
        expected)
    assert ENUMS["FWPM_NET_EVENT_TYPE"] == expected


def test_what_the_rows_say() -> None:
    assert {name for name, kind in EVENT_KINDS.items() if kind.is_drop} == DROPS
    assert {name: kind.keyword_bit for name, kind in EVENT_KINDS.items() if kind.keyword} == (
        KEYWORDS)
    assert {kind.keyword_bit for kind in EVENT_KINDS.values()} == {0, *KEYWORDS.values()}
    for name, kind in EVENT_KINDS.items():
        assert kind.name == name == names.event_type(kind.number)
        assert kind.verdict in ("drop", "allow", "fail", "arrived")
        assert kind.text[0].isupper()
        assert ";" not in kind.text
        assert name in PAYLOADS, "netsh has no element for it"
        if kind.keyword:
            assert NET_EVENT_KEYWORDS[f"FWPM_NET_EVENT_KEYWORD_{kind.keyword}"] == kind.keyword_bit
    assert len(PAYLOADS) == len({kind.arm for kind in EVENT_KINDS.values()}) == len(EVENT_KINDS)


INVENTED = """
from wfpfast._tables import enums, event_kinds
enums.ENUMS["FWPM_NET_EVENT_TYPE"]["FWPM_NET_EVENT_TYPE_INVENTED"] = 99
kinds = event_kinds.EVENT_KINDS
kinds["INVENTED"] = event_kinds.EventKind(
    "INVENTED", 99, "invented", "drop", "INBOUND_MCAST", 1, "A dream ended")
kinds["CLASSIFY_DROP"] = kinds["CLASSIFY_DROP"]._replace(keyword="X", keyword_bit=0x80)

import json
from types import SimpleNamespace
import pyarrow as pa
import wfpfast
from wfpfast.cli import _count, _line, _show
from wfpfast.explain import explain

types = ["INVENTED", "CLASSIFY_ALLOW", "UNKNOWN_77", None, "INVENTED"]
count = _count.Count()
count.add(pa.record_batch({"event_type": types}), SimpleNamespace(name="x"))
count.settle()
rows = pa.table({
    name: pa.array(types if name == "event_type" else [None] * 5, pa.string())
    for name in _line.COLUMNS})
lines = _line.Lines({}, width=None, colour=False, plain=True)
wfpfast.Template(event_type="INVENTED").native()
simulator = wfpfast.Simulator(events=0)
with wfpfast.Engine(simulator) as engine, engine.subscribe(columns=["event_type"]) as events:
    simulator.emit(300)
    seen = set(events.read()["event_type"].to_pylist())
print(json.dumps({
    "events": count.events, "dropped": count.tables["hosts"].top(verdict=_count.DROP)["events"],
    "words": [line.split()[1] for line in lines.render(rows, 5)],
    "row": _show._type({"event_type": "INVENTED"}, 99)[0].plain,
    "name": wfpfast.names.event_type(99), "explained": explain("type:99"),
    "simulated": sorted(seen),
}))
"""


def test_a_drop_that_is_added_to_the_table_is_a_drop_everywhere() -> None:
    found: dict[str, Any] = json.loads(fresh_python(INVENTED))
    assert (found["events"], found["dropped"]) == (5, 2)
    assert found["words"] == ["drop", "allow", "?", "?", "drop"]
    assert found["name"] == "INVENTED"
    assert found["explained"] == [
        "event type: INVENTED (99): A dream ended; needs keyword INBOUND_MCAST"]
    assert found["row"] == f"{'INVENTED':<18} A dream ended"
    assert found["simulated"], "an event without a keyword is collected"
    assert "CLASSIFY_DROP" not in found["simulated"], "its row asks for a keyword"


def run_changed(old: str, new: str) -> None:
    assert SOURCE.count(old) == 1
    exec(compile(SOURCE, "event_kinds.py", "exec"), {"__name__": "unchanged"})
    exec(compile(SOURCE.replace(old, new), "event_kinds.py", "exec"), {"__name__": "changed"})


@pytest.mark.parametrize(("old", "new", "error", "words"), [
    ('"idpDrop", DROP, None,', '"idpDrop", DROP,', TypeError, "missing 1 required"),
    ('"idpDrop", DROP, None,', '"idpDrop", None,', TypeError, "missing 1 required"),
    ('_kind("IPSEC_DOSP_DROP"', '_kind("IPSEC_DOSP"', KeyError, "TYPE_IPSEC_DOSP"),
    ('ALLOW, "CAPABILITY_ALLOW"', 'ALLOW, "CAPABILITY"', KeyError, "KEYWORD_CAPABILITY"),
    ('_kind("IPSEC_DOSP_DROP"', '_kind("CLASSIFY_DROP"', ValueError, "IPSEC_DOSP_DROP"),
])
def test_a_row_that_is_wrong_or_missing_fails_at_import(
    old: str, new: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        run_changed(old, new)
