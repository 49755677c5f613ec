EVENTS: dict[int, tuple[int, str]]
