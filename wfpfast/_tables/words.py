"""What the enumerators, flags and words of net events and filters mean; must not know numbers.

The numbers of those in a header of the SDK stand in `enums`. A name may be asked for with or
without its prefix.
"""

from typing import NamedTuple


class Family(NamedTuple):
    """Names of one kind: what to call them, the prefixes they may have, and what each means."""

    title: str
    prefixes: tuple[str, ...]
    meanings: dict[str, str]



FAMILIES: tuple[Family, ...] = (
    Family("internal event type", ("FWPM_NET_EVENT_TYPE_INTERNAL_", "INTERNAL_"), {
        "IKEEXT_MM_ESTABLISHED": "main mode was set up (type 13; in no SDK)",
        "IKEEXT_MM_DELETED": "a main mode association ended (type 14; in no SDK)",
        "IKEEXT_MM_FAILURE": "main mode failed (type 15; in no SDK)",
        "IKEEXT_QM_ESTABLISHED": "quick mode was set up (type 16; in no SDK)",
        "IKEEXT_QM_DELETED": "a quick mode association ended (type 17; in no SDK)",
        "IKEEXT_QM_FAILURE": "quick mode failed (type 18; in no SDK)",
        "IKEEXT_NO_QM_FOR_MMSA": "a main mode association had no quick mode (type 19; in no SDK)",
        "IKEEXT_POLICY_CHANGE": "the policy of IKE changed (type 20; in no SDK)",
    }),
    Family("direction", ("MS_FWP_DIRECTION_", "FWP_DIRECTION_", ""), {
        "IN": "the other end began: msFwpDirection 0x3900 (14592)",
        "OUT": "this computer began: msFwpDirection 0x3901 (14593)",
        "INBOUND": "the other end began: msFwpDirection 0x3900, FWP_DIRECTION 1",
        "OUTBOUND": "this computer began: msFwpDirection 0x3901, FWP_DIRECTION 0",
        "FORWARD": "the packet is routed: msFwpDirection 0x3902 (14594)",
        "BIDIRECTIONAL": "neither way, as for a bind: msFwpDirection 0x3903 (14595)",
    }),
    Family("verdict", ("",), {
        "drop": "something was dropped or refused",
        "allow": "something was let pass",
        "fail": "a negotiation of IKE or AuthIP failed",
        "arrived": "a packet arrived while the computer slept lightly (low-power mode)",
    }),
    Family("program", ("",), {
        "System": "the kernel itself: file sharing (SMB), HTTP.sys and others",
    }),
    Family("network profile", ("",), {
        "unknown": "the network is not identified (0)",
        "public": "a network that is not trusted (1)",
        "private": "a network at home or at work (2)",
        "domain": "a network on which the domain authenticated the computer (3)",
    }),
    Family("IP version", ("FWP_IP_VERSION_",), {
        "V4": "IPv4 (0)", "V6": "IPv6 (1)", "NONE": "neither, as for link-layer frames (2)",
    }),
    Family("address family", ("FWP_AF_", ""), {
        "INET": "IPv4 (0)", "INET6": "IPv6 (1)", "ETHER": "Ethernet (2)", "NONE": "not known (3)",
    }),
    Family("AppContainer capability", (
        "FWPM_APPC_NETWORK_CAPABILITY_", "FWP_CAPABILITIES_FLAG_", ""), {
        "INTERNET_CLIENT": "internetClient: connect to the internet (S-1-15-3-1)",
        "INTERNET_CLIENT_SERVER":
            "internetClientServer: also take connections from the internet (S-1-15-3-2)",
        "INTERNET_PRIVATE_NETWORK":
            "privateNetworkClientServer: both on home and work networks (S-1-15-3-3)",
        "PRIVATE_NETWORK":
            "privateNetworkClientServer: both on home and work networks (S-1-15-3-3)",
        "internetClient": "connect to the internet (S-1-15-3-1)",
        "internetClientServer": "also take connections from the internet (S-1-15-3-2)",
        "privateNetworkClientServer": "both on home and work networks (S-1-15-3-3)",
    }),
    Family("keying module", ("IKEEXT_KEY_MODULE_", ""), {
        "IKE": "IKEv1, RFC 2409 (0)",
        "AUTHIP": "AuthIP, Microsoft's extension of IKE (1)",
        "IKEV2": "IKEv2, RFC 7296 (2)",
    }),
    Family("authentication method", ("IKEEXT_", ""), {
        "PRESHARED_KEY": "both ends know one secret (0)",
        "CERTIFICATE": "certificates with RSA keys (1)",
        "KERBEROS": "Kerberos of a domain (2)",
        "ANONYMOUS": "nobody proves who he is (3)",
        "SSL": "SSL certificates (4)",
        "NTLM_V2": "NTLM version 2 (5)",
        "IPV6_CGA": "addresses that are made of keys: cryptographically generated (6)",
        "CERTIFICATE_ECDSA_P256": "certificates with ECDSA keys of 256 bits (7)",
        "CERTIFICATE_ECDSA_P384": "certificates with ECDSA keys of 384 bits (8)",
        "SSL_ECDSA_P256": "SSL certificates with ECDSA keys of 256 bits (9)",
        "SSL_ECDSA_P384": "SSL certificates with ECDSA keys of 384 bits (10)",
        "EAP": "EAP, such as a user's certificate or password in a VPN (11)",
        "RESERVED": "not used (12)",
    }),
    Family("state of main mode", ("IKEEXT_MM_SA_STATE_", ""), {
        "NONE": "nothing was sent yet (0)",
        "SA_SENT": "the proposals were sent: first round trip (1)",
        "SSPI_SENT": "authentication began: second round trip with SSPI (2)",
        "FINAL": "the second round trip was sent (3)",
        "FINAL_SENT": "the last round trip was sent (4)",
        "COMPLETE": "done (5)",
    }),
    Family("state of quick mode", ("IKEEXT_QM_SA_STATE_", ""), {
        "NONE": "nothing was sent yet (0)",
        "INITIAL": "first round trip (1)",
        "FINAL": "last round trip (2)",
        "COMPLETE": "done (3)",
    }),
    Family("state of extended mode", ("IKEEXT_EM_SA_STATE_", ""), {
        "NONE": "nothing was sent yet (0)",
        "SENT_ATTS": "attributes were sent: first round trip (1)",
        "SSPI_SENT": "authentication began: second round trip (2)",
        "AUTH_COMPLETE": "authentication is complete: last round trip (3)",
        "FINAL": "last round trip (4)",
        "COMPLETE": "done (5)",
    }),
    Family("role", ("IKEEXT_SA_ROLE_", ""), {
        "INITIATOR": "this computer began the negotiation (0)",
        "RESPONDER": "the other end began the negotiation (1)",
    }),
    Family("traffic type", ("IPSEC_TRAFFIC_TYPE_", ""), {
        "TRANSPORT": "between the two computers themselves (0)",
        "TUNNEL": "between networks or a client and a network, through a gateway (1)",
    }),
    Family("failure point", ("IPSEC_FAILURE_", ""), {
        "NONE": "not known (0)",
        "ME": "this computer gave up (1)",
        "PEER": "the other end gave up (2)",
    }),
    Family("flag of an event", ("FWPM_NET_EVENT_FLAG_", ""), {
        "IP_PROTOCOL_SET": "ip_protocol is filled (0x1)",
        "LOCAL_ADDR_SET": "local_address is filled (0x2)",
        "REMOTE_ADDR_SET": "remote_address is filled (0x4)",
        "LOCAL_PORT_SET": "local_port is filled (0x8)",
        "REMOTE_PORT_SET": "remote_port is filled (0x10)",
        "APP_ID_SET": "app_path is filled (0x20)",
        "USER_ID_SET": "user_sid is filled (0x40)",
        "SCOPE_ID_SET": "scope_id is filled (0x80)",
        "IP_VERSION_SET": "ip_version is filled (0x100)",
        "REAUTH_REASON_SET": "reauth_reason of the payload is filled (0x200)",
        "PACKAGE_ID_SET": "package_sid is filled (0x400)",
        "ENTERPRISE_ID_SET": "enterprise_id is filled (0x800)",
        "POLICY_FLAGS_SET": "policy_flags is filled (0x1000)",
        "EFFECTIVE_NAME_SET": "effective_name is filled (0x2000)",
    }),
    Family("internal flag of an event", ("FWPM_NET_EVENT_INTERNAL_FLAG_",), {
        "FQBN_SET": "fqbnName is filled: the signed name of the program",
        "FILTER_ORIGIN_SET": "filter_origin is filled",
        "POLICY_APP_ID_SET": "policyAppId is filled",
    }),
    Family("keyword of collection", ("FWPM_NET_EVENT_KEYWORD_", ""), {
        "INBOUND_MCAST": "also collect inbound multicast drops (0x1, Windows 7)",
        "INBOUND_BCAST": "also collect inbound broadcast drops (0x2, Windows 7)",
        "CAPABILITY_DROP": "also collect CAPABILITY_DROP (0x4, Windows 8)",
        "CAPABILITY_ALLOW": "also collect CAPABILITY_ALLOW (0x8, Windows 8)",
        "CLASSIFY_ALLOW": "also collect CLASSIFY_ALLOW (0x10, Windows 8)",
        "PORT_SCANNING_DROP":
            "also collect drops of stealth mode, by its name (0x20, Windows 10 1903)",
    }),
    Family("failure flag", (
        "FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_", "FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG_", ""), {
        "BENIGN": "expected, no harm (1 of main mode, 2 of extended mode)",
        "MULTIPLE": "several events tell of one failure (2 of main mode, 1 of extended mode)",
    }),
    Family("reauthorization reason", ("FWP_CONDITION_REAUTHORIZE_REASON_", ""), {
        "POLICY_CHANGE": "filters changed (0x1)",
        "NEW_ARRIVAL_INTERFACE": "packets come in by another interface (0x2)",
        "NEW_NEXTHOP_INTERFACE": "packets leave by another interface (0x4)",
        "PROFILE_CROSSING": "the interface moved to another profile (0x8)",
        "CLASSIFY_COMPLETION": "a decision that was put off was made (0x10)",
        "IPSEC_PROPERTIES_CHANGED": "properties of IPsec changed (0x20)",
        "MID_STREAM_INSPECTION": "inspection began in mid-stream (0x40)",
        "SOCKET_PROPERTY_CHANGED": "a property of the socket changed (0x80)",
        "NEW_INBOUND_MCAST_BCAST_PACKET": "a new inbound multicast or broadcast packet (0x100)",
        "EDP_POLICY_CHANGED": "the policy of enterprise data protection changed (0x200)",
        "PRECLASSIFY_LOCALADDR_LAYER_CHANGE": "a preclassify layer changed (0x400)",
        "PRECLASSIFY_REMOTEADDR_LAYER_CHANGE": "a preclassify layer changed (0x800)",
        "PRECLASSIFY_LOCALPORT_LAYER_CHANGE": "a preclassify layer changed (0x1000)",
        "PRECLASSIFY_REMOTEPORT_LAYER_CHANGE": "a preclassify layer changed (0x2000)",
        "PROXY_HANDLE_CHANGED": "the handle of a proxy changed (0x4000)",
        "PRECLASSIFY_POLICY_CHANGED": "the policy of preclassify layers changed (0x8000)",
        "CHECK_OFFLOAD": "offload to the network card is checked (0x10000)",
    }),
    Family("action of a filter", ("FWP_ACTION_", ""), {
        "BLOCK": "the traffic is dropped (0x1001)",
        "PERMIT": "the traffic passes this sublayer; a block in another one still drops it"
                  " (0x1002)",
        "CALLOUT_TERMINATING": "a driver decides; if its callout is not registered, the filter"
                               " blocks (0x5003)",
        "CALLOUT_INSPECTION": "a driver looks and decides nothing (0x6004)",
        "CALLOUT_UNKNOWN": "a driver looks and may decide; not registered: it blocks (0x4005)",
        "CONTINUE": "go on to the next filter (0x2006)",
        "NONE_NO_MATCH": "no filter matched (8)",
    }),
    Family("flag of a filter", ("FWPM_FILTER_FLAG_",), {
        "NONE": "none (0)",
        "PERSISTENT": "it survives a restart of Base Filtering Engine (0x1)",
        "BOOTTIME": "it holds while Windows starts, until Base Filtering Engine runs (0x2)",
        "HAS_PROVIDER_CONTEXT": "it has a provider context (0x4)",
        "CLEAR_ACTION_RIGHT": "no other sublayer may override its decision (0x8)",
        "PERMIT_IF_CALLOUT_UNREGISTERED": "it permits where its driver is missing (0x10)",
        "DISABLED": "it does not act: its provider's service is not automatic (0x20)",
        "INDEXED": "it is in an index, for speed (0x40)",
        "HAS_SECURITY_REALM_PROVIDER_CONTEXT": "its context is a security realm (0x80)",
        "SYSTEMOS_ONLY": "of the Xbox: for the system's part only (0x100)",
        "GAMEOS_ONLY": "of the Xbox: for the game's part only (0x200)",
        "SILENT_MODE": "it acts in silence (0x400)",
        "IPSEC_NO_ACQUIRE_INITIATE": "it starts no IPsec negotiation (0x800)",
        "HAS_FILTER_ORIGIN": "its provider context tells the firewall rule it comes from",
    }),
    Family("sublayer in terminating_filters", ("FWPP_SUBLAYER_INTERNAL_FIREWALL_",
                                               "FWPP_SUBLAYER_INTERNAL_"), {
        "INSPECTION": "inspection", "TEREDO": "edge traversal (Teredo)",
        "WF": "rules of Windows Firewall", "WSH": "Windows Service Hardening",
        "QUARANTINE": "quarantine of an interface", "EDP": "enterprise data protection",
        "TENANT_RESTRICTIONS": "tenant restrictions", "APP_ISOLATION": "AppContainers",
    }),
    Family("way to compare in a condition", ("FWP_MATCH_",), {
        "EQUAL": "the value is equal (0)", "GREATER": "the value is greater (1)",
        "LESS": "the value is less (2)", "GREATER_OR_EQUAL": "greater or equal (3)",
        "LESS_OR_EQUAL": "less or equal (4)", "RANGE": "within a range (5)",
        "FLAGS_ALL_SET": "all these flags are set (6)",
        "FLAGS_ANY_SET": "any of these flags is set (7)",
        "FLAGS_NONE_SET": "none of these flags is set (8)",
        "EQUAL_CASE_INSENSITIVE": "equal but for case (9)", "NOT_EQUAL": "not equal (10)",
        "PREFIX": "the beginning is equal (11)", "NOT_PREFIX": "the beginning differs (12)",
    }),
    Family("option of the engine", ("FWPM_ENGINE_",), {
        "COLLECT_NET_EVENTS": "whether net events are collected: 1, the default, or 0; for the"
                              " whole machine, over restarts (0)",
        "NET_EVENT_MATCH_ANY_KEYWORDS": "which further events are collected: explain keywords:N"
                                        " (1)",
        "NAME_CACHE": "internal (2)",
        "MONITOR_IPSEC_CONNECTIONS": "whether IPsec connections are monitored (3)",
        "PACKET_QUEUING": "whether packets wait in queues for IPsec (4)",
        "TXN_WATCHDOG_TIMEOUT_IN_MSEC": "how long a transaction may take (5)",
    }),
)

# Built-in providers and sublayers. Microsoft, "Built-in provider identifiers", "Management
# filtering sublayer identifiers"; names that the engine itself gives to them in a state dump.
PROVIDERS: dict[str, str] = {
    "IKEEXT": "the service IKE and AuthIP IPsec Keying Modules",
    "IPSEC_DOSP_CONFIG": "IPsec flood protection (DoSP)",
    "TCP_CHIMNEY_OFFLOAD": "TCP offload to the network card",
    "TCP_TEMPLATES": "TCP templates",
    "MPSSVC_WSH": "the firewall service: Windows Service Hardening and quarantine",
    "MPSSVC_WF": "the firewall service: rules of Windows Defender Firewall",
    "MPSSVC_EDP": "the firewall service: enterprise data protection",
    "MPSSVC_TENANT_RESTRICTIONS": "the firewall service: tenant restrictions",
    "MPSSVC_APP_ISOLATION": "the firewall service: isolation of AppContainers",
}
SUBLAYERS: dict[str, str] = {
    "RPC_AUDIT": "audits of RPC",
    "IPSEC_TUNNEL": "IPsec tunnels",
    "UNIVERSAL": "where filters stand that name no sublayer",
    "LIPS": "legacy IPsec",
    "SECURE_SOCKET": "secure sockets of programs",
    "TCP_CHIMNEY_OFFLOAD": "TCP offload to the network card",
    "INSPECTION": "inspection",
    "TEREDO": "edge traversal (Teredo)",
    "IPSEC_FORWARD_OUTBOUND_TUNNEL": "IPsec tunnels of forwarded traffic",
    "IPSEC_DOSP": "IPsec flood protection (DoSP)",
    "TCP_TEMPLATES": "TCP templates",
    "IPSEC_SECURITY_REALM": "IPsec security realms",
    "MPSSVC_WSH": "Windows Service Hardening",
    "MPSSVC_WF": "rules of Windows Defender Firewall",
    "MPSSVC_QUARANTINE": "quarantine of an interface after a change of the network",
    "MPSSVC_EDP": "enterprise data protection",
    "MPSSVC_TENANT_RESTRICTIONS": "tenant restrictions",
    "MPSSVC_APP_ISOLATION": "isolation of AppContainers",
}
# Without _V4, _V6. Microsoft, "Built-in callout identifiers"; the last six by their names.
CALLOUTS: dict[str, str] = {
    "IPSEC_INBOUND_TRANSPORT": "checks that packets arrive by their transport mode association",
    "IPSEC_OUTBOUND_TRANSPORT": "tells IPsec what to secure in transport mode",
    "IPSEC_INBOUND_TUNNEL": "checks that packets arrive by their tunnel",
    "IPSEC_OUTBOUND_TUNNEL": "tells IPsec what to send through a tunnel",
    "IPSEC_FORWARD_INBOUND_TUNNEL": "checks that forwarded packets arrive by their tunnel",
    "IPSEC_FORWARD_OUTBOUND_TUNNEL": "tells IPsec which forwarded packets go through a tunnel",
    "IPSEC_INBOUND_INITIATE_SECURE": "checks that connections arrive secured that have to be",
    "IPSEC_INBOUND_TUNNEL_ALE_ACCEPT": "lets packets of a tunnel pass the accept layer",
    "IPSEC_ALE_CONNECT": "applies IPsec policy to programs that connect",
    "IPSEC_DOSP_FORWARD": "gives traffic to IPsec flood protection",
    "WFP_TRANSPORT_LAYER_SILENT_DROP": "stealth mode: drops in silence what nobody listens for",
    "TCP_CHIMNEY_CONNECT_LAYER": "switches TCP offload for outbound connections",
    "TCP_CHIMNEY_ACCEPT_LAYER": "switches TCP offload for inbound connections",
    "SET_OPTIONS_AUTH_CONNECT_LAYER": "sets options of outbound flows",
    "SET_OPTIONS_AUTH_RECV_ACCEPT_LAYER": "sets options of inbound flows",
    "TEREDO_ALE_RESOURCE_ASSIGNMENT": "tells Teredo that a program wants an address",
    "TEREDO_ALE_LISTEN": "tells Teredo that a program wants an address",
    "TCP_TEMPLATES_CONNECT_LAYER": "applies TCP templates to outbound connections",
    "TCP_TEMPLATES_ACCEPT_LAYER": "applies TCP templates to inbound connections",
    "POLICY_SILENT_MODE_AUTH_CONNECT_LAYER": "silent mode of outbound connections",
    "POLICY_SILENT_MODE_AUTH_RECV_ACCEPT_LAYER": "silent mode of inbound connections",
    "HTTP_TEMPLATE_SSL_HANDSHAKE": "the SSL handshake of HTTP templates",
    "OUTBOUND_NETWORK_CONNECTION_POLICY_LAYER": "chooses interface and next hop",
}
