"""What one action is: the record that command line, batch, answers, history and manual read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numctl.core.rules.model import Status


class Kind(StrEnum):
    """What the value of a batch's key is, and so how it is read."""

    NUMBERS = "numbers"
    NUMBER = "number"
    ORGANIZATION = "organization"
    SERIES = "series"
    TAG = "tag"
    USER = "user"
    REASON = "reason"
    QUANTITY = "quantity"
    DAYS = "days"
    DAY_TO_COME = "day to come"
    DAY_OR_NEVER = "day to come, or never"
    FLAG = "flag"
    PATTERN = "pattern"
    SIZE = "size"
    LABELS = "labels"
    KEYS = "keys of labels"
    NAME = "name of an organization"
    TEXT = "text"
    EMAILS = "addresses"
    PERCENT = "per cent"


class Named(StrEnum):
    """How an action is told what it acts on."""

    NUMBERS = "numbers"
    NUMBERS_OR_USER = "numbers or a user's"
    NUMBERS_OR_QUANTITY = "numbers or a quantity of a series"
    QUANTITY = "a quantity of a series"
    NOTHING = "no numbers"


class Action(NamedTuple):
    """One line of the rule book.

    ``sources`` are the statuses that the action may start from (none: the number must not be in the
    inventory yet), ``to`` those it may lead to (none: the number leaves the inventory); an action of
    which both are none does nothing to numbers by itself. ``notes`` is what the manual says beside.

    ``done`` and ``would`` are the sentence of the answer; ``past`` the line of the history (``done``
    with a small letter, where it is none). In them ``{n}`` is "1 number" or "3 numbers", any other word
    a fact of the operation. ``tells`` are the facts that the answer adds where all numbers share them.

    ``keys`` are those of a line of a batch and how each is read, ``required`` the ones it can't do
    without. What isn't ``offered`` helps no one whose number was refused. ``final`` says
    why an action can't be undone, where it can't. ``makes``: it may make organizations or series on the way,
    and its answer says which.
    """

    name: str
    done: str
    would: str
    past: str = ""
    sources: frozenset[Status] = frozenset()
    to: frozenset[Status] = frozenset()
    notes: str = ""
    named: Named = Named.NOTHING
    tells: tuple[str, ...] = ()
    keys: Mapping[str, Kind] = {}
    required: tuple[str, ...] = ()
    offered: bool = True
    final: str = ""
    makes: bool = False

    @property
    def is_rule(self) -> bool:
        """Whether the action changes a number's state."""
        return bool(self.sources or self.to)

    @property
    def keeps_status(self) -> bool:
        """Whether each number stays in the status it has."""
        return self.sources == self.to

    @property
    def of_numbers(self) -> bool:
        """Whether it is about numbers, and says how many."""
        return "{n}" in self.done

    @property
    def line(self) -> str:
        """The line of the history, with the words to be filled in."""
        return self.past or self.done[0].lower() + self.done[1:]
