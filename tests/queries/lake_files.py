"""Files in the lake profile, of made-up and of hand-written events, for all engines."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from example_events import one_of_each

from wfpfast import Decoder, audit, encode
from wfpfast.dataset import lake
from wfpfast.dataset.files import LakeFile
from wfpfast.simulator.synthetic import Mix


def batches() -> list[tuple[str, pa.RecordBatch]]:
    """Return events with the host that they are of; two hosts share programs and filters."""
    events: dict[str, Sequence[Mapping[str, Any]]] = {
        "PC-1": [*Mix(seed=1).events(3_000)], "PC-2": [*Mix(seed=2).events(1_000), *one_of_each()],
        "pc-3": [*one_of_each(internal=True), *one_of_each(internal=True)]}
    found = []
    for host, some in events.items():
        batch = pa.record_batch(Decoder().decode(encode(some)))
        found.append((host, batch.append_column("event_id", audit.event_ids(batch))))
    return found


def written(folder: Path) -> Path:
    """Write a file a host; return the folder."""
    for host, batch in batches():
        made = lake.LakeProfile(batch.schema, host=host, columns=lake.schema())
        with (folder / f"{host}.parquet").open("wb") as file:
            out = LakeFile(file, lake.schema())
            out.write(made.of(batch))
            out.finish({}, [])
    return folder
