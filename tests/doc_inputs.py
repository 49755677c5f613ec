"""The files that documents speak of and that are not in tests/data: made, or public samples.

Each document has its own, by which its commands print what stands there.
"""

import gzip
import os
import platform
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock, patch

from audit_changes import ADD, DELETE, changed, present, started
from audit_records import FIELDS, MOMENT, Audit, records
from evtx_file import evtx
from netsh_xml import drop, netevents

import wfpfast
from wfpfast.simulator.synthetic import Mix

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests/data"
SAMPLES = os.environ.get("WFPFAST_SAMPLES")     # public samples, which the repository has not
SECOND = 10_000_000


def _events(folder: Path) -> None:
    """A table of 900 events that a simulated engine makes up."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    batch = wfpfast.decode(wfpfast.encode(list(Mix(0).events(900))))
    pq.write_table(pa.table(pa.record_batch(batch)), folder / "events.parquet")


def _hosts(folder: Path) -> None:
    """The file of netsh of two hosts, in a folder of each."""
    for name in ("h1", "h2", "collected/dc1", "collected/web"):
        (folder / name).mkdir(parents=True)
        shutil.copy2(DATA / "netevents.xml", folder / name)


def _logs(folder: Path) -> None:
    """Security logs of several hosts."""
    for place in ("hosts", "logs"):
        (folder / place).mkdir()
        for host in ("dc1", "web1", "web2", "pc7"):
            log = evtx(records([
                Audit(5158, FIELDS["bind"], 1, f"{host}.example.com"),
                Audit(5152, FIELDS["packet"], 2, f"{host}.example.com", MOMENT + SECOND)]))
            (folder / place / f"{host}.evtx").write_bytes(log)


def _doubles(folder: Path) -> None:
    """Three dumps of 40 events, each of which begins with 30 of the one before."""
    for path in folder.glob("dump-*.xml"):
        path.unlink()
    begin = datetime(2026, 11, 30, 10, tzinfo=UTC)
    made = []
    for k in range(60):
        moment = (begin + timedelta(seconds=k / 2)).isoformat(timespec="milliseconds")
        made.append(drop({
            "timeStamp": moment.replace("+00:00", "Z"), "localPort": str(50_000 + k)}))
    for start, name in ((0, "20"), (10, "25"), (20, "30")):
        (folder / f"dump-1000{name}.xml").write_text(
            netevents(*made[start:start + 40]), encoding="utf-8", newline="")


def _files(folder: Path) -> None:
    """What netsh and people leave: several hosts, an archive, a console's text, a bad value."""
    _hosts(folder)
    head = bytearray(128)
    head[0x36], head[0x4A], head[0x4B] = 4, 1, 0xC0     # a trace, see wfpfast/cli/_content.py
    (folder / "trace.etl").write_bytes(head)
    with zipfile.ZipFile(folder / "collected.zip", "w") as archive:
        for name in ("netevents.xml", "filters.xml"):
            archive.write(DATA / name, name)
        archive.writestr("systeminfo.txt", "Host Name: PC1\r\n")
    text = netevents(*(
        drop({"localPort": "50001"}, internalFields={"filterOrigin": origin})
        for origin in ("Standard für ausgehend", "Büro und Lager")))
    (folder / "console.xml").write_bytes(text.encode("cp850"))
    (folder / ".out.csv.5d0c11ab.part").write_bytes(b"x" * 1300)
    good = (DATA / "netevents.xml").read_text(encoding="utf-8-sig")
    bad = good.replace("<localPort>50211<", "<localPort>port<").replace(
        "<filterId>81301<", "<filterId>many<")
    assert bad.count("port<") + bad.count("many<") > good.count("port<")
    (folder / "bad.xml").write_text(bad, encoding="utf-8")


def _damaged(folder: Path) -> None:
    """A recording of three records, the second of which is damaged."""
    path = folder / "damaged.wfprec"
    events = list(Mix(0).events(16))
    # What a recording says of its machine has a length.
    machine = {"node": "PC1", "system": "Windows", "release": "10"}
    with patch.multiple(platform, **{name: Mock(return_value=machine[name]) for name in machine}):
        recorder = wfpfast.Recorder(path)
    with recorder:
        recorder.write(wfpfast.encode(events[:6]))
        place = path.stat().st_size
        recorder.write(wfpfast.encode(events[6:11]))
        recorder.write(wfpfast.encode(events[11:]), dropped=8)
    data = bytearray(path.read_bytes())
    data[place + 100] ^= 1
    path.write_bytes(data)


def _security(folder: Path) -> None:
    """A log of six records of one host, and one that tells of filters, of two boots of another."""
    _logs(folder)
    system = {"ProcessId": 4, "Application": "System", "FilterRTID": 70412}
    mail = {"ProcessID": 5120, "Protocol": 6, "SourceAddress": "192.0.2.20", "LayerRTID": 48,
            "Application": r"\device\harddiskvolume3\program files\mail\mail.exe"}
    smtp = {**FIELDS["connection"], **mail, "DestAddress": "198.51.100.7", "DestPort": "25",
            "FilterRTID": 70412}
    ssh = r"\device\harddiskvolume3\windows\system32\openssh\ssh.exe"
    made = [
        (5158, {**FIELDS["bind"], "Application": ssh}),
        (5156, {**smtp, "ProcessID": 7740, "Application": ssh, "DestAddress": "198.51.100.22",
                "DestPort": "22"}),
        (5157, smtp), (5157, smtp),
        (5157, {**smtp, "ProcessID": 4, "Application": "System", "Direction": "%%14592",
                "SourceAddress": "203.0.113.9", "DestAddress": "192.0.2.20", "SourcePort": "40022",
                "DestPort": "445", "FilterRTID": 70001, "LayerRTID": 44}),
        (5152, {**FIELDS["packet"], **system, "SourceAddress": "192.0.2.20"})]
    times = (0, 1, 2, 3, 4, 6)
    (folder / "Security.evtx").write_bytes(evtx(records([
        Audit(number, fields, k, "pc07.example.com", MOMENT + times[k - 1] * SECOND)
        for k, (number, fields) in enumerate(made, 1)])))
    dropped = [(12, 70412), (13, 70412), (50, 70001), (3700, 70412), (3700, 70001)]
    (folder / "boots.evtx").write_bytes(evtx(records(sorted([
        present(70001, "a", 0, name="Block mail"),
        changed(ADD, 70412, "b", 10, name="Guest Wi-Fi"),
        changed(DELETE, 70412, "b", 20, name="Guest Wi-Fi"),
        started(3600), present(70412, "a", 3610, name="Block mail"),
        *(Audit(5157, {**smtp, "FilterRTID": number}, 900 + k, time=MOMENT + at * SECOND)
          for k, (at, number) in enumerate(dropped))], key=lambda each: each.time))))


def _hunt(folder: Path) -> None:
    """The rule of the page, one about logons, and the public log if it is there."""
    page = (ROOT / "docs/hunt.md").read_text(encoding="utf-8")
    rule = re.search(r"```yaml\n(title: RDP came.*?)```", page, re.S)
    assert rule is not None
    (folder / "tunnel.yml").write_text(rule[1], encoding="utf-8")
    (folder / "logon.yml").write_text(
        "title: Somebody came by RDP\nlevel: medium\n"
        "logsource: {product: windows, service: security}\n"
        "detection:\n    a: {EventID: 4624, LogonType: 10}\n    condition: a\n", encoding="utf-8")
    if SAMPLES:
        sample = Path(SAMPLES) / "evtx/sbousseaden-rdp-tunnel-5156.evtx.gz"
        with gzip.open(sample) as file:
            assert file.read(7) == b"ElfFile"
        shutil.copy2(sample, folder / "tunnel.evtx.gz")


INPUTS: dict[str, tuple[Callable[[Path], None], ...]] = {
    "docs/doubles.md": (_doubles,), "docs/files.md": (_files,), "docs/hunt.md": (_hunt,),
    "docs/query.md": (_events,), "docs/recording.md": (_damaged,),
    "docs/security-log.md": (_security,), "docs/show.md": (_events, _hosts),
    "docs/siem.md": (_logs,), "docs/summary.md": (_logs,)}
