EVENT_COLUMNS: tuple[str, ...]
