"""What the statistics of reading say in words, and as an exit status; must not know who counts.

The words begin with a plural that loses its s for one.
"""

from collections.abc import Mapping

from wfpfast.cli._screen import brief

Stats = dict[str, int]

# The exit status of a command that read everything, where some of it was not understood.
NOT_UNDERSTOOD = 3

# What was in the input, and could not be taken as it was.
_MENDED = {
    "malformed": "values that could not be read, now null",
    "lost_events": "events that could not be read at all, left out",
    "bad_chunks": "chunks of an event log that cannot be read, left out",
    "bad_checksums": "chunks that do not agree with their checksum, read all the same",
    "truncated_files": "files that break off, read as far as there is something",
    "unknown_forms": "values in a form that wfpfast does not know, now null",
    "only_messages": "records without named fields, left out: export .evtx, or ToXml()",
    "unknown_member": "members {} that wfpfast does not know, left out",
    "beyond_int64": "numbers of 2^63 and more, for which a signed column has no room, now null",
    "damaged_records": "records with damage, left out",
    "no_flags": "headers without <flags>: what is printed counts as set",
    "unknown_names": "names that wfpfast does not know, kept as UNKNOWN_...",
    "unknown_types": "events of a type that the SDK does not name",
    "unknown_element": "elements {} that wfpfast does not know, left out",
    "stray_text": "texts between elements, left out: something may be missing there",
    "replaced_text": "characters not valid in UTF-16, now U+FFFD",
    "mended_text": "characters that XML forbids, now U+FFFD",
    "guessed_encoding": "texts in a guessed encoding, {}: --encoding NAME says which it is",
    "timestamps_out_of_range": "timestamps beyond 1677..2262, now null",
    "filters_without_id": "filters without an id, left out",
    "filters_with_another_ones_id": "filters whose id a later filter has, left out",
}
# What was missing before it came to be read.
_LOST = {
    "undecided_sides": "connections into a host whose record does not say which end is local",
    "lost_process_ids": "process ids that a collector wrote over, now null",
    "received_times": "times of a collector, since the record's own have no zone",
    "dropped": "events for which there was no room as they came",
    "unreadable": "events that could not be followed as they came",
    "collection_off": "times that another program switched off collection: events are missing",
    "unwritten": "events that came and were not written",
}
# What is neither: how many events there are, or what the file knows.
_OTHER = ("events", "came", "not_wanted", "filtered", "doubles", "named_code", "other_events",
          "local_is_source", "local_is_destination")


def is_loss(name: str) -> bool:
    """Tell whether a statistic counts what was lost or mended."""
    return name.partition(":")[0] not in _OTHER


def names_of_codes(stats: Mapping[str, int]) -> dict[int, str]:
    """Return the names of codes that files have told, by code."""
    told = [name.split(":") for name in stats if name.startswith("named_code:")]
    return {int(parts[1]): parts[2] for parts in told if len(parts) == 3 and parts[1].isdecimal()}


def words(name: str, count: int) -> str:
    """Return what a statistic counts; ``name:detail`` is about the detail."""
    kind, _, detail = name.partition(":")
    text = (_MENDED | _LOST).get(kind)
    if text is None:
        return brief(name)
    noun, space, rest = text.replace("{}", brief(detail)).partition(" ")
    return f"{noun.removesuffix('s') if count == 1 else noun}{space}{rest}"


def told(stats: Mapping[str, int]) -> list[str]:
    """Return what was lost or mended, as "1 value that could not be read, now null"."""
    return [
        f"{count:,} {words(name, count)}"
        for name, count in stats.items() if count and is_loss(name)]


def status(stats: Mapping[str, int]) -> int:
    """Return the exit status of a command that has read everything."""
    mended = any(count and name.partition(":")[0] in _MENDED for name, count in stats.items())
    return NOT_UNDERSTOOD if mended else 0
