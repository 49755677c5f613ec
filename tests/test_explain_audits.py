"""What `wfpfast explain` says of audits: against the records that the reader reads."""

import io
from typing import Any

import pytest
from audit.test_fields import EM, FRAME, MM, QM, SWITCH
from audit_records import FIELDS, TYPES, Audit, record
from evtx_file import evtx

from wfpfast import audit as reader
from wfpfast._tables.audit_details import AUDITS, COLUMNS, SUBCATEGORIES
from wfpfast._tables.audits import ENUMERATORS, EVENTS, LAYERS, MESSAGES
from wfpfast._tables.enums import ENUMS
from wfpfast.audit._events import EVENTS as READ
from wfpfast.explain import audit, explain

CERTIFICATES = {f"{who}MMCertHash": "11" * 20 for who in ("Local", "Remote")}
NEWER = {"FilterOrigin": "Stealth", "InterfaceIndex": 7}
BLOCKED = {**NEWER, "OriginalProfile": 1, "CurrentProfile": 2, "IsLoopback": "true"}
SIDS = {"RemoteUserID": "S-1-5-18", "RemoteMachineID": "S-1-5-18"}
MAIN = {**MM, "LocalMMPrincipalName": "a", "MMAuthMethod": "%%8192"}
SWITCHED = {**SWITCH, "DestAddress": "00155d010204", "FilterRTID": 7}
PACKET = {**FIELDS["packet"], "FilterOrigin": "Stealth"}
BIND = {**FIELDS["bind"], "FilterRTID": 7}
FAILED = {"RemoteEMPrincipalName": "b", "FailureReason": "c", "QMFilterID": 7}
# Of each event the fields of its newest version, as the provider's manifest lists them.
RECORDS: dict[int, tuple[dict[str, Any], ...]] = {
    5031: ({"Profiles": "Domain", "Application": "C:\\a.exe"},),
    5146: (SWITCHED,), 5147: (SWITCHED,), 5150: (FRAME,), 5151: (FRAME,),
    5152: (PACKET,), 5153: (PACKET,),
    5154: (BIND,), 5155: (BIND,), 5158: (BIND,), 5159: (BIND,),
    5156: ({**FIELDS["connection"], **NEWER, **SIDS},),
    5157: ({**FIELDS["connection"], **BLOCKED, **SIDS},),
    4652: ({**MAIN, **CERTIFICATES},), 4653: (MAIN,),
    4654: (QM, {**QM, "Mode": "%%8212"}),
    4983: ({**EM, **FAILED},),
    4984: ({**{k: v for k, v in EM.items() if "Cert" not in k}, **FAILED,
            "EMAuthMethod": "%%8192"},),
    4963: ({"RemoteAddress": "192.0.2.1", "SPI": 0},),
}


def lines(text: object) -> dict[str, str]:
    """Return what the lines say, by their beginnings."""
    parted = [line.strip().partition(": ") for line in explain(str(text))]
    return {begin: rest for begin, _, rest in parted}


@pytest.mark.parametrize("number", READ)
def test_the_columns_are_those_that_the_reader_fills(number: int) -> None:
    said = lines(number)["columns"]
    told = {name.strip(",;") for name in said.split()} & set(reader.read_events([]).column_names)
    audits = [
        Audit(number, {k: v if k in TYPES else str(v) for k, v in fields.items()})
        for fields in RECORDS[number]]
    filled = set()
    for batch in reader.read_events(io.BytesIO(evtx(map(record, audits)))):
        for row in batch.to_pylist():
            filled |= {name for name, cell in row.items() if cell is not None}
            assert said.startswith(f"event_type is {row['event_type']}; ")
    # Of inbound connections which end is local may be unknown; these are outbound.
    assert told == filled
    assert len(filled) > 5


@pytest.mark.parametrize(("number", "subcategory", "switch"), [
    # Microsoft's page "Auditing"; success and failure as its pages on the events head them.
    (5152, "{0CCE9225-69AE-11D9-BED3-505054503030}", "/failure:enable"),
    (5154, "{0CCE9226-69AE-11D9-BED3-505054503030}", "/success:enable"),
    (5155, "{0CCE9226-69AE-11D9-BED3-505054503030}", "/failure:enable"),
    (5156, "{0CCE9226-69AE-11D9-BED3-505054503030}", "/success:enable"),
    (5157, "{0CCE9226-69AE-11D9-BED3-505054503030}", "/failure:enable"),
    (5158, "{0CCE9226-69AE-11D9-BED3-505054503030}", "/success:enable"),
    (5159, "{0CCE9226-69AE-11D9-BED3-505054503030}", "/failure:enable"),
    (5031, "{0CCE9226-69AE-11D9-BED3-505054503030}", "/failure:enable"),
    (4653, "{0CCE9218-69AE-11D9-BED3-505054503030}", "/failure:enable"),
    (4654, "{0CCE9219-69AE-11D9-BED3-505054503030}", "/success:enable /failure:enable"),
    (4984, "{0CCE921A-69AE-11D9-BED3-505054503030}", "/success:enable /failure:enable"),
    (4963, "{0CCE9213-69AE-11D9-BED3-505054503030}", "/success:enable /failure:enable"),
    (5441, "{0CCE9233-69AE-11D9-BED3-505054503030}", "/success:enable"),
    (5447, "{0CCE9234-69AE-11D9-BED3-505054503030}", "/success:enable"),
    (5148, "{0CCE9227-69AE-11D9-BED3-505054503030}", "/success:enable /failure:enable"),
])
def test_what_switches_an_audit_on(number: int, subcategory: str, switch: str) -> None:
    said = lines(number)["switched on by"]
    assert said.endswith(f'auditpol /set /subcategory:"{subcategory}" {switch}')


@pytest.mark.parametrize("number", EVENTS)
def test_every_audit_says_whether_it_is_read(number: int) -> None:
    said = lines(number)
    assert ("columns" in said) == (number in READ)
    assert ("not read as an event" in said) == (number not in READ)
    assert audit(number) == EVENTS[number]
    assert audit(1) is None


def test_nothing_is_told_twice_or_of_nothing() -> None:
    assert set(AUDITS) <= set(EVENTS)
    assert set(READ) <= set(AUDITS)
    assert set(SUBCATEGORIES) == {one.subcategory for one in AUDITS.values()} - {None}
    assert set(COLUMNS) == {one.kind for one in AUDITS.values()} - {""}
    assert {*range(5440, 5451)} - {5445} <= set(AUDITS)


@pytest.mark.parametrize(("message", "said"), [
    ("%%14610", ["audit message: %%14610: Receive/Accept (LayerName)",
                 "  column: layer_kind is Receive/Accept",
                 "  layer: ALE_AUTH_RECV_ACCEPT_V4, _V6: a connection, or the first packet of a"
                 " flow, comes in"]),
    ("%%14602", ["audit message: %%14602: MAC 802.3 (LayerName)",
                 "  column: layer_kind is MAC 802.3",
                 "  layer: INBOUND_MAC_FRAME_ETHERNET: an Ethernet frame that arrives",
                 "  layer: OUTBOUND_MAC_FRAME_ETHERNET: an Ethernet frame that leaves"]),
    ("%%8223", ["audit message: %%8223: AuthIP (keying module (KeyModName) of an IPsec audit)",
                "  column: keying_module is AUTHIP: AuthIP, Microsoft's extension of IKE (1)"]),
    ("%%16385", ["audit message: %%16385: Delete (of a change of the filtering platform or of"
                 " quick mode)"]),
])
def test_messages(message: str, said: list[str]) -> None:
    assert explain(message) == said


def test_every_message_names_what_there_is() -> None:
    for number in MESSAGES:
        assert explain(f"%%{number}")[0].startswith(f"audit message: %%{number}: ")
        assert "None" not in "".join(explain(f"%%{number}")).replace("%%8229: None", "")
    assert set(LAYERS) <= set(MESSAGES)
    told = 0
    for column, (enumeration, meanings) in ENUMERATORS.items():
        for number, enumerator in meanings.items():
            assert enumerator in ENUMS[enumeration]
            told += any(line.startswith(f"  column: {column} is ") and "IKEEXT_" not in line
                        for line in explain(f"%%{number}"))
    assert told == sum(len(meanings) for _, meanings in ENUMERATORS.values()) > 25
