"""The code page of a text of a few words is guessed, as console output in a redirection has it."""

import io

import pytest

from wfpfast.netsh._codepages import guess
from wfpfast.netsh._text import TextReader

# What rules and origins are called on such a Windows, and its code pages: ANSI and OEM.
LANGUAGES = {
    "German": ("cp1252 cp850", ["Standard für ausgehend", "Größe überschritten",
                                "Kernnetzwerk - DHCPV6 für ausgehenden Datenverkehr"]),
    "French": ("cp1252 cp850", ["Sortie par défaut", "Règle du réseau privé",
                                "DÉCOUVERTE RÉSEAU PRIVÉ",
                                "Bureau à distance - Mode utilisateur (TCP entrant)"]),
    "Spanish": ("cp1252 cp850", ["Administración remota", "Detección de redes (UPnP de salida)"]),
    "Swedish": ("cp1252", ["Utgående standardvärde", "Fjärrskrivbord \u2013 användarläge"]),
    "Polish": ("cp1250 cp852", ["Domyślne wychodzące", "Pulpit zdalny - tryb użytkownika"]),
    "Czech": ("cp1250 cp852", ["Výchozí odchozí", "Pravidlo brány firewall - uživatelský režim"]),
    "Hungarian": ("cp1250 cp852", ["Kimenő alapértelmezett", "Hálózatfelderítés"]),
    "Turkish": ("cp1254 cp857", [
        "Uzak Masaüstü - Kullan\u0131c\u0131 Modu", "Giden varsay\u0131lan, Ağ Bulma"]),
    "Greek": ("cp1253 cp737", ["Προεπιλογή εξερχόμενων", "Απομακρυσμένη διαχείριση"]),
    "Russian": ("cp1251 cp866", ["Исходящие по умолчанию", "Фильтр времени загрузки"]),
    "Ukrainian": ("cp1251", ["Вихідні за промовчанням", "Фільтр часу завантаження"]),
    "Chinese": ("gbk", ["引导时间筛选器", "核心网络 - DHCP出站", "哔哩哔哩.exe"]),
    "Taiwanese": ("cp950", ["預設輸出", "遠端桌面 - 使用者模式 (TCP-In)", "開機時間篩選器"]),
    "Korean": ("cp949", ["기본 아웃바운드", "부팅 시간 필터", "원격 데스크톱 (TCP-In)"]),
    "Japanese": ("cp932", ["既定の送信", "ブート時間フィルター", "リモート (TCP 受信)"]),
}
CASES = [(language, page) for language, (pages, _) in LANGUAGES.items() for page in pages.split()]
XML = '<?xml version="1.0" encoding="UTF-8"?>\r\n<filters><name>{}</name></filters>\r\n'


@pytest.mark.parametrize(("language", "page"), CASES)
def test_each_language(language: str, page: str) -> None:
    texts = LANGUAGES[language][1]
    for text in ["</name>\r\n<name>".join(texts), *texts[:1]]:
        xml = XML.format(text)
        reader = TextReader(io.BytesIO(xml.encode(page)))
        assert b"".join(reader).decode() == xml
        assert (reader.guessed, reader.replaced) == (True, 0)


def test_enough_languages() -> None:
    assert len(CASES) == 24


def test_a_page_is_not_chosen_without_words() -> None:
    for data in (b"", b"ascii", b"\xff", b"x\xffy", b"\x89PNG\r\n", bytes(range(0x80, 0x100)),
                 b"f\xc3r"):
        assert guess(data) is None, data


def test_capitals() -> None:
    for page in ("cp1252", "cp850"):
        assert guess("DÉCOUVERTE RÉSEAU".encode(page)) == page


def test_a_long_text_is_guessed_by_its_beginning() -> None:
    long = "Исходящие по умолчанию \r\n" * 50_000
    assert guess(long.encode("cp866")) == "cp866"
    ascii_first = b"<item>0123456789</item>\r\n" * 100_000
    assert guess(ascii_first + long.encode("cp1251")) == "cp1251"


def test_a_page_that_begins_late() -> None:
    """The ASCII before it was passed on already."""
    xml = XML.format("<item/>" * 400_000 + "Règle du réseau privé")
    reader = TextReader(io.BytesIO(xml.encode("cp850")))
    assert b"".join(reader).decode() == xml
    assert (reader.encoding, reader.guessed) == ("cp850", True)
