"""Ways of reading the lists of others that have a name: those that come along, and those of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from numctl.core.errors import BadValue, NotFound
from numctl.core.lists import list_options
from numctl.core.text import nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Table(Protocol):
    """A table of the settings file."""

    path: Path
    values: Mapping[str, object]

    def bad(self, key: str, wanted: str) -> BadValue: ...


class Profile(NamedTuple):
    """A way of reading: the options by their names, and whose lists it reads."""

    reads: str
    options: Mapping[str, object]


_RESERVED_ELSE = "status:*=reserved"

BUILT_IN: Mapping[str, Profile] = {
    "arcep-majnum": Profile(
        "France: ARCEP's register of ranges (MAJNUM)",
        {
            "map": [
                "first=Tranche_Debut",
                "last=Tranche_Fin",
                "organization=Mnémo",
                "series=Territoire",
            ],
            "region": "FR",
            "encoding": "latin-1",
            "delimiter": ";",
            "no-paths": True,
        },
    ),
    "arcep-gelnum": Profile(
        "France: ARCEP's list of numbers that rest (GELNUM)",
        {
            "map": [
                "prefix=EZABPQM",
                "length=Type",
                "status='aging'",
                "free_on=Ouverture des demandes d'attribution",
            ],
            "value": [
                "row:Type=!Numéro*",
                "length:Numéros*longueur étendue*=14",
                "length:Numéros*=10",
                "length:Numéro court*=whole",
                "length:Numéro d'intérêt général*=whole",
            ],
            "date-format": "%d/%m/%Y",
            "region": "FR",
            "encoding": "latin-1",
            "delimiter": ";",
        },
    ),
    "ofcom-blocks": Profile(
        "United Kingdom: Ofcom's lists of number blocks",
        {
            "map": [
                "prefix=*Number Block",
                "length=*Number Length",
                "organization=CP Name",
                "status=Block Status",
            ],
            "value": ["status:Allocated*=available", "status:Free=available", _RESERVED_ELSE],
            "region": "GB",
            "no-paths": True,
        },
    ),
    "cna-co-codes": Profile(
        "Canada: CNA's list of central office codes",
        {
            "map": [
                "prefix=NPA+CO Code (NXX)",
                "length='10'",
                "organization=Company",
                "series=NPA",
            ],
            "value": [
                "status:In Service=available",
                "status:Assigned=available",
                "status:Available=available",
                _RESERVED_ELSE,
            ],
            "region": "CA",
            "skip-lines": "2",
            "no-paths": True,
        },
    ),
    "rossvyaz-def": Profile(
        "Russia: the register of numbering, by codes",
        {
            "map": [
                "first=АВС/ DEF+От",
                "last=АВС/ DEF+До",
                "count=Емкость",
                "organization=Оператор",
                "series=АВС/ DEF",
            ],
            "region": "RU",
            "delimiter": ";",
            "no-paths": True,
        },
    ),
    "teams-export": Profile(
        "Microsoft Teams: Get-CsPhoneNumberAssignment | Export-Csv",
        {
            "map": ["number=TelephoneNumber", "user=AssignedPstnTargetId", "status=PstnAssignmentStatus"],
            "value": ["status:Unassigned=available", "status:*=in-use"],
        },
    ),
}


USAGE = "records of usage (usage import)"


def named(name: str, own: Mapping[str, Table]) -> Mapping[str, object]:
    """The options of a profile by its name: one of the settings, else one that comes along.

    Raises NotFound for neither, BadValue for one of the settings that can't be.
    """
    if name in own:
        return list_options.checked(own[name].values, own[name].bad)
    if name in BUILT_IN:
        return BUILT_IN[name].options
    raise _unknown(name, [*own, *BUILT_IN])


def named_for_usage(name: str, own: Mapping[str, Table]) -> Mapping[str, object]:
    """The options of a profile of the settings for records of usage, by its name; raises as ``named``."""
    if name in own:
        return list_options.checked(own[name].values, own[name].bad, list_options.OF_USAGE)
    raise _unknown(name, [*own])


def _unknown(name: str, known: list[str]) -> NotFound:
    near = nearest(name, known)
    return NotFound(
        f"There is no profile {quoted(name)}.",
        f"Did you mean {' or '.join(near)}?" if near else "See `numctl profiles`.",
        nearest=near,
    )


def listing(
    own: Mapping[str, Table], of_usage: Mapping[str, Table] | None = None
) -> Iterator[tuple[str, str, str]]:
    """Each profile's name, whose lists it reads, and where it comes from: the settings, or numctl."""
    for name, table in own.items():
        yield name, "", str(table.path)
    for name, table in (of_usage or {}).items():
        yield name, USAGE, str(table.path)
    for name, profile in BUILT_IN.items():
        if name not in own:
            yield name, profile.reads, "numctl"
