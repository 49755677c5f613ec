"""A newer version of structs, made up: FWPM_NET_EVENT6, CLASSIFY_DROP3; 14 files and 5 of tests.

     1. wfpfast/abi/fwpmtypes.pxd: the new struct beside the old ones, which give the sizes.
     2. wfpfast/abi/fwpmevents.pxd: FWPM_NET_EVENTn and its union.
     3. wfpfast/abi/events.pxd: N_VERSIONS. 4. events.pyx: the new size of the family, and a row.
     5. wfpfast/_blocks/layouts_events.py: the layouts of both, from the SDK's header; then
        `python tools/layouts.py` writes 6. wfpfast/_blocks/_layouts.h.
     7. wfpfast/_decode/payloads.pxd or .pyx: the new members, from their level on.
     8. wfpfast/_decode/arms.pyx: the columns of the new level.
     9. wfpfast/_blocks/encode.pyx: the version that is written if none is asked for.
    10. wfpfast/engine/_inbox.pyx: the callback of the version.
    11. wfpfast/simulator/_calls_sessions.pyx: FwpmNetEventEnumn.
    12. wfpfast/simulator/_calls_subscriptions.pyx: FwpmNetEventSubscriben.
    13. docs/columns.md: where the members are; 14. docs/windows.md: who has the version.
    A new member of the header is _decode/events.pyx and _blocks/pack.pyx instead of 7, and
    simulator/_match.pyx. Members that no column is for: columns.py as well.

    Tests: oracle/structs.py and oracle/__init__.py, strategies.py, abi/test_layout.py (what was
    appended to what), and one in decode/.
"""

from event_type import NO_SUBNETS
from parts import Edit, Mistake, Recipe, after, before, step

TYPES = "wfpfast/abi/fwpmtypes.pxd"
EVENTS = "wfpfast/abi/fwpmevents.pxd"
MADE_OF = "wfpfast/abi/events.pyx"
LAYOUTS = "wfpfast/_blocks/layouts_events.py"
CLASSIFY = "wfpfast/_decode/payloads.pxd"
ARMS = "wfpfast/_decode/arms.pyx"
INBOX = "wfpfast/engine/_inbox.pyx"
ENUMS = "wfpfast/simulator/_calls_sessions.pyx"
SUBSCRIBES = "wfpfast/simulator/_calls_subscriptions.pyx"
ORACLE = "tests/oracle/__init__.py"
STRUCTS = "tests/oracle/structs.py"
LAYOUT = "tests/abi/test_layout.py"
PARITY = "tests/decode/test_parity.py -x"
DROP3 = '''\
cdef struct FWPM_NET_EVENT_CLASSIFY_DROP3 "FWPM_NET_EVENT_CLASSIFY_DROP3":
    UINT64 filterId
    UINT16 layerId
    UINT32 reauthReason
    UINT32 originalProfile
    UINT32 currentProfile
    UINT32 msFwpDirection
    BOOL isLoopback
    FWP_BYTE_BLOB vSwitchId
    UINT32 vSwitchSourcePort
    UINT32 vSwitchDestinationPort
    UINT32 spi

'''
ARMS_6 = [
    ("ikeMmFailure", "IKEEXT_MM_FAILURE2"), ("ikeQmFailure", "IKEEXT_QM_FAILURE1"),
    ("ikeEmFailure", "IKEEXT_EM_FAILURE1"), ("classifyDrop", "CLASSIFY_DROP3"),
    ("ipsecDrop", "IPSEC_KERNEL_DROP0"), ("idpDrop", "IPSEC_DOSP_DROP0"),
    ("classifyAllow", "CLASSIFY_ALLOW0"), ("capabilityDrop", "CAPABILITY_DROP0"),
    ("capabilityAllow", "CAPABILITY_ALLOW0"), ("classifyDropMac", "CLASSIFY_DROP_MAC0"),
    ("lpmPacketArrival", "LPM_PACKET_ARRIVAL0"),
]
EVENT6 = (
    "\ncdef union FWPM_NET_EVENT6_PAYLOAD:\n"
    + "".join(f"    FWPM_NET_EVENT_{kind}* {arm}\n" for arm, kind in ARMS_6)
    + '\ncdef struct FWPM_NET_EVENT6 "FWPM_NET_EVENT6":\n    FWPM_NET_EVENT_HEADER3 header\n'
    "    FWPM_NET_EVENT_TYPE type\n    FWPM_NET_EVENT6_PAYLOAD payload\n")
LAYOUT_6 = (
    '    "FWPM_NET_EVENT6": ((152, 8, 112, 8), {\n'
    '        "header": ("FWPM_NET_EVENT_HEADER3", 0, 136, 0, 104),\n'
    '        "type": ("FWPM_NET_EVENT_TYPE", 136, 4, 104, 4),\n'
    + "".join(f'        "payload.{arm}": ("FWPM_NET_EVENT_{kind} *", 144, 8, 108, 4),\n'
              for arm, kind in ARMS_6) + "    }),\n")
LAYOUT_DROP3 = '''\
    "FWPM_NET_EVENT_CLASSIFY_DROP3": ((64, 8, 56, 8), {
        "filterId": ("UINT64", 0, 8, 0, 8), "layerId": ("UINT16", 8, 2, 8, 2),
        "reauthReason": ("UINT32", 12, 4, 12, 4), "originalProfile": ("UINT32", 16, 4, 16, 4),
        "currentProfile": ("UINT32", 20, 4, 20, 4), "msFwpDirection": ("UINT32", 24, 4, 24, 4),
        "isLoopback": ("BOOL", 28, 4, 28, 4), "vSwitchId": ("FWP_BYTE_BLOB", 32, 16, 32, 8),
        "vSwitchSourcePort": ("UINT32", 48, 4, 40, 4),
        "vSwitchDestinationPort": ("UINT32", 52, 4, 44, 4), "spi": ("UINT32", 56, 4, 48, 4),
    }),
'''
TEST = '''

def test_what_drop3_appends() -> None:
    made = event(3)
    made["classifyDrop"] |= {"spi": 7}
    assert [decode(encode([made], version=n))["spi"].to_pylist() for n in (6, 5)] == [[7], [None]]
'''

RECIPE = Recipe(
    steps=(
        step("struct", before(
            TYPES, 'cdef struct FWPM_NET_EVENT_IPSEC_KERNEL_DROP0 "FWPM', DROP3)),
        step("event", after(
            EVENTS, "    FWPM_NET_EVENT_HEADER3 header\n    FWPM_NET_EVENT_TYPE type\n"
            "    FWPM_NET_EVENT5_PAYLOAD payload\n", EVENT6),
            Edit(EVENTS, "FWPM_NET_EVENT_CLASSIFY_DROP1, FWPM_NET_EVENT_CLASSIFY_DROP2,\n",
                 "FWPM_NET_EVENT_CLASSIFY_DROP1, FWPM_NET_EVENT_CLASSIFY_DROP2,\n"
                 "    FWPM_NET_EVENT_CLASSIFY_DROP3,\n")),
        step("N_VERSIONS", Edit("wfpfast/abi/events.pxd", "N_VERSIONS = 6", "N_VERSIONS = 7")),
        step("size", Edit(
            MADE_OF, "sizeof(FWPM_NET_EVENT_CLASSIFY_DROP2))",
            "sizeof(FWPM_NET_EVENT_CLASSIFY_DROP2), sizeof(FWPM_NET_EVENT_CLASSIFY_DROP3))")),
        step("row", after(
            MADE_OF, "    cdef FWPM_NET_EVENT5 e5\n", "    cdef FWPM_NET_EVENT6 e6\n"),
             after(MADE_OF, "           3, 2, 2, 1, 1, 11)\n",
                   "    family(6, sizeof(e6), <char*>&e6.type - <char*>&e6,"
                   " <char*>&e6.payload - <char*>&e6,\n           3, 3, 2, 1, 1, 11)\n")),
        step("layout of the event", before(
            LAYOUTS, '    "FWPM_NET_EVENT_HEADER0": (', LAYOUT_6), layouts=True),
        step("layout of the struct", before(
            LAYOUTS, '    "FWPM_NET_EVENT_IPSEC_KERNEL_DROP0": (', LAYOUT_DROP3), layouts=True),
        step("decoder", after(
            CLASSIFY, "    put_16(d, LAYER_ID, i, e.layerId)\n",
            "    put_32(\n        d, SPI, i,\n"
            "        (<const FWPM_NET_EVENT_CLASSIFY_DROP3*>payload).spi if level >= 3 else 0)\n")),
        step(
            "cimports",
            Edit(CLASSIFY, "    REAUTH_REASON)", "    REAUTH_REASON, SPI)"),
            Edit(CLASSIFY, "cimport FWPM_NET_EVENT_CLASSIFY_DROP2\n",
                 "cimport (\n    FWPM_NET_EVENT_CLASSIFY_DROP2, FWPM_NET_EVENT_CLASSIFY_DROP3)\n")),
        step("zero", after(CLASSIFY, "    put_32(d, DIRECTION, i, 0)\n",
                           "    put_32(d, SPI, i, 0)\n")),
        step("arms", Edit(
            ARMS, "        [CLASSIFY_0, CLASSIFY_1, CLASSIFY_1], [])",
            "        [CLASSIFY_0, CLASSIFY_1, CLASSIFY_1, [*CLASSIFY_1, SPI]], [])")),
        step("encode", Edit("wfpfast/_blocks/encode.pyx", "def encode(events, *, version=5,",
                            "def encode(events, *, version=6,")),
        step("callback", Edit(
            INBOX, "FWPM_NET_EVENT4, FWPM_NET_EVENT5)",
            "FWPM_NET_EVENT4, FWPM_NET_EVENT5,\n    FWPM_NET_EVENT6)"),
            after(INBOX, "    queue_push(<Queue*>queue, event, 5)\n",
                  "\n\ncdef void __stdcall on_event6("
                  "void* queue, const FWPM_NET_EVENT6* event) noexcept nogil:\n"
                  "    queue_push(<Queue*>queue, event, 6)\n"),
            after(INBOX, "    <Callback>on_event5,", " <Callback>on_event6,")),
        step("simulated enumeration", after(
            ENUMS, "    return next_page(5, engine, handle, limit, entries, returned)\n",
            "\n\ncdef DWORD __stdcall enum_6(\n    HANDLE engine, HANDLE handle, UINT32 limit,"
            " void*** entries, UINT32* returned\n) noexcept nogil:\n"
            "    return next_page(6, engine, handle, limit, entries, returned)\n"),
            after(ENUMS, "    table.FwpmNetEventEnum[5] = enum_5\n",
                  "    table.FwpmNetEventEnum[6] = enum_6\n")),
        step("simulated subscription", after(
            SUBSCRIBES, "    return subscribe(4, engine, given, callback, context, handle)\n",
            "\n\ncdef DWORD __stdcall subscribe_5(\n    HANDLE engine,"
            " const FWPM_NET_EVENT_SUBSCRIPTION0* given, Callback callback, void* context,\n"
            "    HANDLE* handle\n) noexcept nogil:\n"
            "    return subscribe(5, engine, given, callback, context, handle)\n"),
            after(SUBSCRIBES, "    table.FwpmNetEventSubscribe[4] = subscribe_4\n",
                  "    table.FwpmNetEventSubscribe[5] = subscribe_5\n")),
        step("documents", Edit(
            "docs/columns.md", "| `spi` | uint32 | spi; 0: clear text | IPSEC_KERNEL_DROP,",
            "| `spi` | uint32 | spi; 0: clear text | CLASSIFY_DROP3, IPSEC_KERNEL_DROP,"),
            after("docs/windows.md", "| 10 1809 and later, 11, 2019, 2022, 2025 | EVENT5 | EVENT5"
                  " | LPM_PACKET_ARRIVAL |\n", "| made up | EVENT6 | EVENT6 | spi |\n")),
        step("oracle's struct", before(
            STRUCTS, "class CLASSIFY_DROP_MAC0(LittleEndianStructure):\n",
            'class CLASSIFY_DROP3(CLASSIFY_DROP2):\n    _fields_ = (("spi", c_uint32),)\n\n\n'),
            after(STRUCTS, "    (FWPM_NET_EVENT3, _ARMS5),\n",
                  '    (FWPM_NET_EVENT3, _ARMS5 | {3: ("classifyDrop", CLASSIFY_DROP3)}),\n'),
            Edit(STRUCTS, "class CLASSIFY_DROP2(CLASSIFY_DROP1):\n    _fields_ = _VSWITCH",
                 "class CLASSIFY_DROP2(CLASSIFY_DROP1):\n"
                 "    _fields_: ClassVar[Fields] = _VSWITCH")),
        step("oracle's cell", before(
            ORACLE, "    def classify_mac(self,",
            "        if isinstance(drop, sdk.CLASSIFY_DROP3):\n"
            '            self.cells["spi"] = drop.spi\n\n')),
        step("strategy", Edit(
            "tests/strategies.py", "classify_drops = structure(**CLASSIFY, **VSWITCH)",
            "classify_drops = structure(**CLASSIFY, **VSWITCH, spi=u32)")),
        step("test of the layout", after(
            LAYOUT, '    ("CLASSIFY_DROP1", "CLASSIFY_DROP2"),\n',
            '    ("CLASSIFY_DROP2", "CLASSIFY_DROP3"),\n'),
            after(LAYOUT, '    (5, "HEADER3", 136, 144, {"MM": 2, "QM": 1, "EM": 1, "DROP": 2}),\n',
                  '    (6, "HEADER3", 136, 144, {"MM": 2, "QM": 1, "EM": 1, "DROP": 3}),\n')),
        step("test", after(
            "tests/decode/test_classify.py",
            "    assert (row.direction, row.direction_code, row.is_loopback) =="
            " (None, None, None)\n    assert row.filter_id == 68893\n", TEST)),
    ),
    most_files=19,
    tests=("tests/decode", "tests/blocks/test_pack.py", "tests/engine/test_enumeration.py",
           "tests/engine/test_subscription.py", "tests/simulator", LAYOUT,
           "tests/recording/test_recordings_last.py", "tests/netsh/test_payloads.py",
           "--ignore=tests/decode/test_dictionaries.py", *NO_SUBNETS),
    mistakes=(
        Mistake("struct", "build", "FWPM_NET_EVENT_CLASSIFY_DROP3"),
        Mistake("event", "build", "FWPM_NET_EVENT6"),
        Mistake("N_VERSIONS", "import", "N_VERSIONS is 6"),
        Mistake("size", "import", "DROP has no size of level 3"),
        Mistake("row", "import", "no row of fill_versions() describes FWPM_NET_EVENT6"),
        Mistake("layout of the event", "import", "FWPM_NET_EVENT6"),
        Mistake("layout of the struct", "import", "FWPM_NET_EVENT_CLASSIFY_DROP3"),
        Mistake("cimports", "build", "SPI"),
        Mistake("decoder", PARITY, "'spi'"),
        Mistake("arms", "import", "classifyDrop of FWPM_NET_EVENT6: level 3 has no columns"),
        Mistake("callback", "import", "Assignment to slice of wrong length"),
        Mistake("simulated enumeration", "tests/engine/test_enumeration.py", "6"),
        Mistake("simulated subscription", "tests/engine/test_subscription.py", "6"),
        Mistake("oracle's struct", LAYOUT, "7"),
        Mistake("oracle's cell", PARITY, "'spi'"),
        Mistake("test of the layout", LAYOUT, "assert 6 == 7"),
    ),
)
