"""Writes wfpfast/_blocks/layouts_*.py and _layouts.h; must not know what the structs are for.

    python tools/layouts.py [PATH_TO_structs.json]

The input is a table of struct layouts that was compiled from the Windows SDK's headers, for 64-bit
and for 32-bit pointers. Of each struct in STRUCTS this keeps size and alignment, and of each member
its C type, offset and size, in the order of the header. Without the input the structs are those
that the tables have: what was written there by hand is then in the C header, too.

tests/abi/test_layout.py compares what this writes with what is there; with the environment variable
WFPFAST_SDK_FACTS, which says where the input is, from the input on.
"""

import json
import pathlib
import re
import runpy
import sys
import textwrap
from typing import Any

PACKAGE = pathlib.Path(__file__).resolve().parent.parent / "wfpfast" / "_blocks"
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
# What the SDK leaves unnamed and wfpfast/abi calls by a name: the struct (but for its version), how
# its members there begin, and that name.
UNNAMED = (
    (EVENT, "", "payload"),
    (f"{EVENT}_HEADER", "localAddr", "localAddr"),
    (f"{EVENT}_HEADER", "remoteAddr", "remoteAddr"),
    (f"{EVENT}_HEADER", "reserved", "reserved.ethernet"),
    (f"{EVENT}_IPSEC_DOSP_DROP", "publicHost", "publicHost"),
    (f"{EVENT}_IPSEC_DOSP_DROP", "internalHost", "internalHost"),
    ("FWP_VALUE", "", "value"),
    ("FWP_CONDITION_VALUE", "", "value"),
    ("FWPM_ACTION", "", "context"),
    ("FWPM_FILTER", "", "context"),
)
# Unnamed in the SDK and not in wfpfast/abi either: a union of one member is that member.
ALONE = {"localSubNet", "remoteSubNet"}

# A struct's size and alignment for 64-bit pointers and for 32-bit; by the way to each member its C
# type, then offset and size for either.
Rows = dict[str, tuple[tuple[int, ...], dict[str, tuple[Any, ...]]]]
# Laid out by hand after sdk-api's pages.
BY_HAND: Rows = {
    "FWPM_SUBLAYER0": ((72, 8, 44, 4), {
        "subLayerKey": ("GUID", 0, 16, 0, 16),
        "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4),
        "providerKey": ("GUID *", 40, 8, 28, 4),
        "providerData": ("FWP_BYTE_BLOB", 48, 16, 32, 8),
        "weight": ("UINT16", 64, 2, 40, 2),
    }),
    "FWPM_PROVIDER0": ((64, 8, 40, 4), {
        "providerKey": ("GUID", 0, 16, 0, 16),
        "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4),
        "providerData": ("FWP_BYTE_BLOB", 40, 16, 28, 8),
        "serviceName": ("wchar_t *", 56, 8, 36, 4),
    }),
    "FWPM_CALLOUT0": ((88, 8, 60, 4), {
        "calloutKey": ("GUID", 0, 16, 0, 16),
        "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4),
        "providerKey": ("GUID *", 40, 8, 28, 4),
        "providerData": ("FWP_BYTE_BLOB", 48, 16, 32, 8),
        "applicableLayer": ("GUID", 64, 16, 40, 16),
        "calloutId": ("UINT32", 80, 4, 56, 4),
    }),
    "FWPM_PROVIDER_CONTEXT0": ((88, 8, 56, 8), {
        "providerContextKey": ("GUID", 0, 16, 0, 16),
        "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4),
        "providerKey": ("GUID *", 40, 8, 28, 4),
        "providerData": ("FWP_BYTE_BLOB", 48, 16, 32, 8),
        "type": ("FWPM_PROVIDER_CONTEXT_TYPE", 64, 4, 40, 4),
        "dataBuffer": ("FWP_BYTE_BLOB *", 72, 8, 44, 4),
        "providerContextId": ("UINT64", 80, 8, 48, 8),
    }),
    "FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0": ((16, 8, 8, 4), {
        "providerKey": ("GUID *", 0, 8, 0, 4),
        "providerContextType": ("FWPM_PROVIDER_CONTEXT_TYPE", 8, 4, 4, 4),
    }),
}
# wfpfast's own, at the end of each event of a block that says so; as abi/internal.pxd says.
OWN: Rows = {
    "TERMINATING_FILTER0": ((24, 8, 16, 8), {
        "filterId": ("UINT64", 0, 8, 0, 8),
        "subLayer": ("wchar_t *", 8, 8, 8, 4),
        "actionType": ("wchar_t *", 16, 8, 12, 4),
    }),
    "UNKNOWN_NAME0": ((16, 8, 8, 4), {
        "member": ("UINT32", 0, 4, 0, 4),
        "text": ("wchar_t *", 8, 8, 4, 4),
    }),
    "INTERNAL_FIELDS0": ((64, 8, 48, 8), {
        "present": ("UINT32", 0, 4, 0, 4),
        "processId": ("UINT32", 4, 4, 4, 4),
        "interfaceIndex": ("UINT32", 8, 4, 8, 4),
        "numTerminatingFilters": ("UINT32", 12, 4, 12, 4),
        "filterOrigin": ("wchar_t *", 16, 8, 16, 4),
        "terminatingFilters": ("TERMINATING_FILTER0 *", 24, 8, 20, 4),
        "absent": ("UINT64[2]", 32, 16, 24, 16),
        "numUnknownNames": ("UINT32", 48, 4, 40, 4),
        "unknownNames": ("UNKNOWN_NAME0 *", 56, 8, 44, 4),
    }),
}

TABLE = """\
\"\"\"The SDK's layouts of {subject}; must not know what they are for.

Written by tools/layouts.py; layouts.py says what a row is.
\"\"\"

ROWS: dict[str, tuple[tuple[int, int, int, int], dict[str, tuple[str, int, int, int, int]]]] = {{
{rows}}}
"""
# Each table's name and subject.
EVENTS = ("layouts_events", "net events and their payloads")
OBJECTS = ("layouts_objects", "values, filters and what is wfpfast's own")

HEADER = """\
/* Ends the compilation if a struct of abi/ is not laid out as the SDK has it; runs no code.
   Written by tools/layouts.py, with the numbers of layouts_*.py. WF_ASSERT_LAYOUTS() stands in a
   function, behind the declarations of the structs. */
#ifndef WFPFAST_LAYOUTS_H
#define WFPFAST_LAYOUTS_H

#include <stddef.h>
#include <stdint.h>

/* Of four numbers two are for 64-bit pointers and two for 32-bit. */
#if UINTPTR_MAX > 0xFFFFFFFF
#define FOR_POINTERS(wide, narrow) wide
#else
#define FOR_POINTERS(wide, narrow) narrow
#endif
#define IS(T, size, align, size_32, align_32) \\
    _Static_assert(sizeof(struct T) == FOR_POINTERS(size, size_32), "size of " #T); \\
    _Static_assert(_Alignof(struct T) == FOR_POINTERS(align, align_32), "alignment of " #T);
#define HAS(T, way, offset, size, offset_32, size_32) \\
    _Static_assert(offsetof(struct T, way) == FOR_POINTERS(offset, offset_32), \\
                   "offset of " #T "." #way); \\
    _Static_assert(sizeof(((struct T *)0)->way) == FOR_POINTERS(size, size_32), \\
                   "size of " #T "." #way);
#define OF(name) OF_##name(name)

{structs}

#define WF_ASSERT_LAYOUTS() do {{ \\
{names} \\
}} while (0)

#endif
"""


def way_to(struct: str, field: dict[str, Any]) -> str:
    """Return a member's way from its struct, through what only wfpfast/abi has a name for."""
    member: str = field["name"]
    if "in_anonymous" not in field or member in ALONE:
        return member
    if member == "reserved1":
        return f"reserved.{member}"
    (outer,) = [name for family, beginning, name in UNNAMED
                if struct.rstrip("0123456789") == family and member.startswith(beginning)]
    return f"{outer}.{member}"


def from_facts(path: str) -> Rows:
    """Return the structs of the input."""
    structs = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["structs"]
    return {
        name: (
            tuple(structs[name][a][n] for a in ("x64", "x86") for n in ("size", "align")),
            {way_to(name, field): (
                field["c_type"],
                *(field[a][n] for a in ("x64", "x86") for n in ("offset", "size")))
             for field in structs[name]["fields"]},
        )
        for name in STRUCTS
    }


def filled(pieces: list[str], width: int, indent: str, first: str | None = None) -> str:
    """Return the pieces in as few lines as they fit in, none of them broken."""
    text = " ".join(piece.replace(" ", "\0") for piece in pieces)
    lines = textwrap.wrap(
        text, width, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).replace("\0", " ")


def literal(row: tuple[Any, ...]) -> str:
    return "(" + ", ".join(json.dumps(each) for each in row) + ")"


def table(rows: Rows, subject: str) -> str:
    """Return a table as a Python module."""
    made = [
        f'    "{name}": ({literal(sizes)}, {{\n'
        + filled([f'"{way}": {literal(row)},' for way, row in members.items()], 100, " " * 8)
        + "\n    }),\n"
        for name, (sizes, members) in rows.items()
    ]
    return TABLE.format(subject=subject, rows="".join(made))


def continued(text: str) -> str:
    return text.replace("\n", " \\\n")


def header(rows: Rows) -> str:
    """Return the assertions as a C header."""
    made = []
    for name, (sizes, members) in rows.items():
        pieces = [f"IS(T, {', '.join(map(str, sizes))})"]
        for way, (_, *numbers) in members.items():
            pieces.append(f"HAS(T, {way}, {', '.join(map(str, numbers))})")
        made.append(continued(filled(pieces, 98, "    ", f"#define OF_{name}(T) ")))
    names = continued(filled([f"OF({name})" for name in rows], 98, "    "))
    return HEADER.format(structs="\n".join(made), names=names)


def known() -> Rows:
    """Return the structs of the tables as they are."""
    return {
        name: row for stem, _ in (EVENTS, OBJECTS)
        for name, row in runpy.run_path(str(PACKAGE / f"{stem}.py"))["ROWS"].items()
    }


def texts(facts: str | None = None) -> dict[str, str]:
    """Return what is written, by the names of the files."""
    rows = (from_facts(facts) if facts else known()) | BY_HAND | OWN
    of_event = re.compile(EVENT + r"(\d|_(?!ENUM_TEMPLATE|SUBSCRIPTION))")
    parts = (
        (*EVENTS, {name: row for name, row in rows.items() if of_event.match(name)}),
        (*OBJECTS, {name: row for name, row in rows.items() if not of_event.match(name)}),
    )
    return {f"{stem}.py": table(part, subject) for stem, subject, part in parts} | {
        "_layouts.h": header(rows)}


def main(facts: str | None = None) -> None:
    for name, text in texts(facts).items():
        (PACKAGE / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit("usage: python tools/layouts.py [PATH_TO_structs.json]")
    main(*sys.argv[1:])
