"""Files that are not what netsh writes, or only half: a clear error, no event before it lost."""

import codecs
import io
import re
import tracemalloc
from typing import Any

import pytest
from netsh_pieces import Pieces
from netsh_xml import FLAG_NAMES, HEADER, Tree, drop, element, netevents

from wfpfast import netsh

COUNTS = ("malformed", "lost_events", "mended_text")
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
        if cut % 7 == 0:
            again, same = read(data[:cut], errors="null")
            assert (again, str(same)) == (came, str(error))
        text = data[len(mark):cut].decode(encoding, "ignore")
        # A carriage return at the very end may already be the end of its line. What the whole file
        # is, is said of its beginning.
        lines = {1 + text.count("\n"), 1 + text.count("\r")}
        assert error.line in ({1} if "found an empty" in str(error) else lines), cut
    for cut in range(whole, len(data) + 1, len("x".encode(encoding))):
        assert read(data[:cut]) == ([1, 2], None)


def test_long_names_are_cut_in_messages() -> None:
    for text in ("<{}/>", "<netEvents><{}>", "<netEvents><item><header/><{}>"):
        _, error = read(text.format("n" * 100_000))
        assert error is not None
        assert len(str(error)) < 400


@pytest.mark.parametrize("text", ["<", "<it", "</", "</ite", "<item a='", "<!-", "<!-- x", "<?"])
@pytest.mark.parametrize("errors", ["raise", "null"])
def test_markup_that_is_not_finished_at_the_end(text: str, errors: str) -> None:
    """Behind items that are in no list, nothing else shows that more was there."""
    came, error = read(GOOD + text, errors=errors)
    assert (came, "breaks off here" in str(error)) == (PORTS, True)
    assert read(f"{GOOD} a < b, c<1", errors=errors) == (PORTS, None)


def test_where_it_breaks_off() -> None:
    text = listed("<item><header><localPort>1")
    error = refused(text[:-len("</netEvents>")], PORTS)
    assert (error.element, error.line) == ("localPort", text.count("\n") + 1)
    assert "the file breaks off here" in str(error)
    assert refused(listed("")[:-5], PORTS).element == "netEvents"


@pytest.mark.parametrize(("data", "message"), [
    *[(data, "expected netEvents or wfpdiag, found (an empty file|no element)") for data in (
        b"", b"   \r\n", b"\xef\xbb\xbf", b"\xff\xfe", b'<?xml version="1.0"?>',
        b"<!-- nothing -->", b"\0" * 100, b"</netsh>")],
    *[(data, "expected netEvents or wfpdiag: this is not (netsh's )?XML") for data in (
        b"There is no capture.\r\n", b"timestamp,action\r\n1,2\r\n", b'{"events": []}', b"a & b",
        b"a < b", b"PAR1\x15\x04\x15", b"\x89PNG\r\n\x1a\n")],
    (b"MSCF\0\0\0\0\x10\x20\0\0", "a cabinet, not XML: extract wfpdiag.xml"),
    (b"PK\3\4\x14\0\0\0", "not .*XML"),
    (b"<html><body/></html>", "expected netEvents or wfpdiag, found <html>"),
    (b"<!DOCTYPE html><html/>", "document types and entities are refused"),
    (b"<!doctype html><html/>", "expected netEvents or wfpdiag, found <html>"),
    (b"<wfpstate/>", "holds filters or state, no events: give it with --filters"),
    (b"<filters><item><filterKey/></item></filters>", "holds filters or state, no events"),
    (b"<Event xmlns='http://example.org'/>", "events of a Windows event log"),
    (b"<Events><Event/></Events>", "events of a Windows event log"),
    (b"&lt;netEvents&gt;&lt;item&gt;", "HTML-escaped text"),
    (b"Data collection successful; output = netevents.xml\r\n",
     "the events are in the file netevents.xml"),
    (b"<wfpdiag/>", "holds no list of events"),
    (b"<item/>", "expected netEvents or wfpdiag, found <item>"),
    ("<netEvents>\ud7ff".encode("utf-16-le") + b"\x12", "not utf-16-le: the file ends inside"),
    ("<netEvents/>".encode("utf-32"), "expected netEvents or wfpdiag"),
])
@pytest.mark.parametrize("errors", ["raise", "null"])
def test_what_is_not_netsh_s_xml(data: bytes, message: str, errors: str) -> None:
    came, error = read(data, errors=errors)
    assert error is not None
    assert (came, error.line >= 1) == ([], True)
    assert re.search(message, str(error)), error


@pytest.mark.parametrize("text", [
    "<netEvents/>text", "text<netEvents/>", "<netEvents/><other/>", "<other/><netEvents/>",
    "<netEvents/></netsh><netsh><netEvents/>", "<netEvents>\1</netEvents>", "<a><netEvents/>",
    "<netEvents/>" * 3, "\ufeff<?xml version='1.0'?>\ufeff<netEvents/>\ufeff", "a < b <netEvents/>",
    "<netEvents>a & b < c</netEvents>", "<netEvents a='\"' b=\"'>\" c/>",
])
def test_an_empty_list_among_other_things_is_one(text: str) -> None:
    """So that what follows, or stands before, may be anything that people paste and join."""
    assert read(text) == read(text, errors="null") == ([], None)
    whole = text.replace("<netEvents/>", f"<netEvents>{GOOD}</netEvents>")
    if whole != text:
        assert read(whole) == (PORTS * text.count("<netEvents/>"), None)


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


PORT = "<localPort>7</localPort>"
FLAGGED = f"<flags><item>{FLAG_NAMES[3]}</item></flags>{PORT}"
TYPED = "</header><type>3</type></item>"


@pytest.mark.parametrize(("inner", "message", "came", "stats"), [
    # A value: the event is there.
    (f"<item><header>{FLAGGED}<userId>&x;</userId>{TYPED}", "is no SID", [7], {"malformed": 1}),
    (f"<item><header>{FLAGGED}<userId>%x;&x;</userId>{TYPED}", "is no SID", [7], {"malformed": 1}),
    (f"<item><header>{FLAGGED}<userId>&#0;</userId>{TYPED}", "is no SID", [7],
     {"malformed": 1, "mended_text": 1}),
    (f"<item><header>{FLAGGED}<userId>&#xD800;</userId>{TYPED}", "is no SID", [7],
     {"malformed": 1, "mended_text": 1}),
    (f"<item><header>{FLAGGED}{PORT}{TYPED}", "<localPort>: stands twice", [7], {"malformed": 1}),
    (f"<item><header>{FLAGGED}</header><header>{FLAGGED}{TYPED}", "<header>: stands twice", [7],
     {"malformed": 1}),
    (f"<item><header>{FLAGGED}</header><type>3</type><type>3</type></item>",
     "<type>: stands twice", [7], {"malformed": 1}),
    (f"<item><header>{FLAGGED}</header></item>", "<type>: the event has none", [7],
     {"malformed": 1}),
    # A record: it is lost.
    ('<item a="&x;"/>', "a net event has one header", [], {"lost_events": 1}),
    ("<item a='1' a='2'/>", "a net event has one header", [], {"lost_events": 1}),
    ("<item/>", "a net event has one header", [], {"lost_events": 1}),
    ("<netEvent>text</netEvent>", "a net event has one header", [], {"lost_events": 1}),
    ("<item><header>\1</header></item>", "a net event has one header", [], {"lost_events": 1}),
    ("<item><<header/></item>", "a net event has one header", [], {"lost_events": 1}),
    (f"<item><header>{PORT}</item>", "<header>: </item> ends it", [], {"lost_events": 1}),
    ("<item><header></item></header>", "<header>: </item> ends it", [], {"lost_events": 1}),
    ("<item><header>", "<header>: </netEvents> ends it", [], {"lost_events": 1}),
    ("<item></netEvents>", "<item>: </netEvents> ends it", [], {"lost_events": 1}),
    ("<item><header><?xml version='1.0'?>", "another document begins", [], {"lost_events": 1}),
    (f"<header>{PORT}</header><type>3</type></item>", "the beginning of the record is missing", [],
     {"lost_events": 1}),
    (f"item><header>{PORT}</header></netEvent></item>", "the beginning of the record is missing",
     [], {"lost_events": 1}),
    (f"<item><header>{PORT}" * 3, "</netEvents> ends it", [], {"lost_events": 3}),
    (f"<item><item>x{PORT}</header>{TYPED[9:]}", "<item>: </header> ends it", [],
     {"lost_events": 1}),
    # What is odd, and no error.
    (f"<item><header>{FLAGGED}<enterpriseId>&x;&#0;</enterpriseId>{TYPED}", "", [7],
     {"mended_text": 1}),
    (f"<item a='1' a='<'><header b>{FLAGGED}{TYPED}", "", [7], {}),
    (f"<item><item><header>{FLAGGED}{TYPED}</item>", "", [7], {}),
    (f"</netEvents><item><header>{FLAGGED}{TYPED}<netEvents>", "", [7], {}),
])
def test_what_is_hostile_costs_itself_only(
    inner: str, message: str, came: list[int], stats: dict[str, int]
) -> None:
    data = listed(inner + GOOD).encode()
    if message:
        assert message in str(refused(data, PORTS))
    else:
        assert read(data) == ([*PORTS, *came, *PORTS], None)
    for pieces in (1 << 20, 1):
        source = Pieces(data, [pieces] * (len(data) // pieces))
        found: list[int] = []
        with netsh.read_events(source, errors="null", columns=["local_port"]) as stream:
            for batch in stream:
                found += batch["local_port"].to_pylist()
            odd = {name: count for name, count in stream.stats.items() if count and name in COUNTS}
        assert (found, odd) == ([*PORTS, *came, *PORTS], stats)


@pytest.mark.parametrize("inner", ["<!ENTITY x 'y'>", "<!DOCTYPE x>", "<item><!ENTITY x 'y'>"])
def test_declarations_of_entities_are_refused_wherever_they_are(inner: str) -> None:
    assert "document types and entities are refused" in str(refused(listed(inner), PORTS))
    came, error = read(listed(inner + GOOD), errors="null")
    assert came == PORTS
    assert "document types and entities are refused" in str(error)


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
    ("<item>" + "<a>" * 5000, "elements are nested more than 64 deep"),
    ("<item><header>" + "<a/>" * 70_000, "the record has more than 65536 elements"),
    ("<item><header><userId>" + "9" * 9_000_000, "a record of more than 4194304 bytes"),
    ("<item><header>" + f"<a>{'9' * 60_000}</a>" * 150, "a record of more than 4194304 bytes"),
    ("<item><header><![CDATA[" + "9" * 9_000_000, "a record of more than 4194304 bytes"),
    ("<item><header><!--" + "9" * 9_000_000, "a record of more than 4194304 bytes"),
    (f"<!--{'9' * 9_000_000}-->", "a tag or comment of more than 4194304 bytes"),
    (f"<?a {'9' * 9_000_000}?>", "a tag or comment of more than 4194304 bytes"),
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


def test_elements_that_are_never_closed_hide_no_event() -> None:
    assert read(listed("<a>" * 5000 + GOOD), errors="null") == (PORTS * 2, None)


@pytest.mark.parametrize("inner", [
    f"<item a='{'9' * 5_000_000}'/>", f"<{'a' * 5_000_000}/>", f"<{'a' * 5_000_000}",
    "9" * 9_000_000,
    "".join(f"<a{n}/>" for n in range(40_000)), "".join(f"<a b{n}='1'/>" for n in range(40_000)),
])
def test_other_huge_things_are_passed_by(inner: str) -> None:
    data = listed(inner + GOOD).encode()
    tracemalloc.start()
    try:
        assert read(data) == (PORTS * 2, None)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20_000_000


def test_a_large_file_within_the_limits_is_read() -> None:
    """Sound things that come near a limit, or pass it in sum only."""
    deep: Tree = "x"
    for _ in range(50):
        deep = {"deeper": deep}
    tree = drop({"effectiveName": {"data": "ab" * 1_000_000}}, more=deep, list=["x"] * 60_000)
    assert read(netevents(tree, tree, tree)) == ([49_152] * 3, None)


NUMBERS = ["-1", "256", "65536", "4294967296", "18446744073709551616", "1e9", "0x100", "", " ",
           "NaN", "9" * 5000, "\u0661", "--1", "1 1", "true", "&#9;"]


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
@pytest.mark.parametrize("value", [{"a": {"b": "c"}}, ["?!"], "?!", "\U0001f600", "9" * 70_000])
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


def test_a_block_is_as_large_as_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many a batch may have: 800 MB were taken for the places of a hundred million."""
    sizes: list[tuple[int, int]] = []
    decode = netsh._batch

    def noted(taken: Any, decoder: Any) -> Any:
        sizes.append((taken[0].count, taken[0].nbytes))
        return decode(taken, decoder)

    monkeypatch.setattr(netsh, "_batch", noted)
    data = netevents(*[drop()] * 300).encode()
    for size in (1, 100, 10**6, 2**62):
        with netsh.read_events(io.BytesIO(data), batch_size=size) as stream:
            assert sum(map(len, stream)) == 300
    [(single, most), *_] = sizes
    assert single == 1
    assert len(sizes) == 300 + 3 + 1 + 1
    assert all(nbytes <= count * (most + 8) for count, nbytes in sizes)

    # What the shortest texts make: no document makes more of a byte.
    for text in ("<item><header><a/></header></item>", "<item><header><a/></header><ikeMmFailure>"
                 f"<localPrincipalGroupSids>{'<item/>' * 30_000}</localPrincipalGroupSids>"
                 "</ikeMmFailure></item>"):
        sizes.clear()
        data = f"<netEvents>{text * 100}</netEvents>".encode()
        with netsh.read_events(io.BytesIO(data), errors="null") as stream:
            assert sum(map(len, stream)) == 100
        assert 0 < sum(nbytes for _, nbytes in sizes) < 8 * len(data)
