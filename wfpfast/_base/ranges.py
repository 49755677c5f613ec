"""Refuses a number that is outside of a range, by its name; must not know what numbers mean."""

MOST = (1 << 62) - 1    # what no number of bytes, events or nanoseconds comes near


def check_range(name: str, value: float, least: float, most: float = MOST) -> None:
    """Raise ValueError unless the value of an argument is between the two; NaN is not."""
    if not least <= value <= most:
        limit = f"from {least:,} to {most:,}" if most < MOST else f"of at least {least:,}"
        raise ValueError(f"{name} {value}: expected a number {limit}")
