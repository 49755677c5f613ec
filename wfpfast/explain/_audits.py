"""Says what the audits of the Security log and their messages mean; must not know files."""

from collections.abc import Iterator

NOT_READ = "not read as an event: wfpfast counts it as one of other_events"


def audit(number: int | None) -> str | None:
    """Return what an event of the Security log says, in a sentence; None if it is not known.

    >>> audit(5157)
    'A connection was blocked'
    """
    from wfpfast._tables.audits import EVENTS

    return None if number is None else EVENTS.get(number)


def audit_lines(number: int) -> list[str]:
    """Return what an event of the Security log is, what switches it on, costs, and becomes."""
    from wfpfast._tables.audits import OTHER_EVENTS

    said = audit(number)
    if said is not None:
        return [f"audit event: {number} of the Security log: {said}", *_details(number)]
    if number in OTHER_EVENTS:
        return [f"event of the Application log: {number}: {OTHER_EVENTS[number]}"]
    return [f"unknown: {number} is no audit event of WFP, firewall or IPsec"]


def _details(number: int) -> Iterator[str]:
    from wfpfast._tables.audit_details import AUDITS, COLUMNS, COMMON, SUBCATEGORIES

    one = AUDITS.get(number)
    if one is None:
        yield f"  {NOT_READ}"
        return
    if one.subcategory is None:
        yield "  switched on by: no page of Microsoft says which subcategory it is of"
    else:
        guid = SUBCATEGORIES[one.subcategory]
        yield (f"  switched on by: {one.subcategory}, in every language:"
               f" auditpol /set /subcategory:\"{guid}\" {one.switch}")
    yield f"  records: {one.cost}"
    if one.kind:
        always, newer = COLUMNS[one.kind]
        added = f"; in newer Windows {', '.join(newer)}" if newer else ""
        yield (f"  columns: event_type is {one.event_type};"
               f" {', '.join(name for name in (*COMMON, *always) if name != 'event_type')}{added}")
    else:
        yield f"  {NOT_READ}"
    yield f"  what to do: {one.next}"


def message_lines(number: int) -> list[str]:
    """Return what a message of audits says, where it stands, and what it becomes."""
    from wfpfast._tables.audits import ENUMERATORS, LAYERS, MESSAGES, PLACES
    from wfpfast.explain._numbers import layer_meaning

    if number not in MESSAGES:
        return [f"unknown: %%{number} is no text of audits of WFP or IPsec"]
    place = next(place for first, place in PLACES if number >= first)
    lines = [f"audit message: %%{number}: {MESSAGES[number]} ({place})"]
    if place == "LayerName":
        lines.append(f"  column: layer_kind is {MESSAGES[number]}")
    lines += [f"  layer: {name}_V4, _V6: {layer_meaning(name)}" if _has_versions(name)
              else f"  layer: {name}: {layer_meaning(name)}" for name in LAYERS.get(number, ())]
    return lines + [
        f"  column: {column} is {_shown(meanings[number])}"
        for column, (_, meanings) in ENUMERATORS.items() if number in meanings]


def _shown(enumerator: str) -> str:
    """Return what a column shows of an enumerator of the SDK, and what it means."""
    from wfpfast._tables.words import FAMILIES

    return next((
        f"{name}: {meaning}" for family in FAMILIES for name, meaning in family.meanings.items()
        for prefix in family.prefixes if prefix and prefix + name == enumerator), enumerator)


def _has_versions(name: str) -> bool:
    """Tell whether there is one such layer for IPv4, and one for IPv6."""
    from wfpfast._tables.layers import BUILDS

    return any(f"{name}_V4" in layers for _, layers in BUILDS)
