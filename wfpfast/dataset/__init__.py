"""Datasets of Parquet files that every engine reads; must not know the formats of sources."""

from wfpfast.dataset._compact import Compacted, compact
from wfpfast.dataset._manifest import Origin
from wfpfast.dataset._store import DatasetError
from wfpfast.dataset._verify import Verified, verify
from wfpfast.dataset.writer import Writer

__all__ = ["Compacted", "DatasetError", "Origin", "Verified", "Writer", "compact", "verify"]
