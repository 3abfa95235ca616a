"""What a search finds, in the order of a column: its groups one after another, ties by number."""

from __future__ import annotations

from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.core.queries.labels import Wanted
from numctl.core.queries.selection import States
from numctl.core.queries.slices import spans_of
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numctl.core.catalog.view import View
    from numctl.core.queries.search import Search
    from numctl.core.queries.slices import Span, SpanSlice

COLUMNS = ("series", "number", "organization", "status", "reserved_tag", "reserved_until")
OF_LABEL = "label."  # a column of a label begins so
ONE_BY_ONE = 16  # groups that a page looks through one by one; most are full by then

_SORTER = "CREATE TABLE found (rank INTEGER, first INTEGER, last INTEGER, state INTEGER)"


class Order(NamedTuple):
    """How to sort: a column of ``COLUMNS``, and whether backwards. Ties go by number, upwards."""

    column: str = "number"
    descending: bool = False


def ordered(view: View, search: Search, order: Order, *, page: bool) -> Iterator[SpanSlice]:
    """The spans that ``search`` finds, in order; ``page``: only the first few will be taken."""
    if order.column == "number":
        return search.slices(descending=order.descending)
    return spans_of(_by_column(view, search, order, page=page))


def _by_column(view: View, search: Search, order: Order, *, page: bool) -> Iterator[Span]:
    if order.column.startswith(OF_LABEL):
        yield from _by_label(view, search, order.column.removeprefix(OF_LABEL), order.descending)
        return
    groups = _groups(view, search.picked, order)
    if page:
        for ids in islice(groups, ONE_BY_ONE):
            yield from search.found(States("", ()).among("id", ids))
    yield from _sorted(search.found(), groups)


def _groups(view: View, picked: States, order: Order) -> Iterator[list[int]]:
    """The states that have numbers, by what they have in a column; those that have nothing come last."""
    held = "EXISTS (SELECT 1 FROM span WHERE span.state = state.id)"
    states = f"FROM state WHERE id IN ({picked.query}) AND {held}"
    keyed: Iterable[tuple[str, int]]
    if order.column == "reserved_tag":  # there may be a hundred thousand: SQLite keeps them
        direction = "DESC" if order.descending else "ASC"
        keyed = view.connection.execute(
            f"SELECT folded, id {states} ORDER BY folded = '', folded {direction}", picked.values
        )
    else:
        key = _key(view, order.column)
        column = "until" if order.column == "reserved_until" else order.column
        rows = view.connection.execute(f"SELECT {column}, id {states}", picked.values)
        keyed = sorted(((key(value), id) for value, id in rows), reverse=order.descending)
        keyed.sort(key=lambda pair: not pair[0])  # what has nothing there comes last, both ways
    for _, group in groupby(keyed, key=itemgetter(0)):
        yield [id for _, id in group]


def _by_label(view: View, search: Search, key: str, descending: bool) -> Iterator[Span]:
    """What a search finds by the value of a label, A to Z; what hasn't it comes last, both ways."""
    direction = "DESC" if descending else "ASC"
    values = view.connection.execute(
        f"SELECT DISTINCT folded FROM label WHERE key = ? ORDER BY folded {direction}",  # noqa: S608
        (key,),
    ).fetchall()
    for (value,) in values:
        yield from search.labelled(Wanted(((key, value),))).found()
    yield from search.labelled(Wanted((), (key,))).found()


def _key(view: View, column: str) -> Callable[[Any], str]:
    if column == "series":
        return dict(view.connection.execute("SELECT id, folded FROM series")).__getitem__
    if column == "organization":
        return cache(lambda id: fold(view.tree.path(id)))
    return str


def _sorted(spans: Iterable[Span], groups: Iterable[list[int]]) -> Iterator[Span]:
    """The spans of some groups of states, group by group. A database in a file of its own sorts them."""
    ranks = {id: rank for rank, ids in enumerate(groups) for id in ids}
    if not ranks:
        return
    from numctl.core.store import sorting

    with sorting.sorter() as sorter:
        sorter.execute(_SORTER)
        rows = ((ranks[span[2]], *span) for span in spans if span[2] in ranks)
        sorter.executemany("INSERT INTO found VALUES (?, ?, ?, ?)", rows)
        ranks.clear()  # they have done their work, and may be a hundred thousand
        yield from sorter.execute("SELECT first, last, state FROM found ORDER BY rank, first")
