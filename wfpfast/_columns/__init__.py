"""Columns as Arrow has them, and batches and tables of them; must not know what an event is."""
