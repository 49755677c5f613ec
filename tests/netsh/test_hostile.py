"""Files that are not what netsh writes, or only half: a clear error, no event before it lost."""

import codecs
import io
import re
import tracemalloc
from typing import Any

import pytest
from netsh_xml import HEADER, Tree, drop, element, netevents

from wfpfast import netsh

PORTS = [49_152, 50_001, 50_002]
EVENTS = [drop({"localPort": str(port)}) for port in PORTS]
GOOD = "".join(element("item", event, 1) for event in EVENTS)


def read(data: bytes | str, **options: Any) -> tuple[list[int], netsh.NetshError | None]:
    """The local ports of the events that came, and what then went wrong."""
    source = io.BytesIO(data.encode() if isinstance(data, str) else data)
    came: list[int] = []
    try:
        for batch in netsh.read_events(source, columns=["local_port"], batch_size=2, **options):
            came += batch["local_port"].to_pylist()
    except netsh.NetshError as error:
        return came, error
    return came, None


def refused(data: bytes | str, ports: list[int] | None = None) -> netsh.NetshError:
    """The error, after exactly these events; reading filters must not crash either."""
    came, error = read(data)
    assert error is not None
    assert came == (ports or [])
    assert error.line >= 1
    assert error.element
    assert len(str(error)) < 400
    with pytest.raises(netsh.NetshError):
        netsh.read_filters(io.BytesIO(data.encode() if isinstance(data, str) else data))
    return error


def listed(inner: str) -> str:
    """Three sound events, and then something else in the list."""
    return f"<netEvents>\n{GOOD}{inner}</netEvents>"


SMALL = netevents(*[
    {"header": {"flags": ["FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET"], "localPort": str(port),
                "enterpriseId": "\u54d4"}, "type": "3"}
    for port in (1, 2)])


@pytest.mark.parametrize(("encoding", "mark"), [
    ("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", b"")])
def test_cut_at_every_byte(encoding: str, mark: bytes) -> None:
    data = mark + SMALL.encode(encoding)
    # With one tab before it stands the end of an event.
    ends = [len(mark + SMALL[:match.end()].encode(encoding))
            for match in re.finditer("\n\t</item>", SMALL)]
    assert len(ends) == 2
    whole = len(mark + SMALL.rstrip().encode(encoding))
    for cut in range(whole):
        came, error = read(data[:cut])
        assert error is not None, cut
        assert came == [1, 2][:sum(end <= cut for end in ends)], cut
        text = data[len(mark):cut].decode(encoding, "ignore")
        # A carriage return at the very end may already be the end of its line.
        assert error.line in {1 + text.count("\n"), 1 + text.count("\r")}, cut
    for cut in range(whole, len(data) + 1, len("x".encode(encoding))):
        assert read(data[:cut]) == ([1, 2], None)


def test_long_names_are_cut_in_messages() -> None:
    for text in ("<{}/>", "<netEvents><{}>", "<netEvents><item><header/><{}>"):
        _, error = read(text.format("n" * 100_000))
        assert error is not None
        assert len(str(error)) < 400


def test_where_it_breaks_off() -> None:
    text = listed("<item><header><localPort>1")
    error = refused(text[:-len("</netEvents>")], PORTS)
    assert (error.element, error.line) == ("localPort", text.count("\n") + 1)
    assert "the file breaks off here" in str(error)
    assert refused(listed("")[:-5], PORTS).element == "netEvents"


@pytest.mark.parametrize(("data", "message"), [
    (b"", "expected netEvents or .* found no element"),
    (b"   \r\n", "found no element"),
    (b"\xef\xbb\xbf", "found no element"),
    (b"\xff\xfe", "found no element"),
    (b'<?xml version="1.0"?>', "found no element"),
    (b"<!-- nothing -->", "found no element"),
    (b"There is no capture.\r\n", "not netsh's XML"),
    (b"timestamp,action\r\n1,2\r\n", "not netsh's XML"),
    (b'{"events": []}', "not netsh's XML"),
    (b"a & b", "not netsh's XML|not XML"),
    (b"MSCF\0\0\0\0\x10\x20\0\0", "a cabinet, not XML: extract wfpdiag.xml"),
    (b"PK\3\4\x14\0\0\0", "not XML"),
    (b"PAR1\x15\x04\x15", "not XML"),
    (b"\x89PNG\r\n\x1a\n", "not XML"),
    (b"\0" * 100, "found no element"),
    (b"<html><body/></html>", "<html>: expected netEvents or wfpdiag or netEvent or item"),
    (b"<!DOCTYPE html><html/>", "document types and entities are refused"),
    (b"<!doctype html><html/>", "not XML"),
    (b"<wfpstate/>", "<wfpstate>: expected netEvents"),
    (b"<Event xmlns='http://example.org'/>", "<Event>: expected netEvents"),
    (b"<netEvents/>text", "text where an element belongs"),
    (b"<netEvents/><other/>", "<other>: expected netEvents"),
    (b"</netsh>", "found no element"),
    (b"<netEvents/></netsh><netsh><netEvents/>", "junk after document element"),
    ("<netEvents>\ud7ff".encode("utf-16-le") + b"\x12", "not utf-16-le: the file ends inside"),
    ("<netEvents>\u0001</netEvents>".encode(), "not well-formed"),
    ("<netEvents/>".encode("utf-32"), "not XML|not well-formed"),
])
def test_what_is_not_netsh_s_xml(data: bytes, message: str) -> None:
    with pytest.raises(netsh.NetshError, match=message) as caught:
        list(netsh.read_events(io.BytesIO(data)))
    assert caught.value.line >= 1


def test_wrong_files_say_so_for_filters_too() -> None:
    for data in (b"", b"text", b"MSCF\0\0", b"<html/>", b"\0\0\0", b"<netEvents/>"):
        refused_filters = io.BytesIO(data)
        with pytest.raises(netsh.NetshError):
            netsh.read_filters(refused_filters)


LAUGHS = '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};">' for n in range(1, 40))


@pytest.mark.parametrize("prolog", [
    f"<!DOCTYPE netEvents [{LAUGHS}]>",
    '<!DOCTYPE netEvents [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE netEvents [<!ENTITY % x SYSTEM "http://example.org/x.dtd"> %x;]>',
    '<!DOCTYPE netEvents SYSTEM "netevents.dtd">',
    "<!DOCTYPE netEvents>",
    '<?xml version="1.0"?>\r\n<!DOCTYPE netEvents>',
    "<!-- first a comment --><!DOCTYPE netEvents>",
    "<?instruction?> <!DOCTYPE netEvents>",
])
def test_document_types_are_refused(prolog: str) -> None:
    for text in ("&x;", "&l39;", "1"):
        error = refused(f"{prolog}<netEvents><item><header>{text}</header></item></netEvents>")
        assert "document types and entities are refused" in str(error)


@pytest.mark.parametrize(("inner", "message"), [
    ("<item><header><userId>&x;</userId></header></item>", "undefined entity"),
    ("<item><header><userId>%x;&x;</userId></header></item>", "undefined entity"),
    ('<item a="&x;"/>', "undefined entity"),
    ("<item><header><userId>&#0;</userId></header></item>", "invalid character number"),
    ("<item><header><userId>&#xD800;</userId></header></item>", "invalid character number"),
    ("<!ENTITY x 'y'>", "document types and entities are refused"),
    ("<!DOCTYPE x>", "document types and entities are refused"),
    ("<item></netEvents>", "mismatched tag"),
    ("<item a='1' a='2'/>", "duplicate attribute"),
    ("<item><header>\1</header></item>", "not well-formed"),
    ("<item><<header/></item>", "not well-formed"),
    ("<item/>", "a net event has one header"),
    ("<netEvent>text</netEvent>", "a net event has one header"),
    ("<item><header><localPort>1</localPort><localPort>1</localPort></header><type>3</type></item>",
     "<localPort>: stands twice"),
    ("<item><header><flags/></header><header><flags/></header></item>", "one header"),
    ("<item><header><flags/></header><type>3</type><type>3</type></item>", "<type>: stands twice"),
])
def test_events_before_something_hostile_come_first(inner: str, message: str) -> None:
    assert message in str(refused(listed(inner), PORTS))


def test_bytes_that_are_no_text_cost_what_they_are_in() -> None:
    """An invalid byte, a NUL or half a surrogate in a text is one U+FFFD, and no event is lost."""
    for encoding, bad in (("utf-8", b"\xff"), ("utf-8", b"x\0x"), ("utf-16-le", b"\0\xdc")):
        event = element("item", drop({"enterpriseId": "BAD"}), 1)
        data = listed(event).encode(encoding).replace("BAD".encode(encoding), bad)
        (batch,) = netsh.read_events(io.BytesIO(data))
        assert batch["enterprise_id"][3].strip("x") == "\ufffd"


def test_named_entities_of_xml_are_text() -> None:
    tree = drop({"enterpriseId": "&<>\"'"})
    text = netevents(tree).replace("&gt;\"'", "&gt;&quot;&apos;").replace("&lt;", "&#x3C;")
    (batch,) = netsh.read_events(io.BytesIO(text.encode()))
    assert batch["enterprise_id"].to_pylist() == ["&<>\"'"]
    text = netevents(drop({"enterpriseId": "AB"})).replace("AB", "<![CDATA[<A>]]><!-- -->B<?x?>")
    (batch,) = netsh.read_events(io.BytesIO(text.encode()))
    assert batch["enterprise_id"].to_pylist() == ["<A>B"]


@pytest.mark.parametrize(("inner", "message"), [
    ("<a>" * 5000, "elements are nested more than 64 deep"),
    ("<item>" + "<a>" * 5000, "the record has too many elements"),
    ("<item><header>" + "<a/>" * 70_000, "the record has too many elements"),
    ("<item><header><userId>" + "9" * 5_000_000, "more than 4194304 characters of text"),
    ("<item><header>" + f"<a>{'9' * 60_000}</a>" * 100, "more than 4194304 characters of text"),
    ("<item><header><![CDATA[" + "9" * 5_000_000, "more than 4194304 characters of text"),
    (f"<item a='{'9' * 5_000_000}'/>", "a tag or comment of more than 4194304 bytes"),
    (f"<{'a' * 5_000_000}/>", "a tag or comment of more than 4194304 bytes"),
    (f"<!--{'9' * 5_000_000}-->", "a tag or comment of more than 4194304 bytes"),
    ("".join(f"<a{n}/>" for n in range(40_000)), "more than 16384 names"),
    ("".join(f"<a b{n}='1'/>" for n in range(40_000)), "more than 16384 names"),
])
def test_huge_things_are_refused_before_they_fill_the_memory(inner: str, message: str) -> None:
    data = listed(inner).encode()
    tracemalloc.start()
    try:
        came, error = read(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert came == PORTS
    assert message in str(error)
    assert len(str(error)) < 400
    assert most < 20_000_000


def test_a_large_file_within_the_limits_is_read() -> None:
    """Sound things that come near a limit, or pass it in sum only."""
    deep: Tree = "x"
    for _ in range(50):
        deep = {"deeper": deep}
    tree = drop({"effectiveName": {"data": "ab" * 1_000_000}}, more=deep, list=["x"] * 60_000)
    assert read(netevents(tree, tree, tree)) == ([49_152] * 3, None)


NUMBERS = ["-1", "256", "65536", "4294967296", "18446744073709551616", "1e9", "0x1", "", " ", "NaN",
           "9" * 5000, "\u0661", "--1", "1 1", "true", "&#9;"]


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_out_of_range(text: str) -> None:
    """In no member does a number that does not fit become another one."""
    event = element("item", drop({"ipProtocol": "PUT"}), 1).replace("PUT", text)
    error = refused(listed(event), PORTS)
    assert error.element == "ipProtocol"
    assert "is not a number" in str(error) or "does not fit 8 bits" in str(error)
    came, fault = read(listed(event), errors="null")
    assert (came, fault) == ([*PORTS, 49_152], None)


@pytest.mark.parametrize("tag", [tag for tag in HEADER if tag != "enterpriseId"])
@pytest.mark.parametrize("value", [{"a": {"b": "c"}}, ["x"], "?!", "\U0001f600", "9" * 70_000])
def test_garbage_in_any_member(tag: str, value: Tree) -> None:
    event = element("item", drop({tag: value}), 1)
    assert refused(listed(event), PORTS).element == tag
    source = io.BytesIO(listed(event).encode())
    with netsh.read_events(source, errors="null") as stream:
        rows = [row.to_dict() for batch in stream for row in batch]
    assert stream.stats["malformed"] == 1
    assert len(rows) == 4
    good, bad = rows[0], rows[3]
    changed = {name for name in good if good[name] != bad[name]}
    assert changed
    assert {bad[name] for name in changed} == {None}


def test_every_byte_where_a_text_belongs() -> None:
    for byte in range(256):
        data = listed("<item><header><localPort>@").encode().replace(b"@", bytes([byte]))
        came, error = read(data)
        assert came == PORTS
        assert error is not None
