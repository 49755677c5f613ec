"""A column of the header, in the middle of its group: the steps of columns.py, 8 files.

Beside these, tests that write out whole rows by hand name the new cell: here they are left out.
"""

from columns import EVENTS, LINES, SCHEMA, counted, of_header, slots
from parts import Edit, Mistake, Recipe, after

PARITY = "tests/decode/test_parity.py -x"
COMPLETE = "tests/meta/test_completeness.py"
# All of these but what says by hand which cells of a row are not null.
# What takes long and is about one column that is there already is left out as well.
TESTS = ("tests/decode", "tests/columns", "tests/meta/test_completeness.py",
         "tests/meta/test_source_rules.py", "--ignore=tests/decode/test_ike.py",
         "--ignore=tests/decode/test_dictionaries.py",
         "--deselect=tests/decode/test_parity.py::test_each_type_of_subnet")
PUT = "    put_16(d, REMOTE_PORT, i, h.remotePort)\n"
SPEC = '    spec(FLAGS, "flags", "I", FIXED, 4)\n'

RECIPE = Recipe(
    steps=(slots("event_version"), counted(1), *of_header()),
    most_files=8,
    tests=(*TESTS, "--ignore=tests/decode/test_header.py", "--ignore=tests/decode/test_ipsec.py"),
    mistakes=(
        Mistake("count", COMPLETE, "the same 68 columns"),
        Mistake("row of event_version", COMPLETE, "'event_version'"),
        Mistake("text of event_version", "tests/test_explain.py -x", "event_version"),
        Mistake("name of event_version", "tests/decode/test_selection.py -x", "'event_version'"),
        Mistake("cell of event_version", PARITY, "'event_version'"),
        Mistake("slot", "build", "EVENT_VERSION"),
        Mistake("put of event_version", PARITY, "'event_version'"),
        Mistake("put of event_version", "build", "wf_low_bit", (after(EVENTS, PUT, (
            "    if valid & wf_low_bit(EVENT_VERSION):\n"
            "        put_8(d, EVENT_VERSION, i, <uint8_t>d.version)\n")),),
            "as of a slot below 64"),
        Mistake("arms of event_version", PARITY, "'event_version'"),
        Mistake("spec of event_version", "import",
                "no line of declare_events() declares the slots"),
        Mistake("spec of event_version", "import", "two lines of declare_events() have the names", (
            after(LINES, SPEC, '    spec(EVENT_VERSION, "flags", "C", FIXED, 1)\n'),),
            "by another's name"),
        Mistake("slot", "import", "is declared for", (
            Edit(SCHEMA, "    N_EVENT_COLUMNS = 67\n",
                 "    EVENT_VERSION = 66\n    N_EVENT_COLUMNS = 67\n"),), "another's slot"),
    ),
)
