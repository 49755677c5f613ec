"""`wfpfast report`: one page, whose texts are text and numbers are right, and which asks nobody."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.running import Run

VOID = {"meta", "rect", "wbr"}
MADE_OF = VOID | {
    "html", "head", "title", "style", "body", "header", "main", "footer", "section", "article",
    "h1", "h2", "h3", "p", "dl", "dt", "dd", "div", "span", "table", "thead", "tbody", "tr", "th",
    "td", "svg", "g", "ul", "li", "details", "summary"}
# A title, a tag, an attribute and an entity, as somebody would try them.
NASTY = '</title><script>alert("1")</script>\' onload=x &amp; \u202e.exe'


class Page(HTMLParser):
    """What a browser sees: elements that are closed in their order, attributes, texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.lines: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)
            self.lines.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if text := self.lines.pop().strip():
            self.texts.append(text)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.lines[-1] += data


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def page(run: Run, *arguments: Any, status: int = 0) -> Page:
    result = run("report", *arguments, "-o", "page.html", "--force")
    assert result.status == status, result.err
    return Page(Path("page.html").read_text(encoding="utf-8"))


def below(texts: list[str], title: str, count: int) -> list[str]:
    """Return what follows a text that is there once."""
    (at,) = [place for place, text in enumerate(texts) if text == title]
    return texts[at + 1:at + 1 + count]


def test_the_numbers_are_those_of_the_events(run: Run, xml: Path, there: Path) -> None:
    texts = page(run, xml).texts
    for name, value in (("events", "7"), ("dropped", "5"), ("allowed", "1"),
                        ("IKE and IPsec failures", "1")):
        at = [place for place, text in enumerate(texts) if text == name]
        assert value in [texts[place + 1] for place in at], name
    assert "2024-05-01 10:00:00 to 2024-05-01 10:02:06 UTC" in texts
    # Of the cell: the events of a row and, inside, their share.
    assert below(texts, "Dropped, by remote address", 6) == [
        "Remote address", "Events", "198.51.100.7", "60.0 %", "3", "192.0.2.9"]


def test_nothing_of_the_page_runs_or_asks(run: Run, xml: Path, there: Path) -> None:
    found = page(run, xml)
    assert found.tags <= MADE_OF
    names = {name for _, name, _ in found.attributes}
    assert names == {
        "lang", "charset", "http-equiv", "content", "name", "class", "scope", "viewbox",
        "preserveaspectratio", "role", "aria-label", "aria-hidden", "x", "y", "width", "height",
        "rx"}
    (policy,) = [value for _, name, value in found.attributes
                 if name == "content" and "default-src" in value]
    (style,) = re.findall(
        r"<style>(.*?)</style>", Path("page.html").read_text(encoding="utf-8"), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")
    assert not re.search(r"url\(|@import|expression", style)


def test_hostile_texts_are_texts(run: Run, there: Path) -> None:
    pq.write_table(pa.table({
        "event_type": ["CLASSIFY_DROP", "IKEEXT_MM_FAILURE"], "app_path": [NASTY, None],
        "remote_address": [NASTY, NASTY], "host": [NASTY, NASTY], "filter_origin": [NASTY, None],
        "user_sid": [NASTY, None], "failure_error": pa.array([None, 13801], pa.uint32()),
        "remote_principal": [None, NASTY],
    }), "hostile.parquet")
    Path("state.xml").write_text(
        "<wfpstate><filters><item><filterId>7</filterId></item></filters></wfpstate>",
        encoding="utf-8")
    found = page(run, "hostile.parquet", "--title", NASTY, "--filters", "state.xml")
    assert found.tags <= MADE_OF
    assert "onload" not in {name for _, name, _ in found.attributes}
    shown = NASTY.replace("\u202e", "\\u202e")
    assert len([text for text in found.texts if shown in text]) >= 6
    assert not [text for text in found.texts if "\u202e" in text]


def test_what_is_missing_is_said_first(run: Run, xml: Path, there: Path) -> None:
    Path("cut.xml").write_bytes(xml.read_bytes()[:-2000])
    texts = page(run, "cut.xml", xml, "none.xml", status=1).texts
    (first, second) = below(texts, "What this page lacks", 2)
    assert first.startswith("cut.xml: ")
    assert second.startswith("none.xml: ")
    assert "was read in part" in texts
    assert "could not be read" in texts


def test_there_is_no_page_about_nothing(run: Run, there: Path) -> None:
    result = run("report", "none.xml", "-o", "page.html")
    assert (result.status, list(there.iterdir())) == (1, [])
    assert "none.xml" in result.err


def test_a_page_is_not_replaced_unless_asked(run: Run, xml: Path, there: Path) -> None:
    Path("page.html").write_text("mine", encoding="utf-8")
    result = run("report", xml, "-o", "page.html")
    assert (result.status, Path("page.html").read_text(encoding="utf-8")) == (1, "mine")
    assert "--force replaces it" in result.err


def test_a_page_for_a_pipe(run: Run, xml: Path) -> None:
    result = run("report", xml, "-o", "-")
    assert result.status == 0
    assert Page(result.out).tags <= MADE_OF


def test_bars_are_as_high_as_their_counts(run: Run, there: Path) -> None:
    """Two drops and an allow in the first second, one drop in the last: bars of 200, and of 66."""
    times = [0, 1, 2, 30_000_000_000]
    pq.write_table(pa.table({
        "timestamp": pa.array(times, pa.timestamp("ns", "UTC")),
        "event_type": ["CLASSIFY_DROP", "CLASSIFY_DROP", "CLASSIFY_ALLOW", "CLASSIFY_DROP"],
    }), "few.parquet")
    found = page(run, "few.parquet")
    bars = [value for tag, name, value in found.attributes
            if tag == "rect" and name in ("y", "height")]
    shown = [bar for bar in bars if "." in bar]
    assert shown == ["66.67", "133.33", "0.00", "66.67", "133.33", "66.67"]
