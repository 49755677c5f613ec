"""Reads .evtx, the event log files of Windows; must not know which events there are, nor columns.

A file is a header of 4 KiB and chunks of 64 KiB. A chunk has records, and all that they need: the
names of elements, and templates. A template is the XML of an event with numbered gaps, which the
values of a record fill. The format is not documented by Microsoft; the facts are those of libevtx
(libyal, "Windows XML Event Log (EVTX) format"), checked against real files.
"""
