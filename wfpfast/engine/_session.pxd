# Sessions with a filtering engine and what they own; must not know what an event looks like.
from libc.stdint cimport int64_t

from wfpfast.abi.fwpmobjects cimport (
    FWPM_FILTER_CONDITION0, FWPM_NET_EVENT_ENUM_TEMPLATE0)
from wfpfast.abi.fwptypes cimport FWP_BYTE_BLOB
from wfpfast.abi.minwindef cimport UINT32
from wfpfast.engine._api cimport HANDLE, Api


cdef class NativeTemplate:
    cdef FWPM_NET_EVENT_ENUM_TEMPLATE0 template
    cdef FWPM_FILTER_CONDITION0* conditions
    cdef FWP_BYTE_BLOB* blobs
    cdef list operands              # bytes that conditions point to
    cdef int _add(self, int place, bytes field, int type, operand) except -1


cdef class Session:
    cdef Api api
    cdef HANDLE handle
    cdef object lock
    cdef object children            # weak references to objects that must be closed first
    cdef object __weakref__
    cdef HANDLE _opened(self) except NULL


cdef class Enumeration:
    cdef Session session
    cdef HANDLE engine              # the session's handle, which outlives this one's
    cdef HANDLE handle
    cdef object lock
    cdef readonly int version
    cdef object __weakref__


cdef class Page:
    cdef Api api
    cdef void** entries
    cdef UINT32 count
    cdef int version
    cdef readonly int64_t fetch_ns
    cdef object _block(self)
