"""Reads blocks from a file, which may still grow; must not know what an event looks like."""

import contextlib
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import FileIO
from typing import Any

from wfpfast._base.closing import Closing
from wfpfast._blocks.block import Block
from wfpfast._columns.table import Table
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.recording._format import RecordHeader, RecordingError
from wfpfast.recording._scan import Cut, Damage, FileHeader, Scan, check_regular
from wfpfast.recording._state import MARK, History, Machine, parse_state

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNREADABLE = "what the record says of the machine cannot be read"


@dataclass(frozen=True, slots=True)
class Record:
    """A block with when it came and how many events were lost before it.

    Attributes
    ----------
    block : Block
        As it was recorded.
    time_ns : int
        UNIX time in nanoseconds.
    dropped : int
        How many events are missing before the block.
    """

    block: Block
    time_ns: int
    dropped: int

    @property
    def stats(self) -> dict[str, int]:
        """What it adds to the statistics of a stream, beside what its events say."""
        return {"dropped": self.dropped}


class Recording(Closing):
    """The blocks of a file that a `Recorder` has written or is writing.

    Iterate over it for the blocks, or see `records` and `read_events`; each starts at the first
    block and ends at the last one that is whole at that moment. Use it in a ``with`` statement, or
    close it.

    Parameters
    ----------
    path : path
        The file. If it breaks off, anywhere, it is read up to there: see `cut`.
    salvage : bool
        Whether to leave out what is damaged, and read on behind it: see `parts`. Otherwise it is
        an error.

    Raises
    ------
    RecordingError
        If the file is no recording, has a format that is not known, or its header is damaged.
    OSError
        If it cannot be opened or read.
    """

    def __init__(self, path: str | os.PathLike[str], *, salvage: bool = False) -> None:
        self._file: FileIO | None = None
        self.path = os.fspath(path)
        self._salvage = salvage
        self._cut: str | None = None
        self._header: FileHeader | None = None
        self._headless: Damage | None = None
        check_regular(self.path)
        file = FileIO(self.path)
        self._scan = Scan(file)
        try:
            self._read_header()
        except BaseException:
            file.close()
            raise
        self._file = file

    def _read_header(self) -> FileHeader | None:
        """Return the header, or None while it is incomplete: the recorder may be writing it."""
        if self._header is None and self._headless is None:
            try:
                self._header = self._scan.header()
            except Cut as cut:
                self._cut = cut.message
            except RecordingError as error:
                if not self._salvage:
                    raise
                self._headless = self._scan.damaged_header(error.reason)
        return self._header

    def _start(self) -> int | None:
        """Return where the records begin, or None while the file does not say it."""
        header = self._read_header()
        if self._headless is not None:
            return self._headless.nbytes
        return None if header is None else header.nbytes

    @property
    def cut(self) -> str | None:
        """Where the file breaks off and what is missing there; None if it is whole.

        Known when it has been read to the end; of the header, from the beginning.
        """
        return self._cut

    @property
    def created(self) -> datetime | None:
        """When the file was made, in UTC; None if it breaks off before it says so."""
        if self._header is None:
            return None
        return _EPOCH + timedelta(microseconds=self._header.created_ns // 1000)

    @property
    def host(self) -> str:
        """The name of the computer on which it was made; empty if not known."""
        return self._header.host if self._header else ""

    @property
    def system(self) -> str:
        """The operating system there, as ``Windows``."""
        return self._header.system if self._header else ""

    @property
    def release(self) -> str:
        """Its release, as ``11``."""
        return self._header.release if self._header else ""

    @property
    def wfpfast_version(self) -> str:
        """The version of wfpfast that made the file."""
        return self._header.wfpfast_version if self._header else ""

    def records(self) -> Generator[Record, None, None]:
        """Yield the records, oldest first.

        Raises
        ------
        RecordingError
            After the records before it, if one is damaged and `salvage` was not asked for.
        ValueError
            If the recording is closed.
        """
        return (part for part in self.parts() if isinstance(part, Record))

    def parts(self) -> Generator[Record | Damage, None, None]:
        """Yield the records, and with `salvage` what was left out, in the order of the file."""
        if self._file is None:
            raise ValueError("the recording is closed")
        start = self._start()
        if self._headless is not None:
            yield self._headless
        if start is None:
            return
        try:
            for part in self._scan.records(start, salvage=self._salvage):
                if isinstance(part, Damage):
                    yield part
                else:
                    head, block = part
                    if not (head.may_be_state and block.data[:len(MARK)] == MARK):
                        yield Record(block, head.time_ns, head.dropped)
                if self._file is None:
                    raise ValueError("the recording is closed")
            self._cut = None
        except Cut as cut:
            self._cut = cut.message

    def machine(self) -> Machine:
        """Read what the file says of its machine, up to where the events end, too.

        Blocks of events are not read for it, so damage in them is not noticed.

        Returns
        -------
        Machine
            A named tuple: ``filters``, a `Table` with the times in which each was there, or None;
            ``volumes``, ``accounts``, and ``faults``, what could not be read.

        Raises
        ------
        RecordingError
            If what a record says of the machine cannot be read; with `salvage` it is left out, and
            told in ``faults``.
        ValueError
            If the recording is closed.
        """
        if self._file is None:
            raise ValueError("the recording is closed")
        history, faults, before = History(), [], None
        for offset, head, data in self._states():
            if data:
                try:
                    history.add(parse_state(data, head.nbytes), head.time_ns, before)
                except ValueError as reason:
                    error = RecordingError(offset, f"{_UNREADABLE}: {reason}")
                    if not self._salvage:
                        raise error from None
                    faults.append(str(error))
            before = head.time_ns
        # What is recorded elsewhere than on Windows is of a machine without this name.
        return history.machine(self.host if self.system == "Windows" else None, faults)

    def _states(self) -> Iterator[tuple[int, RecordHeader, bytes]]:
        start = self._start()
        if start is not None:
            with contextlib.suppress(Cut, RecordingError):  # told with the events
                yield from self._scan.states(start, salvage=self._salvage)

    @property
    def filters(self) -> Table | None:
        """The filters of `machine`."""
        return self.machine().filters

    @property
    def volumes(self) -> dict[str, str]:
        """The drive letters of `machine`, by volumes."""
        return self.machine().volumes

    @property
    def accounts(self) -> dict[str, str]:
        """The accounts of `machine`, by SIDs."""
        return self.machine().accounts

    def __iter__(self) -> Iterator[Block]:
        return (record.block for record in self.records())

    def read_events(self, **decoder_options: Any) -> EventStream:
        """Decode the blocks, one after another, as the stream is read.

        Parameters
        ----------
        **decoder_options
            As for `Decoder`.

        Returns
        -------
        EventStream
            A batch a block; ``stats["dropped"]`` says how many events are missing. It ends where
            the file breaks off: see `cut`. What was left out, see `parts`, is a batch without
            events, and counted in ``stats["damaged_records"]`` and ``stats["lost_events"]``. The
            recording must stay open meanwhile. Its ``with_names()`` takes the names of `machine`.
        """
        decoder = Decoder(**decoder_options)
        return EventStream(
            self._batches(decoder), decoder=decoder, machine=self.machine)

    def _batches(self, decoder: Decoder) -> Iterator[EventBatch]:
        for part in self.parts():
            batch = decoder.decode(part.block)
            batch.stats.update(part.stats)
            yield batch

    def close(self) -> None:
        """Close the file. Closing twice is allowed."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
