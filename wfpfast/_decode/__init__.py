"""Blocks in, batches out; must not know sources: engines, files, handles."""
