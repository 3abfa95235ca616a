"""What names stand for beside a store's tables: common table expressions ahead of each statement.

A standby makes no temporary table and no view, so that rows lie in settings of the transaction, a column in
each, from which an expression takes them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from numctl.core.store.server.words import quoted, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

_WITH = re.compile(r"\s*WITH (RECURSIVE )?")
_NAME = re.compile(r'(?<![.\w])"?(\w+)"?')
_TYPES = {"INTEGER": "bigint", "TEXT": "text"}
_PUT = "SELECT set_config($1, $2::{type}[]::text, true)"


class Overlay:
    """The expressions that are laid, in the order in which they may name one another."""

    def __init__(self) -> None:
        self._expressions: dict[str, str] = {}
        self._needs: dict[str, set[str]] = {}  # the names that each one has, with what those need
        self._made: dict[str, str] = {}

    def rows(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, list[Any]]]:
        """Lay rows; give the statements that put them where they are taken from, and what each is given."""
        types = [part.split()[:2] for part in columns.split(", ")]
        values = zip(*rows, strict=True)
        taken = []
        for column, kind in types:
            kind = _TYPES[kind]
            setting = f"numctl.{name}_{column}"
            yield _PUT.format(type=kind), [setting, list(next(values, ()))]
            taken.append(f"current_setting('{setting}')::{kind}[]")
        names = ", ".join(quoted(column) for column, _ in types)
        self._lay(name, f"{name} ({names}) AS (SELECT * FROM unnest({', '.join(taken)}))")  # noqa: S608

    def query(self, name: str, query: str, schema: str) -> None:
        """Let a name stand for a query; ``schema`` is where the store's tables are."""
        self._expressions.pop(name, None)
        self._lay(name, f"{said(name, schema).text} AS NOT MATERIALIZED ({said(query, schema).text})")

    def _lay(self, name: str, expression: str) -> None:
        named = self._named(expression) - {name}
        self._needs[name] = named.union(*(self._needs[one] for one in named)) | {name}
        self._expressions[name] = expression
        self._made.clear()

    def _named(self, text: str) -> set[str]:
        return self._expressions.keys() & set(_NAME.findall(text))

    def over(self, text: str) -> str:
        """A statement that reads what is laid, where it names any of it."""
        if text not in self._made:
            self._made[text] = self._over(text)
        return self._made[text]

    def _over(self, text: str) -> str:
        named = self._named(text)
        if not named:
            return text
        needed = set().union(*(self._needs[one] for one in named))
        laid = ", ".join(own for name, own in self._expressions.items() if name in needed)
        with_own = _WITH.match(text)
        if with_own is None:
            return f"WITH {laid} {text}"
        return f"WITH {with_own[1] or ''}{laid}, {text[with_own.end() :]}"
