"""Whole files: roots, parts cut out, logs around them, encodings, and what is no event file."""

import codecs
import html

from netsh_xml import element, wfpdiag

from netsh_inputs import DECLARATION, MARK, Input, changed, event, file, items, listed, row, simple

_A, _B = event(), event({"localPort": "50009"})
_ROWS = [row(), row(local_port=50009)]
_FILTER = {
    "filterKey": "{a0000000-0000-4000-8000-000000070123}", "displayData": {"name": "My rule"},
    "flags": "", "layerKey": "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
    "action": {"type": "FWP_ACTION_BLOCK"}, "filterId": "70123",
}
_BOTH = listed(items(_A, _B))


def _umlauts(text: str) -> bytes:
    """A file of a console: its declaration says UTF-8."""
    return listed(items(event(internal={"filterOrigin": text}))).encode("cp850")


ROOTS = [
    simple("the section of events alone", f"<events>\r\n{items(_A, _B, tag='netEvent')}</events>",
           _ROWS),
    simple("loose items", items(_A, _B), _ROWS),
    simple("loose net events", items(_A, _B, tag="netEvent"), _ROWS),
    simple("net events inside items", listed(
        element("item", {"netEvent": _A}, 1) + element("item", {"netEvent": _B}, 1)), _ROWS),
    simple("net events under wfpdiag", listed(items(_A, _B, tag="netEvent"), "wfpdiag"), _ROWS),
    simple("a list of events under wfpdiag", listed(
        f"<netEvents>{items(_A, _B)}</netEvents>", "wfpdiag"), _ROWS),
    simple("a capture with filters in it", wfpdiag(_A, _B, filters=[_FILTER]), _ROWS),
    simple("a filter that was added during a capture", wfpdiag(_A, _B).replace(
        "<events>", f"<events><filterChange>{element('filter', _FILTER)}</filterChange>"), _ROWS),
    simple("IKE events under a root of their own", listed(items(_A, _B), "ikeEvents"), _ROWS),
    simple("a namespace", _BOTH.replace("<netEvents ", '<netEvents xmlns="urn:x" '), _ROWS),
    simple("no event", f"{DECLARATION}<netEvents/>", []),
    simple("no event in a list", listed(""), []),
    simple("a capture without events", wfpdiag(), []),
]

PARTS = [
    simple("two documents", file(_A) + file(_B), _ROWS),
    simple("an event and a capture", file(_A) + wfpdiag(_B).encode(), _ROWS),
    simple("two documents of two encodings", file(_A) + codecs.BOM_UTF16_LE
           + listed(items(_B)).encode("utf-16-le"), _ROWS),
    simple("UTF-16 and then UTF-8", listed(items(_A)).encode("utf-16") + file(_B), _ROWS),
    simple("marks at every document", MARK * 3 + _BOTH, _ROWS),
    simple("a log around it", "== collected at 10:00, host a<b & c ==\r\n"
           "C:\\> netsh wfp show netevents file=-\r\n" + _BOTH + "\r\nC:\\> exit\r\n", _ROWS),
    simple("a block of Markdown", f"Here is it:\n```xml\n{_BOTH}```\nThanks > all\n", _ROWS),
    simple("the console's message before it",
           "Data collection successful; output = netevents.xml\r\n" + _BOTH, _ROWS),
    simple("comments and instructions around it",
           f"<!-- a --><?b c?>{_BOTH}<!-- {'-' * 9} --><?x?>", _ROWS),
    simple("one line", _BOTH.replace("\r\n", "").replace("\t", ""), _ROWS),
    simple("line feeds", _BOTH.replace("\r\n", "\n"), _ROWS),
    simple("carriage returns alone", _BOTH.replace("\r\n", "\r"), _ROWS),
    simple("doubled carriage returns", _BOTH.replace("\r\n", "\r\r\n"), _ROWS),
    simple("blanks before the ends of tags", _BOTH.replace("/>", " />").replace(
        "</item>", "</item >"), _ROWS),
    simple("cut off in the second event", _BOTH[:_BOTH.index("50009") + 2], [row()],
           error=r"line \d+.*breaks off", raises="same"),
    simple("cut off between two events", _BOTH[:_BOTH.index("</item>\r\n\t<item>") + 9], [row()],
           error=r"line \d+.*breaks off", raises="same"),
    simple("cut off inside a character", codecs.BOM_UTF16_LE + _BOTH[
        :_BOTH.index("50009") + 2].encode("utf-16-le") + b"0", [row()],
        error="breaks off|ends inside a character", raises="same"),
    simple("the beginning is missing", _BOTH[_BOTH.index("<flags"):], [row(local_port=50009)],
           stats={"lost_events": 1}, raises=r"line \d+"),
    simple("numItems of another file", _BOTH.replace('numItems="1"', 'numItems="99"', 1), _ROWS),
]

ENCODINGS = [
    simple("UTF-8 without a mark", _BOTH, _ROWS),
    simple("UTF-16 with a mark", _BOTH.encode("utf-16"), _ROWS),
    simple("UTF-16 without a mark", _BOTH.encode("utf-16-le"), _ROWS),
    simple("big-endian UTF-16 without a mark", _BOTH.encode("utf-16-be"), _ROWS),
    simple("UTF-16 after a log without a mark", ("C:\\> type\r\n" + _BOTH).encode("utf-16-le"),
           _ROWS),
    simple("a mark of UTF-8 before UTF-16", codecs.BOM_UTF8 + _BOTH.encode("utf-16-le"), _ROWS),
    simple("NULs at the end", _BOTH.encode() + b"\0" * 5000, _ROWS),
    simple("NULs at the end of UTF-16", _BOTH.encode("utf-16") + b"\0" * 4096, _ROWS),
    simple("NULs between documents", file(_A) + b"\0" * 512 + file(_B), _ROWS),
    simple("a console in German", _umlauts("Standard für ausgehend"),
           [row(filter_origin="Standard für ausgehend")], stats={"guessed_encoding:cp850": 1}),
    simple("a console in Russian", _umlauts("x").replace(
        b">x<", ">Исходящие по умолчанию<".encode("cp866")),
        [row(filter_origin="Исходящие по умолчанию")], stats={"guessed_encoding:cp866": 1}),
    simple("a console in Chinese", _umlauts("x").replace(b">x<", ">引导时间筛选器<".encode("gbk")),
           [row(filter_origin="引导时间筛选器")], stats={"guessed_encoding:gbk": 1}),
    simple("a console in Japanese", _umlauts("x").replace(b">x<", ">既定の送信<".encode("cp932")),
           [row(filter_origin="既定の送信")], stats={"guessed_encoding:cp932": 1}),
    simple("a console, and its code page is given", _umlauts("Größe"),
           [row(filter_origin="Größe")], encoding="cp850"),
    simple("another code page is given", _umlauts("Größe"),
           [row(filter_origin="Gr\u201d\xe1e")], encoding="cp1252"),
    simple("a declared code page", listed(items(event(internal={
        "filterOrigin": "Größe"}))).replace("UTF-8", "windows-1252").encode("cp1252"),
        [row(filter_origin="Größe")]),
]

_STATE = {"filters": [_FILTER], "providers": ""}
WRONG = [
    Input("a filters file", (MARK + listed("".join(
        element(tag, part, 1) for tag, part in _STATE.items()), "wfpdiag")).encode(), [],
        error="filters", raises="same"),
    Input("a state file", (MARK + listed(element("layers", [{
        "layer": {"layerId": "48"}, "filters": [_FILTER]}], 1), "wfpstate")).encode(), [],
        error="filters|wfpstate", raises="same"),
    Input("the filters alone", element("filters", [_FILTER]).encode(), [],
          error="filters", raises="same"),
    Input("the console's message alone",
          b"\r\nData collection successful; output = C:\\temp\\netevents.xml\r\n", [],
          error=r"netevents\.xml", raises="same"),
    Input("HTML-escaped", html.escape(_BOTH, quote=False).encode(), [], error="HTML",
          raises="same"),
    Input("an event of the Security log",
          b"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
          b"<EventID>5157</EventID></System></Event>", [], error="Security log|audit",
          raises="same"),
    Input("a document type", changed(_BOTH, (
        "<netEvents", "<!DOCTYPE x [<!ENTITY y 'z'>]><netEvents")).encode(), [],
        error="document type", raises="same"),
    Input("nothing", b"", [], error="empty|no element", raises="same"),
    Input("blanks", b" \r\n\t", [], error="empty|no element", raises="same"),
    Input("JSON", b'{"events": [{"id": 5157}]}', [], error="not .*XML|no element",
          raises="same"),
    Input("a page of the web", b"<!doctype html><html><body><p>x</body></html>", [],
          error="html|body", raises="same"),
    Input("a cabinet", b"MSCF\0\0\0\0" + bytes(60), [], error="cabinet", raises="same"),
    Input("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", [], error="not .*XML", raises="same",
          stats={"mended_text": 1}),
]

INPUTS: list[Input] = [*ROOTS, *PARTS, *ENCODINGS, *WRONG]
