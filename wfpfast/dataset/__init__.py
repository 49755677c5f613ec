"""Datasets of Parquet files that every engine reads; must not know the formats of sources."""
