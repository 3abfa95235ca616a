"""The line for a monitoring system: who is at or above the threshold, in the Monitoring Plugins' form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.notifications import thresholds

if TYPE_CHECKING:
    from numctl.core.notifications.thresholds import Standing
    from numctl.session import Session

BELOW, REACHED, EXHAUSTED = 0, 1, 2  # exit codes of the Monitoring Plugins
WORDS = {BELOW: "OK", REACHED: "WARNING", EXHAUSTED: "CRITICAL"}
NAMED = 3  # organizations in the text
MEASURED = 20  # organizations with performance data
UNSAFE_IN_LABELS = str.maketrans("'=|", "___")


def tell(session: Session, top: str | None, *, notify: bool) -> int:
    """Print where an organization and all below it stand, the worst first; give the exit code.

    With ``notify``, write to the administrators of all at or above their threshold.
    """
    with session.reading() as view:
        found = thresholds.standings(view, view.organization(top))
    reached = [standing for standing in found if standing.reached]
    queued = unheard = 0
    if notify and reached:
        with session.store.writing():
            queued, unheard = thresholds.notify(view, session.at, reached)
    code = EXHAUSTED if any(one.exhausted for one in found) else REACHED if reached else BELOW
    session.output.text(f"NUMCTL {WORDS[code]} - {_text(found, len(reached))}{_performance(found)}")
    if notify:
        _send(session, queued, unheard)
    return code


def _text(found: list[Standing], reached: int) -> str:
    if not found:
        return "no organization has numbers and a threshold"
    named = found[: max(1, min(reached, NAMED))]
    parts = [
        f"{one.path.replace('|', '_')} {one.percent}% of {one.figures.total} in use"
        f" (threshold {one.threshold}%)"
        for one in named
    ]
    if reached > NAMED:
        parts.append(f"and {reached - NAMED} more")
    return ", ".join(parts)


def _performance(found: list[Standing]) -> str:
    data = [
        f"'{one.path.translate(UNSAFE_IN_LABELS)}'={one.percent}%;@{one.threshold}:100;;0;100"
        for one in found[:MEASURED]
    ]
    return f" | {' '.join(data)}" if data else ""


def _send(session: Session, queued: int, unheard: int) -> None:
    if unheard:
        session.output.warn("Some of them have no administrator's address, nor has any organization above.")
    if not queued:
        return
    if session.settings.smtp is None:
        session.output.warn("No mail server is set, so the mail waits: the settings file has no [smtp].")
        return
    from numctl import mail

    mail.deliver_after_change(session)
