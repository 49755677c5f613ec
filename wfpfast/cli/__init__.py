"""The command line `wfpfast`: its way in; must not know what the commands do.

Nothing big is imported before it is known to be there.
"""

import importlib.util
import io
import os
import sys

_NEEDED = ("click", "rich")


def main() -> None:
    """Run the command that the process was called with, and exit with its status."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"wfpfast: the command line needs {' and '.join(missing)}:"
            " pip install 'wfpfast[cli]'\n")
        sys.exit(2)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a path may hold any character
    try:
        from wfpfast.cli._app import app

        app(prog_name="wfpfast")
    except KeyboardInterrupt:  # before the commands were there to see to it
        sys.exit(130)
