"""The stream of batches that every source of events returns; must not know any source."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, Self

from wfpfast._base.closing import Closing
from wfpfast._columns.capsule import stream_capsule
from wfpfast._decode.decoder import Decoder, EventBatch

if TYPE_CHECKING:
    from wfpfast._decode.mappings import Item


class Columns(Protocol):
    """What makes batches, and knows their columns before."""

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in their order."""
        ...

    def __arrow_c_schema__(self) -> Any:
        """Export the schema as an Arrow PyCapsule."""
        ...


class Machine(Protocol):
    """What a source says of the machine that its events are of."""

    @property
    def filters(self) -> Any:
        """Filters, to be joined with events, or None."""
        ...

    @property
    def volumes(self) -> Mapping[str, str]:
        """Drive letters by volumes."""
        ...

    @property
    def accounts(self) -> Mapping[str, str]:
        """Names of accounts by SIDs."""
        ...


class EventStream(Closing):
    """Batches of events, one after another, from any source.

    Iterate over it, or hand it to anything that reads an Arrow stream:
    ``pyarrow.RecordBatchReader.from_stream(stream)``, ``polars.from_arrow(stream)``. A stream can
    be read once. Close it, or use it in a ``with`` statement, to free what its source holds.

    Parameters
    ----------
    batches : iterator of EventBatch
        Pulled only as the stream is read.
    decoder : Decoder, or what makes batches in its place
        Says which columns the batches have before the first one is there.
    close : callable, optional
        Called once, when the stream is closed or has ended.
    machine : callable, optional
        Returns what the source itself says of its machine: `with_names` needs no filters then.
    """

    def __init__(
        self,
        batches: Iterator[EventBatch],
        *,
        decoder: Columns,
        close: Callable[[], None] | None = None,
        machine: Callable[[], Machine] | None = None,
    ) -> None:
        self._batches = batches
        self._decoder = decoder
        self._close = close
        self._machine = machine
        self._ended = False
        self._stats: Counter[str] = Counter()

    @staticmethod
    def from_mappings(
        mappings: "Iterable[Item]",
        *,
        batch_size: int = 1024,
        close: Callable[[], None] | None = None,
        **decoder_options: Any,
    ) -> "EventStream":
        """Make a stream of events that are given as mappings: what a new source needs.

        Parameters
        ----------
        mappings : iterable
            One item an event, pulled as the stream is read: a mapping as for `encode`, or a tuple
            of it and how many values could not be read, for ``stats["malformed"]`` of its batch.
            What a mapping lacks is null; without ``"flags"`` a header's members count as set.
        batch_size : int
            Events a batch; the last one may have fewer.
        close : callable, optional
            Called once: when the stream is closed or ends, or if this method raises.
        **decoder_options
            As for `Decoder`.

        Raises
        ------
        ValueError
            If ``batch_size`` is less than 1, or a decoder option is wrong.
        Exception
            While the stream is read: what the iterable raises, by custom a `SourceError`, or what
            `encode` raises, with a note which mapping it was. The events before it come first.
        """
        from wfpfast._decode.mappings import decoded  # engines do not need `encode`

        try:
            decoder = Decoder(**decoder_options)
            batches = decoded(iter(mappings), decoder, batch_size)
        except BaseException:
            if close is not None:
                close()
            raise
        return EventStream(batches, decoder=decoder, close=close)

    @property
    def column_names(self) -> list[str]:
        """The names of the columns of every batch."""
        return self._decoder.column_names

    @property
    def stats(self) -> dict[str, int]:
        """The sums of the statistics of the batches read so far."""
        return dict(self._stats)

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a statistic; for sources that drop or repair something before decoding."""
        self._stats[name] += amount

    def __iter__(self) -> Iterator[EventBatch]:
        if self._ended:
            raise ValueError("this stream has been read to its end: ask its source for another one")
        return self

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse to be an array of batches, as pandas and NumPy would have it."""
        raise TypeError(
            "a stream is no array; pandas.DataFrame.from_arrow(stream) makes a frame of it, and"
            " polars.DataFrame(stream) as well")

    def __repr__(self) -> str:
        return (
            f"<wfpfast.{type(self).__name__} of {len(self.column_names)} columns;"
            f" {self._stats['events']:,} events were read{' to the end' if self._ended else ''}>")

    def _repr_html_(self) -> str:
        """Return what the stream is, for notebooks, which may not read it."""
        names = ", ".join(map(escape, self.column_names))
        return f"<p>{escape(repr(self)[1:-1])}</p><p>{names}</p>"

    def __next__(self) -> EventBatch:
        try:
            batch = next(self._batches)
        except BaseException as error:  # in any case nothing more will come
            self._ended = isinstance(error, StopIteration)
            self.close()
            raise
        self._add(batch)
        return batch

    def _add(self, batch: EventBatch) -> None:
        """Add a batch's statistics; a loop is much faster than Counter.update()."""
        for name, count in batch.stats.items():
            if count or name not in self._stats:
                self._stats[name] += count

    def close(self) -> None:
        """Free what the source holds; reading then ends. Closing twice is allowed."""
        close, self._close = self._close, None
        self._batches = iter(())
        if close is not None:
            close()

    def closing(self, owned: Any) -> Self:
        """Close something else, too, when the stream is closed or has ended; return the stream."""
        before = self._close

        def close() -> None:
            try:
                if before is not None:
                    before()
            finally:
                owned.close()

        self._close = close
        return self

    def with_names(self, filters: Any = None, **options: Any) -> Any:
        """Return the events with names beside their numbers, as `wfpfast.with_names`.

        Parameters
        ----------
        filters : table, sequence of tables, or Names, optional
            As `netsh.read_filters`, `Engine.filters` and `audit.read_filters` return them. Without
            them, a recording names its events by what it holds itself.
        **options
            See `wfpfast.with_names`.

        Returns
        -------
        pyarrow.RecordBatchReader
            Reads this stream as it is read.
        """
        from wfpfast.naming import names_of  # which needs pyarrow

        if filters is None and self._machine is not None:
            own = self._machine()
            filters = own.filters
            options = {"volumes": own.volumes or None, "accounts": own.accounts, **options}
        return names_of(filters, **options).reader(self)

    def __arrow_c_schema__(self) -> Any:
        """Export the schema as an Arrow PyCapsule."""
        return self._decoder.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Export what is left of the stream as an Arrow PyCapsule."""
        return stream_capsule(self._decoder, iter(self))
