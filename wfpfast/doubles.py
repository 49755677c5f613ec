"""Finds events that several sources have, so that each is counted once; must not know any source.

Windows gives net events no number by which to recognize them, so two of them are the same if they
have the same `IDENTITY`. Records of the Security log have one: those with the same `RECORD` are the
same, whatever else is known of them, such as which end is local. Within one source an event that
stands there twice happened twice. In a later source, its first occurrence is a double if an earlier
source has at least one, its second if an earlier source has at least two, and so on.

netsh writes times in milliseconds, recordings and live events have 100 ns. A source all of whose
times are whole milliseconds is compared with others in milliseconds, the others among themselves
exactly.
"""

import ipaddress
import itertools
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sized
from typing import TYPE_CHECKING, Any

from wfpfast._base.closing import Closing
from wfpfast._base.occurrences import Occurrences

if TYPE_CHECKING:
    import pyarrow as pa

TIME = "timestamp"
# What tells two events apart, besides their time: what every kind of source has. Left out is what
# only some have (the members behind netsh's <internalFields>, which live events lack; what came
# with later structs), what hardly differs if all this is equal, and lists.
IDENTITY = (
    "event_type", "ip_version", "ip_protocol", "local_address", "remote_address", "local_port",
    "remote_port", "scope_id", "app_path", "user_sid", "filter_id", "layer_id", "direction_code",
    "network_capability", "local_mac", "remote_mac", "ether_type", "vlan_tag", "interface_luid",
    "spi", "failure_status", "failure_error", "failure_point", "keying_module", "mm_state",
    "qm_state", "em_state", "sa_role", "mm_id", "mm_filter_id", "qm_filter_id", "local_subnet",
    "remote_subnet", "public_host", "internal_host", "host", "event_id", "source_address",
    "source_port", "destination_address", "destination_port",
)  # fmt: skip
# What tells two records of the Security log apart, besides their time: numbers of a log that was
# cleared may begin anew.
RECORD = ("host", "record_id")
_MS, _TICK = 1_000_000, 100     # in nanoseconds
_WORD = (1 << 64) - 1


class Doubles:
    """Leaves out of a source's batches what an earlier source had already; needs pyarrow.

    It remembers some 50 bytes for each event of all sources but the last, and of the last source
    only what others had, too.
    """

    def __init__(self) -> None:
        self._seen = Occurrences()
        self._exact = False
        # Unknown to whoever makes a file, so that nobody can make different events look the same.
        self._factors = {name: secrets.randbits(64) | 1 for name in (TIME, *IDENTITY, *RECORD)}
        self._nothing = secrets.randbits(64)
        self.found = 0

    def begin(self, *, last: bool = False) -> None:
        """Begin with the next source, which may be the last one."""
        self._seen.begin(last=last)
        self._exact = False

    def without(self, batch: "pa.RecordBatch") -> "pa.RecordBatch":
        """Return the events of a batch that no earlier source had; one without a time is kept."""
        import pyarrow as pa
        import pyarrow.compute as pc

        times = _nanoseconds(batch)
        if times is None or times.null_count == len(times):
            return batch
        timed, known = batch, times.is_valid()
        if times.null_count:
            timed, times = batch.filter(known), times.drop_null()
        rest = _remainder(times, _MS)
        self._exact = self._exact or pc.any(pc.not_equal(rest, 0)).as_py()
        # Grain 0 is "some time in this millisecond".
        grains = pc.add(pc.divide(rest, _TICK), 1) if self._exact else pc.multiply(rest, 0)
        keys = self._keys(timed, pc.divide(times, _MS))
        bits = self._seen.fresh(_bytes(keys), _bytes(grains.cast(pa.uint32())))
        fresh = pa.Array.from_buffers(pa.bool_(), len(keys), [None, pa.py_buffer(bits)])
        doubles = fresh.false_count
        self.found += doubles
        if not doubles:
            return batch
        if timed is not batch:
            fresh = pc.replace_with_mask(pc.invert(known), known, fresh)
        return batch.filter(fresh)

    def _keys(self, batch: "pa.RecordBatch", milliseconds: "pa.Array") -> "pa.Array":
        """Return a hash of each row: of its record if it has one, or else of all its identity."""
        import pyarrow.compute as pc

        found = self._key(batch, milliseconds, IDENTITY)
        columns = [batch.column(name) for name in RECORD if name in batch.schema.names]
        if len(columns) < len(RECORD) or any(c.null_count == len(c) for c in columns):
            return found
        known = pc.and_(*(column.is_valid() for column in columns))
        return pc.if_else(known, self._key(batch, milliseconds, RECORD), found)

    def _key(
        self, batch: "pa.RecordBatch", milliseconds: "pa.Array", names: tuple[str, ...]
    ) -> "pa.Array":
        """Return a hash of each row: the sum of its values, each times the factor of its column."""
        import pyarrow as pa
        import pyarrow.compute as pc

        total = pc.multiply(_words(milliseconds), pa.scalar(self._factors[TIME], pa.uint64()))
        for name in names:
            column = batch.column(name) if name in batch.schema.names else None
            if column is None or column.null_count == len(column):
                continue
            nothing = pa.scalar(self._nothing, pa.uint64())
            words = pc.fill_null(_words(column), nothing)
            factor = pa.scalar(self._factors[name], pa.uint64())
            total = pc.add(total, pc.multiply(pc.subtract(words, nothing), factor))
        return total


class Distinct(Closing):
    """Record batches of several sources, without doubles; from `distinct`.

    Iterate over it, or hand it to anything that reads an Arrow stream; it can be read once.
    """

    def __init__(self, sources: Iterable[Any]) -> None:
        self._stats: Counter[str] = Counter(doubles=0)
        self._source: Any = None
        self._batches = self._read(sources)

    @property
    def stats(self) -> dict[str, int]:
        """``events`` and ``doubles``: given, and left out; and the sums of the sources' own."""
        return dict(self._sums(self._source))

    def _sums(self, source: Any) -> "Counter[str]":
        own = getattr(source, "stats", None)
        more = {name: n for name, n in own.items() if name != "events"} if own else {}
        return Counter({**self._stats, **{k: self._stats[k] + n for k, n in more.items()}})

    def _read(self, sources: Iterable[Any]) -> "Iterator[pa.RecordBatch]":
        doubles = Doubles()
        count = len(sources) if isinstance(sources, Sized) else None
        for number, source in enumerate(sources, 1):
            self._source = source
            doubles.begin(last=number == count)
            for batch in _batches(source):
                left = batch if count == 1 else doubles.without(batch)
                self._stats["events"] += len(left)
                self._stats["doubles"] = doubles.found
                if len(left) or not len(batch):
                    yield left
            self._stats = self._sums(source)
            self._source = None

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        return self

    def __next__(self) -> "pa.RecordBatch":
        return next(self._batches)

    def close(self) -> None:
        """Read no more; the sources are their owner's to close."""
        self._batches = iter(())

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Export what is left as an Arrow PyCapsule, in the schema of the first batch."""
        import pyarrow as pa

        first = next(self._batches, None)
        if first is None:
            raise ValueError("no source has a batch, so that there are no columns")
        batches = itertools.chain([first], self._batches)
        reader = pa.RecordBatchReader.from_batches(first.schema, batches)
        return reader.__arrow_c_stream__(requested_schema)


def distinct(sources: Iterable[Any]) -> Distinct:
    """Return the events of several sources, each once, where they overlap.

    An event that stands twice in one source happened twice and stays two. See the module for what
    makes two events the same.

    Parameters
    ----------
    sources : iterable
        One element a source, read one after another: an `EventStream`, an iterable of batches, or
        whatever gives an Arrow stream or array, such as a table of polars. If it is a list, less
        is remembered of the last one.

    Returns
    -------
    Distinct
        An iterator of `pyarrow.RecordBatch`; ``stats["doubles"]`` says how many were left out.

    Raises
    ------
    TypeError
        If `sources` is a single source.

    Examples
    --------
    >>> streams = (netsh.read_events(path) for path in sorted(folder.glob("*.xml")))
    >>> events = polars.DataFrame(wfpfast.distinct(streams))  # one file is open at a time
    """
    if hasattr(sources, "__arrow_c_stream__") or hasattr(sources, "__arrow_c_array__"):
        raise TypeError("expected several sources, as a list, not a single one")
    return Distinct(sources)


def _batches(source: Any) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa

    if not isinstance(source, Iterator):  # a stream of events is one, and says more when it fails
        if hasattr(source, "__arrow_c_stream__"):
            source = pa.RecordBatchReader.from_stream(source)
        elif hasattr(source, "__arrow_c_array__"):
            source = [source]
    for each in source:
        batch = pa.record_batch(each)
        if any("_view" in str(kind) for kind in batch.schema.types):
            columns = [_without_views(column) for column in batch.columns]
            batch = pa.RecordBatch.from_arrays(columns, batch.schema.names)
        yield batch


def _without_views(array: "pa.Array") -> "pa.Array":
    """Return a column of polars in a type that Arrow can filter."""
    import pyarrow as pa

    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(array.indices, _without_views(array.dictionary))
    return array.cast(_plain(array.type))


def _plain(kind: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa

    if pa.types.is_large_list(kind) or pa.types.is_list(kind):
        return pa.large_list(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _plain(field.type)) for field in kind])
    views = {"string_view": pa.large_utf8(), "binary_view": pa.large_binary()}
    return views.get(str(kind), kind)


def _nanoseconds(batch: "pa.RecordBatch") -> "pa.Array | None":
    """Return the times as numbers; None if there is no column of times."""
    import pyarrow as pa

    if TIME not in batch.schema.names:
        return None
    times = batch.column(TIME)
    if not pa.types.is_timestamp(times.type):
        return None
    try:
        return times.cast(pa.timestamp("ns", times.type.tz)).cast(pa.int64())
    except pa.ArrowInvalid:  # beyond 1677 to 2262
        return None


def _remainder(numbers: "pa.Array", divisor: int) -> "pa.Array":
    import pyarrow.compute as pc

    return pc.subtract(numbers, pc.multiply(pc.divide(numbers, divisor), divisor))


def _bytes(array: "pa.Array") -> bytes:
    """Return the numbers of an array without nulls as they lie in memory."""
    width = array.type.byte_width
    found: bytes = array.buffers()[1].slice(array.offset * width, len(array) * width).to_pybytes()
    return found


def _words(array: "pa.Array") -> "pa.Array":
    """Return a uint64 for each value: a number itself, or a hash; null stays null."""
    import pyarrow as pa

    if pa.types.is_boolean(array.type):
        array = array.cast(pa.uint8())
    if pa.types.is_integer(array.type):
        return array.cast(pa.uint64(), safe=False)
    if pa.types.is_dictionary(array.type):
        used = array.indices.dictionary_encode()  # a dictionary grows from batch to batch
        values = array.dictionary.take(used.dictionary)
    else:
        used = array.dictionary_encode()
        values = used.dictionary
    words = [None if v is None else hash(_text(v)) & _WORD for v in values.to_pylist()]
    return pa.array(words, pa.uint64()).take(used.indices)


def _text(value: Any) -> Any:
    """Return an address as text, whichever way a decoder was asked to give it."""
    if isinstance(value, bytes) and len(value) == 16:
        address = ipaddress.IPv6Address(value)
        return str(address.ipv4_mapped or address)
    if isinstance(value, bytes) and len(value) == 6:
        return value.hex(":")
    return value
