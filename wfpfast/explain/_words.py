"""Says what a name, a word or a GUID means; must not know numbers that are asked for as such."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast._tables.origins import ORIGINS, QUERY_USER_RULE, RULE
from wfpfast.explain import _numbers

_Lines = Callable[[], list[str]]
_GUID = re.compile(r"\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?", re.I)
_QUERY_USER = re.compile(r"(TCP|UDP) Query User\{")
_UNKNOWN = re.compile(r"UNKNOWN_(0x[0-9a-f]+|\d+)", re.I)
# What the names of errors begin with, longest first: people leave it out.
_ERROR_PREFIXES = (
    "ERROR_IPSEC_", "STATUS_IPSEC_", "STATUS_FWP_", "FWP_E_", "ERROR_", "STATUS_", "RPC_S_", "WSA",
)  # fmt: skip


def explain_word(text: str) -> list[str]:
    """Return what a text means that is no number; nothing if it is not known."""
    guid = _GUID.fullmatch(text)
    if guid:
        return _guid(guid[1].lower())
    if _QUERY_USER.match(text):
        return [f"filter origin: {_one_line(text)}: {QUERY_USER_RULE}"]
    unknown = _UNKNOWN.fullmatch(text)
    if unknown:
        number = int(unknown[1], 0)
        return [f"unknown value: {text}: wfpfast writes so where {number} has no name",
                *_numbers.explain_number(str(number))]
    told = [line for lines in _index().get(_folded(text), ()) for line in lines()]
    return list(dict.fromkeys(told))  # two names of one thing may be alike when folded


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _folded(text: str) -> str:
    """Return a text without what sources write now so, now otherwise: case, blanks, hyphens."""
    return "".join(c for c in text.casefold() if c.isalnum())


@cache
def _index() -> dict[str, list[_Lines]]:
    """Return all names that are known, folded, each with what is to be said of it."""
    found: dict[str, list[_Lines]] = {}
    for word, lines in _all_words():
        found.setdefault(_folded(word), []).append(lines)
    return found


def _all_words() -> Iterator[tuple[str, _Lines]]:
    yield from _errors()
    yield from _layers()
    yield from _types()
    yield from _keys()
    yield from _filter_origins()
    yield from _families()
    yield from _columns()
    yield from _protocols()
    yield from _services()


def _told(*lines: str) -> _Lines:
    return lambda: list(lines)


def _errors() -> Iterator[tuple[str, _Lines]]:
    from wfpfast._tables.errors import ERRORS
    from wfpfast._tables.ras_errors import RAS
    from wfpfast._tables.win32_errors import ALIASES

    for code, (name, _) in ERRORS.items():
        yield name, partial(_numbers.error_lines, code)
        for prefix in _ERROR_PREFIXES:
            if name.startswith(prefix):
                yield name.removeprefix(prefix), partial(_numbers.error_lines, code)
                break
    for alias, code in ALIASES.items():
        wrapped = code and code + 0x8007_0000
        yield alias, partial(_numbers.error_lines, wrapped)
    for code, (name, _) in RAS.items():
        yield name, partial(_numbers.ras_lines, code)


def _layers() -> Iterator[tuple[str, _Lines]]:
    from wfpfast._tables.layer_keys import NAMES, PREFIX
    from wfpfast._tables.layers import BUILDS

    def lines(short: str) -> list[str]:
        def find(layers: tuple[str, ...]) -> tuple[str, int] | None:
            return (short, layers.index(short)) if short in layers else None

        keys = [f"layer key: {PREFIX}{name} {{{guid}}}" for guid, name in NAMES.items()
                if name == short]
        return [*keys, *_numbers.layer_history(find)]

    for name in {*NAMES.values(), *(name for _, layers in BUILDS for name in layers)}:
        for prefix in (PREFIX, "FWPS_LAYER_", ""):
            yield prefix + name, partial(lines, name)


def _types() -> Iterator[tuple[str, _Lines]]:
    for name, kind in EVENT_KINDS.items():
        for prefix in ("FWPM_NET_EVENT_TYPE_", "FWPM_NET_EVENT_TYPE_PUBLIC_", "PUBLIC_", ""):
            yield prefix + name, partial(_numbers.type_lines, kind.number)
        yield kind.arm, partial(_numbers.type_lines, kind.number)


def _keys() -> Iterator[tuple[str, _Lines]]:
    from wfpfast._tables import condition_keys
    from wfpfast._tables.well_known_keys import ALIASES

    by_name: dict[str, list[str]] = {}
    for _, name, line in _key_lines():
        by_name.setdefault(name, []).append(line)
        yield name, _told(line)
    for alias, name in ALIASES.items():
        yield alias, _told(*by_name[name])
    for alias, name in condition_keys.ALIASES.items():
        yield condition_keys.PREFIX + alias, _told(*by_name[condition_keys.PREFIX + name])


def _key_lines() -> Iterator[tuple[str, str, str]]:
    """Yield GUID, name and line of what Windows itself puts into the engine."""
    from wfpfast._tables import condition_keys, words
    from wfpfast._tables import well_known_keys as keys

    kinds: tuple[tuple[str, str, dict[str, str], dict[str, str]], ...] = (
        ("provider", keys.PROVIDER, keys.PROVIDERS, words.PROVIDERS),
        ("sublayer", keys.SUBLAYER, keys.SUBLAYERS, words.SUBLAYERS),
        ("callout", keys.CALLOUT, keys.CALLOUTS, words.CALLOUTS),
        ("provider context", keys.CONTEXT, keys.CONTEXTS, {}),
        ("keying module", keys.KEYING_MODULE, keys.KEYING_MODULES, {}),
        ("condition field", condition_keys.PREFIX, condition_keys.CONDITIONS, {}),
    )
    for title, prefix, by_guid, meanings in kinds:
        for guid, name in by_guid.items():
            stem = re.sub(r"_V[46]", "", name)
            meaning = meanings.get(name) or meanings.get(stem) or "built into Windows"
            yield guid, prefix + name, f"{title}: {prefix}{name} {{{guid}}}: {meaning}"


def _guid(guid: str) -> list[str]:
    from wfpfast._tables.layer_keys import NAMES
    from wfpfast._tables.well_known_keys import UNNAMED_PROVIDERS

    if guid in NAMES:
        return explain_word(NAMES[guid])
    if guid in UNNAMED_PROVIDERS:
        return [f"provider: {{{guid}}}: {UNNAMED_PROVIDERS[guid]}; no header names it"]
    lines = [line for each, _, line in _key_lines() if each == guid]
    return lines or [
        f"unknown GUID: {{{guid}}} is no key of Windows that is known here: of another product, if"
        f" it is a key (netsh wfp show state tells its name), or {RULE}"]


def _filter_origins() -> Iterator[tuple[str, _Lines]]:
    for spellings, meaning, remedy in ORIGINS:
        lines = _numbers.with_remedy(f"filter origin: {spellings[0]}: {meaning}", remedy)
        for spelling in spellings:
            yield spelling, _told(*lines)


def _families() -> Iterator[tuple[str, _Lines]]:
    from wfpfast._tables.words import FAMILIES

    for family in FAMILIES:
        for name, meaning in family.meanings.items():
            line = f"{family.title}: {name}: {meaning}"
            for prefix in family.prefixes:
                yield prefix + name, _told(line)


def _columns() -> Iterator[tuple[str, _Lines]]:
    from wfpfast._tables.column_texts import COLUMNS

    for name, text in COLUMNS.items():
        yield name, _told(f"column: {name}: {text}")


def _protocols() -> Iterable[tuple[str, _Lines]]:
    from wfpfast._tables.protocols import PROTOCOLS

    for number, name in PROTOCOLS.items():
        yield name, partial(_numbers.protocol_lines, number)


def _services() -> Iterable[tuple[str, _Lines]]:
    from wfpfast._tables.texts import SERVICES

    for name, title in SERVICES.items():
        for word in (name, title):
            yield word, _told(f"service: {name}: {title}")


def meaning_of(title: str, name: str) -> str | None:
    """Return what a name of a family means, without its number; None if it has no meaning.

    >>> meaning_of("keying module", "IKEV2")
    'IKEv2, RFC 7296'
    """
    from wfpfast._tables.words import FAMILIES

    for family in FAMILIES:
        meaning = family.meanings.get(name.removeprefix("INTERNAL_"))
        if family.title == title and meaning:
            return re.sub(r" [(][^()]*[)]$", "", meaning)
    return None


def filter_origin(text: str) -> tuple[str, str, str | None]:
    """Return what a value of filterOrigin is, what it means, and what to do.

    Parameters
    ----------
    text
        The value, as events have it.

    Returns
    -------
    tuple
        ``rule``, ``default`` for what Windows does without a rule, or ``unknown``; the meaning;
        the remedy, or None.

    Examples
    --------
    >>> filter_origin("Stealth")[0], filter_origin("{rule 17}")[0], filter_origin("Unknown")[0]
    ('default', 'rule', 'unknown')
    """
    for spellings, meaning, remedy in ORIGINS:
        if _folded(text) in map(_folded, spellings):
            return "unknown" if spellings == ("Unknown",) else "default", meaning, remedy
    if not text.strip():
        return "unknown", "Windows named no origin", None
    return "rule", QUERY_USER_RULE if _QUERY_USER.match(text) else "a firewall rule", (
        f"Get-NetFirewallRule -Name '{text}', or -DisplayName, shows the rule and where it is"
        " set; change or remove it there.")


def origin_of(origin: str) -> list[str]:
    """Return the sentences about a value of filterOrigin."""
    _, meaning, remedy = filter_origin(origin)
    return _numbers.with_remedy(f"The filter comes from {origin}: {meaning}.", remedy)
