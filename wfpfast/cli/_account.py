"""What became of every event that came, to the event; must not know who writes, or where."""

from collections.abc import Mapping

from wfpfast.cli import _stats
from wfpfast.cli._stats import Stats

# What a stream counts on the way to the sum that is made here.
_ON_THE_WAY = (
    "received", "delivered", "waiting", "log", "last_event_ns", "last_heartbeat_ns")


def account(
    stats: Mapping[str, int], kept: int, *, complete: bool, left_out: int = 0
) -> Stats:
    """Return what is to be said of a stream, once it is closed and nothing comes any more.

    ``came`` = ``events`` + ``not_wanted`` + ``dropped`` + ``unreadable`` + ``unwritten`` +
    ``filtered``, which is there only if events were left out after they came. What the log had
    already came once; the second time it is one of ``doubles``.

    Parameters
    ----------
    stats : mapping
        Of the stream.
    kept : int
        How many of its events were written or shown.
    complete : bool
        Whether there were as many as were wanted: the rest is no loss then.
    left_out : int
        How many were not chosen.
    """
    live = "received" in stats
    came = stats["received"] + stats.get("log", 0) if live else stats.get("events", 0)
    came -= stats.get("doubles", 0)
    lost = {name: stats.get(name, 0) for name in ("dropped", "unreadable")}
    rest = came - kept - left_out - sum(lost.values())
    told = {name: count for name, count in stats.items() if name not in _ON_THE_WAY}
    if not told.get("collection_off", 1):
        del told["collection_off"]
    if left_out:
        told["filtered"] = left_out
    return {**told, **lost, "came": came, "events": kept,
            "not_wanted": rest if complete else 0, "unwritten": 0 if complete else rest}


def missing(stats: Mapping[str, int]) -> int:
    """Return how many events a file lacks that were to be in it."""
    return stats["dropped"] + stats["unreadable"] + stats["unwritten"]


def told(stats: Mapping[str, int]) -> list[str]:
    """Return the account in words; nothing if every event that came was kept."""
    if stats["came"] == stats["events"]:
        return _stats.told(stats)
    lines = [f"{stats['came']:,} came"]
    if stats.get("filtered"):
        lines.append(f"{stats['filtered']:,} not chosen")
    if stats["not_wanted"]:
        lines.append(f"{stats['not_wanted']:,} came after the last one wanted")
    return [*lines, *_stats.told(stats)]
