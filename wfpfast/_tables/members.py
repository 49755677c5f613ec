"""The members of an event that fill columns, each with a number for life; must not know who asks.

A block of a source that knows less than Windows says which members it lacks: bit n of
INTERNAL_FIELDS0.absent is about row n here, and recordings hold these bits. So rows are only ever
appended, and docs/recording.md has them too. A pointer that is missing is NULL: there is a row for
it only if a flag of the header is about it.
"""

from typing import NamedTuple


class Member(NamedTuple):
    """The columns that are null where a source has none of the members.

    `section` is "header", "payload", or "event" for the event itself. `flag` is what stands between
    FWPM_NET_EVENT_FLAG_ and _SET in the name of the flag that says whether the member is there.
    """

    columns: tuple[str, ...]
    section: str
    members: tuple[str, ...]
    flag: str = ""


def _row(columns: str, section: str, members: str, flag: str = "") -> Member:
    return Member(tuple(columns.split()), section, tuple(members.split()), flag)


MEMBERS: tuple[Member, ...] = (
    _row("timestamp", "header", "timeStamp"),
    _row("event_type", "event", "type"),
    _row("flags", "header", "flags"),
    _row("ip_version", "header", "ipVersion", "IP_VERSION"),
    _row("ip_protocol", "header", "ipProtocol", "IP_PROTOCOL"),
    _row("local_address", "header", "localAddrV4 localAddrV6", "LOCAL_ADDR"),
    _row("remote_address", "header", "remoteAddrV4 remoteAddrV6", "REMOTE_ADDR"),
    _row("local_port", "header", "localPort", "LOCAL_PORT"),
    _row("remote_port", "header", "remotePort", "REMOTE_PORT"),
    _row("scope_id", "header", "scopeId", "SCOPE_ID"),
    _row("app_path", "header", "appId", "APP_ID"),
    _row("user_sid", "header", "userId", "USER_ID"),
    _row("address_family", "header", "addressFamily"),
    _row("package_sid", "header", "packageSid", "PACKAGE_ID"),
    _row("enterprise_id", "header", "enterpriseId", "ENTERPRISE_ID"),
    _row("policy_flags", "header", "policyFlags", "POLICY_FLAGS"),
    _row("effective_name", "header", "effectiveName", "EFFECTIVE_NAME"),
    _row("filter_id", "payload", "filterId"),
    _row("layer_id", "payload", "layerId"),
    _row("reauth_reason", "payload", "reauthReason"),
    _row("original_profile", "payload", "originalProfile"),
    _row("current_profile", "payload", "currentProfile"),
    _row("direction direction_code", "payload", "msFwpDirection direction"),
    _row("is_loopback", "payload", "isLoopback"),
    _row("vswitch_source_port", "payload", "vSwitchSourcePort"),
    _row("vswitch_destination_port", "payload", "vSwitchDestinationPort"),
    _row("network_capability", "payload", "networkCapabilityId"),
    _row("local_mac", "payload", "localMacAddr"),
    _row("remote_mac", "payload", "remoteMacAddr"),
    _row("media_type", "payload", "mediaType"),
    _row("interface_type", "payload", "ifType"),
    _row("ether_type", "payload", "etherType"),
    _row("ndis_port", "payload", "ndisPortNumber"),
    _row("vlan_tag", "payload", "vlanTag"),
    _row("interface_luid", "payload", "ifLuid"),
    _row("spi", "payload", "spi"),
    _row("failure_status", "payload", "failureStatus"),
    _row("failure_error", "payload", "failureErrorCode"),
    _row("failure_point", "payload", "failurePoint"),
    _row("failure_flags", "payload", "flags"),
    _row("keying_module", "payload", "keyingModuleType"),
    _row("mm_state", "payload", "mmState"),
    _row("qm_state", "payload", "qmState"),
    _row("em_state", "payload", "emState"),
    _row("sa_role", "payload", "saRole"),
    _row("traffic_type", "payload", "saTrafficType"),
    _row("auth_method", "payload", "mmAuthMethod emAuthMethod"),
    _row("end_cert_hash", "payload", "endCertHash"),
    _row("mm_id", "payload", "mmId"),
    _row("mm_filter_id", "payload", "mmFilterId"),
    _row("qm_filter_id", "payload", "qmFilterId"),
    _row("mm_sa_luid", "payload", "mmSaLuid"),
    _row("provider_context_key", "payload", "providerContextKey mmProviderContextKey"),
    _row("public_host", "payload", "publicHostV4Addr publicHostV6Addr"),
    _row("internal_host", "payload", "internalHostV4Addr internalHostV6Addr"),
)
