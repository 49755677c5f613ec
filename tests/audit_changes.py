"""Records on filters, and what they are expected to become."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from audit_records import EPOCH, MOMENT, Audit, records
from evtx_file import GUID, SID, UINT32, UINT64, evtx

from wfpfast import audit

SECOND = 10_000_000
HOST = "pc1.example.com"
ADD, DELETE = "%%16384", "%%16385"
NOBODY = "{00000000-0000-0000-0000-000000000000}"
FIREWALL = "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}"
LAYER = "{c38d57d1-05a7-4c33-904f-7fbceee60e82}"
CONDITIONS = (
    "\n\tCondition ID:\t{c35a604d-d22b-4e1a-91b4-68f674ee674b}\n\tMatch value:\tEqual to\n"
    "\tCondition value:\t0x0019\n")
# The types of the provider's manifest, where they are not text.
TYPES = {
    "ProcessId": UINT32, "UserSid": SID, "ProviderKey": GUID, "FilterKey": GUID,
    "FilterId": UINT64, "LayerKey": GUID, "LayerId": UINT32, "Weight": UINT64,
    "CalloutKey": GUID, "CalloutId": UINT32, "ProviderContextKey": GUID, "SubLayerKey": GUID}


def key(letter: str) -> str:
    return f"{{{letter * 8}-0000-4000-8000-000000000001}}"


def made(
    event_id: int, fields: Mapping[str, Any], at: float, host: str = HOST,
    record_id: int | None = None,
) -> Audit:
    """Return a record, so many seconds behind the first moment."""
    return Audit(
        event_id, fields, int(at * 10) + 1000 if record_id is None else record_id, host,
        MOMENT + round(at * SECOND), types=TYPES)


def fields_of(number: int, letter: str, name: str | None) -> dict[str, Any]:
    return {
        "FilterKey": key(letter), "FilterName": name or f"Rule {letter}",
        "FilterType": "%%16388", "FilterId": number, "LayerKey": LAYER,
        "LayerName": "ALE Connect v4 Layer", "LayerId": 48, "Weight": 10376293542535364544,
        "Conditions": CONDITIONS, "Action": "%%16389", "CalloutKey": NOBODY, "CalloutName": "-"}


def present(
    number: int, letter: str, at: float, host: str = HOST, name: str | None = None
) -> Audit:
    """Return a 5441: there was a filter when the engine started."""
    return made(5441, {
        "ProviderKey": FIREWALL, "ProviderName": "Microsoft Corporation",
        **fields_of(number, letter, name), "FilterType": "%%16387"}, at, host)


def changed(
    how: str, number: int, letter: str, at: float, host: str = HOST, *, name: str | None = None
) -> Audit:
    """Return a 5447: a filter was added or deleted."""
    return made(5447, {
        "ProcessId": 1620, "UserSid": "S-1-5-19", "UserName": r"NT AUTHORITY\LOCAL SERVICE",
        "ProviderKey": FIREWALL, "ProviderName": "Microsoft Corporation", "ChangeType": how,
        **fields_of(number, letter, name)}, at, host)


def provider(letter: str, at: float, host: str = HOST) -> Audit:
    """Return a 5442: there was a provider when the engine started."""
    return made(5442, {
        "ProviderKey": key(letter), "ProviderName": "One", "ProviderType": "%%16387"}, at, host)


def started(at: float, host: str = HOST, event_id: int = 4608) -> Audit:
    """Return a record of the start of Windows."""
    return made(event_id, {}, at, host)


def log(*audits: Audit) -> io.BytesIO:
    return io.BytesIO(evtx(records(audits)))


def seconds(column: Any) -> list[float | None]:
    """Return times as seconds behind the first moment; they are exact to 100 ns."""
    import pyarrow as pa

    base = (MOMENT - EPOCH) * 100
    return [
        None if time is None else (time - base) / 10**9
        for time in pa.chunked_array(pa.table({"c": column})["c"]).cast(pa.int64()).to_pylist()]


def intervals(*files: Any, **options: Any) -> list[tuple[Any, ...]]:
    """Return host, boot, id, rule, from, until, known by, ended by of each row."""
    import pyarrow as pa

    table = pa.table(audit.read_filters(list(files), **options))
    rows = zip(
        *(table[name].to_pylist() for name in ("host", "boot", "filter_id", "name")),
        seconds(table["from"]), seconds(table["until"]), table["known_by"].to_pylist(),
        table["ended_by"].to_pylist(), strict=True)
    return [
        (host.partition(".")[0], boot, number, (name or "").removeprefix("Rule "), *rest)
        for host, boot, number, name, *rest in rows]


def story() -> Sequence[Audit]:
    """Return two boots of a host; its ids mean something else in the second."""
    return [
        present(100, "a", 0), present(101, "b", 1), changed(ADD, 200, "c", 10),
        changed(DELETE, 101, "b", 20), changed(ADD, 200, "c", 30, name="Rule c2"),
        present(100, "b", 100), present(101, "a", 101), changed(DELETE, 100, "b", 110)]


STORY = [
    ("pc1", 1, 100, "a", 0.0, 100.0, "start", "next start"),
    ("pc1", 2, 100, "b", 100.0, 110.0, "start", "deleted"),
    ("pc1", 1, 101, "b", 0.0, 20.0, "start", "deleted"),
    ("pc1", 2, 101, "a", 100.0, None, "start", None),
    ("pc1", 1, 200, "c", 10.0, 30.0, "added", "changed"),
    ("pc1", 1, 200, "c2", 30.0, 100.0, "changed", "next start"),
]
