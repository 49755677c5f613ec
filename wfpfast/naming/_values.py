"""Columns that are made of other columns, each distinct value once; must not know events."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa

KIND = pa.dictionary(pa.int32(), pa.utf8())


class Mapped:
    """What becomes of the values of a column, batch after batch.

    The dictionary only grows, so that a code means the same in all batches.

    Parameters
    ----------
    make : callable
        Returns what becomes of a value; None is null.
    first : iterable of str
        Values that the dictionary begins with.
    """

    def __init__(self, make: Callable[[str], str | None], first: Iterable[str] = ()) -> None:
        self._make = make
        self._places = {value: place for place, value in enumerate(first)}
        self._values = pa.array(list(self._places), pa.utf8())
        self._seen = pa.array([], pa.utf8())    # the last dictionary, and what became of it
        self._made = pa.array([], pa.int32())

    @property
    def values(self) -> pa.Array:
        """The dictionary so far."""
        if len(self._values) < len(self._places):
            self._values = pa.array(list(self._places), pa.utf8())
        return self._values

    def codes(self, source: Any) -> pa.Array:
        """Return the codes of a column of texts."""
        column = encoded(source)
        values = column.dictionary.cast(pa.utf8())
        if not values.equals(self._seen):
            # Most dictionaries are the one before with some values more.
            same = len(self._seen)
            if not values.slice(0, same).equals(self._seen):
                same, self._made = 0, self._made.slice(0, 0)
            more = pa.array(
                [self._code(value) for value in values.slice(same).to_pylist()], pa.int32())
            self._seen, self._made = values, pa.concat_arrays([self._made, more])
        return self._made.take(column.indices)

    def column(self, source: Any) -> pa.DictionaryArray:
        """Return what becomes of a column of texts."""
        return pa.DictionaryArray.from_arrays(self.codes(source), self.values)

    def _code(self, value: str | None) -> int | None:
        made = None if value is None else self._make(value)
        return None if made is None else self._places.setdefault(made, len(self._places))


def joined(column: Any) -> pa.Array:
    """Return a column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def encoded(column: Any) -> pa.DictionaryArray:
    """Return a column as codes and the distinct values behind them."""
    array = joined(column)
    return array if pa.types.is_dictionary(array.type) else array.dictionary_encode()


def program(path: str) -> str:
    """Return the short name of a program: what stands behind the last backslash."""
    return path.rpartition("\\")[2] or path


class Drives:
    """Paths with drive letters in place of devices.

    Parameters
    ----------
    volumes : mapping
        Drives by volumes: ``HarddiskVolume3`` or ``\\Device\\HarddiskVolume3``, in any case; or
        such mappings by hosts, ``{"PC1": {"HarddiskVolume3": "C:"}}``. What is of no host is for
        those that have no mapping of their own.

    Attributes
    ----------
    hosts : list of str
        The hosts that have a mapping of their own.
    of_nobody : bool
        Whether there are drives that are of no host.

    Raises
    ------
    ValueError
        If this is no such mapping.
    """

    def __init__(self, volumes: Any) -> None:
        every = dict(volumes)
        of_hosts = {host: drives for host, drives in every.items() if isinstance(drives, Mapping)}
        for host in of_hosts:
            if not isinstance(host, str) or not host:
                raise ValueError(f"volumes: {host!r}: expected the name of a host")
            del every[host]
        self.hosts = list(of_hosts)
        self.of_nobody = bool(every)
        self._drives: dict[str | None, dict[str, str]] = {None: _drives(every)}
        self._drives.update((host, _drives(drives)) for host, drives in of_hosts.items())

    def of(self, host: str | None) -> dict[str, str]:
        """Return the drives of a host by the short names of volumes, in lower case."""
        return self._drives.get(host, self._drives[None])

    def path(self, device_path: str, host: str | None = None) -> str:
        r"""Return a path with its drive; one of a volume that is not known stays as it is."""
        parts = device_path.split("\\", 3)
        if len(parts) < 4 or parts[0] or parts[1].casefold() != "device":
            return device_path
        drive = self.of(host).get(parts[2].casefold())
        return device_path if drive is None else f"{drive}\\{parts[3]}"


def _drives(volumes: Mapping[Any, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for volume, drive in volumes.items():
        if not isinstance(volume, str) or not isinstance(drive, str) or not volume:
            raise ValueError(f"volumes: {volume!r}: {drive!r}: expected a text for a text, as"
                             " 'HarddiskVolume3': 'C:'")
        name = volume.casefold().removeprefix("\\device\\").strip("\\")
        found[name] = drive.rstrip("\\")
    return found
