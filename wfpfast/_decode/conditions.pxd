# FWP_CONDITION_VALUE0 as text; must not know which member holds the value.
from wfpfast._decode.context cimport Decode
from wfpfast.abi.fwptypes cimport FWP_CONDITION_VALUE0

cdef bint put_condition(
    Decode* d, int column, int i, const char* field, const FWP_CONDITION_VALUE0* value
) noexcept nogil
