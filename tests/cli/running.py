"""Runs of the command line: what they leave behind, and what another Python needs for them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import wfpfast


@dataclass(frozen=True)
class Result:
    """What a run left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Result]


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which another Python finds the wfpfast that is tested here."""
    home = str(Path(wfpfast.__file__).parents[1])
    kept = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    return {**kept, "PYTHONPATH": home, "PYTHONUTF8": "1", **more}
