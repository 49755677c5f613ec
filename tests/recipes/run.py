"""Carries out the recipes of CONTRIBUTING.md on copies of this checkout; must not know their steps.

    python tests/recipes/run.py [--right-only] [NAME ...]

Each recipe is applied as a whole: the copy is built, tests run, and the files that changed are
counted. Then each mistake of the recipe is made alone: something must say, by name, what is wrong.
Needs a compiler and git; what the checkout has built already is not built again.
"""

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from checkout import Checkout, Failed
from parts import Mistake, Recipe

NAMES = ("header_column", "payload_columns", "many_columns", "event_type", "struct_version",
         "source", "output", "command")


def read(name: str) -> Recipe:
    """Return the recipe of a module."""
    recipe: Recipe = importlib.import_module(name).RECIPE
    return recipe


def carry_out(copy: Checkout, recipe: Recipe) -> None:
    """Do all steps, build and test; say how many files that took."""
    start = time.monotonic()
    copy.apply(recipe.steps)
    changed = copy.changed()
    copy.build()
    built = time.monotonic() - start
    closing = copy.test(*recipe.tests)
    seconds = time.monotonic() - start
    print(f"  {len(changed)} files: {', '.join(changed)}")
    print(f"  {closing} | build {built:.0f} s, all {seconds:.0f} s", flush=True)
    if len(changed) > recipe.most_files:
        raise Failed("files", f"{len(changed)} changed, the recipe says {recipe.most_files}")


def make(copy: Checkout, recipe: Recipe, mistake: Mistake) -> None:
    """Make one mistake; fail unless it is told where and by the words that it should be."""
    assert mistake.step in {step.name for step in recipe.steps}, mistake
    copy.apply(
        step._replace(edits=mistake.instead) if step.name == mistake.step else step
        for step in recipe.steps)
    in_tests = mistake.stage not in ("build", "import", "layouts")
    try:
        copy.build()
        if in_tests:
            copy.test(*mistake.stage.split())
    except Failed as failed:
        if failed.stage != ("tests" if in_tests else mistake.stage):
            raise
        if mistake.says not in failed.text:
            raise Failed(f"{mistake.step}: {mistake.says!r} is not said", failed.text) from None
        line = next(line for line in failed.text.splitlines() if mistake.says in line)
        print(f"  {mistake.step}, {mistake.why} -> {mistake.stage}: {line.strip()[:160]}",
              flush=True)
    else:
        raise Failed(f"{mistake.step}, {mistake.why}", "nobody noticed")


def told(work: Callable[[], None]) -> int:
    """Return 1, and print it, if that fails."""
    try:
        work()
    except Failed as failed:
        print(f"  FAILED {failed.stage}:\n{failed.text[-6000:]}", flush=True)
        return 1
    return 0


def all_of(name: str, right_only: bool) -> int:
    """Carry out one recipe and its mistakes; return how many things failed."""
    recipe = read(name)
    with tempfile.TemporaryDirectory(prefix="recipe-") as folder:
        copy = Checkout(Path(folder))
        failures = told(lambda: carry_out(copy, recipe))
        if not failures and not right_only:
            failures = sum(told(partial(make, copy, recipe, each)) for each in recipe.mistakes)
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description="Carry out recipes on copies of this checkout.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--right-only", action="store_true", help="make none of the mistakes")
    arguments = parser.parse_args()
    failures = 0
    names = arguments.names or NAMES
    for name in names:
        print(name, flush=True)
        failures += all_of(name, arguments.right_only)
    print(f"{len(names)} recipes, {failures} failures")
    return 1 if failures or not names else 0


if __name__ == "__main__":
    sys.exit(main())
