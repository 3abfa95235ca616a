"""Files of the store's kind, made whole under another name before they take their own."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from numctl.core.errors import NumbersRefuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numctl.core.errors import Refusal
    from numctl.core.store.places import Place


def stands(path: Place) -> NumbersRefuse:
    """The refusal to make something where something is."""
    return NumbersRefuse(
        f"Something stands at {path} already.",
        "It was left as it is. Name another place with --db.",
        path=str(path),
    )


@contextmanager
def drafted(
    path: Path, *, replace: bool = False, taken: Callable[[Path], Refusal] = stands
) -> Iterator[Path]:
    """A new, empty file beside ``path``, the owner's alone, that takes that name when all went well.

    It is on the disk then. Nothing follows a link, and what has the name by then, be it a dangling
    link, is replaced only with ``replace``: else raises what ``taken`` gives.
    """
    draft = path.with_name(f".{path.name}.{os.urandom(6).hex()}.new")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    try:
        yield draft
        _settle_on_disk(draft)
        if replace:
            draft.replace(path)
        else:
            try:
                os.link(draft, path)  # unlike a rename, refuses where something stands
            except FileExistsError:
                raise taken(path) from None
    finally:
        draft.unlink(missing_ok=True)
    _settle_on_disk(path.absolute().parent)


def _settle_on_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
