"""Batches: named columns of one length, exported to Arrow without copying; must not know events."""

cimport cython
from libc.stdlib cimport free, malloc

from wfpfast._base.memory cimport recycler_close, recycler_new
from wfpfast._columns.cells cimport cell, new_column
from wfpfast._columns.columns cimport columns_release
from wfpfast._columns.export cimport array_capsule, measure_shape, schema_capsule
from wfpfast._columns.mask cimport Mask, Rows

from wfpfast._columns import shown
from wfpfast._columns.mask import mask_of


def nearest(name, known):
    """Return the end of a message that says which names are like one that does not exist."""
    import difflib  # slow to load, and needed only after a mistyped name

    # Members of the SDK's structs are written in another case: filterId is filter_id.
    folded = {each.replace("_", ""): each for each in known}
    near = difflib.get_close_matches(str(name), known, 3) or [
        folded[each] for each in difflib.get_close_matches(
            str(name).replace("_", "").lower(), folded, 3)]
    return f"; did you mean {' or '.join(near)}?" if near else ""


@cython.final
cdef class Selection:
    """The columns of a set that a batch shows, in their order.

    A column's slot is its number in the set, and in the array of specs.
    """

    def __cinit__(self, names, known):
        names = list(names)
        self.slots = <int*>malloc(max(1, len(names)) * sizeof(int))
        if self.slots == NULL:
            raise MemoryError
        self.names = names
        self.by_name = {}
        for name in names:
            if name not in known:
                raise ValueError(f"there is no column {name!r}{nearest(name, known)}")
            if name in self.by_name:
                raise ValueError(f"column {name!r} is asked for twice")
            self.slots[self.shape.count] = known[name]
            self.by_name[name] = known[name]
            self.shape.count += 1

    cdef int prepare(self, const Spec* specs) except -1:
        """Describe the columns for export; every batch of this selection must have these specs."""
        self.shape.recycler = recycler_new()
        if self.shape.recycler == NULL:
            raise MemoryError
        self.shape.specs = specs
        self.shape.selected = self.slots
        measure_shape(&self.shape)
        return 0

    def __dealloc__(self):
        recycler_close(self.shape.recycler)
        free(self.slots)


cdef class Batch:
    """Named columns of one length; `wfpfast.Table` and `wfpfast.EventBatch` are batches."""

    def __dealloc__(self):
        columns_release(self.columns)

    def __len__(self):
        return self.columns.length

    @property
    def column_names(self):
        """The names of the columns, in their order."""
        return list(self.selection.names)

    def __getitem__(self, key):
        if isinstance(key, str):
            return new_column(self, self.columns, self._slot(key))
        if isinstance(key, slice):
            return self._rows(Rows.of_range(range(*key.indices(len(self)))))
        return self.filter(key) if isinstance(key, Mask) else self._row(key)

    def _row(self, key):
        length = len(self)
        if not isinstance(key, int) or isinstance(key, bool):
            raise TypeError(
                "a batch takes a column name, a row number, a slice, or a mask such as"
                f" batch['remote_port'] == 443, not {key!r}")
        if not -length <= key < length:
            raise IndexError(f"row {key} of {length}")
        return self._row_at(key % length)

    def filter(self, mask):
        """Return the rows that a mask chooses, as a batch of their own.

        Parameters
        ----------
        mask : Mask, or sequence of bool
            One answer a row: a comparison of a column, such as ``batch["remote_port"] == 443``, an
            array of NumPy or Arrow, or a list. None is taken as False.

        Raises
        ------
        ValueError
            If the mask is of another length.
        TypeError
            If it holds anything but bools.
        """
        return self._rows(Rows.of_mask(mask_of(mask, len(self))))

    cdef Batch _rows(self, Rows rows):
        raise NotImplementedError

    def _row_at(self, row):
        return self._dict(row)

    def _cell(self, name, row):
        return cell(self.columns, self._slot(name), row)

    cdef int _slot(self, name) except -1:
        if name not in self.selection.by_name:
            raise KeyError(f"there is no column {name!r}{nearest(name, self.selection.names)}")
        return self.selection.by_name[name]

    def _dict(self, row):
        slots = self.selection.by_name.items()
        return {name: cell(self.columns, slot, row) for name, slot in slots}

    def __iter__(self):
        return (self._row_at(row) for row in range(len(self)))

    def to_pylist(self):
        """Return one dict a row, keyed by column name; see `Column.to_pylist` for the cells."""
        columns = [self[name].to_pylist() for name in self.selection.names]
        names = self.selection.names
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def __repr__(self):
        return f"<{self._title()}>{shown.text(self)}"

    def _repr_html_(self):
        """Return the first rows as a table, for notebooks."""
        return shown.html(self, self._title())

    def _title(self):
        return f"wfpfast.{type(self).__name__} of {len(self):,} rows"

    def __arrow_c_schema__(self):
        """Export the schema as an Arrow PyCapsule."""
        return schema_capsule(&self.selection.shape)

    @cython.binding(False)  # called without a tuple of arguments
    @cython.embedsignature(True)
    @cython.embedsignature.format("clinic")
    def __arrow_c_array__(self, requested_schema=None):
        """Export the columns as a pair of Arrow PyCapsules (schema, array), without copying.

        `requested_schema` is ignored, as the interface allows: a consumer casts for itself.
        """
        return (
            schema_capsule(&self.selection.shape),
            array_capsule(&self.selection.shape, self.columns),
        )
