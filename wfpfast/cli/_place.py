"""The place where a file appears when it is complete; must not know what is written.

Until then it is a part beside its place, ``.NAME.xxxxxxxx.part``, for its owner alone: events hold
paths, addresses and SIDs. Whoever writes a part holds a lock on it, so that a part without one is
known to be left over.
"""

import contextlib
import importlib.util
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any, BinaryIO

from wfpfast.cli import _screen
from wfpfast.cli._screen import Fault

WINDOWS = os.name == "nt"
_PRIVATE = 0o600
_MOST_LINKS = 40
_SHARED = stat.S_ISVTX | stat.S_IWOTH  # of a folder in which each may only remove their own
# learn.microsoft.com/windows/win32/fileio/naming-a-file, and the consoles, which Python refuses.
_DEVICE = re.compile(
    r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9\xb9\xb2\xb3]) *(\..*)?", re.I)
_fcntl: Any = importlib.import_module("fcntl") if importlib.util.find_spec("fcntl") else None


class Taken(Fault):
    """There is something at the place that must not be replaced."""


def check_name(out: Path) -> None:
    """Refuse a name that is not text, or that Windows keeps for something else than files."""
    try:
        str(out).encode()
    except UnicodeEncodeError:
        raise Fault(f"{out}: the name is not text: bytes that are no UTF-8 are in it") from None
    if not WINDOWS:
        return
    path = PureWindowsPath(out)
    if _DEVICE.fullmatch(path.name):
        raise Fault(f"{out}: is a device of Windows, whatever the name ends in")
    if ":" in path.name or (path.drive and not path.root):
        raise Fault(f"{out}: has a colon, which means a stream or a drive: name a folder")
    if path.name.endswith((".", " ")):
        raise Fault(f"{out}: ends in a dot or a blank, which Windows takes away")


def is_sink(out: Path) -> bool:
    """Tell whether a place is a pipe or a device, into which one writes; refuse what is neither."""
    try:
        mode = out.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return True
    if not stat.S_ISREG(mode):
        raise Fault(f"{out}: is no file, and nothing that can be written into")
    return False


def followed(out: Path) -> Path:
    """Return where links at a place lead: they stay, and what they name is written.

    A link in a folder of everybody's may be a trap, unless it is one's own or the folder's owner's.
    The kernel has the same rule (protected_symlinks), but not for who reads a link.
    """
    place = out
    for _ in range(_MOST_LINKS):
        if not place.is_symlink():
            return place
        folder = place.parent.stat()
        everybodys = folder.st_mode & _SHARED == _SHARED
        if everybodys and place.lstat().st_uid not in (os.geteuid(), folder.st_uid):
            raise Fault(
                f"{out}: is a link that another user has put into a folder of everybody's")
        place = place.parent / os.readlink(place)
    raise Fault(f"{out}: too many links follow each other")


@contextlib.contextmanager
def part_of(place: Path) -> Iterator[BinaryIO]:
    """Give a new file beside a place, which is locked meanwhile, and is gone in the end."""
    remove_leftovers(place)
    file, lock = _created(place)
    try:
        yield file
    finally:
        with contextlib.suppress(OSError):  # of a full disk, which has been said
            file.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file.name)
        if lock is not None:
            os.close(lock)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, _PRIVATE)


def _created(place: Path) -> tuple[BinaryIO, int | None]:
    """Return a new part, and a descriptor that holds its lock when the file is closed."""
    while True:
        part, file = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part"), None
        try:
            file = open(str(part), "xb", opener=_private)  # noqa: SIM115
            if (lock := _locked(file)) is not None or _fcntl is None:
                return file, lock
        except KeyboardInterrupt:  # it may be there already, and nobody else would remove it
            with contextlib.suppress(OSError):
                if file is not None:
                    file.close()
                part.unlink()
            raise


def _locked(file: BinaryIO) -> int | None:
    """Return a descriptor that holds the lock of a new part; None if there is none of them."""
    if _fcntl is None:  # Windows removes no file that is open
        return None
    with contextlib.suppress(OSError):  # a file system without locks: nothing is removed there
        _fcntl.flock(file.fileno(), _fcntl.LOCK_EX)
    if os.fstat(file.fileno()).st_nlink:
        return os.dup(file.fileno())
    file.close()  # somebody took it for a leftover before it was locked
    return None


def remove_leftovers(place: Path) -> None:
    """Remove the parts of this place that nobody writes any more, and say so."""
    pattern = re.compile(re.escape(f".{place.name}.") + r"[0-9a-f]{8}\.part")
    found: list[Path] = []
    with contextlib.suppress(OSError), os.scandir(place.parent) as entries:
        found = [Path(entry) for entry in entries if pattern.fullmatch(entry.name)]
    for part in sorted(found):
        with contextlib.suppress(OSError):  # it is being written, is not ours, or is gone
            size = _removed(part)
            _screen.say(f"removed {part.name}, which a run that was ended has left"
                        f" ({_screen.size(size)})")


def _removed(part: Path) -> int:
    """Remove a leftover, and return its size, or raise OSError."""
    about = part.lstat()
    if not stat.S_ISREG(about.st_mode):
        raise FileExistsError
    if _fcntl is None:
        part.unlink()
        return about.st_size
    descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW)
    try:
        _fcntl.flock(descriptor, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
        part.unlink()
    finally:
        os.close(descriptor)
    return about.st_size


def published(part: Path, place: Path, force: bool) -> None:
    """Give a complete part its name; raise Taken rather than replace what must stay.

    With `force` a file is replaced, whose mode, owner and list of rights the part gets before;
    Windows gives it those of its folder.
    """
    try:
        if force and os.path.lexists(place):
            if not stat.S_ISREG(place.lstat().st_mode):
                raise FileExistsError
            if not WINDOWS:
                _take_over(part, place)
            os.replace(part, place)
        else:
            _moved(part, place)
    except FileExistsError:
        raise Taken from None


def _moved(part: Path, place: Path) -> None:
    """Move a part to a place where nothing is, or raise FileExistsError."""
    if WINDOWS:
        os.rename(part, place)  # which replaces nothing there
        return
    try:
        os.link(part, place)
        os.unlink(part)
    except FileExistsError:
        raise
    except OSError:  # no hard links there: an empty file of our own is replaced
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
        try:
            os.replace(part, place)
        except OSError:
            os.unlink(place)
            raise


def _take_over(part: Path, place: Path) -> None:
    """Give a part the owner, the mode and the list of rights of what it will replace."""
    before, now = place.stat(), part.stat()
    for uid in (before.st_uid, -1):
        if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
            with contextlib.suppress(OSError):
                os.chown(part, uid, before.st_gid)
        now = part.stat()
    shutil.copystat(place, part)
    os.utime(part, ns=(now.st_atime_ns, now.st_mtime_ns))
    if now.st_gid != before.st_gid:  # whose rights are not for another group
        part.chmod(stat.S_IMODE(before.st_mode) & ~stat.S_IRWXG)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        _screen.say(f"{place}: belongs to {now.st_uid}:{now.st_gid} now: you may not give it to"
                    f" {before.st_uid}:{before.st_gid}, as it was")
