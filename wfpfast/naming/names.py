"""Puts all kinds of names beside batches of events; must not know where events come from.

Needs pyarrow.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import names as sdk
from wfpfast.naming import COLUMNS, RULE_COLUMNS, Accounts, Volumes, tables_of
from wfpfast.naming._rules import LAYERS, Hosts, Rules, distinct
from wfpfast.naming._values import KIND, Drives, Mapped, encoded, program

__all__ = ["Drives", "Hosts", "Names"]


class Names:
    """Filters, volumes and accounts that are known, made ready to be put beside batches.

    Whoever names many batches makes one of these, and gives it to each `with_names` in place of
    the filters.

    Parameters
    ----------
    filters, host, volumes, accounts
        See `with_names`.

    Attributes
    ----------
    counts : Counter
        How many events so far had which `filter_known`.
    """

    def __init__(
        self,
        filters: Any = None,
        *,
        host: str | None = None,
        volumes: Volumes | None = None,
        accounts: Accounts | None = None,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._rules = None if filters is None else Rules(tables_of(filters), host)
        services = set() if self._rules is None else self._rules.services
        self._services = {sdk.service_sid(each): f"NT SERVICE\\{each}" for each in services}
        self._accounts = (accounts or {}).get if isinstance(
            accounts, (Mapping, type(None))) else accounts
        self._last: tuple[pa.Schema, pa.Schema] | None = None
        self._layers = Mapped(lambda text: text)
        self._origins = Mapped(lambda text: text)
        self._made = {
            "user_account": ("user_sid", Mapped(self._account)),
            "program": ("app_path", Mapped(program)),
        }
        if volumes is not None:
            self._drives = Drives(volumes)
            self._hosts = Hosts(self._drives.hosts)
            self._host = self._hosts.only if host is None else host
            self._made["app"] = "app_path", Mapped(
                self._app if self._drives.hosts else self._drives.path)

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """Return the columns of events with names."""
        there = set(schema.names)
        fields = [field for field in schema if field.name not in COLUMNS]
        kept = {field.name: field for field in schema if field.name in COLUMNS}
        for name in COLUMNS:
            if self._is_made(name, there):
                fields.append(pa.field(name, KIND))
            elif name in kept:
                fields.append(kept[name])
        return pa.schema(fields, schema.metadata)

    def _is_made(self, name: str, there: set[str]) -> bool:
        if name in RULE_COLUMNS:
            return self._rules is not None or (name == "layer" and "layer_id" in there)
        return name in self._made and self._made[name][0] in there

    def apply(self, events: pa.RecordBatch, host: str | None = None) -> pa.RecordBatch:
        """Return a batch with names behind its columns; older columns of these names are gone.

        `host` is the host of those events that do not say it.
        """
        if self._last is None or not self._last[0].equals(events.schema):
            self._last = events.schema, self.schema(events.schema)
        schema = self._last[1]
        made: dict[str, pa.Array] = {}
        if self._rules is not None:
            made = self._rules.columns(events, host)
            self._count(made["filter_known"])
            if "filter_origin" in events.schema.names:
                made["origin"] = _first(self._origins, events["filter_origin"], made["origin"])
        if "layer_id" in events.schema.names:
            codes, numbers = distinct(events, ["layer_id"])
            at = pa.array([LAYERS.get(number) for number, in numbers], pa.utf8()).take(codes)
            made["layer"] = _first(self._layers, at, made.get("layer"))
        for name, (source, mapped) in self._made.items():
            if source in events.schema.names:
                values = events[source] if name != "app" else self._paths(events, host)
                made[name] = mapped.column(values)
        columns = [made[name] if name in made else events[name] for name in schema.names]
        return pa.record_batch(columns, schema=schema)

    def _count(self, known: pa.DictionaryArray) -> None:
        words = known.dictionary.to_pylist()
        for each in known.indices.value_counts().to_pylist():
            if each["values"] is not None:
                self.counts[words[each["values"]]] += each["counts"]

    def _paths(self, events: pa.RecordBatch, host: str | None) -> pa.Array:
        """Return the paths of programs, each behind the host whose drives it may have."""
        column = encoded(events["app_path"])
        if not self._drives.hosts:
            return column
        codes, keys = distinct(events, ("host", "app_path"))
        hosts = [self._hosts.like(its or host or self._host or "") for its, _ in keys]
        texts = [
            None if path is None else f"{len(its)}:{its}{path}"
            for its, (_, path) in zip(hosts, keys, strict=True)]
        return pa.DictionaryArray.from_arrays(codes, pa.array(texts, pa.utf8()))

    def _app(self, text: str) -> str:
        length, _, rest = text.partition(":")
        return self._drives.path(rest[int(length):], rest[:int(length)])

    def _account(self, sid: str) -> str | None:
        return self._accounts(sid) or sdk.account(sid) or self._services.get(sid)

    def beside(self, events: Any) -> Any:
        """Return events with names; see `with_names`."""
        if hasattr(events, "with_names"):
            return events.with_names(self)
        if isinstance(events, pa.RecordBatch):
            return self.apply(events)
        if isinstance(events, pa.RecordBatchReader):
            return self.reader(events)
        table = pa.table(events)
        return pa.Table.from_batches(
            [self.apply(batch) for batch in table.to_batches()], self.schema(table.schema))

    def batch(self, events: Any) -> pa.RecordBatch:
        """Return a batch of whatever kind with names."""
        return self.apply(pa.record_batch(events))

    def reader(self, batches: Any) -> pa.RecordBatchReader:
        """Return what reads batches as they are asked for, with names."""
        schema = batches.schema if isinstance(batches, pa.RecordBatchReader) else pa.schema(batches)
        return pa.RecordBatchReader.from_batches(
            self.schema(schema), (self.batch(each) for each in batches))


def _first(
    mapped: Mapped, better: Any, other: pa.DictionaryArray | None
) -> pa.DictionaryArray:
    """Return the one column, and where it has no value the other one."""
    codes = mapped.codes(better)
    if other is not None:
        codes = pc.coalesce(codes, mapped.codes(other))
    return pa.DictionaryArray.from_arrays(codes, mapped.values)
