"""What people ask `wfpfast explain`, collected from public threads; must not know how it answers.

What an answer must contain is by the headers of the SDK and Microsoft's pages. No wrong answer: a
question that has none must be told to have none.
"""

import ctypes

import pytest

from wfpfast.explain import explain, is_answer

# Number or name -> what one of the lines must say.
CODES = {
    # Base Filtering Engine and its calls, decimal and as HRESULT, with and without sign.
    "0": "ERROR_SUCCESS", "2": "ERROR_FILE_NOT_FOUND", "3": "ERROR_PATH_NOT_FOUND",
    "5": "ERROR_ACCESS_DENIED", "6": "ERROR_INVALID_HANDLE", "8": "ERROR_NOT_ENOUGH_MEMORY",
    "13": "ERROR_INVALID_DATA", "14": "ERROR_OUTOFMEMORY", "50": "ERROR_NOT_SUPPORTED",
    "87": "ERROR_INVALID_PARAMETER", "122": "ERROR_INSUFFICIENT_BUFFER",
    "126": "ERROR_MOD_NOT_FOUND", "127": "ERROR_PROC_NOT_FOUND", "577": "ERROR_INVALID_IMAGE_HASH",
    "995": "ERROR_OPERATION_ABORTED", "1053": "ERROR_SERVICE_REQUEST_TIMEOUT",
    "1058": "ERROR_SERVICE_DISABLED", "1060": "ERROR_SERVICE_DOES_NOT_EXIST",
    "1062": "ERROR_SERVICE_NOT_ACTIVE", "1068": "ERROR_SERVICE_DEPENDENCY_FAIL",
    "1115": "ERROR_SHUTDOWN_IN_PROGRESS", "1314": "ERROR_PRIVILEGE_NOT_HELD",
    "1450": "ERROR_NO_SYSTEM_RESOURCES", "1460": "ERROR_TIMEOUT",
    "1722": "RPC_S_SERVER_UNAVAILABLE", "1726": "RPC_S_CALL_FAILED",
    "1747": "RPC_S_UNKNOWN_AUTHN_SERVICE", "1753": "EPT_S_NOT_REGISTERED",
    "1783": "RPC_X_BAD_STUB_DATA", "1818": "RPC_S_CALL_CANCELLED",
    "0x80070005": "ERROR_ACCESS_DENIED", "-2147024891": "ERROR_ACCESS_DENIED",
    "0x800706BA": "RPC_S_SERVER_UNAVAILABLE", "0x800706D9": "EPT_S_NOT_REGISTERED",
    "0x80070057": "ERROR_INVALID_PARAMETER", "-2147024809": "ERROR_INVALID_PARAMETER",
    "0x8007045b": "ERROR_SHUTDOWN_IN_PROGRESS", "0x80070002": "ERROR_FILE_NOT_FOUND",
    "0x80070003": "ERROR_PATH_NOT_FOUND", "0x8007000E": "ERROR_OUTOFMEMORY",
    "0x80070424": "ERROR_SERVICE_DOES_NOT_EXIST", "0x80070422": "ERROR_SERVICE_DISABLED",
    "0x8007041D": "ERROR_SERVICE_REQUEST_TIMEOUT", "0x800705AA": "ERROR_NO_SYSTEM_RESOURCES",
    "2147942405": "ERROR_ACCESS_DENIED", "0x800735E9": "ERROR_IPSEC_IKE_AUTH_FAIL",
    "0x80004005": "E_FAIL", "-2147467259": "E_FAIL", "0x80004001": "E_NOTIMPL",
    "0x8000FFFF": "E_UNEXPECTED", "E_ACCESSDENIED": "ERROR_ACCESS_DENIED",
    "E_INVALIDARG": "ERROR_INVALID_PARAMETER",
    # Sockets.
    "10013": "WSAEACCES", "10022": "WSAEINVAL", "10048": "WSAEADDRINUSE",
    "10051": "WSAENETUNREACH", "10053": "WSAECONNABORTED", "10054": "WSAECONNRESET",
    "10055": "WSAENOBUFS", "10060": "WSAETIMEDOUT", "10061": "WSAECONNREFUSED",
    "10065": "WSAEHOSTUNREACH", "11001": "WSAHOST_NOT_FOUND", "0x8007274C": "WSAETIMEDOUT",
    "0x8007271D": "WSAEACCES", "12007": "NAME_NOT_RESOLVED", "0x80072EFD": "CANNOT_CONNECT",
    "0x80072EE2": "WINHTTP_TIMEOUT", "9003": "DNS_ERROR_RCODE_NAME_ERROR",
    # The filtering engine.
    "0x80320001": "FWP_E_CALLOUT_NOT_FOUND", "0x80320003": "FWP_E_FILTER_NOT_FOUND",
    "0x80320005": "FWP_E_PROVIDER_NOT_FOUND", "0x80320007": "FWP_E_SUBLAYER_NOT_FOUND",
    "0x80320008": "FWP_E_NOT_FOUND", "0x80320009": "FWP_E_ALREADY_EXISTS",
    "0x8032000A": "FWP_E_IN_USE", "0x8032000B": "FWP_E_DYNAMIC_SESSION_IN_PROGRESS",
    "0x8032000D": "FWP_E_NO_TXN_IN_PROGRESS", "0x8032000E": "FWP_E_TXN_IN_PROGRESS",
    "0x80320010": "FWP_E_SESSION_ABORTED", "0x80320012": "FWP_E_TIMEOUT",
    "0x80320013": "FWP_E_NET_EVENTS_DISABLED", "0x80320016": "FWP_E_LIFETIME_MISMATCH",
    "0x80320017": "FWP_E_BUILTIN_OBJECT", "0x8032001E": "FWP_E_INVALID_FLAGS",
    "0x80320023": "FWP_E_NULL_DISPLAY_NAME", "0x80320027": "FWP_E_TYPE_MISMATCH",
    "0x80320035": "FWP_E_INVALID_PARAMETER", "0x80320044": "FWP_E_IKEEXT_NOT_RUNNING",
    "-2144206839": "FWP_E_ALREADY_EXISTS", "0xC0220003": "STATUS_FWP_FILTER_NOT_FOUND",
    "0xC0220103": "STATUS_FWP_CANNOT_PEND", "FWP_E_ALREADY_EXISTS": "0x80320009",
    # IKE and IPsec.
    "13801": "ERROR_IPSEC_IKE_AUTH_FAIL", "13802": "ERROR_IPSEC_IKE_ATTRIB_FAIL",
    "13804": "ERROR_IPSEC_IKE_GENERAL_PROCESSING_ERROR", "13805": "ERROR_IPSEC_IKE_TIMED_OUT",
    "13806": "ERROR_IPSEC_IKE_NO_CERT", "13807": "ERROR_IPSEC_IKE_SA_DELETED",
    "13809": "ERROR_IPSEC_IKE_MM_ACQUIRE_DROP", "13813": "ERROR_IPSEC_IKE_DROP_NO_RESPONSE",
    "13815": "ERROR_IPSEC_IKE_QM_DELAY_DROP", "13816": "ERROR_IPSEC_IKE_ERROR",
    "13817": "ERROR_IPSEC_IKE_CRL_FAILED", "13818": "ERROR_IPSEC_IKE_INVALID_KEY_USAGE",
    "13819": "ERROR_IPSEC_IKE_INVALID_CERT_TYPE", "13820": "ERROR_IPSEC_IKE_NO_PRIVATE_KEY",
    "13822": "ERROR_IPSEC_IKE_DH_FAIL", "13825": "ERROR_IPSEC_IKE_NO_POLICY",
    "13843": "ERROR_IPSEC_IKE_INVALID_PAYLOAD", "13868": "ERROR_IPSEC_IKE_POLICY_MATCH",
    "13880": "ERROR_IPSEC_IKE_INVALID_MAJOR_VERSION", "13885": "ERROR_IPSEC_IKE_MM_EXPIRED",
    "13887": "ERROR_IPSEC_IKE_CERT_CHAIN_POLICY_MISMATCH",
    "13899": "ERROR_IPSEC_IKE_INNER_IP_ASSIGNMENT_FAILURE",
    "13902": "ERROR_IPSEC_IKE_COEXISTENCE_SUPPRESS",
    "13905": "ERROR_IPSEC_IKE_AUTHORIZATION_FAILURE", "13910": "ERROR_IPSEC_BAD_SPI",
    "IKE_POLICY_MATCH": "13868", "ERROR_IPSEC_IKE_AUTH_FAIL": "13801",
    "0xC0360001": "STATUS_IPSEC_BAD_SPI", "-1070202879": "STATUS_IPSEC_BAD_SPI",
    "0xC0360004": "STATUS_IPSEC_REPLAY_CHECK_FAILED", "0xC0360007": "STATUS_IPSEC_CLEAR_TEXT_DROP",
    # What certificates, Kerberos and the kernel add.
    "0x800B0101": "CERT_E_EXPIRED", "-2146762495": "CERT_E_EXPIRED",
    "2148204801": "CERT_E_EXPIRED", "0x800B0109": "CERT_E_UNTRUSTEDROOT",
    "0x800B010A": "CERT_E_CHAINING", "0x800B010C": "CERT_E_REVOKED",
    "0x800B010F": "CERT_E_CN_NO_MATCH", "0x800B0110": "CERT_E_WRONG_USAGE",
    "0x80092010": "CRYPT_E_REVOKED", "0x80092012": "CRYPT_E_NO_REVOCATION_CHECK",
    "0x80092013": "CRYPT_E_REVOCATION_OFFLINE", "0x80092004": "CRYPT_E_NOT_FOUND",
    "0x80096004": "TRUST_E_CERT_SIGNATURE", "0x8009030C": "SEC_E_LOGON_DENIED",
    "0x8009030E": "SEC_E_NO_CREDENTIALS", "0x80090322": "SEC_E_WRONG_PRINCIPAL",
    "0x80090324": "SEC_E_TIME_SKEW", "0x80090325": "SEC_E_UNTRUSTED_ROOT",
    "0x80090331": "SEC_E_ALGORITHM_MISMATCH", "0x80090016": "NTE_BAD_KEYSET",
    "0xC0000022": "STATUS_ACCESS_DENIED", "0xC000009A": "STATUS_INSUFFICIENT_RESOURCES",
    "0xC0000039": "STATUS_OBJECT_PATH_INVALID", "0xC000000D": "STATUS_INVALID_PARAMETER",
    "0xC0000017": "STATUS_NO_MEMORY", "0xC0000034": "STATUS_OBJECT_NAME_NOT_FOUND",
    "0xC0000120": "STATUS_CANCELLED", "0xC0000236": "STATUS_CONNECTION_REFUSED",
    "0xC00000BB": "STATUS_NOT_SUPPORTED", "0xC000006D": "STATUS_LOGON_FAILURE",
    "0xC0000428": "STATUS_INVALID_IMAGE_HASH",
    # Dial-up and VPN.
    "691": "ERROR_AUTHENTICATION_FAILURE", "789": "ERROR_OAKLEY_GENERAL_PROCESSING",
    "792": "ERROR_OAKLEY_TIMED_OUT", "800": "ERROR_AUTOMATIC_VPN_FAILED",
    "809": "ERROR_VPN_TIMEOUT", "812": "ERROR_SERVER_POLICY", "853": "EAP_USER_CERT_INVALID",
    "864": "ERROR_EAP_SERVER_ROOT_CERT_NOT_FOUND", "868": "ERROR_DNSNAME_NOT_RESOLVABLE",
    "20227": "RasClient",
}  # fmt: skip
WORDS = {
    # Origins of filters, in the spellings of netsh, of audits and of people.
    "Query User Default": "default block", "query-user default": "default block",
    "QueryUserDefault": "default block", "Stealth": "port", "AppContainer Loopback": "loopback",
    "WSH Default": "Service Hardening", "Quarantine Default": "quarantine",
    "Boot Time Default": "starting", "Boottime Default": "starting",
    "Default Outbound": "goes out", "Unknown": "could not tell", "UWP Default": "capability",
    "UWP Default Outbound Block Rule": "capability",
    r"TCP Query User{A549B7CF-0542-4B67-93F9-EEBCDD584377}C:\a\b.exe": "firewall rule",
    # What wfpfast and netsh print.
    "CLASSIFY_DROP": "event type: CLASSIFY_DROP (3)",
    "FWPM_NET_EVENT_TYPE_CLASSIFY_DROP": "event type: CLASSIFY_DROP (3)",
    "FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_DROP": "event type: CLASSIFY_DROP (3)",
    "PUBLIC_CLASSIFY_ALLOW": "event type: CLASSIFY_ALLOW (6)",
    "IKEEXT_MM_FAILURE": "event type: IKEEXT_MM_FAILURE (0)",
    "INTERNAL_IKEEXT_MM_ESTABLISHED": "type 13", "type:13": "INTERNAL_IKEEXT_MM_ESTABLISHED",
    "MS_FWP_DIRECTION_IN": "14592", "MS_FWP_DIRECTION_OUT": "14593", "INBOUND": "direction",
    "BIDIRECTIONAL": "14595", "POLICY_CHANGE": "filters changed", "PROFILE_CROSSING": "profile",
    "SSPI_SENT": "state of main mode", "PEER": "the other end gave up",
    "INITIATOR": "this computer began", "IKEEXT_KERBEROS": "Kerberos", "PRESHARED_KEY": "secret",
    "AUTHIP": "AuthIP", "IKEV2": "RFC 7296", "INTERNET_CLIENT": "S-1-15-3-1",
    "APP_ID_SET": "app_path", "CAPABILITY_DROP": "keyword of collection", "BENIGN": "no harm",
    "drop": "verdict", "arrived": "verdict", "domain": "network profile", "System": "kernel",
    "CALLOUT_TERMINATING": "not registered", "FWPM_FILTER_FLAG_BOOTTIME": "Windows starts",
    "FWPP_SUBLAYER_INTERNAL_FIREWALL_WSH": "Service Hardening", "UNKNOWN_3": "CLASSIFY_DROP",
    "filter_id": "column: filter_id", "reauth_reason": "column: reauth_reason", "tcp": "(6)",
    # Objects of Windows, by name and GUID.
    "FWPM_SUBLAYER_MPSSVC_WF": "b3cdd441-af90-41ba-a745-7c6008ff2301",
    "FWPM_PROVIDER_MPSSVC_WSH": "4b153735-1049-4480-aab4-d1b9bdc03710",
    "{4b153735-1049-4480-aab4-d1b9bdc03710}": "FWPM_PROVIDER_MPSSVC_WSH",
    "{b3cdd441-af90-41ba-a745-7c6008ff2302}": "FWPM_SUBLAYER_MPSSVC_QUARANTINE",
    "B3CDD441-AF90-41BA-A745-7C6008FF2301": "FWPM_SUBLAYER_MPSSVC_WF",
    "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}": "FWPM_PROVIDER_MPSSVC_WF",
    "{eda08606-2494-4d78-89bc-67837c03b969}": "SILENT_DROP",
    "{893a4f22-9bba-49b7-8c66-3d40929c8fd5}": "Teredo",
    "FWPM_CALLOUT_IPSEC_INBOUND_TRANSPORT_V4": "5132900d-5e84-4b5f-80e4-01741e81ff10",
    "FWPM_CONDITION_ALE_APP_ID": "d78e1e87-8644-4ea5-9437-d809ecefc971",
    "FWPM_LAYER_ALE_AUTH_CONNECT_V4": "(48)", "ALE_AUTH_RECV_ACCEPT_V4": "(44)", "layer:44":
    "ALE_AUTH_RECV_ACCEPT_V4", "FWPM_SUBLAYER_EDGE_TRAVERSAL": "FWPM_SUBLAYER_TEREDO",
    # The Security log.
    "%%14592": "Inbound", "%%14597": "Transport", "%%14595": "Bidirectional (Direction)",
    "%%14596": "IP Packet (LayerName)", "%%8201": "(state of main mode)", "%%8206":
    "(role of this computer)", "%%8199": "(failure point)", "%%8213": "(mode of quick mode)",
    "%%14610": "Receive/Accept", "14610": "Receive/Accept", "%%8222": "IKEv1",
    "%%16389": "Block", "5157": "connection was blocked",
    "5152": "blocked a packet", "5031": "accepting connections", "4653": "main mode failed",
    "4984": "extended mode failed", "5447": "filter was added or removed", "audit:4963": "clear",
    # Services, ids, profiles, SIDs.
    "BFE": "Base Filtering Engine", "Base Filtering Engine": "service: BFE", "mpssvc": "Firewall",
    "72861": "may be a filter id", "0x11CBD": "72893", "profile:1": "public",
    "profile:0": "unknown", "S-1-5-18": "LocalSystem", "S-1-5-21-1-2-3-500": "Administrator",
    "S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052": "MpsSvc",
    "S-1-15-3-1": "internetClient", "direction:0": "OUTBOUND", "keywords:0x20": "PORT_SCANNING",
}  # fmt: skip
# Numbers that no header defines: winerror.h goes from 13918 to 13925, and has no 0x8032006x.
NOTHING = ("13919", "13924", "0xC036000D", "0x80320060", "profile:4", "0x40230000", "0xE0004503")
MOST_ASKED = (
    "13801", "13805", "13806", "13816", "13822", "13843", "13868", "13899", "13902", "13809",
    "13819", "5", "3", "0x80320013", "0x8032000D", "0x80320009", "1753", "1722", "10013",
    "0x800B0101", "809", "0x80070005", "1450", "10060", "0x800B0109", "0x80092013", "Stealth",
    "Query User Default", "812", "0xC0360001", "0x8032001E",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _not_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the tables only, also where the system could answer."""
    monkeypatch.delattr(ctypes, "FormatError", raising=False)


def test_there_are_enough_questions() -> None:
    assert len(CODES) + len(WORDS) + len(NOTHING) > 230
    assert len(NOTHING) < 10


@pytest.mark.parametrize(("question", "words"), [*CODES.items(), *WORDS.items()])
def test_a_question_has_its_answer(question: str, words: str) -> None:
    lines = explain(question)
    assert is_answer(lines)
    assert any(words.lower() in line.lower() for line in lines), lines


@pytest.mark.parametrize("question", NOTHING)
def test_what_is_not_defined_is_said_to_be_unknown(question: str) -> None:
    lines = explain(question)
    assert not is_answer(lines)
    assert not any("what to do" in line for line in lines)


@pytest.mark.parametrize("question", MOST_ASKED)
def test_what_people_ask_most_comes_with_what_to_do(question: str) -> None:
    lines = explain(question)
    assert lines[1].startswith("  what to do: ")
    assert len(lines[1]) > 60
