"""Headers as they go over the wire: a text stands there as it was typed, an address as in the envelope.

The email package reads a text that is set as a header, and decodes what looks like an encoded word
(RFC 2047) in it, be it into another header. So the values are written here, and never read by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.output.formats import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE = 74  # characters, the header's name on the first of them: RFC 2047, section 2
FOLD = "\r\n "


def text(value: str, name: str) -> str:
    """Give a text as the header ``name`` holds it: as it is, or in encoded words where it must be."""
    from email.header import Header

    value = shown(value)
    plain = value.isascii() and "=?" not in value and max(map(len, value.split(" "))) <= LINE - len(name)
    charset = "us-ascii" if plain else "utf-8"
    return Header(value, charset, maxlinelen=LINE, header_name=name).encode(splitchars=" ", linesep="\r\n")


def author(name: str, address: str) -> str:
    """Give what From holds: an address with the name of its owner, which may be empty."""
    if not name:
        return address
    from email.utils import formataddr

    name = shown(name)
    if name.isascii() and "=?" not in name:
        return formataddr((name, address))
    return f"{text(name, 'From')}{FOLD}<{address}>"


def addresses(some: Sequence[str]) -> str:
    """Give addresses one a line, each as it stands in the envelope."""
    return f",{FOLD}".join(some)
