"""What the bodies of the writer share: one cache, one journal, the counts; and what is had at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from numctl.core.numbers.ranges import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numctl.core.changes.cache import Cache
    from numctl.core.changes.details import Details
    from numctl.core.changes.effects import Effects
    from numctl.core.changes.journal import Journal
    from numctl.core.changes.states import States
    from numctl.core.numbers.ranges import Pair
    from numctl.core.store.connection import Connection


class Parts(NamedTuple):
    """Of one operation. Cache and journal are written before another body than the first is at work."""

    connection: Connection
    operation: int
    cache: Cache
    journal: Journal
    states: States
    effects: Effects


FEW = 100  # numbers about which all is asked for together, if need be twice


class AtHand(NamedTuple):
    """What is read in few questions before numbers are changed one after another."""

    cache: Cache
    states: States
    details: Details

    def ask(self, numbers: Sequence[Pair], names: Iterable[str] = (), tags: Iterable[str] = ()) -> None:
        """Read what is around numbers, the users of some names, and the states with some tags."""
        numbers = list(dict.fromkeys(numbers))
        new = self.cache.missing(numbers)
        own = [one for one in numbers if not self.details.has(*one)]
        few = total(new) + total(own) <= FEW
        asked = [
            self.cache.ahead(new),
            self.states.ahead(new, tags) if few else self.states.ahead_of_all(tags),
            self.details.ahead(own, names, few=few),
        ]
        for take_in in asked:
            take_in()
        if not few:
            self.states.look_up(self.cache.values())()

    def ask_for_ways(self, targets: Iterable[int]) -> None:
        """Read what is around the numbers that calls to some go on to, step by step."""
        seen: set[int] = set()
        ways = set(targets)
        while ways := {on for number in ways if (on := self.details.of(number).forward_to)} - seen:
            seen |= ways
            self.ask([(number, number) for number in sorted(ways)])
