"""Blocks, the memory of events as Windows makes it: written, copied; must not know the decoder."""
