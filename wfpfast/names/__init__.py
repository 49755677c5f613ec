"""What a number in a net event means; must not know events, columns or the operating system.

Two conventions of spelling: an error and a layer keep their full SDK name; what is a column of an
event batch (`event_type`, `direction`) or a set of bits loses the common prefix, as in the column.
A number without a name becomes ``UNKNOWN_...``: nothing is lost and nothing is guessed.
The constants map full SDK names to numbers.
"""

from wfpfast._tables.enums import (
    EM_FAILURE_FLAGS,
    ENUMS,
    EVENT_TYPES,
    INTERNAL_EVENT_TYPES,
    MM_FAILURE_FLAGS,
    NET_EVENT_FLAGS,
    NET_EVENT_KEYWORDS,
    REAUTHORIZE_REASONS,
)
from wfpfast.names._accounts import account, service_of, service_sid
from wfpfast.names._errors import error, error_meaning, error_remedy, unsigned

__all__ = [
    "EM_FAILURE_FLAGS", "ENUMS", "EVENT_TYPES", "ICMP", "INTERNAL_EVENT_TYPES",
    "MM_FAILURE_FLAGS", "NET_EVENT_FLAGS", "NET_EVENT_KEYWORDS", "REAUTHORIZE_REASONS",
    "account", "callout", "direction", "error", "error_meaning", "error_remedy", "event_flags",
    "event_type", "icmp", "keywords", "layer", "layer_key", "profile", "protocol", "provider",
    "reauth_reasons", "service_of", "service_sid", "sublayer",
]  # fmt: skip

_DIRECTIONS = {
    0: "OUTBOUND",
    1: "INBOUND",
    0x3900: "INBOUND",
    0x3901: "OUTBOUND",
    0x3902: "FORWARD",
    0x3903: "BIDIRECTIONAL",
}
ICMP = (1, 58)  # the protocols whose messages have a type and a code
_PROFILES = ("unknown", "public", "private", "domain")


def layer(id: int, build: int | None = None) -> str:
    """Return the name of a run-time layer id, the number in the column ``layer_id``.

    Parameters
    ----------
    id
        The id. 0..55 have never changed and 56..81 are fixed since Windows 8.1, but ids from 82
        on move between releases: give the build of the machine that made the event.
    build
        The Windows build, such as 19045. None means the newest known numbering, **also for the
        ids that move**: without a build, a name for an id from 82 on is a good guess at most.

    Returns
    -------
    str
        The name, or ``UNKNOWN_<id>`` where the build has no such layer.

    Examples
    --------
    >>> layer(48)
    'FWPS_LAYER_ALE_AUTH_CONNECT_V4'
    >>> layer(87), layer(87, build=20348), layer(87, build=17763)
    ('FWPS_LAYER_IPSEC_KM_DEMUX_V4', 'FWPS_LAYER_IPSEC_V4', 'FWPS_LAYER_RESERVED_LAYER_6')
    >>> layer(999)
    'UNKNOWN_999'
    """
    from wfpfast._tables.layers import BUILDS

    for first, names in BUILDS:
        if build is None or build >= first:
            if 0 <= id < len(names):
                return "FWPS_LAYER_" + names[id]
            break
    return _unknown(id)


def layer_key(name_or_guid: str) -> str:
    """Return the FWPM_LAYER_* name of a layer, given by its GUID or by one of its names.

    Parameters
    ----------
    name_or_guid
        A GUID, with or without braces and in any case, or a name that begins with
        ``FWPM_LAYER_``, ``FWPS_LAYER_`` or neither.

    Returns
    -------
    str
        The name; what is not known comes back as it is.

    Examples
    --------
    >>> layer_key("{C38D57D1-05A7-4C33-904F-7FBCEEE60E82}")
    'FWPM_LAYER_ALE_AUTH_CONNECT_V4'
    >>> layer_key("ALE_AUTH_CONNECT_V4")
    'FWPM_LAYER_ALE_AUTH_CONNECT_V4'
    >>> layer_key("{00000000-0000-0000-0000-000000000000}")
    '{00000000-0000-0000-0000-000000000000}'
    """
    from wfpfast._tables.layer_keys import NAMES, PREFIX

    name = NAMES.get(name_or_guid.strip("{}").lower())
    if name is None:
        name = name_or_guid.removeprefix("FWPS_LAYER_").removeprefix(PREFIX)
        if name not in NAMES.values():
            return name_or_guid
    return PREFIX + name


def provider(key: object) -> str:
    """Return the FWPM_PROVIDER_* name of a provider of Windows.

    Parameters
    ----------
    key
        A GUID as text, with or without braces and in any case, or a `uuid.UUID`.

    Returns
    -------
    str
        The name; what is not known comes back as it is, as text.

    Examples
    --------
    >>> provider("{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}")
    'FWPM_PROVIDER_MPSSVC_WF'
    >>> provider("FWPM_PROVIDER_IKEEXT")
    'FWPM_PROVIDER_IKEEXT'
    """
    from wfpfast._tables.well_known_keys import PROVIDER, PROVIDERS

    return _symbol(key, PROVIDER, PROVIDERS)


def sublayer(key: object) -> str:
    """Return the FWPM_SUBLAYER_* name of a sublayer of Windows; as `provider`.

    >>> sublayer("B3CDD441-AF90-41BA-A745-7C6008FF2301")
    'FWPM_SUBLAYER_MPSSVC_WF'
    """
    from wfpfast._tables.well_known_keys import SUBLAYER, SUBLAYERS

    return _symbol(key, SUBLAYER, SUBLAYERS)


def callout(key: object) -> str:
    """Return the FWPM_CALLOUT_* name of a callout of Windows; as `provider`.

    >>> callout("{5132900d-5e84-4b5f-80e4-01741e81ff10}")
    'FWPM_CALLOUT_IPSEC_INBOUND_TRANSPORT_V4'
    """
    from wfpfast._tables.well_known_keys import CALLOUT, CALLOUTS

    return _symbol(key, CALLOUT, CALLOUTS)


def _symbol(key: object, prefix: str, names: dict[str, str]) -> str:
    text = str(key)
    name = names.get(text.strip("{}").lower())
    return text if name is None else prefix + name


def event_type(n: int) -> str:
    """Return the name of an event type, as the column ``event_type`` has it.

    Parameters
    ----------
    n
        The value of FWPM_NET_EVENT_TYPE.

    Returns
    -------
    str
        The SDK's name without its prefix. The numbers 13 to 20 are in no SDK: they have the names
        of `INTERNAL_EVENT_TYPES`. All others are ``UNKNOWN_<n>``.

    Examples
    --------
    >>> event_type(3)
    'CLASSIFY_DROP'
    >>> event_type(13)
    'INTERNAL_IKEEXT_MM_ESTABLISHED'
    """
    for name, value in (ENUMS["FWPM_NET_EVENT_TYPE"] | INTERNAL_EVENT_TYPES).items():
        if value == n:
            return name.removeprefix("FWPM_NET_EVENT_TYPE_")
    return _unknown(n)


def protocol(n: int) -> str:
    """Return IANA's keyword of an IP protocol, in lower case; only the common ones are known.

    Parameters
    ----------
    n
        The protocol number.

    Returns
    -------
    str
        The keyword, or ``UNKNOWN_<n>``.

    Examples
    --------
    >>> protocol(6), protocol(58), protocol(253)
    ('tcp', 'ipv6-icmp', 'UNKNOWN_253')
    """
    from wfpfast._tables.protocols import PROTOCOLS

    return PROTOCOLS.get(n) or _unknown(n)


def icmp(version: int, type: int, code: int) -> str:
    """Name an ICMP message; Windows gives type and code as local and remote port.

    Parameters
    ----------
    version
        4 for ICMP, 6 for ICMPv6.
    type, code
        The numbers of the message.

    Returns
    -------
    str
        The type and, where it tells something, the code: its name or its number.

    Examples
    --------
    >>> icmp(4, 8, 0)
    'echo-request'
    >>> icmp(4, 3, 3)
    'destination-unreachable/port'
    >>> icmp(6, 200, 1)
    'UNKNOWN_200/1'
    """
    from wfpfast._tables.protocols import ICMP_CODES, ICMP_TYPES

    if version not in ICMP_TYPES:
        raise ValueError(f"IP version {version}: expected 4 or 6")
    text = ICMP_TYPES[version].get(type) or _unknown(type)
    detail = ICMP_CODES.get((version, type), {}).get(code) or (str(code) if code else "")
    return f"{text}/{detail}" if detail else text


def direction(n: int) -> str:
    """Return a direction, as the column ``direction`` has it.

    Parameters
    ----------
    n
        msFwpDirection (0x3900..0x3903) or FWP_DIRECTION (0 and 1), which count the opposite way.
        The names of msFwpDirection are those of the manifest of Microsoft-Windows-WFP (its
        DirectionMap) and of the audits (%%14592..%%14595). 0x3903 is what a bind has: neither way.

    Returns
    -------
    str
        INBOUND, OUTBOUND, FORWARD, BIDIRECTIONAL or ``UNKNOWN_<n>``.

    Examples
    --------
    >>> direction(14592), direction(0)
    ('INBOUND', 'OUTBOUND')
    """
    return _DIRECTIONS.get(n) or _unknown(n)


def profile(n: int) -> str:
    """Return the firewall profile behind ``original_profile`` and ``current_profile``.

    The numbers are those of NL_INTERFACE_NETWORK_CATEGORY_STATE in nldef.h, as Microsoft's
    FwDiagnose (microsoft/windows-networking-tools) prints them.

    Parameters
    ----------
    n
        The number.

    Returns
    -------
    str
        unknown, public, private, domain or ``UNKNOWN_<n>``.

    Examples
    --------
    >>> profile(1)
    'public'
    """
    return _PROFILES[n] if 0 <= n < len(_PROFILES) else _unknown(n)


def event_flags(bits: int) -> list[str]:
    """Name the bits of the column ``flags``: which members of the header are valid.

    Parameters
    ----------
    bits
        FWPM_NET_EVENT_FLAG_* bits.

    Returns
    -------
    list of str
        Names without the prefix, lowest bit first; all unnamed bits as one last hexadecimal item.

    Examples
    --------
    >>> event_flags(0x8003)
    ['IP_PROTOCOL_SET', 'LOCAL_ADDR_SET', '0x00008000']
    """
    return _bit_names(bits, NET_EVENT_FLAGS, "FWPM_NET_EVENT_FLAG_")


def keywords(bits: int) -> list[str]:
    """Name the bits of the engine option FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS.

    Parameters
    ----------
    bits
        FWPM_NET_EVENT_KEYWORD_* bits.

    Returns
    -------
    list of str
        As `event_flags`.

    Examples
    --------
    >>> keywords(0x12)
    ['INBOUND_BCAST', 'CLASSIFY_ALLOW']
    """
    return _bit_names(bits, NET_EVENT_KEYWORDS, "FWPM_NET_EVENT_KEYWORD_")


def reauth_reasons(bits: int) -> list[str]:
    """Name the bits of the column ``reauth_reason``: why a connection was looked at again.

    Parameters
    ----------
    bits
        FWP_CONDITION_REAUTHORIZE_REASON_* bits.

    Returns
    -------
    list of str
        As `event_flags`.

    Examples
    --------
    >>> reauth_reasons(9)
    ['POLICY_CHANGE', 'PROFILE_CROSSING']
    """
    return _bit_names(bits, REAUTHORIZE_REASONS, "FWP_CONDITION_REAUTHORIZE_REASON_")


def _bit_names(bits: int, names: dict[str, int], prefix: str) -> list[str]:
    rest = unsigned(bits)
    found = []
    for name, bit in names.items():
        if rest & bit:
            found.append(name.removeprefix(prefix))
            rest &= ~bit
    return [*found, f"0x{rest:08x}"] if rest else found


def _unknown(n: int) -> str:
    return f"UNKNOWN_{unsigned(n)}"
