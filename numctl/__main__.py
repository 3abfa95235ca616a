"""The program's start and end: ``numctl``, and ``python -m numctl``.

Nothing is loaded here but what the interpreter has already, so that an interruption is met from the
first moment on.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPTED = 130


def run() -> NoReturn:
    """Run the process's own command line and leave: the console script's entry.

    Two things keep a run short. Loading makes tens of thousands of objects and hardly any cycle, so
    the collector looks for them a hundred times less often. And once everything is closed and
    written, the process ends at once: taking the interpreter apart takes as long as a search.
    """
    code = INTERRUPTED
    try:
        import gc

        gc.set_threshold(70_000)
        from numctl.cli import streams
        from numctl.cli.program import main

        streams.prepare()
        code = main()
        streams.finish()
    except KeyboardInterrupt:  # while something is loaded, or once everything is done
        pass
    os._exit(code)


if __name__ == "__main__":
    run()
