"""Holds the structs of wfpfast/abi against the SDK's, and each version against the one before it.

The golden tables come from the SDK's headers by tools/golden_layout.py, not from wfpfast.
"""

import json
import pathlib
import re
import sys

import pytest

import wfpfast
from wfpfast._layout import STRUCTS, Member, Struct

EVENT = "FWPM_NET_EVENT"
ABI = pathlib.Path(wfpfast.__file__).parent / "abi"
GOLDEN_FILES = pathlib.Path(__file__).resolve().parent.parent / "golden"
ARCHITECTURE = "x64" if sys.maxsize > 2**32 else "x86"

# Structs that the SDK leaves unnamed: their members are listed as those of the struct around them.
UNNAMED = {f"{EVENT}_HEADER1_ETHERNET", f"{EVENT}_HEADER1_RESERVED"}
# Ours, about structs: abi/events.pxd.
OURS = {"EventVersion", "Payload"}

# wfpfast's own, at the end of each event of a block that says so; offsets as its decoder expects.
OWN = {
    "INTERNAL_FIELDS0": Struct("INTERNAL_FIELDS0", 48, 8, {
        "present": Member(0, 4, "UINT32"),
        "processId": Member(4, 4, "UINT32"),
        "interfaceIndex": Member(8, 4, "UINT32"),
        "numTerminatingFilters": Member(12, 4, "UINT32"),
        "filterOrigin": Member(16, 8, "wchar_t *"),
        "terminatingFilters": Member(24, 8, "TERMINATING_FILTER0 *"),
        "absent": Member(32, 16, "UINT64[2]"),
    }),
    "TERMINATING_FILTER0": Struct("TERMINATING_FILTER0", 24, 8, {
        "filterId": Member(0, 8, "UINT64"),
        "subLayer": Member(8, 8, "wchar_t *"),
        "actionType": Member(16, 8, "wchar_t *"),
    }),
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
SIX_ARMS = ["ikeMmFailure", "ikeQmFailure", "ikeEmFailure", "classifyDrop", "ipsecDrop", "idpDrop"]
TEN_ARMS = [*SIX_ARMS, "classifyAllow", "capabilityDrop", "capabilityAllow", "classifyDropMac"]
ARMS = {0: SIX_ARMS, 1: SIX_ARMS, 2: TEN_ARMS, 3: TEN_ARMS, 4: TEN_ARMS,
        5: [*TEN_ARMS, "lpmPacketArrival"]}


def golden(architecture: str) -> dict[str, Struct]:
    text = (GOLDEN_FILES / f"layout_{architecture}.json").read_text(encoding="utf-8")
    return {
        name: Struct(name, struct["size"], struct["align"], {
            member: Member(offset, size, c_type)
            for member, (c_type, offset, size) in struct["members"].items()
        })
        for name, struct in json.loads(text).items()
    }


GOLDEN = golden(ARCHITECTURE)


def test_golden_table_is_not_empty() -> None:
    assert len(GOLDEN) == 52
    assert sum(len(struct.members) for struct in GOLDEN.values()) == 414


def test_both_architectures_name_the_same_members() -> None:
    x64, x86 = golden("x64"), golden("x86")
    assert {name: list(struct.members) for name, struct in x64.items()} == {
        name: list(struct.members) for name, struct in x86.items()}


def test_every_struct_is_known_to_both_sides() -> None:
    assert set(STRUCTS) == set(GOLDEN) | set(OWN)


@pytest.mark.parametrize("name", GOLDEN)
def test_struct_is_the_sdks(name: str) -> None:
    ours, theirs = STRUCTS[name], GOLDEN[name]
    assert (ours.name, ours.size, ours.align) == (name, theirs.size, theirs.align)
    assert list(ours.members) == list(theirs.members)
    for member, expected in theirs.members.items():
        assert (member, ours.members[member]) == (member, expected)


@pytest.mark.skipif(ARCHITECTURE != "x64", reason="the expected offsets are those of x64")
@pytest.mark.parametrize("name", OWN)
def test_own_struct_is_as_agreed(name: str) -> None:
    assert STRUCTS[name] == OWN[name]


def test_every_struct_of_the_declarations_is_described() -> None:
    declared = {
        name
        for path in ABI.glob("*.pxd")
        for name in re.findall(r"^cdef struct (\w+):", path.read_text(encoding="utf-8"), re.M)
    }
    assert declared - UNNAMED - OURS == set(STRUCTS)


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
    assert {(arm.offset, arm.size) for arm in arms.values()} == {(at_payload, 8)}
    for key, arm in (("MM", "ikeMmFailure"), ("QM", "ikeQmFailure"), ("EM", "ikeEmFailure")):
        assert arms[arm].c_type == f"{EVENT}_IKEEXT_{key}_FAILURE{levels[key]} *"
    assert arms["classifyDrop"].c_type == f"{EVENT}_CLASSIFY_DROP{levels['DROP']} *"
