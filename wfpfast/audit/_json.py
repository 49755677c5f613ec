"""Reads audit records from JSON, an object a line, as collectors write them; must not know columns.

Winlogbeat and Elastic Agent have the fields in `event_data`, NXLog has them beside its own members.
What a member is called was taken from public records: OTRF's Security-Datasets (NXLog of several
versions) and published records of Winlogbeat 7. Messages of people's language are not read.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wfpfast.audit._packing import Lost, Told, filetime

LONGEST = 1 << 24           # characters of a line
_NAMES = re.compile(r'"(winlog|event_data|EventID|SourceName)"\s*:')
# In place of messages the pipelines of Elastic write English words, whatever the machine's
# language: "14592": "Inbound" in the security pipeline of Winlogbeat and of the system integration.
_DIRECTIONS = {
    "Inbound": "%%14592", "Outbound": "%%14593", "Forward": "%%14594",
    "Bidirectional": "%%14595"}
# What NXLog, Logstash and the makers of data sets write beside the fields of the event.
_COLLECTORS = frozenset((
    "@timestamp", "@version", "AccountName", "AccountType", "ActivityID", "Category", "Channel",
    "Domain", "EventID", "EventReceivedTime", "EventTime", "EventType", "ExecutionProcessID",
    "ExecutionThreadID", "Hostname", "Keywords", "Level", "Message", "Opcode", "OpcodeValue",
    "ProviderGuid", "RecordNumber", "RelatedActivityID", "Severity", "SeverityValue",
    "SourceModuleName", "SourceModuleType", "SourceName", "Task", "TaskValue", "ThreadID",
    "TimeCreated", "UserID", "Version", "host", "port", "tags", "type"))


def recognises(head: str) -> bool:
    """Tell whether a text begins with records of an event log as JSON objects."""
    if not head.lstrip().startswith("{"):
        return False
    names = {found[1] for found in _NAMES.finditer(head)}
    return "winlog" in names or "event_data" in names or {"EventID", "SourceName"} <= names


def records(blocks: Iterable[str]) -> Iterator[Told | Lost]:
    """Yield the records of a text."""
    rest, skipping = "", False
    for block in blocks:
        *lines, rest = (rest + block).split("\n")
        if skipping and lines:
            del lines[0]
            skipping = False
        yield from map(_record, filter(str.strip, lines))
        if skipping or len(rest) > LONGEST:
            if not skipping:
                yield Lost(f"is a line of more than {LONGEST} characters")
            rest, skipping = "", True
    if rest.strip():
        last = _record(rest)
        yield Lost("the file breaks off", "truncated_files") if isinstance(last, Lost) else last


def _record(line: str) -> Told | Lost:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Lost(f"is no JSON: {error}")
    if not isinstance(found, dict):
        return Lost("is no JSON object")
    told = record(found)
    if "\ufffd" in line:
        told = told._replace(stats={**told.stats, "replaced_text": line.count("\ufffd")})
    return told


def record(found: Mapping[str, Any]) -> Told:
    """Return what a JSON object tells."""
    source = found.get("_source")  # of a hit of Elasticsearch
    if isinstance(source, dict):
        found = source
    winlog = found.get("winlog", found)
    if isinstance(winlog, dict) and isinstance(winlog.get("event_data"), dict):
        return _of_beats(found, winlog)
    return _of_nxlog(found)


def _of_beats(found: Mapping[str, Any], winlog: Mapping[str, Any]) -> Told:
    data = texts(winlog["event_data"])
    if "Direction" in data:
        data["Direction"] = _DIRECTIONS.get(data["Direction"], data["Direction"])
    return Told(texts({
        "Provider": winlog.get("provider_name", winlog.get("source_name")),
        "EventID": winlog.get("event_id"), "TimeCreated": found.get("@timestamp"),
        "EventRecordID": winlog.get("record_id", winlog.get("record_number")),
        "Computer": winlog.get("computer_name")}), data.items())


def _of_nxlog(found: Mapping[str, Any]) -> Told:
    stats = {}
    data = {name: value for name, value in found.items() if name not in _COLLECTORS}
    # Older versions have a member for the process that wrote the log, and so lose the event's
    # own. It is a number; the fields of events are texts.
    if isinstance(data.get("ProcessID"), int) and "ThreadID" in found:
        del data["ProcessID"]
        stats["lost_process_ids"] = int("ProcessId" not in data)
    time = found.get("TimeCreated", found.get("EventTime"))
    if "@timestamp" in found and (not isinstance(time, str) or filetime(time) is None):
        time = found["@timestamp"]  # when it came to the collector; EventTime has no zone
        stats["received_times"] = 1
    return Told(texts({
        "Provider": found.get("SourceName"), "EventID": found.get("EventID"), "TimeCreated": time,
        "EventRecordID": found.get("RecordNumber"), "Computer": found.get("Hostname")}),
        texts(data).items(), stats)


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as texts, without those that are null."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items() if value is not None}
