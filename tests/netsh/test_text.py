"""Any encoding becomes valid UTF-8: Python's codecs are the measure."""

import codecs
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wfpfast.netsh._text import BrokenText, TextReader
from wfpfast.netsh._utf8 import from_utf16, mend, valid_prefix

# Long stretches of ASCII, so that whole blocks and words are looked at, and what interrupts them.
PARTS = st.lists(st.one_of(
    st.integers(0, 140).map(lambda n: (b"0123456789<abc>\t\r\n" * 8)[:n]),
    st.text(max_size=3).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=4),
    st.sampled_from([b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x9f", b"\xf0\x8f", b"\xc1\xbf",
                     b"\xf4\x8f\xbf\xbf", b"\xe2\x82", b"\xc3"]),
), max_size=8)
UNITS = st.lists(st.one_of(
    st.integers(0, 70).map(lambda n: [0x20 + k for k in range(n)]),
    st.lists(st.integers(0, 0xFFFF), max_size=3),
    st.lists(st.sampled_from([0xD83D, 0xDE00, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD]), max_size=4),
), max_size=8).map(lambda lists: [unit for each in lists for unit in each])


def without_padding(text: str) -> str:
    """NULs between letters are one U+FFFD, others nothing: written as the documentation says."""
    return re.sub(r"(?<=[^\s<>\0])\0+(?=[^\s<>\0])", "\ufffd", text, flags=re.ASCII).replace(
        "\0", "")


class Pipe(io.RawIOBase):
    """Gives a few bytes at a time, as a live pipe does."""

    def __init__(self, data: bytes, size: int) -> None:
        self._file = io.BytesIO(data)
        self._size = size

    def read(self, size: int = -1) -> bytes:
        return self._file.read(self._size)


def read(data: bytes, encoding: str | None = None, size: int = 0) -> tuple[str, TextReader]:
    reader = TextReader(Pipe(data, size) if size else io.BytesIO(data), encoding)
    pieces = list(reader)
    assert all(pieces)
    return "".join(piece.decode() for piece in pieces), reader


@given(PARTS)
@example([b"x" * 64, b"\x80"])
def test_valid_utf8_is_found(parts: list[bytes]) -> None:
    data = b"".join(parts)
    for start in range(min(len(data), 9)):
        end, characters = valid_prefix(data, start, len(data))
        try:
            good = data[start:].decode()
        except UnicodeDecodeError as error:
            good = data[start:start + error.start].decode()
        good = good.partition("\0")[0]
        assert end == start + len(good.encode())
        assert characters == sum(c >= "\x80" for c in good)


@given(PARTS)
def test_mending_is_python_s_replacement(parts: list[bytes]) -> None:
    data = b"".join(parts).replace(b"\0", b"")
    text, end, replaced, characters = mend(data, 0, len(data), before=0, final=True)
    rest = data[end:]   # a character that is cut off
    wanted = data.decode("utf-8", "replace")
    assert text.decode() + ("\ufffd" if rest else "") == wanted
    given = data.count("\ufffd".encode())
    assert replaced == wanted.count("\ufffd") - given - bool(rest)
    assert characters == sum(c >= "\x80" for c in wanted) - replaced - bool(rest)


def test_every_lead_byte_with_every_second_one() -> None:
    for lead in range(0x80, 0x100):
        for second in range(1, 0x100):
            data = bytes([lead, second, 0x80, 0x80, 0x41])
            text = mend(data, 0, len(data), before=0, final=True)[0]
            assert text.decode() == data.decode("utf-8", "replace"), data.hex()


def test_every_character_of_utf16() -> None:
    every = "".join(map(chr, [*range(1, 0xD800), *range(0xE000, 0x110000)]))
    for big, name in ((False, "utf-16-le"), (True, "utf-16-be")):
        data = every.encode(name)
        text, end, replaced = from_utf16(data, 0, len(data), big=big, before=0, final=True)
        assert (text.decode(), end, replaced) == (every, len(data), 0)


@pytest.mark.parametrize("size", [1, 15, 16, 17, 63, 64, 65])
def test_nuls_beside_every_character(size: int) -> None:
    for c in [*map(chr, range(1, 0x80)), "\u00fc", "\u54d4", "\U0001f600"]:
        for nulls in (f"{c * size}\0\0x", f"x\0{c * size}", f"{c * size}\0"):
            wanted = without_padding(nulls)
            data = nulls.encode()
            assert mend(data, 0, len(data), before=0, final=True)[0].decode() == wanted
            for big, name in ((False, "utf-16-le"), (True, "utf-16-be")):
                data = nulls.encode(name)
                text, _, replaced = from_utf16(data, 0, len(data), big=big, before=0, final=True)
                assert (text.decode(), replaced) == (wanted, wanted.count("\ufffd"))


@given(UNITS, st.booleans())
def test_utf16_is_python_s(units: list[int], big: bool) -> None:
    data = b"".join(unit.to_bytes(2, "big" if big else "little") for unit in units)
    name = "utf-16-be" if big else "utf-16-le"
    text, end, replaced = from_utf16(data, 0, len(data), big=big, before=0, final=True)
    assert end == len(data)
    wanted = re.sub("[\ud800-\udfff]", "\ufffd", data.decode(name, "surrogatepass"))
    assert text.decode() == without_padding(wanted)
    assert replaced >= len(re.findall("[\ud800-\udfff]", data.decode(name, "surrogatepass")))


@pytest.mark.parametrize("function", [
    lambda *span: valid_prefix(b"abc", *span),
    lambda *span: mend(b"abc", *span, before=0, final=True),
    lambda *span: from_utf16(b"abc", *span, big=False, before=0, final=True)])
@pytest.mark.parametrize("span", [(-1, 2), (2, 1), (0, 4), (4, 4)])
def test_parts_are_checked(function: object, span: tuple[int, int]) -> None:
    with pytest.raises(IndexError, match="is no part of 3 bytes"):
        function(*span)


XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n'
    "<netEvents><a>Größe \U0001f600 規則</a></netEvents>\r\n")
BOM8, LE, BE = codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 64])
@pytest.mark.parametrize(("mark", "encoding"), [
    (b"", "utf-8"), (BOM8, "utf-8"), (BOM8 * 3, "utf-8"), (LE + BOM8, "utf-8"),
    (b"", "utf-16-le"), (LE, "utf-16-le"), (LE + LE, "utf-16-le"), (BOM8 + LE, "utf-16-le"),
    (b"", "utf-16-be"), (BE, "utf-16-be"), (LE + BE, "utf-16-be"), (BOM8 + BE, "utf-16-be")])
def test_marks_and_no_marks(mark: bytes, encoding: str, size: int) -> None:
    text, reader = read(mark + XML.encode(encoding), size=size)
    assert text == XML
    assert (reader.encoding, reader.guessed, reader.replaced) == (encoding, False, 0)


@pytest.mark.parametrize("preface", [
    "C:\\>netsh wfp show netevents file=-\r\n", "抓取网络事件\r\n"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_after_a_preface(preface: str, encoding: str) -> None:
    text, reader = read((preface + XML).encode(encoding))
    assert text == preface + XML
    assert (reader.encoding, reader.guessed, reader.replaced) == (encoding, False, 0)


@pytest.mark.parametrize(("first", "second"), [
    (b"log\r\n", XML.encode("utf-16-le")),           # >> of PowerShell 5 to a file of cmd.exe
    (b"log\r\n" * 3, LE + XML.encode("utf-16-le")),
    (b"log.\r\n", BE + XML.encode("utf-16-be")),
    (BOM8 + XML.encode(), LE + XML.encode("utf-16-le")),
    (LE + XML.encode("utf-16-le"), XML.encode()),     # copy /b a.xml+b.xml
    (LE + XML.encode("utf-16-le"), BOM8 + XML.encode()),
    (BE + XML.encode("utf-16-be"), BOM8 + XML.encode()),
])
def test_a_file_of_two_encodings(first: bytes, second: bytes) -> None:
    text, reader = read(first + second)
    assert text in (XML + XML, "log\r\n" + XML, "log\r\n" * 3 + XML, "log.\r\n" + XML)
    assert (reader.guessed, reader.replaced) == (False, 0)


def test_changes_of_the_encoding_cost_no_more_than_their_bytes() -> None:
    part = b"<?xml ?> <".ljust(12) + "<?xml".encode("utf-16-le")
    text, _ = read(part * 100_000)
    assert 199_990 < text.count("<?xml") <= 200_000     # those between two pieces are not seen


@pytest.mark.parametrize("size", [0, 1, 2, 5])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("text", "wanted", "replaced"), [
    ("<a>1</a>" + "\0" * 5000, "<a>1</a>", 0),
    ("\0\0<a>\0\0 1\0</a> \0\0 <b/>", "<a> 1</a>  <b/>", 0),
    ("<abc>4\0\0\0\09</abc>", "<abc>4\ufffd9</abc>", 1),
    ("<abc>ü\0ü\0\0ü</abc>", "<abc>ü\ufffdü\ufffdü</abc>", 2),
])
def test_nul_padding(text: str, wanted: str, replaced: int, encoding: str, size: int) -> None:
    mark = {"utf-16-le": LE, "utf-16-be": BE, "utf-8": BOM8}[encoding]
    came, reader = read(mark + text.encode(encoding), size=size)
    assert (came, reader.replaced) == (wanted, replaced)


@pytest.mark.parametrize("size", [0, 1, 3])
def test_few_bad_bytes_do_not_make_a_code_page(size: int) -> None:
    data = "Größe für Büro, ".encode() + b"\xfc and \xc3."
    text, reader = read(BOM8 + data, size=size)
    assert text == "Größe für Büro, \ufffd and \ufffd."
    assert (reader.encoding, reader.guessed, reader.replaced) == ("utf-8", False, 2)
    assert read(data)[0] == text
    assert read(b"<a>f\xc3r</a>")[0] == "<a>f\ufffdr</a>"
    assert read(b"\x89PNG\r\n\x1a\n")[0] == "\ufffdPNG\r\n\x1a\n"


@pytest.mark.parametrize(("units", "wanted"), [
    ([0xD800, 0x41], "\ufffdA"), ([0xDC00, 0x41], "\ufffdA"), ([0x41, 0xD83D], "A\ufffd"),
    ([0xD83D, 0xD83D, 0xDE00], "\ufffd\U0001f600")])
@pytest.mark.parametrize("size", [0, 1])
def test_unpaired_surrogates(units: list[int], wanted: str, size: int) -> None:
    data = LE + "<a>".encode("utf-16-le") + b"".join(u.to_bytes(2, "little") for u in units)
    text, reader = read(data, size=size)
    assert text == "<a>" + wanted
    assert reader.replaced == 1


@pytest.mark.parametrize(("data", "encoding", "text"), [
    (BOM8 + b"<a>\xe8\xa6", "utf-8", "<a>"), (b"<a>\xc3\x9f \xe8\xa6", "utf-8", "<a>ß "),
    (LE + b"<\0a\0>", "utf-16-le", "<a"), (BE + b"\0<\0", "utf-16-be", "<"),
    ("<a>規則規則".encode("cp932")[:-1], "cp932", "<a>規則規")])
@pytest.mark.parametrize("size", [0, 1])
def test_cut_inside_a_character(data: bytes, encoding: str, text: str, size: int) -> None:
    came: list[bytes] = []
    with pytest.raises(BrokenText, match=f"not {encoding}: the file ends inside a character"):
        came.extend(TextReader(Pipe(data, size or 999)))
    assert b"".join(came).decode() == text


@pytest.mark.parametrize(("name", "shown"), [
    ("cp936", "gbk"), ("850", "cp850"), ("utf-16", "utf-16-le"), ("UTF-16BE", "utf-16-be"),
    ("latin-1", "iso8859-1"), ("utf8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-32", "utf-32")])
@pytest.mark.parametrize("size", [0, 1, 5])
def test_the_encoding_that_is_given_is_taken(name: str, shown: str, size: int) -> None:
    xml = '<?xml version="1.0" encoding="UTF-8"?><a>Müé</a>'.replace(
        "Müé", "规则" if name == "cp936" else "Müé")
    text, reader = read(xml.encode(name), name, size)
    assert text == xml
    assert (reader.encoding, reader.guessed, reader.replaced) == (shown, False, 0)


def test_a_wrong_encoding_that_is_given_is_taken_too() -> None:
    assert read(b"f\xfcr f\xfcr", "utf-8")[0] == "f\ufffdr f\ufffdr"
    text, reader = read(b"<a>\x81\x00</a>x\0y", "cp1252")
    assert (text, reader.replaced) == ("<a>\ufffd</a>x\ufffdy", 2)


@pytest.mark.parametrize("name", ["cp999999", "nonsense", "", "zlib", "rot13", "a\0b", "undefined"])
def test_unknown_encodings(name: str) -> None:
    with pytest.raises(ValueError, match=r"encoding|codec|null character"):
        TextReader(io.BytesIO(), name)


@pytest.mark.parametrize(("declared", "wanted"), [
    ("windows-1250", "řů"), ("cp852", "°¨"), ("iso-8859-2", "řů"), ("GB2312", "规镕"),
    ("ISO-8859-1", "\u20ac\u201e"), ("utf-7", ""), ("punycode", ""), ("no-such", "")])
@pytest.mark.parametrize("size", [0, 1])
def test_a_declared_code_page_is_a_hint(declared: str, wanted: str, size: int) -> None:
    """By the names of other standards, Windows means its own pages, which have more."""
    raw = {"GB2312": "规镕".encode("gbk"), "ISO-8859-1": b"\x80\x84"}.get(declared, b"\xf8\xf9")
    xml = b"<?xml version='1.0' encoding='%s'?><a>%s</a>" % (declared.encode(), raw)
    text, reader = read(xml, size=size)
    if wanted:
        assert f"<a>{wanted}</a>" in text
        assert not reader.guessed
    else:
        assert reader.encoding == "utf-8" or reader.guessed


def test_a_declaration_is_not_believed_where_the_bytes_say_otherwise() -> None:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        xml = XML.replace("UTF-8", "windows-1252")
        assert read(xml.encode(encoding))[0] == xml


def test_files_open_as_text_and_cabinets() -> None:
    with pytest.raises(TypeError, match="open it in binary mode"):
        list(TextReader(io.StringIO("<a/>")))   # type: ignore[arg-type]
    with pytest.raises(BrokenText, match=r"a cabinet, not XML: extract wfpdiag.xml"):
        list(TextReader(io.BytesIO(b"MSCF\0\0\0\0\x10\x20\0\0")))


def test_valid_pieces_are_not_copied() -> None:
    data = b"<a>" + "ü".encode() * 100_000
    (piece,) = TextReader(Pipe(data, 1 << 20))
    assert piece == data


def test_a_pipe_flows() -> None:
    """Each piece comes before the next one is read."""
    data = b"<netEvents><item>0123456789</item>"
    file = Pipe(data * 3, len(data))
    for number, piece in enumerate(TextReader(file), 1):
        assert piece == data
        assert file._file.tell() == number * len(data)
