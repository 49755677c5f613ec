"""Runs the command line with simulators that say what a command left in them.

As a script: its first argument is the file for what they say, the others are the command's.
"""

import json
import sys
from pathlib import Path
from typing import Any, ClassVar

import wfpfast.simulator
from wfpfast import Engine, Simulator

NOTHING = {"engines": 0, "enum_handles": 0, "subscriptions": 0, "blocks": 0}


class Counted(Simulator):
    """A simulator that is looked at when the command closes it."""

    made: ClassVar[list["Counted"]] = []
    more: ClassVar[dict[str, Any]] = {}     # options that the command line has no words for

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, **self.more})
        self.left: dict[str, Any] = {}
        self.made.append(self)

    def close(self) -> None:
        """Note what is left: handles, blocks and options."""
        self.stop()
        self.left = {"live": self.live, "calls": self.calls}
        self.faults = {}
        with Engine(self) as engine:
            self.left["keywords"] = engine.options.keywords
            self.left["collecting"] = engine.options.collect_net_events
        super().close()

    @classmethod
    def assert_clean(cls) -> None:
        """Check that there was a simulator, and that nothing is left in any."""
        assert cls.made
        for simulator in cls.made:
            assert_clean(simulator.left)


def assert_clean(left: dict[str, Any]) -> None:
    """Check what a simulator said when it was closed."""
    assert left["live"] == NOTHING
    assert (left["keywords"], left["collecting"]) == (0, True)


if __name__ == "__main__":
    from wfpfast.cli import main

    report = Path(sys.argv.pop(1))
    wfpfast.simulator.Simulator = Counted  # type: ignore[misc]
    try:
        main()
    finally:
        report.write_text(json.dumps([simulator.left for simulator in Counted.made]))
