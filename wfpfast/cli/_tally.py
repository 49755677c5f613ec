"""Tables of counts, most frequent rows first; must not know what the columns mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from wfpfast.counting import Numbers, Rows, Values, best
from wfpfast.counting import Tally as Counted

COUNT = "events"
FIRST, LAST = "first", "last"
_START = datetime(1970, 1, 1)     # UTC, whose name is not to be in texts


class Tally:
    """How often each combination of some columns occurs.

    Parameters
    ----------
    keys : sequence of str
        The names of the columns.
    values : mapping of str to Values
        The values of these columns, and of others.
    counted : wfpfast.counting.Tally, optional
        What was counted already.
    """

    def __init__(
        self, keys: Sequence[str], values: Mapping[str, Values], counted: Counted | None = None
    ) -> None:
        self.keys = list(keys)
        self._all = values
        self._values = [values[key] for key in keys]
        self._counted = Counted(self._values) if counted is None else counted

    def __len__(self) -> int:
        """How many combinations there are."""
        return len(self._counted)

    def add(
        self, numbers: Mapping[str, Numbers], rows: Rows | None = None, span: str | None = None
    ) -> None:
        """Count the rows of a batch; see `wfpfast.counting.Tally.add`."""
        self._counted.add([numbers[key] for key in self.keys], rows, span)

    def of(self, keys: Sequence[str]) -> "Tally":
        """Return the counts of some of the columns."""
        places = [self.keys.index(key) for key in keys]
        return Tally(keys, self._all, self._counted.project(places))

    def entries(self) -> list[int]:
        """Return all combinations, most frequent first, as what the next methods take."""
        return best(self._counted)[2]

    def numbers(self, entry: int) -> list[int]:
        """Return the numbers of the values of a combination."""
        return self._counted.numbers(entry)

    def count(self, entry: int) -> int:
        """Return how often a combination occurred."""
        return self._counted.count(entry)

    def row(self, entry: int) -> dict[str, Any]:
        """Return a combination, its count, first and last."""
        first, last = self._counted.span(entry) or (None, None)
        return {
            **self._row(entry), COUNT: self._counted.count(entry), FIRST: iso(first),
            LAST: iso(last)}

    def top(self, most: int | None = None, **of: str | None) -> dict[str, Any]:
        """Return the most frequent keys, equal counts in the order of the keys.

        Parameters
        ----------
        most : int, optional
            How many; all by default.
        **of
            Only keys with these texts, which are left out of the rows.

        Returns
        -------
        dict
            ``events``: how many were counted; ``distinct``: how many keys there are; ``top``: a
            dict a key, with its count as ``events``.
        """
        fixed = {self.keys.index(key): self._all[key].find(text) for key, text in of.items()}
        events, distinct, found = best(self._counted, most, fixed)
        return {COUNT: events, "distinct": distinct, "top": [
            {**{key: cell for key, cell in self._row(entry).items() if key not in of},
             COUNT: self._counted.count(entry)} for entry in found]}

    def split(self, most: int | None, by: str, parts: Mapping[str, str]) -> dict[str, Any]:
        """Return what `top` does of all keys but one, with counts of some of that one's texts.

        Parameters
        ----------
        most : int, optional
            How many; all by default.
        by : str
            The key.
        parts : mapping of str to str
            Its texts, and what their counts are called.
        """
        place = self.keys.index(by)
        folded = self.of([key for key in self.keys if key != by])
        events, distinct, found = best(folded._counted, most)
        rows = []
        for entry in found:
            rest = folded._counted.numbers(entry)
            rows.append({**folded._row(entry), COUNT: folded._counted.count(entry), **{
                name: self._counted.count_of(
                    [*rest[:place], self._all[by].find(text), *rest[place:]])
                for text, name in parts.items()}})
        return {COUNT: events, "distinct": distinct, "top": rows}

    def _row(self, entry: int) -> dict[str, Any]:
        cells = self._counted.row(entry)
        for place, values in enumerate(self._values):
            if values.kind != "plain" and cells[place] is not None:
                cells[place] = iso(cells[place]) if values.kind == "times" else cells[place].hex()
        return dict(zip(self.keys, cells, strict=True))


def iso(time: int | None) -> str | None:
    """Return nanoseconds since 1970 as ``2020-05-22T20:54:53.4990000Z``."""
    if time is None:
        return None
    seconds, rest = divmod(time, 10**9)
    moment = (_START + timedelta(seconds=seconds)).isoformat()
    return f"{moment}.{rest // 100:07}Z"
