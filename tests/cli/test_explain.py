"""`wfpfast explain` on the command line; what the lines say is tested beside the other units."""

from collections.abc import Callable
from typing import Any

import pytest
from cli.running import Run

BAD_SPI = "error: STATUS_IPSEC_BAD_SPI (0xc0360001): No SA has the packet's SPI\n"


def test_each_code_has_its_lines(run: Run) -> None:
    result = run("explain", "error:13801", "layer:48", "type:3", "S-1-5-18")
    assert (result.status, result.err) == (0, "")
    assert [line.split(" (")[0].split(": LocalSystem")[0] for line in result.out.splitlines()] == [
        "error: ERROR_IPSEC_IKE_AUTH_FAIL", "layer: FWPS_LAYER_ALE_AUTH_CONNECT_V4",
        "event type: CLASSIFY_DROP", "SID: S-1-5-18"]


@pytest.mark.parametrize("arguments", [["-1070202879"], ["--", "-1070202879"]])
def test_a_negative_status_is_no_option(run: Run, arguments: list[str]) -> None:
    result = run("explain", *arguments)
    assert (result.status, result.out, result.err) == (0, BAD_SPI, "")


def test_what_is_not_understood_does_not_hide_the_rest(spawn: Callable[..., Any]) -> None:
    result = spawn("explain", "nonsense", "-1070202879", "colour:5")
    assert (result.returncode, result.stdout) == (1, BAD_SPI)
    first, second = result.stderr.splitlines()
    assert first.startswith("wfpfast: 'nonsense' is not understood: expected a number")
    assert second.startswith("wfpfast: 'colour:5' is not understood")


def test_a_code_is_needed(run: Run) -> None:
    result = run("explain")
    assert (result.status, result.out) == (2, "")
    assert result.err == "wfpfast: Missing argument 'CODE...'. See: wfpfast explain --help\n"
