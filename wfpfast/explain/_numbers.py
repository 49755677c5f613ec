"""Says what a number can mean, by kinds of numbers; must not know names and words."""

from collections.abc import Callable

from wfpfast import names
from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast.explain._audits import audit_lines, message_lines

_FoundLayer = tuple[str, int] | None
# Ids of filters that Windows gives begin at 2**16 (audits and dumps have no lower ones); a number
# from 2**28 on is rather a code.
_FILTER_IDS = range(0x1_0000, 0x1000_0000)


def number_of(text: str) -> int | None:
    """Return the number that a text is; None if it is none."""
    try:
        return int(text, 0)
    except ValueError:
        return None


def is_known(line: str) -> bool:
    """Tell whether a line says what something is, not that it is not known."""
    return not line.startswith("unknown") and ": UNKNOWN_" not in line


def explain_number(text: str, kind: str | None = None) -> list[str]:
    """Return what a number means, of one kind or of those that it can be of."""
    if kind is not None:
        return _one_kind(kind, text)
    number = int(text, 0)
    lines = [line for each in _GUESSED for line in KINDS[each](number) if is_known(line)]
    if lines:
        return list(dict.fromkeys(lines))  # a direction is a message of audits, too
    if number in _FILTER_IDS:
        return _filter_id(number)
    return [f"unknown: {text} is none of: {', '.join(_GUESSED)}"]


def _one_kind(kind: str, text: str) -> list[str]:
    number_text, at, build_text = text.partition("@")
    number, build = number_of(number_text), number_of(build_text)
    if number is None or (at and (kind != "layer" or build is None)):
        return []
    if build is None:
        return KINDS[kind](number)
    return [layer_line(names.layer(number, build), number, f" on build {build}")]


def error_lines(number: int) -> list[str]:
    """Return what an error code means and what to do about it."""
    # People know Win32 codes in decimal and all the others in hexadecimal.
    shown = str(number) if 0 <= number < 0x10000 else f"0x{number & 0xFFFF_FFFF:08x}"
    name, meaning = names.error(number), names.error_meaning(number)
    if meaning and name.startswith("UNKNOWN_"):
        return [f"error: {shown}: {meaning} (as this Windows says)"]
    line = f"error: {name} ({shown})"
    return with_remedy(f"{line}: {meaning}" if meaning else line, names.error_remedy(number))


def with_remedy(line: str, remedy: str | None) -> list[str]:
    """Return a line, and below it what to do."""
    return [line, f"  what to do: {remedy}"] if remedy else [line]


def ras_lines(number: int) -> list[str]:
    """Return what a code of a dial-up or VPN connection means."""
    from wfpfast._tables.errors import RAS_REMEDIES
    from wfpfast._tables.ras_errors import RAS

    if number not in RAS:
        return [f"unknown: {number} is no code of RAS that is known here"]
    name, meaning = RAS[number]
    line = f"RAS code: {name} ({number}): a RAS (dial-up/VPN) code, not WFP's: {meaning}"
    return with_remedy(line, RAS_REMEDIES.get(number))


def _layer(number: int) -> list[str]:
    def find(layers: tuple[str, ...]) -> _FoundLayer:
        return (layers[number], number) if 0 <= number < len(layers) else None

    return layer_history(find) or [f"layer: {names.layer(number)} ({number})"]


def layer_history(find: Callable[[tuple[str, ...]], _FoundLayer]) -> list[str]:
    """Return one line for each range of builds in which the same is found, newest first."""
    from wfpfast._tables.layers import BUILDS

    ranges: list[tuple[_FoundLayer, int, int | None]] = []
    until: int | None = None
    for first, layers in BUILDS:
        found = find(layers)
        if ranges and ranges[-1][0] == found:
            ranges[-1] = (found, first, ranges[-1][2])
        else:
            ranges.append((found, first, until))
        until = first
    if len(ranges) == 1 and ranges[0][0]:
        return [layer_line("FWPS_LAYER_" + ranges[0][0][0], ranges[0][0][1], "")]
    return [
        layer_line("FWPS_LAYER_" + found[0], found[1], _builds(first, until))
        for found, first, until in ranges
        if found
    ]


def _builds(first: int, until: int | None) -> str:
    return f" on builds from {first}" + (f" to {until - 1}" if until else "")


def layer_line(name: str, number: int, where: str) -> str:
    """Return the line about a layer, with what is decided there."""
    meaning = layer_meaning(name)
    line = f"layer: {name} ({number}{where})"
    return f"{line}: {meaning}" if meaning else line


def layer_meaning(name: str) -> str | None:
    """Return what is decided at a layer; None if that is not known."""
    from wfpfast._tables.layers import MEANING_SUFFIXES, MEANINGS

    stem = name.removeprefix("FWPS_LAYER_")
    endings = ""
    for suffix, text in MEANING_SUFFIXES:
        if stem.endswith(suffix):
            stem = stem.removesuffix(suffix)
            endings = text + endings
    return MEANINGS[stem] + endings if stem in MEANINGS else None


def type_lines(number: int) -> list[str]:
    """Return what a type of event is."""
    name = names.event_type(number)
    kind = EVENT_KINDS.get(name)
    if kind is not None:
        keyword = f"; needs keyword {kind.keyword}" if kind.keyword else ""
        return [f"event type: {name} ({number}): {kind.text}{keyword}"]
    internal = ": of the IKE service; in no SDK" if name.startswith("INTERNAL_") else ""
    return [f"event type: {name} ({number}){internal}"]


def _direction(number: int) -> list[str]:
    source = "msFwpDirection" if number >= 0x3900 else "FWP_DIRECTION"
    return [f"direction: {names.direction(number)} ({number}, as {source})"]


def _profile(number: int) -> list[str]:
    return [f"profile: {names.profile(number)} ({number}): the network profile of an interface"]


def protocol_lines(number: int) -> list[str]:
    """Return what IANA calls a protocol."""
    return [f"protocol: {names.protocol(number)} ({number})"]


def _message(number: int) -> list[str]:
    lines = message_lines(number)
    return [*lines, *_direction(number)] if number in range(14592, 14596) else lines


def _filter_id(number: int) -> list[str]:
    return [
        f"filter id: {number} (0x{number:X}) may be a filter id: of its machine and time only",
        "  what to do: 'netsh wfp show state file=wfpstate.xml' on the same machine, before the"
        " rules change or Windows restarts, and look for"
        f" <filterId>{number}</filterId>, or give the file to wfpfast summary --filters. WFP"
        " Explorer shows ids in hexadecimal. Later: audits 5441 and 5447 before the event.",
    ]


def _bits(title: str, read: Callable[[int], list[str]]) -> Callable[[int], list[str]]:
    def lines(number: int) -> list[str]:
        return [f"{title}: {', '.join(read(number)) or 'none'} (0x{number & 0xFFFF_FFFF:08x})"]

    return lines


KINDS: dict[str, Callable[[int], list[str]]] = {
    "error": error_lines,
    "ras": ras_lines,
    "layer": _layer,
    "type": type_lines,
    "direction": _direction,
    "profile": _profile,
    "protocol": protocol_lines,
    "audit": audit_lines,
    "message": _message,
    "filter": _filter_id,
    "flags": _bits("event flags", names.event_flags),
    "keywords": _bits("keywords", names.keywords),
    "reauth": _bits("reauthorization reasons", names.reauth_reasons),
}
# Any number is a set of bits, and many are ids of filters, so those kinds have to be asked for.
_GUESSED = ("error", "ras", "layer", "type", "direction", "profile", "protocol", "audit", "message")
