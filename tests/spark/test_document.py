"""What docs/spark.md shows of Spark is run, and prints what is said."""

from pathlib import Path
from typing import Any

import pytest
from doc_examples import FENCE, ROOT, is_said, prepare, run_command, run_python


def test_what_the_document_shows_is_true(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("click")
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run_command("wfpfast collect tonight.wfprec netevents.xml lake")[0] in (0, 3)
    text = (ROOT / "docs/spark.md").read_text(encoding="utf-8")
    blocks = [(found[2], found[3]) for found in FENCE.finditer(text)]
    known, seen = {"spark": spark}, 0
    printed: list[str] = []
    monkeypatch.setattr("builtins.print", printed.append)    # show() calls it
    for place, (language, shown_block) in enumerate(blocks):
        block = shown_block
        if language == "py":
            seen += 1
            for name in ("lake", "netevents.xml", "tonight.wfprec"):
                # The session began in another folder, and relative paths are of that one.
                block = block.replace(f'"{name}"', repr(str(tmp_path / name)))
            assert run_python(block, known) == []
            following, shown = blocks[place + 1]
            assert is_said("\n".join([*printed, ""]), shown if following == "text" else "\n")
            printed.clear()
    assert seen == 5
