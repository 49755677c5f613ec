"""The decoder once more, in plain ctypes: slow, obvious, the oracle of the tests.

Written from the documentation; must not know the compiled decoder or anything that it uses.
"""

from collections.abc import Callable, Sequence
from ctypes import sizeof
from typing import Any, Protocol, TypeVar

from oracle import structs as sdk
from oracle.values import BadPointerError, Memory, guid_text, ipv4_text, ipv6_text, mac_text
from wfpfast.errors import MalformedBlockError

Result = TypeVar("Result")

LOCAL_ADDR_SET = 0x2
REMOTE_ADDR_SET = 0x4
APP_ID_SET = 0x20
USER_ID_SET = 0x40
IP_VERSION_SET = 0x100
PACKAGE_ID_SET = 0x400
ENTERPRISE_ID_SET = 0x800
POLICY_FLAGS_SET = 0x1000
EFFECTIVE_NAME_SET = 0x2000

# The header's plain members: column, member, flag.
FLAGGED_MEMBERS = (
    ("ip_protocol", "ipProtocol", 0x1),
    ("local_port", "localPort", 0x8),
    ("remote_port", "remotePort", 0x10),
    ("scope_id", "scopeId", 0x80),
)

UNIX_EPOCH_AS_FILETIME = 116444736000000000
IP_VERSIONS = {0: 4, 1: 6}
TUNNEL = 1

# INTERNAL_FIELDS0.present
PROCESS_ID, INTERFACE_INDEX, FILTER_ORIGIN, TERMINATING_FILTERS = 1, 2, 4, 8


class BlockLike(Protocol):
    """What the decoder reads of a ``wfpfast.Block``."""

    @property
    def data(self) -> memoryview: ...
    @property
    def base(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def entries_offset(self) -> int: ...
    @property
    def tail_size(self) -> int: ...


def decode(
    block: BlockLike,
    *,
    columns: Sequence[str] | None = None,
    addresses: str = "text",
    errors: str = "raise",
) -> dict[str, list[Any]]:
    """The columns of the block as plain lists, None where a cell is null."""
    return decode_with_stats(block, columns=columns, addresses=addresses, errors=errors)[0]


def decode_with_stats(
    block: BlockLike,
    *,
    columns: Sequence[str] | None = None,
    addresses: str = "text",
    errors: str = "raise",
) -> tuple[dict[str, list[Any]], dict[str, int]]:
    """As `decode`, and what was counted on the way."""
    names = sdk.COLUMNS if columns is None else tuple(columns)
    reader = _Reader(block, frozenset(names), binary=addresses == "binary",
                     lenient=errors == "null")
    rows = [reader.row(index) for index in range(block.count)]
    stats = {**reader.stats, "events": len(rows), "replaced_text": reader.memory.replaced_text}
    return {name: [row.get(name) for row in rows] for name in names}, stats


def enumerator(column: str, value: int) -> str:
    return sdk.ENUMERATIONS[column].get(value, f"UNKNOWN_{value}")


class _Reader:
    """Reads one event after the other into `cells`; a column without a cell is null."""

    def __init__(
        self, block: BlockLike, wanted: frozenset[str], *, binary: bool, lenient: bool
    ) -> None:
        self.memory = Memory(bytes(block.data), block.base)
        self.event_type, self.arms = sdk.VERSIONS[block.version]
        self.block = block
        self.wanted = wanted
        self.binary = binary
        self.lenient = lenient
        self.stats = dict.fromkeys(
            ("malformed", "timestamps_out_of_range", "unknown_types", "unknown_names"), 0)
        self.index = 0
        self.cells: dict[str, Any] = {}

    def row(self, index: int) -> dict[str, Any]:
        self.index = index
        self.cells = {}
        entry = self.block.entries_offset + 8 * index
        address = int.from_bytes(self.memory.data[entry:entry + 8], "little")
        event = self.guard("entries", self.memory.structure, self.event_type, address)
        if event is not None:
            self.header(event.header)
            self.payload(event.type, event.payload)
            if self.block.tail_size:
                self.tail(address + sizeof(self.event_type), self.block.tail_size)
        return self.cells

    def guard(self, field: str, read: Callable[..., Result], *args: Any) -> Result | None:
        """What `read` gives; None where it meets a bad pointer and that is to be forgiven."""
        try:
            return read(*args)
        except BadPointerError as bad:
            if not self.lenient:
                raise MalformedBlockError(self.index, field, str(bad)) from None
            self.stats["malformed"] += 1
            return None

    def follow(self, column: str, field: str, read: Callable[..., Any], *args: Any) -> None:
        """Fill the cell from behind the pointers of `field`."""
        if column not in self.wanted:
            return
        before = self.memory.replaced_text
        self.cells[column] = self.guard(field, read, *args)
        if self.cells[column] is None:  # a text on the way to nothing was not replaced
            self.memory.replaced_text = before

    def enumerators(self, **values: int) -> None:
        for column, value in values.items():
            self.cells[column] = enumerator(column, value)

    def filter(self, arm: str, value: int) -> None:
        """Permits do not always know their filter, and have 0 then."""
        self.cells["filter_id"] = None if arm.endswith("Allow") and not value else value

    def switch(self, arm: str, drop: Any) -> None:
        """A virtual switch has a name; without one its ports mean nothing."""
        if not drop.vSwitchId.size:
            return
        self.follow("vswitch_id", f"{arm}.vSwitchId", self.memory.utf16_blob, drop.vSwitchId)
        self.cells |= {
            "vswitch_source_port": drop.vSwitchSourcePort,
            "vswitch_destination_port": drop.vSwitchDestinationPort,
        }

    def direction(self, value: int) -> None:
        self.cells["direction"] = sdk.DIRECTIONS.get(value, f"UNKNOWN_{value}")
        self.cells["direction_code"] = value

    def host(self, column: str, version: int | None, address: sdk.IP_ADDRESS) -> None:
        if version is None or column not in self.wanted:
            return
        if version == 4:
            mapped = bytes(10) + b"\xff\xff" + address.v4.to_bytes(4, "big")
            self.cells[column] = mapped if self.binary else ipv4_text(address.v4)
        else:
            raw = bytes(address.v6)
            self.cells[column] = raw if self.binary else ipv6_text(raw)

    def timestamp(self, time: sdk.FILETIME) -> int | None:
        ticks = time.dwHighDateTime << 32 | time.dwLowDateTime
        nanoseconds: int = (ticks - UNIX_EPOCH_AS_FILETIME) * 100
        if -2**63 <= nanoseconds < 2**63:
            return nanoseconds
        self.stats["timestamps_out_of_range"] += 1
        return None

    def header(self, header: Any) -> None:
        flags = header.flags
        version = IP_VERSIONS.get(header.ipVersion) if flags & IP_VERSION_SET else None
        self.cells |= {
            "timestamp": self.timestamp(header.timeStamp),
            "flags": flags,
            "ip_version": version,
        }
        for column, member, flag in FLAGGED_MEMBERS:
            if flags & flag:
                self.cells[column] = getattr(header, member)
        if flags & LOCAL_ADDR_SET:
            self.host("local_address", version, header.localAddr)
        if flags & REMOTE_ADDR_SET:
            self.host("remote_address", version, header.remoteAddr)
        if flags & APP_ID_SET:
            self.follow("app_path", "header.appId", self.memory.utf16_blob, header.appId)
        if flags & USER_ID_SET:
            self.follow("user_sid", "header.userId", self.memory.sid, header.userId)
        if isinstance(header, sdk.FWPM_NET_EVENT_HEADER2):
            if flags & IP_VERSION_SET:
                self.enumerators(address_family=header.addressFamily)
            if flags & PACKAGE_ID_SET:
                self.follow("package_sid", "header.packageSid", self.memory.sid,
                            header.packageSid)
        if isinstance(header, sdk.FWPM_NET_EVENT_HEADER3):
            self.header3(header, flags)

    def header3(self, header: Any, flags: int) -> None:
        if flags & ENTERPRISE_ID_SET:
            self.follow("enterprise_id", "header.enterpriseId", self.memory.text,
                        header.enterpriseId)
        if flags & POLICY_FLAGS_SET:
            self.cells["policy_flags"] = header.policyFlags
        if flags & EFFECTIVE_NAME_SET:
            self.follow("effective_name", "header.effectiveName", self.memory.utf16_blob,
                        header.effectiveName)

    def payload(self, event_type: int, address: int) -> None:
        self.enumerators(event_type=event_type)
        if event_type not in sdk.SDK_TYPES:
            self.stats["unknown_types"] += 1
        if event_type not in self.arms or not address:
            return
        arm, kind = self.arms[event_type]
        payload = self.guard(arm, self.memory.structure, kind, address)
        if payload is not None:
            PAYLOADS[arm](self, arm, payload)

    def tail(self, address: int, size: int) -> None:
        raw = self.guard("internalFields", self.memory.raw, address, size, 8)
        if raw is None:
            return
        # An old tail ends before the unknown names: it has none.
        tail = sdk.INTERNAL_FIELDS0.from_buffer_copy(raw.ljust(sizeof(sdk.INTERNAL_FIELDS0), b"\0"))
        if tail.present & PROCESS_ID:
            self.cells["process_id"] = tail.processId
        if tail.present & INTERFACE_INDEX:
            self.cells["interface_index"] = tail.interfaceIndex
        if tail.present & FILTER_ORIGIN:
            self.follow("filter_origin", "internalFields.filterOrigin", self.memory.text,
                        tail.filterOrigin)
        if tail.present & TERMINATING_FILTERS:
            self.follow("terminating_filters", "internalFields.terminatingFiltersInfo",
                        self.memory.terminating_filters, tail.numTerminatingFilters,
                        tail.terminatingFilters)
        absent = tail.absent[0] | tail.absent[1] << 64
        for number, columns in enumerate(sdk.ABSENT):
            if absent >> number & 1:
                self.cells |= dict.fromkeys(columns)
        if tail.numUnknownNames:
            self.unknown_names(tail.numUnknownNames, tail.unknownNames)

    def unknown_names(self, count: int, address: int) -> None:
        field = "internalFields.unknownNames"
        names = self.guard(field, self.memory.array, sdk.UNKNOWN_NAME0, count, address)
        if names is None:  # of which members is not known
            for number in sdk.NAMED:
                self.cells |= dict.fromkeys(sdk.ABSENT[number])
            return
        for each in names:
            column = sdk.NAMED.get(each.member)
            if column is None:
                continue
            self.cells |= dict.fromkeys(sdk.ABSENT[each.member])
            self.follow(column, field, self.memory.unknown_name, each.text)
            self.stats["unknown_names"] += self.cells.get(column) is not None

    def classify(self, arm: str, drop: Any) -> None:
        """CLASSIFY_DROP of every version, CLASSIFY_ALLOW, and half of CLASSIFY_DROP_MAC."""
        self.filter(arm, drop.filterId)
        self.cells["layer_id"] = drop.layerId
        if isinstance(drop, sdk.CLASSIFY_DROP0):
            return
        if drop.msFwpDirection:  # 0x3900 is the lowest in use: 0 was not filled
            self.direction(drop.msFwpDirection)
        self.cells |= {
            "reauth_reason": drop.reauthReason,
            "original_profile": drop.originalProfile,
            "current_profile": drop.currentProfile,
            "is_loopback": bool(drop.isLoopback),
        }
        if isinstance(drop, sdk.CLASSIFY_DROP2 | sdk.CLASSIFY_DROP_MAC0):
            self.switch(arm, drop)

    def classify_mac(self, arm: str, drop: Any) -> None:
        self.classify(arm, drop)
        for column, address in (("local_mac", drop.localMacAddr),
                                ("remote_mac", drop.remoteMacAddr)):
            self.cells[column] = bytes(address) if self.binary else mac_text(bytes(address))
        self.cells |= {
            "media_type": drop.mediaType,
            "interface_type": drop.ifType,
            "ether_type": drop.etherType,
            "ndis_port": drop.ndisPortNumber,
            "vlan_tag": drop.vlanTag,
            "interface_luid": drop.ifLuid,
        }

    def capability(self, arm: str, capability: Any) -> None:
        self.enumerators(network_capability=capability.networkCapabilityId)
        self.filter(arm, capability.filterId)
        self.cells["is_loopback"] = bool(capability.isLoopback)

    def ipsec_kernel(self, arm: str, drop: Any) -> None:
        self.direction(drop.direction)
        self.cells |= {"failure_status": drop.failureStatus, "spi": drop.spi}
        if drop.filterId:  # else it was not the IPsec callout that dropped the packet
            self.cells |= {"filter_id": drop.filterId, "layer_id": drop.layerId}

    def ipsec_dosp(self, arm: str, drop: Any) -> None:
        self.direction(drop.direction)
        self.cells["failure_status"] = drop.failureStatus
        version = IP_VERSIONS.get(drop.ipVersion)
        self.host("public_host", version, drop.publicHost)
        self.host("internal_host", version, drop.internalHost)

    def lpm_arrival(self, arm: str, arrival: Any) -> None:
        self.cells["spi"] = arrival.spi

    def ike(self, failure: Any) -> None:
        """What the three failures of IKEEXT have in common."""
        self.cells["failure_error"] = failure.failureErrorCode
        self.enumerators(failure_point=failure.failurePoint, sa_role=failure.saRole)

    def ike_mm(self, arm: str, failure: Any) -> None:
        self.ike(failure)
        self.enumerators(keying_module=failure.keyingModuleType, mm_state=failure.mmState,
                       auth_method=failure.mmAuthMethod)
        self.cells |= {
            "failure_flags": failure.flags,
            "end_cert_hash": self.memory.digest(failure.endCertHash),
            "mm_id": failure.mmId,
            "mm_filter_id": failure.mmFilterId,
        }
        if isinstance(failure, sdk.IKEEXT_MM_FAILURE1):
            self.principals(arm, failure)
        if isinstance(failure, sdk.IKEEXT_MM_FAILURE2):
            self.follow("provider_context_key", f"{arm}.providerContextKey", self.memory.guid,
                        failure.providerContextKey)

    def ike_qm(self, arm: str, failure: Any) -> None:
        self.ike(failure)
        self.enumerators(keying_module=failure.keyingModuleType, qm_state=failure.qmState,
                       traffic_type=failure.saTrafficType)
        self.cells["qm_filter_id"] = failure.qmFilterId
        if failure.saTrafficType == TUNNEL:
            self.follow("local_subnet", f"{arm}.localSubNet", self.memory.condition_value,
                        failure.localSubNet)
            self.follow("remote_subnet", f"{arm}.remoteSubNet", self.memory.condition_value,
                        failure.remoteSubNet)
        if isinstance(failure, sdk.IKEEXT_QM_FAILURE1):
            self.cells["mm_sa_luid"] = failure.mmSaLuid
            self.cells["provider_context_key"] = guid_text(failure.mmProviderContextKey)

    def ike_em(self, arm: str, failure: Any) -> None:
        self.ike(failure)
        self.enumerators(em_state=failure.emState, auth_method=failure.emAuthMethod)
        self.cells |= {
            "failure_flags": failure.flags,
            "end_cert_hash": self.memory.digest(failure.endCertHash),
            "mm_id": failure.mmId,
            "qm_filter_id": failure.qmFilterId,
        }
        if isinstance(failure, sdk.IKEEXT_EM_FAILURE1):
            self.principals(arm, failure)
            self.enumerators(traffic_type=failure.saTrafficType)

    def principals(self, arm: str, failure: Any) -> None:
        self.follow("local_principal", f"{arm}.localPrincipalNameForAuth", self.memory.text,
                    failure.localPrincipalNameForAuth)
        self.follow("remote_principal", f"{arm}.remotePrincipalNameForAuth", self.memory.text,
                    failure.remotePrincipalNameForAuth)
        self.follow("local_groups", f"{arm}.localPrincipalGroupSids", self.memory.texts,
                    failure.numLocalPrincipalGroupSids, failure.localPrincipalGroupSids)
        self.follow("remote_groups", f"{arm}.remotePrincipalGroupSids", self.memory.texts,
                    failure.numRemotePrincipalGroupSids, failure.remotePrincipalGroupSids)


PAYLOADS: dict[str, Callable[[_Reader, str, Any], None]] = {
    "ikeMmFailure": _Reader.ike_mm,
    "ikeQmFailure": _Reader.ike_qm,
    "ikeEmFailure": _Reader.ike_em,
    "classifyDrop": _Reader.classify,
    "classifyAllow": _Reader.classify,
    "classifyDropMac": _Reader.classify_mac,
    "capabilityDrop": _Reader.capability,
    "capabilityAllow": _Reader.capability,
    "ipsecDrop": _Reader.ipsec_kernel,
    "idpDrop": _Reader.ipsec_dosp,
    "lpmPacketArrival": _Reader.lpm_arrival,
}
