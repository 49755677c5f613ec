# The simulated calls of fwpuclnt.dll for subscriptions and objects; must not know Python.
from wfpfast.engine._api cimport FwpmApi
from wfpfast.simulator._state cimport Sim
from wfpfast.simulator._units cimport Unit


cdef void fill_table(FwpmApi* table) noexcept nogil
cdef bint deliver(Sim* sim, const Unit* unit) noexcept nogil
