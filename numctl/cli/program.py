"""How a command line is run."""

from __future__ import annotations

import sys

from numctl.cli.table import COMMANDS, GROUPS


def main(argv: list[str] | None = None) -> int:
    """Run one command line, without the program's name; return its exit code, never raise."""
    from numctl.cli.call import Call
    from numctl.cli.exits import conclude
    from numctl.cli.parser import dispatch

    call = Call(sys.argv[1:] if argv is None else list(argv))
    code = conclude(call, lambda: dispatch(call, COMMANDS, GROUPS))
    if call.session is None or (passage := call.session.handed_on) is None:
        return code
    from numctl.cli.gate import passing

    inside = passing(passage, call.session.settings.db)
    return conclude(inside, lambda: dispatch(inside, COMMANDS, GROUPS))
