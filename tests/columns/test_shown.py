"""What people see of a batch: in Python's prompt, in a notebook, in pandas, in tooltips."""

import inspect
from html.parser import HTMLParser

import numpy as np
import pandas
import pytest
from example_events import event, one_of_each

import wfpfast
from wfpfast import EventStream, NetEvent, decode, encode


class Cells(HTMLParser):
    """Collects the texts of cells, and the names of elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, _: object) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_batch_shows_its_first_rows() -> None:
    batch = decode(encode(one_of_each(), version=5))
    title, head, *rows = repr(batch).splitlines()
    assert title == "<wfpfast.EventBatch of 11 FWPM_NET_EVENT5, 67 columns>"
    assert head.split()[:3] == ["timestamp", "event_type", "flags"]
    assert [row.split()[2] for row in rows[:5]] == batch["event_type"].to_pylist()[:5]
    assert rows[5:] == ["  …"]
    assert max(map(len, (head, *rows))) <= 103
    empty = decode(encode([], version=5))
    assert repr(empty) == "<wfpfast.EventBatch of 0 FWPM_NET_EVENT5, 67 columns>"
    assert repr(batch["remote_port"]) == (
        "<wfpfast.Column remote_port: uint16, 11 rows, 0 null: [443, 443, 443, 443, 443, …]>")


def test_a_notebook_shows_a_table() -> None:
    batch = decode(encode(one_of_each(), version=5))
    shown = Cells(batch._repr_html_())
    assert shown.elements.count("tr") == 11     # ten rows and the head
    assert "IKEEXT_MM_FAILURE" in shown.texts
    assert "443" in Cells(batch[0]._repr_html_()).texts
    table = wfpfast.Table({"name": ("utf8", ["a", None])})
    assert Cells(table._repr_html_()).texts == ["wfpfast.Table of 2 rows", "name", "a"]


def test_hostile_names_stay_text() -> None:
    name = "<script>alert(1)</script>\x1b[2J\u202e&"
    hostile = event(3)
    hostile["header"]["appId"] = (name + "\0").encode("utf-16-le")
    batch = decode(encode([hostile], version=5))
    for html in (batch._repr_html_(), batch[0]._repr_html_()):
        shown = Cells(html)
        assert "script" not in shown.elements
        assert any("<script>alert(1)</script>" in text for text in shown.texts)
        assert not any(letter in html for letter in "\x1b\u202e")
    assert "\x1b" not in repr(batch)


def test_pandas_makes_a_frame_of_a_batch_and_none_of_a_stream() -> None:
    batch = decode(encode(one_of_each(), version=5))
    frame = pandas.DataFrame(batch)
    assert list(frame.columns) == batch.column_names
    assert frame["event_type"].tolist() == batch["event_type"].to_pylist()
    assert isinstance(batch[0], NetEvent)
    assert dict(batch[0]) == batch[0].to_dict()
    stream = EventStream.from_mappings(one_of_each())
    for read in (pandas.DataFrame, np.asarray):
        with pytest.raises(TypeError, match=r"pandas.DataFrame.from_arrow\(stream\)"):
            read(stream)
    assert len(pandas.DataFrame.from_arrow(stream)) == 11


def test_what_is_made_by_name_has_a_signature() -> None:
    for made, names in (
        (wfpfast.Decoder, ["columns", "addresses", "errors"]),
        (wfpfast.Block, ["data", "base", "count", "version", "entries_offset", "internal",
                         "tail_size"]),
        (wfpfast.Table, ["columns", "stats"]),
    ):
        assert list(inspect.signature(made).parameters) == names
        assert made.__doc__
        assert not made.__doc__.startswith(made.__name__)


def test_streams_and_decoders_say_what_they_are() -> None:
    stream = EventStream.from_mappings(one_of_each())
    assert repr(stream) == "<wfpfast.EventStream of 67 columns; 0 events were read>"
    assert len(list(stream)) == 1
    assert repr(stream) == "<wfpfast.EventStream of 67 columns; 11 events were read to the end>"
    assert "11 events" in stream._repr_html_()
    assert repr(wfpfast.Decoder(columns=["spi"])) == (
        "<wfpfast.Decoder of 1 columns, addresses='text', errors='raise'>")
