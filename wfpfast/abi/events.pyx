"""The structs that each FWPM_NET_EVENTn consists of; must not know how any of them is decoded.

Windows only appends members to a struct, so a number, its level in its family, identifies it. A new
version is one more row in `fill_versions()`, a new event type one more line in `family()`.
"""

from wfpfast.abi.fwpmevents cimport *
from wfpfast.abi.fwpmtypes cimport *
from wfpfast.abi.minwindef cimport FILETIME_UNIX_EPOCH

UNIX_EPOCH = FILETIME_UNIX_EPOCH
"""1970 as a FILETIME, which counts 100 ns from 1601: where UNIX time begins."""
EVENT_VERSIONS = N_VERSIONS
"""How many versions of FWPM_NET_EVENT there are, counted from FWPM_NET_EVENT0."""

cdef EventVersion[N_VERSIONS] versions
# The sizes of a family's structs, by level.
cdef tuple DROP = (
    sizeof(FWPM_NET_EVENT_CLASSIFY_DROP0), sizeof(FWPM_NET_EVENT_CLASSIFY_DROP1),
    sizeof(FWPM_NET_EVENT_CLASSIFY_DROP2))
cdef tuple MM = (
    sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE0), sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE1),
    sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE2))
cdef tuple QM = (
    sizeof(FWPM_NET_EVENT_IKEEXT_QM_FAILURE0), sizeof(FWPM_NET_EVENT_IKEEXT_QM_FAILURE1))
cdef tuple EM = (
    sizeof(FWPM_NET_EVENT_IKEEXT_EM_FAILURE0), sizeof(FWPM_NET_EVENT_IKEEXT_EM_FAILURE1))


cdef const EventVersion* event_version(int version) noexcept nogil:
    """Return the structs of FWPM_NET_EVENT`version`."""
    return versions + version


cdef const Payload* payload_of(int version, uint32_t type) noexcept nogil:
    """Return the payload struct of a type in a version, also for types that no SDK has."""
    return &versions[version].payloads[min(type, <uint32_t>N_TYPES)]


cdef int family(
    int version, size_t size, size_t type_offset, size_t payload_offset, int header, int drop,
    int mm, int qm, int em, int arms
) except -1:
    """Describe one version: the level of each family in it, and how many arms its union has."""
    cdef EventVersion* v = versions + version
    levels = (("DROP", drop, DROP), ("MM", mm, MM), ("QM", qm, QM), ("EM", em, EM))
    for name, level, sizes in levels:
        if level >= len(sizes):  # no index is checked in this build
            raise ImportError(f"FWPM_NET_EVENT{version}: {name} has no size of level {level}")
    payloads = [  # size, alignment and level, in the order of FWPM_NET_EVENT_TYPE
        (MM[mm], 8, mm),
        (QM[qm], 8, qm),
        (EM[em], 8, em),
        (DROP[drop], 8, drop),
        (sizeof(FWPM_NET_EVENT_IPSEC_KERNEL_DROP0), 8, 0),
        (sizeof(FWPM_NET_EVENT_IPSEC_DOSP_DROP0), 4, 0),
        (sizeof(FWPM_NET_EVENT_CLASSIFY_ALLOW0), 8, 1),  # laid out as CLASSIFY_DROP1
        (sizeof(FWPM_NET_EVENT_CAPABILITY_DROP0), 8, 0),
        (sizeof(FWPM_NET_EVENT_CAPABILITY_ALLOW0), 8, 0),
        (sizeof(FWPM_NET_EVENT_CLASSIFY_DROP_MAC0), 8, 0),
        (sizeof(FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0), 4, 0),
    ]
    if len(payloads) != N_TYPES or version >= N_VERSIONS or arms > N_TYPES:
        raise ImportError(
            f"FWPM_NET_EVENT{version} with {arms} arms and {len(payloads)} payload structs:"
            f" N_VERSIONS is {N_VERSIONS}, N_TYPES {N_TYPES}")
    v.size, v.type_offset, v.payload_offset = size, type_offset, payload_offset
    v.header_level = header
    for type in range(arms):
        v.payloads[type].size, v.payloads[type].alignment, v.payloads[type].level = payloads[type]
    return 0


cdef int fill_versions() except -1:
    """Describe all versions. HEADER1 only appends reserved members to HEADER0: its level is 0."""
    cdef FWPM_NET_EVENT0 e0
    cdef FWPM_NET_EVENT1 e1
    cdef FWPM_NET_EVENT2 e2
    cdef FWPM_NET_EVENT3 e3
    cdef FWPM_NET_EVENT4 e4
    cdef FWPM_NET_EVENT5 e5
    # size, offsets of type and payload; levels of header, drop, mm, qm, em; arms of the union
    family(0, sizeof(e0), <char*>&e0.type - <char*>&e0, <char*>&e0.payload - <char*>&e0,
           0, 0, 0, 0, 0, 6)
    family(1, sizeof(e1), <char*>&e1.type - <char*>&e1, <char*>&e1.payload - <char*>&e1,
           0, 1, 1, 0, 1, 6)
    family(2, sizeof(e2), <char*>&e2.type - <char*>&e2, <char*>&e2.payload - <char*>&e2,
           2, 2, 1, 0, 1, 10)
    family(3, sizeof(e3), <char*>&e3.type - <char*>&e3, <char*>&e3.payload - <char*>&e3,
           3, 2, 1, 0, 1, 10)
    family(4, sizeof(e4), <char*>&e4.type - <char*>&e4, <char*>&e4.payload - <char*>&e4,
           3, 2, 2, 1, 1, 10)
    family(5, sizeof(e5), <char*>&e5.type - <char*>&e5, <char*>&e5.payload - <char*>&e5,
           3, 2, 2, 1, 1, 11)
    for version in range(N_VERSIONS):
        if versions[version].size == 0:
            raise ImportError(f"no row of fill_versions() describes FWPM_NET_EVENT{version}")
    return 0


fill_versions()
