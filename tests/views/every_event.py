"""Events of every type from every source, which the tests of views share."""

import io
from pathlib import Path

import pyarrow as pa
from audit.test_fields import EM, FRAME, MM, NUMBERS, QM, SWITCH
from audit_records import FIELDS, Audit, records
from evtx_file import evtx
from example_events import one_of_each
from netsh.test_payloads import CASES, event
from netsh_xml import netevents

from wfpfast import EventStream, Recorder, Recording, audit, encode, netsh

INBOUND = {**FIELDS["connection"], "Direction": "%%14592"}
LISTEN = {**FIELDS["bind"], "LayerName": "%%14609", "LayerRTID": 40}
CLEAR = {"RemoteAddress": "192.0.2.9"}
AUDITS = [
    Audit(number, fields, number, types={
        name: kind for name, kind in NUMBERS.items() if not isinstance(fields.get(name), str)})
    for number, fields in (
        (5031, {"Profiles": "Public", "Application": r"C:\apps\mail.exe"}),
        (5146, SWITCH), (5147, SWITCH), (5150, FRAME), (5151, FRAME),
        (5152, FIELDS["packet"]), (5153, FIELDS["packet"]), (5154, LISTEN), (5155, LISTEN),
        (5156, FIELDS["connection"]), (5156, INBOUND), (5157, FIELDS["connection"]),
        (5158, FIELDS["bind"]), (5159, FIELDS["bind"]), (4652, MM), (4653, MM), (4654, QM),
        (4983, EM), (4984, EM), (4963, CLEAR))]


def kept(stream: EventStream) -> pa.Table:
    """Read a stream into memory of Arrow's own, so that none of wfpfast's is left behind."""
    file = pa.BufferOutputStream()
    with stream, pa.ipc.new_stream(file, pa.schema(stream)) as writer:
        for batch in pa.RecordBatchReader.from_stream(stream):
            writer.write_batch(batch)
    return pa.ipc.open_stream(file.getvalue()).read_all()


def of_netsh() -> pa.Table:
    """All types that the SDK names, as netsh writes them."""
    text = netevents(*(event(name, body) for name, (_, body, _) in CASES.items()))
    return kept(netsh.read_events(io.BytesIO(text.encode())))


def of_a_recording(folder: Path) -> pa.Table:
    """The same in every version of the structs, and numbers that no SDK names."""
    path = folder / "events.wfprec"
    with Recorder(path) as recorder:
        recorder.write(encode(one_of_each(internal=True)))
        recorder.write(encode(one_of_each()))
        for number in (13, 15, 20, 77):
            recorder.write(encode([{**one_of_each()[3], "type": number, "classifyDrop": None}]))
    with Recording(path) as recording:
        return kept(recording.read_events())


def of_audits() -> pa.Table:
    """All records of the Security log that become rows."""
    return kept(audit.read_events(io.BytesIO(evtx(records(AUDITS)))))
