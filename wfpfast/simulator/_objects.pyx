"""Filters and what they refer to for simulators, as they lie in memory; knows no engine.

Each is made as one piece: the SDK's struct, then what it points to. Pointers count from the piece's
own beginning, and their places are told.
"""

from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from cython cimport internal as internal_class
from libc.stddef cimport size_t
from libc.stdint cimport uint64_t
from libc.string cimport memcpy, memset

from wfpfast.abi.fwpmobjects cimport (
    FWPM_CALLOUT0, FWPM_DISPLAY_DATA0, FWPM_FILTER0, FWPM_LAYER0, FWPM_PROVIDER0,
    FWPM_PROVIDER_CONTEXT0, FWPM_SUBLAYER0)
from wfpfast.abi.fwptypes cimport FWP_BYTE_BLOB, FWP_UINT64
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.minwindef cimport UINT32, WCHAR

import uuid


@internal_class
cdef class Piece:
    """What follows a struct of `size` bytes, and where pointers lie."""

    cdef size_t size
    cdef bytearray tail
    cdef list places

    def __cinit__(self, size):
        self.size = size
        self.tail = bytearray(-size % 8)
        self.places = []

    cdef int point(self, const void* x, void* slot, bytes data) except -1:
        """Put data behind the struct at `x` and let its member at `slot` lead there."""
        cdef uint64_t offset = self.size + len(self.tail)
        memcpy(slot, &offset, sizeof(offset))
        self.places.append(<const char*>slot - <const char*>x)
        self.tail += data + bytes((8 - len(data) % 8) % 8)
        return 0

    cdef int point_to_text(self, const void* x, WCHAR** slot, text) except -1:
        return self.point(x, slot, (text + "\0").encode("utf-16-le")) if text is not None else 0

    cdef int point_to_blob(self, const void* x, FWP_BYTE_BLOB** slot, bytes data) except -1:
        cdef FWP_BYTE_BLOB blob
        cdef size_t place = self.size + len(self.tail)
        cdef uint64_t offset = place + sizeof(blob)
        memset(&blob, 0, sizeof(blob))
        blob.size = <UINT32>len(data)
        memcpy(&blob.data, &offset, sizeof(blob.data))
        self.point(x, slot, PyBytes_FromStringAndSize(<const char*>&blob, sizeof(blob)) + data)
        self.places.append(place + (<const char*>&blob.data - <const char*>&blob))
        return 0

    cdef int display(self, const void* x, FWPM_DISPLAY_DATA0* data, dict row) except -1:
        self.point_to_text(x, &data.name, row.get("name"))
        self.point_to_text(x, &data.description, row.get("description"))
        return 0

    cdef tuple done(self, const void* x):
        """The piece's bytes, and the places of its pointers."""
        return PyBytes_FromStringAndSize(<const char*>x, self.size) + bytes(self.tail), self.places


cdef int set_guid(GUID* to, value) except -1:
    cdef bytes raw = uuid.UUID(str(value)).bytes_le
    memcpy(to, PyBytes_AsString(raw), sizeof(GUID))
    return 0


def filter_piece(dict row):
    cdef FWPM_FILTER0 x
    cdef Piece piece = Piece(sizeof(x))
    memset(&x, 0, sizeof(x))
    set_guid(&x.filterKey, row["filter_key"])
    set_guid(&x.layerKey, row["layer_key"])
    set_guid(&x.subLayerKey, row["sublayer_key"])
    x.flags = row.get("flags", 0)
    x.action.type = row.get("action", 0x1001)  # FWP_ACTION_BLOCK
    x.filterId = row["filter_id"]
    if row.get("callout_key") is not None:
        set_guid(&x.action.context.calloutKey, row["callout_key"])
    if row.get("provider_context_key") is not None:
        set_guid(&x.context.providerContextKey, row["provider_context_key"])
    piece.display(&x, &x.displayData, row)
    if row.get("provider_key") is not None:
        piece.point(&x, &x.providerKey, uuid.UUID(str(row["provider_key"])).bytes_le)
    if row.get("weight") is not None:
        x.effectiveWeight.type = FWP_UINT64
        piece.point(&x, &x.effectiveWeight.value.uint64, row["weight"].to_bytes(8, "little"))
    return piece.done(&x)


def layer_piece(dict row):
    cdef FWPM_LAYER0 x
    cdef Piece piece = Piece(sizeof(x))
    memset(&x, 0, sizeof(x))
    set_guid(&x.layerKey, row["layer_key"])
    x.layerId = row["layer_id"]
    piece.display(&x, &x.displayData, row)
    return piece.done(&x)


def sublayer_piece(dict row):
    cdef FWPM_SUBLAYER0 x
    cdef Piece piece = Piece(sizeof(x))
    memset(&x, 0, sizeof(x))
    set_guid(&x.subLayerKey, row["sublayer_key"])
    x.weight = row.get("weight", 0)
    piece.display(&x, &x.displayData, row)
    if row.get("provider_key") is not None:
        piece.point(&x, &x.providerKey, uuid.UUID(str(row["provider_key"])).bytes_le)
    return piece.done(&x)


def provider_piece(dict row):
    cdef FWPM_PROVIDER0 x
    cdef Piece piece = Piece(sizeof(x))
    memset(&x, 0, sizeof(x))
    set_guid(&x.providerKey, row["provider_key"])
    piece.display(&x, &x.displayData, row)
    piece.point_to_text(&x, &x.serviceName, row.get("service"))
    return piece.done(&x)


def callout_piece(dict row):
    cdef FWPM_CALLOUT0 x
    cdef Piece piece = Piece(sizeof(x))
    memset(&x, 0, sizeof(x))
    set_guid(&x.calloutKey, row["callout_key"])
    set_guid(&x.applicableLayer, row["layer_key"])
    x.flags = row["flags"]
    x.calloutId = row["callout_id"]
    piece.display(&x, &x.displayData, row)
    return piece.done(&x)


def context_piece(dict row):
    """A general context: a blob behind it, and its bytes behind that."""
    cdef FWPM_PROVIDER_CONTEXT0 x
    cdef Piece piece = Piece(sizeof(x))
    memset(&x, 0, sizeof(x))
    set_guid(&x.providerContextKey, row["provider_context_key"])
    x.type = row["type"]
    piece.display(&x, &x.displayData, row)
    piece.point_to_blob(&x, &x.dataBuffer, row["data"])
    return piece.done(&x)
