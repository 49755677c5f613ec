# iketypes.h: the enumerations of IKE and AuthIP that event payloads use; must not know any event.
from wfpfast.abi.minwindef cimport UINT32

ctypedef UINT32 IKEEXT_KEY_MODULE_TYPE
ctypedef UINT32 IKEEXT_AUTHENTICATION_METHOD_TYPE
ctypedef UINT32 IKEEXT_MM_SA_STATE
ctypedef UINT32 IKEEXT_QM_SA_STATE
ctypedef UINT32 IKEEXT_EM_SA_STATE
ctypedef UINT32 IKEEXT_SA_ROLE

cdef enum:
    IKEEXT_CERT_HASH_LEN = 20
