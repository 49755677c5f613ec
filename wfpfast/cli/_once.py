"""Commands that refuse an option that is given twice; must not know any command.

Otherwise the last one would count, and nobody would hear of the others.
"""

import functools
from collections import Counter

import click


class Once(click.Command):
    """A command each of whose options takes one value, unless it is declared to take several."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; raise a usage error if an option has two values."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for parameter, times in Counter(order).items():
            single = isinstance(parameter, click.Option) and not (
                parameter.multiple or parameter.is_flag or parameter.count)
            if single and times > 1:
                name = max(parameter.opts, key=len)
                raise click.UsageError(f"{name} is given {times} times: it takes one value.", ctx)
        return super().parse_args(ctx, args)


command = functools.partial(click.command, cls=Once)
