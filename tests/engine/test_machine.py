"""What the Windows at hand says of its drives and accounts; elsewhere nobody can say anything."""

import sys

import pytest

from wfpfast.engine import machine

WINDOWS = sys.platform == "win32"


@pytest.mark.skipif(WINDOWS, reason="no Windows")
def test_elsewhere_nothing_is_known() -> None:
    assert machine.volumes() == {}
    assert machine.account("S-1-5-18") is None


@pytest.mark.skipif(not WINDOWS, reason="asks Windows")
def test_windows_knows_its_drives_and_accounts() -> None:
    volumes = machine.volumes()
    assert "C:" in volumes.values()
    assert not any(name.startswith("\\") for name in volumes)
    account = machine.account("S-1-5-18")
    assert account is not None
    assert "\\" in account
    assert [machine.account(sid) for sid in ("nonsense", "", "S-1-5-21-1-2-3-4")] == [None] * 3
