"""`wfpfast filters`: what it lists and writes, and what it does with files that are none."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hostile import STEERING
from cli.running import Run
from netsh_xml import element

from wfpfast import netsh

DATA = Path(__file__).parents[1] / "data"
DRIVER = DATA / "missing_driver.xml"


def test_filters_are_listed(run: Run) -> None:
    result = run("filters", DATA / "filters.xml")
    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines() == [
        "81301  R\u00e9ponses ICMPv6",
        "       PERMIT, ALE_AUTH_CONNECT_V6, UNLISTED",
        "       matches IP_REMOTE_ADDRESS EQUAL 2001:db8::/32; IP_LOCAL_ADDRESS EQUAL"
        " 192.0.2.0/255.255.255.0; IP_LOCAL_PORT NOT_EQUAL 25"]


def test_several_files_have_their_names(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.xml"
    empty.write_text("<wfpdiag><filters/></wfpdiag>")
    out = run("filters", DRIVER, empty).out.splitlines()
    assert out[0] == f"{DRIVER}:"
    assert out[-2:] == [f"{empty}:", "no filters"]
    assert out[1].startswith("90210  Example Shield")


def test_a_line_of_json_has_the_columns(run: Run) -> None:
    rows = [json.loads(line) for line in run("filters", "--json", DRIVER).out.splitlines()]
    assert rows == netsh.read_filters(DRIVER).to_pylist()
    assert len(rows) == 2


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv", "ndjson"])
def test_a_table_is_written(run: Run, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"filters.{suffix}"
    result = run("filters", DRIVER, DATA / "filters.xml", "-o", out)
    assert (result.status, result.out) == (0, "")
    assert result.err == f"3 filters in {out}\n"
    assert out.stat().st_size > 500
    if suffix == "parquet":
        whole = [pa.table(netsh.read_filters(path)) for path in (DRIVER, DATA / "filters.xml")]
        assert pq.read_table(out).equals(pa.concat_tables(whole))
    assert run("filters", DRIVER, "-o", out).err == f"wfpfast: {out} exists: --force replaces it\n"
    assert run("filters", DRIVER, "-o", out, "--force").err == f"2 filters in {out}\n"


def test_what_is_lost_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "filters.xml"
    path.write_text(element("filters", [
        {"filterKey": "{a}", "displayData": "x", "filterId": "7"}, {"filterKey": "{b}"}]))
    result = run("filters", path)
    assert (result.status, result.out) == (3, "7  without a name\n")
    assert result.err.splitlines() == [
        "1 value that could not be read, now null", "1 filter without an id, left out"]


def test_a_file_that_is_none_costs_the_others_nothing(run: Run, tmp_path: Path) -> None:
    result = run("filters", tmp_path / "none.xml", DATA / "netevents.xml", DRIVER)
    assert result.status == 1
    assert [line.split(": ")[:2] for line in result.err.splitlines()] == [
        ["wfpfast", str(tmp_path / "none.xml")], ["wfpfast", str(DATA / "netevents.xml")]]
    assert "90344  Chat stays at home" in result.out
    assert run("filters", tmp_path / "none.xml").status == 1


def test_names_do_not_steer_the_terminal(run: Run, hostile: tuple[Path, Path]) -> None:
    result = run("filters", hostile[1])
    assert result.status == 0
    assert not STEERING.search(result.out)
    assert max(map(len, result.out.splitlines())) < 1_000


def test_an_expression_chooses_filters(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="--where needs duckdb")
    every = [row["filter_id"] for row in netsh.read_filters(DRIVER)]
    wanted = [row["filter_id"] for row in netsh.read_filters(DRIVER)
              if row["callout_registered"] is False]
    assert 0 < len(wanted) < len(every)
    found = run("filters", "--json", DRIVER, "--where", "callout_registered = false")
    assert [json.loads(line)["filter_id"] for line in found.out.splitlines()] == wanted
    none = run("filters", DRIVER, "--where", "name = 'nobody''s'")
    assert (none.status, none.out) == (0, "no filters\n")
    out = tmp_path / "few.parquet"
    assert run("filters", DRIVER, "-o", out, "--where", "callout_registered = false").status == 0
    assert pq.read_table(out)["filter_id"].to_pylist() == wanted


@pytest.mark.parametrize(("text", "said"), [
    ("aktion = 'BLOCK'", "there is no column 'aktion'; did you mean action?"),
    ("filter_id", "is not true or false but UBIGINT"),
    ("true); copy events to 'x'; --", "syntax error"),
    ("name in (select 'a')", "a query has no place in it")])
def test_what_is_no_expression_about_filters(text: str, said: str, run: Run) -> None:
    pytest.importorskip("duckdb", reason="--where needs duckdb")
    found = run("filters", DRIVER, "--where", text)
    assert found.status != 0
    assert said in found.err
