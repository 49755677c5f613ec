"""Counts equal rows of Arrow columns of any library; must not know events, files or a library.

The values of a column get numbers as they are met (`Values`), which are what is counted (`Tally`).
So a batch costs a few nanoseconds a cell, and memory grows with distinct values, not with rows.
"""

from wfpfast.counting._best import best
from wfpfast.counting._rows import Numbers, Rows
from wfpfast.counting._tally import Tally
from wfpfast.counting._values import Values

__all__ = ["Numbers", "Rows", "Tally", "Values", "best"]
