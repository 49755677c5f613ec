"""FILETIME, the time of Windows: 100 ns since 1601 in UTC; must not know the current time."""

UNIX_EPOCH = 116_444_736_000_000_000  # 1970 as a FILETIME
TICKS = 10_000_000  # in a second
