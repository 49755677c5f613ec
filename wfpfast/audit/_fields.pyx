"""The fields of audit records, each with the names that Windows has for it; must not know columns.

The names are those of the provider's manifest as public records and dumps of it show them. Windows
spells some of them in two ways, and main mode and extended mode have names of their own.
"""

from wfpfast._evtx.names cimport names_add
from wfpfast._evtx.templates cimport COMPUTER, EVENT_ID, PROVIDER, RECORD_ID, TIME

# In the order of the enumeration; the first name is the one that errors show.
NAMES = (
    (b"ProcessId", b"ProcessID"),
    (b"Application",),
    (b"Direction",),
    (b"SourceAddress",),
    (b"SourcePort",),
    (b"DestAddress",),
    (b"DestPort",),
    (b"Protocol",),
    (b"InterfaceIndex",),
    (b"FilterOrigin",),
    (b"FilterRTID",),
    (b"LayerName",),
    (b"LayerRTID",),
    (b"RemoteUserID",),
    (b"RemoteMachineID",),
    (b"OriginalProfile",),
    (b"CurrentProfile",),
    (b"IsLoopback",),
    (b"EtherType",),
    (b"MediaType",),
    (b"InterfaceType",),
    (b"VlanTag",),
    (b"vSwitchID",),
    (b"SourcevSwitchPort",),
    (b"DestinationvSwitchPort",),
    (b"LocalMMPrincipalName", b"LocalEMPrincipalName"),
    (b"RemoteMMPrincipalName", b"RemoteEMPrincipalName"),
    (b"LocalMMCertHash", b"LocalEMCertHash"),
    (b"LocalAddress",),
    (b"LocalAddressMask",),
    (b"LocalPort", b"LocalKeyModPort"),
    (b"RemoteAddress",),
    (b"RemoteAddressMask",),
    (b"RemotePort", b"RemoteKeyModPort"),
    (b"KeyModName",),
    (b"FailurePoint",),
    (b"FailureReason",),
    (b"MMAuthMethod", b"EMAuthMethod"),
    (b"State",),
    (b"Role",),
    (b"Mode",),
    (b"MMFilterID",),
    (b"QMFilterID",),
    (b"MMSAID",),
)

cdef Names table
# What errors call each target.
cdef const char* shown[N_FIELDS]


cdef const Names* audit_fields() noexcept nogil:
    return &table


cdef const char* field_name(int target) noexcept nogil:
    return shown[target]


if len(NAMES) != <int>N_FIELDS - <int>FIELD:
    raise ImportError(f"{len(NAMES)} fields have names, of {<int>N_FIELDS - <int>FIELD}")
for number, several in enumerate(NAMES):
    shown[<int>FIELD + <int>number] = <bytes>several[0]
    for name in several:
        names_add(&table, <bytes>name, number)
del name, number, several
shown[<int>PROVIDER] = "Provider"
shown[<int>EVENT_ID] = "EventID"
shown[<int>TIME] = "TimeCreated"
shown[<int>RECORD_ID] = "EventRecordID"
shown[<int>COMPUTER] = "Computer"

FIELDS = {
    name.decode(): <int>FIELD + number for number, several in enumerate(NAMES) for name in several}
"""Where the value of each field goes, by its name."""
SYSTEM = {
    "Provider": <int>PROVIDER, "EventID": <int>EVENT_ID, "TimeCreated": <int>TIME,
    "EventRecordID": <int>RECORD_ID, "Computer": <int>COMPUTER}
"""Where the value of each member that every event has goes."""
