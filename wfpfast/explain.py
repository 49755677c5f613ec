"""Says in lines for people what a number, name or SID means; must not know events or columns."""

from collections.abc import Callable

from wfpfast import names
from wfpfast._tables.event_kinds import EVENT_KINDS

__all__ = ["EVENT_KINDS", "explain", "sid"]

_FoundLayer = tuple[str, int] | None


def explain(text: str) -> list[str]:
    """Return every meaning that a number, a name or a SID can have, one line each.

    Parameters
    ----------
    text
        A number, decimal or 0x-hexadecimal, negative for an NTSTATUS; ``kind:number`` to ask for
        one kind only (error, layer, type, direction, profile, protocol, flags, keywords, reauth);
        ``layer:number@build``; the name of an error or a layer; the GUID of a layer; a SID.

    Returns
    -------
    list of str
        Lines that begin with the kind of meaning; what to do about an error follows it, indented.

    Raises
    ------
    ValueError
        If the text is nothing of all this, or a number does not fit 32 bits.

    Examples
    --------
    >>> for line in explain("0x8032000E"):
    ...     print(line)
    error: FWP_E_TXN_IN_PROGRESS (0x8032000e): Not allowed inside an explicit transaction
      what to do: Commit or abort the transaction before enumerating or subscribing.
    >>> explain("type:3")
    ['event type: CLASSIFY_DROP (3): A filter blocked traffic']
    >>> explain("flags:0x101")
    ['event flags: IP_PROTOCOL_SET, IP_VERSION_SET (0x00000101)']
    """
    text = text.strip()
    if text.upper().startswith("S-1-"):
        found = text.upper()
        return [f"SID: {found}: {sid(found) or 'not a well-known SID'}"]
    kind, colon, rest = text.partition(":")
    if colon and kind.lower() in _KINDS:
        return _one_kind(kind.lower(), rest)
    number = _number(text)
    return _named(text) if number is None else _any_kind(number, text)


def _any_kind(number: int, text: str) -> list[str]:
    lines = [line for kind in _GUESSED for line in _KINDS[kind](number) if "UNKNOWN_" not in line]
    return lines or [f"unknown: {text} is none of: {', '.join(_GUESSED)}"]


def _one_kind(kind: str, text: str) -> list[str]:
    number_text, at, build_text = text.partition("@")
    number, build = _number(number_text), _number(build_text)
    if number is None or (at and (kind != "layer" or build is None)):
        raise _not_understood(f"{kind}:{text}")
    if build is None:
        return _KINDS[kind](number)
    return [_layer_line(names.layer(number, build), number, f" on build {build}")]


def _number(text: str) -> int | None:
    try:
        return int(text, 0)
    except ValueError:
        return None


def _not_understood(text: str) -> ValueError:
    return ValueError(
        f"{text!r} is not understood: expected a number, the name of an error or a layer, the GUID"
        f" of a layer, a SID, layer:number@build, or kind:number with a kind of {', '.join(_KINDS)}"
    )


def _error(number: int) -> list[str]:
    # People know Win32 codes in decimal and all the others in hexadecimal.
    shown = str(number) if 0 <= number < 0x10000 else f"0x{number & 0xFFFF_FFFF:08x}"
    line = f"error: {names.error(number)} ({shown})"
    meaning, remedy = names.error_meaning(number), names.error_remedy(number)
    lines = [f"{line}: {meaning}" if meaning else line]
    return [*lines, f"  what to do: {remedy}"] if remedy else lines


def _layer(number: int) -> list[str]:
    def find(layers: tuple[str, ...]) -> _FoundLayer:
        return (layers[number], number) if 0 <= number < len(layers) else None

    return _layer_history(find) or [f"layer: {names.layer(number)} ({number})"]


def _layer_history(find: Callable[[tuple[str, ...]], _FoundLayer]) -> list[str]:
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
        return [_layer_line("FWPS_LAYER_" + ranges[0][0][0], ranges[0][0][1], "")]
    return [
        _layer_line("FWPS_LAYER_" + found[0], found[1], _builds(first, until))
        for found, first, until in ranges
        if found
    ]


def _builds(first: int, until: int | None) -> str:
    return f" on builds from {first}" + (f" to {until - 1}" if until else "")


def _layer_line(name: str, number: int, where: str) -> str:
    meaning = _layer_meaning(name)
    line = f"layer: {name} ({number}{where})"
    return f"{line}: {meaning}" if meaning else line


def _layer_meaning(name: str) -> str | None:
    from wfpfast._tables.layers import MEANING_SUFFIXES, MEANINGS

    stem = name.removeprefix("FWPS_LAYER_")
    endings = ""
    for suffix, text in MEANING_SUFFIXES:
        if stem.endswith(suffix):
            stem = stem.removesuffix(suffix)
            endings = text + endings
    return MEANINGS[stem] + endings if stem in MEANINGS else None


def _type(number: int) -> list[str]:
    name = names.event_type(number)
    kind = EVENT_KINDS.get(name)
    if kind is not None:
        keyword = f"; needs keyword {kind.keyword}" if kind.keyword else ""
        return [f"event type: {name} ({number}): {kind.text}{keyword}"]
    for internal, value in names.INTERNAL_EVENT_TYPES.items():
        if value == number:
            name = internal.removeprefix("FWPM_NET_EVENT_TYPE_")
            return [f"event type: {name} ({number}): of the IKE service; in no SDK"]
    return [f"event type: {name} ({number})"]


def _direction(number: int) -> list[str]:
    source = "msFwpDirection" if number >= 0x3900 else "FWP_DIRECTION"
    return [f"direction: {names.direction(number)} ({number}, as {source})"]


def _profile(number: int) -> list[str]:
    return [f"profile: {names.profile(number)} ({number}): probable, as no document says so"]


def _protocol(number: int) -> list[str]:
    return [f"protocol: {names.protocol(number)} ({number})"]


def _bits(title: str, read: Callable[[int], list[str]]) -> Callable[[int], list[str]]:
    def lines(number: int) -> list[str]:
        return [f"{title}: {', '.join(read(number)) or 'none'} (0x{number & 0xFFFF_FFFF:08x})"]

    return lines


_KINDS: dict[str, Callable[[int], list[str]]] = {
    "error": _error,
    "layer": _layer,
    "type": _type,
    "direction": _direction,
    "profile": _profile,
    "protocol": _protocol,
    "flags": _bits("event flags", names.event_flags),
    "keywords": _bits("keywords", names.keywords),
    "reauth": _bits("reauthorization reasons", names.reauth_reasons),
}
# Any number is a set of bits, so those kinds have to be asked for.
_GUESSED = ("error", "layer", "type", "direction", "profile", "protocol")


def _named(text: str) -> list[str]:
    from wfpfast._tables.errors import ERRORS
    from wfpfast._tables.layer_keys import NAMES, PREFIX

    for code, (name, _) in ERRORS.items():
        if name == text.upper():
            return _error(code)
    key = names.layer_key(text.upper())
    short = key.removeprefix(PREFIX).removeprefix("FWPS_LAYER_")
    lines = [f"layer key: {key} {{{guid}}}" for guid, name in NAMES.items() if name == short]

    def find(layers: tuple[str, ...]) -> _FoundLayer:
        return (short, layers.index(short)) if short in layers else None

    lines += _layer_history(find)
    if not lines:
        raise _not_understood(text)
    return lines


def sid(text: str) -> str | None:
    """Return who a well-known SID is, or of which kind it is; None if it is not well known.

    >>> sid("S-1-5-18")
    'LocalSystem: Windows itself and many of its services'
    """
    from wfpfast._tables.texts import SID_PREFIXES, SIDS

    meaning = SIDS.get(text)
    for prefix, kind in SID_PREFIXES.items():
        if meaning is None and text.startswith(prefix):
            meaning = kind
    return meaning
