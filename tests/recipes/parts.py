"""What a recipe is made of: named steps, and the mistakes that must be told; knows no runner."""

from typing import NamedTuple


class Edit(NamedTuple):
    """One change of one file: `old`, which stands there once, becomes `new`.

    A new file has no `old`.
    """

    file: str
    old: str
    new: str


class Step(NamedTuple):
    """What one line of the recipe asks for; `layouts`: tools/layouts.py is run after it."""

    name: str
    edits: tuple[Edit, ...]
    layouts: bool = False


class Mistake(NamedTuple):
    """A step that is left out, or done wrongly, and what must come of it.

    Attributes
    ----------
    step : str
        The name of the step.
    stage : str
        Where it must be told: "build", "import" or, of a test, what pytest is to run.
    says : str
        Words that the message must have: they name what is missing.
    instead : tuple of Edit
        What is done in its place, if not nothing.
    why : str
        Which mistake it is, if the step is not simply left out.
    """

    step: str
    stage: str
    says: str
    instead: tuple[Edit, ...] = ()
    why: str = "left out"


class Recipe(NamedTuple):
    """Steps, how many files they may change at most, and what pytest must say yes to."""

    steps: tuple[Step, ...]
    most_files: int
    tests: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = ()


def after(file: str, anchor: str, text: str) -> Edit:
    """Insert text behind the anchor."""
    return Edit(file, anchor, anchor + text)


def before(file: str, anchor: str, text: str) -> Edit:
    """Insert text in front of the anchor."""
    return Edit(file, anchor, text + anchor)


def step(name: str, *edits: Edit, layouts: bool = False) -> Step:
    """Return a step."""
    return Step(name, edits, layouts)
