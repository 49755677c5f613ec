# ipsectypes.h: the IPsec types that event payloads use; must not know any event.
from wfpfast.abi.minwindef cimport UINT32

ctypedef UINT32 IPSEC_SA_SPI
ctypedef UINT32 IPSEC_FAILURE_POINT
ctypedef UINT32 IPSEC_TRAFFIC_TYPE

cdef enum:
    IPSEC_TRAFFIC_TYPE_TRANSPORT = 0
    IPSEC_TRAFFIC_TYPE_TUNNEL = 1
