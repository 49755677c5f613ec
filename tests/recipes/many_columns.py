"""More than 128 columns: 70 of IKE amid its group, then one of each kind behind slot 128.

The hot path is as it was, but for the lines where the columns of the header, of classify events and
of the tail are read.
"""

from columns import (
    ARMS,
    COLUMNS,
    LINES,
    ORACLE,
    PAYLOADS,
    STRUCTS,
    TEXTS,
    counted,
    of_classify,
    of_header,
    of_ike,
    of_tail,
    slots,
)
from parts import Edit, Recipe, Step, after, before, step

NAMES = [f"copy_{k}" for k in range(70)]


def copies() -> tuple[Step, ...]:
    """Seventy columns of the failures, each another number."""
    specs = "".join(f'    spec({name.upper()}, "{name}", "I", FIXED, 4)\n' for name in NAMES)
    rows = "".join(f"| `{name}` | uint32 | made for a recipe | likewise |\n" for name in NAMES)
    texts = "".join(f'    "{name}": "made for a recipe",\n' for name in NAMES)
    puts = "    put_copies(d, i, e.failureErrorCode)\n"
    return (
        step("specs", after(
            LINES, '    spec(FAILURE_POINT, "failure_point", "u", CODES, 4)\n', specs)),
        step("rows", after(
            COLUMNS, "| `failure_point` | dict | failurePoint | the three IKEEXT failures |\n",
            rows)),
        step("texts", before(TEXTS, '    "failure_point": ', texts)),
        step("names", Edit(
            STRUCTS, '"failure_point", "failure_flags",',
            '"failure_point",\n    *(f"copy_{k}" for k in range(70)), "failure_flags",')),
        step("puts", before(
            PAYLOADS, "cdef void decode_mm_failure(",
            "cdef void put_copies(Decode* d, int i, uint32_t code) noexcept nogil:\n"
            "    cdef uint32_t k\n    for k in range(70):\n"
            "        put_32(d, COPY_0 + k, i, code ^ k)\n\n\n"), *(
            before(PAYLOADS, f"    put_enum(d, {member}, i, e.{name})\n    put_enum(d, SA_ROLE",
                   puts)
            for member, name in (("MM_STATE", "mmState"), ("QM_STATE", "qmState"),
                                 ("EM_STATE", "emState")))),
        step("arms", after(ARMS, "FAILURE_POINT, SA_ROLE", ", *range(COPY_0, COPY_0 + 70)")),
        step("cells", before(
            ORACLE, "        self.enumerators(failure_point=failure.failurePoint, sa_role",
            '        self.cells |= {\n'
            '            f"copy_{k}": failure.failureErrorCode ^ k for k in range(70)}\n')),
    )


RECIPE = Recipe(
    steps=(slots(*NAMES, "event_version", "reauth_code", "failure_code", "terminating_count"),
           counted(74), *copies(), *of_header(), *of_classify(), *of_ike(), *of_tail()),
    most_files=13,
    tests=("tests/decode/test_parity.py", "tests/decode/test_selection.py",
           "tests/decode/test_sparse.py", "tests/decode/test_sharing.py",
           "tests/decode/test_large_blocks.py", "tests/decode/test_dictionaries.py",
           "tests/columns/test_batch.py", "tests/meta/test_completeness.py"),
)
