"""What a list means by a row where it has no column for everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.rules.model import CARRIES, WITH_USER, Need, Status

if TYPE_CHECKING:
    from collections.abc import Collection

    from numctl.core.lists.held import Held


def meant(here: Held, wanted: Held, there: Held, present: Collection[str]) -> Held:
    """What numbers are to become. ``wanted`` is what they have with what the list says laid over it.

    Without a column of statuses they keep theirs, but for what the other columns say: who has a user is in
    use, what has a tag is reserved, and what has lost either by the list is available. What a status can't
    have goes with it.
    """
    status = wanted.status if "status" in present else _status(here, wanted, present)
    carries = CARRIES[status]
    return wanted._replace(
        status=status,
        tag=(wanted.tag or here.tag or there.tag or str(status)) if carries.tag else "",
        until=wanted.until if carries.until else "",
        user=wanted.user if carries.user else "",
        forward=wanted.forward if carries.forwarding else 0,
    )


def can_be(wanted: Held) -> bool:
    """Whether numbers can be like this: a status that must have a date has one."""
    return CARRIES[wanted.status].until is not Need.MUST or bool(wanted.until)


def needs_force(here: Held, wanted: Held | None) -> bool:
    """Whether a user would lose a number, or an aging one change before its day (``wanted`` None: gone)."""
    if here.status in WITH_USER:
        return wanted is None or wanted.status not in WITH_USER or wanted.user != here.user
    if here.status is Status.AGING:
        return wanted is None or (wanted.status, wanted.until) != (here.status, here.until)
    return False


def _status(here: Held, wanted: Held, present: Collection[str]) -> Status:
    if "user" in present:
        if wanted.user:
            return here.status if here.status in WITH_USER else Status.IN_USE
        if here.status in WITH_USER:
            return Status.RESERVED if "reserved_tag" in present and wanted.tag else Status.AVAILABLE
    if "reserved_tag" in present:
        if wanted.tag:
            return Status.RESERVED
        if here.status is Status.RESERVED:
            return Status.AVAILABLE
    if here.status is Status.AGING and {"reserved_until", "free_on"} & set(present) and not wanted.until:
        return Status.AVAILABLE
    return here.status
