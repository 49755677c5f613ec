"""What one would use instead to get columns of the Security log; must not know wfpfast or time.

Each makes the same columns as a pyarrow table, with pyarrow's own conversions where they are
faster than Python's.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks import library

NEEDED = ("duckdb", "evtx", "orjson", "Evtx.Evtx", "pyarrow")
PROVIDER = "Microsoft-Windows-Security-Auditing"
EVENTS = frozenset((5031, *range(5150, 5160)))
SPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"
# Columns, each with its type and the fields that it may come from.
FIELDS = {
    "process_id": ("uint64", ("ProcessId", "ProcessID")), "app_path": ("string", ("Application",)),
    "direction": ("string", ("Direction",)), "source_address": ("string", ("SourceAddress",)),
    "source_port": ("uint16", ("SourcePort",)), "destination_address": ("string", ("DestAddress",)),
    "destination_port": ("uint16", ("DestPort",)), "ip_protocol": ("uint8", ("Protocol",)),
    "filter_id": ("uint64", ("FilterRTID",)), "layer_id": ("uint16", ("LayerRTID",)),
}
SYSTEM = {"timestamp": "timestamp[us, UTC]", "event_id": "uint16", "record_id": "uint64",
          "host": "string"}
COLUMNS = (*SYSTEM, *FIELDS)
DIRECTIONS = {"%%14592": "INBOUND", "%%14593": "OUTBOUND"}
# A time is TimeCreated, or when the record came to the collector: EventTime has no zone there.
QUERY = """
    SELECT coalesce(TimeCreated, "@timestamp")::TIMESTAMP AS timestamp,
        EventID::USMALLINT AS event_id, RecordNumber::UBIGINT AS record_id, Hostname AS host,
        ProcessId::UBIGINT AS process_id, nullif(Application, '-') AS app_path,
        CASE Direction WHEN '%%14592' THEN 'INBOUND' WHEN '%%14593' THEN 'OUTBOUND' END
            AS direction,
        nullif(SourceAddress, '-') AS source_address, SourcePort::USMALLINT AS source_port,
        nullif(DestAddress, '-') AS destination_address,
        DestPort::USMALLINT AS destination_port, Protocol::UTINYINT AS ip_protocol,
        nullif(FilterRTID::UBIGINT, 0) AS filter_id, LayerRTID::USMALLINT AS layer_id
    FROM read_json('{path}', format='newline_delimited', columns={{{columns}}})
    WHERE SourceName = '{provider}' AND EventID IN ({events})"""
Row = tuple[Any, ...]


def table(rows: Iterable[Row]) -> Any:
    """Return a table of rows of the values as they stand in a file."""
    pa, compute = library("pyarrow"), library("pyarrow.compute")
    types = (*SYSTEM.values(), *(kind for kind, _ in FIELDS.values()))
    cells = list(zip(*rows, strict=True))
    made = {}
    for name, kind, values in zip(COLUMNS, types, cells, strict=True):
        if kind.startswith("timestamp"):
            made[name] = pa.array(values).cast(pa.timestamp("us", "UTC"))
        else:
            made[name] = pa.array(values).cast(kind)
    for name in ("app_path", "source_address", "destination_address"):
        made[name] = compute.if_else(
            compute.is_in(made[name], pa.array(["-", ""])), None, made[name])
    filters = made["filter_id"]
    made["filter_id"] = compute.if_else(compute.equal(filters, 0), None, filters)
    return pa.table(made)


def row_of(time: Any, event: Any, number: Any, host: Any, data: dict[str, Any]) -> Row:
    get = data.get
    return (
        time, event, number, host, get("ProcessId", get("ProcessID")), get("Application"),
        DIRECTIONS.get(get("Direction")), get("SourceAddress"), get("SourcePort"),  # type: ignore[arg-type]
        get("DestAddress"), get("DestPort"), get("Protocol"), get("FilterRTID"), get("LayerRTID"))


def texts(path: Path) -> Iterator[str]:
    """Yield the records of a log as JSON texts."""
    parser = library("evtx").PyEvtxParser(str(path), number_of_threads=1)
    return (record["data"] for record in parser.records_json())


def count_texts(path: Path) -> int:
    """Return how many records there are; the texts are looked at no further."""
    return sum(1 for _ in texts(path))


def with_evtx(path: Path, loads: Callable[[str], Any] = json.loads) -> Any:
    def rows() -> Iterator[Row]:
        for text in texts(path):
            event = loads(text)["Event"]
            system = event["System"]
            if system["EventID"] in EVENTS and (
                system["Provider"]["#attributes"]["Name"] == PROVIDER
            ):
                yield row_of(
                    system["TimeCreated"]["#attributes"]["SystemTime"], system["EventID"],
                    system["EventRecordID"], system["Computer"], event["EventData"])

    return table(rows())


def with_orjson(path: Path) -> Any:
    return with_evtx(path, library("orjson").loads)


def with_python_evtx(path: Path) -> Any:
    """Read with python-evtx, which makes XML of records, and the standard library's parser."""
    def rows() -> Iterator[Row]:
        with library("Evtx.Evtx").Evtx(str(path)) as log:
            for record in log.records():
                system, data = ElementTree.fromstring(record.xml())[:2]
                found = {each.tag.removeprefix(SPACE): each for each in system}
                event = int(found["EventID"].text or 0)
                if event in EVENTS and found["Provider"].get("Name") == PROVIDER:
                    yield row_of(
                        found["TimeCreated"].get("SystemTime"), event,
                        found["EventRecordID"].text, found["Computer"].text,
                        {each.get("Name", ""): each.text for each in data})

    return table(rows())


def with_duckdb(path: Path) -> Any:
    """Read lines of JSON, as NXLog writes them, with duckdb on one thread.

    Its names are the same in either case, so records with ProcessID as a field are not for it.
    """
    names = {fields[0] for _, fields in FIELDS.values()} | {
        "EventID", "SourceName", "Hostname", "TimeCreated", "@timestamp", "RecordNumber"}
    with library("duckdb").connect(config={"threads": 1}) as connection:
        return connection.sql(QUERY.format(
            path=path, provider=PROVIDER, events=", ".join(f"'{each}'" for each in sorted(EVENTS)),
            columns=", ".join(f"\"{name}\": 'VARCHAR'" for name in sorted(names))),
        ).to_arrow_table()
