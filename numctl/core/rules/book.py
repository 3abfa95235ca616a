"""The rule book: every action by its name. An action that is not in it does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.rules.number_actions import NUMBER_ACTIONS
from numctl.core.rules.store_actions import STORE_ACTIONS

if TYPE_CHECKING:
    from numctl.core.rules.model import Status
    from numctl.core.rules.record import Action

ACTIONS: dict[str, Action] = {action.name: action for action in (*NUMBER_ACTIONS, *STORE_ACTIONS)}


def allowed(status: Status, *, forwarding: bool = False) -> list[str]:
    """The actions that a number of this status admits, in the rule book's order.

    ``forwarding`` says whether the number has a forwarding number; without one it can't be forwarded.
    """
    return [
        action.name
        for action in NUMBER_ACTIONS
        if action.offered and status in action.sources and (action.name != "forward" or forwarding)
    ]
