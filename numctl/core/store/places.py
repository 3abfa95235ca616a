"""Where a store is: a file, or a schema on a server."""

from __future__ import annotations

import re
from pathlib import Path

from numctl.core.errors import BadValue

SCHEMES = ("postgresql://", "postgres://")
_HOST = r"(?:\[[^]]*\]|[^][@/?:,]*)(?::\d*)?"
_WHOLE = re.compile(rf"\w+://(?:[^@/?]*@)?{_HOST}(?:,{_HOST})*(?:/[^@?]*)?(?:\?.*)?")
_PASSWORD = re.compile(r"(//[^/@:?]*):[^@/?]*(?=@)|(?<=[?&])(?:ssl)?password=[^&]*&?")


class Address:
    """The address of a store on a server. As text it has no password."""

    def __init__(self, whole: str) -> None:
        """Raises BadValue where it can't be told what of it is a password: nothing of it is shown then."""
        if not _WHOLE.fullmatch(whole):
            raise unreadable()
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


def unreadable() -> BadValue:
    """The refusal of an address that can't be read. It doesn't quote it: a password may be in it."""
    return BadValue(
        "The address of the store can't be read.",
        "It is postgresql://USER@HOST:PORT/DATABASE?OPTIONS; in a password, @ is %40, / is %2F, ? is %3F.",
    )


Place = Path | Address


def place(text: str) -> Place:
    """The place that a text names. Raises BadValue for an address that can't be read."""
    return Address(text) if text.startswith(SCHEMES) else Path(text)


def whole(place: Place) -> str:
    """A place as another run is told of it, from whatever folder; never to be shown."""
    return place.whole if isinstance(place, Address) else str(place.resolve())
