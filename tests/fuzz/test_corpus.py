"""Every unit that is kept keeps the promises, and is read as the oracles read it."""

import pytest

from fuzz import parted
from fuzz.corpus import kept
from fuzz.doors import DOORS

# How many units an oracle has an opinion on, at least.
COMPARED = {
    "blocks": 80, "recordings": 10, "events": 10, "filters": 10, "event_logs": 20,
    "event_lines": 40}


@pytest.mark.parametrize("door", DOORS)
def test_units_that_are_kept(door: str) -> None:
    units = kept(door)
    assert len(units) >= 2 * COMPARED[door]
    compared = 0
    for name, unit in units.items():
        try:
            DOORS[door].try_unit(*parted(unit), len)
            compared += DOORS[door].compare(parted(unit)[0])
        except Exception as error:
            error.add_note(f"unit {name} of {door}")
            raise
    assert compared >= COMPARED[door]


@pytest.mark.parametrize("door", DOORS)
def test_seeds(door: str) -> None:
    seeds = list(DOORS[door].seeds())
    assert len(seeds) >= 7
    for each in seeds:
        DOORS[door].try_unit(each, [], len)
