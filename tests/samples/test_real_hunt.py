"""`wfpfast hunt` in public logs of attacks.

The rules have the conditions of those of SigmaHQ that name these audits, in words of our own. The
numbers were counted in another program over the same records.
"""

import json
import sys
from pathlib import Path

import pytest

from wfpfast.cli import main

pytest.importorskip("sigma")
pytest.importorskip("duckdb")

RULES = {
    "RDP through a tunnel": (r"""
    allowed: {EventID: 5156}
    from_rdp: {SourcePort: 3389, DestAddress: ['127.*', '::1']}
    to_rdp: {DestPort: 3389, SourceAddress: ['127.*', '::1']}
    but_container: {FilterOrigin: AppContainer Loopback}
    but_scanner: {Application|endswith: ['\thor.exe', '\thor64.exe']}
    condition: allowed and (from_rdp or to_rdp) and not 1 of but_*
""", 4),
    "remote PowerShell": ("""
    accepted: {EventID: 5156, DestPort: [5985, 5986], LayerRTID: 44}
    condition: accepted
""", 3),
    "Kerberos, but not by lsass": (r"""
    allowed: {EventID: 5156, DestPort: 88}
    but_lsass:
        Application|startswith: ['\device\harddiskvolume', 'C:']
        Application|endswith: '\Windows\System32\lsass.exe'
    condition: allowed and not but_lsass
""", 0),
    "Kerberos": ("""
    allowed: {EventID: 5156, DestPort: 88}
    condition: allowed
""", 23),
}


def test_public_attacks_are_found(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number, (title, (detection, _)) in enumerate(RULES.items()):
        (tmp_path / f"{number}.yml").write_text(
            f"title: {title}\nlogsource: {{product: windows, service: security}}\n"
            f"detection:{detection}", encoding="utf-8")
    data = sorted([*(samples / "audit").glob("*.gz"), *(samples / "evtx").glob("*.gz")])
    assert len(data) >= 8
    monkeypatch.setattr(sys, "argv", ["wfpfast", "hunt", "--json", str(tmp_path), *map(str, data)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 4
    told = json.loads(capsys.readouterr().out)
    assert told["unanswered"] == []
    assert {hit["rule"]: hit["count"] for hit in told["hits"]} == {
        title: count for title, (_, count) in RULES.items() if count}
