"""Columns of classify events, IKE and the tail, each amid its group: see columns.py, 12 files.

Alone the column of classify events is 10 files, that of IKE 10, that of the tail 8. Beside these,
tests that write out whole rows by hand name the new cell: here they are left out.
"""

from columns import ARMS, counted, of_classify, of_ike, of_tail, slots
from header_column import PARITY, TESTS
from parts import Edit, Mistake, Recipe

RECIPE = Recipe(
    steps=(slots("reauth_code", "failure_code", "terminating_count"), counted(3),
           *of_classify(), *of_ike(), *of_tail()),
    most_files=12,
    tests=(*TESTS, "--ignore=tests/decode/test_classify.py"),
    mistakes=(
        Mistake("cimport of reauth_code", "build", "REAUTH_CODE"),
        Mistake("put of reauth_code", PARITY, "'reauth_code'"),
        Mistake("zero of reauth_code", "tests/decode/test_selection.py -x", "reauth_code"),
        Mistake("arms of reauth_code", PARITY, "'reauth_code'"),
        Mistake("arms of reauth_code", "import", "reauth_code has a slot above 63", (Edit(
            ARMS, "        [CLASSIFY_0, CLASSIFY_1, CLASSIFY_1], [])",
            "        [CLASSIFY_0, [*CLASSIFY_1, REAUTH_CODE], [*CLASSIFY_1, REAUTH_CODE]], [])"),),
            "among those that are always there"),
        Mistake("put of failure_code", PARITY, "'failure_code'"),
        Mistake("arms of failure_code", PARITY, "'failure_code'"),
        Mistake("put of terminating_count", PARITY, "'terminating_count'"),
        Mistake("member of failure_code", "tests/netsh/test_payloads.py", "failure_code"),
    ),
)
