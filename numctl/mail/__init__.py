"""Mail: delivers the store's outbox, after a change or when asked to, and tests the way there."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from numctl import clock
from numctl.core.errors import BadValue, Refusal
from numctl.core.notifications import outbox
from numctl.core.text import clean_email, wire_address

if TYPE_CHECKING:
    from numctl.mail.delivery import Report
    from numctl.session import Session
    from numctl.settings import Smtp

# In seconds. After a change it is 5 at most: what is spent on the server, and two notes in the store.
AFTER_CHANGE = 3.5
NOTING = 0.7
EACH_STEP = 60.0  # when asked to: to connect, or to hand over one message
WITHOUT_END = 10.0**9

LOOK_AT_SETTINGS = "See [smtp] in the settings file."


class StillWaiting(Refusal):
    """Mail is still waiting after an attempt to deliver it."""

    code = 13
    kind = "mail-waiting"


def deliver_after_change(session: Session) -> None:
    """Try to deliver what waits in scope, within 5 seconds in all. Only warns where that fails.

    After an attempt in vain, no other command tries for 5 minutes.
    """
    try:
        with session.store.impatient(NOTING):
            _try_to_deliver(session)
    except KeyboardInterrupt:
        raise SystemExit(130) from None  # the change is made and told, and not what was interrupted
    except Exception as error:
        _warn(session, error.message if isinstance(error, Refusal) else f"{type(error).__name__}.")


def send_waiting(session: Session, *, failed_too: bool = False) -> Report:
    """Deliver all that waits in scope, with ``failed_too`` also what was refused for good before.

    Raises BadValue or Refusal where the settings don't do.
    """
    from numctl.mail.delivery import Delivery, Patience
    from numctl.mail.server import Server

    server = Server(_server_of(session))
    with session.reading() as view:
        pass
    if failed_too:
        with session.store.writing():
            outbox.revive(view)
    patience = Patience(EACH_STEP, monotonic() + WITHOUT_END)
    return Delivery(session.store, view, server, patience, session.settings.supplier).run()


def send_test(session: Session, address: str) -> str:
    """Send a test message to an address at once; give the server's name.

    Raises BadValue for the address or the settings, Refusal with the reason where it isn't taken.
    """
    from uuid import uuid4

    from numctl.mail import composing
    from numctl.mail.server import Server, Unreachable, within

    server = Server(_server_of(session))
    recipient = wire_address(clean_email(address))
    envelope = composing.Envelope(server.author, [recipient])
    text = composing.text_of("test", {}, session.settings.supplier)
    message_id = f"{uuid4().hex}@{server.domain or outbox.OWN_DOMAIN}"
    message = composing.message(envelope, "A test of numctl's mail", text, message_id)
    try:
        connection = within(EACH_STEP, server.name, lambda: server.connect(EACH_STEP))
        try:
            receipt = within(EACH_STEP, server.name, lambda: connection.hand_over(message, [recipient]))
            within(EACH_STEP, server.name, connection.leave)
        finally:
            connection.hang_up()
    except Unreachable as error:
        raise Refusal(f"The test message could not be sent: {error}.", LOOK_AT_SETTINGS) from None
    if not receipt.reached:
        raise Refusal(f"The test message was refused: {receipt.reasons}.", LOOK_AT_SETTINGS)
    return server.name


def _server_of(session: Session) -> Smtp:
    if session.settings.smtp is None:
        raise BadValue(
            "No mail server is set: the settings file has no [smtp].",
            'Add [smtp] with host = "..." to numctl/config.toml in your configuration folder.',
            key="smtp",
        )
    return session.settings.smtp


def _try_to_deliver(session: Session) -> None:
    from numctl.mail.delivery import REST, Delivery, Patience, stamp
    from numctl.mail.server import Server

    patience = Patience(AFTER_CHANGE, monotonic() + AFTER_CHANGE)
    server = Server(_server_of(session))
    with session.reading() as view:
        rests_until = outbox.rests_until(view.connection)
    if stamp(clock.now()) < rests_until <= stamp(clock.now(), REST):  # later than that: a clock went back
        session.output.note(f"Mail waits until {rests_until}, or for `numctl mail send`.")
        return
    report = Delivery(session.store, view, server, patience, session.settings.supplier).run()
    if report.problems:
        more = f", and {len(report.problems) - 1} more" if len(report.problems) > 1 else ""
        _warn(session, f"{report.problems[0]}{more}.")


def _warn(session: Session, reason: str) -> None:
    session.output.warn(
        f"Mail could not be delivered: {reason} See `numctl mail list`, try `numctl mail send`."
    )
