"""``numctl`` alone: how one's store stands, above the short help."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.reports.overview import Overview
    from numctl.session import Session

NONE_YET = (
    "There is no store yet ({}). `numctl demo` makes one to try things on,"
    " `numctl init --name NAME` one for your own numbers."
)
NAMED = 3  # organizations at or above their threshold


def lines(session: Session) -> list[str]:
    """A few lines on the store, none where what is there can't be read."""
    from numctl.core.errors import Refusal
    from numctl.core.reports.overview import overview

    try:
        if session.settings.remote is not None:
            return []
        if isinstance(db := session.settings.db, Path) and not os.path.lexists(db):
            return [NONE_YET.format(session.settings.db)]
        with session.reading() as view:
            return [*_told(overview(view, session.today), str(session.settings.db))]
    except (Refusal, OSError):
        return []
    finally:
        session.close()


def _told(found: Overview, store: str) -> Iterator[str]:
    figures = found.figures
    if not figures.total:
        yield f"{found.organization} has no numbers yet ({store}). Begin with `add` or `import`."
        return
    yield (
        f"{found.organization}: {figures.total} numbers, {figures.percent}% in use,"
        f" {figures.available} available to give out ({store})."
    )
    if found.over:
        named = ", ".join(f"{one.path} {one.percent}%" for one in found.over[:NAMED])
        more = f" and {len(found.over) - NAMED} more" if len(found.over) > NAMED else ""
        yield f"At or above the threshold: {named}{more}. See `numctl utilization --tree`."
    if found.ending:
        yield f"Held until a day of this week: {found.ending}. See `numctl search --until-before +8d`."
    if found.waiting:
        yield f"Messages that wait: {found.waiting}. See `numctl mail list`, `numctl mail send`."
