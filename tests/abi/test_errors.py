"""The error codes of abi/winerror.pxd against the SDK; must not know who returns them."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Of winerror.h, for what names.json, which is about net events, does not list.
OTHERS = {
    "ERROR_INVALID_HANDLE": 6, "ERROR_NOT_ENOUGH_MEMORY": 8, "ERROR_INVALID_DATA": 13,
    "ERROR_INVALID_PARAMETER": 87, "ERROR_POSSIBLE_DEADLOCK": 1131,
    "RPC_S_SERVER_UNAVAILABLE": 1722,
}


def test_every_code_is_the_sdk_s() -> None:
    text = (ROOT / "wfpfast/abi/winerror.pxd").read_text()
    ours = {name: int(code, 0) for name, code in re.findall(r"^    (\w+) = (\w+)$", text, re.M)}
    golden = json.loads((ROOT / "tests/golden/names.json").read_text())["errors"]
    sdk = OTHERS | {name: code for family in golden.values() for name, code in family.items()}
    assert len(ours) == len(re.findall(" = ", text)) == 16
    assert ours == {name: sdk[name] for name in ours}


def test_no_other_file_writes_them_down() -> None:
    sources = [*(ROOT / "wfpfast").rglob("*.pyx"), *(ROOT / "wfpfast").rglob("*.pxd")]
    assert len(sources) > 50
    again = [path.name for path in sources
             if re.search(r"^    (ERROR|FWP_E|EPT_S|RPC_S)_\w+ = ", path.read_text(), re.M)]
    assert again == ["winerror.pxd"]
