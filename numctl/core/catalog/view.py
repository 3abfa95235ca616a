"""What someone sees: the store within one transaction, the tree, and who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.catalog.tree import Tree
from numctl.core.errors import OutOfScope

if TYPE_CHECKING:
    from numctl.core.store.connection import Connection


class View:
    """Handed to every feature that reads; ``Operation`` is one that can change things, too.

    ``acting`` is the row id of the acting organization, ``action`` the command in the user's words.
    ``moment`` (RFC 3339, UTC) and ``day`` (``YYYY-MM-DD``) tell what is seen; None is now. ``dated_back``:
    organizations and series are those of a later moment, nothing earlier being known of them. ``partial``:
    the store gives what the acting organization may see and no more, its journal too.
    """

    def __init__(
        self,
        connection: Connection,
        tree: Tree,
        acting: int,
        action: str = "",
        moment: str | None = None,
        day: str | None = None,
        *,
        dated_back: bool = False,
        partial: bool = False,
    ) -> None:
        self.connection = connection
        self.tree = tree
        self.acting = acting
        self.action = action
        self.moment = moment
        self.day = day
        self.dated_back = dated_back
        self.partial = partial

    @property
    def scope(self) -> frozenset[int]:
        """The acting organization and everything below it, by row id."""
        return self.tree.scope(self.acting)

    @property
    def sees_all(self) -> bool:
        """Whether the root acts."""
        return self.acting == self.tree.root

    def organization(self, text: str | None) -> int:
        """The organization that ``text`` names within scope; the acting one where it is None.

        Raises OutOfScope, NotFound or Ambiguous.
        """
        return self.acting if text is None else self.tree.find(text, self.acting)

    def root_only(self) -> None:
        """Raises OutOfScope for anyone who acts below the root."""
        if not self.sees_all:
            raise OutOfScope(
                f"`{self.action}` concerns the store as a whole,"
                f" and you act as {self.tree.path(self.acting)}.",
                "Only who acts as the root may do it: leave --as out.",
            )


def acting(tree: Tree, named: str | None, reader: int | None = None) -> int:
    """Who acts: the root, or whom ``named`` says; with a ``reader`` (a row id) that, or one below.

    Raises OutOfScope, NotFound or Ambiguous.
    """
    if reader is not None and reader not in tree:
        raise OutOfScope("The organization that you may read was removed.", "Ask who manages this store.")
    own = tree.root if reader is None else reader
    return tree.find(named, own) if named else own


def owner_only(action: str) -> OutOfScope:
    """The refusal of what only the one may do whose the tables on a server are."""
    return OutOfScope(f"`{action}` is for the one whose the tables are.", "You may read them.")
