"""Values that are written otherwise than usual, new in Windows, redacted, or damaged."""

from datetime import UTC, datetime, timedelta

from netsh_inputs import (
    FLAGS,
    NO_CLASSIFY,
    PATH,
    Input,
    event,
    file,
    items,
    listed,
    other,
    row,
    simple,
    spoiled,
    three,
)

_TIME = datetime(2026, 3, 4, 5, 6, 7, 89000, UTC)
_DROPPED = "<localPort>50001</localPort>"
_ORIGIN = "Query User Default"
_V6 = {"ipVersion": "FWP_IP_VERSION_V6", "addressFamily": "FWP_AF_INET6", "localAddrV4": None,
       "remoteAddrV4": None}
_UNICODE_PATH = "\\device\\harddiskvolume4\\ツール\\büro \U0001f600.exe"


def _path(text: str) -> dict[str, str]:
    return {"data": text.encode("utf-16-le").hex(), "asString": "not read"}


# How many names of a header's elements there is room for, besides its own 20 and "...".
_ROOM = 128 - 20 - 1
_MANY = {f"new{n}": "1" for n in range(400)}

NEW = [
    simple("no flags element", file(event({"flags": None})), [row(
        flags=..., scope_id=..., policy_flags=..., enterprise_id=..., effective_name=...)],
        stats={"no_flags": 1}),
    simple("an unknown flag", file(event({"flags": [*FLAGS, "FWPM_NET_EVENT_FLAG_NEW_SET"]})),
           [row()], stats={"unknown_names": 1}),
    simple("unknown bits of flags as netsh prints them", file(event(
        {"flags": [*FLAGS, "80000000"]})), [row(flags=0x8000_057F)]),
    simple("an unknown type with a known body", file(event(
        type="FWPM_NET_EVENT_TYPE_PUBLIC_SOMETHING_NEW"), event()),
        [row(event_type="UNKNOWN_FWPM_NET_EVENT_TYPE_PUBLIC_SOMETHING_NEW"), row()],
        stats={"unknown_names": 1}),
    simple("an unknown type with an unknown body", file(event(), other(
        "SOMETHING_NEW", "somethingNew",
        {"filterId": "70124", "layerId": "13", "msFwpDirection": "MS_FWP_DIRECTION_IN",
         "isLoopback": "true", "reauthReason": "0"})),
        [row(), row(
            event_type="UNKNOWN_FWPM_NET_EVENT_TYPE_SOMETHING_NEW", filter_id=70124, layer_id=13,
            direction="INBOUND", direction_code=0x3900, is_loopback=True, original_profile=None,
            current_profile=None)],
        stats={"unknown_names": 1, "unknown_element:event/somethingNew": 1}),
    simple("a known type with an unknown body", file(other(
        "CLASSIFY_DROP", "classifyDropNew", {"something": "1"}), event()),
        [row(**NO_CLASSIFY), row()],
        stats={"unknown_element:event/classifyDropNew": 1}),
    simple("elements that a later Windows may print", file(event(
        {"newHeader": "1"}, {"newBody": {"deep": ["1", "2"]}}, {"newTail": "x"}, newSection="")),
        [row()], stats={"unknown_element:header/newHeader": 1,
                        "unknown_element:classifyDrop/newBody": 1,
                        "unknown_element:internalFields/newTail": 1,
                        "unknown_element:event/newSection": 1}),
    simple("the bidirectional direction", file(event(
        drop={"msFwpDirection": "MS_FWP_DIRECTION_BIDIRECTIONAL"})),
        [row(direction="BIDIRECTIONAL", direction_code=0x3903)]),
    simple("an unknown direction", file(event(drop={"msFwpDirection": "MS_FWP_DIRECTION_NEW"})),
           [row(direction="UNKNOWN_MS_FWP_DIRECTION_NEW", direction_code=None)],
           stats={"unknown_names": 1}),
    simple("an unknown IP version's name", spoiled(
        ("FWP_IP_VERSION_V4", "FWP_IP_VERSION_V9")), three(
            ip_version=None, local_address=..., remote_address=..., flags=...,
            address_family=...),
        stats={"malformed": 1}, raises="ipVersion"),
    simple("an unknown authentication method", file(other(
        "IKEEXT_MM_FAILURE", "ikeMmFailure",
        {"failureErrorCode": "13801 (ERROR_IPSEC_IKE_AUTH_FAIL)",
         "failurePoint": "IPSEC_FAILURE_ME", "mmAuthMethod": "IKEEXT_NEW_METHOD"})),
        [row(**NO_CLASSIFY, event_type="IKEEXT_MM_FAILURE", failure_error=13801,
             failure_point="ME", auth_method="UNKNOWN_IKEEXT_NEW_METHOD")],
        stats={"unknown_names": 1}),
    simple("a code for which only netsh has a name", file(other(
        "IKEEXT_MM_FAILURE", "ikeMmFailure",
        {"failureErrorCode": "13950 (ERROR_IPSEC_IKE_NEW)", "failurePoint": "IPSEC_FAILURE_ME"})),
        [row(**NO_CLASSIFY, event_type="IKEEXT_MM_FAILURE", failure_error=13950,
             failure_point="ME")],
        stats={"named_code:13950:ERROR_IPSEC_IKE_NEW": 1}),
    simple("more new elements than are counted by name", file(event(_MANY)), [row()], stats={
        **{f"unknown_element:header/new{n}": 1 for n in range(_ROOM)},
        "unknown_element:header/...": 400 - _ROOM}),
    simple("a new element with a very long name", file(event({"n" * 3000: "1"}), event(
        {"n" * 3000: "1"})), [row(), row()],
        stats={"unknown_element:header/" + "n" * 100: 2}),
]

SPELLINGS = [
    simple("ipsecKernelDrop, as System Informer names it", file(other(
        "IPSEC_KERNEL_DROP", "ipsecKernelDrop",
        {"failureStatus": "-1073700858", "direction": "FWP_DIRECTION_INBOUND", "spi": "77",
         "filterId": "70125", "layerId": "3"})),
        [row(**{**NO_CLASSIFY, "filter_id": 70125, "layer_id": 3, "direction": "INBOUND",
                "direction_code": 1},
             event_type="IPSEC_KERNEL_DROP", failure_status=-1073700858, spi=77)]),
    simple("ipsecDospDrop, with plain addresses", file(other(
        "IPSEC_DOSP_DROP", "ipsecDospDrop",
        {"ipVersion": "FWP_IP_VERSION_V6", "publicHostV6Addr": "2001:db8::5",
         "internalHostV6Addr": "2001:db8::6", "failureStatus": "0xC0360004",
         "direction": "FWP_DIRECTION_OUTBOUND"})),
        [row(**{**NO_CLASSIFY, "direction": "OUTBOUND", "direction_code": 0},
             event_type="IPSEC_DOSP_DROP", failure_status=-1070202876, public_host="2001:db8::5",
             internal_host="2001:db8::6")]),
    simple("MAC addresses as an arm of a union", file(other(
        "CLASSIFY_DROP_MAC", "classifyDropMac",
        {"localMacAddr.byteArray6": "02:00:5e:00:53:01",
         "remoteMacAddr.byteArray6": "02-00-5E-00-53-FF", "etherType": "2048",
         "filterId": "70126", "layerId": "69"})),
        [row(**{**NO_CLASSIFY, "filter_id": 70126, "layer_id": 69}, event_type="CLASSIFY_DROP_MAC",
             local_mac="02:00:5e:00:53:01", remote_mac="02:00:5e:00:53:ff", ether_type=2048)]),
    simple("numbers in hexadecimal", file(event(
        {"localPort": "0xC351", "ipProtocol": "0x06"}, {"filterId": "0x111EB", "layerId": "0X30"},
        {"processId": "0x10e1"})), [row()]),
    simple("a signed failure code", file(other(
        "IKEEXT_MM_FAILURE", "ikeMmFailure", {"failureErrorCode": "-2146762495"})),
        [row(**NO_CLASSIFY, event_type="IKEEXT_MM_FAILURE", failure_error=2148204801)]),
    simple("a time with an offset", file(
        event({"timeStamp": "2026-03-04T07:06:07.089+02:00"}),
        event({"timeStamp": "2026-03-03T23:36:07.089-05:30"})), [row(), row()]),
    simple("a time without a fraction, and with seven digits", file(
        event({"timeStamp": "2026-03-04T05:06:07Z"}),
        event({"timeStamp": "2026-03-04T05:06:07.0890000Z"})),
        [row(timestamp=_TIME - timedelta(milliseconds=89)), row()]),
    simple("an address with its zone", file(event(
        {**_V6, "flags": [*FLAGS, "FWPM_NET_EVENT_FLAG_SCOPE_ID_SET"], "scopeId": "7",
         "localAddrV6.byteArray16": "fe80::20%7", "remoteAddrV6.byteArray16": "ff02::1:2"})),
        [row(flags=0x5FF, ip_version=6, address_family="INET6", scope_id=7,
             local_address="fe80::20", remote_address="ff02::1:2")]),
    simple("the type as PUBLIC, and as a number", file(
        event(type="FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_DROP"), event(type="3")), [row(), row()]),
    simple("line breaks around values", file(event()).replace(b">50001<", b">\r\n\t\t50001\r\n\t<")
           .replace(b">192.0.2.20<", b">\n192.0.2.20\n<")
           .replace(b">FWPM_NET_EVENT_FLAG_APP_ID_SET<", b">\n FWPM_NET_EVENT_FLAG_APP_ID_SET <"),
           [row()]),
    simple("the name of a virtual switch", file(event(drop={
        "vSwitchId": _path("5e1f0000-0000-4000-8000-00000000abcd\0"), "vSwitchSourcePort": "3"})),
        [row(vswitch_id="5e1f0000-0000-4000-8000-00000000abcd", vswitch_source_port=3)]),
    simple("asString alone", file(event({"appId": {"asString": PATH}})), [row()]),
    simple("members in another order", file(
        {tag: event()[tag] for tag in ("internalFields", "classifyDrop", "type", "header")}),
        [row()]),
]

TEXTS = [
    simple("entities", spoiled((_ORIGIN, "A &amp; B &lt;&quot;x&quot;&gt; &apos;&#252;&#x1F600;")),
           three(filter_origin="A & B <\"x\"> 'ü\U0001f600")),
    simple("umlauts and Japanese", file(
        event({"appId": _path(_UNICODE_PATH + "\0")}, internal={"filterOrigin": "Für Büro"}),
        event(internal={"filterOrigin": "既定の送信 \U0001f600"})),
        [row(app_path=_UNICODE_PATH, filter_origin="Für Büro"),
         row(filter_origin="既定の送信 \U0001f600")]),
    simple("sections and comments inside values", spoiled(
        (_ORIGIN, "<![CDATA[A & <B>]]> and <!-- no --><![CDATA[C]]>"),
        (_DROPPED, "<localPort><!-- was 1 -->500<?x y?>01</localPort>")),
        three(filter_origin="A & <B> and C")),
    simple("a comment that holds an event", spoiled(
        ("<header>", f"<!-- {items(event())} <item> --><header>")), three()),
    simple("line breaks inside a value", spoiled((_ORIGIN, "Query\r\nUser\nDefault")),
           three(filter_origin="Query\nUser\nDefault")),
    simple("a control character", spoiled((_ORIGIN, "Query\x01User\x1f")),
           three(filter_origin="Query\ufffdUser\ufffd"), stats={"mended_text": 2}),
    simple("control characters as references", spoiled((_ORIGIN, "Query&#x1;User&#31;")),
           three(filter_origin="Query\ufffdUser\ufffd"), stats={"mended_text": 2}),
    simple("references to no character", spoiled((_ORIGIN, "&#xD800;&#0;&#x110000;&#xFFFE;")),
           three(filter_origin="\ufffd" * 4), stats={"mended_text": 4}),
    simple("a control character in what is not read", spoiled(
        (r"\.d.e.v.i.c.e...", "\\.d.\x02.v")), three(), stats={"mended_text": 1}),
    simple("a lone ampersand, and an entity of HTML", spoiled((_ORIGIN, "A & B &nbsp; C &uuml")),
           three(filter_origin="A & B &nbsp; C &uuml")),
    simple("an unpaired surrogate", (listed(items(event())).replace(
        _ORIGIN, "Query\ud800User")).encode("utf-16", "surrogatepass"),
        [row(filter_origin="Query\ufffdUser")], stats={"mended_text": 1}),
    simple("an invalid byte", file(event(internal={"filterOrigin": "Größe für @"})).replace(
        b"@", b"\xff"), [row(filter_origin="Größe für \ufffd")], stats={"mended_text": 1}),
    simple("a megabyte of text", spoiled((_ORIGIN, "x" * 1_000_000)),
           three(filter_origin="x" * 1_000_000)),
    simple("an empty origin", spoiled((_ORIGIN, "")), three(filter_origin=None)),
]

DAMAGED = [
    simple("a redacted SID", spoiled(("S-1-5-20", "S-1-5-21-XXXX-1001")), three(user_sid=None),
           stats={"malformed": 1}, raises=r"line \d+.*userId"),
    simple("a redacted address", spoiled(("198.51.100.9", "x.x.x.x")),
           three(remote_address=None), stats={"malformed": 1}, raises=r"line \d+.*remoteAddrV4"),
    simple("a redacted port and path", spoiled(
        (_DROPPED, "<localPort>***</localPort>"), ("<data>", "<data>[removed]")),
        three(local_port=None, app_path=None), stats={"malformed": 2}, raises="localPort"),
    simple("numbers that do not fit", spoiled(
        (_DROPPED, "<localPort>70000</localPort>"), ("<layerId>48<", "<layerId>-1<"),
        ("<ipProtocol>6<", "<ipProtocol>six<")),
        three(local_port=None, layer_id=None, ip_protocol=None), stats={"malformed": 3},
        raises="ipProtocol"),
    simple("marks of people between elements", spoiled(
        ("<isLoopback>", "**<isLoopback>"), ("<localPort>", "XX<localPort>")), three(),
        stats={"stray_text": 2}),
    simple("marks of people in a list", spoiled(
        ("<item>FWPM_NET_EVENT_FLAG_USER_ID_SET</item>",
         "**<item>FWPM_NET_EVENT_FLAG_USER_ID_SET</item>**")), three(), stats={"stray_text": 1}),
    simple("an event that does not end", spoiled(("</classifyDrop>", "")),
           [row(local_port=50000), row(local_port=50002)], stats={"lost_events": 1},
           raises=r"line \d+"),
    simple("an event without a header", spoiled(("<header>", "<head>"), ("</header>", "</head>")),
           [row(local_port=50000), row(local_port=50002)],
           stats={"lost_events": 1}, raises=r"line \d+.*header"),
    simple("an end tag is missing between two events", spoiled(("<header>", "<item><header>")),
           three()),
    simple("elements nested ten thousand deep", spoiled(
        ("<header>", f"<header>{'<a>' * 10_000}{'</a>' * 10_000}")),
        [row(local_port=50000), row(local_port=50002)], stats={"lost_events": 1},
        raises=r"line \d+.*(deep|too many)"),
    simple("a huge attribute", spoiled(("<header>", f"<header a='{'>' * 900_000}'>")), three()),
    simple("attributes of all kinds", spoiled(
        ("<header>", '<header a="<>" b=\'"/>\' c = "&lt;" xml:space="preserve" >'),
        ("<vSwitchId/>", '<vSwitchId a="1" />')), three()),
]

INPUTS: list[Input] = [*NEW, *SPELLINGS, *TEXTS, *DAMAGED]
