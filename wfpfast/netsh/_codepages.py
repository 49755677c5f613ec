"""Guesses the Windows code page of a text by the letters it would have; must not know XML.

The text is mostly ASCII, with a few words of one language: a general detector, which wants long
texts, finds Chinese in a single German word. Each page is scored by what its characters are.
"""

import re

_MOST = 1 << 16     # bytes that are looked at
_ENOUGH = 1000      # words

# The letters of the languages that use a page, and the rarer ones. Of equals, the first page wins.
_WESTERN = ("äöüßéèêàçôîñáíóúåøæ", "ëâïùûœãõìò")
_CENTRAL = ("ąęłńśźżćčďěňřšťůžőűáéíóúöüä", "ýľĺŕăâîșțđßô")
_TURKISH = ("çğıöşüİ", "âî")
_GREEK = ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ", "ϊϋΐΰ")
_CYRILLIC = ("абвгдежзийклмнопрстуфхцчшщъыьэюя", "ёіїєґў")
_LETTERS = {
    "cp1252": _WESTERN, "cp850": _WESTERN, "cp1251": _CYRILLIC, "cp866": _CYRILLIC,
    "cp1250": _CENTRAL, "cp852": _CENTRAL, "cp1254": _TURKISH, "cp857": _TURKISH,
    "cp1253": _GREEK, "cp737": _GREEK,
}
# Alphabets that are not mixed with Latin letters inside a word.
_OWN_ALPHABET = {"cp1251", "cp866", "cp1253", "cp737"}

# Of two bytes: characters that are frequent in the language, or in the names of rules. A
# character is two columns wide.
_FREQUENT = {
    "gbk":
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那"
        "得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看"
        "定天分还进好小部其些主样理心她本前网络规则防火墙入站默认策略筛选器系统服务应"
        "用程序远程桌面管理连接核心安全引导间允许阻止",
    "cp950":
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那"
        "得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看"
        "定天分還進好小部其些主樣理心她本前網路規則防火牆輸入輸出預設原則篩選器系統服"
        "務應用程式遠端桌面管理連線核心安全開機間允許封鎖",
    "cp949":
        "이다는을가의에고하기한지도로나사은를대시자어그해서리있인아일보정것들부수라만"
        "면장원과주전상여게제구스소았니요물공네트워크방화벽규칙기본인바운드아웃필터시"
        "스템서비스원격데스크톱관리연결차단허용부팅간핵심",
    "cp932":
        "のにはをたがでとしてれさいるなもこらあまかっすりンースルトアイクリッドァフォウ"
        "ネワキシテムサビ規則既定受信送信通信管理接続許可拒否日本",
}
# The lead bytes of the common characters, and those of symbols.
_LEADS = {
    "gbk": (range(0xB0, 0xD8), range(0xA1, 0xA4)),
    "cp950": (range(0xA4, 0xC7), range(0xA1, 0xA4)),
    "cp949": (range(0xB0, 0xC9), range(0xA1, 0xA4)),
    "cp932": (range(0x88, 0x98), range(0x81, 0x82)),
}
_SIGNS = set("\xa9\xab\xae\xb0\xb7\xbb\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2026\u20ac")


def guess(data: bytes) -> str | None:
    """Return Python's name of the most likely code page; None if none is likely."""
    first = next((match.start() for match in re.finditer(rb"[\x80-\xff]", data)), 0)
    sample = data[max(first - 64, 0):first + _MOST]
    words = {word for word in re.split(rb"[\0-\x20<>]+", sample) if not word.isascii()}
    chosen = sorted(words)[:_ENOUGH]
    scores = {page: sum(score(page, word) for word in chosen) for page in (*_FREQUENT, *_LETTERS)}
    best = max(scores, key=scores.__getitem__)
    least = sum(byte >= 0x80 for word in chosen for byte in word)   # bytes at random have less
    return best if scores[best] >= max(least, 1) else None


def score(page: str, word: bytes) -> int:
    """Return how much a word looks like one in this page; 2 or 3 a byte if it does."""
    text = word.decode(page, "replace")
    rate = _of_two if page in _FREQUENT else _of_one
    return sum(-8 if c == "\ufffd" else rate(page, text, at)
               for at, c in enumerate(text) if c >= "\x80")


def _of_one(page: str, text: str, at: int) -> int:
    c, before, after = text[at], text[at - 1:at], text[at + 1:at + 2]
    usual, rare = _LETTERS[page]
    if c in _SIGNS:
        return 1
    if page in _OWN_ALPHABET:
        letters = [each for each in (before, after) if each.isalpha()]
        if not letters:
            return 0        # a single letter is more likely a bad byte
        if any(each.isascii() for each in letters):
            return -3
    if c.isupper() and before.isupper():    # Chinese looks like capitals of other alphabets
        return 0 if page in _OWN_ALPHABET else 1
    if (c.isupper() and before.isalpha()) or (c.islower() and after.isupper()):
        return -3
    return 3 if c in usual or c.lower() in usual else 1 if c.lower() in rare else -3


def _of_two(page: str, text: str, at: int) -> int:
    c, around = text[at], (text[at - 1:at], text[at + 1:at + 2])
    raw = c.encode(page)
    common, symbols = _LEADS[page]
    if len(raw) == 1:   # a letter of half the width: nobody writes so today
        return -3
    if all(each.isascii() for each in around) and any(
            each.islower() or (each.isalpha() and raw[1] < 0x80) for each in around):
        return -6       # more likely an accented letter and the one after it
    if c in _FREQUENT[page]:
        return 7
    if raw[0] in symbols:
        return 0
    if "\u3041" <= c <= "\u30fe":     # kana, which the Chinese pages have as well
        return 5 if page == "cp932" else -5
    return 5 if raw[0] in common else 1
