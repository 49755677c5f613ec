"""The glossary uses words as `wfpfast explain` knows them."""

import re
from pathlib import Path

from wfpfast import explain, names

TEXT = (Path(__file__).parents[2] / "docs/glossary.md").read_text(encoding="utf-8")
WORDS = re.findall(r"`([A-Z][A-Z0-9_]+)`", TEXT)


def known(word: str) -> bool:
    """Tell whether a word is a value of a column, a keyword, or a bit of reauth_reason."""
    if any(each.endswith(f"_{word}") for each in (*names.NET_EVENT_KEYWORDS,
                                                 *names.REAUTHORIZE_REASONS)):
        return True
    try:
        return explain.is_answer(explain.explain(word))
    except ValueError:
        return False


def test_each_value_is_known() -> None:
    assert len(WORDS) > 35
    assert [word for word in WORDS if not known(word)] == []


def test_states_stand_in_the_order_of_a_negotiation() -> None:
    """As iketypes.h numbers them."""
    for name, states in (
        ("mm_state", ["NONE", "SA_SENT", "SSPI_SENT", "FINAL", "FINAL_SENT", "COMPLETE"]),
        ("qm_state", ["NONE", "INITIAL", "FINAL", "COMPLETE"]),
        ("em_state", ["NONE", "SENT_ATTS", "SSPI_SENT", "AUTH_COMPLETE", "FINAL", "COMPLETE"]),
    ):
        (row,) = (line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
        assert re.findall(r"`([A-Z_]+)`", row) == states
