"""Shows the report of `wfpfast summary` to people; must not know how it was counted."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from rich.console import Console
from rich.text import Text

from wfpfast.cli._page import QUIET, Label, Page, Row
from wfpfast.cli._screen import brief, events, number, printable, seconds, tail
from wfpfast.cli._show_times import show_times
from wfpfast.cli._stats import is_loss, words
from wfpfast.explain import EVENT_KINDS

# What rows of dropped events are about.
VALUES = {
    "app_path", "filter_id", "remote_address", "remote_port", "ip_protocol", "direction",
    "user_sid", "filter_origin"}
DOUBLES = "doubles"     # the statistic that is no loss
ORIGIN = "origin of the filter"
RARE = (ORIGIN, "process")     # which few sources have
PARTIAL = "these are counts of the part that was read"
PARTS = ("dropped", "allowed", "failed")
KINDS = {"default": "no rule", "rule": "a rule", "unknown": "unknown"}
NOT_GIVEN = "not given"
EMPTY = "empty text"
WARNING = "yellow"
# What a Security log knows of a filter, if it does not know it for all events.
RULE_KNOWN = {
    "last known": "last known: the host's last record is older than these events",
    "not known then": "not known then: the log tells of this id at another time",
    "not known": "not known: the log tells of no filter with this id"}
FEW = 3             # processes that are named
LONGEST_TYPE = max(map(len, EVENT_KINDS))
# What a filter does where its callout's driver is not loaded.
WITHOUT_DRIVER = {
    "BLOCK": "the callout's driver is not loaded: the filter blocks all that it matches",
    "PERMIT": "the callout's driver is not loaded: the filter permits all that it matches",
    "IGNORED": "the callout's driver is not loaded: the filter is ignored",
}


def show(report: Row, screen: Console, *, local: bool = False) -> None:
    """Print a report, with times of UTC or local ones."""
    page = Page(screen, report["events"], local=local)
    _head(report, page)
    if report["events"]:
        page.section("All events, by type", report["types"], report["events"], _type)
    _audits(report, page)
    show_times(report, page)
    if report["by"] is not None:
        _pairs(report["by"], page, report["events"])
    _drops(report, page)
    _allowed(report["allowed"], page)
    failures = report["failures"]
    if failures["top"]:
        page.section("IKE and IPsec failures", failures, failures["events"], _failure)
    _losses(report, page)


def _head(report: Row, page: Page) -> None:
    files = report["files"]
    name = PurePath(files[0]["path"]).name if len(files) == 1 else f"{len(files)} files"
    dropped = number(report["dropped"]["events"])
    what = Text.assemble(
        (printable(name), "bold"), f": {events(report['events'])}, {dropped} dropped")
    page.print(what)
    if report["first"]:
        first, last = page.time(report["first"]), page.time(report["last"])
        text = f"{_clock(first)} {page.zone}"
        if first != last:
            text = f"{_clock(first)} to {_clock(last)} {page.zone}, {_span(report)}"
        page.print(Text(text, style=QUIET))
    if report["interrupted"]:
        page.print(Text(f"Interrupted: {PARTIAL}.", style=WARNING))
    hosts = report["hosts"]["top"]
    if len(hosts) == 1 and hosts[0]["host"] is not None:
        page.print(Text(", ".join([f"host {brief(hosts[0]['host'])}", *sides(hosts[0])]), QUIET))
    doubles = report["stats"].get(DOUBLES)
    if doubles:
        verbs = ("stands", "is") if doubles == 1 else ("stand", "are")
        page.print(Text(
            f"{events(doubles)} {verbs[0]} in an earlier file, too, and {verbs[1]} counted once"
            " (--keep-doubles: each time)", style=QUIET))


def _clock(at: datetime) -> str:
    return at.isoformat(" ", "milliseconds")


def _span(report: Row) -> str:
    first, last = (datetime.fromisoformat(report[end][:26]) for end in ("first", "last"))
    return seconds((last - first).total_seconds())


def _audits(report: Row, page: Page) -> None:
    """Show of records of the Security log which there are, and of which hosts."""
    hosts = report["hosts"]
    if all(row["host"] is None for row in hosts["top"]):
        return
    if hosts["distinct"] > 1:
        page.section("All events, by host", hosts, report["events"], _host)
    if any(row["event_id"] is not None for row in report["audits"]["top"]):
        page.section(
            "All events, by id in the Security log", report["audits"], report["events"], _audit)


def _host(row: Row, room: int) -> list[Text]:
    if row["host"] is None:
        return _not_given()
    verdicts = [f"{number(row[name])} {name}" for name in PARTS if row.get(name)]
    return [Text(tail(row["host"], room)), *_below(0, *verdicts), *_below(0, *sides(row))]


def sides(row: Row) -> Iterator[str]:
    """Say which end of inbound connections a host logs as its own, and how that is known."""
    many = "connection says" if row["agreed"] == 1 else "connections say"
    agreed = f"{number(row['agreed'])} {many} so"
    if row["local_end"] == "differs":
        yield "inbound: which end is local differs from file to file"
    elif row["local_end"]:
        yield f"inbound: the {row['local_end']} is local ({agreed})"
    if row["undecided"]:
        count = number(row["undecided"])
        yield f"inbound: of {count} it is not known which end is local"


def _audit(row: Row, room: int) -> list[Text]:
    if row["event_id"] is None:
        return _not_given()
    line = Text.assemble(f"{row['event_id']}  ", (row["text"] or "", QUIET))
    return [line if len(line) <= room else Text(str(row["event_id"]))]


def _drops(report: Row, page: Page) -> None:
    dropped, total, files = report["dropped"], report["dropped"]["events"], report["rule_files"]
    if not total:
        return
    digits = max((len(str(row["filter_id"])) for row in dropped["filters"]["top"]), default=0)

    def rule(row: Row, _: int) -> list[Text]:
        return _filter(row, files, digits)

    sections: tuple[tuple[str, str, Label], ...] = (
        ("application", "applications", _application), ("filter", "filters", rule),
        ("remote address", "remote_addresses", _value("remote_address")),
        ("remote port", "remote_ports", _port), ("direction", "directions", _value("direction")),
        ("user", "users", _user), ("process", "processes", _process),
        (ORIGIN, "origins", _origin))
    silent = [what for what, name, _ in sections if not _says_something(dropped[name])]
    for what, name, label in sections:
        if what in silent:
            continue
        page.section(f"Dropped, by {what}", dropped[name], total, label)
        if name == "filters" and files and not all(map(_certain, dropped[name]["top"])):
            page.print(Text(
                "Ids of filters change with the rules and at every start of Windows: take the"
                " state together with the events.", QUIET))
    missed = [what for what in silent if what not in RARE]
    if missed:
        page.screen.print()
        page.print(Text(f"Not given of what was dropped: {', '.join(missed)}", QUIET))


def _allowed(allowed: Row, page: Page) -> None:
    """Show what was allowed, and by and to whom."""
    for what, name, label in (
        ("application", "applications", _application),
        ("remote address", "remote_addresses", _value("remote_address")),
        ("remote port", "remote_ports", _port), ("process", "processes", _process),
    ):
        if allowed["events"] and _says_something(allowed[name]):
            page.section(f"Allowed, by {what}", allowed[name], allowed["events"], label)


def _pairs(table: Row, page: Page, total: int) -> None:
    """Show the combinations of columns that were asked for."""
    if not table["top"]:
        return
    names = [name for name in table["top"][0] if name not in (*PARTS, "events")]

    def label(row: Row, room: int) -> list[Text]:
        cells = [NOT_GIVEN if row[name] is None else str(row[name]) for name in names]
        share = max(1, (room - 3 * len(cells)) // len(cells))
        room_of = [min(len(cell), share) for cell in cells]
        spare = room - 3 * (len(cells) - 1) - sum(room_of)
        shown = [tail(cell, size + max(0, spare)) for cell, size in
                 zip(cells, room_of, strict=True)]
        parts = [f"{number(row[name])} {name}" for name in PARTS if row[name]]
        return [Text(" - ".join(shown)), *_below(0, *parts)]

    page.section(f"All events, by {' and '.join(names)}", table, total, label)


def _says_something(table: Row) -> bool:
    """Tell whether a table has more than one row without any value."""
    rows = table["top"]
    if "process_id" in rows[0]:     # of programs without one the other tables tell
        return any(row["process_id"] is not None for row in rows)
    keys = rows[0].keys() & VALUES
    return table["distinct"] > 1 or any(rows[0][key] is not None for key in keys)


def _certain(row: Row) -> bool:
    rule = row["rule"]
    return row["filter_id"] is None or row["rule_known"] is not None or (
        rule is not None and rule["layer_agrees"] is not False)


def _not_given() -> list[Text]:
    return [Text(NOT_GIVEN, QUIET)]


def _value(name: str) -> Label:
    """Label rows by a text whose end says most, such as a path's."""
    def label(row: Row, room: int) -> list[Text]:
        if row[name] is None:
            return _not_given()
        return [Text(tail(row[name], room)) if row[name] else Text(EMPTY, QUIET)]

    return label


def _application(row: Row, room: int) -> list[Text]:
    """Label an application: its path, and which process it was, or how many they were."""
    known = [each for each in row["processes"]["top"] if each["process_id"] is not None]
    hosts = {each["host"] for each in row["processes"]["top"]}
    count = row["processes"]["distinct"]
    told = None
    if known and (count > FEW or len(hosts) > 1):
        told = f"{number(count)} processes"
    elif known:
        ids = ", ".join(str(each["process_id"]) for each in known)
        told = f"process{'' if len(known) == 1 else 'es'} {ids}"
    return _beside(_value("app_path")(row, room)[0], told, room)


def _process(row: Row, room: int) -> list[Text]:
    """Label a process: its number, its program and, of several, its host."""
    if row["process_id"] is None:
        return _not_given()
    number_of = f"{row['process_id']:<7} "
    path = Text(tail(row["app_path"] or NOT_GIVEN, max(1, room - len(number_of))))
    return [Text.assemble(number_of, path), *_below(len(number_of) - 2, row["host"])]


def _origin(row: Row, room: int) -> list[Text]:
    """Label an origin: its name and, below, whether a rule is behind it and what it means."""
    lines = _value("filter_origin")(row, room)
    meaning = row["meaning"]
    if row["kind"] is None:
        return lines
    return [*lines, Text(f"  {KINDS[row['kind']]}: {meaning}" if row["kind"] == "unknown"
                         else f"  {meaning}", QUIET)]


def _type(row: Row, room: int) -> list[Text]:
    name = row["event_type"]
    if name is None:
        return _not_given()
    kind = EVENT_KINDS.get(name)
    if kind is None or LONGEST_TYPE + 1 + len(kind.text) > room:
        return [Text(tail(name, room))]
    return [Text.assemble(f"{name:<{LONGEST_TYPE}} ", (kind.text, QUIET))]


def _user(row: Row, room: int) -> list[Text]:
    if row["user_sid"] is None:
        return _not_given()
    sid, name = Text(tail(row["user_sid"], room)), row["name"]
    return _beside(sid, name, room)


def _beside(line: Text, more: str | None, room: int) -> list[Text]:
    """Put something quiet behind a line, or below it if there is no room."""
    if not more:
        return [line]
    if len(line) + 2 + len(more) > room:
        return [line, *_below(0, more)]
    return [Text.assemble(line, "  ", (more, QUIET))]


def _port(row: Row, _: int) -> list[Text]:
    if row["ip_protocol"] is None:
        return _not_given()
    port = "no port" if row["remote_port"] is None else str(row["remote_port"])
    return [Text(f"{row['protocol']} {row['icmp'] or port}")]


def _filter(row: Row, files: list[Row], digits: int) -> list[Text]:
    """Label a filter: its rule and, below, whose rule it is, where it stands, what it does."""
    if row["filter_id"] is None:
        return _not_given()
    rule, layer, origin = row["rule"], _layers(row["layers"]), ", ".join(row["filter_origins"])
    title = f"{row['filter_id']:<{digits}}  "
    if not files:
        known = ", ".join(part for part in (layer, origin) if part)
        return [Text.assemble(title, (brief(known), QUIET))]
    if rule is None and row["rule_known"]:
        known = RULE_KNOWN[row["rule_known"]]
        return [Text.assemble(title, (known, WARNING)), *_below(digits, layer, origin)]
    if rule is None:
        where = _file(files[0]["path"]) if len(files) == 1 else f"any of {len(files)} files"
        return [Text.assemble(title, (f"not in {where}", WARNING)), *_below(digits, layer, origin)]
    origin = origin or rule["filter_origin"]
    comes = f"origin: {origin}" if origin and origin != rule["name"] else None
    there = short(rule["layer_key"], "FWPM_LAYER_")
    callout = rule["callout_name"] or rule["callout_key"]
    return [
        Text.assemble(title, brief(rule["name"] or "without a name")),
        *_below(
            digits, provider(rule), layer or there, rule["action"], comes,
            callout and f"callout: {short(callout, 'FWPM_CALLOUT_')}",
            f"in {_file(rule['file'])}" if len(files) > 1 else None),
        *[Text(" " * (digits + 2) + doubt, WARNING)
          for doubt in _doubts(rule, there, row["rule_known"])],
    ]


def _file(path: str) -> str:
    return printable(PurePath(path).name)


def _doubts(rule: Row, there: str, known: str | None) -> Iterator[str]:
    """Say what makes a rule another than it seems to be."""
    if known in RULE_KNOWN:
        yield RULE_KNOWN[known]
    if rule["without_driver"]:
        yield WITHOUT_DRIVER[rule["without_driver"]]
    if rule["layer_agrees"] is False:
        yield f"in {_file(rule['file'])} it is at {there}: not the same filter"
    for other in rule["others"]:
        name = brief(other["name"] or "without a name")
        yield f"in {_file(other['file'])} the id is another filter's: {name}"


def _layers(names: list[str]) -> str:
    found = [short(name, "FWPS_LAYER_") for name in names]
    return ", ".join(found) if len(found) < 3 else f"{len(found)} layers"


def _below(digits: int, *parts: str | None) -> list[Text]:
    known = [brief(part) for part in parts if part]
    return [Text(" " * (digits + 2) + ", ".join(known), QUIET)] if known else []


def short(name: str | None, prefix: str) -> str:
    """Return a name of the SDK without its prefix."""
    return (name or "").removeprefix(prefix)


def provider(rule: Row) -> str:
    """Say whose rule it is.

    The key's symbol says which part of Windows it is; else the name, unless a resource's.
    """
    key, name, service = rule["provider_key"], rule["provider_name"], rule.get("provider_service")
    if name and name.startswith("FWPM_PROVIDER_"):  # what the SDK calls the key
        key = name
    if not key or not key.startswith("{"):
        return short(key, "FWPM_PROVIDER_")
    shown = str(name) if name and not name.startswith("@") else key
    return f"{shown} (service {service})" if service else shown


def _failure(row: Row, _: int) -> list[Text]:
    code = row["failure_error"]
    shown = str(code) if code is not None else f"0x{row['failure_status'] & 0xFFFFFFFF:08x}"
    title = Text.assemble(row["name"], "  ", (shown, QUIET))
    return [title, *_below(0, row["event_type"], row["meaning"])]


def _losses(report: Row, page: Page) -> None:
    broken = [file for file in report["files"] if file["error"]]
    silent = [file["path"] for file in report["files"]
              if file["stats"] is None and not file["error"]]
    lost = {name: count for name, count in report["stats"].items() if count and is_loss(name)}
    page.title("Lost or mended")
    for name, count in lost.items():
        page.print(Text(f"{number(count):>{page.digits}}  {words(name, count)}", WARNING))
    for file in report["rule_files"]:
        for name, count in file["stats"].items():
            what = f"{_file(file['path'])}: {words(name, count)}"
            page.print(Text(f"{number(count):>{page.digits}}  {what}", WARNING))
            lost[name] = count
        if not file["filters"]:
            page.print(Text(f"{_file(file['path'])} has no filters.", WARNING))
    if not lost and not broken and len(silent) < len(report["files"]):
        page.print(Text("Nothing.", QUIET))
    for path in silent:
        page.print(Text(f"{printable(path)} does not say.", QUIET))
    for file in broken:
        part = "was read in part" if file["events"] else "could not be read"
        page.print(Text(f"{printable(file['path'])} {part}.", WARNING))
