"""Datasets elsewhere: a file system of pyarrow, one of fsspec, and a server that speaks S3."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pyarrow.fs
import pytest
from dataset.made import events, ids_of

from wfpfast import dataset
from wfpfast.dataset import _manifest, _store


@pytest.fixture
def files(tmp_path: Path) -> pyarrow.fs.FileSystem:
    """A file system of pyarrow that is not known to be a folder."""
    return pyarrow.fs.SubTreeFileSystem(tmp_path.as_posix(), pyarrow.fs.LocalFileSystem())


def used(path: str, filesystem: Any, read: Any) -> None:
    """Write, look, and compact, as on a disk."""
    with dataset.Writer(path, filesystem=filesystem) as out:
        out.write(events(range(300)))
        assert out.claim("a")
        assert out.claim("a")       # there are no locks
        out.commit([dataset.Origin("a", {"name": "a"}, 300, 300)])
        out.write(events(range(300, 320), host="WS2"))
        assert read() == list(range(300))
    assert read() == list(range(320))
    with dataset.Writer(path, filesystem=filesystem) as out:
        assert out.last({"name": "a"}) is not None
        out.write(events(range(320, 400)))
    found = dataset.verify(path, filesystem=filesystem, read=True)
    assert (found.problems, found.events, found.files) == ([], 400, 4)
    done = dataset.compact(path, filesystem=filesystem, before="2027-01-01")
    assert done == dataset.Compacted(1, 2, 1, 180)
    assert read() == list(range(400))
    assert dataset.verify(path, filesystem=filesystem).problems == []


def test_a_file_system_of_pyarrow(tmp_path: Path, files: pyarrow.fs.FileSystem) -> None:
    used("some/lake", files, lambda: ids_of(tmp_path / "some"))


def test_a_writer_that_is_gone_is_known_by_its_age(
    tmp_path: Path, files: pyarrow.fs.FileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are no locks: what it has committed is moved at once, the rest goes late."""
    home = tmp_path / "lake"
    with dataset.Writer("lake", filesystem=files) as out:
        out.write(events(range(10)))
    gone = dataset.Writer("lake", filesystem=files)
    gone.write(events(range(10, 20)))

    def broken(*_: Any) -> None:
        raise OSError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(_store.Remote, "move", broken)
        with pytest.raises(OSError, match="gone"):
            gone.commit()
    assert ids_of(home) == list(range(10))
    staged = files.open_output_stream(f"lake/{_manifest.STAGING}/{gone.name}/x.parquet.part")
    staged.close()
    assert dataset.verify("lake", filesystem=files).finished == 1
    assert ids_of(home) == list(range(20))
    assert (home / _manifest.STAGING / gone.name / "x.parquet.part").exists()
    monkeypatch.setattr(_manifest, "_ABANDONED", -1.0)
    assert dataset.verify("lake", filesystem=files).finished == 0
    assert not list((home / _manifest.STAGING).glob("**/*.part"))
    gone.close(abort=True)


def test_a_file_system_of_fsspec(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")

    def read() -> list[int]:
        here = tmp_path / "copy"
        shutil.rmtree(here, ignore_errors=True)
        for path in memory.find("/lake"):
            if path.endswith(".parquet"):
                target = here / path.lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(memory.cat(path))
        return ids_of(here)

    used("lake", memory, read)


def test_an_address_of_this_computer_is_a_folder(tmp_path: Path) -> None:
    address = (tmp_path / "lake").as_uri()
    with dataset.Writer(address) as out:
        out.write(events([1]))
    assert ids_of(tmp_path / "lake") == [1]
    assert isinstance(_store.store_of(address), _store.Folder)


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of this computer that speaks S3, with a bucket."""
    pytest.importorskip("moto", reason="moto[server] is not installed: no server for S3")
    pytest.importorskip("flask", reason="moto has no server: moto[server]")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-p", "0", "-H", "127.0.0.1"],
            stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        address = ""
        while not address:
            assert server.poll() is None
            time.sleep(0.05)
            text = (tmp_path / "log").read_text(encoding="utf-8", errors="replace")
            address = text.partition("Running on http://")[2].split()[:1][0] if (
                "Running on http://" in text and "\n" in text.partition("Running on ")[2]) else ""
        with urllib.request.urlopen(
                urllib.request.Request(f"http://{address}/bucket", method="PUT")):
            yield address
    finally:
        server.kill()
        server.wait()


def test_s3(s3: str) -> None:
    address = f"s3://bucket/some/lake?endpoint_override={s3}&scheme=http&region=us-east-1"
    files, path = pyarrow.fs.FileSystem.from_uri(address)

    def read() -> list[int]:
        found = ds.dataset(path, filesystem=files, partitioning="hive").to_table(["filter_id"])
        return sorted(found.column(0).to_pylist())

    used(address, None, read)
    keys = [each.path for each in files.get_file_info(
        pyarrow.fs.FileSelector("bucket", recursive=True))
        if each.type == pyarrow.fs.FileType.File]
    assert not [key for key in keys if "/staging/" in key]
    assert sum(key.endswith(".parquet") for key in keys) == 3
