"""The steps that bring one column, by its kind and slot; must not know which recipe asks.

    1. wfpfast/_decode/schema.pxd: the next free slot, and N_EVENT_COLUMNS.
    2. wfpfast/_decode/schema.pyx: a spec() line, where users are to see the column.
    3. Where its value is read, a put_...(): _decode/events.pyx, payloads.pxd or .pyx, or tail.pyx.
    4. wfpfast/_decode/arms.pyx: who fills it (a column of the tail needs no such line).
    5. tests/oracle/structs.py: its name in COLUMNS; tests/oracle/__init__.py: its cell.
    6. docs/columns.md: its row.
    7. wfpfast/_tables/column_texts.py: what it tells, for `wfpfast explain`.
    8. Of a member that a source may lack: _tables/members.py, ABSENT of tests/oracle/structs.py,
       docs/recording.md.
"""

from typing import NamedTuple

from parts import Edit, Step, after, before, step

SCHEMA = "wfpfast/_decode/schema.pxd"
LINES = "wfpfast/_decode/schema.pyx"
ARMS = "wfpfast/_decode/arms.pyx"
EVENTS = "wfpfast/_decode/events.pyx"
CLASSIFY = "wfpfast/_decode/payloads.pxd"
PAYLOADS = "wfpfast/_decode/payloads.pyx"
TAIL = "wfpfast/_decode/tail.pyx"
MEMBERS = "wfpfast/_tables/members.py"
ORACLE = "tests/oracle/__init__.py"
STRUCTS = "tests/oracle/structs.py"
COLUMNS = "docs/columns.md"
TEXTS = "wfpfast/_tables/column_texts.py"
RECORDING = "docs/recording.md"
FREE = 67


class Column(NamedTuple):
    """A column, and the one that users see before it."""

    name: str
    behind: str
    type: str
    spec: str     # what spec() is told behind the name


HEADER = Column("event_version", "scope_id", "uint8", '"C", FIXED, 1')
OF_CLASSIFY = Column("reauth_code", "reauth_reason", "uint16", '"S", FIXED, 2')
OF_IKE = Column("failure_code", "failure_error", "uint16", '"S", FIXED, 2')
OF_TAIL = Column("terminating_count", "filter_origin", "uint32", '"I", FIXED, 4')


def slots(*names: str) -> Step:
    """Give the next free slots."""
    lines = "".join(f"    {name.upper()} = {FREE + k}\n" for k, name in enumerate(names))
    return step("slot", Edit(SCHEMA, f"    N_EVENT_COLUMNS = {FREE}\n",
                             f"{lines}    N_EVENT_COLUMNS = {FREE + len(names)}\n"))


def counted(more: int) -> Step:
    """Say how many columns there are."""
    return step(
        "count", Edit(COLUMNS, f"the same {FREE} columns", f"the same {FREE + more} columns"))


def shown(column: Column) -> list[Step]:
    """Declare a column and document it."""
    behind = column.behind.upper()
    kinds = {"scope_id": '"I", FIXED, 4', "reauth_reason": '"I", FIXED, 4',
             "failure_error": '"I", FIXED, 4', "filter_origin": '"u", CODES, 4'}
    anchor = f'    spec({behind}, "{column.behind}", {kinds[column.behind]})\n'
    line = f'    spec({column.name.upper()}, "{column.name}", {column.spec})\n'
    rows = {"scope_id": "| `scope_id` | uint32 | header.scopeId | SCOPE_ID_SET |\n",
            "reauth_reason": "| `reauth_reason` | uint32 | reauthReason; 0: no reauthorization |"
                             " CLASSIFY_DROP1 or later, ALLOW, MAC |\n",
            "failure_error": "| `failure_error` | uint32 | failureErrorCode, a Win32 code |"
                             " the three IKEEXT failures |\n",
            "filter_origin": "| `filter_origin` | dict | internalFields/filterOrigin |"
                             " the source has it |\n"}
    row = f"| `{column.name}` | {column.type} | made for a recipe | likewise |\n"
    return [
        step(f"spec of {column.name}", after(LINES, anchor, line)),
        step(f"row of {column.name}", after(COLUMNS, rows[column.behind], row)),
        step(f"text of {column.name}", before(
            TEXTS, f'    "{column.behind}": ', f'    "{column.name}": "made for a recipe",\n')),
        step(f"name of {column.name}",
             Edit(STRUCTS, f'"{column.behind}", "', f'"{column.behind}", "{column.name}", "')),
    ]


def lacking(column: Column) -> Step:
    """Say of which member the column is: the one of the column before it."""
    old = {"reauth_reason": ("19", "`reauthReason`", "reauthReason"),
           "failure_error": ("37", "`failureErrorCode`", "failureErrorCode")}
    number, members, member = old[column.behind]
    both = f"{column.behind} {column.name}"
    return step(
        f"member of {column.name}",
        Edit(MEMBERS, f'Member("{column.behind}", "payload", "{member}")',
             f'Member("{both}", "payload", "{member}")'),
        Edit(STRUCTS, f'("{column.behind}",)', f'("{column.behind}", "{column.name}")'),
        Edit(RECORDING, f"| {number} | `{column.behind}` | payload: {members} |",
             f"| {number} | `{column.behind}`, `{column.name}` | payload: {members} |"))


def of_header() -> list[Step]:
    """A column that every event has: which FWPM_NET_EVENTn it is."""
    return [
        *shown(HEADER),
        step("put of event_version", after(
            EVENTS, "    put_16(d, REMOTE_PORT, i, h.remotePort)\n",
            "    put_8(d, EVENT_VERSION, i, <uint8_t>d.version)\n")),
        step("arms of event_version", after(
            ARMS, "    header(SCOPE_ID, 0, True)\n", "    header(EVENT_VERSION, 0, True)\n")),
        step("cell of event_version", after(
            ORACLE, '            "flags": flags,\n',
            '            "event_version": self.block.version,\n')),
    ]


def of_classify() -> list[Step]:
    """A column of classify events; above slot 63 its decoder vouches for it."""
    return [
        *shown(OF_CLASSIFY),
        lacking(OF_CLASSIFY),
        step("cimport of reauth_code", Edit(
            CLASSIFY, "context cimport Decode, put_16,", "context cimport Decode, vouch, put_16,"),
            Edit(CLASSIFY, "LAYER_ID, ORIGINAL_PROFILE,\n    REAUTH_REASON)",
                 "LAYER_ID, ORIGINAL_PROFILE,\n    REAUTH_CODE, REAUTH_REASON)"),
            Edit(CLASSIFY, "cimport uint8_t, uint32_t, uint64_t",
                 "cimport uint8_t, uint16_t, uint32_t, uint64_t")),
        step("put of reauth_code", after(
            CLASSIFY, "    put_32(d, DIRECTION, i, name)\n",
            "    put_16(d, REAUTH_CODE, i, <uint16_t>e.reauthReason)\n"
            "    vouch(d, i, REAUTH_CODE)\n")),
        step("zero of reauth_code", after(
            CLASSIFY, "    put_32(d, REAUTH_REASON, i, 0)\n",
            "    put_16(d, REAUTH_CODE, i, 0)\n")),
        step("arms of reauth_code", Edit(
            ARMS, "        [CLASSIFY_0, CLASSIFY_1, CLASSIFY_1], [])",
            "        [CLASSIFY_0, CLASSIFY_1, CLASSIFY_1], [[], [REAUTH_CODE], [REAUTH_CODE]])"),
            Edit(ARMS, "[[], PERMIT], [[], [FILTER_ID]])",
                 "[[], PERMIT], [[], [FILTER_ID, REAUTH_CODE]])"),
            Edit(ARMS, "[MAC], [[LOCAL_MAC, REMOTE_MAC]]",
                 "[MAC], [[LOCAL_MAC, REMOTE_MAC, REAUTH_CODE]]")),
        step("cell of reauth_code", after(
            ORACLE, '            "reauth_reason": drop.reauthReason,\n',
            '            "reauth_code": drop.reauthReason & 0xFFFF,\n')),
    ]


def of_ike() -> list[Step]:
    """A column of the three failures of IKEEXT."""
    beginnings = [f"FWPM_NET_EVENT_IKEEXT_{kind}*>payload)\n" for kind in (
        "MM_FAILURE2", "QM_FAILURE1", "EM_FAILURE1")]
    return [
        *shown(OF_IKE),
        lacking(OF_IKE),
        step("put of failure_code", *(
            after(PAYLOADS, f"<const {beginning}",
                  "    put_16(d, FAILURE_CODE, i, <uint16_t>e.failureErrorCode)\n")
            for beginning in beginnings),
            before(PAYLOADS, "from wfpfast._decode.context cimport (\n    is_live,",
                   "from libc.stdint cimport uint16_t\n\n")),
        step("arms of failure_code", Edit(
            ARMS, "FAILURE = [FAILURE_ERROR,", "FAILURE = [FAILURE_ERROR, FAILURE_CODE,")),
        step("cell of failure_code", after(
            ORACLE, '        self.cells["failure_error"] = failure.failureErrorCode\n',
            '        self.cells["failure_code"] = failure.failureErrorCode & 0xFFFF\n')),
    ]


def of_tail() -> list[Step]:
    """A column of what only some sources know."""
    return [
        *shown(OF_TAIL),
        step("put of terminating_count", Edit(
            TAIL, "            and need(d, TERMINATING_FILTERS)):",
            "            and need(d, TERMINATING_FILTERS) and need(d, TERMINATING_COUNT)):"),
            after(TAIL, "        vouch(d, i, INTERFACE_INDEX)\n",
                  "    if tail.present & INTERNAL_TERMINATING_FILTERS:\n"
                  "        put_32(d, TERMINATING_COUNT, i, tail.numTerminatingFilters)\n"
                  "        vouch(d, i, TERMINATING_COUNT)\n")),
        step("cell of terminating_count", after(
            ORACLE, "        if tail.present & TERMINATING_FILTERS:\n",
            '            self.cells["terminating_count"] = tail.numTerminatingFilters\n')),
    ]
