"""Gives compiled classes the signature of their stub's `__new__`; must not know any class.

Cython classes say how they are made in a `__new__` of the stub, and pages show an `__init__`.
"""

import griffe


class Signatures(griffe.Extension):
    """Runs when a class was read, and when docstrings and stubs of the package were joined."""

    def on_class_members(self, *, cls: griffe.Class, **_: object) -> None:
        """Call the `__new__` of a stub `__init__`."""
        made = cls.members.get("__new__")
        if isinstance(made, griffe.Function) and str(cls.filepath).endswith(".pyi"):
            made.name = "__init__"
            made.returns = "None"
            cls.set_member("__init__", made)

    def on_package(self, *, pkg: griffe.Module, **_: object) -> None:
        """Take away what every compiled class has: `(*args, **kwargs)` of object, without types."""
        modules = [pkg]
        while modules:
            module = modules.pop()
            modules += [each for each in module.modules.values() if not each.is_alias]
            for each in module.classes.values():
                known = None if each.is_alias else each.members.get("__init__")
                if isinstance(known, griffe.Function) and [
                        one.name for one in known.parameters] == ["self", "args", "kwargs"]:
                    each.del_member("__init__")
