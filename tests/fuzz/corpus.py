"""The units that are kept, one archive a door; must not know what they mean.

They were found by the fuzzers, from seeds that are made up: none comes from a real capture.
"""

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")
BEGIN_OF_TIME = (1980, 1, 1, 0, 0, 0)   # the same units are the same bytes


def name_of(unit: bytes) -> str:
    return hashlib.sha256(unit).hexdigest()[:16]


def kept(door: str) -> dict[str, bytes]:
    """Return the units of a door by name."""
    with zipfile.ZipFile(FOLDER / f"{door}.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def keep(door: str, units: Iterable[bytes]) -> None:
    """Let these, and no others, be the units of a door."""
    FOLDER.mkdir(exist_ok=True)
    with zipfile.ZipFile(FOLDER / f"{door}.zip", "w") as archive:
        for name, unit in sorted({name_of(unit): unit for unit in units}.items()):
            archive.writestr(
                zipfile.ZipInfo(name, BEGIN_OF_TIME), unit, zipfile.ZIP_DEFLATED, 9)


def unpack(units: Iterable[bytes], folder: Path) -> None:
    """Write units as files, as libFuzzer reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for unit in units:
        (folder / name_of(unit)).write_bytes(unit)


def units_in(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
