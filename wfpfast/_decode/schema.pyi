COLUMN_SLOTS: dict[str, int]
EVENT_COLUMNS: tuple[str, ...]
