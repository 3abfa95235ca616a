"""The words of numctl's mail: plain text, and the same as a simple page of HTML.

A text is made at sending, from the facts that were kept when its message was queued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from numctl.mail import headers
from numctl.output.formats import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from email.message import EmailMessage

    from numctl.settings import Supplier

# The five categories of utilization in the order of the bar, each with its colour.
COLOURS = {
    "available": "#c8e6c9",
    "reserved": "#ffcc80",
    "assigned": "#90caf9",
    "registered": "#1976d2",
    "allocated": "#7e57c2",
}
SIGNATURE = "Sent by numctl, which administers these numbers."
LINE = 72  # characters of a line of plain text


class Text(NamedTuple):
    """Paragraphs, each of one or more lines; ``categories`` are counts, drawn below the first."""

    paragraphs: Sequence[Sequence[str]]
    categories: Mapping[str, int]

    def plain(self) -> str:
        """The text, an empty line between its paragraphs."""
        blocks = ["\n".join(map(_filled, lines)) for lines in self.paragraphs]
        if self.categories:
            width = max(len(str(n)) for n in self.categories.values())
            figures = [f"  {name:<10}  {n:>{width}}" for name, n in self.categories.items()]
            blocks.insert(1, "\n".join(figures))
        return "\n\n".join(blocks) + "\n"

    def html(self) -> str:
        """The text as a page that needs nothing from elsewhere; what people have typed is escaped."""
        from html import escape

        blocks = [
            "<p>" + "<br>\n".join(escape(shown(line)) for line in lines) + "</p>" for lines in self.paragraphs
        ]
        if self.categories:
            blocks.insert(1, _bar(self.categories))
        body = "\n".join(blocks)
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"></head>\n'
            f'<body style="font-family: sans-serif; max-width: 40em">\n{body}\n</body></html>\n'
        )


def text_of(kind: str, facts: Mapping[str, Any], supplier: Supplier | None) -> Text:
    """The text of a message of this kind. Raises KeyError, TypeError or ValueError where facts are odd."""
    return {"threshold": _of_threshold, "request": _of_request, "test": _of_test}[kind](facts, supplier)


def _of_threshold(facts: Mapping[str, Any], supplier: Supplier | None) -> Text:
    name, in_use, total = facts["organization"], int(facts["in_use"]), int(facts["total"])
    left = total - in_use
    first = (
        f"{name} uses {in_use} of its {total} telephone numbers ({facts['percent']}%);"
        f" its threshold is {facts['threshold']}%."
    )
    if left:
        second = f"{left} {'number is' if left == 1 else 'numbers are'} still available."
    else:
        second = (
            "None is left available: no more can be assigned, reserved or allocated,"
            " and no more messages will come until some are."
        )
    more = max(1, 100 * in_use // int(facts["threshold"]) - total + 1)
    steps = [
        "What to do next:",
        f"- Ask for more: {_command(name, 'request', '--quantity', str(more), '--send')}",
        f"  ({more} more would bring it below its threshold.)",
        *_supplier_lines(supplier),
        f"- See which series run out: {_command(name, 'utilization', '--by', 'series')}",
        f"- See what is held in reserve: {_command(name, 'search', '--status', 'reserved')}",
    ]
    categories = {category: int(facts["categories"][category]) for category in COLOURS}
    return Text([[first], [second], *_others(facts), steps, [SIGNATURE]], categories)


def _others(facts: Mapping[str, Any]) -> Iterator[list[str]]:
    """What is said of other organizations in the same message."""
    if others := facts.get("others"):
        told = (
            f"- {one['organization']}: {one['in_use']} of {one['total']} in use ({one['percent']}%),"
            f" threshold {one['threshold']}%"
            for one in others
        )
        yield ["Also at or above their threshold:", *told]


def _of_request(facts: Mapping[str, Any], supplier: Supplier | None) -> Text:
    of_series = f" of series {facts['series']}" if facts["series"] else ""
    numbers = (
        "1 more telephone number" if facts["quantity"] == 1 else f"{facts['quantity']} more telephone numbers"
    )
    asked = f"We ask for {numbers}{of_series} for {facts['organization']}."
    paragraphs = [[asked]]
    if facts["total"]:
        paragraphs.append([f"It has {facts['total']} at present, of which {facts['in_use']} are in use."])
    if facts["note"]:
        paragraphs.append([str(facts["note"])])
    if facts["reply_to"]:
        paragraphs.append([f"Please reply to {', '.join(facts['reply_to'])}."])
    return Text(paragraphs, {})


def _of_test(facts: Mapping[str, Any], supplier: Supplier | None) -> Text:
    return Text([["This is a test of numctl's mail. It has arrived: all is well."], [SIGNATURE]], {})


def _supplier_lines(supplier: Supplier | None) -> list[str]:
    ways = [supplier.email, supplier.phone] if supplier else []
    known = [way for way in ways if way]
    return [f"- The supplier: {', '.join(known)}"] if known else []


def _command(organization: str, *words: str) -> str:
    """A command line for a shell that acts as this organization; the root needs not be named."""
    from shlex import quote

    acting = ("--as", organization) if "/" in organization else ()
    return " ".join(map(quote, ("numctl", *words, *acting)))


def _filled(line: str) -> str:
    """A line in lines of mail; a command line stays whole, so that it can be copied."""
    from textwrap import wrap

    line = shown(line)
    if len(line) <= LINE or line.startswith(("- ", "  ")):
        return line
    return "\n".join(wrap(line, LINE, break_long_words=False, break_on_hyphens=False))


def _bar(categories: Mapping[str, int]) -> str:
    total = sum(categories.values())
    parts = [(name, n) for name, n in categories.items() if n]
    cells = "".join(
        f'<td style="background: {COLOURS[name]}; width: {max(1, 100 * n // total)}%">&nbsp;</td>'
        for name, n in parts
    )
    legend = "".join(
        f'<tr><td style="background: {COLOURS[name]}">&nbsp;&nbsp;</td><td>{name}</td>'
        f'<td style="text-align: right">{n}</td></tr>'
        for name, n in categories.items()
    )
    return (
        '<table role="presentation" cellspacing="0" style="width: 100%; height: 1.5em">'
        f"<tr>{cells}</tr></table>\n<table>{legend}</table>"
    )


class Envelope(NamedTuple):
    """Who writes to whom: addresses as servers read them; ``author`` is a value for From."""

    author: str
    recipients: Sequence[str]
    reply_to: Sequence[str] = ()


def message(envelope: Envelope, subject: str, text: Text, message_id: str) -> EmailMessage:
    """The message as it goes over the wire. No text can add a header or a recipient to it."""
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import formatdate

    made = EmailMessage(policy=SMTP.clone(refold_source="none"))  # what is written stays so
    made.set_raw("From", envelope.author)
    made.set_raw("To", headers.addresses(envelope.recipients))
    if envelope.reply_to:
        made.set_raw("Reply-To", headers.addresses(envelope.reply_to))
    made.set_raw("Subject", headers.text(subject, "Subject"))
    made["Date"] = formatdate()
    made["Message-ID"] = f"<{message_id}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text.plain(), cte="quoted-printable")
    made.add_alternative(text.html(), subtype="html", cte="quoted-printable")
    return made
