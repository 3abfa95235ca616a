"""One operation: what it did within its transaction, its row in the journal, and its answer."""

from __future__ import annotations

import json
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from numctl.core.catalog import series as rows_of_series
from numctl.core.catalog.tree import Tree
from numctl.core.catalog.view import View
from numctl.core.changes import journal
from numctl.core.changes.catalog import ORGANIZATION, SERIES, CatalogWriter
from numctl.core.changes.labels import LabelWriter
from numctl.core.changes.writer import Writer
from numctl.core.errors import NumbersRefuse
from numctl.core.numbers.packed import Packed
from numctl.core.numbers.ranges import total
from numctl.core.rules.book import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection


_T = TypeVar("_T")
_REMEMBERED = 1_000  # things
_BEGIN = "INSERT INTO operation (id, at, actor, acting_as, action, message) VALUES (?, ?, ?, ?, ?, ?)"
_HELD_UNTIL = "UPDATE inventory SET due = ? WHERE due = '' OR due > ?"
_TOUCHED = (
    "SELECT first, last FROM piece WHERE operation = ? ORDER BY position",
    "SELECT first, last FROM label_piece WHERE operation = ? ORDER BY position",
)
_NAMES = """
SELECT (SELECT name FROM series WHERE id = ?), (SELECT nullif(user.name, '') FROM user WHERE id = ?)
"""
_SEAL = "UPDATE operation SET count = ?, facts = ?, undoes = ?, op_key = ?, command = ? WHERE id = ?"


class Act(NamedTuple):
    """Who does something, as whom, when, and with what said beside it.

    ``at`` is RFC 3339 in UTC; ``today`` the date (``YYYY-MM-DD``) in the administrators' time zone;
    ``acting_as`` an organization's row id (0: the root); ``op_key`` with ``command`` (a digest of the
    whole command) makes a retry safe; ``expect`` is how many numbers must change.
    """

    actor: str
    at: str
    today: str
    acting_as: int = 0
    message: str = ""
    dry_run: bool = False
    op_key: str | None = None
    command: str = ""
    expect: int | None = None


class Outcome(NamedTuple):
    """What a change answers. ``operation`` is None when nothing changed or in a dry run.

    ``source`` and ``to`` are the paths of the organization that held the numbers before and after,
    ``series``, ``tag`` and ``user`` what they have now: each None where there is none or not one alone.
    ``extra`` is what only some actions say. ``replayed``: it was done before, under the same key;
    ``undone_by`` is the operation that has undone it since.
    """

    operation: int | None
    action: str
    dry_run: bool
    count: int  # type: ignore[assignment]
    ranges: Packed
    source: str | None
    to: str | None
    series: str | None
    tag: str | None
    user: str | None
    queued_mail: int
    extra: dict[str, object]
    replayed: bool = False
    undone_by: int | None = None


class Operation(View):
    """What a feature works with while its transaction is open."""

    def __init__(self, connection: Connection, act: Act, action: str) -> None:
        latest = connection.execute(journal.LAST)  # waited for together with the tree
        tree = Tree.load(connection)
        super().__init__(connection, tree, act.acting_as or tree.root, action)
        self.act = act
        self.facts: dict[str, object] = {}
        self._previous_hash: bytes
        last, self._previous_hash, last_at = latest.fetchone() or (0, b"", "")
        self.id = last + 1
        self.at = max(act.at, last_at)  # a clock that went back doesn't reorder what happened
        self.undoes: int | None = None
        self.writer = Writer(connection, self.id, self.scope)
        self.catalog = CatalogWriter(connection, self.id)
        self.labels = LabelWriter(connection, self.id)
        self._noted = self.has_lines = False
        self._remembered: dict[str, tuple[int, Any]] = {}  # each with its stamp
        connection.execute(_BEGIN, (self.id, self.at, act.actor, self.acting, action, act.message))

    def remembered(self, what: str, make: Callable[[], _T], stamp: int | None = None) -> _T:
        """What ``make`` gives, once for as long as ``stamp`` is the same: as the catalog is, for None."""
        now = self.catalog.positions if stamp is None else stamp
        known = self._remembered.get(what)
        if known is None or known[0] != now:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            known = self._remembered[what] = (now, make())
        found: _T = known[1]
        return found

    @property
    def changed(self) -> bool:
        others = self.catalog.positions + self.labels.positions
        return self._noted or others > 0 or self.writer.effects.count > 0

    @property
    def written(self) -> Connection:
        """The connection, with all that was done so far written: what to read spans by."""
        if self.writer.has_unwritten:
            self.writer.flush()
        return self.connection

    @contextmanager
    def at_line(self, line: int) -> Iterator[None]:
        """Within this, what changes stands in the journal with this line of a batch."""
        self.writer.line = self.catalog.line = self.labels.line = line
        self.has_lines = True
        try:
            yield
        finally:
            self.writer.line = self.catalog.line = self.labels.line = 0

    def ahead(
        self,
        numbers: Sequence[Pair],
        labelled: Sequence[Pair] = (),
        names: Iterable[str] = (),
        tags: Iterable[str] = (),
        targets: Iterable[int] = (),
    ) -> None:
        """Have at hand, with few questions, what the next changes need (see ``Writer.ahead``).

        ``labelled`` are numbers of which the labels may change.
        """
        take_in = self.labels.ahead(labelled)
        self.writer.ahead(numbers, names, tags, targets)
        take_in()

    def note(self, **facts: object) -> None:
        """Note that something beside numbers changed; ``facts`` say what, in history and answer."""
        self._noted = True
        self.facts.update(facts)

    def reload_tree(self) -> None:
        """Read the organizations anew after one was renamed, moved or removed."""
        self.tree = Tree.load(self.connection)
        self.writer.scope = self.scope

    def finish(self, notify: Callable[[Operation], int]) -> Outcome:
        """Write what is still in memory, let ``notify`` queue messages, seal the journal's row.

        ``notify`` gives how many it queued; it is asked only where numbers changed.
        """
        self.writer.flush()
        self.labels.flush()
        effects = self.writer.effects
        numbers = self._numbers()
        if self.act.expect is not None and numbers != self.act.expect:
            raise NumbersRefuse(
                f"{self.act.expect} numbers were expected to change, but it would be {numbers}.",
                "Nothing was changed.",
                expected=self.act.expect,
                count=numbers,
            )
        record = ACTIONS.get(self.action)
        if record is not None and record.makes:
            self.facts.update(self._made())
        if effects.due:
            self.connection.execute(_HELD_UNTIL, (effects.due, effects.due))
        queued = notify(self) if effects.count else 0
        self.facts = {**effects.shared(), "queued_mail": queued, **self.facts}
        if many := self.facts["queued_mail"]:
            self.facts["mail"] = journal.mail_queued(self.connection, int(str(many)))
        if self.act.op_key is not None:
            self.facts["told"] = self._told()
        return self._seal(numbers)

    def _made(self) -> dict[str, object]:
        """The organizations and series that weren't there before, by name; a dry run says also that none."""
        organizations = [id for kind, id in self.catalog.new if kind == ORGANIZATION]
        series = [id for kind, id in self.catalog.new if kind == SERIES]
        made: dict[str, object] = {
            "organizations": [self.tree.path(id) for id in organizations if id in self.tree],
            "series_made": rows_of_series.names_of(self.connection, series),
        }
        return {word: names for word, names in made.items() if names or self.act.dry_run}

    def _told(self) -> dict[str, object]:
        """The names that the answer says, as they are now: a retry answers with them, whatever comes later.

        Users are told by what they are called then: who is forgotten is so here, too.
        """
        places = {word: self.facts.get(word) for word in (*_PLACES, *_ENDS)}
        told: dict[str, object] = {
            word: self.tree.path(id) for word, id in places.items() if isinstance(id, int) and id in self.tree
        }
        if isinstance(series := self.facts.get("series"), int):
            told["series"] = rows_of_series.name_of(self.connection, series)
        return told

    def _numbers(self) -> int:
        """How many numbers changed, each counted once, however often a batch changed it."""
        states, labels = self.writer.effects.count, self.labels.count
        if not (self.has_lines or (self.undoes and states and labels)):  # else both changed the same numbers
            return states or labels
        return total(_together(self.connection.execute(pieces, (self.id,)) for pieces in _TOUCHED))

    def _seal(self, numbers: int) -> Outcome:
        """Write the journal's row with its hash; give the answer, read together with what is hashed."""
        keyed = self.act.op_key is not None
        text = json.dumps(self.facts, ensure_ascii=False)
        command = self.act.command if keyed else ""
        self.connection.execute(_SEAL, (numbers, text, self.undoes, self.act.op_key, command, self.id))
        answer = _Answer(self.connection, self.id, json.loads(text))
        seal = journal.digest(self.connection, self.id, self._previous_hash)
        self.connection.execute("UPDATE operation SET hash = ? WHERE id = ?", (seal, self.id))
        return answer.told(self.tree, self.action, numbers)


def outcome(connection: Connection, tree: Tree, id: int) -> Outcome:
    """The answer of a sealed operation, put together from the journal."""
    action, count, facts = connection.execute(
        "SELECT action, count, facts FROM operation WHERE id = ?", (id,)
    ).fetchone()
    return _Answer(connection, id, json.loads(facts)).told(tree, action, count)


class _Answer:
    """What an operation answers, asked for but not waited for."""

    def __init__(self, connection: Connection, id: int, facts: dict[str, Any]) -> None:
        self._id, self._facts = id, facts
        self._touched = [connection.execute(pieces, (id,)) for pieces in _TOUCHED]
        self._names = connection.execute(_NAMES, (facts.get("series"), facts.get("user")))

    def told(self, tree: Tree, action: str, count: int) -> Outcome:
        """The answer, by the organizations of ``tree``."""
        facts, ranges = self._facts, _together(self._touched)
        told, _ = facts.pop("told", {}), facts.pop("mail", None)
        names = dict(zip(("series", "user"), self._names.fetchone(), strict=True))
        for word in _PLACES & facts.keys():
            facts[word] = tree.path(facts[word]) if facts[word] in tree else None
        for word in _ENDS:
            place = facts.pop(word, None)
            names[word] = tree.path(place) if place in tree else None
        for word in ("series", "user"):
            facts.pop(word, None)
        facts |= {word: name for word, name in told.items() if word in facts}
        names |= {word: name for word, name in told.items() if word in names}
        return Outcome(
            operation=self._id,
            action=action,
            dry_run=False,
            count=count,
            ranges=ranges,
            source=names["from"],
            to=names["to"],
            series=names["series"],
            tag=facts.pop("tag", None),
            user=names["user"],
            queued_mail=facts.pop("queued_mail", 0),
            extra=facts,
        )


def _together(touched: Iterable[Iterable[Pair]]) -> Packed:
    """The numbers of both journals' pieces. Those of each mostly ascend, both together don't."""
    return Packed(chain.from_iterable(map(Packed.runs, touched))).joined()


_ENDS = ("from", "to")
_PLACES = frozenset(("organization", "parent", "old_parent"))  # in the facts of changes to the catalog
