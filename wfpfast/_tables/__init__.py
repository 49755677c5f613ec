"""Numbers and their names as plain literals, one subject per module; must not know who asks.

Nothing is imported here: each table loads when something first needs it.
"""
