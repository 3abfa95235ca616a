"""Text as people write it: names, tags, addresses, notes; compared without case, shown without harm.

What is kept is in Unicode's NFC, trimmed, and printable. Nothing here interprets a text any further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable

TAG_LIMIT = 64
LABEL_LIMIT = 256
NAME_LIMIT = 200
EMAIL_LIMIT = 254  # RFC 5321: a path of 256 octets, less the angle brackets
NOTE_LIMIT = 1_000
SHOWN_LIMIT = 60
FORMULA_STARTS = frozenset("=+-@\t\r\n")
_SPECIALS = frozenset(',;:<>()[]"\\')  # what divides or quotes addresses in a header: RFC 5322
_DOMAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
HOPELESS = 10_000  # Longer than any text that could still be trimmed into one: not worked through.


def fold(text: str) -> str:
    """Give the form in which two texts are the same: without case, in one Unicode form."""
    if text.isascii():
        return text.lower()
    from unicodedata import normalize

    return normalize("NFC", normalize("NFD", text).casefold())


def fits(text: str, pattern: str) -> bool:
    """Whether a text is as a pattern says, in which `*` stands for any part of it and all else for itself."""
    from fnmatch import fnmatchcase

    return fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))


def compose(text: str) -> str:
    """Give the text in Unicode's NFC."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


def quoted(text: str) -> str:
    """Give the text in quotes for a sentence: unprintable characters escaped, a long text cut short."""
    cut = text if len(text) <= SHOWN_LIMIT else text[:SHOWN_LIMIT] + "..."
    return "'" + "".join(char if char.isprintable() else escaped(char) for char in cut) + "'"


def escaped(char: str) -> str:
    """Give one character as an escape such as \\x1b or \\u202e."""
    return char.encode("unicode_escape").decode("ascii") if char != "\\" else char


def first_unprintable(text: str) -> str | None:
    """Give the first character that can't be shown, or that could harm a terminal, or None.

    Those are all controls, marks of direction, zero-width characters, separators of lines, halves of
    surrogate pairs (a byte that isn't UTF-8 arrives as one), private and unassigned characters.
    Spaces of any width are fine.
    """
    if text.isprintable():
        return None
    from unicodedata import category

    return next((char for char in text if not char.isprintable() and category(char) != "Zs"), None)


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet may run this text, or it is such a text behind apostrophes."""
    return text.lstrip("'")[:1] in FORMULA_STARTS


def unguard(text: str) -> str:
    """Take off one leading `'` where a CSV guards a formula with it."""
    return text[1:] if text.startswith("'") and starts_formula(text) else text


def clean_tag(text: str) -> str:
    """Give a tag as it is kept: trimmed, NFC, 1 to 64 printable characters. Raises BadValue."""
    return _clean(text, "A tag", TAG_LIMIT)


def clean_label(text: str) -> str:
    """Give a label's value as it is kept: trimmed, NFC, 1 to 256 printable characters. Raises BadValue."""
    return _clean(text, "A label's value", LABEL_LIMIT)


def clean_name(text: str, what: str) -> str:
    """Give a name as it is kept: trimmed, NFC, 1 to 200 printable characters. Raises BadValue.

    `what` is what it names, with its article: "A series".
    """
    return _clean(text, f"{what}'s name", NAME_LIMIT)


def clean_organization_name(text: str) -> str:
    """Give the name of an organization as it is kept: as any name, and without a slash. Raises BadValue."""
    name = clean_name(text, "An organization")
    if "/" in name:
        raise BadValue(
            f"An organization's name can't hold a slash, as {quoted(name)} does.",
            "Slashes divide the names in a path: give the organization above by --parent.",
        )
    return name


def clean_note(text: str, what: str, limit: int = NOTE_LIMIT) -> str:
    """Give a message, reason or note as it is kept: one line, trimmed, NFC, printable. Raises BadValue.

    A break of line becomes a space, so that a note pasted from elsewhere is kept whole, in one line.
    `what` names it with its article: "A reason".
    """
    return _clean(text, what, limit, one_line=True)


def _clean(text: str, what: str, limit: int, one_line: bool = False) -> str:
    """Trim a text and put it in NFC; refuse it empty, too long or unprintable.

    `what` names it in the sentence. With `one_line`, lines are joined by spaces first.
    """
    if len(text) > HOPELESS:
        raise _too_long(what, limit, len(text))
    if text.isascii() and text.isprintable() and (plain := text.strip(" ")) and len(plain) <= limit:
        return plain  # most are
    trimmed = compose(" ".join(text.splitlines()) if one_line else text).strip()
    if not trimmed or not any(map(_is_visible, trimmed)):
        raise BadValue(f"{what} can't be empty.", "Write at least one character that can be seen.")
    unprintable = first_unprintable(trimmed)
    if unprintable is not None:
        raise BadValue(
            f"{what} can't hold the unprintable character {escaped(unprintable)}, as {quoted(text)} does.",
            "Write it without that character.",
        )
    if len(trimmed) > limit:
        raise _too_long(what, limit, len(trimmed))
    return trimmed


def _is_visible(char: str) -> bool:
    """Whether a character is more than a space, of whatever width, and more than a mark of layout."""
    if char.isprintable():
        return char != " "
    from unicodedata import category

    return category(char) not in ("Zs", "Zl", "Zp", "Cf")


def _too_long(what: str, limit: int, length: int) -> BadValue:
    return BadValue(
        f"{what} may have {limit} characters at most, and this has {length}.", "Shorten it.", length=length
    )


def clean_email(text: str) -> str:
    """Give an e-mail address as it is kept: one bare address, trimmed, NFC. Raises BadValue.

    It is looked at whole, as it is typed and as it will stand in an envelope: one @ with something on
    both sides, nothing that a header could read as more than one address.
    """
    address = _clean(text, "An e-mail address", EMAIL_LIMIT)
    wire_address(address)
    return address


def wire_address(address: str) -> str:
    """Give a kept address as servers read it, its domain in ASCII. Raises BadValue where it is none.

    What Unicode holds for the same as a forbidden character (NFKC: a full-width comma) is one.
    """
    _expect_no_specials(address)
    local, at, domain = address.rpartition("@")
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        plain = ""
    labels = plain.split(".")
    if not (at and local and all(labels) and all(map(_DOMAIN.issuperset, labels))):
        raise BadValue(f"{quoted(address)} isn't an e-mail address.", "Give one such as jo@example.com.")
    return f"{local}@{plain}"


def _expect_no_specials(address: str) -> None:
    from unicodedata import normalize

    local, _, _ = address.rpartition("@")
    for char in address:
        alike = normalize("NFKC", char)
        if any(one.isspace() or not one.isprintable() or one in _SPECIALS for one in alike) or (
            alike != char and not alike.isalnum()
        ):
            raise BadValue(
                f"An e-mail address can't hold {quoted(char)}, as {quoted(address)} does.",
                "Give one bare address, such as jo@example.com.",
            )
    if "@" in local or "=?" in address:  # the latter is decoded in a header, be it into two addresses
        raise BadValue(f"{quoted(address)} isn't an e-mail address.", "Give one such as jo@example.com.")


def nearest(word: str, candidates: Iterable[str], n: int = 3) -> list[str]:
    """Give up to `n` of the candidates that look most like the word, best first, whatever their case."""
    from difflib import get_close_matches

    by_fold: dict[str, str] = {}
    for candidate in candidates:
        by_fold.setdefault(fold(candidate), candidate)
    return [by_fold[found] for found in get_close_matches(fold(word), by_fold, n, 0.5)]
