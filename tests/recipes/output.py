"""A new kind of file that `convert` writes, made up: text with tabs; 5 files.

    1. wfpfast/cli/_writers.py: a class with __init__(file, schema), write(batch), finish(stats) and
       close().
    2. wfpfast/cli/_formats.py: a line in OUTPUTS, and one in SOURCES: what convert writes it reads.
       Here the name tells one from the other; where the content does, `looks` says how.
    3. wfpfast/cli/_open_texts.py or another: its opener, unless one that is there can read it, as
       here that of CSV.
    4. tests/cli/test_convert_faults.py: its suffix in FORMATS. tests/cli/test_text_tables.py: for
       a text, its suffix in TEXTS, or tests of its own that read it back.
    5. README.md: its name, where the others are.
"""

from parts import Edit, Mistake, Recipe, after, before, step

FORMATS = "wfpfast/cli/_formats.py"
WRITERS = "wfpfast/cli/_writers.py"
WRITER = '''\
class TsvWriter(CsvWriter):
    """As CSV, with a tab where that has a comma."""

    separator = "\\t"


'''
OUT = ('    Format(".tsv", "the same with a tab between columns", "_writers:TsvWriter"),\n')
IN = ('    Format(".tsv", "likewise, with a tab between columns", "_open_texts:csv"),\n')
OUT_ANCHOR = '    Format(".ndjson", "a JSON object a line: every column in each, null as null",\n'
IN_ANCHOR = '    Format(".ndjson", "likewise; the first lines have all the columns",'
FAULTS = "tests/cli/test_convert_faults.py"

RECIPE = Recipe(
    steps=(
        step("writer", before(WRITERS, "class JsonWriter:\n", WRITER)),
        step("line of OUTPUTS", before(FORMATS, OUT_ANCHOR, OUT)),
        step("line of SOURCES", before(FORMATS, IN_ANCHOR, IN)),
        step("test", Edit(FAULTS, 'FORMATS = [".parquet",', 'FORMATS = [".tsv", ".parquet",'),
             Edit("tests/cli/test_text_tables.py", 'TEXTS = [".csv",', 'TEXTS = [".csv", ".tsv",')),
        step("README", after("README.md", "`.csv` and `.ndjson`", ", and `.tsv`")),
    ),
    most_files=5,
    tests=("tests/cli/test_text_tables.py", FAULTS, "tests/cli/test_formats.py",
           "tests/cli/test_convert.py", "tests/meta/test_source_rules.py",
           "tests/meta/test_package_order.py"),
    mistakes=(
        Mistake("writer", "tests/cli/test_formats.py", "'TsvWriter'"),
        Mistake("line of OUTPUTS", FAULTS, ".tsv"),
        Mistake("line of SOURCES", "tests/cli/test_formats.py", "'.tsv'"),
        Mistake("test", FAULTS, ".tsv"),
        Mistake("README", "tests/cli/test_formats.py", ".tsv"),
    ),
)
