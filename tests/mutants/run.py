"""Makes each mistake of the table on a copy of this checkout: some test must fail then.

    python tests/mutants/run.py [--jobs N] [WORD ...]

With words, only mutants whose names have one of them. First, all the tests must pass as they are.
Needs a compiler and git; what the checkout has built already is not built again.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

sys.path.append(str(Path(__file__).parents[1] / "recipes"))

from checkout import Checkout, Failed
from parts import Edit, Step
from table import MUTANTS, Mutant

# Of one run of tests: a mutant that computes or allocates for ever is noticed, too.
SECONDS, BYTES = 300, 16 << 30
# How long memory is changed beneath a decode: what is read twice is found by chance.
FLIP_SECONDS = "60"


def noticed(copy: Checkout, mutant: Mutant) -> str | None:
    """Return who noticed a mutant; None if nobody did."""
    copy.apply([Step(mutant.name, (Edit(mutant.file, mutant.old, mutant.new),))])
    copy.build()
    try:
        copy.test("-x", "-n", "0", *mutant.tests)
    except Failed as failed:
        if failed.stage != "tests":
            raise
        lines = failed.text.strip().splitlines()
        said = [line for line in lines if line.startswith(("FAILED", "ERROR", "Fatal Python"))]
        return (said or lines or ["it ended"])[0][:150]
    return None


def pristine(copy: Checkout) -> None:
    """Build the copy as it is and run all tests, of which some shall fail for each mutant."""
    copy.apply([])
    copy.build()
    tests = sorted({name for mutant in MUTANTS for name in mutant.tests})
    print(f"as it is: {copy.test('-n', '0', *tests)}", flush=True)


def tell(copies: "Queue[Checkout]", mutant: Mutant) -> bool:
    """Try a mutant on a copy that is free; return whether it was noticed, or cannot be."""
    if mutant.same:
        print(f"  the same   {mutant.name}: {mutant.same}", flush=True)
        return True
    copy = copies.get()
    start = time.monotonic()
    try:
        said = noticed(copy, mutant)
    except Failed as failed:
        print(f"  NOT BUILT  {mutant.name}: {failed}"[:3000], flush=True)
        return False
    finally:
        copies.put(copy)
    seconds = f"({time.monotonic() - start:.0f} s)"
    print(f"  {'noticed   ' if said else 'SURVIVED  '} {mutant.name} {seconds}: {said}", flush=True)
    return said is not None


def main() -> int:
    parser = argparse.ArgumentParser(description="Make mistakes on copies of this checkout.")
    parser.add_argument("words", nargs="*", metavar="WORD", help="of the names of mutants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS
              if not arguments.words or any(word in mutant.name for word in arguments.words)]
    os.environ["WFPFAST_FLIP_SECONDS"] = FLIP_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: Queue[Checkout] = Queue()
        for k in range(arguments.jobs):
            (Path(folder) / str(k)).mkdir()
            copies.put(Checkout(Path(folder) / str(k)))
        if not arguments.words:
            first = copies.get()
            pristine(first)
            copies.put(first)
        with ThreadPoolExecutor(arguments.jobs) as pool:
            good = list(pool.map(lambda mutant: tell(copies, mutant), chosen))
    print(f"{len(good)} mutants, {good.count(False)} survived or were not built")
    return 0 if chosen and all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
