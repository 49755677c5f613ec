"""Opens what is in a container, gzip, zip or cab, by its content; must not know who reads it.

Everything is unpacked as it is read, so that memory does not grow with it. There is one level: a
container within a container is refused, by `source_of`.
"""

import contextlib
import gzip
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from wfpfast.cli import _cab, _screen
from wfpfast.cli._content import HEAD
from wfpfast.cli._formats import recognised
from wfpfast.cli._input import DAMAGE, Input, failed
from wfpfast.cli._screen import Fault

_NAMED = 5  # of what is left out


Wanted = Callable[[bytes], Any] | None


def unpacked(given: Input, stack: contextlib.ExitStack, wanted: Wanted) -> Iterator[Input]:
    """Yield what there is to read: the input itself, or what is packed in it, one by one.

    Of an archive these are the members whose first bytes are wanted; if that is None, all that are
    net events, and the others are named.
    """
    head = given.peek(4)
    for begin, members in _CONTAINERS.items():
        if head.startswith(begin):
            yield from members(given, stack, wanted)
            return
    yield given


def _gzip(given: Input, stack: contextlib.ExitStack, _: Wanted) -> Iterator[Input]:
    file = stack.enter_context(gzip.GzipFile(fileobj=given.file))
    yield Input(given.name, file, share=given.share)


def _zip(given: Input, stack: contextlib.ExitStack, wanted: Wanted) -> Iterator[Input]:
    try:
        archive = stack.enter_context(zipfile.ZipFile(given.on_disk(stack)))
    except DAMAGE as error:
        raise Fault(f"{given.name}: not a readable zip archive: {error}") from None
    names = {info.filename: info.file_size for info in archive.infolist() if not info.is_dir()}
    yield from _chosen(given, names, archive.open, wanted)


def _cabinet(given: Input, stack: contextlib.ExitStack, wanted: Wanted) -> Iterator[Input]:
    try:
        cabinet = stack.enter_context(_cab.Cabinet(given.on_disk(stack)))
    except _cab.BadCabinet as error:
        raise Fault(f"{given.name}: {error}") from None
    yield from _chosen(given, cabinet.names(), cabinet.open, wanted)


def _chosen(
    given: Input, names: dict[str, int], opened: Callable[[str], Any], wanted: Wanted
) -> Iterator[Input]:
    """Yield the members that are wanted by their content, in the order of the archive."""
    others: list[str] = []
    takes = wanted or recognised
    for name, size in names.items():
        shown = f"{given.name}/{name}"
        try:
            file = opened(name)
        except DAMAGE as error:  # it has a password, or a method that Python does not know
            yield failed(shown, f"{shown}: {error}")
            continue
        with file:
            member = Input(shown, file, size=size)
            if takes(member.peek(HEAD)) or member.fault:
                yield member
            else:
                others.append(name)
    listed = ", ".join(others[:_NAMED]) + (", ..." if len(others) > _NAMED else "")
    if len(others) == len(names):
        raise Fault(f"{given.name}: holds no file that is read here: {listed or 'it is empty'}")
    if others and wanted is None:
        _screen.say(f"{given.name}: left out, for what they hold: {listed}")


_CONTAINERS = {
    b"\x1f\x8b": _gzip,
    b"PK\3\4": _zip,
    b"PK\5\6": _zip,  # an empty one
    b"MSCF": _cabinet,
}
