"""What there is to know about audits besides their names; must not know how they are read.

Subcategories and their GUIDs are those of Microsoft's page "Auditing" of the filtering platform, of
5031, 5150 and 5151 those of "Audit Filtering Platform Connection"; for 5146 and 5147 no page was
found. Microsoft has 5447 with the policy changes; in all public records it is of task 13573, which
is Other Policy Change Events. What they cost is from the pages of the subcategories and from public
event logs.
"""

from typing import NamedTuple

SUCCESS, FAILURE, BOTH = "/success:enable", "/failure:enable", "/success:enable /failure:enable"


class Audit(NamedTuple):
    """An audit of the filtering platform.

    Attributes
    ----------
    subcategory : str or None
        Its name; None if Microsoft does not say which.
    switch : str
        The option of auditpol that it needs.
    cost : str
        How many records it makes.
    next : str
        What to look at next.
    kind : str
        Which columns it fills, of `COLUMNS`; empty if it is not read as an event.
    event_type : str
        The type of the net event that it stands for, likewise.
    """

    subcategory: str | None
    switch: str
    cost: str
    next: str
    kind: str = ""
    event_type: str = ""


_CONNECTION, _PACKET = "Filtering Platform Connection", "Filtering Platform Packet Drop"
_POLICY, _OTHER_POLICY = "Filtering Platform Policy Change", "Other Policy Change Events"
_MAIN, _QUICK, _EXTENDED = "IPsec Main Mode", "IPsec Quick Mode", "IPsec Extended Mode"
_DRIVER, _OTHER = "IPsec Driver", "Other Object Access Events"
SUBCATEGORIES: dict[str, str] = {
    _CONNECTION: "{0CCE9226-69AE-11D9-BED3-505054503030}",
    _PACKET: "{0CCE9225-69AE-11D9-BED3-505054503030}",
    _OTHER: "{0CCE9227-69AE-11D9-BED3-505054503030}",
    _POLICY: "{0CCE9233-69AE-11D9-BED3-505054503030}",
    _OTHER_POLICY: "{0CCE9234-69AE-11D9-BED3-505054503030}",
    _MAIN: "{0CCE9218-69AE-11D9-BED3-505054503030}",
    _QUICK: "{0CCE9219-69AE-11D9-BED3-505054503030}",
    _EXTENDED: "{0CCE921A-69AE-11D9-BED3-505054503030}",
    _DRIVER: "{0CCE9213-69AE-11D9-BED3-505054503030}",
}

COMMON = ("timestamp", "event_type", "host", "event_id", "record_id")
_DECIDED = ("filter_id", "layer_id", "layer_kind")
_PROGRAM = ("app_path", "process_id", "ip_protocol", "ip_version")
_BOTH_ENDS = (
    "direction", "direction_code", "source_address", "source_port", "destination_address",
    "destination_port", "local_address", "local_port", "remote_address", "remote_port")
_NEGOTIATED = (
    "failure_reason", "failure_point", "sa_role", "local_address", "local_port",
    "remote_address", "remote_port", "ip_version")
_PEERS = ("local_principal", "remote_principal", "auth_method")
_CERTIFICATE = ("end_cert_hash",)
_MAC = ("direction", "direction_code", "local_mac", "remote_mac", "ether_type", "vlan_tag")
# Besides COMMON; the last tuple of each is what only newer versions of the event have.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "packet": ((*_PROGRAM, *_BOTH_ENDS, *_DECIDED), ("filter_origin",)),
    "connection": (
        (*_PROGRAM, *_BOTH_ENDS, *_DECIDED, "remote_user_sid", "remote_machine_sid"),
        ("filter_origin", "interface_index")),
    "blocked": (
        (*_PROGRAM, *_BOTH_ENDS, *_DECIDED, "remote_user_sid", "remote_machine_sid"),
        ("filter_origin", "interface_index", "original_profile", "current_profile",
         "is_loopback")),
    "endpoint": (
        (*_PROGRAM, "source_address", "source_port", "local_address", "local_port", *_DECIDED),
        ()),
    "program": (("app_path",), ()),
    "frame": ((*_MAC, "media_type", "interface_type", *_DECIDED), ()),
    "switched": (
        (*_MAC, "vswitch_id", "vswitch_source_port", "vswitch_destination_port", *_DECIDED), ()),
    "main": ((*_NEGOTIATED, *_PEERS, "keying_module", "mm_state", "mm_filter_id"), ()),
    "main, certificates": (
        (*_NEGOTIATED, *_PEERS, *_CERTIFICATE, "keying_module", "mm_state", "mm_filter_id"), ()),
    "quick": (
        (*_NEGOTIATED, "keying_module", "local_subnet", "remote_subnet", "ip_protocol",
         "traffic_type", "qm_state", "qm_filter_id", "mm_sa_luid"), ()),
    "extended": ((*_NEGOTIATED, *_PEERS, "em_state", "qm_filter_id"), ()),
    "extended, certificates": (
        (*_NEGOTIATED, *_PEERS, *_CERTIFICATE, "em_state", "qm_filter_id"), ()),
    "clear": (
        ("remote_address", "ip_version", "direction", "direction_code", "failure_status", "spi"),
        ()),
}

_MANY = "very many, some for each connection that any program makes; 20 MB of log then hold hours"
_EACH = "one for each that is blocked: much less than /success, and many where hosts are scanned"
_PACKETS = "very many, one for each packet: Microsoft advises 5157, one for each connection"
_FRAMES = "one for each frame that is blocked"
_FEW = "few: one for each negotiation that fails, and for each time that it is tried again"
_CHANGES = (
    "one for each object at each start of Windows, or for each change: to switch the firewall off"
    " made 984 records in a public log")
_RULE = (
    "filter_id names the rule: 'netsh wfp show state file=wfpstate.xml' on that machine before it"
    " restarts or its rules change, then wfpfast summary LOG --filters wfpstate.xml.")
_STORY = " wfpfast explain event LOG N tells a record as a story."
_IKE = (
    "failure_reason is a text in the machine's language; the number is in net events: netsh wfp"
    " show netevents, then wfpfast summary netevents.xml, and wfpfast explain NUMBER.")
_DRIVERS = f"{_RULE} Drivers filter switches and adapters: wfpfast filters wfpstate.xml."
_NAMES_IDS = (
    "It names the id of a filter from then on: wfpfast filters LOG lists them all, and wfpfast"
    " summary LOG --filters LOG names those of events.")
_PORTS = "Which program owns a port: app_path and process_id. What goes over it is 5156 and 5157."

AUDITS: dict[int, Audit] = {
    5031: Audit(
        _CONNECTION, FAILURE, _EACH,
        "No rule lets the program accept connections. If it is to: New-NetFirewallRule -Direction"
        " Inbound -Program PATH -Action Allow. The filter is not told here; a 5157 of the"
        " same moment may tell it.", "program", "CLASSIFY_DROP"),
    **dict.fromkeys((5146, 5147), Audit(
        None, BOTH, _FRAMES, _DRIVERS, "switched", "CLASSIFY_DROP_MAC")),
    **dict.fromkeys((5150, 5151), Audit(
        _CONNECTION, BOTH, _FRAMES, _DRIVERS, "frame", "CLASSIFY_DROP_MAC")),
    **dict.fromkeys((5152, 5153), Audit(
        _PACKET, FAILURE, _PACKETS, _RULE + _STORY, "packet", "CLASSIFY_DROP")),
    **dict.fromkeys((5154, 5158), Audit(
        _CONNECTION, SUCCESS, _MANY, _PORTS, "endpoint", "CLASSIFY_ALLOW")),
    **dict.fromkeys((5155, 5159), Audit(
        _CONNECTION, FAILURE, _EACH, _RULE + _STORY, "endpoint", "CLASSIFY_DROP")),
    5156: Audit(
        _CONNECTION, SUCCESS, _MANY,
        "Often no filter is named: Windows gives the id of one only if it has conditions such as"
        " program, user, protocol or remote port. " + _RULE, "connection", "CLASSIFY_ALLOW"),
    5157: Audit(_CONNECTION, FAILURE, _EACH, _RULE + _STORY, "blocked", "CLASSIFY_DROP"),
    4652: Audit(
        _MAIN, FAILURE, _FEW, _IKE + _STORY, "main, certificates", "IKEEXT_MM_FAILURE"),
    4653: Audit(_MAIN, FAILURE, _FEW, _IKE + _STORY, "main", "IKEEXT_MM_FAILURE"),
    4654: Audit(_QUICK, BOTH, _FEW, _IKE + _STORY, "quick", "IKEEXT_QM_FAILURE"),
    4983: Audit(
        _EXTENDED, BOTH, _FEW, _IKE + _STORY, "extended, certificates", "IKEEXT_EM_FAILURE"),
    4984: Audit(_EXTENDED, BOTH, _FEW, _IKE + _STORY, "extended", "IKEEXT_EM_FAILURE"),
    4963: Audit(
        _DRIVER, BOTH, "few, unless a host that has no IPsec policy keeps trying",
        "The other host has no policy that protects this traffic: compare the connection security"
        " rules of both (Get-NetIPsecRule).", "clear", "IPSEC_KERNEL_DROP"),
    **dict.fromkeys((4650, 4651, 4655), Audit(
        _MAIN, SUCCESS, "one for each association",
        "Pair it with failures (4652, 4653) of the same addresses.")),
    **dict.fromkeys((5451, 5452), Audit(
        _QUICK, SUCCESS, "one for each association",
        "Pair it with failures (4654) of the same addresses.")),
    **dict.fromkeys((4978, 4979, 4980, 4981, 4982), Audit(
        _EXTENDED, BOTH, "one for each association, or packet that is wrong",
        "Pair it with failures (4983, 4984) of the same addresses.")),
    **dict.fromkeys((5148, 5149), Audit(
        _OTHER, BOTH, "few of these, but the subcategory has others, too",
        "While Windows defends itself, it drops packets without a record for each.")),
    5441: Audit(_POLICY, SUCCESS, _CHANGES, _NAMES_IDS),
    5447: Audit(_OTHER_POLICY, SUCCESS, _CHANGES, _NAMES_IDS),
    **dict.fromkeys((5440, 5442, 5443, 5444, 5446, 5448, 5449, 5450), Audit(
        _POLICY, SUCCESS, _CHANGES,
        "It says what there was, and when; the ids of filters are in 5441 and 5447.")),
}
