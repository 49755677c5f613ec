"""The members of an event that fill columns, each with a number for life; must not know who asks.

A block of a source that knows less than Windows says which members it lacks: bit n of
INTERNAL_FIELDS0.absent is about row n here, and recordings hold these bits. So rows are only ever
appended, and docs/recording.md has them too. A pointer that is missing is NULL: there is a row for
it only if a flag of the header is about it, or if NULL says something: no groups.
"""


class Member:
    """Members of which an event has one, and the columns that are null where a source has none.

    `section` is "header", "payload", or "event" for the event itself. `flag` is what stands between
    FWPM_NET_EVENT_FLAG_ and _SET in the name of the flag that says whether the member is there.
    `named` says that it is of an enumeration, whose names the first of the columns shows.
    """

    __slots__ = ("columns", "flag", "members", "named", "section")

    def __init__(
        self, columns: str, section: str, members: str, flag: str = "", *, named: bool = False
    ) -> None:
        self.columns = tuple(columns.split())
        self.section = section
        self.members = tuple(members.split())
        self.flag = flag
        self.named = named


MEMBERS: tuple[Member, ...] = (
    Member("timestamp", "header", "timeStamp"),
    Member("event_type", "event", "type", named=True),
    Member("flags", "header", "flags"),
    Member("ip_version", "header", "ipVersion", "IP_VERSION"),
    Member("ip_protocol", "header", "ipProtocol", "IP_PROTOCOL"),
    Member("local_address", "header", "localAddrV4 localAddrV6", "LOCAL_ADDR"),
    Member("remote_address", "header", "remoteAddrV4 remoteAddrV6", "REMOTE_ADDR"),
    Member("local_port", "header", "localPort", "LOCAL_PORT"),
    Member("remote_port", "header", "remotePort", "REMOTE_PORT"),
    Member("scope_id", "header", "scopeId", "SCOPE_ID"),
    Member("app_path", "header", "appId", "APP_ID"),
    Member("user_sid", "header", "userId", "USER_ID"),
    Member("address_family", "header", "addressFamily", "IP_VERSION", named=True),
    Member("package_sid", "header", "packageSid", "PACKAGE_ID"),
    Member("enterprise_id", "header", "enterpriseId", "ENTERPRISE_ID"),
    Member("policy_flags", "header", "policyFlags", "POLICY_FLAGS"),
    Member("effective_name", "header", "effectiveName", "EFFECTIVE_NAME"),
    Member("filter_id", "payload", "filterId"),
    Member("layer_id", "payload", "layerId"),
    Member("reauth_reason", "payload", "reauthReason"),
    Member("original_profile", "payload", "originalProfile"),
    Member("current_profile", "payload", "currentProfile"),
    Member("direction direction_code", "payload", "msFwpDirection direction", named=True),
    Member("is_loopback", "payload", "isLoopback"),
    Member("vswitch_source_port", "payload", "vSwitchSourcePort"),
    Member("vswitch_destination_port", "payload", "vSwitchDestinationPort"),
    Member("network_capability", "payload", "networkCapabilityId", named=True),
    Member("local_mac", "payload", "localMacAddr"),
    Member("remote_mac", "payload", "remoteMacAddr"),
    Member("media_type", "payload", "mediaType"),
    Member("interface_type", "payload", "ifType"),
    Member("ether_type", "payload", "etherType"),
    Member("ndis_port", "payload", "ndisPortNumber"),
    Member("vlan_tag", "payload", "vlanTag"),
    Member("interface_luid", "payload", "ifLuid"),
    Member("spi", "payload", "spi"),
    Member("failure_status", "payload", "failureStatus"),
    Member("failure_error", "payload", "failureErrorCode"),
    Member("failure_point", "payload", "failurePoint", named=True),
    Member("failure_flags", "payload", "flags"),
    Member("keying_module", "payload", "keyingModuleType", named=True),
    Member("mm_state", "payload", "mmState", named=True),
    Member("qm_state", "payload", "qmState", named=True),
    Member("em_state", "payload", "emState", named=True),
    Member("sa_role", "payload", "saRole", named=True),
    Member("traffic_type", "payload", "saTrafficType", named=True),
    Member("auth_method", "payload", "mmAuthMethod emAuthMethod", named=True),
    Member("end_cert_hash", "payload", "endCertHash"),
    Member("mm_id", "payload", "mmId"),
    Member("mm_filter_id", "payload", "mmFilterId"),
    Member("qm_filter_id", "payload", "qmFilterId"),
    Member("mm_sa_luid", "payload", "mmSaLuid"),
    Member("provider_context_key", "payload", "providerContextKey mmProviderContextKey"),
    Member("public_host", "payload", "publicHostV4Addr publicHostV6Addr"),
    Member("internal_host", "payload", "internalHostV4Addr internalHostV6Addr"),
    Member("local_groups", "payload", "localPrincipalGroupSids"),
    Member("remote_groups", "payload", "remotePrincipalGroupSids"),
)
