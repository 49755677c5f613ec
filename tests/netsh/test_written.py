"""However XML writes a value, it is read: the same events in many spellings."""

import io
import random
import string
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from netsh_inputs import FLAGS, event

from wfpfast import netsh

Tree = Any
# What a value may hold: markup, blanks, line breaks, and characters of every size.
CHARACTERS = "ab .&<>\"'\n\t]-?;#x\u00fc\u00df\u0416\u54d4\ufffd\U0001f600"
TEXTS = st.text(CHARACTERS, max_size=12).map(str.strip)
EVENTS = st.lists(st.fixed_dictionaries({
    "filter_origin": TEXTS, "enterprise_id": TEXTS, "local_port": st.integers(0, 65535),
    "filter_id": st.integers(1, 2**64 - 1), "process_id": st.integers(0, 2**32 - 1),
    "app_path": st.text(string.ascii_lowercase + "\\.\u00fc\u54d4\U0001f600", min_size=1),
}), max_size=4)
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
BETWEEN = ["", "", "", " ", "\t", "\r\n", "\n\n", "<!-- <item> & -->", "<?x <a> ?>", "\r"]


class Writer:
    """Spells XML in ways that mean the same; the seed says which."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def one(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def character(self, c: str) -> str:
        ways: list[Callable[[], str]] = [
            lambda: f"&#{ord(c)};", lambda: f"&#x{ord(c):x};", lambda: f"&#x{ord(c):06X};",
            lambda: f"<![CDATA[{c}]]>", lambda: f"<!-- x -->{self.plain(c)}<?y z?>"]
        return self.one(*[lambda: self.plain(c)] * 8, *ways)()

    def plain(self, c: str) -> str:
        return NAMED.get(c, c)

    def text(self, text: str) -> str:
        return "".join(map(self.character, text))

    def between(self) -> str:
        return str(self.one(*BETWEEN))

    def attributes(self) -> str:
        return str(self.one("", "", "", " ", ' a="1"', " a='>\"/'", '\r\n\ta = ">" b="&lt;/"'))

    def element(self, tag: str, tree: Tree) -> str:
        if isinstance(tree, dict):
            inner = "".join(self.between() + self.element(*each)
                            for each in tree.items() if each[1] is not None)
        elif isinstance(tree, list):
            inner = "".join(self.between() + self.element("item", each) for each in tree)
        else:
            inner = self.text(tree)
        if not inner and self.one(True, False):
            return f"<{tag}{self.attributes()}/>"
        inner += self.between() if not isinstance(tree, str) else ""
        return f"<{tag}{self.attributes()}>{inner}</{tag}{self.one('', '', ' ')}>"


def tree_of(row: dict[str, Any]) -> Tree:
    return event(
        {"flags": [*FLAGS, "FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET"],
         "enterpriseId": row["enterprise_id"], "localPort": str(row["local_port"]),
         "appId": {"data": (row["app_path"] + "\0").encode("utf-16-le").hex(), "asString": ".<&"}},
        {"filterId": str(row["filter_id"])},
        {"filterOrigin": row["filter_origin"], "processId": str(row["process_id"])})


@given(EVENTS, st.integers(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_all_spellings_mean_the_same(
    rows: list[dict[str, Any]], seed: int, encoding: str
) -> None:
    writer = Writer(seed)
    text = writer.between() + writer.element("netEvents", list(map(tree_of, rows)))
    ElementTree.fromstring(text)    # it is XML
    source = io.BytesIO(text.encode(encoding))
    with netsh.read_events(source, columns=list(rows[0]) if rows else None) as stream:
        read = [each.to_dict() for batch in stream for each in batch]
    wanted = [
        {name: None if cell == "" else cell for name, cell in row.items()} for row in rows]
    assert [{name: each[name] for name in rows[0]} for each in read] == wanted
    odd = {name: count for name, count in stream.stats.items() if count and name != "events"}
    assert odd == {}
