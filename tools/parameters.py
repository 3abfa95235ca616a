"""Writes what completion knows of each command's options and arguments: ``python -m tools.parameters``.

The parser knows it too, but takes longer to load than a store takes to be looked at. The table,
``numctl/cli/parameters.tsv``, is made from what the parser declares, and a test holds the two together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from typer._click import Context

from numctl.cli.call import Call
from numctl.cli.parser import PROGRAM, program
from numctl.cli.table import COMMANDS, GROUPS
from numctl.cli.unasked import MARKS, TABLE

if TYPE_CHECKING:
    from typer._click import Parameter


def table() -> str:
    """The distinct parameters, one a line, and which of them each command has, in their order."""
    root = program(COMMANDS, GROUPS)
    top = Context(root, info_name=PROGRAM, obj=Call([]), **root.context_settings)
    distinct: dict[str, int] = {}
    commands = {}
    for name in ["", *GROUPS, *(entry.name for entry in COMMANDS)]:
        at, command = top, cast("Any", root)
        for word in name.split():
            command = command.get_command(at, word)
            at = Context(command, info_name=word, parent=at)
        told = [_told(one) for one in command.get_params(at)]
        commands[name] = [distinct.setdefault(one, len(distinct)) for one in told]
    rows = [f"{name}\t{' '.join(map(str, places))}" for name, places in commands.items()]
    return "\n".join([*distinct, "", *rows, ""])


def _told(param: Parameter) -> str:
    """A line of the table, its cells as ``numctl.cli.unasked`` reads them."""
    option = param.param_type_name == "option"
    marked = (
        getattr(param, "is_flag", False),
        getattr(param, "multiple", False) or param.nargs == -1,
        option and not param.expose_value,
    )
    cells = [
        param.name or "",
        param.param_type_name,
        " ".join([*sorted(param.opts, key=len, reverse=True), *(param.secondary_opts if option else ())]),
        param.metavar or "",
        " ".join(mark for mark, there in zip(MARKS, marked, strict=True) if there),
        " ".join((getattr(param, "help", None) or "").split()),
    ]
    return "\t".join(cells)


def main() -> None:
    """Write the table."""
    TABLE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
