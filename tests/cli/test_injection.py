"""Texts that others chose, in each place where they can stand and on each output that there is."""

import csv
import html.parser
import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.running import Run

# What ends a line or a quotation, begins an element, an escape, a formula or a statement.
NASTY = "=1+1'\"</td><script>alert(1)</script>\x1b]0;a\x07\x9b2J\r\n\u202e&amp;{{7*7}};--"
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]")
NAME = "=a\u202e'&;{b}.parquet"    # what a name can be on Windows, too
STATE = "=s\u202e'&;.xml"
CHOICES = ("--host", "*")
COLUMNS = {
    "event_type": ["CLASSIFY_DROP", "IKEEXT_MM_FAILURE"], "app_path": [NASTY, NASTY],
    "host": [NASTY, NASTY], "filter_origin": [NASTY, None], "user_sid": [NASTY, None],
    "remote_address": [NASTY, NASTY], "remote_principal": [None, NASTY],
    "network_capability": [NASTY, None], "failure_reason": [None, NASTY],
    NASTY: [NASTY, NASTY]}
COMMANDS: dict[str, list[str]] = {
    "summary": ["summary", NAME, "--filters", STATE, "--by", "host,app"],
    "summary of a column": ["summary", NAME, "--by", NASTY],
    "summary, JSON": ["summary", NAME, "--filters", STATE, "--json"],
    "show": ["show", NAME, "--filters", STATE],
    "show, JSON": ["show", NAME, "--json", "--filters", STATE],
    "query": ["query", f'select app_path, "{NASTY}" from events'.replace(NASTY, NASTY.replace(
        '"', '""')), NAME],
    "explain": ["explain", "event", NAME, "1", "--filters", STATE],
    "ike": ["ike", NAME],
    "filters": ["filters", STATE],
    "filters, JSON": ["filters", STATE, "--json"],
    "hunt": ["hunt", NAME],
    "a host that is nowhere": ["show", NAME, "--host", NASTY],
    "a type that is none": ["show", NAME, "--type", NASTY],
    "an expression": ["show", NAME, "--where", f"app_path = '{NASTY}'"],
    "a file that is not there": ["summary", NASTY.replace("/", "") + ".xml"],
    "NDJSON": ["convert", NAME, "-", "--to", "ndjson", "--filters", STATE],
    **{view: ["convert", NAME, "-", "--to", "ndjson", "--view", view]
       for view in ("ecs", "ocsf", "asim")},
}
NEEDS = {"hunt": "sigma", "query": "duckdb", "an expression": "duckdb"}


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    table = pa.table({
        **COLUMNS, "filter_id": pa.array([7, None], pa.uint64()),
        "timestamp": pa.array([10**18, 10**18], pa.timestamp("ns", "UTC")),
        "failure_error": pa.array([None, 13801], pa.uint32())})
    pq.write_table(table, tmp_path / NAME)
    # XML 1.0 cannot have these two.
    name = "".join(f"&#{ord(letter)};" for letter in NASTY if letter not in "\x07\x1b")
    (tmp_path / STATE).write_text(
        "<wfpstate><filters><item><filterId>7</filterId><displayData>"
        f"<name>{name}</name></displayData><providerKey>{name}</providerKey></item></filters>"
        "</wfpstate>", encoding="utf-8")
    return tmp_path / NAME


@pytest.mark.parametrize("what", COMMANDS)
def test_nothing_steers_a_terminal(run: Run, nasty: Path, what: str) -> None:
    if what in NEEDS:
        pytest.importorskip(NEEDS[what])
    result = run(*COMMANDS[what])
    assert not STEERING.search(result.out + result.err)
    assert "alert(1)" in result.out + result.err or what in ("hunt", "a type that is none")


def test_lines_of_json_are_those_objects(run: Run, nasty: Path) -> None:
    for view, place in (
            ("ecs", ("host", "name")), ("ocsf", ("actor", "app_name")), ("asim", ("Dvc",))):
        lines = run(*COMMANDS[view]).out.splitlines()
        assert len(lines) == 2
        found: Any = json.loads(lines[0])
        for name in place:
            found = found[name]
        assert found == NASTY
    first = json.loads(run(*COMMANDS["NDJSON"]).out.splitlines()[0])
    assert (first["app_path"], first["host"], first[NASTY]) == (NASTY, NASTY, NASTY)
    assert first["rule_name"] == NASTY.replace("\x1b", "").replace("\x07", "")


@pytest.mark.parametrize("options", [["--filters", STATE], ["--view", "asim"]])
def test_no_cell_of_csv_is_a_formula(run: Run, nasty: Path, options: list[str]) -> None:
    assert run("convert", NAME, "o.csv", *options).status == 0
    with nasty.with_name("o.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 3
    texts = [cell for row in rows for cell in row]
    assert sum(cell == "'" + NASTY for cell in texts) >= 3
    assert [cell for cell in texts if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")] == []


class Page(html.parser.HTMLParser):
    """What elements, attributes and texts a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.text = ""
        self.handle_data = self._add    # type: ignore[method-assign]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def _add(self, data: str) -> None:
        self.text += data


def test_a_page_has_texts_and_no_elements_of_others(run: Run, nasty: Path) -> None:
    pytest.importorskip("jinja2")
    assert run("report", NAME, "--filters", STATE, "-o", "o.html").status == 0
    page = Page()
    page.feed(nasty.with_name("o.html").read_text(encoding="utf-8"))
    assert {"table", "svg", "style"} <= page.tags
    assert not {"script", "iframe", "img", "a", "object", "form"} & page.tags
    assert not [name for name in page.names if name.startswith("on")]
    assert page.text.count("<script>alert(1)</script>") >= 4
    assert "49" not in page.text.split("{{7*7}}")[1][:20]    # no template is made of it
    assert not STEERING.search(page.text.replace("\n", ""))


EXPRESSIONS: dict[str, Callable[[Path], str]] = {
    "another statement": lambda path: f"true; copy events to '{path.as_posix()}'",
    "a file": lambda path: f"(select count(*) from read_csv('{path.as_posix()}')) > 0",
    "what closes the query": lambda _: "true) union select 1 --",
    "a comment": lambda _: "true /*",
    "a setting": lambda _: "current_setting('threads') = 1",
    "an extension": lambda _: "true; install httpfs; load httpfs",
}


@pytest.mark.skipif(importlib.util.find_spec("duckdb") is None, reason="needs duckdb")
@pytest.mark.parametrize("what", EXPRESSIONS)
def test_an_expression_is_nothing_but_one(run: Run, nasty: Path, what: str) -> None:
    target = nasty.with_name("secret.csv")
    target.write_text("a\nsecret\n", encoding="utf-8")
    result = run("show", NAME, "--where", EXPRESSIONS[what](target))
    assert result.status != 0
    assert "--where" in result.err
    assert "secret\n" not in result.out + result.err
    assert target.read_text(encoding="utf-8") == "a\nsecret\n"
