"""`wfpfast demo`: a simulated engine's events to a summary, timed; must not know the schema."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from rich.console import Console
from rich.text import Text

from wfpfast import Decoder, Engine, encode
from wfpfast.cli import _sample, _screen
from wfpfast.cli._output import check, whole
from wfpfast.cli._page import FIGURES, QUIET
from wfpfast.cli._screen import Fault
from wfpfast.cli._show import show
from wfpfast.cli._summary import summary
from wfpfast.simulator import Simulator
from wfpfast.simulator.synthetic import Mix

# A log of a million events, and the mappings that it is made of, would take gigabytes: so there is
# one log after another.
LOG = 32_768
PAGE = 4_096
TOP = 5
STEPS = {
    "generating": "Python mappings, made up by wfpfast.simulator.synthetic",
    "encoding": "mappings to FWPM_NET_EVENT5 structs, wfpfast.encode",
    "logging": "structs into a simulated engine's log, Simulator",
    "reading": "enumerate - decode - free to Arrow, Engine.net_events",
    "writing": "columns to Parquet with zstd, pyarrow",
    "summarising": "Parquet to counts, wfpfast summary",
}


class Clock:
    """Adds up the time that each step of a repeated work takes."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Time what is in the `with` statement."""
        started = time.perf_counter_ns()
        yield
        self.spent[step] += time.perf_counter_ns() - started


def demo(count: int, seed: int, out: Path) -> None:
    """Make, log, read, write and summarise events; say how long each step took."""
    if out.suffix.lower() != ".parquet":
        raise Fault(f"{out}: the demo writes .parquet")
    replaced = out.exists()
    check(out, force=True)
    clock, nbytes = make(count, seed, out)
    with clock("summarising"):
        report = summary([out], TOP)
    if report["interrupted"]:
        raise KeyboardInterrupt
    screen = _screen.console()
    screen.print(f"{_screen.events(count)}, made up; nothing of this machine was read.")
    if replaced:
        screen.print(f"{_screen.printable(str(out))} existed and was replaced.")
    _rates(clock, count, nbytes, screen)
    screen.print()
    show(report, screen)
    _next(out, screen)


def files(folder: Path) -> None:
    """Write files as netsh does, and say what can be asked of them."""
    events, state = _sample.write(folder)
    screen = _screen.console()
    screen.print(f"{_screen.printable(str(events))} and {state.name}: a computer that is made up.")
    screen.print()
    screen.print(Text("What to do next", style="bold"))
    for how in (
        *([f"cd {_screen.printable(str(folder))}"] if folder != Path() else []),
        "wfpfast summary netevents.xml --filters wfpstate.xml",
        "wfpfast explain event netevents.xml 1 --filters wfpstate.xml",
    ):
        screen.print(Text(f"  {how}"), overflow="fold")


def make(count: int, seed: int, out: Path) -> tuple[Clock, int]:
    """Write made-up events; return the times, and how many bytes of structs were decoded."""
    mix, clock, nbytes, read = Mix(seed), Clock(), 0, 0
    with _screen.progress() as bar, whole(out, pa.schema(Decoder()), force=True) as output:
        task = bar.add_task("make, log, read, write", total=count, note="")
        while read < count:
            with clock("generating"):
                events = list(mix.events(min(LOG, count - read)))
            with clock("encoding"):
                block = encode(events)
            nbytes += block.nbytes
            with clock("logging"):
                simulator = Simulator(events=block, seed=seed)
            with simulator:
                for batch in _read(simulator, clock):
                    with clock("writing"):
                        output.write(batch)
                    read += len(batch)
                    note = f"reading {_rate(read, clock, 'reading')}"
                    bar.update(task, completed=read, note=note)
        with clock("writing"):
            output.finish({"events": read})
    return clock, nbytes


def _read(simulator: Simulator, clock: Clock) -> Iterator[pa.RecordBatch]:
    """Open an engine, read its log to the last page, and close it."""
    with clock("reading"):
        engine = Engine(simulator)
        stream = engine.net_events(batch_size=PAGE)
    with engine, stream:
        while True:
            with clock("reading"):
                decoded = next(stream, None)
                batch = None if decoded is None else pa.record_batch(decoded)
            if batch is None:
                return
            yield batch


def _rate(count: int, clock: Clock, step: str) -> str:
    return f"{1e9 * count / max(1, clock.spent[step]):,.0f} events/s"


def _rates(clock: Clock, count: int, nbytes: int, screen: Console) -> None:
    screen.print()
    screen.print(Text("Where the time went", style="bold"))
    for step, what in STEPS.items():
        spent = clock.spent[step] / 1e9
        line = Text.assemble(
            f"  {step:<12}{spent:6.2f} s", (f"{_rate(count, clock, step):>21}", FIGURES))
        indent = len(line.plain) + 2
        room = screen.width - indent
        line.append("  " + (what if len(what) <= room else what.partition(", ")[2]), QUIET)
        screen.print(line, overflow="ellipsis", no_wrap=True)
    screen.print(Text(f"  {_screen.size(nbytes)} of structs were decoded.", style=QUIET))


def _next(out: Path, screen: Console) -> None:
    name = _screen.printable(str(out))
    screen.print()
    screen.print(Text("What to do next", style="bold"))
    for what, how in (
        ("Live", "wfpfast watch --engine simulated"),
        ("Another format", f"wfpfast convert {name} events.csv"),
        ("Files of netsh", "wfpfast demo --files try"),
        ("Your own events", "wfpfast summary netevents.xml --filters wfpstate.xml"),
        ("From Python", 'pyarrow.table(wfpfast.netsh.read_events("netevents.xml"))'),
    ):
        screen.print(Text.assemble((f"  {what:<17}", QUIET), how), overflow="fold")
