"""Writes tests/golden/layout_x64.json and layout_x86.json; must not know wfpfast's declarations.

    python tools/golden_layout.py PATH_TO_structs.json

The input is a table of struct layouts that was compiled from the Windows SDK's headers. Of each
struct in STRUCTS this keeps size and alignment, and of each member its C type, offset and size, in
the order of the header. Members of anonymous unions stand among the others, as C names them.
To cover another struct, add its name to STRUCTS, declare it in wfpfast/abi and describe it in
wfpfast/_layout*.pyx: tests/abi/test_layout.py fails until all of it is done.
"""

import json
import pathlib
import sys
from typing import Any

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden"
ARCHITECTURES = ("x64", "x86")
EVENT = "FWPM_NET_EVENT"
STRUCTS = (
    *(f"{EVENT}{version}" for version in range(6)),
    *(f"{EVENT}_HEADER{version}" for version in range(4)),
    *(f"{EVENT}_IKEEXT_MM_FAILURE{version}" for version in range(3)),
    *(f"{EVENT}_IKEEXT_QM_FAILURE{version}" for version in range(2)),
    *(f"{EVENT}_IKEEXT_EM_FAILURE{version}" for version in range(2)),
    *(f"{EVENT}_CLASSIFY_DROP{version}" for version in range(3)),
    f"{EVENT}_IPSEC_KERNEL_DROP0",
    f"{EVENT}_IPSEC_DOSP_DROP0",
    f"{EVENT}_CLASSIFY_ALLOW0",
    f"{EVENT}_CAPABILITY_DROP0",
    f"{EVENT}_CAPABILITY_ALLOW0",
    f"{EVENT}_CLASSIFY_DROP_MAC0",
    f"{EVENT}_LPM_PACKET_ARRIVAL0",
    "FWP_BYTE_BLOB",
    "FWP_BYTE_ARRAY6",
    "FWP_BYTE_ARRAY16",
    "FWP_VALUE0",
    "FWP_CONDITION_VALUE0",
    "FWP_RANGE0",
    "FWP_V4_ADDR_AND_MASK",
    "FWP_V6_ADDR_AND_MASK",
    "FWP_TOKEN_INFORMATION",
    "SID_AND_ATTRIBUTES",
    "SID",
    "SID_IDENTIFIER_AUTHORITY",
    "GUID",
    "FILETIME",
    "FWPM_DISPLAY_DATA0",
    "FWPM_SESSION0",
    "FWPM_FILTER_CONDITION0",
    f"{EVENT}_ENUM_TEMPLATE0",
    f"{EVENT}_SUBSCRIPTION0",
    "FWPM_FIELD0",
    "FWPM_LAYER0",
    "FWPM_ACTION0",
    "FWPM_FILTER0",
)
# Laid out by hand after sdk-api's pages: name, C type, offset and size on x64, on x86.
BY_HAND: dict[str, tuple[tuple[int, int], tuple[int, int], list[tuple[Any, ...]]]] = {
    "FWPM_SUBLAYER0": ((72, 8), (44, 4), [
        ("subLayerKey", "GUID", 0, 16, 0, 16),
        ("displayData", "FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        ("flags", "UINT32", 32, 4, 24, 4),
        ("providerKey", "GUID *", 40, 8, 28, 4),
        ("providerData", "FWP_BYTE_BLOB", 48, 16, 32, 8),
        ("weight", "UINT16", 64, 2, 40, 2),
    ]),
    "FWPM_PROVIDER0": ((64, 8), (40, 4), [
        ("providerKey", "GUID", 0, 16, 0, 16),
        ("displayData", "FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        ("flags", "UINT32", 32, 4, 24, 4),
        ("providerData", "FWP_BYTE_BLOB", 40, 16, 28, 8),
        ("serviceName", "wchar_t *", 56, 8, 36, 4),
    ]),
}


def described_by_hand() -> dict[str, Any]:
    """Return BY_HAND in the form of the input."""
    return {
        name: {
            **{architecture: dict(zip(("size", "align"), sizes, strict=True))
               for architecture, sizes in zip(ARCHITECTURES, (x64, x86), strict=True)},
            "fields": [
                {"name": member, "c_type": c_type,
                 "x64": {"offset": offset, "size": size},
                 "x86": {"offset": offset_x86, "size": size_x86}}
                for member, c_type, offset, size, offset_x86, size_x86 in members
            ],
        }
        for name, (x64, x86, members) in BY_HAND.items()
    }


def members(fields: list[dict[str, Any]], architecture: str) -> str:
    """Return a struct's members as JSON, one line each."""
    rows = [
        f"   {json.dumps(field['name'])}: "
        + json.dumps([field["c_type"], *(field[architecture][n] for n in ("offset", "size"))])
        for field in fields
    ]
    return "{\n" + ",\n".join(rows) + "\n  }"


def layout(structs: dict[str, Any], architecture: str) -> str:
    """Return the golden table of one architecture as JSON."""
    entries = []
    for name in (*STRUCTS, *BY_HAND):
        size, align = (structs[name][architecture][n] for n in ("size", "align"))
        entries.append(
            f' "{name}": {{\n  "size": {size}, "align": {align},\n  "members": '
            + members(structs[name]["fields"], architecture) + "\n }"
        )
    return "{\n" + ",\n".join(entries) + "\n}\n"


def main(path: str) -> None:
    structs = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["structs"]
    structs |= described_by_hand()
    for architecture in ARCHITECTURES:
        target = GOLDEN / f"layout_{architecture}.json"
        target.write_text(layout(structs, architecture), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tools/golden_layout.py PATH_TO_structs.json")
    main(sys.argv[1])
