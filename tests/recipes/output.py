"""A new kind of file that `convert` writes, made up: text with tabs; 6 files.

    1. wfpfast/cli/_writers.py: a class with __init__(file, schema), write(batch), finish(stats) and
       close().
    2. wfpfast/cli/_formats.py: a line in OUTPUTS, and one in SOURCES: what convert writes it reads.
       Here the name tells one from the other; where the content does, `looks` says how.
    3. wfpfast/cli/_open_texts.py or another: its opener, unless one that is there can read it.
    4. tests/cli/test_convert_faults.py: its suffix in FORMATS. tests/cli/test_text_tables.py: for
       a text, its suffix in TEXTS, or tests of its own that read it back.
    5. README.md: its name, where the others are.
"""

from parts import Edit, Mistake, Recipe, after, before, step

FORMATS = "wfpfast/cli/_formats.py"
WRITERS = "wfpfast/cli/_writers.py"
TEXTS = "wfpfast/cli/_open_texts.py"
WRITER = '''\
class TsvWriter(CsvWriter):
    """As CSV, with a tab where that has a comma."""

    delimiter = "\\t"


'''
OUT = ('    Format(".tsv", "the same with a tab between columns", "_writers:TsvWriter"),\n')
IN = ('    Format(".tsv", "likewise, with a tab between columns", "_open_texts:tsv"),\n')
OUT_ANCHOR = '    Format(".ndjson", "a JSON object a line: every column in each, null as null",\n'
IN_ANCHOR = '    Format(".ndjson", "likewise; the first lines have all the columns",'
READER = '''\
def tsv(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a CSV file that has tabs where others have commas."""
    return csv(given, request, stack, "\\t")


'''
FAULTS = "tests/cli/test_convert_faults.py"

RECIPE = Recipe(
    steps=(
        step("writer", before(WRITERS, "class JsonWriter:\n", WRITER),
             Edit(WRITERS, "    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:\n"
                  "        columns = [csv_column(", '    delimiter = ","\n\n'
                  "    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:\n"
                  "        columns = [csv_column("),
             Edit(WRITERS, "pa.csv.CSVWriter(file, self._schema)",
                  "pa.csv.CSVWriter(\n            file, self._schema,\n            "
                  "write_options=pa.csv.WriteOptions(delimiter=self.delimiter))")),
        step("line of OUTPUTS", before(FORMATS, OUT_ANCHOR, OUT)),
        step("line of SOURCES", before(FORMATS, IN_ANCHOR, IN)),
        step("reader", before(TEXTS, "def _header(", READER),
             Edit(TEXTS, "stack: contextlib.ExitStack) -> Source:\n    \"\"\"Open a CSV file with",
                  "stack: contextlib.ExitStack, delimiter: str = \",\"\n) -> Source:\n"
                  "    \"\"\"Open a CSV file with"),
             Edit(TEXTS, "request.names(given.name, _header(given))",
                  "request.names(given.name, _header(given, delimiter))"),
             Edit(TEXTS, "_csv_reader(given.file, schema))",
                  "_csv_reader(given.file, schema, delimiter))"),
             Edit(TEXTS, "def _header(given: Input)",
                  "def _header(given: Input, delimiter: str)"),
             Edit(TEXTS, 'io.StringIO(text, newline="")), [])',
                  'io.StringIO(text, newline=""), delimiter=delimiter), [])'),
             Edit(TEXTS, "def _csv_reader(file: Any, schema: pa.Schema)",
                  "def _csv_reader(file: Any, schema: pa.Schema, delimiter: str)"),
             Edit(TEXTS, "pa.csv.ParseOptions(newlines_in_values=True)",
                  "pa.csv.ParseOptions(newlines_in_values=True, delimiter=delimiter)")),
        step("test", Edit(FAULTS, 'FORMATS = [".parquet",', 'FORMATS = [".tsv", ".parquet",'),
             Edit("tests/cli/test_text_tables.py", 'TEXTS = [".csv",', 'TEXTS = [".csv", ".tsv",')),
        step("README", after("README.md", "`.csv` and `.ndjson`", ", and `.tsv`")),
    ),
    most_files=6,
    tests=("tests/cli/test_text_tables.py", FAULTS, "tests/cli/test_formats.py",
           "tests/cli/test_convert.py", "tests/meta/test_source_rules.py",
           "tests/meta/test_package_order.py"),
    mistakes=(
        Mistake("writer", "tests/cli/test_formats.py", "'TsvWriter'"),
        Mistake("line of OUTPUTS", FAULTS, ".tsv"),
        Mistake("line of SOURCES", "tests/cli/test_formats.py", "'.tsv'"),
        Mistake("reader", "tests/cli/test_formats.py", "'tsv'"),
        Mistake("test", FAULTS, ".tsv"),
        Mistake("README", "tests/cli/test_formats.py", ".tsv"),
    ),
)
