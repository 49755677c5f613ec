"""Reads records that are objects with members: what collectors call them; must not know files.

Winlogbeat and Elastic Agent have the fields in `event_data`, NXLog has them beside its own members,
Sentinel in EventData, and Get-WinEvent by their position. What a member is called was taken from
public records: OTRF's Security-Datasets (NXLog of several versions), published records of
Winlogbeat 7; of Sentinel's tables from Microsoft's reference. The message of a record, which is in
the machine's language, is not read.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from wfpfast.audit import _xml
from wfpfast.audit._change_fields import ORDERS
from wfpfast.audit._packing import WANTED, Lost, Told, filetime

# In place of messages the pipelines of Elastic write English words, whatever the machine's
# language: "14592": "Inbound" in the security pipeline of Winlogbeat and of the system integration.
DIRECTIONS = {
    "Inbound": "%%14592", "Outbound": "%%14593", "Forward": "%%14594",
    "Bidirectional": "%%14595"}
# What NXLog, Logstash and the makers of data sets write beside the fields of the event.
COLLECTORS = frozenset((
    "@timestamp", "@version", "AccountName", "AccountType", "ActivityID", "Category", "Channel",
    "Domain", "EventID", "EventReceivedTime", "EventTime", "EventType", "ExecutionProcessID",
    "ExecutionThreadID", "Hostname", "Keywords", "Level", "Message", "Opcode", "OpcodeValue",
    "ProviderGuid", "RecordNumber", "RelatedActivityID", "Severity", "SeverityValue",
    "SourceModuleName", "SourceModuleType", "SourceName", "Task", "TaskValue", "ThreadID",
    "TimeCreated", "UserID", "Version", "host", "port", "tags", "type"))


# Members that say that an object is a record, those of one collector each.
_MARKS = (
    {"winlog"}, {"event_data"}, {"EventID", "SourceName"}, {"EventID", "EventSourceName"},
    {"EventID", "Provider", "EventData"}, {"Id", "ProviderName", "MachineName"})
# The fields by position, by how many there are: newer versions of an event have more. They are
# those of the provider's manifest; of other events and other numbers no order is known here.
_BIND = "ProcessId Application SourceAddress SourcePort Protocol FilterRTID LayerName LayerRTID"
_PACKET = (
    "ProcessId Application Direction SourceAddress SourcePort DestAddress DestPort Protocol"
    " FilterRTID LayerName LayerRTID")
_REMOTE = f"{_PACKET} RemoteUserID RemoteMachineID"
_ORIGIN = _REMOTE.replace("Protocol", "Protocol InterfaceIndex FilterOrigin")
_PROFILES = (
    f"{_ORIGIN} OriginalProfile CurrentProfile IsLoopback HasRemoteDynamicKeywordAddress")
_FRAME = (
    "Direction SourceAddress DestAddress EtherType MediaType InterfaceType VlanTag FilterRTID"
    " LayerName LayerRTID")
_SWITCHED = _FRAME.replace("MediaType InterfaceType VlanTag", (
    "VlanTag vSwitchID SourcevSwitchPort DestinationvSwitchPort"))
_PEERS = "LocalAddress LocalKeyModPort RemoteAddress RemoteKeyModPort"
_NAMES = "Local{0}PrincipalName Remote{0}PrincipalName"
_CERTIFICATES = " ".join(
    f"{end}{{0}}{what}" for end in ("Local", "Remote")
    for what in ("PrincipalName", "CertHash", "IssuingCA", "RootCA"))
_MAIN = (
    f"{_PEERS} KeyModName FailurePoint FailureReason MMAuthMethod State Role MMImpersonationState"
    " MMFilterID InitiatorCookie ResponderCookie")
_QUICK = (
    "LocalAddress LocalAddressMask LocalPort LocalTunnelEndpoint RemoteAddress RemoteAddressMask"
    " RemotePort RemoteTunnelEndpoint Protocol RemotePrivateAddress KeyModName FailurePoint"
    " FailureReason Mode State Role MessageID QMFilterID MMSAID")
_EXTENDED = (
    f"{_PEERS} FailurePoint FailureReason EMAuthMethod State Role EMImpersonationState QMFilterID")
_ORDERS = {
    **dict.fromkeys(("5154", "5155", "5158", "5159"), (_BIND,)),
    **dict.fromkeys(("5152", "5153"), (_PACKET,)),
    "5156": (_PACKET, _REMOTE, _ORIGIN),
    "5157": (_PACKET, _REMOTE, _ORIGIN, _PROFILES),
    **dict.fromkeys(("5150", "5151"), (_FRAME,)),
    **dict.fromkeys(("5146", "5147"), (_SWITCHED,)),
    "5031": ("Profiles Application",),
    "4652": (f"{_CERTIFICATES} {_MAIN}".format("MM"),),
    "4653": (f"{_NAMES} {_MAIN}".format("MM"),),
    "4654": (_QUICK, f"{_QUICK} TunnelId TrafficSelectorId"),
    "4983": (f"{_CERTIFICATES} {_EXTENDED}".format("EM").replace("EMAuthMethod ", ""),),
    "4984": (f"{_NAMES} {_EXTENDED}".format("EM"),),
    "4963": ("RemoteAddress SPI",),     # as its message has them, "Inbound SA SPI" second
    **{event_id: (order,) for event_id, order in ORDERS.items()},
}
_ONLY_MESSAGE = (
    "has no fields, only a message in the machine's language: export .evtx, or ToXml()")
_POWERSHELL_TIME = re.compile(r"/Date\((\d{1,14})\)/", re.ASCII)
# How the portal of Azure writes times into CSV, in an English browser of the USA.
_PORTAL_TIME = "%m/%d/%Y, %I:%M:%S.%f %p"
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


def is_record(names: Iterable[str]) -> bool:
    """Tell by some of its members whether an object is a record of an event log."""
    there = set(names)
    return any(marks <= there for marks in _MARKS)


def record(found: Mapping[str, Any]) -> Told | Lost:
    """Return what an object tells."""
    source = found.get("_source")  # of a hit of Elasticsearch
    if isinstance(source, dict):
        found = source
    winlog = found.get("winlog", found)
    if isinstance(winlog, dict) and isinstance(winlog.get("event_data"), dict):
        return _of_beats(found, winlog)
    if "EventSourceName" in found or "Provider" in found:
        return _of_sentinel(found)
    # ProviderName is also a field of audits: whose filter it is.
    return _of_powershell(found) if "MachineName" in found else _of_nxlog(found)


def _of_beats(found: Mapping[str, Any], winlog: Mapping[str, Any]) -> Told:
    data = texts(winlog["event_data"])
    if "Direction" in data:
        data["Direction"] = DIRECTIONS.get(data["Direction"], data["Direction"])
    return Told(texts({
        "Provider": winlog.get("provider_name", winlog.get("source_name")),
        "EventID": winlog.get("event_id"), "TimeCreated": found.get("@timestamp"),
        "EventRecordID": winlog.get("record_id", winlog.get("record_number")),
        "Computer": winlog.get("computer_name")}), data.items())


def _of_nxlog(found: Mapping[str, Any]) -> Told:
    stats = {}
    data = {name: value for name, value in found.items() if name not in COLLECTORS}
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


def _of_sentinel(found: Mapping[str, Any]) -> Told | Lost:
    """Read a row of SecurityEvent, whose fields are XML, or of WindowsEvent, where they are not."""
    time = found.get("TimeGenerated")
    if "TimeGenerated [UTC]" in found:
        time = _portal_time(found["TimeGenerated [UTC]"])
    told = Told(texts({
        "Provider": found.get("EventSourceName", found.get("Provider")),
        "EventID": found.get("EventID"), "TimeCreated": time,
        "EventRecordID": found.get("EventRecordId", found.get("EventRecordID")),
        "Computer": found.get("Computer")}), ())
    if told.system.get("EventID") not in WANTED:
        return told
    data = found.get("EventData")
    try:
        if isinstance(data, str) and data.lstrip().startswith("<"):
            return told._replace(data=_xml.fields(ElementTree.fromstring(data)))
        data = json.loads(data) if isinstance(data, str) else data
    except (ValueError, SyntaxError, RecursionError) as error:
        return Lost(f"EventData cannot be read: {error}", event_id=told.system["EventID"])
    if not isinstance(data, dict):
        return Lost("has no EventData", event_id=told.system["EventID"])
    return told._replace(data=texts(data).items())


def _portal_time(text: Any) -> Any:
    try:
        return datetime.strptime(text, _PORTAL_TIME).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except (ValueError, TypeError):
        return text


def _of_powershell(found: Mapping[str, Any]) -> Told | Lost:
    """Read what Get-WinEvent gives, whose fields have no names."""
    time = found.get("TimeCreated")
    if isinstance(time, str) and (match := _POWERSHELL_TIME.fullmatch(time)):
        time = (_1970 + timedelta(milliseconds=int(match[1]))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    told = Told(texts({
        "Provider": found.get("ProviderName"), "EventID": found.get("Id"), "TimeCreated": time,
        "EventRecordID": found.get("RecordId"), "Computer": found.get("MachineName")}), ())
    event_id = told.system.get("EventID")
    if event_id not in WANTED:
        return told
    properties = found.get("Properties")
    if not isinstance(properties, list) or not all(isinstance(one, dict) for one in properties):
        return Lost(_ONLY_MESSAGE, "only_messages", event_id)
    for order in _ORDERS.get(event_id, ()):
        names = order.split()
        if len(names) == len(properties):
            values = {name: _value(one) for name, one in zip(names, properties, strict=True)}
            return told._replace(data=texts(values).items())
    return Lost(
        f"has {len(properties)} fields without names, whose order is not known", "only_messages",
        event_id)


def _value(one: Any) -> Any:
    """Return the value of a property, which is an object again if it is a SID."""
    while isinstance(one, dict):
        one = one.get("Value")
    return one


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as texts, without those that are null."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items() if value is not None}
