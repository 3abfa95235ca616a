"""``numctl mail send``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from numctl.mail.delivery import Report
    from numctl.session import Session


def send(
    ctx: typer.Context,
    failed: Annotated[
        bool, typer.Option("--failed", help="Try again what the mail server refused for good, too.")
    ] = False,
) -> None:
    """Deliver the messages that wait, by the mail server of the settings' [smtp].

    What the server refuses for now waits for the next time; exit code 13 says that mail still waits.

    Examples:
        numctl mail send
        numctl mail send --failed
    """
    from numctl import mail

    session: Session = ctx.obj
    report = mail.send_waiting(session, failed_too=failed)
    facts = {"sent": report.sent, "failed": report.failed, "waiting": report.waiting}
    session.output.answer(facts, _sentence(report))
    for problem in report.problems:
        session.output.warn(f"{problem}.")
    if report.waiting:
        raise mail.StillWaiting(
            f"{_messages(report.waiting)} {'is' if report.waiting == 1 else 'are'} still waiting.",
            "Try again later; 'numctl mail list' shows why.",
            waiting=report.waiting,
        )


def _sentence(report: Report) -> str:
    failed = f" {_messages(report.failed)} failed for good." if report.failed else ""
    return f"Sent {_messages(report.sent) if report.sent else 'nothing'}.{failed}"


def _messages(n: int) -> str:
    return "1 message" if n == 1 else f"{n} messages"
