"""Numbers, dates and names in the words of the page."""

from __future__ import annotations

from html import escape

from numctl.output.formats import shown

CATEGORIES = ("registered", "assigned", "reserved", "allocated", "available")
"""Available last, so that a bar is full up to the utilization."""
MEANINGS = {
    "registered": "in use by users who have on-boarded",
    "assigned": "given to users who have not on-boarded yet",
    "reserved": "tagged for later",
    "allocated": "held by organizations below",
    "available": "free to give out",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: int) -> str:
    """A number with its thousands apart: 1,234."""
    return f"{value:,}"


def decimal(hundredths: int) -> str:
    """A number given in hundredths, with as many decimals as it needs: 1,234 or 1,234.50."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole:,}.{rest:02}" if rest else f"{whole:,}"


def rounded(hundredths: int) -> str:
    """A number given in hundredths, for a glance: no decimals but for a small one."""
    return number((hundredths + 50) // 100) if hundredths >= 100_00 else decimal(hundredths)


def percent(part: int, whole: int) -> int:
    """Whole per cent, rounded down; 0 of nothing."""
    return 100 * part // whole if whole else 0


def of_all(part: int, whole: int) -> str:
    """A share for people: a little is not nothing."""
    return "<1%" if part and not percent(part, whole) else f"{percent(part, whole)}%"


def date(day: str) -> str:
    """A day, ``YYYY-MM-DD``, without its year: 3 Nov."""
    _, month, of_month = day.split("-")
    return f"{int(of_month)} {MONTHS[int(month) - 1]}"


def full_date(day: str) -> str:
    """A day, ``YYYY-MM-DD``, with its year: 3 Nov 2026."""
    return f"{date(day)} {day.split('-')[0]}"


def titled(word: str) -> str:
    """A word as it begins a line."""
    return word[:1].upper() + word[1:]


def shortened(name: str, limit: int) -> str:
    """A name safe to show, with at most this many characters: a long path keeps its end."""
    safe = shown(name)
    return safe if len(safe) <= limit else f"…{safe[1 - limit :]}"


def isolated(words: str) -> str:
    """A text whose direction of writing is kept to itself where there is no markup for it."""
    return f"\u2068{words}\u2069"


def text(words: str) -> str:
    """Any text as HTML: nothing in it is markup, nothing in it hides or turns the text around it."""
    return escape(shown(words))


def name(words: str) -> str:
    """A name from the store as HTML, its direction of writing kept to itself."""
    return f"<bdi>{text(words)}</bdi>"


def path(words: str) -> str:
    """An organization's path as HTML: each name by itself, those above the last kept quiet."""
    *above, last = map(name, words.split("/"))
    if not above:
        return last
    return f'<span class="above">{"".join(f"{one}/<wbr>" for one in above)}</span>{last}'
