"""Event files as a whole: roots, encodings, ways to give them, options, batches, what is held."""

import codecs
import contextlib
import copy
import gc
import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fresh_python import fresh_python
from netsh_xml import DROP, HEADER, drop, element, netevents, wfpdiag

from wfpfast import netsh
from wfpfast._base.memory import live_buffers

DATA = Path(__file__).parents[1] / "data"
PORTS = list(range(50_000, 50_007))
EVENTS = [drop({"localPort": str(port), "enterpriseId": "caf\u00e9 \u54d4 \U0001f600"})
          for port in PORTS]
FILE = netevents(*EVENTS)


def ports(source: Any, **options: Any) -> list[int]:
    with netsh.read_events(source, **options) as stream:
        return [port for batch in stream for port in batch["local_port"].to_pylist()]


def bad_port(text: str) -> dict[str, Any]:
    return drop({"localPort": text})


@pytest.mark.parametrize("text", [
    FILE, FILE.replace("\r\n", "\n"), FILE.replace("\r\n", "").replace("\t", ""),
    FILE.partition("?>")[2], FILE.replace("item>\r\n\t\t<header", "netEvent>\r\n\t\t<header")
    .replace("\t</item>\r\n\t<netEvent", "\t</netEvent>\r\n\t<netEvent")
    .replace("\t</item>\r\n</netEvents", "\t</netEvent>\r\n</netEvents"),
    wfpdiag(*EVENTS), wfpdiag(*EVENTS, filters=[{"filterId": "1"}]),
    "".join(element("netEvent", event) for event in EVENTS),
    "".join(element("item", event) for event in EVENTS),
    f"<!-- by hand -->{FILE.partition('?>')[2]}<!-- {'x' * 100} --><?done?>",
], ids=["as-written", "lf", "one-line", "no-declaration", "netEvent", "wfpdiag", "wfpdiag-filters",
        "bare-netEvents", "bare-items", "comments"])
def test_forms(text: str) -> None:
    assert ports(io.BytesIO(text.encode())) == PORTS


@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize(("encoding", "bom"), [
    ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
])
def test_encodings(encoding: str, bom: bytes, mark: bool) -> None:
    data = (bom if mark else b"") + FILE.encode(encoding)
    with netsh.read_events(io.BytesIO(data)) as stream:
        (batch,) = stream
    assert batch["local_port"].to_pylist() == PORTS
    assert set(batch["enterprise_id"].to_pylist()) == {"caf\u00e9 \u54d4 \U0001f600"}


def test_an_empty_list_has_no_events() -> None:
    for text in ("<netEvents/>", '<netEvents numItems="0">\r\n</netEvents>', "<events></events>",
                 netevents(), wfpdiag()):
        assert ports(io.BytesIO(text.encode())) == []
    with pytest.raises(netsh.NetshError, match="holds no list of events"):
        ports(io.BytesIO(b"<wfpdiag/>"))


def test_files_of_the_package() -> None:
    """Written by hand, not by `netsh_xml`: a mark, line ends, order and indents of Windows."""
    with netsh.read_events(DATA / "netevents.xml") as stream:
        rows = [row.to_dict() for batch in stream for row in batch]
    assert [row["event_type"] for row in rows] == [
        "CLASSIFY_DROP", "CLASSIFY_ALLOW", "CAPABILITY_DROP"]
    assert [row["remote_address"] for row in rows] == ["198.51.100.23", "2001:db8:5::1", None]
    assert [row["app_path"] for row in rows] == [
        r"\device\harddiskvolume2\apps\mail & more\mail.exe", "System", None]
    assert [row["process_id"] for row in rows] == [3100, None, None]
    assert [row["filter_id"] for row in rows] == [81234, 81301, 4]
    assert [row["flags"] for row in rows] == [0x57F, 0x367, 0x1]
    with netsh.read_events(DATA / "wfpdiag.xml") as stream:
        (row,) = [row.to_dict() for batch in stream for row in batch]
    assert (row["event_type"], row["failure_error"]) == ("IKEEXT_MM_FAILURE", 13801)


class Drip(io.RawIOBase):
    """A file that gives a byte at a time, as a pipe may."""

    def __init__(self, data: bytes) -> None:
        self._left = iter(data)

    def read(self, _: int = -1) -> bytes:
        return bytes([byte]) if (byte := next(self._left, None)) is not None else b""


def test_ways_to_give_a_file(tmp_path: Path) -> None:
    path = tmp_path / "netevents.xml"
    path.write_bytes(FILE.encode("utf-8-sig"))
    assert ports(path) == ports(str(path)) == PORTS
    with path.open("rb") as file:
        assert ports(file) == PORTS
        assert not file.closed
    with open(path, "rb", buffering=0) as file:
        assert ports(file) == PORTS
    assert ports(Drip(FILE.encode("utf-16-le"))) == PORTS
    reading, writing = os.pipe()
    os.write(writing, FILE.encode()[:4000])  # what a pipe takes at once on Windows, too
    os.close(writing)
    with open(reading, "rb") as pipe, pytest.raises(netsh.NetshError, match="breaks off"):
        ports(pipe)


def test_what_cannot_be_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        netsh.read_events(tmp_path / "nothing.xml")
    with pytest.raises(PermissionError if os.name == "nt" else IsADirectoryError):
        netsh.read_events(tmp_path)
    with pytest.raises(TypeError, match="expected a path or a binary file, not bytes"):
        netsh.read_events(b"<netEvents/>")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="open it in binary mode"):
        ports(io.StringIO(FILE))
    (tmp_path / "file.xml").write_text(FILE)  # which is closed again: see filterwarnings
    with pytest.raises(ValueError, match="batch_size 0"):
        netsh.read_events(tmp_path / "file.xml", batch_size=0)
    with pytest.raises(ValueError, match="there is no column 'remote_prt'"):
        netsh.read_events(tmp_path / "file.xml", columns=["remote_prt"])


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 1000])
def test_batches(size: int) -> None:
    with netsh.read_events(io.BytesIO(FILE.encode()), batch_size=size) as stream:
        sizes = [len(batch) for batch in stream]
        assert stream.stats["events"] == sum(sizes) == 7
    assert sizes == [size] * (7 // size) + [7 % size] * (7 % size > 0)


def test_columns_as_asked() -> None:
    names = ["process_id", "remote_address", "event_type"]
    tree = drop(internalFields={"processId": "7"})
    source = io.BytesIO(netevents(tree).encode())
    with netsh.read_events(source, columns=names, addresses="binary") as stream:
        assert stream.column_names == names
        table = pa.RecordBatchReader.from_stream(stream).read_all()
    assert table.column_names == names
    assert table.to_pylist() == [{
        "process_id": 7, "remote_address": bytes(10) + b"\xff\xff" + bytes([203, 0, 113, 250]),
        "event_type": "CLASSIFY_DROP"}]


PAYLOAD = {"filter_id", "layer_id", "reauth_reason", "original_profile", "current_profile",
           "direction", "direction_code", "is_loopback", "vswitch_source_port",
           "vswitch_destination_port"}


@pytest.mark.parametrize(("tree", "gone"), [
    (bad_port("x"), {"local_port"}),
    (drop({"ipVersion": "IPX"}), {"ip_version", "local_address", "remote_address"}),
    (drop({"localAddrV4": "1.2.3"}), {"local_address"}),
    (drop({"ipVersion": "FWP_IP_VERSION_V9"}), {"ip_version", "local_address", "remote_address"}),
    (drop({"addressFamily": "?!"}), {"address_family"}),
    (drop({"flags": ["?!"]}), {"flags"}),
    (drop({"timeStamp": "now"}), {"timestamp"}),
    (drop({"userId": "S-1-5-99999999999"}), {"user_sid"}),
    (drop({"appId": {"data": "5"}}), {"app_path"}),
    (drop({"enterpriseId": {"a": "b"}}), {"enterprise_id"}),
    (drop(classifyDrop={**DROP, "filterId": "-1"}), {"filter_id"}),
    (drop(classifyDrop={**DROP, "msFwpDirection": "?!"}), {"direction", "direction_code"}),
    (drop(classifyDrop="text"), PAYLOAD),
    (drop(type="?!"), {"event_type"}),
    (drop(type=""), {"event_type"}),
    (drop(type=None), {"event_type"}),
    (drop(type={"a": "b"}), {"event_type"}),
    (drop(type={"item": ["x", "y"]}), {"event_type"}),
    (drop(timeStamp2=None, header2=None, classifyAllow="", classifyDropMac=""), set()),
    (drop(internalFields={"processId": "4294967296", "interfaceIndex": "?"}), set()),
    (drop(internalFields={"terminatingFiltersInfo": ["x"], "filterOrigin": {"a": "b"}}), set()),
    (drop(internalFields="text"), set()),
    (drop(classifyAllow={"filterId": "1"}), set()),
])
def test_bad_values_are_null_and_counted(tree: dict[str, Any], gone: set[str]) -> None:
    """An error where the default would raise one; the event's other cells are as without it."""
    with netsh.read_events(io.BytesIO(netevents(drop()).encode())) as stream:
        (good,) = next(stream).to_pylist()
    source = io.BytesIO(netevents(drop(), tree, drop()).encode())
    with netsh.read_events(source, errors="null", batch_size=1) as stream:
        batches = list(stream)
    counts = [batch.stats["malformed"] for batch in batches]
    internal = tree.get("internalFields")
    bad = len(internal) if isinstance(internal, dict) else 1 + ("classifyDropMac" in tree)
    assert counts == [0, bad, 0]
    assert stream.stats["malformed"] == bad
    rows = [batch.to_pylist()[0] for batch in batches]
    assert rows[0] == rows[2] == good
    assert rows[1] == {**good, **dict.fromkeys(gone)}
    with pytest.raises(netsh.NetshError):
        ports(io.BytesIO(netevents(tree).encode()))


def test_bad_values_of_a_batch_add_up() -> None:
    source = io.BytesIO(netevents(drop({"localPort": "x", "scopeId": "y"}), bad_port("z")).encode())
    with netsh.read_events(source, errors="null") as stream:
        assert next(stream).stats["malformed"] == 3


def test_blanks_that_belong_to_a_text_are_kept() -> None:
    tree = drop({"enterpriseId": "\r\n \u00a0a  b\u3000\t "})
    with netsh.read_events(io.BytesIO(netevents(tree).encode())) as stream:
        assert next(stream)["enterprise_id"].to_pylist() == ["\u00a0a  b\u3000"]


def test_addresses_of_the_other_family_are_null_and_counted() -> None:
    source = io.BytesIO(netevents(drop({"ipVersion": "FWP_IP_VERSION_V6"})).encode())
    with netsh.read_events(source, errors="null") as stream:
        (row,) = next(stream).to_pylist()
        assert stream.stats["malformed"] == 2
    assert (row["ip_version"], row["local_address"], row["remote_address"]) == (6, None, None)


@pytest.mark.parametrize(("tree", "element_", "line", "message"), [
    (bad_port("65536"), "localPort", 26, "'65536' does not fit 16 bits"),
    (drop({"flags": ["?!"]}), "flags", 6, r"'\?!' is no flag of a net event"),
    (drop({"timeStamp": "soon"}), "timeStamp", 5, "'soon' is no time"),
    (drop({"appId": {"data": "xyz"}}), "appId", 29, "'xyz' is not hexadecimal"),
    (drop(type="?!"), "type", 43, r"'\?!' is no FWPM_NET_EVENT_TYPE"),
    (drop(type=""), "type", 43, "'' is no FWPM_NET_EVENT_TYPE"),
    (drop(type=None), "type", 3, "the event has none"),
    (drop(classifyDrop={**DROP, "layerId": ""}), "layerId", 46, "'' is not a number"),
    (drop(classifyDrop=None, classifyAllow={"filterId": "1"}), "classifyAllow", 44,
     "an event of this type has no such payload"),
    (drop(classifyAllow={"filterId": "1"}), "classifyAllow", 56,
     "an event of this type has no such payload"),
    (drop(ipsecDrop="", classifyDrop=None, type="4", ipsecKernelDrop=""), "ipsecKernelDrop", 45,
     "stands twice"),
    (drop(classifyDrop="text"), "classifyDrop", 44, "expected elements, not a text"),
    (drop({"localAddrV6.byteArray16": "::1"}), "localAddrV6.byteArray16", 42,
     "ipVersion is FWP_IP_VERSION_V4"),
    (drop(internalFields={"processId": ""}), "processId", 57, "'' is not a number"),
    (drop(internalFields="text"), "internalFields", 56, "expected elements, not a text"),
    # The header has members of these names, too.
    (drop(type="0", classifyDrop=None, ikeMmFailure={"flags": ["?!"]}), "flags", 45,
     "no flag of a main mode"),
    (drop(type="5", classifyDrop=None, idpDrop={"ipVersion": "X"}), "ipVersion", 45, "'X' is no"),
    ({"type": "3"}, "header", 3, "a net event has one header"),
    ({"header": "", "type": "3"}, "header", 4, "a net event has one header"),
    ({"header": "x", "type": "3"}, "header", 4, "a net event has one header"),
])
def test_errors_name_file_line_and_element(
    tree: dict[str, Any], element_: str, line: int, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "netevents.xml"
    path.write_bytes(netevents(tree).encode("utf-8-sig"))
    with pytest.raises(netsh.NetshError, match=message) as caught:
        ports(path)
    error = caught.value
    assert (error.path, error.element, error.line) == (str(path), element_, line)
    assert str(error).startswith(f"{path}: line {line}: <{element_}>: ")
    assert isinstance(error, ValueError)
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (str(twin), twin.line, twin.path) == (str(error), line, str(path))


def test_lines_of_a_long_declaration_count() -> None:
    text = netevents(bad_port("x")).replace("<?xml ", "\n<?xml\n\n")
    with pytest.raises(netsh.NetshError) as caught:
        ports(io.BytesIO(text.encode()))
    assert caught.value.line == 26 + 3


def test_events_before_an_error_come_first() -> None:
    source = io.BytesIO(netevents(*EVENTS, bad_port("x"), *EVENTS).encode())
    stream = netsh.read_events(source, batch_size=5)
    assert len(next(stream)) == 5
    assert next(stream)["local_port"].to_pylist() == PORTS[5:]
    with pytest.raises(netsh.NetshError, match="'x' is not a number"):
        next(stream)
    assert list(stream) == []


class Failing(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        if data := super().read(size):
            return data
        raise OSError("the disk is gone")


def test_events_before_a_failing_disk_come_first() -> None:
    stream = netsh.read_events(Failing(netevents(*EVENTS).encode()))
    assert next(stream)["local_port"].to_pylist() == PORTS
    with pytest.raises(OSError, match="the disk is gone"):
        next(stream)


@pytest.fixture
def open_files() -> Callable[[], int]:
    return lambda: len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted in /proc")
@pytest.mark.parametrize("text", [FILE, FILE[:-100], "<html/>", netevents(bad_port("x"))])
def test_the_file_is_closed_on_every_path(
    text: str, tmp_path: Path, open_files: Callable[[], int]
) -> None:
    path = tmp_path / "netevents.xml"
    path.write_bytes(text.encode())
    with contextlib.suppress(netsh.NetshError):
        ports(path)  # also opens what is imported now, which Wine goes on to count
    before = open_files()
    with contextlib.suppress(netsh.NetshError):
        ports(path)
    assert open_files() == before
    stream = netsh.read_events(path, batch_size=1)
    assert open_files() == before + 1
    stream.close()
    stream.close()
    assert (open_files(), list(stream)) == (before, [])
    abandoned = netsh.read_events(path, batch_size=1)
    with contextlib.suppress(netsh.NetshError):
        next(abandoned)
    del abandoned
    assert open_files() == before


def test_an_error_holds_no_buffers() -> None:
    """Without the garbage collector's help."""
    source = io.BytesIO(netevents(*EVENTS, bad_port("x")).encode())
    stream = netsh.read_events(source, batch_size=2)
    buffers = live_buffers()
    gc.disable()
    try:
        with pytest.raises(netsh.NetshError):
            list(stream)
        del stream
        assert live_buffers() <= buffers
    finally:
        gc.enable()


LARGE = """
import io, resource, sys
from wfpfast import netsh

class Endless(io.RawIOBase):
    # {count} times the same event, never in memory as a whole
    def __init__(self, head, event, tail, count):
        self.parts = iter([head, *[event] * count, tail])
    def read(self, size=-1):
        return next(self.parts, b"")

head, event, tail = {parts!r}
def read(count):
    with netsh.read_events(Endless(head, event, tail, count), columns=["local_port"]) as stream:
        return sum(len(batch) for batch in stream)
assert read(2000) == 2000
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert read({count}) == {count}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_file() -> None:
    head, event, tail = netevents(drop()).encode().partition(element("item", drop(), 1).encode())
    count = 15_000
    assert len(event) * count > 30_000_000
    pytest.importorskip("resource", reason="the most memory is measured as on Unix")
    grown = fresh_python(LARGE.format(parts=(head, event, tail), count=count))
    assert int(grown) < 4_000  # KiB
    assert HEADER["localPort"] in event.decode()
