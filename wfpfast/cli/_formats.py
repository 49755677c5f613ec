"""Which files the commands read and write, one entry each; must not know how that is done.

A source or an output joins by its entry here: help and errors are made of these tables. What does
the work is imported when a file of the kind is opened, so that ``--help`` needs no pyarrow.
"""

import importlib
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from wfpfast.cli._screen import Fault

EMPTY = "is empty: 0 bytes"
DECODER = ("addresses", "errors")  # options that a Decoder takes


class Format(NamedTuple):
    """A kind of file.

    Attributes
    ----------
    suffix : str
        How names of such files end, in lower case. It names the format of an output; of a source
        it counts only where the content could be of several.
    what : str
        What it is, for ``--help``: at most 66 characters.
    work : str
        ``module:name`` within `wfpfast.cli`. Of a source, a function that takes an `Input`, a
        `Request` and an `ExitStack`, and returns a `Source`; of an output, a class that takes a
        binary file and a schema, and is a `Writer`.
    begins : tuple of bytes
        The first bytes of such a file.
    looks : str
        Where bytes alone do not say it: ``module:name`` of a function that takes the first
        bytes, `HEAD` of them at most, and says whether they are of this source.
    takes : tuple of str
        Options that mean something to a source, such as ``--errors`` to what is decoded, or to an
        output.
    also : tuple of str
        Other ends of names.
    empty : bool
        Whether a file of 0 bytes is one without events.
    hint : str
        Why there may be no events in such a file.
    audits : bool
        Whether its events are records of the Security log, which have more columns.
    """

    suffix: str
    what: str
    work: str
    begins: tuple[bytes, ...] = ()
    looks: str = ""
    takes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    empty: bool = False
    hint: str = ""
    audits: bool = False

    def load(self) -> Any:
        """Import what does the work."""
        return _imported(self.work)

    def recognises(self, head: bytes) -> bool:
        """Tell whether the first bytes are those of such a file."""
        begins = bool(self.begins) and head.startswith(self.begins)
        return begins or bool(self.looks and _imported(self.looks)(head))


def _imported(work: str) -> Any:
    module, _, name = work.partition(":")
    return getattr(importlib.import_module(f"wfpfast.cli.{module}"), name)


NO_NETSH_EVENTS = (
    "the log of net events was empty: Windows keeps it in memory, from its start on; or collection"
    " is off (netsh wfp show options optionsfor=netevents; netsh wfp set options netevents=on);"
    " or what happened is collected only by keyword, as allowed connections are (docs/windows.md)")
NO_AUDIT_EVENTS = (
    "no record of the filtering engine is in this log: it has other records, or the audit is off"
    " (auditpol /get /subcategory:\"Filtering Platform Connection\"; docs/security-log.md)")
SOURCES = (
    Format(".xml", "what netsh wfp writes: netevents.xml, wfpdiag.xml", "_open_decoded:xml",
           looks="_content:netsh", takes=(*DECODER, "encoding"), hint=NO_NETSH_EVENTS),
    Format(".wfprec", "a recording, also while it is written", "_open_decoded:recording",
           begins=(b"\x89WFPREC\n",), takes=(*DECODER, "salvage")),
    Format(".evtx", "audits of WFP in the Security log, also as XML, JSON, CSV",
           "_open_decoded:evtx", begins=(b"ElfFile\0",), looks="_content:audits", takes=DECODER,
           hint=NO_AUDIT_EVENTS, audits=True),
    Format(".parquet", "a table, as convert writes it", "_open_tables:parquet", begins=(b"PAR1",)),
    Format(".arrow", "likewise, an Arrow file or stream", "_open_tables:arrow",
           begins=(b"ARROW1",), looks="_content:arrow_stream"),
    Format(".csv", "likewise; columns that wfpfast does not know are text", "_open_texts:csv",
           looks="_content:csv"),
    Format(".ndjson", "likewise; the first lines have all the columns", "_open_texts:ndjson",
           looks="_content:ndjson", also=(".json", ".jsonl"), empty=True),
)
OUTPUTS = (
    Format(".parquet", "typed columns, zstd; polars, duckdb, pandas and pyarrow read it",
           "_writers:ParquetWriter"),
    Format(".arrow", "the same as an Arrow file, lz4; on stdout as a stream", "_writers:arrow"),
    Format(".csv", "a header, then rows: text in quotes, null as nothing at all",
           "_writers:CsvWriter"),
    Format(".ndjson", "a JSON object a line: every column in each, null as null",
           "_writers:JsonWriter", takes=("drop_nulls",), also=(".json", ".jsonl")),
)


def suffixes(formats: Sequence[Format], last: str = ", ") -> str:
    """Return ".a, .b, .c", or with another word before the last one."""
    *most, end = [each.suffix for each in formats]
    return last.join([", ".join(most), end]) if most else end


def described(formats: Sequence[Format]) -> str:
    """Return a line a format, as ``--help`` shows it."""
    return "\n".join(f"{each.suffix:<9} {each.what}" for each in formats)


def taking(option: str, formats: Sequence[Format] | None = None) -> list[Format]:
    """Return the sources, or other formats, to which an option means something."""
    return [each for each in formats or SOURCES if option in each.takes]


def named(name: str, formats: Sequence[Format]) -> Format | None:
    """Return the format that the end of a name says."""
    suffix = PurePath(name).suffix.lower()
    return next((each for each in formats if suffix in (each.suffix, *each.also)), None)


def recognised(head: bytes) -> Format | None:
    """Return the source that the first bytes are of."""
    return next((each for each in SOURCES if each.recognises(head)), None)


def source_of(name: str, head: bytes) -> Format:
    """Return what something to read is: by its content, where that leaves a doubt by its name."""
    from wfpfast.cli import _content  # which knows columns, and so imports the core

    if found := recognised(head):
        return found
    if what := _content.foreign(head):
        raise Fault(f"{name}: {what}")
    found = named(name.lower().removesuffix(".gz"), SOURCES)
    if not head and not (found and found.empty):
        raise Fault(f"{name}: {EMPTY}")
    if _content.text(head) and (found is None or found.begins):
        return SOURCES[0]  # whose reader says what is wrong with a text
    if found is None:
        raise Fault(f"{name}: is nothing that wfpfast reads: {suffixes(SOURCES)} by content")
    return found


def output_of(name: str) -> Format:
    """Return what a file to write is to become."""
    found = named(name, OUTPUTS)
    if found is None:
        raise Fault(f"{name}: expected a name that ends in {suffixes(OUTPUTS)}")
    return found
