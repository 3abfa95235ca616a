"""What may look like a bug of numctl and is a damaged store: a look into it tells the two apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import Damaged, Refusal

if TYPE_CHECKING:
    from numctl.core.store.places import Place

PATIENCE = 1  # seconds


def found_in(path: Place) -> Damaged | None:
    """What is wrong with the store at ``path``; None if it is sound, or can't be looked into now."""
    from numctl.core.actions.opening import open_store
    from numctl.core.check import checking

    try:
        with open_store(path, PATIENCE) as store:
            problems = checking.examine(store).problems if store.reader is None else []
    except Damaged as damaged:
        return damaged
    except Refusal:
        return None
    except Exception as error:  # not even that can be read
        problems = [f"It can't be read: {type(error).__name__}."]
    return _said(path, problems) if problems else None


def _said(path: Place, problems: list[str]) -> Damaged:
    more = f" There are {len(problems) - 1} more problems." if len(problems) > 1 else ""
    return Damaged(
        f"{path} is damaged: {problems[0]}{more}",
        "Nothing was changed. Run `numctl check` to see all, or go back to a backup.",
        path=str(path),
    )
