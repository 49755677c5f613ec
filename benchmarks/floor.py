"""Plain C as a rival: builds floor.c, runs it, and reads its columns; must not know time.

Its times are its own, taken within C: the cost of getting there from Python is not counted.
"""

import ctypes as c
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import MissingLibraryError
from benchmarks.rivals import (
    CAPABILITIES,
    DIRECTION_NAMES,
    EVENT_TYPES,
    Lists,
    Names,
    image,
    path_text,
    sid_text,
)
from wfpfast import Block

BITMAPS = (
    "ip_protocol", "local_address", "remote_address", "local_port", "remote_port", "scope_id",
    "app_path", "user_sid", "package_sid", "ip_version", "filter_id", "layer_id", "reauth_reason",
    "original_profile", "current_profile", "direction", "is_loopback", "spi", "failure_status",
    "network_capability")
# As floor.c's Columns, by type and name.
_U8, _U16, _U32, _U64 = c.c_uint8, c.c_uint16, c.c_uint32, c.c_uint64
_I32, _I64 = c.c_int32, c.c_int64
_MEMBERS = (
    (_I64, "timestamp"), (_U32, "flags"), (_U32, "event_type"), (_U8, "ip_version"),
    (_U8, "ip_protocol"), (_I32, "local_offsets"), (_I32, "remote_offsets"), (_U8, "local_text"),
    (_U8, "remote_text"), (_U16, "local_port"), (_U16, "remote_port"), (_U32, "scope_id"),
    (_I32, "app_path"), (_I32, "user_sid"), (_I32, "package_sid"), (_U64, "filter_id"),
    (_U16, "layer_id"), (_U32, "reauth_reason"), (_U32, "original_profile"),
    (_U32, "current_profile"), (_U32, "direction"), (_U8, "is_loopback"), (_U32, "spi"),
    (_I32, "failure_status"), (_U32, "network_capability"))


class Columns(c.Structure):
    """floor.c's Columns."""

    _fields_ = (
        *((name, c.POINTER(kind)) for kind, name in _MEMBERS),
        ("valid", c.POINTER(_U64) * len(BITMAPS)))


def build() -> c.CDLL:
    """Compile floor.c as fast as this compiler makes it."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "floor.so"
        command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library),
                   str(Path(__file__).with_name("floor.c"))]
        try:
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise MissingLibraryError(f"plain C: {error}") from None
        loaded = c.CDLL(str(library))
    loaded.floor_decode.restype = loaded.floor_copy.restype = c.c_double
    loaded.floor_state.restype = c.c_void_p
    loaded.floor_value.restype = c.POINTER(_U8)
    loaded.floor_decode.argtypes = (c.c_void_p, c.c_size_t, c.c_ssize_t, c.c_void_p, c.c_void_p)
    loaded.floor_copy.argtypes = (c.c_void_p, c.c_void_p, c.c_size_t)
    loaded.floor_free.argtypes = (c.c_void_p,)
    loaded.floor_value.argtypes = (c.c_void_p, _I32, c.POINTER(_U32))
    return loaded


class Decoded:
    """Columns of plain C's, which are freed with this; and how long they took."""

    def __init__(self, library: c.CDLL, block: Block, state: int) -> None:
        self._library = library
        self.columns = Columns()
        data = image(block)
        address = c.cast(data, c.c_void_p).value or 0
        self.seconds = library.floor_decode(
            address + block.entries_offset, block.count, address - block.base, state,
            c.addressof(self.columns))

    def __del__(self) -> None:
        self._library.floor_free(c.addressof(self.columns))


class Floor:
    """The plain, unchecked C loop of floor.c."""

    name = "plain C, unchecked"
    columns: Names = (
        "timestamp", "event_type", "local_address", "remote_address", "app_path", "user_sid",
        "package_sid", "ip_version", "ip_protocol", "local_port", "remote_port", "scope_id",
        "filter_id", "layer_id", "direction", "is_loopback", "spi",
        "failure_status", "network_capability")
    slow = False

    def __init__(self) -> None:
        self.library = build()
        self._state = self.library.floor_state()

    def run(self, block: Block) -> Decoded:
        """Decode a block and say how long it took."""
        return Decoded(self.library, block, self._state)

    def decode(self, block: Block) -> Lists:
        """Return what it reads as lists, to be compared."""
        done, n = self.run(block), block.count
        cells: dict[str, list[Any]] = {
            name: getattr(done.columns, name)[:n] for _, name in _MEMBERS
            if not name.endswith(("_text", "_offsets"))}
        for side in ("local", "remote"):
            ends = getattr(done.columns, f"{side}_offsets")[:n + 1]
            text = bytes(getattr(done.columns, f"{side}_text")[:ends[-1]]).decode()
            cells[f"{side}_address"] = [text[a:b] for a, b in pairwise(ends)]
        for place, (name, make) in enumerate(
            (("app_path", path_text), ("user_sid", sid_text), ("package_sid", sid_text))
        ):
            cells[name] = self._texts(place, cells[name], make)
        for name, known in (("event_type", EVENT_TYPES), ("direction", DIRECTION_NAMES),
                            ("network_capability", CAPABILITIES)):
            cells[name] = [known[cell] for cell in cells[name]]
        cells["is_loopback"] = [bool(cell) for cell in cells["is_loopback"]]
        for place, name in enumerate(BITMAPS):
            words = done.columns.valid[place][:n // 64 + 1]
            cells[name] = [cell if words[row >> 6] >> (row & 63) & 1 else None
                           for row, cell in enumerate(cells[name])]
        return {name: cells[name] for name in self.columns}

    def _texts(self, place: int, keys: list[int], make: Any) -> list[str]:
        dictionary = self._state + place * self._dictionary_size()
        known: dict[int, str] = {}
        size = _U32()
        for key in set(keys):
            value = self.library.floor_value(dictionary, key, c.byref(size))
            known[key] = make(bytes(value[:size.value])) if value else ""
        return [known[key] for key in keys]

    def _dictionary_size(self) -> int:
        return c.c_size_t.in_dll(self.library, "floor_dictionary_size").value
