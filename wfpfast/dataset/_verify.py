"""Checks that a dataset is what its manifest says; must not know where its events come from."""

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wfpfast.dataset import _manifest
from wfpfast.dataset._manifest import HOME, Manifest, Part
from wfpfast.dataset._store import DatasetError, Store, store_of


@dataclass
class Verified:
    """What was found.

    Attributes
    ----------
    events, files, commits : int
        How much there is, by the manifest.
    finished : int
        How many files were moved to their place now, since a run that was ended had not done so.
    problems : list of str
        What is not as the manifest says.
    stats : Counter
        What was lost or mended on the way to the dataset, by the manifest.
    """

    events: int = 0
    files: int = 0
    commits: int = 0
    finished: int = 0
    problems: list[str] = field(default_factory=list)
    stats: Counter[str] = field(default_factory=Counter)


def verify(
    path: str | os.PathLike[str], *, filesystem: Any = None, read: bool = False
) -> Verified:
    """Compare the files of a dataset with its manifest.

    What a run that was ended had committed, and not carried out, is carried out first.

    Parameters
    ----------
    path, filesystem
        As for `Writer`.
    read : bool
        Whether to read every page and compare its checksum, too, and not only what each file says
        of itself.

    Raises
    ------
    DatasetError
        If there is no dataset.
    """
    store = store_of(path, filesystem)
    found = Verified(finished=_manifest.recover(store))
    manifest = Manifest(store)
    if not manifest.commits:
        raise DatasetError(f"{store.name}: is no dataset: there is nothing in {_manifest.COMMITS}")
    parts = manifest.parts
    there = {entry.path for entry in store.files("") if not entry.path.startswith(f"{HOME}/")}
    for part in parts.values():
        if part.path not in there:
            found.problems.append(f"{part.path}: is gone, with {part.events:,} events")
        else:
            found.problems += _differences(store, part, read=read)
    found.problems += [
        f"{name}: is not in the manifest: whoever reads the folder, reads it, too"
        for name in sorted(there - parts.keys()) if name.endswith(".parquet")]
    found.problems += _sums(manifest)
    found.events = sum(part.events for part in parts.values())
    found.files, found.commits, found.stats = len(parts), len(manifest.commits), manifest.stats
    return found


def _differences(store: Store, part: Part, *, read: bool) -> list[str]:
    """Return what a file has that the manifest has not, or the other way round."""
    size = store.size(part.path)
    if size != part.nbytes:
        return [f"{part.path}: has {size:,} bytes, and not {part.nbytes:,}"]
    try:
        with store.open(part.path) as file:
            found = pq.ParquetFile(file, page_checksum_verification=read)
            rows = found.metadata.num_rows
            if read:
                rows = sum(len(batch) for batch in found.iter_batches())
    except (pa.ArrowException, OSError) as error:
        return [f"{part.path}: cannot be read: {str(error).partition(chr(10))[0]}"]
    if rows != part.events:
        return [f"{part.path}: has {rows:,} events, and not {part.events:,}"]
    return []


def _sums(manifest: Manifest) -> list[str]:
    """Return commits whose files do not have as many events as came of their origins."""
    found = []
    for commit in manifest.commits:
        came = sum(origin.events for origin in commit.origins)
        have = sum(part.events for part in commit.parts)
        if commit.origins and came != have:
            found.append(f"{commit.path}: has {have:,} events, and {came:,} came")
    return found
