"""Writes what completion knows of each command's options and arguments: ``python -m tools.parameters``.

The parser knows it too, but takes longer to load than a store takes to be looked at. The table,
``numctl/cli/parameters.json``, is made from what the parser declares, and a test holds the two together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from typer._click import Context

from numctl.cli.call import Call
from numctl.cli.parser import PROGRAM, program
from numctl.cli.table import COMMANDS, GROUPS

if TYPE_CHECKING:
    from typer._click import Parameter

TABLE = Path(__file__).parents[1] / "numctl" / "cli" / "parameters.json"


def table() -> str:
    """The distinct parameters, one a line, and which of them each command has, in their order."""
    root = program(COMMANDS, GROUPS)
    top = Context(root, info_name=PROGRAM, obj=Call([]))
    distinct: dict[str, int] = {}
    commands = {}
    for name in ["", *GROUPS, *(entry.name for entry in COMMANDS)]:
        at, command = top, cast("Any", root)
        for word in name.split():
            command = command.get_command(at, word)
            at = Context(command, info_name=word, parent=at)
        told = [json.dumps(_told(one), ensure_ascii=False) for one in command.get_params(at)]
        commands[name] = [distinct.setdefault(one, len(distinct)) for one in told]
    rows = [f"  {json.dumps(name)}: {json.dumps(places)}" for name, places in commands.items()]
    all_told, of_commands = ",\n  ".join(distinct), ",\n".join(rows)
    return f'{{"parameters": [\n  {all_told}\n],\n"commands": {{\n{of_commands}\n}}}}\n'


def _told(param: Parameter) -> list[object]:
    """The fields of ``numctl.cli.unasked.Parameter``."""
    option = param.param_type_name == "option"
    return [
        param.name,
        param.param_type_name,
        [*param.opts, *(param.secondary_opts if option else ())],
        param.metavar or "",
        getattr(param, "help", None) or "",
        bool(getattr(param, "is_flag", False)),
        bool(getattr(param, "multiple", False)) or param.nargs == -1,
        option and not param.expose_value,
    ]


def main() -> None:
    """Write the table."""
    TABLE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
