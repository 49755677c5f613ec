"""The script that is sent to people with a Windows machine works before it is sent."""

import re
import subprocess
import sys
from pathlib import Path

from cli.running import environment

from wfpfast import Recording

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "confirm_windows.py"


def test_it_reports_and_records(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", str(SCRIPT), "simulated"], cwd=tmp_path, env=environment(),
        capture_output=True, text=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    report = (tmp_path / "wfpfast-confirm.txt").read_text(encoding="utf-8")
    assert "FAILED" not in report
    assert [line for line in report.splitlines() if line.startswith("EVENT")][5].startswith(
        "EVENT5: ")
    assert "keywords before 0, after 0" in report
    leak = re.search(r"^leak: 500 enumerations, (-?[\d,]+) bytes more for each$", report, re.M)
    assert leak
    assert int(leak[1].replace(",", "")) < 1000
    with Recording(tmp_path / "wfpfast-confirm.wfprec") as recording:
        events = sum(record.block.count for record in recording.records())
    assert f"followed for 1 s: {events} events, " in report
    assert events > 100
