"""What the numbers of messages in fields stand for; must not know events.

In place of names, fields have the number of a message, `%%14610`, whatever the machine's language.
The messages are those of msobjs.dll (`_tables/audits.py`). Which enumerator each stands for is from
the words of both, and was never seen in a file beside a net event.
"""

from wfpfast._decode.schema cimport N_EVENT_COLUMNS

from wfpfast._decode.schema import COLUMN_SLOTS
from wfpfast._tables.audits import MESSAGES
from wfpfast._tables.enums import ENUMS

cdef enum:
    FIRST_LAYER = 14596
    N_LAYERS = 48
    FIRST_MESSAGE = 8192
    N_MESSAGES = 57
    UNKNOWN = -1

cdef Word[N_LAYERS] layers
# By column: the enumerator of each message, plus 1; 0: none.
cdef signed char[N_EVENT_COLUMNS][N_MESSAGES] enumerators

# What a message says that names no enumerator: 8194 unknown authentication, 8211 unknown state,
# 8221 the third payload of extended mode was sent, 8229 none.
ENUMERATORS = {
    "failure_point": ("IPSEC_FAILURE_POINT", {
        8199: "IPSEC_FAILURE_ME", 8200: "IPSEC_FAILURE_PEER"}),
    "keying_module": ("IKEEXT_KEY_MODULE_TYPE", {
        8222: "IKEEXT_KEY_MODULE_IKE", 8223: "IKEEXT_KEY_MODULE_AUTHIP",
        8244: "IKEEXT_KEY_MODULE_IKEV2"}),
    "mm_state": ("IKEEXT_MM_SA_STATE", {
        8201: "IKEEXT_MM_SA_STATE_NONE", 8202: "IKEEXT_MM_SA_STATE_SA_SENT",
        8203: "IKEEXT_MM_SA_STATE_SSPI_SENT", 8204: "IKEEXT_MM_SA_STATE_FINAL"}),
    "qm_state": ("IKEEXT_QM_SA_STATE", {
        8207: "IKEEXT_QM_SA_STATE_NONE", 8208: "IKEEXT_QM_SA_STATE_INITIAL",
        8209: "IKEEXT_QM_SA_STATE_FINAL", 8210: "IKEEXT_QM_SA_STATE_COMPLETE"}),
    "em_state": ("IKEEXT_EM_SA_STATE", {
        8218: "IKEEXT_EM_SA_STATE_NONE", 8219: "IKEEXT_EM_SA_STATE_SENT_ATTS",
        8220: "IKEEXT_EM_SA_STATE_SSPI_SENT"}),
    "sa_role": ("IKEEXT_SA_ROLE", {
        8205: "IKEEXT_SA_ROLE_INITIATOR", 8206: "IKEEXT_SA_ROLE_RESPONDER"}),
    "traffic_type": ("IPSEC_TRAFFIC_TYPE", {
        8212: "IPSEC_TRAFFIC_TYPE_TRANSPORT", 8213: "IPSEC_TRAFFIC_TYPE_TUNNEL"}),
    "auth_method": ("IKEEXT_AUTHENTICATION_METHOD_TYPE", {
        8192: "IKEEXT_KERBEROS", 8193: "IKEEXT_PRESHARED_KEY", 8224: "IKEEXT_ANONYMOUS",
        8225: "IKEEXT_NTLM_V2", 8226: "IKEEXT_IPV6_CGA", 8227: "IKEEXT_CERTIFICATE",
        8228: "IKEEXT_SSL", 8238: "IKEEXT_CERTIFICATE_ECDSA_P256",
        8239: "IKEEXT_CERTIFICATE_ECDSA_P384", 8240: "IKEEXT_SSL_ECDSA_P256",
        8241: "IKEEXT_SSL_ECDSA_P384", 8247: "IKEEXT_EAP"}),
}
_ALIVE = []


cdef const Word* layer_word(uint64_t message) noexcept nogil:
    """Return the name of a kind of layer, or NULL."""
    if not FIRST_LAYER <= message < FIRST_LAYER + N_LAYERS:
        return NULL
    return layers + message - FIRST_LAYER if layers[message - FIRST_LAYER].text != NULL else NULL


cdef int enumerator_of(int column, uint64_t message) noexcept nogil:
    """Return which enumerator of a column a message stands for, or -1."""
    if not FIRST_MESSAGE <= message < FIRST_MESSAGE + N_MESSAGES:
        return UNKNOWN
    return enumerators[column][message - FIRST_MESSAGE] - 1


for number in range(FIRST_LAYER, FIRST_LAYER + N_LAYERS):
    if number in MESSAGES:
        kind = MESSAGES[number].encode()
        _ALIVE.append(kind)
        layers[<int>number - FIRST_LAYER] = Word(<bytes>kind, len(kind))
for name, (enumeration, meanings) in ENUMERATORS.items():
    for number, enumerator in meanings.items():
        enumerators[<int>COLUMN_SLOTS[name]][<int>number - FIRST_MESSAGE] = (
            ENUMS[enumeration][enumerator] + 1)
