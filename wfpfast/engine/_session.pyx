"""Sessions with a filtering engine and what they own; must not know what an event looks like.

Every handle has one owner, which gives it back once. A call that gives back and fails is made once
more, since the reason may have passed; then its first error is raised.
"""

import weakref

cimport cython
from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from wfpfast._base.threads cimport wf_clock_ns
from wfpfast._blocks.block cimport Block
from wfpfast.abi.fwpmobjects cimport FWP_MATCH_EQUAL, FWPM_SESSION0, RPC_C_AUTHN_WINNT
from wfpfast.abi.fwptypes cimport (
    FWP_BYTE_ARRAY16, FWP_BYTE_ARRAY16_TYPE, FWP_BYTE_BLOB_TYPE, FWP_SID, FWP_UINT8, FWP_UINT16,
    FWP_UINT32, FWP_V4_ADDR_AND_MASK, FWP_V4_ADDR_MASK, FWP_V6_ADDR_AND_MASK, FWP_V6_ADDR_MASK,
    FWP_VALUE0)
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.minwindef cimport DWORD
from wfpfast.abi.winerror cimport ERROR_INVALID_DATA
from wfpfast.abi.winnt cimport SID
from wfpfast.engine._api cimport N_ENUMS, FwpmApi

from wfpfast._base.forking import fork_lock
from wfpfast.errors import EngineClosedError, WfpError

cdef enum:
    OWNER_GROUP_AND_DACL = 7  # SECURITY_INFORMATION of winnt.h


cdef class NativeTemplate:
    """A template in the memory that Windows reads.

    Parameters
    ----------
    start, end : int
        FILETIMEs.
    conditions : list of (bytes, int, object)
        The field's GUID as it lies in memory, the FWP_DATA_TYPE, and an int, or the bytes of what
        the condition's value points to.
    """

    def __cinit__(self, start, end, conditions):
        self.operands = []
        self.conditions = <FWPM_FILTER_CONDITION0*>calloc(
            len(conditions) + 1, sizeof(FWPM_FILTER_CONDITION0))
        self.blobs = <FWP_BYTE_BLOB*>calloc(len(conditions) + 1, sizeof(FWP_BYTE_BLOB))
        if self.conditions == NULL or self.blobs == NULL:
            raise MemoryError
        self.template.startTime.dwLowDateTime = start & 0xFFFFFFFF
        self.template.startTime.dwHighDateTime = start >> 32
        self.template.endTime.dwLowDateTime = end & 0xFFFFFFFF
        self.template.endTime.dwHighDateTime = end >> 32
        self.template.numFilterConditions = len(conditions)
        self.template.filterCondition = self.conditions if conditions else NULL
        for place, (field, type, operand) in enumerate(conditions):
            self._add(place, field, type, operand)

    cdef int _add(self, int place, bytes field, int type, operand) except -1:
        cdef FWPM_FILTER_CONDITION0* condition = self.conditions + place
        cdef void* memory = NULL
        if len(field) != sizeof(GUID):
            raise ValueError(f"a GUID of {len(field)} bytes")
        memcpy(&condition.fieldKey, PyBytes_AsString(field), sizeof(GUID))
        condition.matchType = FWP_MATCH_EQUAL
        condition.conditionValue.type = type
        if isinstance(operand, bytes):
            self.operands.append(operand)
            memory = PyBytes_AsString(operand)
        if type == FWP_UINT8:
            condition.conditionValue.value.uint8 = operand
        elif type == FWP_UINT16:
            condition.conditionValue.value.uint16 = operand
        elif type == FWP_UINT32:
            condition.conditionValue.value.uint32 = operand
        elif type == FWP_BYTE_BLOB_TYPE:
            self.blobs[place] = FWP_BYTE_BLOB(len(operand), <unsigned char*>memory)
            condition.conditionValue.value.byteBlob = self.blobs + place
        elif type == FWP_SID:
            condition.conditionValue.value.sid = <SID*>memory
        elif type == FWP_BYTE_ARRAY16_TYPE:
            condition.conditionValue.value.byteArray16 = <FWP_BYTE_ARRAY16*>memory
        elif type == FWP_V4_ADDR_MASK:
            condition.conditionValue.value.v4AddrMask = <FWP_V4_ADDR_AND_MASK*>memory
        elif type == FWP_V6_ADDR_MASK:
            condition.conditionValue.value.v6AddrMask = <FWP_V6_ADDR_AND_MASK*>memory
        else:
            raise ValueError(f"no template has conditions of FWP_DATA_TYPE {type}")
        return 0

    def __dealloc__(self):
        free(self.conditions)
        free(self.blobs)


@cython.no_gc_clear  # __dealloc__ uses the objects that it refers to
cdef class Session:
    """An open session: `FwpmEngineOpen0` to `FwpmEngineClose0`.

    Its calls may come from any thread. `close` first closes what the session still owns.
    """

    def __cinit__(self, Api api not None):
        cdef FWPM_SESSION0 session
        cdef DWORD code = 0
        self.api = api
        self.lock = fork_lock()
        self.children = weakref.WeakSet()
        # All zero: the defaults, and a key that Windows chooses. The session must not be dynamic,
        # since a dynamic session may not set options.
        memset(&session, 0, sizeof(session))
        if api.table.FwpmEngineOpen0 == NULL:
            raise ValueError("an Api without calls: use wfpfast.Simulator, or None for Windows")
        with nogil:
            # WINNT was once taken for a cure of the leak of enumerations: it is none, and does no
            # harm (docs/windows.md).
            code = api.table.FwpmEngineOpen0(
                api.table.server_name, RPC_C_AUTHN_WINNT, NULL, &session, &self.handle)
        if code:
            self.handle = NULL
            raise WfpError(code, "FwpmEngineOpen0")

    def __dealloc__(self):
        # Children hold a reference to their session, so there are none any more.
        if self.handle != NULL:
            with nogil:
                self.api.table.FwpmEngineClose0(self.handle)

    cdef HANDLE _opened(self) except NULL:
        if self.handle == NULL:
            raise EngineClosedError("the engine is closed")
        return self.handle

    @property
    def closed(self):
        return self.handle == NULL

    @property
    def event_versions(self):
        return self.api.event_versions

    def get_option(self, UINT32 option):
        """Return the number that an engine option has."""
        cdef FWP_VALUE0* value = NULL
        cdef HANDLE handle
        cdef DWORD code = 0
        with self.lock:
            handle = self._opened()
            with nogil:
                code = self.api.table.FwpmEngineGetOption0(handle, option, &value)
            if code:
                raise WfpError(code, "FwpmEngineGetOption0")
            if value == NULL:  # the authors of simplewall saw a call succeed without a value
                raise WfpError(ERROR_INVALID_DATA, "FwpmEngineGetOption0")
            try:
                if value.type != FWP_UINT32:
                    raise WfpError(ERROR_INVALID_DATA, "FwpmEngineGetOption0")
                return value.value.uint32
            finally:
                with nogil:
                    self.api.table.FwpmFreeMemory0(<void**>&value)

    def set_option(self, UINT32 option, UINT32 number):
        """Set an engine option, for the whole machine and for good."""
        cdef FWP_VALUE0 value
        cdef HANDLE handle
        cdef DWORD code = 0
        memset(&value, 0, sizeof(value))
        value.type = FWP_UINT32
        value.value.uint32 = number
        with self.lock:
            handle = self._opened()
            with nogil:
                code = self.api.table.FwpmEngineSetOption0(handle, option, &value)
        if code:
            raise WfpError(code, "FwpmEngineSetOption0")

    def read_security(self):
        """Read who may do what with net events; return whether this engine can be asked."""
        cdef FwpmApi* table = &self.api.table
        cdef void* descriptor = NULL
        cdef HANDLE handle
        cdef DWORD code = 0
        if table.FwpmNetEventsGetSecurityInfo0 == NULL:
            return False
        with self.lock:
            handle = self._opened()
            with nogil:
                code = table.FwpmNetEventsGetSecurityInfo0(
                    handle, OWNER_GROUP_AND_DACL, NULL, NULL, NULL, NULL, &descriptor)
                if descriptor != NULL:
                    table.FwpmFreeMemory0(&descriptor)
        if code:
            raise WfpError(code, "FwpmNetEventsGetSecurityInfo0")
        return True

    def adopt(self, child):
        """Close `child` with the session; called with the lock held."""
        self.children.add(child)

    def forget(self, child):
        self.children.discard(child)

    def close(self):
        """Close what the session owns, then the session; closing twice is allowed."""
        cdef HANDLE handle
        cdef DWORD code = 0
        first = None
        with self.lock:
            children = list(self.children)  # may fail for want of memory: before anything is closed
            handle = self.handle
            self.handle = NULL  # from here on nothing new begins
        for child in children:
            try:
                child.close()
            except BaseException as error:  # raised when the rest has been closed
                first = first or error
        if handle != NULL:
            with nogil:
                code = self.api.table.FwpmEngineClose0(handle)
                if code:
                    self.api.table.FwpmEngineClose0(handle)
        if first is None and code:
            first = WfpError(code, "FwpmEngineClose0")
        if first is not None:
            raise first


@cython.no_gc_clear  # __dealloc__ uses the objects that it refers to
cdef class Page:
    """One result of FwpmNetEventEnumN: a block that Windows allocated, until it is released."""

    cdef object _block(self):
        """The memory as a block, for as long as it is not released."""
        cdef Block block = Block.__new__(Block, b"", base=0, count=0, version=self.version)
        cdef uint64_t size
        with nogil:
            size = self.api.table.block_size(self.entries)
        if size < 8 * <uint64_t>self.count:
            raise WfpError(ERROR_INVALID_DATA, f"FwpmNetEventEnum{self.version}")
        block.memory = <const unsigned char*>self.entries
        block.base = <uint64_t>self.entries
        block.nbytes = size
        block.entries = <const uint64_t*>self.entries
        block.count = self.count
        return block

    def decode(self, decoder):
        """Decode the events and release the block, on error too."""
        cdef Block block
        try:
            block = self._block()
            try:
                return decoder.decode(block)
            finally:
                block._end()  # an error's traceback may keep it alive
        finally:
            self.release()

    def copy(self):
        """Return the events as a block of our own memory, and release Windows'."""
        cdef Block block
        try:
            block = self._block()
            image = PyBytes_FromStringAndSize(<const char*>block.memory, block.nbytes)
            return Block(
                image, base=block.base, count=block.count, version=block.version)
        finally:
            self.release()

    def release(self):
        """Give the block back; releasing twice is allowed."""
        cdef void* entries = self.entries
        self.entries = NULL
        if entries != NULL:
            with nogil:
                self.api.table.FwpmFreeMemory0(&entries)

    def __len__(self):
        return self.count

    def __dealloc__(self):
        cdef void* entries = self.entries
        if entries != NULL:
            with nogil:
                self.api.table.FwpmFreeMemory0(&entries)


@cython.no_gc_clear  # __dealloc__ uses the objects that it refers to
cdef class Enumeration:
    """A snapshot of the log: `FwpmNetEventCreateEnumHandle0` to `FwpmNetEventDestroyEnumHandle0`.

    Parameters
    ----------
    session : Session
        Stays open as long as this lives, unless it is closed.
    template : NativeTemplate or None
        Which events; None for all.
    version : int
        Of the structs to ask for.
    """

    def __cinit__(self, Session session not None, NativeTemplate template, int version):
        cdef const FWPM_NET_EVENT_ENUM_TEMPLATE0* which = NULL
        cdef DWORD code = 0
        if not 0 <= version < N_ENUMS or session.api.table.FwpmNetEventEnum[version] == NULL:
            raise ValueError(f"this engine has no FwpmNetEventEnum{version}")
        self.session = session
        self.version = version
        self.lock = fork_lock()
        if template is not None:
            which = &template.template
        with session.lock:
            self.engine = session._opened()
            session.adopt(self)
            with nogil:
                code = session.api.table.FwpmNetEventCreateEnumHandle0(
                    self.engine, which, &self.handle)
            if code:
                self.handle = NULL
                session.forget(self)
                raise WfpError(code, "FwpmNetEventCreateEnumHandle0")

    def fetch(self, UINT32 limit):
        """Return the next page of at most so many events; None after the last one."""
        cdef Page page = Page.__new__(Page)
        cdef DWORD code = 0
        cdef int64_t started
        page.api = self.session.api
        page.version = self.version
        with self.lock:
            if self.handle == NULL:
                raise EngineClosedError("the enumeration is closed")
            with nogil:
                started = wf_clock_ns()
                code = page.api.table.FwpmNetEventEnum[page.version](
                    self.engine, self.handle, limit, &page.entries, &page.count)
                page.fetch_ns = wf_clock_ns() - started
        if code:
            raise WfpError(code, f"FwpmNetEventEnum{self.version}")
        return page if page.count else None

    def close(self):
        """Destroy the handle; waits for a page that is being fetched."""
        cdef HANDLE handle
        cdef FwpmApi* table = &self.session.api.table
        cdef DWORD code = 0
        with self.lock:
            handle = self.handle
            self.handle = NULL
            if handle != NULL:
                with nogil:
                    code = table.FwpmNetEventDestroyEnumHandle0(self.engine, handle)
                    if code:
                        table.FwpmNetEventDestroyEnumHandle0(self.engine, handle)
        self.session.forget(self)
        if code:
            raise WfpError(code, "FwpmNetEventDestroyEnumHandle0")

    def __dealloc__(self):
        if self.handle != NULL:
            with nogil:
                self.session.api.table.FwpmNetEventDestroyEnumHandle0(self.engine, self.handle)
