"""Tells one event in sentences; must not know files, nor how rows are stored."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from wfpfast import names
from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast.explain._audits import audit
from wfpfast.explain._numbers import layer_meaning
from wfpfast.explain._sids import sid
from wfpfast.explain._words import meaning_of, origin_of

Row = Mapping[str, Any]

_TUNNEL = "TUNNEL"
_MODES = {"mm_state": "main mode", "qm_state": "quick mode", "em_state": "extended mode"}
_POINTS = {"ME": "This computer gave up", "PEER": "The other end gave up"}
_ROLES = {
    "INITIATOR": "this computer had begun the negotiation",
    "RESPONDER": "the other end had begun the negotiation",
}  # fmt: skip
_WAYS = {
    "INBOUND": "came in", "OUTBOUND": "went out", "FORWARD": "was routed",
    "BIDIRECTIONAL": "was for both ways (as a bind is)",
}  # fmt: skip
_LINK_LAYER = {0x0800: "IPv4", 0x0806: "ARP", 0x86DD: "IPv6", 0x8100: "a VLAN's"}

# What a filter does where its callout's driver is not loaded.
_DRIVER = {
    "BLOCK": "the filter blocks all that it matches, until the driver is loaded or the filter is"
             " removed",
    "PERMIT": "the filter permits all that it matches",
    "IGNORED": "the filter is ignored",
    None: "the filter does not do what its action says",
}


def event(row: Row, rule: Row | None = None) -> list[str]:
    """Tell what happened in one event, why, and what may cure it.

    Parameters
    ----------
    row
        The cells of the event by the names of columns, such as ``dict(batch[0])``; columns may be
        missing. A timestamp may be a text.
    rule
        The filter of the event, as a row of `wfpfast.netsh.read_filters` or of
        `wfpfast.Engine.filters`.

    Returns
    -------
    list of str
        Sentences, in their order; what to do is indented.

    Examples
    --------
    >>> for line in event({"event_type": "CLASSIFY_DROP", "filter_id": 70000, "layer_id": 44,
    ...                    "direction": "INBOUND", "ip_protocol": 6, "local_port": 445}):
    ...     print(line)
    A filter blocked traffic (CLASSIFY_DROP).
    It came in over TCP to local port 445.
    Filter 70000 decided, at the layer ALE_AUTH_RECV_ACCEPT_V4 (44): a connection, or the first\
 packet of a flow, comes in, IPv4.
    """
    cells: dict[str, Any] = dict(row)
    parts = (
        _happened, _logged, _program, _traffic, _reason, _negotiation, _cure, _decision, _rule,
        _context,
    )  # fmt: skip
    return [line for part in parts for line in part(cells, rule or {})]


def _happened(cells: Row, _: Row) -> Iterator[str]:
    name = cells.get("event_type")
    kind = EVENT_KINDS.get(name or "")
    said = audit(cells.get("event_id"))
    if said is not None:
        what = f"{said} ({name})"
    elif kind is not None:
        what = f"{kind.text} ({name})"
    elif name is None:
        what = "Something happened whose type could not be read"
    else:
        meaning = meaning_of("internal event type", name) or "something happened"
        what = f"{meaning[0].upper()}{meaning[1:]} ({name})"
    when = _when(cells.get("timestamp"))
    yield f"{when + ': ' if when else ''}{what}."


def _logged(cells: Row, _: Row) -> Iterator[str]:
    """Tell where the event stands in the Security log."""
    host, number, record = (cells.get(name) for name in ("host", "event_id", "record_id"))
    if host is not None:
        what = "" if number is None else f" as event {number}"
        yield f"{host} logged it{what}{'' if record is None else f', record {record}'}."


def _when(at: Any) -> str:
    if isinstance(at, datetime):
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
    return "" if at is None else str(at)


def _program(cells: Row, _: Row) -> Iterator[str]:
    path, user, package = cells.get("app_path"), cells.get("user_sid"), cells.get("package_sid")
    process = cells.get("process_id")
    parts = []
    if path is not None:
        parts.append(f"The program was {_told('program', path) or 'given as an empty text'}"
                     f"{'' if process is None else f', process {process}'}.")
    elif process is not None:
        parts.append(f"The process was {process}; its program is not given.")
    if user is not None:
        parts.append(f"It ran as {user}{_known(sid(user))}.")
    if package == "S-1-0-0":
        parts.append("It was in no AppContainer.")
    elif package is not None:
        parts.append(f"It was in the AppContainer {package}.")
    if parts:
        yield " ".join(parts)


def _known(text: str | None) -> str:
    return f" ({text})" if text else ""


def _traffic(cells: Row, _: Row) -> Iterator[str]:
    if cells.get("local_mac") or cells.get("remote_mac"):
        yield _frame(cells)
    ends = _ends(cells) or _ends_as_logged(cells)
    number = cells.get("ip_protocol")
    way = _WAYS.get(cells.get("direction") or "")
    if ends or number is not None or way:
        over = f" over {_protocol(cells, number)}" if number is not None else ""
        yield f"It {way or 'was'}{over}{ends}."
    if cells.get("remote_user_sid"):
        user = cells["remote_user_sid"]
        yield f"The user at the other end was {user}{_known(sid(user))}."
    if cells.get("is_loopback"):
        yield "It stayed on this computer (loopback)."
    if cells.get("network_capability"):
        told = _told("AppContainer capability", cells["network_capability"])
        yield f"It was about the capability {told}."
    if cells.get("public_host") or cells.get("internal_host"):
        yield (f"The outer host was {cells.get('public_host') or 'not given'}, the inner host"
               f" {cells.get('internal_host') or 'not given'}.")


def _frame(cells: Row) -> str:
    kind = cells.get("ether_type")
    what = "" if kind is None else f", ether type 0x{kind:04x}{_known(_LINK_LAYER.get(kind))}"
    return (f"The frame was between {cells.get('local_mac') or 'an address not given'} here and"
            f" {cells.get('remote_mac') or 'an address not given'}{what}.")


def _protocol(cells: Row, number: int) -> str:
    name = names.protocol(number)
    if number in names.ICMP:
        message = cells.get("ip_version"), cells.get("local_port"), cells.get("remote_port")
        if None not in message and message[0] in (4, 6):
            return f"{name.upper()} ({names.icmp(*message)})"  # type: ignore[arg-type]
    return f"protocol {number}" if name.startswith("UNKNOWN_") else name.upper()


def _ends(cells: Row) -> str:
    """Return from where to where, in the direction that the traffic had."""
    local = _end(cells, "local", "local ")
    remote = _end(cells, "remote", "remote ")
    if cells.get("direction") == "INBOUND":
        first, second = remote, local
    else:
        first, second = local, remote
    return (f" from {first}" if first else "") + (f" to {second}" if second else "")


def _ends_as_logged(cells: Row) -> str:
    """Return source and destination, where it is not known which of them is this computer."""
    first, second = _end(cells, "source", ""), _end(cells, "destination", "")
    if not first and not second:
        return ""
    return (f" with the source {first or 'not given'} and the destination"
            f" {second or 'not given'}, as logged: which of them is local is not known")


def _end(cells: Row, side: str, word: str) -> str:
    address, port = cells.get(f"{side}_address"), cells.get(f"{side}_port")
    if cells.get("ip_protocol") in names.ICMP:
        port = None
    if not address:
        return "" if port is None else f"{word}port {port}"
    return f"{address}" if port is None else f"{address} port {port}"


def _reason(cells: Row, _: Row) -> Iterator[str]:
    for column in ("failure_error", "failure_status"):
        code = cells.get(column)
        if code is not None:
            shown = str(code) if 0 <= code < 0x10000 else f"0x{code & 0xFFFF_FFFF:08x}"
            meaning = names.error_meaning(code)
            told = f": {meaning}" if meaning else ""
            yield f"The reason was {names.error(code)} ({shown}){told}."
    if cells.get("failure_reason"):
        yield f"The reason that Windows gave was: {cells['failure_reason']}."
    if cells.get("spi") is not None:
        spi = cells["spi"]
        yield (f"The packet's SPI was 0x{spi:08x}." if spi
               else "The packet came in clear text: it had no SPI.")


def _cure(cells: Row, _: Row) -> Iterator[str]:
    for column in ("failure_error", "failure_status"):
        remedy = None if cells.get(column) is None else names.error_remedy(cells[column])
        if remedy:
            yield f"  what to do: {remedy}"


def _negotiation(cells: Row, _: Row) -> Iterator[str]:
    point, role = cells.get("failure_point"), cells.get("sa_role")
    if point is not None:
        began = f"; {_ROLES[role]} ({role})" if role in _ROLES else ""
        yield f"{_POINTS.get(point, 'Which end gave up is not known')} ({point}){began}."
    state = next((column for column in _MODES if cells.get(column) is not None), None)
    if state is not None:
        title = f"state of {_MODES[state]}"
        yield f"The state of {_MODES[state]} was {_told(title, cells[state])}."
    for column, title, begin in (
        ("keying_module", "keying module", "The protocol was"),
        ("auth_method", "authentication method", "The method of authentication was"),
        ("traffic_type", "traffic type", "The traffic was to be"),
    ):
        if cells.get(column) is not None:
            yield f"{begin} {_told(title, cells[column])}."
    yield from _principals(cells)
    benign = {"mm_state": 1, "em_state": 2}.get(state or "", 0)  # the bits are in opposite order
    if (cells.get("failure_flags") or 0) & benign:
        yield "Windows calls the failure benign: it does no harm."


def _told(title: str, name: str) -> str:
    return f"{name}{_known(meaning_of(title, name))}"


def _principals(cells: Row) -> Iterator[str]:
    for side, who in (("local", "This computer"), ("remote", "The other end")):
        name = cells.get(f"{side}_principal")
        if name:
            yield f"{who} said that it is {name}."
    if cells.get("traffic_type") == _TUNNEL and (
        cells.get("local_subnet") or cells.get("remote_subnet")
    ):
        yield (f"The tunnel was to join {cells.get('local_subnet') or 'addresses not given'} here"
               f" and {cells.get('remote_subnet') or 'addresses not given'} there.")
    digest = cells.get("end_cert_hash")
    if digest and any(digest):
        text = digest.hex() if isinstance(digest, bytes) else digest
        yield f"The certificate that failed has the thumbprint (SHA-1) {text}."
    for column, what in (("mm_filter_id", "main mode"), ("qm_filter_id", "quick mode")):
        if cells.get(column):
            yield f"The policy of {what} came from filter {cells[column]}."


def _decision(cells: Row, _: Row) -> Iterator[str]:
    number, layer = cells.get("filter_id"), cells.get("layer_id")
    if number is None and layer is None:
        return
    where = ""
    if layer is not None:
        name = names.layer(layer)
        meaning = layer_meaning(name)
        where = (f", at the layer {name.removeprefix('FWPS_LAYER_')} ({layer})"
                 f"{f': {meaning}' if meaning else ''}")
    if number:
        yield f"Filter {number} decided{where}."
    else:
        yield f"Which filter decided is not known{where}."
    for last in cells.get("terminating_filters") or ():
        name = (last["sublayer"] or "").removeprefix("FWPP_SUBLAYER_INTERNAL_FIREWALL_")
        action = (last["action"] or "nothing").removeprefix("FWP_ACTION_")
        told = _told("sublayer in terminating_filters", name) if name else "not given"
        yield f"Filter {last['filter_id']} in the sublayer {told} said {action}."


def _rule(cells: Row, rule: Row) -> Iterator[str]:
    if rule:
        parts = [f"The filter is called {rule['name']}" if rule.get("name")
                 else "The filter has no name"]
        if rule.get("provider_key"):
            key, name = names.provider(rule["provider_key"]), rule.get("provider_name")
            # The symbol says which part of Windows it is; a name is a text, or a resource's.
            shown = name if key.startswith("{") and name and not name.startswith("@") else key
            parts.append(f"its provider is {shown}")
        if rule.get("action"):
            parts.append(f"its action is {rule['action']}")
        yield f"{', '.join(parts)}."
        yield from _callout(rule)
    origin = cells.get("filter_origin") or rule.get("filter_origin")
    if origin:
        yield from origin_of(origin)


def _callout(rule: Row) -> Iterator[str]:
    """Tell of the code in a driver that decided, or did not."""
    name = rule.get("callout_name") or rule.get("callout_key")
    if not name:
        return
    service = rule.get("provider_service")
    whose = f", of the service {service}" if service else ""
    yield f"It calls the callout {name}{whose}."
    if rule.get("callout_registered") is False:
        yield f"That callout's driver is not loaded: {_DRIVER[rule.get('without_driver')]}."


def _context(cells: Row, _: Row) -> Iterator[str]:
    profile = cells.get("current_profile")
    if profile:
        before = cells.get("original_profile")
        moved = f", before it {names.profile(before)}" if before not in (None, profile) else ""
        yield f"The network's profile was {names.profile(profile)}{moved}."
    reasons = cells.get("reauth_reason")
    if reasons:
        yield f"The connection was judged again, because: {_reasons(reasons)}."
    if cells.get("interface_index") is not None:
        yield f"The interface has the index {cells['interface_index']} (Get-NetIPInterface)."


def _reasons(bits: int) -> str:
    return ", ".join(_told("reauthorization reason", name) for name in names.reauth_reasons(bits))
