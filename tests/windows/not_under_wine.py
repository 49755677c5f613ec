"""The tests that cannot hold under Wine, each with its reason: a plugin of pytest.

The one place where they are named. What is skipped for want of something that Windows itself has
not (signals for another process, pseudo-terminals) is said by the tests and counted as well.
"""

from collections.abc import Sequence

import pytest

LINKS = "Wine 8 reports that it made a symbolic link, and makes none"
LEFT_OUT = {
    "tests/cli/test_app.py::test_a_missing_library_is_one_line_and_status_2": LINKS,
    "tests/cli/test_app.py::test_nothing_more_than_these_libraries_is_needed": LINKS,
    "tests/cli/test_app.py::test_what_runs_without_pyarrow": LINKS,
    "tests/cli/test_convert_faults.py::test_links_are_followed": LINKS,
    "tests/cli/test_convert_faults.py::test_what_cannot_be_is_one_line[arguments2-": LINKS,
}


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Skip what is named above; a name that fits no test is a mistake."""
    unknown = set(LEFT_OUT)
    for item in items:
        for name, reason in LEFT_OUT.items():
            if item.nodeid.startswith(name):
                item.add_marker(pytest.mark.skip(reason=f"not under Wine: {reason}"))
                unknown.discard(name)
    if unknown:
        raise pytest.UsageError(f"not_under_wine.py names no test: {', '.join(sorted(unknown))}")
