"""Holds the declarations of wfpfast/abi and the tables of the SDK's structs against each other.

That sizes and offsets agree is what the compiler says: see test_architectures.py. The tables come
from the SDK's headers by tools/layouts.py, not from wfpfast.
"""

import os
import pathlib
import re
import runpy
import sys

import pytest
from oracle.structs import VERSIONS

import wfpfast
from wfpfast._blocks.layouts import ROWS, STRUCTS, Member

ROOT = pathlib.Path(__file__).resolve().parents[2]
EVENT = "FWPM_NET_EVENT"
ABI = pathlib.Path(wfpfast.__file__).parent / "abi"
ARCHITECTURE = "x64" if sys.maxsize > 2**32 else "x86"

# How abi/ spells a type that the header calls otherwise.
SPELT = {
    "wchar_t *": "WCHAR*",
    "LPWSTR": "WCHAR*",
    "LPWSTR *": "WCHAR**",
    "PSID": "SID*",
    "PSID_AND_ATTRIBUTES": "SID_AND_ATTRIBUTES*",
    "unsigned long": "UINT32",
    "unsigned short": "UINT16",
    "unsigned char[8]": "UINT8[8]",
}

# Each struct and the one that Windows made of it by appending members.
GROWN = [
    ("HEADER0", "HEADER1"),
    ("HEADER0", "HEADER2"),
    ("HEADER2", "HEADER3"),
    ("CLASSIFY_DROP0", "CLASSIFY_DROP1"),
    ("CLASSIFY_DROP1", "CLASSIFY_DROP2"),
    ("IKEEXT_MM_FAILURE0", "IKEEXT_MM_FAILURE1"),
    ("IKEEXT_MM_FAILURE1", "IKEEXT_MM_FAILURE2"),
    ("IKEEXT_QM_FAILURE0", "IKEEXT_QM_FAILURE1"),
    ("IKEEXT_EM_FAILURE0", "IKEEXT_EM_FAILURE1"),
]

# Of each FWPM_NET_EVENTn on x64: its header, where `type` and the payload pointer are, and the
# versions of the payloads that have several.
EVENTS = [
    (0, "HEADER0", 88, 96, {"MM": 0, "QM": 0, "EM": 0, "DROP": 0}),
    (1, "HEADER1", 144, 152, {"MM": 1, "QM": 0, "EM": 1, "DROP": 1}),
    (2, "HEADER2", 104, 112, {"MM": 1, "QM": 0, "EM": 1, "DROP": 2}),
    (3, "HEADER3", 136, 144, {"MM": 1, "QM": 0, "EM": 1, "DROP": 2}),
    (4, "HEADER3", 136, 144, {"MM": 2, "QM": 1, "EM": 1, "DROP": 2}),
    (5, "HEADER3", 136, 144, {"MM": 2, "QM": 1, "EM": 1, "DROP": 2}),
]
# In the order of their types.
ARMS = [[arm for _, (arm, _) in sorted(arms.items())] for _, arms in VERSIONS]


def declared() -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Return the C name of each struct and union of abi/, and type and name of its members."""
    found = {}
    for path in set(ABI.glob("*.pxd")) - {ABI / "events.pxd"}:  # whose structs are about structs
        text = re.sub(r" *#.*", "", path.read_text(encoding="utf-8"))
        for name, c_name, body in re.findall(
                r'^cdef (?:struct|union) (\w+)(?: "(\w+)")?:\n((?:(?:    .*)?\n)+)', text, re.M):
            members = [re.fullmatch(r"    (\S+) (\w+)((?:\[\d+\])?)", line)
                       for line in body.splitlines() if line.strip()]
            assert all(members), name
            found[name] = (c_name, [(m[1] + m[3], m[2]) for m in members if m])
    return found


DECLARED = declared()


def ways(struct: str) -> list[tuple[str, str]]:
    """Return the way to each member and its type, through what the SDK leaves unnamed."""
    found = []
    for c_type, member in DECLARED[struct][1]:
        unnamed = c_type in DECLARED and not DECLARED[c_type][0]
        found += [(f"{member}.{way}", inner) for way, inner in ways(c_type)] if unnamed else [
            (member, c_type)]
    return found


def test_every_declared_struct_is_in_the_table() -> None:
    """The C name is the SDK's; what has none of its own is in a struct that has."""
    named = {name for name, (c_name, _) in DECLARED.items() if c_name}
    assert named == set(ROWS)
    assert all(DECLARED[name][0] == name for name in named)
    within = {c_type for name in DECLARED for c_type, _ in DECLARED[name][1]}
    assert set(DECLARED) - named <= within
    assert len(named) >= 57
    assert len(DECLARED) - len(named) >= 15


def test_the_table_has_every_member() -> None:
    assert list(STRUCTS) == list(ROWS)
    members = sum(len(members) for _, members in ROWS.values())
    assert members == sum(len(struct.members) for struct in STRUCTS.values())
    assert members >= 441


@pytest.mark.parametrize("name", ROWS)
def test_members_are_declared_in_order_and_with_their_types(name: str) -> None:
    expected = [(way, SPELT.get(row[0], row[0].replace(" ", "")))
                for way, row in ROWS[name][1].items()]
    assert ways(name) == expected


def test_tables_and_header_are_what_the_tool_writes() -> None:
    """From the SDK's facts, where WFPFAST_SDK_FACTS says where they are; or from the tables."""
    written = runpy.run_path(str(ROOT / "tools" / "layouts.py"))["texts"](
        os.environ.get("WFPFAST_SDK_FACTS"))
    assert len(written) == 3
    for name, text in written.items():
        assert (ROOT / "wfpfast/_blocks" / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("older", "newer"), GROWN)
def test_version_is_a_prefix_of_the_next(older: str, newer: str) -> None:
    old, new = STRUCTS[f"{EVENT}_{older}"], STRUCTS[f"{EVENT}_{newer}"]
    assert list(new.members)[:len(old.members)] == list(old.members)
    assert {member: new.members[member] for member in old.members} == old.members
    end = max(member.offset + member.size for member in old.members.values())
    appended = [new.members[member] for member in new.members if member not in old.members]
    assert appended
    assert all(member.offset >= end for member in appended)


def test_every_struct_with_versions_is_compared() -> None:
    stems = [re.sub(r"\d+$", "", name) for name in STRUCTS if name.startswith(f"{EVENT}_")]
    several = {stem for stem in stems if stems.count(stem) > 1}
    assert {f"{EVENT}_" + re.sub(r"\d+$", "", newer) for _, newer in GROWN} == several


@pytest.mark.skipif(ARCHITECTURE != "x64", reason="the expected offsets are those of x64")
@pytest.mark.parametrize(("version", "header", "at_type", "at_payload", "levels"), EVENTS)
def test_event_is_made_of_its_versions_structs(
    version: int, header: str, at_type: int, at_payload: int, levels: dict[str, int]
) -> None:
    members = STRUCTS[f"{EVENT}{version}"].members
    assert members["header"] == Member(0, at_type, f"{EVENT}_{header}")
    assert members["type"] == Member(at_type, 4, "FWPM_NET_EVENT_TYPE")
    arms = {name: member for name, member in members.items() if name not in ("header", "type")}
    assert list(arms) == ARMS[version]
    assert len(EVENTS) == len(ARMS)
    assert {(arm.offset, arm.size) for arm in arms.values()} == {(at_payload, 8)}
    for key, arm in (("MM", "ikeMmFailure"), ("QM", "ikeQmFailure"), ("EM", "ikeEmFailure")):
        assert arms[arm].c_type == f"{EVENT}_IKEEXT_{key}_FAILURE{levels[key]} *"
    assert arms["classifyDrop"].c_type == f"{EVENT}_CLASSIFY_DROP{levels['DROP']} *"
