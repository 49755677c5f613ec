"""A new type of event, made up: 11, with a number, a text and a SID; 14 files and 7 of tests.

     1. wfpfast/abi/fwpmtypes.pxd: the type's number; its struct, in the SDK's order.
     2. wfpfast/abi/fwpmevents.pxd: its arm in the union of each version that has it.
     3. wfpfast/abi/events.pxd: N_TYPES.
     4. wfpfast/abi/events.pyx: its row in family(); how many arms each version has.
     5. wfpfast/_blocks/layouts_events.py: layouts of struct and arm, from the SDK's header; then
        `python tools/layouts.py` writes 6. wfpfast/_blocks/_layouts.h.
     7. wfpfast/_blocks/pack.pyx: pack_payload() follows its pointers, if it has any.
     8. wfpfast/_decode/payloads.pyx: decode_<name>(), and 9. payloads.pxd: its declaration.
    10. wfpfast/_decode/arms.pyx: its line in fill_arms().
    11. wfpfast/_tables/enums.py: the name of the number; 12. event_kinds.py: its row.
    13. wfpfast/netsh/_events.py: the members of its element.
    14. docs/columns.md: which columns it fills. New columns: as columns.py says.

    Tests: oracle/structs.py and oracle/__init__.py, written from the documentation; strategies.py
    and example_events.py; golden/names.json; decode/test_<name>.py, new; netsh/test_payloads.py.
"""

from parts import Edit, Mistake, Recipe, after, before, step

TYPES = "wfpfast/abi/fwpmtypes.pxd"
EVENTS = "wfpfast/abi/fwpmevents.pxd"
LAYOUTS = "wfpfast/_blocks/layouts_events.py"
PACK = "wfpfast/_blocks/pack.pyx"
PAYLOADS = "wfpfast/_decode/payloads.pyx"
ORACLE = "tests/oracle/__init__.py"
STRUCTS = "tests/oracle/structs.py"
STRATEGIES = "tests/strategies.py"
DECODE = '''\
"""The invented event: all members set, a NULL payload, an older version."""

from typing import Any

from example_events import event

from wfpfast import decode, encode


def cells(made: Any, version: int = 5) -> tuple[Any, ...]:
    (row,) = decode(encode([made], version=version)).to_pylist()
    return row["event_type"], row["spi"], row["local_principal"], row["remote_principal"]


def test_all_members() -> None:
    assert cells(event(11)) == ("INVENTED", 5, "me", "S-1-5-18")


def test_null() -> None:
    made = event(11)
    made["invented"] |= {"name": None, "owner": None}
    assert cells(made) == ("INVENTED", 5, None, None)
    made["invented"] = None
    assert cells(made) == ("INVENTED", None, None, None)


def test_an_older_version_has_none() -> None:
    assert cells(event(11), 4) == ("INVENTED", None, None, None)
'''
DECODER = '''

cdef void decode_invented(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_INVENTED0* e = <const FWPM_NET_EVENT_INVENTED0*>payload
    put_32(d, SPI, i, e.spi)
    if is_live(d, LOCAL_PRINCIPAL):
        set_valid(d, i, LOCAL_PRINCIPAL, put_wide(d, LOCAL_PRINCIPAL, i, "invented.name", e.name))
    if is_live(d, REMOTE_PRINCIPAL):
        set_valid(d, i, REMOTE_PRINCIPAL, put_sid_text(
            d, REMOTE_PRINCIPAL, i, "invented.owner", e.owner))
'''
PARITY = "tests/decode/test_parity.py -x"
# Which take long, and are about the values of another type.
NO_SUBNETS = ("--deselect=tests/decode/test_parity.py::test_each_type_of_subnet",)
KINDS = "tests/test_event_kinds.py"
COMPLETE = "tests/meta/test_completeness.py"
LAYOUT = "tests/abi/test_layout.py"
MEMBERS = ('"spi": ("UINT32", 0, 4, 0, 4), "name": ("wchar_t *", 8, 8, 4, 4),\n'
           '        "owner": ("SID *", 16, 8, 8, 4),\n')
ROW = f'    "FWPM_NET_EVENT_INVENTED0": ((24, 8, 12, 4), {{\n        {MEMBERS}    }}),\n'
ARM_ROW = '        "payload.invented": ("FWPM_NET_EVENT_INVENTED0 *", 144, 8, 108, 4),\n'
LAST_ROW = '    "FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0": ((4, 4, 4, 4), {\n'
LAST_ARM = ('        "payload.lpmPacketArrival":'
            ' ("FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0 *", 144, 8, 108, 4),\n')

RECIPE = Recipe(
    steps=(
        step("number", after(TYPES, "    FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL = 10\n",
                             "    FWPM_NET_EVENT_TYPE_INVENTED = 11\n")),
        step("struct", after(
            TYPES, 'FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0":\n    IPSEC_SA_SPI spi\n',
            '\ncdef struct FWPM_NET_EVENT_INVENTED0 "FWPM_NET_EVENT_INVENTED0":\n'
            "    UINT32 spi\n    WCHAR* name\n    SID* owner\n")),
        step("arm", after(EVENTS, "    FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0* lpmPacketArrival\n",
                          "    FWPM_NET_EVENT_INVENTED0* invented\n"),
             Edit(EVENTS, "FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0, FWPM_NET_EVENT_TYPE)",
                  "FWPM_NET_EVENT_INVENTED0,\n    FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0,"
                  " FWPM_NET_EVENT_TYPE)")),
        step("N_TYPES", Edit("wfpfast/abi/events.pxd", "N_TYPES = 11 ", "N_TYPES = 12 ")),
        step("row of family()", after(
            "wfpfast/abi/events.pyx",
            "        (sizeof(FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0), 4, 0),\n",
            "        (sizeof(FWPM_NET_EVENT_INVENTED0), 8, 0),\n")),
        step("number of arms", Edit(
            "wfpfast/abi/events.pyx", "3, 2, 2, 1, 1, 11)", "3, 2, 2, 1, 1, 12)")),
        step("layout", Edit(LAYOUTS, LAST_ROW, ROW + LAST_ROW), layouts=True),
        step("layout of the arm", after(LAYOUTS, LAST_ARM, ARM_ROW), layouts=True),
        step("pack", after(
            PACK, "        pack_blob(p, &(<FWPM_NET_EVENT_CLASSIFY_DROP_MAC0*>x).vSwitchId)\n",
            "    elif type == FWPM_NET_EVENT_TYPE_INVENTED:\n"
            "        pack_text(p, &(<FWPM_NET_EVENT_INVENTED0*>x).name)\n"
            "        pack_sid(p, &(<FWPM_NET_EVENT_INVENTED0*>x).owner)\n")),
        step("decoder", after(
            PAYLOADS, "(<const FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0*>payload).spi)\n", DECODER),
            Edit(PAYLOADS, "put_mac_address, put_path, put_wide)",
                 "put_mac_address, put_path,\n    put_sid_text, put_wide)")),
        step("declaration", after(
            "wfpfast/_decode/payloads.pxd",
            "cdef void decode_packet_arrival(Decode* d, int i, const uint8_t* payload, int level)"
            " noexcept nogil\n",
            "cdef void decode_invented(Decode* d, int i, const uint8_t* payload, int level)"
            " noexcept nogil\n")),
        step("arms", after(
            "wfpfast/_decode/arms.pyx", "decode_packet_arrival,\n        [[SPI]], [])\n",
            '    arm(FWPM_NET_EVENT_TYPE_INVENTED, "invented", decode_invented,\n'
            "        [[SPI]], [[LOCAL_PRINCIPAL, REMOTE_PRINCIPAL]])\n")),
        step("name", after("wfpfast/_tables/enums.py", '    "LPM_PACKET_ARRIVAL": 10,\n',
                           '    "INVENTED": 11,\n')),
        step("kind", after(
            "wfpfast/_tables/event_kinds.py",
            '          "A packet arrived while in low-power mode"),\n',
            '    _kind("INVENTED", "invented", FAIL, None,\n'
            '          "Something was invented"),\n')),
        step("netsh", after(
            "wfpfast/netsh/_events.py", '    "LPM_PACKET_ARRIVAL": member("spi", v.u32),\n',
            '    "INVENTED": {\n        **member("spi", v.u32), **member("name", v.text_of),'
            ' **member("owner", v.sid)},\n')),
        step("document", Edit(
            "docs/columns.md", "| `spi` | uint32 | spi; 0: clear text | IPSEC_KERNEL_DROP,",
            "| `spi` | uint32 | spi; 0: clear text | INVENTED, IPSEC_KERNEL_DROP,")),
        step("oracle's struct", before(
            STRUCTS, "class FWPM_NET_EVENT0(LittleEndianStructure):\n",
            "class INVENTED0(LittleEndianStructure):\n"
            '    _fields_ = (("spi", c_uint32), ("name", ADDRESS), ("owner", ADDRESS))\n\n\n'),
            Edit(STRUCTS, '{10: ("lpmPacketArrival", LPM_PACKET_ARRIVAL0)}',
                 '{10: ("lpmPacketArrival", LPM_PACKET_ARRIVAL0), 11: ("invented", INVENTED0)}'),
            Edit(STRUCTS, '"LPM_PACKET_ARRIVAL"),', '"LPM_PACKET_ARRIVAL", "INVENTED"),')),
        step("oracle's cells", before(
            ORACLE, "    def ike(self, failure: Any) -> None:\n",
            "    def invented(self, arm: str, event: Any) -> None:\n"
            '        self.cells["spi"] = event.spi\n'
            '        self.follow("local_principal", f"{arm}.name", self.memory.text, event.name)\n'
            '        self.follow("remote_principal", f"{arm}.owner", self.memory.sid,'
            " event.owner)\n\n"),
            after(ORACLE, '    "lpmPacketArrival": _Reader.lpm_arrival,\n',
                  '    "invented": _Reader.invented,\n')),
        step("strategy", before(
            STRATEGIES, "PAYLOADS: dict[int, tuple[str, Events]] = {\n",
            "inventions = structure(spi=u32, name=text_pointers, owner=sids)\n"),
            after(STRATEGIES, '    10: ("lpmPacketArrival", lpm_arrivals),\n',
                  '    11: ("invented", inventions),\n'),
            Edit(STRATEGIES, "UNKNOWN_TYPES = [11, 12,", "UNKNOWN_TYPES = [12, 13,")),
        step("example", after(
            "tests/example_events.py", '    10: ("lpmPacketArrival", {"spi": 77}),\n',
            '    11: ("invented", {"spi": 5, "name": "me", "owner": "S-1-5-18"}),\n')),
        step("SDK's name", Edit(
            "tests/golden/names.json", '"FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL": 10\n',
            '"FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL": 10,\n'
            '   "FWPM_NET_EVENT_TYPE_INVENTED": 11\n')),
        step("test", Edit("tests/decode/test_invented.py", "", DECODE)),
        step("test of netsh", after(
            "tests/netsh/test_payloads.py",
            '    "LPM_PACKET_ARRIVAL": ("lpmPacketArrival", {"spi": "4294967295"},'
            ' {"spi": 2**32 - 1}),\n',
            '    "INVENTED": ("invented", {"spi": "5", "name": "a", "owner": "S-1-5-18"}, {\n'
            '        "spi": 5, "local_principal": "a", "remote_principal": "S-1-5-18"}),\n')),
    ),
    most_files=21,
    tests=("tests/decode", "tests/blocks", "tests/oracle", "tests/netsh/test_payloads.py",
           "tests/netsh/test_events.py", COMPLETE, KINDS, LAYOUT, "tests/test_explain.py",
           "tests/cli/test_line.py", "tests/meta/test_source_rules.py",
           "--ignore=tests/decode/test_dictionaries.py", *NO_SUBNETS),
    mistakes=(
        Mistake("number", "build", "FWPM_NET_EVENT_TYPE_INVENTED"),
        Mistake("struct", "build", "FWPM_NET_EVENT_INVENTED0"),
        Mistake("struct", "build", "FWPM_NET_EVENT_INVENTED0", (after(
            TYPES, 'FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0":\n    IPSEC_SA_SPI spi\n',
            '\ncdef struct FWPM_NET_EVENT_INVENTED0 "FWPM_NET_EVENT_INVENTED0":\n'
            "    WCHAR* name\n    UINT32 spi\n    SID* owner\n"),), "in another order"),
        Mistake("arm", "build", "invented"),
        Mistake("N_TYPES", "import", "N_TYPES 11"),
        Mistake("row of family()", "import", "11 payload structs"),
        Mistake("number of arms", COMPLETE, "test_an_error_names_the_arm_of_every_type[11]"),
        Mistake("layout", "import", "FWPM_NET_EVENT_INVENTED0"),
        Mistake("layout of the arm", LAYOUT, "invented"),
        Mistake("pack", "tests/blocks/test_pack.py", "test_each_type_is_copied[11]"),
        Mistake("decoder", "build", "decode_invented"),
        Mistake("declaration", "build", "decode_invented"),
        Mistake("arms", "import", "no row of fill_arms() is about type 11"),
        Mistake("name", "import", "FWPM_NET_EVENT_TYPE_INVENTED"),
        Mistake("kind", "import", "types without a row in _tables/event_kinds.py"
                                  ": FWPM_NET_EVENT_TYPE_INVENTED"),
        Mistake("netsh", KINDS, "INVENTED"),
        Mistake("oracle's struct", COMPLETE, "11"),
        Mistake("oracle's cells", PARITY, "invented"),
        Mistake("strategy", COMPLETE, "invented"),
        Mistake("example", COMPLETE, "INVENTED"),
        Mistake("SDK's name", KINDS, "FWPM_NET_EVENT_TYPE_INVENTED"),
        Mistake("test", COMPLETE, "test_every_type_is_in_a_test_of_its_own[11]"),
        Mistake("test of netsh", "tests/netsh/test_payloads.py", "'INVENTED'"),
    ),
)
