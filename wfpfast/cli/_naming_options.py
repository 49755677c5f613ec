"""The options that ask for names beside numbers; must not know how names are found."""

import functools
from pathlib import Path
from typing import Any

import click

_PATH = click.Path(path_type=Path)
_OPTIONS = (
    click.option("--names", "named", is_flag=True,
                 help="Add columns with names: of layers, programs, accounts that are the same"
                      " everywhere, and what a file of events tells of its rules, drives and"
                      " accounts, as recordings do; of an engine also its own."),
    click.option("--filters", metavar="STATE.XML", type=_PATH, multiple=True,
                 help="Add them, and the names of rules: by netsh's wfpstate.xml or filters.xml, a"
                      " Security log or a recording. Of several, the first that has an id names"
                      " it."),
    click.option("--volumes", metavar="MAP.JSON", type=_PATH, multiple=True,
                 help='Add them, and the path with its drive: {"HarddiskVolume3": "C:"}, or such a'
                      ' map for each host: {"PC1": {"HarddiskVolume3": "C:"}}.'),
)


def naming_options(command: Any) -> Any:
    """Give a command these options; it is called with `naming`, None if none is there."""

    @functools.wraps(command)
    def call(**options: Any) -> Any:
        named, filters, volumes = (options.pop(name) for name in ("named", "filters", "volumes"))
        options["naming"] = None
        if named or filters or volumes:
            from wfpfast.cli._naming import Naming  # which needs pyarrow

            options["naming"] = Naming(filters, volumes)
        return command(**options)

    for option in reversed(_OPTIONS):
        call = option(call)
    return call
