"""The tree of organizations, and who may see what.

A tree is read whole (thousands of rows, milliseconds); it doesn't follow later changes but for
those told to ``graft`` and ``prune``. Nothing here recurses, so a thousand levels are no more than a
thousand steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import Ambiguous, BadValue, NotFound, OutOfScope
from numctl.core.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.store.connection import Connection

SEPARATOR = "/"


class Organization(NamedTuple):
    """One node. ``parent`` is 0 for the root; ``threshold`` is per cent, 0 for off.

    ``basis`` and ``aging`` (days) are None where the organization above says.
    """

    id: int
    parent: int
    name: str
    folded: str
    threshold: int
    basis: str | None = None
    aging: int | None = None


class Tree:
    """All organizations that are not retired."""

    def __init__(self, rows: list[Organization]) -> None:
        self.by_id = {row.id: row for row in rows}
        self._children: dict[int, list[int]] = {}
        for row in rows:
            self._children.setdefault(row.parent, []).append(row.id)
        for below in self._children.values():
            below.sort(key=lambda id: self.by_id[id].folded)
        self.root = self._children.get(0, [0])[0]
        self._paths: dict[int, str] = {}
        self._scopes: dict[int, frozenset[int]] = {}
        self._found: dict[tuple[str, int], int] = {}  # a batch asks for the same few a thousand times

    @classmethod
    def load(cls, connection: Connection, *, retired: bool = False) -> Tree:
        """Read the tree; with ``retired`` also the organizations that were removed, where they last were."""
        rows = connection.execute(
            "SELECT id, coalesce(parent, 0), name, folded, threshold, basis, aging FROM organization"
            " WHERE retired <= ?",
            (retired,),
        )
        return cls([Organization(*row) for row in rows])

    def graft(self, row: Organization) -> None:
        """Take in a new organization."""
        self.by_id[row.id] = row
        siblings = self._children.setdefault(row.parent, [])
        siblings.append(row.id)
        siblings.sort(key=lambda id: self.by_id[id].folded)
        self._scopes.clear()
        self._found.clear()

    def prune(self, id: int) -> None:
        """Let go of an organization with nothing below it."""
        self._children[self.by_id.pop(id).parent].remove(id)
        self._paths.pop(id, None)
        self._scopes.clear()
        self._found.clear()

    def __getitem__(self, id: int) -> Organization:
        return self.by_id[id]

    def __contains__(self, id: object) -> bool:
        return id in self.by_id

    def children(self, id: int) -> list[int]:
        """The organizations right below, by name."""
        return self._children.get(id, [])

    def above(self, id: int) -> Iterator[int]:
        """The organizations above ``id``, the nearest first."""
        parent = self.by_id[id].parent
        while parent:
            yield parent
            parent = self.by_id[parent].parent

    def below(self, id: int) -> Iterator[int]:
        """``id`` and everything below it, parents before children, siblings by name."""
        waiting = [id]
        while waiting:
            current = waiting.pop()
            yield current
            waiting.extend(reversed(self._children.get(current, ())))

    def scope(self, id: int) -> frozenset[int]:
        """``id`` and everything below it, as a set."""
        if id not in self._scopes:
            self._scopes[id] = frozenset(self.below(id))
        return self._scopes[id]

    def basis(self, id: int) -> str:
        """What an organization's threshold goes by: its own word or the nearest above; else ``held``."""
        return next((say for say in (self.by_id[up].basis for up in (id, *self.above(id))) if say), "held")

    def path(self, id: int) -> str:
        """The full name, ``Acme/Sales/EMEA``."""
        if id not in self._paths:
            names = [self.by_id[id].name, *(self.by_id[up].name for up in self.above(id))]
            self._paths[id] = SEPARATOR.join(reversed(names))
        return self._paths[id]

    def child(self, parent: int, name: str) -> int | None:
        """The organization of this name right below ``parent``, whatever its case."""
        folded = fold(name)
        return next((id for id in self.children(parent) if self.by_id[id].folded == folded), None)

    def at(self, path: str) -> int | None:
        """The organization at a path from the root, whatever its case."""
        first, *rest = path.split(SEPARATOR)
        if fold(first) != self.by_id[self.root].folded:
            return None
        current: int | None = self.root
        for name in rest:
            if current is None:
                return None
            current = self.child(current, name)
        return current

    def find(self, text: str, acting: int) -> int:
        """The organization that ``text`` names for someone acting as ``acting``.

        A path from the root wins; else any tail of a path that fits one organization in scope.
        Raises OutOfScope for one above, NotFound (with the nearest names in scope) or Ambiguous.
        """
        found = self._found.get((text, acting))
        if found is None:
            found = self._found[text, acting] = self._find(text, acting)
        return found

    def _find(self, text: str, acting: int) -> int:
        text = text.strip()
        if not text:
            raise BadValue("An organization's name is empty.", "Give a path such as Acme/Sales.")
        scope = self.scope(acting)
        if text.startswith(SEPARATOR):  # by its row id, for what must outlive a new name
            id = int(text[1:]) if text[1:].isascii() and text[1:19].isdigit() and len(text) < 20 else 0
            if id in scope:
                return id
            raise self._unknown(text, scope)
        exact = self.at(text)
        if exact is not None and exact in scope:
            return exact
        above = set(self.above(acting))
        if exact is not None and exact in above:
            raise self._above(exact)
        fitting = self._fitting(text)
        inside = [id for id in fitting if id in scope]
        if len(inside) == 1:
            return inside[0]
        if inside:
            paths = sorted(map(self.path, inside))
            raise Ambiguous(
                f"'{text}' could be any of {len(paths)} organizations: {', '.join(paths)}.",
                "Give the whole path.",
                organization=text,
                candidates=paths,
            )
        for id in fitting:
            if id in above:
                raise self._above(id)
        raise self._unknown(text, scope)

    def is_known(self, text: str, acting: int) -> bool:
        """Whether ``text`` is the path or the tail of a path of anything in scope."""
        scope = self.scope(acting)
        text = text.strip()
        return self.at(text) in scope or any(id in scope for id in self._fitting(text))

    def _fitting(self, text: str) -> list[int]:
        tail = [fold(name) for name in text.split(SEPARATOR)]
        return [id for id, row in self.by_id.items() if row.folded == tail[-1] and self._ends_in(id, tail)]

    def _ends_in(self, id: int, tail: list[str]) -> bool:
        for name in reversed(tail):
            row = self.by_id.get(id)
            if row is None or row.folded != name:
                return False
            id = row.parent
        return True

    def _above(self, id: int) -> OutOfScope:
        return OutOfScope(
            f"{self.path(id)} is above the organization you act as.",
            "Choose one below, or act as it with --as.",
            organization=self.path(id),
        )

    def _unknown(self, text: str, scope: frozenset[int]) -> NotFound:
        names = {self.path(id): id for id in scope}
        close = nearest(text, names)
        by_name = {self.by_id[id].name: self.path(id) for id in scope}
        close += [by_name[name] for name in nearest(text, by_name) if by_name[name] not in close]
        return NotFound(
            f"There is no organization '{text}'.",
            f"Nearest: {', '.join(close[:3])}." if close else "See `numctl org tree`.",
            organization=text,
            nearest=close[:3],
        )
