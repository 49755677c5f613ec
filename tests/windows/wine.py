"""A Wine prefix of our own, in which programs for Windows run; must not know which ones."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

PACKAGES = ("wine", "wine64", "gcc-mingw-w64-x86-64-win32")
# Neither .NET nor a browser is asked for, nor menus made, when the prefix is.
_LEFT_OUT = "mscoree=;mshtml=;winemenubuilder.exe="


def need_packages() -> None:
    """Install what Debian has of Wine and mingw-w64, unless it is there."""
    if shutil.which("wine") and shutil.which("x86_64-w64-mingw32-gcc"):
        return
    subprocess.run(["apt-get", "-qq", "update"], check=True)
    subprocess.run(
        ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *PACKAGES], check=True,
        stdout=subprocess.DEVNULL, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})


def windows_path(path: Path) -> str:
    """Return a path as programs see it: drive Z is this machine's root."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


class Wine:
    """A prefix and the services that run in it, which end with the ``with`` statement.

    Its programs get none of this machine's environment but where to find Wine and what is given:
    variables that are meant for Linux's Python would be heard by Windows' too.
    """

    def __init__(self, folder: Path) -> None:
        self.system32 = folder / "drive_c/windows/system32"
        self._environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder.parent), "LC_ALL": "C.UTF-8",
            "WINEPREFIX": str(folder), "WINEDEBUG": "-all",
        }
        self._making: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Begin to make the prefix; `run` waits for it."""
        # Wine 8 says that it is Windows 7 until it is told otherwise.
        self._making = subprocess.Popen(
            ["sh", "-c", "wine wineboot --init && wine winecfg -v win10"],
            env=self._environment | {"WINEDLLOVERRIDES": _LEFT_OUT}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def ready(self) -> None:
        """Return when the prefix is made."""
        if self._making is not None and self._making.wait() != 0:
            raise RuntimeError("Wine could not make its prefix")

    def run(self, folder: Path, command: Sequence[str], **environment: str) -> list[str]:
        """Run a program in a folder, show its lines as they come, and return them.

        Its output is a pipe: Wine 8 cannot give Python a plain file.
        """
        self.ready()
        lines = []
        with subprocess.Popen(
            ["wine", *command], env=self._environment | environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            cwd=folder,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                lines.append(line.rstrip())
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, "\n".join(lines))
        return lines

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # End what runs in this prefix, and nothing else. Debian keeps wineserver off the path.
        server = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        with contextlib.suppress(FileNotFoundError):
            subprocess.run([server, "--kill", "--wait"], env=self._environment, check=False)
        if self._making is not None:
            self._making.wait()
