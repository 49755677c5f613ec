FIELD_NAMES: tuple[str, ...]
REASONS: tuple[str, ...]
