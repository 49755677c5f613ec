"""The list of doors, by name."""

from fuzz import Door, blocks, event_lines, event_logs, netsh_files, recordings

DOORS: dict[str, Door] = {
    "blocks": blocks.DOOR,
    "recordings": recordings.DOOR,
    "events": netsh_files.EVENTS,
    "filters": netsh_files.FILTERS,
    "event_logs": event_logs.DOOR,
    "event_lines": event_lines.DOOR,
}
