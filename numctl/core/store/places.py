"""Where a store is: a file, or a schema on a server."""

from __future__ import annotations

import re
from pathlib import Path

SCHEMES = ("postgresql://", "postgres://")
_PASSWORD = re.compile(r"(//[^/@:]*):[^@/]*(?=@)|(?<=[?&])password=[^&]*&?")


class Address:
    """The address of a store on a server. As text it has no password."""

    def __init__(self, whole: str) -> None:
        self.whole = whole  # for the driver alone

    def __str__(self) -> str:
        return _PASSWORD.sub(lambda found: found[1] or "", self.whole).rstrip("?&")

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    @property
    def stem(self) -> str:
        """The same as ``name``, as a file without its ending."""
        return self.name

    @property
    def name(self) -> str:
        """What a file that is made of it may be called after: its database."""
        found = re.match(r"\w+://[^/?]*/([^?]+)", str(self))
        return found[1] if found else "server"


Place = Path | Address


def place(text: str) -> Place:
    """The place that a text names."""
    return Address(text) if text.startswith(SCHEMES) else Path(text)


def whole(place: Place) -> str:
    """A place as another run is told of it, from whatever folder; never to be shown."""
    return place.whole if isinstance(place, Address) else str(place.resolve())
