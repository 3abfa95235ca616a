"""How a command line is run."""

from __future__ import annotations

import os
import sys

from numctl.cli.table import COMMANDS, GROUPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numctl.cli.call import Call


def main(argv: list[str] | None = None) -> int:
    """Run one command line, without the program's name; return its exit code, never raise."""
    from numctl.cli.call import Call
    from numctl.cli.exits import conclude

    call = Call(sys.argv[1:] if argv is None else list(argv))
    code = conclude(call, lambda: _run(call))
    if call.session is None or (passage := call.session.handed_on) is None:
        return code
    from numctl.cli.gate import passing

    inside = passing(passage, call.session.settings.db)
    return conclude(inside, lambda: _dispatched(inside))


def _run(call: Call) -> int:
    """Run a line: what runs most often unasked without the parser, which takes long to load."""
    from numctl.cli import unasked
    from numctl.cli.call import COMPLETION_REQUEST

    if COMPLETION_REQUEST not in os.environ and (found := unasked.check_of(call.args)):
        code = unasked.check(call, COMMANDS, *found)
        if code is not None:
            return code
        call.flags, call.entry, call.session = {}, None, None
    return _dispatched(call)


def _dispatched(call: Call) -> int:
    from numctl.cli.call import COMPLETION_REQUEST

    if shell := os.environ.get(COMPLETION_REQUEST):
        from numctl.cli.completion import respond

        return respond(call, shell)
    from numctl.cli.parser import dispatch

    return dispatch(call, COMMANDS, GROUPS)
