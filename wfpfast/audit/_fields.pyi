FIELDS: dict[str, int]
SYSTEM: dict[str, int]
