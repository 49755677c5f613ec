"""Archives: members chosen by content, one after another; hostile ones cost a message."""

import gzip
import io
import json
import os
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from cli.hand import STATE, XML
from cli.running import Run

DATA = Path(__file__).parents[1] / "data"
TRACE = bytes(0x36) + b"\4\0" + bytes(0x10) + b"\2\0\2\xc0" + bytes(5000)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def mszip(data: bytes) -> list[bytes]:
    """Return the blocks of MSZIP: each is deflated with the 32 KiB before it as its history."""
    blocks = []
    for start in range(0, len(data), 32768):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=data[max(0, start - 32768):start])
        blocks.append(b"CK" + packer.compress(data[start:start + 32768]) + packer.flush())
    return blocks


def cabinet(members: dict[str, bytes], kind: int = 1, spare: int = 0, **changes: Any) -> bytes:
    """Write a cabinet with one folder, after Microsoft's [MS-CAB]; `changes` make it wrong."""
    whole = b"".join(members.values())
    stored = [whole[start:start + 32768] for start in range(0, len(whole), 32768)]
    blocks = changes.get("blocks", mszip(whole) if kind == 1 else stored)
    reserve = struct.pack("<HBB", spare, spare, spare) + bytes(spare) if spare else b""
    files_at = 36 + len(reserve) + 8 + spare
    files, place = b"", 0
    for name, data in members.items():
        folder = changes.get("folder", 0)
        files += struct.pack("<IIHHHH", len(data), place, folder, 0, 0, 0x80)
        files += name.encode() + b"\0"
        place += len(data)
    data_at = files_at + len(files)
    body = b"".join(
        struct.pack("<IHH", 0, len(block), len(plain)) + bytes(spare) + block
        for block, plain in zip(blocks, stored, strict=True))
    head = struct.pack(
        "<4sIIIIIBBHHHHH", b"MSCF", 0, data_at + len(body), 0, files_at, 0, 3, 1, 1, len(members),
        4 if spare else 0, 0, 0)
    folder = struct.pack("<IHH", data_at, len(blocks), changes.get("kind", kind)) + bytes(spare)
    return head + reserve + folder + files + body


def found(run: Run, name: str, status: int = 0) -> list[tuple[str, int]]:
    """Return the files that a summary counts, and how many events each has."""
    result = run("summary", "--json", name)
    assert result.status == status, result.err
    return [(file["path"], file["events"]) for file in json.loads(result.out)["files"]]


@pytest.mark.parametrize("pack", [zipped, cabinet])
def test_members_are_chosen_by_content(run: Run, tmp_path: Path, pack: Any) -> None:
    (tmp_path / "logs.dat").write_bytes(pack({
        "readme.txt": b"netEvents are in a.log", "h1/a.log": XML.encode("utf-16"),
        "h1/wfpstate.xml": STATE.encode(), "filters.xml": (DATA / "filters.xml").read_bytes(),
        "b.csv": b"event_type,mine\nCLASSIFY_DROP,1\n",
        "n.gz": gzip.compress(XML.encode()), "audit.7z": b"7z\xbc\xaf\x27\x1c\0\4",
        "wfpdiag.etl": TRACE}))
    assert found(run, "logs.dat") == [("logs.dat/h1/a.log", 7), ("logs.dat/b.csv", 1)]
    result = run("summary", "logs.dat")
    assert result.err == (
        "logs.dat: left out, for what they hold: readme.txt, h1/wfpstate.xml, filters.xml, n.gz,"
        " audit.7z, ...\n")
    # As filters, the state is chosen.
    (tmp_path / "a.xml").write_text(XML, encoding="utf-8")
    result = run("summary", "a.xml", "--filters", "logs.dat")
    assert (result.status, result.err) == (0, "")
    assert "Block all" in result.out


def test_what_needs_the_disk_is_read_from_an_archive(run: Run, xml: Path) -> None:
    for name in ("a.parquet", "b.arrow", "c.ndjson"):
        assert run("convert", xml, name).status == 0
    members = {name: xml.with_name(name).read_bytes() for name in ("a.parquet", "b.arrow")}
    (xml.parent / "t.zip").write_bytes(zipped(members, zipfile.ZIP_LZMA))
    assert found(run, "t.zip") == [("t.zip/a.parquet", 7), ("t.zip/b.arrow", 7)]
    result = run("convert", "t.zip", "all.csv")
    assert result.status == 0
    assert result.err.startswith("14 events in all.csv (")


def test_the_cabinet_of_another_tool_is_read(run: Run) -> None:
    """gcab 1.5 wrote it, with MSZIP: a trace of 70,000 bytes, and wfpdiag.xml in its third block.

        gcab -zc wfpdiag.cab wfpdiag.etl wfpdiag.xml
    """
    ours = run("summary", DATA / "wfpdiag.cab")
    theirs = run("summary", DATA / "wfpdiag.xml")
    assert (ours.status, theirs.status) == (0, 0)
    assert ours.out.splitlines()[0].startswith("wfpdiag.xml: ")
    assert ours.out == theirs.out
    assert ours.err == f"{DATA / 'wfpdiag.cab'}: left out, for what they hold: wfpdiag.etl\n"


@pytest.mark.parametrize("spare", [0, 6])
@pytest.mark.parametrize("kind", [0, 1])
def test_a_cabinet_may_be_stored_and_have_spare_bytes(
    run: Run, tmp_path: Path, kind: int, spare: int
) -> None:
    """The XML begins in the middle of a block, and goes on over three of them."""
    head, rest = XML.split("<item>", 1)
    padded = f"{head}<!--{'x' * 70_000}--><item>{rest}"
    (tmp_path / "a.cab").write_bytes(
        cabinet({"wfpdiag.etl": TRACE, "wfpdiag.xml": padded.encode()}, kind, spare))
    assert found(run, "a.cab") == [("a.cab/wfpdiag.xml", 7)]


GOOD = {"wfpdiag.xml": XML.encode()}
CABINET = cabinet(GOOD)
ZIP = zipped({"a.xml": XML.encode()})


@pytest.mark.parametrize(("name", "data", "words"), [
    ("a.cab", CABINET[:20], "a.cab: the cabinet breaks off"),
    ("a.cab", CABINET[:65], "a.cab: a name in the cabinet does not end"),
    ("a.cab", CABINET[:-1], "a.cab/wfpdiag.xml: the cabinet breaks off"),
    ("a.cab", cabinet(GOOD, kind=3), "a.cab/wfpdiag.xml: is packed by LZX or Quantum: Windows'"
     " expand unpacks it"),
    ("a.cab", cabinet(GOOD, folder=0xFFFD), "a.cab/wfpdiag.xml: goes on in another cabinet:"
     " expand reads both"),
    ("a.cab", cabinet(GOOD, blocks=[b"CK" + b"\xff" * 9]), "a.cab/wfpdiag.xml: "),
    ("a.cab", cabinet(GOOD, blocks=[b"PK" + b"\xff" * 9]), "a block of the cabinet is damaged"),
    ("a.cab", cabinet(GOOD, blocks=mszip(bytes(32768))), "a block of the cabinet is damaged"),
    ("a.cab", cabinet({f"{k}.xml": b"" for k in range(101)} | GOOD),
     "a.cab: has more than 100 files: Windows' expand unpacks it"),
    ("a.zip", ZIP[:-30], "a.zip: not a readable zip archive: "),
    ("a.zip", zipped({}), "a.zip: holds no file that is read here: it is empty"),
    ("a.zip", zipped({"a.txt": b"hello", "b/c": b"\1"}),
     "a.zip: holds no file that is read here: a.txt, b/c"),
    ("a.zip", zipped({"b.zip": ZIP}), "a.zip: holds no file that is read here: b.zip"),
    ("a.gz", gzip.compress(ZIP), "a.gz: is packed twice (zip): unpack it, and give what is in it"),
    ("a.gz", gzip.compress(gzip.compress(XML.encode())), "a.gz: is packed twice (gzip): "),
    ("a.gz", gzip.compress(CABINET), "a.gz: is packed twice (cab): "),
    ("a.gz", b"\x1f\x8b\x08", "a.gz: Compressed file ended before"),
    ("a.gz", b"\x1f\x8b\x09" + bytes(30), "a.gz: Unknown compression method"),
    ("a.gz", gzip.compress(bytes(1 << 20)), "a.gz: begins with nothing but zero bytes"),
    ("a.gz", gzip.compress(b""), "a.gz: is empty: 0 bytes"),
], ids=lambda value: "" if isinstance(value, bytes) else value)  # archives hold the time
def test_what_cannot_be_unpacked_is_one_line(
    run: Run, tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    for arguments in (["summary", name], ["convert", name, "o.csv"]):
        result = run(*arguments)
        assert (result.status, result.out) == (1, "")
        assert len(result.err.splitlines()) == 1
        assert result.err.startswith("wfpfast: ")
        assert words in result.err
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("damage", ["cut", "checksum", "tail"])
def test_events_before_the_damage_of_a_gzip_are_kept(
    run: Run, tmp_path: Path, damage: str
) -> None:
    data = gzip.compress(XML.encode())
    spoilt = {"cut": data[:-9], "checksum": data[:-8] + b"abcd" + data[-4:], "tail": data + b"x"}
    (tmp_path / "a.gz").write_bytes(spoilt[damage])
    result = run("convert", "a.gz", "o.csv")
    told, fault = result.err.splitlines()
    assert (result.status, told.startswith("7 events in o.csv (")) == (1, True)
    words = {"cut": "ended before", "checksum": "CRC check failed", "tail": "Not a gzipped file"}
    assert fault.startswith("wfpfast: a.gz: ")
    assert words[damage] in fault
    assert fault.endswith("; o.csv has what came before: 7 events")


def test_a_member_with_a_password_costs_that_member(run: Run, tmp_path: Path) -> None:
    data = bytearray(zipped({"a.xml": XML.encode(), "b.xml": XML.encode()}))
    data[6] |= 1  # the bit that says so, in the header of the first member
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert found(run, "a.zip", 1) == [("a.zip/a.xml", 0), ("a.zip/b.xml", 7)]
    fault = run("summary", "a.zip").err
    assert fault.startswith("wfpfast: a.zip/a.xml: ")
    assert "encrypted" in fault


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_a_bomb_fills_neither_memory_nor_disk(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: str
) -> None:
    """200 MB of a table that has to lie on the disk, in 200 KB; the disk is not for such."""
    monkeypatch.setattr("wfpfast.cli._input.SPOOL", 10 << 20)
    if pack == "gzip":
        with gzip.open(tmp_path / "bomb", "wb") as file:
            file.write(b"PAR1")
            for _ in range(200):
                file.write(bytes(1 << 20))
    else:
        with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive, \
                archive.open("a.parquet", "w") as member:
            member.write(b"PAR1")
            for _ in range(200):
                member.write(bytes(1 << 20))
    assert (tmp_path / "bomb").stat().st_size < 300_000
    tracemalloc.start()
    try:
        result = run("summary", "bomb")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.status == 1
    assert "cannot be read as it comes, and is more than 10.5 MB" in result.err
    assert peak < 20 << 20


def test_a_block_of_a_cabinet_is_no_bomb_either(run: Run, tmp_path: Path) -> None:
    """60 MB in a block that may have 32 KiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"CK" + packer.compress(bytes(60 << 20)) + packer.flush()
    assert len(bomb) < 65536
    (tmp_path / "a.cab").write_bytes(cabinet(GOOD, blocks=[bomb]))
    tracemalloc.start()
    try:
        result = run("summary", "a.cab")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.err == "wfpfast: a.cab/wfpdiag.xml: a block of the cabinet is damaged\n"
    assert peak < 20 << 20


def test_names_of_members_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"\x1b[31m.xml": XML.encode(), "\x07": b"x"}))
    result = run("summary", "a.zip")
    assert result.status == 0
    assert "\x1b" not in result.out + result.err
    assert "\x07" not in result.err
