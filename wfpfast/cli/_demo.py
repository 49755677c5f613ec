"""`wfpfast demo`: made-up events all the way to a summary, timed; must not know the schema."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from rich.console import Console
from rich.text import Text

from wfpfast import Decoder, encode
from wfpfast.cli import _screen
from wfpfast.cli._convert import check, whole
from wfpfast.cli._screen import Fault
from wfpfast.cli._show import FIGURES, QUIET, show
from wfpfast.cli._summary import summary
from wfpfast.synthetic import Mix

CHUNK = 16_384
TOP = 5
STEPS = {
    "generating": "Python mappings, made up by wfpfast.synthetic",
    "encoding": "mappings to FWPM_NET_EVENT5 structs, wfpfast.encode",
    "decoding": "structs to Arrow columns, Decoder.decode and export",
    "writing": "columns to Parquet with zstd, pyarrow",
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
    """Make, encode, decode, write and summarise events; say how long each step took."""
    if out.suffix.lower() != ".parquet":
        raise Fault(f"{out}: the demo writes .parquet")
    replaced = out.exists()
    check(out, force=True)
    clock, nbytes = make(count, seed, out)
    screen = _screen.console()
    screen.print(f"{_screen.events(count)}, made up; nothing of this machine was read.")
    if replaced:
        screen.print(f"{_screen.printable(str(out))} existed and was replaced.")
    _rates(clock, count, nbytes, screen)
    screen.print()
    show(summary([out], TOP), screen)
    _next(out, screen)


def make(count: int, seed: int, out: Path) -> tuple[Clock, int]:
    """Write made-up events; return the times, and how many bytes of structs were decoded."""
    mix, decoder, clock, nbytes = Mix(seed), Decoder(), Clock(), 0
    with _screen.progress() as bar, whole(out, pa.schema(decoder)) as output:
        task = bar.add_task("generate, encode, decode, write", total=count, note="")
        for done in range(0, count, CHUNK):
            chunk = min(CHUNK, count - done)
            with clock("generating"):
                events = list(mix.events(chunk))
            with clock("encoding"):
                block = encode(events)
            with clock("decoding"):
                decoded = decoder.decode(block)
                batch = pa.record_batch(decoded)
            with clock("writing"):
                output.write(batch)
            nbytes += block.nbytes
            note = f"decoding {_rate(done + chunk, clock, 'decoding')}"
            bar.update(task, completed=done + chunk, note=note)
        with clock("writing"):
            output.finish({"events": count})
    return clock, nbytes


def _rate(count: int, clock: Clock, step: str) -> str:
    return f"{1e9 * count / max(1, clock.spent[step]):,.0f} events/s"


def _rates(clock: Clock, count: int, nbytes: int, screen: Console) -> None:
    screen.print()
    screen.print(Text("Where the time went, in one thread", style="bold"))
    for step, what in STEPS.items():
        spent = clock.spent[step] / 1e9
        line = Text.assemble(
            f"  {step:<11}{spent:7.2f} s", (f"{_rate(count, clock, step):>21}", FIGURES))
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
        ("Another format", f"wfpfast convert {name} events.csv"),
        ("Your own events", "wfpfast summary netevents.xml --filters wfpstate.xml"),
        ("From Python", 'pyarrow.table(wfpfast.netsh.read_events("netevents.xml"))'),
    ):
        screen.print(Text.assemble((f"  {what:<17}", QUIET), how), overflow="fold")
