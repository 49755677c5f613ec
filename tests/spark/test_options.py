"""Options of Spark mean what the page says, and what means nothing is named."""

from pathlib import Path

import pytest

from wfpfast.dataset import lake
from wfpfast.spark._options import SPLIT, parsed

WRONG = [
    ({"path": "s3://bucket/a.wfprec"}, "reads files by their paths, and no s3"),
    ({"path": "file://host/a.wfprec"}, "names a host"),
    ({}, "what is to be read"),
    ({"path": ".", "colums": "host"}, "option 'colums' is unknown"),
    ({"path": ".", "columns": "host,hosts"}, "there is no column hosts"),
    ({"path": ".", "errors": "ignore"}, "expected raise or null"),
    ({"path": ".", "since": "yesterday"}, "expected ISO 8601"),
    ({"path": ".", "type": "CLASIFY_DROP"}, "there is no event type CLASIFY_DROP"),
    ({"path": ".", "splitBytes": "1 MB"}, "expected a number of bytes"),
    ({"path": ".", "table": "filters"}, "expected events or stats"),
]


@pytest.mark.parametrize(("options", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_is_wrong_is_said(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parsed(options)


def test_what_is_not_said() -> None:
    options = parsed({"path": "a.wfprec"})
    assert options.paths == (str(Path.cwd() / "a.wfprec"),)
    assert options.columns == tuple(lake.schema().names)
    assert (options.errors, options.table, options.push, options.host, options.split) == (
        "raise", "events", False, None, SPLIT)


def test_names_of_options_in_any_case_and_several_paths(tmp_path: Path) -> None:
    for name in ("b.xml", "a.xml", ".hidden", "_SUCCESS"):
        (tmp_path / name).write_text("", encoding="utf-8")
    options = parsed({
        "PATHS": f'["{tmp_path.as_posix()}", "{(tmp_path / "*.xml").as_posix()}"]',
        "splitbytes": "5", "DEFAULTHOST": "PC-9", "PushFilters": "TRUE"})
    assert (options.split, options.host, options.push) == (5, "PC-9", True)
    assert [Path(file).name for file in options.files()] == ["a.xml", "b.xml"]
    with pytest.raises(FileNotFoundError, match=r"nowhere\.xml: is not there"):
        parsed({"path": "nowhere.xml"}).files()
