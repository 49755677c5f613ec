"""`wfpfast show`: the events of hand.py as lines, JSON and files, from any source."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hand import ITEMS, ROWS, SVCHOST
from cli.running import Run

# Written down from hand.py; docs/show.md explains the parts of a line.
LINES = [
    "2024-05-01 10:00:00.123 drop  tcp  192.0.2.1:50000       → 198.51.100.7:443      "
    f"{SVCHOST} 70000",
    "2024-05-01 10:00:01.000 drop  tcp  192.0.2.1:50001       → 198.51.100.7:443      "
    f"{SVCHOST} 70000",
    "2024-05-01 10:00:02.500 drop  udp  [2001:db8::a]:50002   ← [2001:db8::1]:53      "
    '\\device\\a "b", c\\n\\x1b[31mé.exe 18446744073709551615',
    "2024-05-01 10:00:03.000 drop  icmp 192.0.2.1             ← 192.0.2.9             - 70001 "
    " echo-request",
    "2024-05-01 10:00:04.000 drop  tcp  192.0.2.1             ← 198.51.100.7           70001",
    "2024-05-01 10:00:05.000 allow tcp  192.0.2.1:50005       → 198.51.100.7:80       "
    f"{SVCHOST} 70002",
    "2024-05-01 10:02:06.000 fail  udp  192.0.2.1             - 198.51.100.7         "
    " ERROR_IPSEC_IKE_AUTH_FAIL",
]


def test_a_line_an_event(run: Run, xml: Path) -> None:
    result = run("show", xml, "--utc")
    assert (result.status, result.err) == (0, "7 events\n")
    assert result.out.splitlines() == LINES
    assert len(LINES) == len(ITEMS)


def test_local_time(run: Run, xml: Path, two_hours_east: None) -> None:
    for option in ([], ["--local"]):
        assert run("show", xml, "-n", 1, *option).out.startswith("2024-05-01 12:00:00.123 ")


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv", "ndjson"])
def test_tables_show_the_same(run: Run, xml: Path, suffix: str) -> None:
    assert run("convert", xml, f"o.{suffix}").status == 0
    assert run("show", f"o.{suffix}", "--utc").out.splitlines() == LINES


def test_a_table_of_bytes_and_few_columns(run: Run, xml: Path, tmp_path: Path) -> None:
    run("convert", xml, "o.parquet", "--addresses", "binary", "--columns",
        "event_type,remote_address,filter_id")
    lines = run("show", "o.parquet").out.splitlines()
    assert lines[2] == (
        "-" * 23 + " drop  -    -                     - 2001:db8::1           - "
        "18446744073709551615")
    pq.write_table(pa.table({"event_type": ["CLASSIFY_DROP"], "remote_port": ["x"]}),
                   tmp_path / "odd.parquet")
    result = run("show", "odd.parquet", xml, "--utc")
    assert (result.status, result.out.splitlines()) == (1, LINES)
    assert result.err == (
        "7 events\nwfpfast: odd.parquet: the column remote_port is string, not uint16\n")


@pytest.mark.parametrize("count", [1, 3, 7, 9])
def test_so_many_of_several(run: Run, xml: Path, count: int) -> None:
    result = run("show", xml, xml, "-n", count, "--utc")
    assert result.out.splitlines() == [*LINES, *LINES][:count]
    assert result.err == f"{count} event{'s' * (count > 1)}\n"
    result = run("show", xml, xml, "-n", count, "-o", "o.parquet", "-f")
    assert result.status == 0
    assert pq.read_metadata(xml.parent / "o.parquet").num_rows == count


def test_json_and_columns(run: Run, xml: Path) -> None:
    result = run("show", xml, "--json", "--columns", "filter_id,remote_port")
    assert result.status == 0
    assert [json.loads(line) for line in result.out.splitlines()] == [
        {name: row.get(name) for name in ("filter_id", "remote_port")} for row in ROWS]


def test_a_bad_file_among_others_costs_a_line(run: Run, xml: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.xml").write_text(xml.read_text(encoding="utf-8")[:-5], encoding="utf-8")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and nothing else")
    result = run("show", "none.xml", "bad.parquet", "cut.xml", xml, "--utc")
    assert (result.status, result.out.splitlines()) == (1, [*LINES, *LINES])
    said = result.err.splitlines()
    assert said[0] == "14 events"
    assert [line.split(": ")[1] for line in said[1:]] == ["none.xml", "bad.parquet", "cut.xml"]
    assert said[3].endswith("; the screen has what came before: 7 events")


def test_wrong_usage(run: Run, xml: Path) -> None:
    assert run("show").status == 2
    assert "--columns is for --json" in run("show", xml, "--columns", "filter_id").err
    result = run("show", xml, "--json", "-o", "o.csv")
    assert (result.status, "two ways" in result.err) == (2, True)


@pytest.mark.parametrize(("option", "coloured"), [
    ([], False), (["--color", "auto"], False), (["--color", "always"], True),
    (["--color", "never"], False)])
def test_colours(run: Run, xml: Path, option: list[str], coloured: bool) -> None:
    out = run("show", xml, *option).out
    assert ("\x1b[31m\x1b[1m drop " in out) == coloured
    assert ("\x1b" in out) == coloured


@pytest.mark.parametrize(("choice", "coloured"), [("always", True), ("never", False)])
def test_colours_of_answers(run: Run, xml: Path, choice: str, coloured: bool) -> None:
    for command in (("summary", xml), ("ike", xml), ("diagnose", "--engine", "simulated")):
        assert ("\x1b[" in run(*command, "--color", choice).out) == coloured, command
