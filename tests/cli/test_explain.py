"""`wfpfast explain` on the command line; what the lines say is tested beside the other units."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli.hand import XML
from cli.hostile import STEERING
from cli.running import Run

BAD_SPI = ["error: STATUS_IPSEC_BAD_SPI (0xc0360001): No SA has the packet's SPI"]


def test_each_code_has_its_lines(run: Run) -> None:
    result = run("explain", "error:13801", "layer:48", "type:3", "S-1-5-18")
    assert (result.status, result.err) == (0, "")
    lines = [line.split(" (")[0].split(": LocalSystem")[0] for line in result.out.splitlines()]
    assert lines.pop(1).startswith("  what to do: ")
    assert lines == [
        "error: ERROR_IPSEC_IKE_AUTH_FAIL", "layer: FWPS_LAYER_ALE_AUTH_CONNECT_V4",
        "event type: CLASSIFY_DROP", "SID: S-1-5-18"]


def test_the_document_shows_what_is_said_of_audits(run: Run) -> None:
    text = (Path(__file__).parents[2] / "docs/explain.md").read_text(encoding="utf-8")
    codes = ["5157", "5447", "%%14610", "%%8223"]
    shown = text.partition(f"$ wfpfast explain {' '.join(codes)}\n")[2].partition("```")[0]
    assert run("explain", *codes).out == shown
    assert len(shown.splitlines()) == 15


@pytest.mark.parametrize(("codes", "status"), [
    (["5"], 0), (["13919"], 1), (["5", "13919"], 1), (["13919", "5"], 1), (["layer:999"], 1),
    (["nonsense"], 1), (["72861"], 0), (["S-1-99-1"], 0), (["%%14592", "Stealth"], 0),
])
def test_the_status_says_whether_each_code_had_an_answer(
    run: Run, codes: list[str], status: int
) -> None:
    result = run("explain", *codes)
    assert result.status == status
    assert len(result.out.splitlines()) + len(result.err.splitlines()) >= len(codes)


@pytest.mark.parametrize("arguments", [["-1070202879"], ["--", "-1070202879"]])
def test_a_negative_status_is_no_option(run: Run, arguments: list[str]) -> None:
    result = run("explain", *arguments)
    assert (result.status, result.out.splitlines()[:1], result.err) == (0, BAD_SPI, "")


def test_what_is_not_understood_does_not_hide_the_rest(spawn: Callable[..., Any]) -> None:
    result = spawn("explain", "nonsense", "-1070202879", "colour:5")
    assert (result.returncode, result.stdout.splitlines()[:1]) == (1, BAD_SPI)
    first, second = result.stderr.splitlines()
    assert first.startswith("wfpfast: 'nonsense' is not understood: expected a number")
    assert second.startswith("wfpfast: 'colour:5' is not understood")


def test_a_code_is_needed(run: Run) -> None:
    result = run("explain")
    assert (result.status, result.out) == (2, "")
    assert result.err == "wfpfast: Missing argument 'CODE...'. See: wfpfast explain --help\n"


# The first and the last event of hand.py.
DROP = [
    "2024-05-01 10:00:00.1234567 UTC: A filter blocked traffic (CLASSIFY_DROP).",
    r"The program was \device\harddiskvolume1\windows\system32\svchost.exe, process 4321."
    " It ran as S-1-5-18 (LocalSystem: Windows itself and many of its services)."
    " It was in no AppContainer.",
    "It went out over TCP from 192.0.2.1 port 50000 to 198.51.100.7 port 443.",
    "Filter 70000 decided, at the layer ALE_AUTH_CONNECT_V4 (48): a program connects, or sends the"
    " first packet of a flow, IPv4.",
    "Filter 70000 in the sublayer WF (rules of Windows Firewall) said BLOCK.",
    "Filter 9 in the sublayer not given said PERMIT.",
]
IKE = [
    "2024-05-01 10:02:06.0000000 UTC: IKE or AuthIP could not set up main mode"
    " (IKEEXT_MM_FAILURE).",
    "It was in no AppContainer.",
    "It was over UDP from 192.0.2.1 to 198.51.100.7.",
    "The reason was ERROR_IPSEC_IKE_AUTH_FAIL (13801): The credentials of one side were not"
    " accepted by the other.",
    "The other end gave up (PEER); the other end had begun the negotiation (RESPONDER).",
    "The state of main mode was COMPLETE (done).",
    "The protocol was IKEV2 (IKEv2, RFC 7296).",
    "The method of authentication was CERTIFICATE (certificates with RSA keys).",
    "The other end said that it is host/peer.",
]


@pytest.mark.parametrize("kind", ["xml", "parquet", "arrow", "csv", "ndjson"])
def test_an_event_of_any_kind_of_file_is_told(run: Run, xml: Path, kind: str) -> None:
    path = xml
    if kind != "xml":
        path = xml.with_suffix(f".{kind}")
        assert run("convert", xml, path).status == 0
    first, last = run("explain", "event", path, 1), run("explain", "event", path, 7)
    assert (first.status, first.err, last.status, last.err) == (0, "", 0, "")
    assert first.out.splitlines()[:6] == DROP
    assert last.out.splitlines()[:9] == IKE
    assert "  what to do: Usually this end could not verify the other." in last.out
    assert "The filter comes from Stealth: a default block of Windows Firewall" in first.out


def test_addresses_that_a_table_has_as_bytes_are_told_as_text(run: Run, xml: Path) -> None:
    path = xml.with_suffix(".parquet")
    assert run("convert", xml, path, "--addresses", "binary").status == 0
    assert run("explain", "event", path, 1).out.splitlines()[:6] == DROP
    assert "from 2001:db8::1 port 53 to 2001:db8::a port" in run("explain", "event", path, 3).out


def test_with_the_state_of_the_filters_the_rule_has_its_name(
    run: Run, xml: Path, state: Path
) -> None:
    plain = run("explain", "event", xml, 1)
    assert "is called" not in plain.out
    named = run("explain", "event", xml, 1, "--filters", state)
    assert (named.status, named.err) == (0, "")
    assert "\nThe filter is called Block all, its provider is Acme Shield, its action" in named.out
    missing = run("explain", "event", xml, 3, "--filters", state)
    assert missing.status == 0
    assert missing.out.splitlines()[-1].startswith("The filter is not in wfpstate.xml: ids change")
    assert run("explain", "event", xml, 7, "--filters", state).out == run(
        "explain", "event", xml, 7).out


def test_an_event_that_is_not_there_is_a_fault(run: Run, xml: Path) -> None:
    result = run("explain", "event", xml, 8)
    assert (result.status, result.out) == (1, "")
    assert result.err == f"wfpfast: {xml}: there is no event 8: the file has 7 events\n"
    cut = xml.with_name("cut.xml")
    cut.write_text(XML[:XML.index("<item>", len(XML) // 2)], encoding="utf-8")
    assert run("explain", "event", cut, 1).status == 0
    result = run("explain", "event", cut, 7)
    assert (result.status, result.out) == (1, "")
    assert "there is no event 7: the file has" in result.err
    assert "it could be read in part only: " in result.err


@pytest.mark.parametrize("arguments", [
    [], ["a.xml"], ["a.xml", "0"], ["a.xml", "-1"], ["a.xml", "x"], ["a.xml", "1", "2"]])
def test_an_event_wants_a_file_and_a_number_from_1(run: Run, arguments: list[str]) -> None:
    result = run("explain", "event", *arguments)
    assert (result.status, result.out) == (2, "")
    assert "explain event takes FILE and N, the number of the event, counted from 1" in result.err


def test_filters_are_for_an_event(run: Run, state: Path) -> None:
    result = run("explain", "5", "--filters", state)
    assert (result.status, result.out) == (2, "")
    assert "--filters is for: explain event FILE N" in result.err


def test_texts_of_an_event_do_not_steer_the_terminal(run: Run, hostile: tuple[Path, Path]) -> None:
    table, state = hostile
    for number in range(1, 7):
        result = run("explain", "event", table, number, "--filters", state)
        assert result.status == 0
        assert not STEERING.search(result.out)


def test_the_help_tells_of_events_and_of_the_status(run: Run) -> None:
    result = run("explain", "--help")
    assert "wfpfast explain event FILE N" in result.out
    assert "counted from 1" in result.out
    assert "exit status is 1" in " ".join(result.out.split())
