"""Events and rules whose texts are made to spoil a terminal, and how to see that they do not."""

import re
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
RED = "\x1b[31m"


def cells(line: str) -> int:
    """Return how many places of a terminal a line takes."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in line)
    return len(line) + wide - sum(unicodedata.combining(letter) > 0 for letter in line)


def write_hostile(folder: Path) -> tuple[Path, Path]:
    """Write a table and a state with texts as long, as wide and as nasty as they can be."""
    long = "\\device\\" + "very long folder\\" * 4000
    paths = [long, f"{RED}\x07\r\n\x9b2J\u202egnp.exe", "文件夹" * 60 + ".exe", "e\u0301" * 200]
    table = pa.table({
        "event_type": [*["CLASSIFY_DROP"] * 4, f"{RED}TYPE", "IKEEXT_QM_FAILURE"],
        "app_path": [*paths, None, None],
        "filter_id": pa.array([2**64 - 1, 7, 8, 9, 0, None], pa.uint64()),
        "filter_origin": [f"origin {RED}", "o" * 9000, None, None, None, None],
        "direction": [f"{RED}UP", "OUTBOUND", "INBOUND", "INBOUND", None, None],
        "user_sid": ["S-1-15-3-1", "S-1-5-80-1-2-3-4-5", f"S-1-5-18{RED}", "S-1-5-20", None, None],
        "remote_address": ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", f"::1{RED}", "", "::", "", ""],
        "failure_error": pa.array([None] * 5 + [13868], pa.uint32()),
    })
    stats = {"wfpfast.stats": f'{{"{RED}lost": 5}}'.replace("\x1b", "\\u001b")}
    pq.write_table(table.replace_schema_metadata(stats), folder / "hostile.parquet")
    names = {7: "文件夹" * 300, 8: "rule " * 2000, 9: "x" * 5000}
    items = "".join(
        f"<item><filterId>{number}</filterId><displayData><name>{name}\u202e</name></displayData>"
        f"<layerKey>FWPM_LAYER_{name}</layerKey></item>" for number, name in names.items())
    (folder / "state.xml").write_text(
        f"<wfpstate><filters>{items}</filters></wfpstate>", encoding="utf-8")
    return folder / "hostile.parquet", folder / "state.xml"
