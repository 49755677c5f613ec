"""Which occurrences are fresh, against a few lines of Python that count as the rule says."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfpfast._base.occurrences import Occurrences

Events = list[tuple[int, int]]  # key and grain


def by_rule(sources: list[Events]) -> list[list[bool]]:
    """Compare each source with every one before it, by counting."""
    found = []
    for number, source in enumerate(sources):
        before = [Counter(each) for each in sources[:number]]
        exact: Counter[tuple[int, int]] = Counter()
        any_grain: Counter[int] = Counter()
        fresh = []
        for key, grain in source:
            exact[key, grain] += 1
            any_grain[key] += 1
            grains = {g for counts in before for k, g in counts if k == key}
            most = {g: max(counts[key, g] for counts in before) for g in grains}
            if grain == 0:
                fresh.append(any_grain[key] > sum(most.values()))
            else:
                fresh.append(exact[key, grain] > most.get(grain, 0)
                             and any_grain[key] > most.get(0, 0))
        found.append(fresh)
    return found


def asked(sources: list[Events], *, last: bool, piece: int = 1000) -> list[list[bool]]:
    seen, found = Occurrences(), []
    for number, source in enumerate(sources, 1):
        seen.begin(last=last and number == len(sources))
        fresh: list[bool] = []
        for k in range(0, len(source), piece):
            part = source[k:k + piece]
            bits = seen.fresh(
                b"".join(key.to_bytes(8, "little") for key, _ in part),
                b"".join(grain.to_bytes(4, "little") for _, grain in part))
            assert len(bits) == (len(part) + 7) // 8
            fresh += [bool(bits[n >> 3] >> (n & 7) & 1) for n in range(len(part))]
        found.append(fresh)
    return found


# Few keys, so that they meet; one is 0, and some belong at the same place of the table or its end.
KEYS = st.sampled_from([0, 1, 2, 1 << 63, (1 << 64) - 1, (1 << 64) - 2, (1 << 64) - 3])
SOURCES = st.lists(st.lists(st.tuples(KEYS, st.integers(0, 2)), max_size=40), max_size=4)


@given(SOURCES, st.booleans(), st.integers(1, 9))
def test_against_the_rule(sources: list[Events], last: bool, piece: int) -> None:
    assert asked(sources, last=last, piece=piece) == by_rule(sources)


def test_a_table_that_grows() -> None:
    numbers = random.Random(3)
    keys = [(numbers.getrandbits(64), numbers.randrange(3)) for _ in range(5_000)]
    sources = [keys[:3_000], keys[2_000:] + keys[:10], keys]
    assert asked(sources, last=False, piece=77) == by_rule(sources)
    assert sum(map(sum, asked(sources, last=False))) == 5_000


def test_of_the_last_source_only_what_is_known_is_remembered() -> None:
    def pieces(keys: list[int]) -> tuple[bytes, bytes]:
        return b"".join(key.to_bytes(8, "little") for key in keys), bytes(4 * len(keys))

    seen = Occurrences()
    seen.begin(last=False)
    seen.fresh(*pieces([1 << 60, 2 << 60]))
    assert len(seen) == 2
    seen.begin(last=True)
    assert seen.fresh(*pieces([3 << 60, 1 << 60, 4 << 60])) == bytes([0b101])
    assert len(seen) == 2


def test_sizes_are_checked() -> None:
    with pytest.raises(ValueError, match="7 bytes of keys and 4 of grains"):
        Occurrences().fresh(bytes(7), bytes(4))
