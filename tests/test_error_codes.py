"""Names, meanings and remedies of error codes, against what headers say; must not know events."""

import ctypes
import doctest
import json
import pathlib
from collections import Counter
from typing import Any

import pytest

from wfpfast import names
from wfpfast._tables.errors import ERRORS, REMEDIES
from wfpfast._tables.ras_errors import RAS
from wfpfast._tables.remedies import GROUPS
from wfpfast.names import _errors

GOLDEN = pathlib.Path(__file__).parent / "golden"


@pytest.fixture(autouse=True)
def _not_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the tables only, also where the system could answer."""
    monkeypatch.delattr(ctypes, "FormatError", raising=False)


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (0, "ERROR_SUCCESS"),
        (5, "ERROR_ACCESS_DENIED"),
        (1722, "RPC_S_SERVER_UNAVAILABLE"),
        (1753, "EPT_S_NOT_REGISTERED"),
        (13000, "ERROR_IPSEC_QM_POLICY_EXISTS"),
        (13801, "ERROR_IPSEC_IKE_AUTH_FAIL"),
        (13868, "ERROR_IPSEC_IKE_POLICY_MATCH"),
        (13931, "ERROR_IPSEC_DOSP_NOT_INSTALLED"),
        (0x80320013, "FWP_E_NET_EVENTS_DISABLED"),
        (0x80320013 - 2**32, "FWP_E_NET_EVENTS_DISABLED"),
        (0x80320044, "FWP_E_IKEEXT_NOT_RUNNING"),
        (0x80320104, "FWP_E_DROP_NOICMP"),
        (0xC0220103, "STATUS_FWP_CANNOT_PEND"),
        (-1070202879, "STATUS_IPSEC_BAD_SPI"),
        (3224764417, "STATUS_IPSEC_BAD_SPI"),
        (-1073700848, "STATUS_IPSEC_QUEUE_OVERFLOW"),
        (0xC0368006, "STATUS_IPSEC_DOSP_MAX_PER_IP_RATELIMIT_QUEUES"),
        (13919, "UNKNOWN_0x0000365f"),
        (0x80320045, "UNKNOWN_0x80320045"),
        (0x80320100, "UNKNOWN_0x80320100"),
        (-1, "UNKNOWN_0xffffffff"),
    ],
)
def test_error(code: int, name: str) -> None:
    assert names.error(code) == name


@pytest.mark.parametrize("code", [2**32, -(2**31) - 1])
def test_a_code_must_fit_32_bits(code: int) -> None:
    for ask in (names.error, names.error_meaning, names.error_remedy, names.event_flags):
        with pytest.raises(ValueError, match="32 bits"):
            ask(code)


def test_error_meaning_and_remedy_take_both_signs_and_know_what_they_do_not_know() -> None:
    assert names.error_meaning(-1070202879) == "No SA has the packet's SPI"
    assert names.error_meaning(13910) == "No SA has the packet's SPI"
    assert names.error_meaning(13919) is None
    assert names.error_remedy(0x80320013) == names.error_remedy(0x80320013 - 2**32)
    assert "netevents=on" in str(names.error_remedy(0x80320013))
    assert "elevated" in str(names.error_remedy(5))
    assert "Base Filtering Engine" in str(names.error_remedy(1753))
    assert "Server Authentication" in str(names.error_remedy(13801))
    assert names.error_remedy(13919) is None
    assert names.error_remedy(0xC0360001) == names.error_remedy(13910)
    assert names.error_remedy(0xC0220012) == names.error_remedy(0x80320012)


@pytest.mark.parametrize(
    ("family", "prefix", "count"),
    [
        ("FWP_E", "FWP_E_", 69),
        ("ERROR_IPSEC", "ERROR_IPSEC_", 151),
        ("STATUS_IPSEC", "STATUS_IPSEC_", 17),
        ("STATUS_FWP", "STATUS_FWP_", 73),
        ("also_returned", None, 4),
    ],
)
def test_every_error_of_the_sdk_has_its_name(family: str, prefix: str | None, count: int) -> None:
    codes = golden("names.json")["errors"][family]
    assert len(codes) == count
    assert {name: names.error(code) for name, code in codes.items()} == {n: n for n in codes}
    assert [names.error(code - 2**32) for code in codes.values() if code >= 2**31] == [
        name for name, code in codes.items() if code >= 2**31
    ]
    if prefix:
        ours = {name: code for code, (name, _) in ERRORS.items() if name.startswith(prefix)}
        assert ours == codes


def test_no_error_code_was_lost_to_another_and_no_name_is_there_twice() -> None:
    codes = golden("names.json")["errors"]
    numbers = Counter(code for family in codes.values() for code in family.values())
    assert len(numbers) == 69 + 151 + 17 + 73 + 4
    assert set(numbers.values()) == {1}
    assert set(Counter(name for name, _ in ERRORS.values()).values()) == {1}


def test_every_other_error_has_the_name_that_the_headers_give_its_number() -> None:
    codes, known = golden("codes.json"), golden("names.json")["errors"]
    mine = {name: code for code, (name, _) in ERRORS.items()}
    assert len(codes["errors"]) == 612
    assert {name: mine[name] for name in codes["errors"]} == codes["errors"]
    assert mine.keys() - codes["errors"] == {
        name for family in known.values() for name in family} - codes["errors"].keys()
    assert {name: code for code, (name, _) in RAS.items()} == codes["ras"]
    assert len(RAS) == 101


@pytest.mark.parametrize(("code", "name", "plain"), [
    (0x80070005, "HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED)", 5),
    (-2147024891, "HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED)", 5),
    (0x800706BA, "HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE)", 1722),
    (0x800735E9, "HRESULT_FROM_WIN32(ERROR_IPSEC_IKE_AUTH_FAIL)", 13801),
    (0xC0070005, "NTSTATUS_FROM_WIN32(ERROR_ACCESS_DENIED)", 5),
    (0xD0000022, "HRESULT_FROM_NT(STATUS_ACCESS_DENIED)", 0xC0000022),
])
def test_a_code_that_wraps_another_has_its_meaning(code: int, name: str, plain: int) -> None:
    assert names.error(code) == name
    assert names.error_meaning(code) == names.error_meaning(plain)
    assert names.error_remedy(code) == names.error_remedy(plain) is not None


@pytest.mark.parametrize("code", [0x8007365F, 0x80079999, 0xC007365F, 0xDFFFFFFF, 0xC036000D])
def test_a_code_that_wraps_nothing_known_stays_unknown(code: int) -> None:
    assert names.error(code) == f"UNKNOWN_0x{code:08x}"
    assert names.error_meaning(code) is None
    assert names.error_remedy(code) is None


def test_on_windows_the_system_tells_what_the_tables_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def describe(code: int) -> str:
        asked.append(code)
        return {66: "The network resource\r\n type is not correct.\r\n"}.get(
            code, "<no description>")

    monkeypatch.setattr(ctypes, "FormatError", describe, raising=False)
    assert names.error_meaning(66) == "The network resource type is not correct."
    assert names.error_meaning(0x8007365F) is None
    assert names.error_meaning(5) == "The caller lacks the right to do this"
    assert asked == [66, 0x8007365F - 2**32], "FormatError() takes a signed number"


def test_every_error_has_a_meaning_of_one_line_and_remedies_are_for_known_errors() -> None:
    assert len(ERRORS) > 300
    for code, (name, meaning) in ERRORS.items():
        assert meaning == meaning.strip(), name
        assert 5 < len(meaning) < 90, name
        assert "\n" not in meaning, name
        assert names.error_meaning(code) == meaning, name
    assert len(REMEDIES) > 450
    assert [code for code in REMEDIES if code not in ERRORS] == []


def test_every_remedy_belongs_to_a_code_and_every_code_to_one_remedy() -> None:
    codes = Counter(code for codes, _ in GROUPS.values() for code in codes)
    assert [code for code in codes if code not in ERRORS and code not in RAS] == []
    assert [code for code, count in codes.items() if count > 1] == []
    for title, (_, text) in GROUPS.items():
        assert 20 < len(text) < 900, title
        assert "\n" not in text, title
        assert "  " not in text, title
        assert text.endswith("."), title


def test_all_that_the_engine_and_ipsec_say_has_a_remedy() -> None:
    """There is no FWP_E_*, STATUS_FWP_*, IPsec or IKE code that leaves the user alone."""
    families = golden("names.json")["errors"]
    asked = {**families["FWP_E"], **families["ERROR_IPSEC"], **families["STATUS_IPSEC"],
             **families["STATUS_FWP"], **families["also_returned"]}
    assert len(asked) == 69 + 151 + 17 + 73 + 4
    assert [name for name, code in asked.items() if names.error_remedy(code) is None] == []


def test_the_examples_in_the_docstrings_hold() -> None:
    results = doctest.testmod(_errors)
    assert results.attempted >= 6
    assert results.failed == 0
