"""The lines of `watch` and `enumerate`, written down by hand from what the events say."""

from typing import Any

import pytest
from rich.cells import cell_len

from wfpfast import Decoder, EventBatch, encode
from wfpfast.cli._line import Lines

SECOND = 10_000_000
NOON = 133_800_336_000_000_000  # FILETIME of 2024-12-30 12:00 UTC
ALL = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x100
SVCHOST = "\\device\\harddiskvolume3\\windows\\system32\\svchost.exe"
RULES = {65536: "Block all that is not asked for", 7: "evil\x1b[31m\nrule"}


def event(kind: int, member: str, payload: dict[str, Any], **header: Any) -> dict[str, Any]:
    given = {
        "timeStamp": NOON + 123 * SECOND // 1000, "flags": ALL, "ipVersion": 0, "ipProtocol": 6,
        "localAddrV4": 0xC0000201, "remoteAddrV4": 0xC6336407, "localPort": 50000,
        "remotePort": 443, "appId": f"{SVCHOST}\0".encode("utf-16-le"), **header,
    }
    if given["ipVersion"]:
        del given["localAddrV4"], given["remoteAddrV4"]
    return {"header": given, "type": kind, member: payload}


def dropped(direction: int = 0x3901, filter_id: int = 65536, **header: Any) -> dict[str, Any]:
    payload = {"filterId": filter_id, "layerId": 48, "msFwpDirection": direction}
    return event(3, "classifyDrop", payload, **header)


def batch(*events: dict[str, Any]) -> EventBatch:
    return Decoder(errors="null").decode(encode(list(events)))


def shown(
    *events: dict[str, Any], width: int | None = None, colour: bool = False, plain: bool = False
) -> list[str]:
    lines = Lines(RULES, width=width, colour=colour, plain=plain)
    made = list(lines.render(batch(*events), len(events)))
    # On a terminal another day than today is announced.
    assert width is None or made[0].endswith(("2024-12-30", "2024-12-30\x1b[0m"))
    return made if width is None else made[1:]


V6 = {"ipVersion": 1, "localAddrV6": bytes.fromhex("20010db8000100020003000400050006"),
      "remoteAddrV6": bytes.fromhex("20010db800aa00bb00cc00dd00ee00ff")}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (dropped(), f"drop  tcp  192.0.2.1:50000       → 198.51.100.7:443      {SVCHOST} 65536 "
                    " Block all that is not asked for"),
        (dropped(0x3900, 1), f"drop  tcp  192.0.2.1:50000       ← 198.51.100.7:443      {SVCHOST}"
                             " 1"),
        (event(6, "classifyAllow", {"filterId": 1, "msFwpDirection": 0x3903}, ipProtocol=17),
         f"allow udp  192.0.2.1:50000       ↔ 198.51.100.7:443      {SVCHOST} 1"),
        (dropped(ipProtocol=1, localPort=8, remotePort=0),
         f"drop  icmp 192.0.2.1             → 198.51.100.7          {SVCHOST} 65536  echo-request,"
         " Block all that is not asked for"),
        (dropped(ipProtocol=135, flags=ALL & ~0x38),
         "drop  135  192.0.2.1             → 198.51.100.7          - 65536  Block all that is not"
         " asked for"),
        (dropped(**V6), "drop  tcp  [2001:db8:1:2:3:4:5:6]:50000 → [2001:db8:aa:bb:cc:dd:ee:ff]:443"
                        f" {SVCHOST} 65536  Block all that is not asked for"),
        (event(0, "ikeMmFailure", {"failureErrorCode": 13801}, flags=ALL & ~0x20, ipProtocol=17),
         "fail  udp  192.0.2.1:50000       - 198.51.100.7:443      ERROR_IPSEC_IKE_AUTH_FAIL"),
        (event(4, "ipsecDrop", {"failureStatus": -1070202879, "direction": 1}, flags=0x101 & ~0x100,
               ipProtocol=50),
         "drop  esp  -                     ← -                     STATUS_IPSEC_BAD_SPI"),
        (event(9, "classifyDropMac", {
            "localMacAddr": bytes.fromhex("00005e005301"), "etherType": 0x0806, "filterId": 1,
            "remoteMacAddr": bytes.fromhex("00005e005302"), "msFwpDirection": 0x3902}, flags=0),
         "drop  eth  00:00:5e:00:53:01     ↷ 00:00:5e:00:53:02     - 1      ether type 0x0806"),
        (event(7, "capabilityDrop", {"networkCapabilityId": 0, "filterId": 1}),
         f"drop  tcp  192.0.2.1:50000       - 198.51.100.7:443      {SVCHOST} 1     "
         " INTERNET_CLIENT"),
        (event(10, "lpmPacketArrival", {"spi": 7}, flags=0),
         "arrived -  -                     - -"),
        (dropped(flags=ALL & ~0x2), f"drop  tcp  *:50000               → 198.51.100.7:443      "
                                    f"{SVCHOST} 65536  Block all that is not asked for"),
    ],
)
def test_every_type_is_a_line_of_what_it_says(
    two_hours_east: None, given: dict[str, Any], expected: str
) -> None:
    assert shown(given) == [f"2024-12-30 14:00:00.123 {expected}"]


def test_a_line_of_80_columns(two_hours_east: None) -> None:
    assert shown(dropped(), dropped(0x3900, **V6), dropped(localAddrV4=0xC0A86464,
                 remoteAddrV4=0xC0A86465, remotePort=50001), width=80) == [
        "14:00:00.123 drop  tcp  192.0.2.1:50000   → 198.51.100.7:443  svchost.exe 65536",
        "14:00:00.123 drop  tcp  [2001…:5:6]:50000 ← [2001:db…d:ee:ff]:443 …st.exe 65536",
        "14:00:00.123 drop  tcp  192.168.100.100:50000 → 192.168.100.101:50001 …xe 65536",
    ]


def test_more_room_shows_more(two_hours_east: None) -> None:
    (line,) = shown(dropped(**V6), width=120)
    assert line == (
        "14:00:00.123 drop  tcp  [2001:db…:4:5:6]:50000 → [2001:db8:aa:…:cc:dd:ee:ff]:443"
        " svchost.exe 65536  Block all that is n…")
    assert len(line) == 120
    (line,) = shown(dropped(), width=200)
    assert line.endswith(f" …{SVCHOST[-39:]} 65536  Block all that is not asked for")


@pytest.mark.parametrize("width", [20, 40, 72, 79, 80, 81, 100, 133, 200])
def test_no_line_is_longer_than_the_terminal_is_wide(width: int) -> None:
    wide = f"\\device\\{'文件夹' * 30}\\程序.exe\0".encode("utf-16-le")
    lines = shown(dropped(), dropped(**V6), dropped(appId=wide), dropped(filter_id=(1 << 64) - 1),
                  dropped(filter_id=7, appId="a\x1b[2J\0".encode("utf-16-le")), width=width)
    assert len(lines) == 5
    assert [line for line in lines if cell_len(line) > width] == []
    assert [line for line in lines if not line.isprintable()] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_control_characters_are_made_visible(two_hours_east: None) -> None:
    app = "\\a\x1b]0;x\x07\r\n\u202e\0".encode("utf-16-le")
    (line,) = shown(dropped(filter_id=7, appId=app))
    assert line.endswith("443      \\a\\x1b]0;x\\x07\\r\\n\\u202e 7      evil\\x1b[31m\\nrule")


def test_colours_only_where_they_are_wanted(two_hours_east: None) -> None:
    (plain,), (coloured,) = shown(dropped(), width=80), shown(dropped(), width=80, colour=True)
    assert coloured.startswith("\x1b[2m14:00:00.123\x1b[0m\x1b[31m\x1b[1m drop ")
    assert "\x1b" not in plain


def test_arrows_for_terminals_without_unicode(two_hours_east: None) -> None:
    given = [dropped(direction) for direction in (0x3900, 0x3901, 0x3902, 0x3903)]
    assert [line[57] for line in shown(*given, plain=True)] == ["<", ">", "^", "="]


def test_a_new_day_is_announced_on_a_terminal_only(two_hours_east: None) -> None:
    late = NOON + 10 * 3600 * SECOND  # midnight, two hours east
    events = [dropped(timeStamp=at) for at in (late - 1, late, late + SECOND)]
    lines = Lines({}, width=80, colour=False, plain=False)
    assert [line[:12] for line in lines.render(batch(*events), 3)] == [
        "2024-12-30", "23:59:59.999", "2024-12-31", "00:00:00.000", "00:00:01.000"]
    assert [line[:23] for line in shown(*events)] == [
        "2024-12-30 23:59:59.999", "2024-12-31 00:00:00.000", "2024-12-31 00:00:01.000"]


def test_times_that_are_none_or_long_ago(two_hours_east: None) -> None:
    nowhere, old = dropped(timeStamp=0), dropped(timeStamp=110_000_000_000_000_000)
    assert [line[:24] for line in shown(nowhere, old)] == [
        "----------------------- ", "1949-07-30 19:33:20.000 "]
    (line,) = Lines({}, width=80, colour=False, plain=False).render(batch(nowhere), 1)
    assert line.startswith("------------ drop  tcp ")


def test_a_type_without_a_name_is_a_line(two_hours_east: None) -> None:
    given = event(99, "classifyDrop", {})
    del given["classifyDrop"]
    assert shown(given)[0].startswith("2024-12-30 14:00:00.123 ?     tcp  192.0.2.1:50000 ")


def test_only_so_many_events(two_hours_east: None) -> None:
    lines = Lines({}, width=None, colour=False, plain=False)
    given = batch(*(dropped(filter_id=n) for n in range(5)))
    assert [line.split()[-1] for line in lines.render(given, 2)] == ["0", "1"]
