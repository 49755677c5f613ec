"""The glossary uses words as `wfpfast explain` knows them."""

import re
from pathlib import Path

from wfpfast import explain, names

TEXT = (Path(__file__).parents[2] / "docs/glossary.md").read_text(encoding="utf-8")
WORDS = re.findall(r"`([A-Z][A-Z0-9_]+)`", TEXT)


def test_each_value_is_known() -> None:
    assert len(WORDS) > 35
    known = {*names.NET_EVENT_KEYWORDS, *names.REAUTHORIZE_REASONS}
    bits = {each.rpartition("KEYWORD_")[2].rpartition("REASON_")[2] for each in known}
    unknown = [word for word in WORDS if word not in bits]
    assert len(unknown) < len(WORDS)
    lost = []
    for word in unknown:
        try:
            if not explain.is_answer(explain.explain(word)):
                lost.append(word)
        except ValueError:
            lost.append(word)
    assert lost == []


def test_states_stand_in_the_order_of_a_negotiation() -> None:
    """As iketypes.h numbers them."""
    for name, states in (
        ("mm_state", ["NONE", "SA_SENT", "SSPI_SENT", "FINAL", "FINAL_SENT", "COMPLETE"]),
        ("qm_state", ["NONE", "INITIAL", "FINAL", "COMPLETE"]),
        ("em_state", ["NONE", "SENT_ATTS", "SSPI_SENT", "AUTH_COMPLETE", "FINAL", "COMPLETE"]),
    ):
        (row,) = (line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
        assert re.findall(r"`([A-Z_]+)`", row) == states
