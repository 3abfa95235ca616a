"""Makes a process that a test started keep its stores on the tests' server."""

import os
import sys
from pathlib import Path

if os.environ.get("TEST_SERVER_SOCKET"):
    sys.path.append(str(Path(__file__).parents[2]))
    from tests import on_server

    on_server.take_over()
