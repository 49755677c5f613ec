"""The Arrow C stream over a Python iterator of batches; must not know what the batches hold."""

from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_New
from cpython.ref cimport Py_DECREF, Py_INCREF
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from wfpfast._columns.export cimport ArrowArray, ArrowArrayStream, ArrowSchema

cdef enum:
    EIO = 5


cdef class Source:
    """What a stream reads: an iterator of batches, and a schema that is known before the first."""

    cdef object schema
    cdef object batches
    cdef bytes error

    def __cinit__(self, schema, batches):
        self.schema = schema
        self.batches = iter(batches)
        self.error = b""

    cdef int keep(self, error) noexcept:
        self.error = f"{type(error).__name__}: {error}".encode("utf-8", "replace")
        return EIO

    cdef int next_array(self, ArrowArray* out) noexcept:
        cdef ArrowArray* array
        memset(out, 0, sizeof(ArrowArray))  # a struct without a release callback ends the stream
        try:
            batch = next(self.batches, None)
            if batch is not None:
                _, capsule = batch.__arrow_c_array__()
                array = <ArrowArray*>PyCapsule_GetPointer(capsule, b"arrow_array")
                memcpy(out, array, sizeof(ArrowArray))
                array.release = NULL
        except BaseException as error:
            return self.keep(error)
        return 0

    cdef int copy_schema(self, ArrowSchema* out) noexcept:
        cdef ArrowSchema* schema
        memset(out, 0, sizeof(ArrowSchema))
        try:
            capsule = self.schema.__arrow_c_schema__()
            schema = <ArrowSchema*>PyCapsule_GetPointer(capsule, b"arrow_schema")
            memcpy(out, schema, sizeof(ArrowSchema))
            schema.release = NULL
        except BaseException as error:
            return self.keep(error)
        return 0


cdef int get_schema(ArrowArrayStream* stream, ArrowSchema* out) noexcept nogil:
    with gil:
        return (<Source>stream.private_data).copy_schema(out)


cdef int get_next(ArrowArrayStream* stream, ArrowArray* out) noexcept nogil:
    with gil:
        return (<Source>stream.private_data).next_array(out)


cdef const char* get_last_error(ArrowArrayStream* stream) noexcept nogil:
    with gil:
        return (<Source>stream.private_data).error


cdef void release(ArrowArrayStream* stream) noexcept nogil:
    with gil:
        Py_DECREF(<Source>stream.private_data)
    stream.private_data = NULL
    stream.release = NULL


cdef void free_capsule(object capsule) noexcept:
    cdef ArrowArrayStream* stream = <ArrowArrayStream*>PyCapsule_GetPointer(
        capsule, b"arrow_array_stream")
    if stream.release != NULL:
        stream.release(stream)
    free(stream)


def stream_capsule(schema, batches):
    """Return a capsule "arrow_array_stream".

    `schema` has ``__arrow_c_schema__``; `batches` yields objects with ``__arrow_c_array__``. An
    exception of the iterator ends the stream and is the consumer's error, with its text.
    """
    cdef Source source = Source(schema, batches)
    cdef ArrowArrayStream* stream = <ArrowArrayStream*>calloc(1, sizeof(ArrowArrayStream))
    if stream == NULL:
        raise MemoryError
    stream.get_schema = get_schema
    stream.get_next = get_next
    stream.get_last_error = get_last_error
    stream.release = release
    stream.private_data = <void*>source
    try:
        capsule = PyCapsule_New(stream, b"arrow_array_stream", free_capsule)
    except BaseException:
        free(stream)
        raise
    Py_INCREF(source)
    return capsule
