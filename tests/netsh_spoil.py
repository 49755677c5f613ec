"""Random events as well-formed XML, as odd as XML allows; must not know how it is read."""

import random
from collections.abc import Callable
from typing import Any

from wfpfast.names import ENUMS
from wfpfast.netsh import _events as tables
from wfpfast.netsh import _values as v

Chance = random.Random
APP = "\\device\\harddiskvolume1\\a & b\\\u00fc\u54d4.exe\0".encode("utf-16-le").hex()
# One for each member, and what no member takes; members are tried on them.
CANDIDATES: list[Any] = [
    "", "0", "7", "255", "65535", "4294967295", "18446744073709551615", "-1", "0x10", "007", "1.5",
    "true", "false", "192.0.2.7", "10.0.0.1", "::1", "2001:db8::7", "fe80::1%3", "::ffff:1.2.3.4",
    "2026-11-02T03:04:05.678Z", "2024-02-29T00:00:00Z", "1999-12-31T23:59:59.9999999+01:30",
    "S-1-5-18", "S-1-5-21-11-22-33-1001", "S-1", "00005e0053af", "00-00-5E-00-53-02",
    "00112233445566778899aabbccddeeff00112233", "{6f1e0001-0002-4003-8004-00000000beef}",
    "FWPM_PROVIDER_CONTEXT_X", "a text", "&<>\"'\u00e9\u54d4\U0001f600]]>", "two\nlines\tof it",
    "NEW_NAME", "?!", "x" * 3000, {"a": "b"}, ["x", "y"], [], {"data": "", "asString": ""},
    {"data": APP, "asString": "..."}, {"data": "00ff10"}, {"data": "zz"}, {"asString": "S.y.s..."},
    ["FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET", "FWPM_NET_EVENT_FLAG_NEW_SET"], ["0000FFFF"],
    ["FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET", "FWPM_NET_EVENT_FLAG_IP_VERSION_SET", "00010000"],
    {"type": "FWP_EMPTY"}, {"type": "FWP_V4_ADDR_MASK", "v4AddrMask": {
        "addr": "10.0.0.0", "mask": "255.0.0.0"}}, {"type": "FWP_UINT32", "uint32": "10.0.0.1"},
    {"type": "FWP_V6_ADDR_MASK", "v6AddrMask": {"addr": "fc00::", "prefixLength": "7"}},
    {"type": "FWP_RANGE_TYPE", "rangeValue": {
        "valueLow": {"type": "FWP_UINT16", "uint16": "1"},
        "valueHigh": {"type": "FWP_BYTE_ARRAY16_TYPE", "byteArray16": "::9"}}},
    {"type": "FWP_UNICODE_STRING_TYPE", "unicodeString": "a \u00fc"},
    ["S-1-5-32-544", "S-1-1-0", "S-1-5-32-544"],
    [{"filterId": "9", "subLayer": "FWPP_A", "actionType": "FWP_ACTION_BLOCK"}, {"filterId": "0"}],
]
NAMES = [name for values in ENUMS.values() for name in list(values)[:3]]


def as_read(tree: Any) -> Any:
    """What a reader should make of a tree, for a converter."""
    if isinstance(tree, list):
        return {"item": [as_read(each) for each in tree]} if tree else ""
    if isinstance(tree, dict):
        return {tag: as_read(each) for tag, each in tree.items()}
    return tree


def takes(convert: v.Convert, tree: Any) -> bool:
    try:
        return not isinstance(convert(as_read(tree)), v.Unknown)
    except ValueError:
        return False


ALL = [tables.HEADER, tables._TAIL, *tables._PAYLOADS.values()]


def good(convert: v.Convert) -> list[Any]:
    """What a member takes: of an enumeration, rather names than numbers."""
    found = [each for each in CANDIDATES if takes(convert, each)]
    names = [each for each in NAMES if takes(convert, each)]
    return names + found[:2] if names and "a text" not in found else found


GOOD = {entry.convert: good(entry.convert) for members in ALL for entry in members.values()}
assert all(GOOD.values())
STRANGE: dict[str, Any] = {"newText": "1", "newList": ["a", {"item": "c"}], "new.part": {"x-1": ""}}
TYPES = [f"FWPM_NET_EVENT_TYPE_{name}" for name in tables._PAYLOADS]


def section(chance: Chance, members: tables.Members) -> Any:
    """Some of the members, mostly good and in order, as pairs."""
    if chance.random() < 0.03:
        return chance.choice(["", "text"])
    keep = chance.choice([0.3, 0.9, 1.0])
    made = []
    for tag, entry in members.items():
        if chance.random() < keep and (entry.family in (None, 0) or chance.random() < 0.3):
            some = CANDIDATES if chance.random() < 0.04 else GOOD[entry.convert]
            made.append((tag, chance.choice(some)))
    if chance.random() < 0.1:
        made += chance.sample(list(STRANGE.items()), 2)
    if made and chance.random() < 0.05:
        made.append(chance.choice(made))
    if chance.random() < 0.3:
        chance.shuffle(made)
    return made


def event(chance: Chance) -> list[tuple[str, Any]]:
    """A record, as pairs of tag and content."""
    name = chance.choice(list(tables._PAYLOADS))
    kind = tables.EVENT_KINDS[name]
    odd = chance.random()
    text = chance.choice([
        f"FWPM_NET_EVENT_TYPE_{name}", str(kind.number), f"FWPM_NET_EVENT_TYPE_PUBLIC_{name}"])
    if odd < 0.08:
        text = chance.choice(["FWPM_NET_EVENT_TYPE_NEW", "?!", "", "77"])
    names = {"ipsecKernelDrop": "ipsecDrop", "ipsecDospDrop": "idpDrop"}
    arm = names.get(kind.arm, kind.arm) if chance.random() < 0.5 else kind.arm
    made = [("header", section(chance, tables.HEADER)), ("type", text),
            (arm, section(chance, tables._PAYLOADS[name])),
            ("internalFields", section(chance, tables._TAIL))]
    if 0.1 < odd < 0.2:
        made.append(chance.choice([*made, ("newBody", ""), ("classifyAllow", "")]))
    return [each for each in made if chance.random() < 0.95 or each[0] == "header"]


class Spoiler:
    """Writes elements; `chance` is how often something odd comes."""

    def __init__(self, chance: Chance, often: float) -> None:
        self.chance = chance
        self.often = often
        self.eol = chance.choice(["\r\n", "\n", "\r", ""])

    def odd(self) -> bool:
        return self.chance.random() < self.often

    def aside(self) -> str:
        """Something that is not there for who reads the tree."""
        return self.chance.choice([
            "<!-- <item><header/> & -- -->".replace(" -- ", " - "), "<!---->", "<?pi?>",
            "<?pi <item> ?>", "<!-- \u00fc\u54d4 -->"]) if self.odd() else ""

    def blank(self) -> str:
        return self.chance.choice([" ", "\t", "\n", "\r\n", "\r", "  \n"]) if self.odd() else ""

    def character(self, c: str) -> str:
        if not self.odd():
            if c == "\n":
                return self.eol or c    # any of them is read as a line feed
            return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(c, c)
        ways = [f"&#{ord(c)};", f"&#x{ord(c):X};", f"&#x{ord(c):04x};"]
        if c not in "]>":
            ways += [f"<![CDATA[{c}]]>", f"<![CDATA[]]>{ways[0]}"]
        if c in "&<>\"'":
            ways.append({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}[c])
        return self.aside() + self.chance.choice(ways)

    def text(self, text: str) -> str:
        if len(text) > 500:
            return text
        return self.blank() + "".join(map(self.character, text)) + self.blank() + self.aside()

    def attributes(self) -> str:
        known = {"numItems": '"14"', "a": "'>\"/>'", "b.c": '"\u00e9 &amp; \'"', "_d": "'a=b'"}
        return "".join(
            f"{self.blank() or ' '}{name}{self.blank()}={self.blank()}{quoted}"
            for name, quoted in known.items() if self.odd()) + self.blank()

    def element(self, tag: str, content: Any, depth: int = 0) -> str:
        indent = self.eol + "\t" * depth
        if isinstance(content, str):
            inner = self.text(content)
        else:
            pairs = content
            if isinstance(content, dict):
                pairs = list(content.items())
            elif content and not isinstance(content[0], tuple):
                pairs = [("item", each) for each in content]
            inner = "".join(
                self.aside() + indent + "\t" + self.element(*each, depth + 1) for each in pairs)
            inner += indent if pairs else ""
        if not inner and not self.odd():
            return f"<{tag}{self.attributes()}/>"
        return f"<{tag}{self.attributes()}>{inner}</{tag}{self.blank()}>"


def document(
    chance: Chance, make: Callable[[Chance], Any], count: int, often: float = 0.05
) -> str:
    """A file with events."""
    spoiler = Spoiler(chance, often)
    root = chance.choice(["netEvents", "events", "ikeEvents", "wfpdiag"])
    tag = "netEvent" if root == "wfpdiag" else chance.choice(["item", "netEvent"])
    inner = "".join(
        spoiler.aside() + spoiler.element(tag, make(chance), 1) + spoiler.eol
        for _ in range(count))
    if root == "wfpdiag":
        inner = f"<sysInfo><item>x</item></sysInfo><events>{inner}</events>"
    declaration = '<?xml version="1.0"?>' if chance.random() < 0.7 else ""
    return f"{declaration}{spoiler.aside()}<{root}>{inner}</{root}>{spoiler.aside()}"
