"""The benchmark of datasets counts what was written, and both ways write all of it."""

from pathlib import Path

import pytest

from benchmarks import lake

pytest.importorskip("pyarrow")


def test_the_stages_and_the_rival(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake.make(tmp_path, 1_500, 2, 500)
    paths = sorted(tmp_path.glob("*.wfprec"))
    assert len(paths) == 2
    lake.stages(paths[0])
    assert len(capsys.readouterr().out.splitlines()) == 6
    lake.by_hand(paths, tmp_path / "out")
    assert lake.counted(list((tmp_path / "out").glob("**/*.parquet"))) == 1_500
