"""A look at the store for completion: nothing is settled, nothing waited for."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from numctl import settings
from numctl.core.actions.opening import open_store
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextmanager
def looking(flags: Mapping[str, object]) -> Iterator[View]:
    """The store in one transaction, as whom the line (``flags``), the environment or the settings say."""
    known = settings.load(flags, os.environ)
    with open_store(known.db, lock_timeout=0) as store, store.reading() as connection:
        tree = Tree.load(connection)
        acting = tree.find(known.acting_as, tree.root) if known.acting_as else tree.root
        yield View(connection, tree, acting)
