"""Runs that take as long as they are told to: memory stays flat, and counts are exact."""
