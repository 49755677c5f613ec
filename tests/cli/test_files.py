"""Files that commands write: whose they are, what they replace, and what they never replace."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from cli.running import Run, environment

from wfpfast.cli import _place
from wfpfast.cli._formats import OUTPUTS
from wfpfast.cli._screen import Fault

FORMATS = [each.suffix for each in OUTPUTS]
OLD = b"what was there before"
root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
unix = pytest.mark.skipif(os.name == "nt", reason="modes, owners and signals are of Unix")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.fixture
def loose() -> Any:
    """A umask that would let everybody read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


# Modes and owners.

@unix
@pytest.mark.usefixtures("loose")
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_new_file_is_for_its_owner_alone(run: Run, xml: Path, suffix: str) -> None:
    assert run("convert", xml, f"out{suffix}").status == 0
    assert mode(xml.with_name(f"out{suffix}")) == 0o600


@unix
@pytest.mark.usefixtures("loose", "counted")
def test_so_is_a_new_recording_and_what_other_commands_write(run: Run, state: Path) -> None:
    live = ("--engine", "simulated", "--count", 5)
    assert run("record", *live, "a.wfprec").status == 0
    assert run("watch", *live, "-o", "a.csv").status == 0
    assert run("demo", "--events", 100, "--output", "a.parquet").status == 0
    assert run("filters", state, "-o", "b.csv").status in (0, 3)
    for name in ("a.wfprec", "a.csv", "a.parquet", "b.csv"):
        assert mode(state.with_name(name)) == 0o600, name


@unix
@pytest.mark.usefixtures("loose")
@pytest.mark.parametrize("bits", [0o600, 0o640, 0o664, 0o444])
def test_what_is_replaced_keeps_its_mode(run: Run, xml: Path, bits: int) -> None:
    out = xml.with_name("out.csv")
    out.write_bytes(OLD)
    out.chmod(bits)
    os.utime(out, (1000, 1000))
    assert run("convert", "--force", xml, out).status == 0
    assert mode(out) == bits
    assert out.read_bytes() != OLD
    assert out.stat().st_mtime > 1000  # it is a new file all the same


@root
def test_what_is_replaced_keeps_its_owner(run: Run, xml: Path) -> None:
    out = xml.with_name("out.csv")
    out.write_bytes(OLD)
    os.chown(out, 1234, 2345)
    out.chmod(0o640)
    assert run("convert", "--force", xml, out).status == 0
    assert (out.stat().st_uid, out.stat().st_gid, mode(out)) == (1234, 2345, 0o640)


@root
def test_an_owner_that_cannot_be_kept_is_told(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who replaces another one's file gets it; its group, if it is not theirs, reads no more."""
    out = xml.with_name("out.csv")
    out.write_bytes(OLD)
    out.chmod(0o664)

    def refuse(*_: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    os.chown(out, 1234, 2345)
    monkeypatch.setattr(os, "chown", refuse)
    result = run("convert", "--force", xml, out.name)
    assert result.status == 0
    told = "out.csv: belongs to 0:0 now: you may not give it to 1234:2345, as it was"
    assert result.err.splitlines()[0] == told
    assert mode(out) == 0o604


@unix
def test_a_list_of_rights_is_kept(run: Run, xml: Path) -> None:
    """As setfacl writes it: version 2; user 1000 may read, within a mask of rw."""
    if not hasattr(os, "setxattr"):
        pytest.skip("extended attributes are of Linux")
    out = xml.with_name("out.csv")
    out.write_bytes(OLD)
    entries = [(1, 6, 2**32 - 1), (2, 4, 1000), (4, 0, 2**32 - 1), (16, 6, 2**32 - 1),
               (32, 0, 2**32 - 1)]
    acl = b"\2\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + bits.to_bytes(2, "little") + who.to_bytes(4, "little")
        for tag, bits, who in entries)
    try:
        os.setxattr(out, "system.posix_acl_access", acl)
    except OSError as error:
        pytest.skip(f"this file system has no lists of rights: {error}")
    assert run("convert", "--force", xml, out).status == 0
    assert os.getxattr(out, "system.posix_acl_access") == acl


# What appears meanwhile.

def test_a_file_that_appears_meanwhile_is_left_alone(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = xml.with_name("out.csv")
    real = _place.published

    def late(*arguments: Any) -> Any:
        out.write_bytes(b"precious")
        return real(*arguments)

    monkeypatch.setattr(_place, "published", late)
    result = run("convert", xml, "out.csv")
    assert result.status == 1
    assert out.read_bytes() == b"precious"
    (other,) = set(names(xml.parent)) - {xml.name, "out.csv"}
    assert result.err == (
        f"wfpfast: out.csv: appeared meanwhile, and is left alone; the events are in {other}\n")
    assert other.startswith("out.")
    assert other.endswith(".csv")
    assert xml.with_name(other).read_text("utf-8").count("2024-05-01T10:0") == 7


@unix
def test_so_it_is_where_there_are_no_hard_links(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")  # as on FAT

    monkeypatch.setattr(os, "link", refuse)
    assert run("convert", xml, "new.csv").status == 0
    assert names(xml.parent) == sorted([xml.name, "new.csv"])
    xml.with_name("new.csv").unlink()
    test_a_file_that_appears_meanwhile_is_left_alone(run, xml, monkeypatch)


# Names.

@unix
def test_a_name_that_is_no_text_is_one_line(tmp_path: Path, xml: Path) -> None:
    for out in (b"\xff.csv", b"\xff.parquet", b"\xff.wfprec"):
        work = [b"record", b"--engine", b"simulated", b"--count", b"1"]
        if not out.endswith(b"rec"):
            work = [b"convert", os.fsencode(xml)]
        result = subprocess.run(
            [os.fsencode(sys.executable), b"-P", b"-m", b"wfpfast.cli", *work, out], cwd=tmp_path,
            capture_output=True, check=False, text=True, env=environment())
        shown = r"\udcff" + out[1:].decode()
        assert (result.returncode, result.stderr) == (
            1, f"wfpfast: {shown}: the name is not text: bytes that are no UTF-8 are in it\n")
    assert names(tmp_path) == [xml.name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nul.parquet", "is a device of Windows"), ("CON.csv", "is a device of Windows"),
        ("com1.x.csv", "is a device of Windows"), ("LPT\u00b9.csv", "is a device of Windows"),
        ("aux .csv", "is a device of Windows"), ("conout$", "is a device of Windows"),
        ("a:b.csv", "has a colon"), ("ab.csv:c.csv", "has a colon"),
        ("C:a.csv", "has a colon"), ("out.csv.", "ends in a dot or a blank"),
        ("out.csv ", "ends in a dot or a blank"),
        (r"C:\x\nul.csv", "is a device of Windows"), (r"C:\x\a.csv:b", "has a colon"),
    ],
)
def test_names_that_windows_keeps_for_itself(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    monkeypatch.setattr(_place, "WINDOWS", True)
    result = run("convert", xml, name, "--to", "csv")
    assert result.status == 1
    assert result.err.startswith(f"wfpfast: {name}: ")
    assert words in result.err
    assert len(result.err.splitlines()) == 1
    assert names(xml.parent) == [xml.name]
    result = run("record", "--engine", "simulated", "--count", 1, "nul.wfprec")
    assert (result.status, "is a device of Windows" in result.err) == (1, True)


@pytest.mark.parametrize("name", ["null.csv", "com.csv", "com10.csv", "acon.csv", r"C:\x\a.csv"])
def test_other_names_are_not_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_place, "WINDOWS", True)
    _place.check_name(Path(name))


# What is no file, and links.

@unix
@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_fifo_is_written_into(
    run: Run, xml: Path, force: tuple[str, ...], suffix: str
) -> None:
    fifo = xml.with_name(f"out{suffix}")
    os.mkfifo(fifo)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()), daemon=True)
    reader.start()
    result = run("convert", *force, xml, fifo.name)
    reader.join(30)
    assert result.status == 0
    assert result.err.startswith(f"7 events in out{suffix} (")
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    piped = subprocess.run(
        [sys.executable, "-P", "-m", "wfpfast.cli", "convert", xml, "-", "--to", suffix[1:]],
        capture_output=True, check=True, env=environment())
    if suffix == ".parquet":  # whose metadata differ by the time
        assert got[0][:4] == got[0][-4:] == b"PAR1"
    else:
        assert got == [piped.stdout]


@unix
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_device_is_written_into(run: Run, xml: Path, suffix: str) -> None:
    result = run("convert", xml, "/dev/null", "--to", suffix[1:])
    assert result.status == 0
    assert result.err.startswith("7 events in /dev/null (")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert names(xml.parent) == [xml.name]


@unix
def test_other_things_are_refused(run: Run, xml: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(xml.with_name("out.csv")))
        for force in ([], ["--force"]):
            result = run("convert", *force, xml, "out.csv")
            assert (result.status, result.err) == (
                1, "wfpfast: out.csv: is no file, and nothing that can be written into\n")
    assert stat.S_ISSOCK(xml.with_name("out.csv").stat().st_mode)


@unix
def test_what_becomes_a_fifo_meanwhile_is_not_replaced(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = xml.with_name("out.csv")
    out.write_bytes(OLD)
    real = _place.published

    def late(*arguments: Any) -> Any:
        out.unlink()
        os.mkfifo(out)
        return real(*arguments)

    monkeypatch.setattr(_place, "published", late)
    result = run("convert", "--force", xml, "out.csv")
    assert result.status == 1
    assert "out.csv: appeared meanwhile, and is left alone" in result.err
    assert stat.S_ISFIFO(out.stat().st_mode)


@root
def test_a_trap_in_a_folder_of_everybody_is_not_followed(run: Run, xml: Path) -> None:
    """As the kernel's protected_symlinks: another user's link in a folder such as /tmp."""
    shared = xml.with_name("shared")
    shared.mkdir()
    shared.chmod(0o1777)
    victim = xml.with_name("victim.csv")
    link = shared / "out.csv"
    link.symlink_to(victim)
    os.chown(link, 1234, 1234, follow_symlinks=False)
    for there in (False, True):
        if there:
            victim.write_bytes(OLD)
        result = run("convert", "--force", xml, link)
        assert result.status == 1
        assert result.err == (
            f"wfpfast: {link}: is a link that another user has put into a folder of everybody's\n")
        assert not there or victim.read_bytes() == OLD
    os.chown(link, 0, 0, follow_symlinks=False)
    assert run("convert", "--force", xml, link).status == 0
    assert link.is_symlink()
    assert victim.read_bytes() != OLD


@unix
def test_links_in_a_ring_are_one_line(run: Run, xml: Path) -> None:
    xml.with_name("a.csv").symlink_to("b.csv")
    xml.with_name("b.csv").symlink_to("a.csv")
    result = run("convert", "--force", xml, "a.csv")
    assert (result.status, result.err) == (
        1, "wfpfast: a.csv: Too many levels of symbolic links\n")


def test_a_fault_is_what_is_raised() -> None:
    with pytest.raises(Fault):
        _place.check_name(Path("\udcff.csv"))
