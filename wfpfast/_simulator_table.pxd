# The simulated calls of fwpuclnt.dll for subscriptions and objects; must not know Python.
from wfpfast._api cimport FwpmApi
from wfpfast._simulator_engine cimport Sim
from wfpfast._simulator_units cimport Unit


cdef void fill_table(FwpmApi* table) noexcept nogil
cdef bint deliver(Sim* sim, const Unit* unit) noexcept nogil
