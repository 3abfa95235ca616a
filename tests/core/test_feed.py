"""The feed's rows: pieces cut where single numbers have something of their own."""

from __future__ import annotations

from itertools import groupby
from random import Random

from numctl.core.past.feed import _runs
from numctl.core.rules.model import NO_DETAIL, Detail

NONE = (NO_DETAIL, NO_DETAIL)


def test_runs_are_what_looking_at_each_number_finds() -> None:
    random = Random(1)  # noqa: S311 - a sample
    some = [(Detail(user, None), NO_DETAIL) for user in (1, 2)]
    for _ in range(300):
        first, last = 100, random.randint(100, 107)
        pairs = {n: random.choice(some) for n in range(first, last + 1) if random.random() < 0.6}
        wanted = []
        for pair, group in groupby(range(first, last + 1), key=lambda n: pairs.get(n, NONE)):
            numbers = [*group]
            wanted.append((numbers[0], numbers[-1], *pair))
        assert [*_runs(first, last, pairs)] == wanted
