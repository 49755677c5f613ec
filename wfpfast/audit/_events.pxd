# One audit record into one row; must not know where records come from.
from libc.stdint cimport uint8_t

from wfpfast.audit._sides cimport Evidence
from wfpfast.audit._take cimport Taking


cdef const uint8_t* wanted_events() noexcept nogil
cdef void take_event(Taking* t) noexcept nogil
cdef void survey_event(Taking* t, Evidence* evidence) noexcept nogil
