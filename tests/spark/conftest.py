"""One session of Spark for all tests that need it, which are skipped where there is none."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MASTER = os.environ.get("WFPFAST_SPARK_MASTER", "local[2]")
REQUIRED = bool(os.environ.get("WFPFAST_REQUIRE_SPARK"))


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java")) or bool(home and Path(home, "bin", "java").exists())


def _without(reason: str) -> None:
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """Return a session of Spark without the format."""
    if not _java():
        _without("Spark needs Java 17: apt install openjdk-17-jre-headless")
    try:
        import pyspark
        from pyspark.sql import SparkSession
    except ImportError:
        _without("pyspark is not installed: pip install 'wfpfast[spark]'")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_HOME", os.path.dirname(pyspark.__file__))
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(MASTER).config("spark.ui.enabled", "false")
    for name, value in {
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "Asia/Kathmandu",     # UTC+5:45, which must not matter
        "spark.sql.warehouse.dir": os.devnull,
        # Of few rows nothing has to be compiled.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        # Executors of their own processes find what this one finds.
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("OFF")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def spark(session: Any) -> Any:
    """Return the session with the format."""
    from wfpfast.spark import register

    register(session)
    return session
