"""Texts that are damaged anywhere cost what is damaged, and raise nothing but the own error."""

import random
from collections.abc import Callable

import pytest
from audit.test_exports import AUDITS, as_csv, as_lines, as_list
from audit_records import read
from audit_shapes import (
    elastic,
    mordor,
    nxlog,
    powershell,
    security_event,
    windows_event,
    winlogbeat_6,
    xml,
)

from wfpfast import audit

FORMS: dict[str, Callable[[], bytes]] = {
    "xml": lambda: "\r\n".join(map(xml, AUDITS)).encode("utf-16"),
    "elastic": lambda: as_lines(elastic), "nxlog": lambda: as_lines(nxlog),
    "mordor": lambda: as_lines(mordor), "winlogbeat 6": lambda: as_lines(winlogbeat_6),
    "SecurityEvent": lambda: as_csv(security_event), "WindowsEvent": lambda: as_list(windows_event),
    "PowerShell": lambda: as_list(powershell),
}
PIECES = (b"", b"\0", b"\xff", b'"', b"'", b"<", b">", b"&", b"{", b"}", b"[", b"]", b",", b"\n",
          b"\\", b"null", b"1e999", b'""', b"</Event>", b"<Event ", b"\\ud800", b"%%", b"-1")


def damaged(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data))
        end = at + chance.choice((0, 1, 2, 40))
        data = data[:at] + chance.choice(PIECES) + data[end:]
    return data[:chance.randrange(len(data))] if chance.random() < 0.1 else data


@pytest.mark.parametrize("form", FORMS)
def test_nothing_else_is_raised(form: str) -> None:
    data, chance = FORMS[form](), random.Random(form)
    whole, _ = read(data, errors="null")
    assert len(whole) == 5
    rows = errors = 0
    for _ in range(300):
        bad = damaged(data, chance)
        if not audit.recognises(bad[:1 << 16]):  # its beginning is damaged
            errors += 1
            continue
        found, _ = read(bad, errors="null")
        rows += len(found)
        assert len(found) <= 7
    assert errors < 60
    assert rows > 300
