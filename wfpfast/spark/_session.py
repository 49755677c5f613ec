"""Prepares a session of Spark, and says what would go wrong in it; must not know what is read."""

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from wfpfast.dataset import lake

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

EVENTS = "events"
_NEEDED = ("wfpfast", "pyarrow")
_PROBE = f"""
import importlib, json, sys
missing = []
for name in {_NEEDED}:
    try:
        importlib.import_module(name)
    except ImportError:
        missing.append(name)
print(json.dumps([list(sys.version_info[:2]), missing]))
"""
_NANOSECONDS = "TIMESTAMP(NANOS"


def register(spark: "SparkSession") -> None:
    """Give a session the format ``wfpfast``.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        Of Spark 4.0 or later.

    Raises
    ------
    ImportError
        If pyspark is older, or pyarrow is missing.
    RuntimeError
        If the Python that Spark starts as a worker has no wfpfast or no pyarrow, or is another
        version. On executors of other machines nobody looks.
    """
    try:
        from wfpfast.spark._source import Wfpfast
    except ImportError as error:
        raise ImportError(
            f"{error}: wfpfast.spark needs Spark 4.0 or later and pyarrow: pip install"
            " 'wfpfast[spark]'") from error
    worker = _worker(spark)
    if worker is not None:
        _check(worker)
    spark.dataSource.register(Wfpfast)


def _worker(spark: Any) -> str | None:
    """Return the Python that Spark starts, None if the session does not know it (Spark Connect)."""
    try:
        return str(spark.sparkContext.pythonExec)
    except Exception:  # of many kinds, by version
        return None


def _check(worker: str) -> None:
    """Raise RuntimeError unless a Python can be a worker."""
    if worker == sys.executable:
        return
    way_out = (
        f"set the environment variable PYSPARK_PYTHON, here to {sys.executable}, before the session"
        " begins. The setting spark.pyspark.python does not reach data sources")
    try:
        told = subprocess.run(
            [worker, "-c", _PROBE], check=True, capture_output=True, text=True, timeout=60).stdout
        version, missing = json.loads(told)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise RuntimeError(
            f"Spark's workers are started as {worker!r}, which does not run: {error}; {way_out}"
        ) from error
    if missing:
        raise RuntimeError(
            f"Spark's workers are started as {worker!r}, which has no {' and no '.join(missing)};"
            f" {way_out}")
    if tuple(version) != sys.version_info[:2]:
        here = ".".join(map(str, sys.version_info[:2]))
        raise RuntimeError(
            f"Spark's workers are started as {worker!r}, which is Python"
            f" {'.'.join(map(str, version))}, and this is {here}; {way_out}")


def views(spark: "SparkSession", path: str, *, events: str = EVENTS) -> "DataFrame":
    """Let a session query Parquet files in the lake profile, which Spark reads itself.

    All columns of the profile are there, null where files lack them, so that the questions of
    `wfpfast.queries` can be asked of any dataset.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
        Any; it needs no `register`.
    path : str
        A dataset of ``wfpfast collect``, or what ``convert --profile lake`` wrote, on any storage
        that Spark knows.
    events : str
        What the view is called.

    Returns
    -------
    pyspark.sql.DataFrame
        What the view shows.

    Raises
    ------
    ValueError
        If the files are not in the lake profile.
    """
    from pyspark.sql.types import StructType

    from wfpfast.spark._rows import declared

    known = StructType.fromDDL(declared(lake.schema()))
    others = [field for field in _schema(spark, path) if field.name not in known.fieldNames()]
    # Spark puts what folders say, as host=PC-1, behind what files have.
    frame = spark.read.schema(StructType([*known, *others])).parquet(path).select(
        *known.fieldNames(), *(field.name for field in others))
    frame.createOrReplaceTempView(events)
    return frame


def _schema(spark: Any, path: str) -> Any:
    """Return what Spark finds in Parquet files."""
    try:
        return spark.read.parquet(path).schema
    except Exception as error:  # of Spark Classic or Spark Connect
        if _NANOSECONDS not in str(error):
            raise
        raise ValueError(
            f"{path}: has times in nanoseconds, which Spark does not read: write it by"
            " 'wfpfast collect', or by 'wfpfast convert --profile lake'") from error
