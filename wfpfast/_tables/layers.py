"""Run-time layer ids of each Windows build and what the layers decide; must not know layer GUIDs.

Ids are not kept per build but made as Windows makes them: the kernel's layers come first, and the
user-mode layers are numbered behind the last of them. So each new kernel layer moves all of those.
"""

_KERNEL_VISTA = (
    "INBOUND_IPPACKET_V4", "INBOUND_IPPACKET_V4_DISCARD",
    "INBOUND_IPPACKET_V6", "INBOUND_IPPACKET_V6_DISCARD",
    "OUTBOUND_IPPACKET_V4", "OUTBOUND_IPPACKET_V4_DISCARD",
    "OUTBOUND_IPPACKET_V6", "OUTBOUND_IPPACKET_V6_DISCARD",
    "IPFORWARD_V4", "IPFORWARD_V4_DISCARD",
    "IPFORWARD_V6", "IPFORWARD_V6_DISCARD",
    "INBOUND_TRANSPORT_V4", "INBOUND_TRANSPORT_V4_DISCARD",
    "INBOUND_TRANSPORT_V6", "INBOUND_TRANSPORT_V6_DISCARD",
    "OUTBOUND_TRANSPORT_V4", "OUTBOUND_TRANSPORT_V4_DISCARD",
    "OUTBOUND_TRANSPORT_V6", "OUTBOUND_TRANSPORT_V6_DISCARD",
    "STREAM_V4", "STREAM_V4_DISCARD",
    "STREAM_V6", "STREAM_V6_DISCARD",
    "DATAGRAM_DATA_V4", "DATAGRAM_DATA_V4_DISCARD",
    "DATAGRAM_DATA_V6", "DATAGRAM_DATA_V6_DISCARD",
    "INBOUND_ICMP_ERROR_V4", "INBOUND_ICMP_ERROR_V4_DISCARD",
    "INBOUND_ICMP_ERROR_V6", "INBOUND_ICMP_ERROR_V6_DISCARD",
    "OUTBOUND_ICMP_ERROR_V4", "OUTBOUND_ICMP_ERROR_V4_DISCARD",
    "OUTBOUND_ICMP_ERROR_V6", "OUTBOUND_ICMP_ERROR_V6_DISCARD",
    "ALE_RESOURCE_ASSIGNMENT_V4", "ALE_RESOURCE_ASSIGNMENT_V4_DISCARD",
    "ALE_RESOURCE_ASSIGNMENT_V6", "ALE_RESOURCE_ASSIGNMENT_V6_DISCARD",
    "ALE_AUTH_LISTEN_V4", "ALE_AUTH_LISTEN_V4_DISCARD",
    "ALE_AUTH_LISTEN_V6", "ALE_AUTH_LISTEN_V6_DISCARD",
    "ALE_AUTH_RECV_ACCEPT_V4", "ALE_AUTH_RECV_ACCEPT_V4_DISCARD",
    "ALE_AUTH_RECV_ACCEPT_V6", "ALE_AUTH_RECV_ACCEPT_V6_DISCARD",
    "ALE_AUTH_CONNECT_V4", "ALE_AUTH_CONNECT_V4_DISCARD",
    "ALE_AUTH_CONNECT_V6", "ALE_AUTH_CONNECT_V6_DISCARD",
    "ALE_FLOW_ESTABLISHED_V4", "ALE_FLOW_ESTABLISHED_V4_DISCARD",
    "ALE_FLOW_ESTABLISHED_V6", "ALE_FLOW_ESTABLISHED_V6_DISCARD",
)  # fmt: skip
_MAC_ETHERNET = ("INBOUND_MAC_FRAME_ETHERNET", "OUTBOUND_MAC_FRAME_ETHERNET")
_ADDED_7 = (
    "NAME_RESOLUTION_CACHE_V4", "NAME_RESOLUTION_CACHE_V6",
    "ALE_RESOURCE_RELEASE_V4", "ALE_RESOURCE_RELEASE_V6",
    "ALE_ENDPOINT_CLOSURE_V4", "ALE_ENDPOINT_CLOSURE_V6",
    "ALE_CONNECT_REDIRECT_V4", "ALE_CONNECT_REDIRECT_V6",
    "ALE_BIND_REDIRECT_V4", "ALE_BIND_REDIRECT_V6",
    "STREAM_PACKET_V4", "STREAM_PACKET_V6",
)  # fmt: skip
_KERNEL_7 = (*_KERNEL_VISTA, *_MAC_ETHERNET, "RESERVED1_V4", "RESERVED1_V6", *_ADDED_7)
_KERNEL_8 = (
    *_KERNEL_VISTA, *_MAC_ETHERNET,
    "INBOUND_MAC_FRAME_NATIVE", "OUTBOUND_MAC_FRAME_NATIVE", *_ADDED_7,
    "INGRESS_VSWITCH_ETHERNET", "EGRESS_VSWITCH_ETHERNET",
    "INGRESS_VSWITCH_TRANSPORT_V4", "INGRESS_VSWITCH_TRANSPORT_V6",
    "EGRESS_VSWITCH_TRANSPORT_V4", "EGRESS_VSWITCH_TRANSPORT_V6",
)  # fmt: skip
_KERNEL_8_1 = (
    *_KERNEL_8,
    "INBOUND_TRANSPORT_FAST", "OUTBOUND_TRANSPORT_FAST",
    "INBOUND_MAC_FRAME_NATIVE_FAST", "OUTBOUND_MAC_FRAME_NATIVE_FAST",
)  # fmt: skip
_KERNEL_1703 = (
    *_KERNEL_8_1,
    "ALE_PRECLASSIFY_IP_LOCAL_ADDRESS_V4", "ALE_PRECLASSIFY_IP_REMOTE_ADDRESS_V4",
    "ALE_PRECLASSIFY_IP_LOCAL_PORT_V4", "ALE_PRECLASSIFY_IP_REMOTE_PORT_V4",
    "ALE_PRECLASSIFY_IP_LOCAL_ADDRESS_V6", "ALE_PRECLASSIFY_IP_REMOTE_ADDRESS_V6",
    "ALE_PRECLASSIFY_IP_LOCAL_PORT_V6", "ALE_PRECLASSIFY_IP_REMOTE_PORT_V6",
)  # fmt: skip
_KERNEL_1809 = (
    *_KERNEL_8_1,
    "RESERVED_LAYER_1", "RESERVED_LAYER_2", "RESERVED_LAYER_3", "RESERVED_LAYER_4",
    "RESERVED_LAYER_5", "RESERVED_LAYER_6", "RESERVED_LAYER_7", "RESERVED_LAYER_8",
    "INBOUND_RESERVED2",
)  # fmt: skip
_KERNEL_2022 = (*_KERNEL_8_1, "INBOUND_RESERVED2", "RESERVED_LAYER_9", "RESERVED_LAYER_10")
_KERNEL_22H2 = (
    *_KERNEL_2022,
    "OUTBOUND_NETWORK_CONNECTION_POLICY_V4", "OUTBOUND_NETWORK_CONNECTION_POLICY_V6",
)  # fmt: skip
_USER_VISTA = (
    "IPSEC_KM_DEMUX_V4", "IPSEC_KM_DEMUX_V6", "IPSEC_V4", "IPSEC_V6", "IKEEXT_V4", "IKEEXT_V6",
    "RPC_UM", "RPC_EPMAP", "RPC_EP_ADD", "RPC_PROXY_CONN", "RPC_PROXY_IF",
)  # fmt: skip
_USER = (*_USER_VISTA, "KM_AUTHORIZATION")

# First build that numbers its layers so -> the names, their position being the id. Newest first.
BUILDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (22621, (*_KERNEL_22H2, *_USER)),
    (20348, (*_KERNEL_2022, *_USER)),
    (17763, (*_KERNEL_1809, *_USER)),
    (16299, (*_KERNEL_1703, "INBOUND_RESERVED2", *_USER)),
    (15063, (*_KERNEL_1703, *_USER)),
    (9600, (*_KERNEL_8_1, *_USER)),
    (9200, (*_KERNEL_8, *_USER)),
    (7600, (*_KERNEL_7, *_USER)),
    (6000, (*_KERNEL_VISTA, *_USER_VISTA)),
)

# Without _V4, _V6 and _DISCARD, which MEANING_SUFFIXES spells out.
MEANINGS: dict[str, str] = {
    "INBOUND_IPPACKET": "an IP packet that arrives, before its transport header is read",
    "OUTBOUND_IPPACKET": "an IP packet that is about to leave",
    "IPFORWARD": "a packet that is routed from one interface to another",
    "INBOUND_TRANSPORT": "a packet that arrives, its transport header read",
    "OUTBOUND_TRANSPORT": "a packet that leaves, its transport header made",
    "STREAM": "data of a TCP connection",
    "DATAGRAM_DATA": "data of UDP, ICMP and other datagrams",
    "INBOUND_ICMP_ERROR": "an ICMP error that arrives",
    "OUTBOUND_ICMP_ERROR": "an ICMP error that is about to be sent",
    "ALE_RESOURCE_ASSIGNMENT": "a program binds a port, or opens a raw or promiscuous socket",
    "ALE_AUTH_LISTEN": "a program wants to listen for TCP connections",
    "ALE_AUTH_RECV_ACCEPT": "a connection, or the first packet of a flow, comes in",
    "ALE_AUTH_CONNECT": "a program connects, or sends the first packet of a flow",
    "ALE_FLOW_ESTABLISHED": "a connection or flow has come about",
    "INBOUND_MAC_FRAME_ETHERNET": "an Ethernet frame that arrives",
    "OUTBOUND_MAC_FRAME_ETHERNET": "an Ethernet frame that leaves",
    "INBOUND_MAC_FRAME_NATIVE": "a link-layer frame that arrives, as the adapter gives it",
    "OUTBOUND_MAC_FRAME_NATIVE": "a link-layer frame that leaves, as the adapter gets it",
    "NAME_RESOLUTION_CACHE": "an answer in the cache of names",
    "ALE_RESOURCE_RELEASE": "a port is given back",
    "ALE_ENDPOINT_CLOSURE": "a connection or endpoint is closed",
    "ALE_CONNECT_REDIRECT": "a callout may send a connection elsewhere",
    "ALE_BIND_REDIRECT": "a callout may change what a socket binds to",
    "STREAM_PACKET": "a packet of a TCP connection",
    "INGRESS_VSWITCH_ETHERNET": "an Ethernet frame that enters the virtual switch",
    "EGRESS_VSWITCH_ETHERNET": "an Ethernet frame that leaves the virtual switch",
    "INGRESS_VSWITCH_TRANSPORT": "a packet that enters the virtual switch",
    "EGRESS_VSWITCH_TRANSPORT": "a packet that leaves the virtual switch",
    "OUTBOUND_NETWORK_CONNECTION_POLICY": "which interface and next hop a connection takes",
    "IPSEC_KM_DEMUX": "which keying module negotiates",
    "IPSEC": "which quick-mode policy applies",
    "IKEEXT": "which main-mode policy applies",
    "RPC_UM": "a call to an RPC interface",
    "RPC_EPMAP": "a call to the RPC endpoint mapper",
    "RPC_EP_ADD": "an RPC server adds an endpoint",
    "RPC_PROXY_CONN": "a connection through the RPC proxy",
    "RPC_PROXY_IF": "a call through the RPC proxy",
    "KM_AUTHORIZATION": "whether an authenticated IPsec peer may connect",
}

MEANING_SUFFIXES: tuple[tuple[str, str], ...] = (
    ("_DISCARD", " (already discarded)"),
    ("_V4", ", IPv4"),
    ("_V6", ", IPv6"),
)
