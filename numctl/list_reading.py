"""Another program's list as a command reads it, by its options and the settings; what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.input import files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numctl.core.lists.list_options import ListOptions
    from numctl.core.lists.sheets import Sheet
    from numctl.core.lists.syncing import Limit
    from numctl.session import Session

_NAMES = {"columns": "map"}  # of parameters that are no words of an option


def options(session: Session) -> ListOptions:
    """What was said of the list, over what the named profile says. Raises BadValue."""
    from dataclasses import replace

    from numctl.core.lists import list_options, profiles, sheet_reading

    said = {_NAMES.get(name, name.replace("_", "-")): value for name, value in session.lists.items() if value}
    said["region"] = session.flags.get("region")
    named = said.pop("profile", None)
    profile: Mapping[str, object] = {}
    if named is not None:
        profile = profiles.named(str(named), session.settings.profiles)
    found = list_options.read(said, profile)
    sheet_reading.form(found)
    return found if found.region else replace(found, region=session.settings.region)


def limit(text: str) -> Limit:
    """A limit of numbers, ``100`` or ``5%``. Raises BadValue."""
    from numctl.core.lists.syncing import Limit
    from numctl.core.values import count

    most = count(text.removesuffix("%"))
    return Limit(most, percent=text.endswith("%"))


def sheet(session: Session, file: str, wanted: ListOptions, *, rules: bool, adding: bool = True) -> Sheet:
    """The rows of a file, read as ``wanted`` says; see ``sheet_reading.read``. Raises Refusal, BadValue."""
    from numctl.core.lists import sheet_reading

    with (
        files.opened_list(file, wanted.encoding) as stream,
        session.output.progress(None, "Reading") as advance,
    ):
        return sheet_reading.read(
            stream, wanted, today=session.today, rules=rules, adding=adding, advance=advance
        )


def tell_ignored(session: Session, sheet: Sheet) -> None:
    """Say what columns of a list were left out."""
    if sheet.ignored:
        session.output.note(f"Columns left out: {', '.join(sheet.ignored)}.")


def understood(session: Session, sheet: Sheet) -> dict[str, object]:
    """How a list was understood, as facts for programs; to people it is told at once."""
    from numctl.core.lists import understanding

    facts = understanding.facts(sheet)
    if not session.output.structured:
        for line in understanding.told(sheet):
            session.output.note(line)
    return facts
