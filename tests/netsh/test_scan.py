"""Values that come again are the same objects, and never those of another."""

from typing import Any

import pytest

from wfpfast.netsh._scan import Scanner


def taken(scanner: Scanner, held: str) -> Any:
    data = f"<item><header><a>{held}</a></header></item>\r\n".encode()
    end, record, lines = scanner.record(data, 0)
    assert (end, lines) == (len(data) - 2, held.count("\n"))
    assert record is not None
    return record["header"]["a"]


@pytest.mark.parametrize("held", [
    ["7", "7", "8", "7"], ["7", "78", "7"], ["", "7", "", ""], [" 7 ", "7", "\r\n\t7"],
    ["<b>1</b>", "<b>1</b>", "<b>2</b>", "<b>1</b>"], ["7", "<b>7</b>", "7", "<b>7</b>"],
    ["x" * 4000, "x" * 3999 + "y", "x" * 4000],
])
def test_a_value_is_what_stands_there(held: list[str]) -> None:
    scanner = Scanner()
    expected: list[object] = [
        each.encode() if each.startswith("<") else each.strip() for each in held]
    assert [taken(scanner, each) for each in held] == expected


def test_a_value_that_comes_again_is_not_made_again() -> None:
    scanner = Scanner()
    assert taken(scanner, "value") is taken(scanner, "value")
    assert taken(scanner, "<b>1</b>") is taken(scanner, "<b>1</b>")


def test_a_name_does_not_get_another_ones_value() -> None:
    """More names than the scanner has places."""
    scanner = Scanner()
    for k in range(5_000):
        data = f"<item><header><n{k % 3000}>{k}</n{k % 3000}></header></item>".encode()
        _, record, _ = scanner.record(data, 0)
        assert record == {"header": {f"n{k % 3000}": str(k)}}
