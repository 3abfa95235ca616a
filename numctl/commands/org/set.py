"""``numctl org set``: an organization's addresses, its threshold, the days of rest of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.text import clean_email
from numctl.input.options import Aging, Emails, OrgArgument, ThresholdOrOff, aging_days

if TYPE_CHECKING:
    from numctl.session import Session


def _basis(text: str) -> str:
    if text not in ("held", "below"):
        raise BadValue(f"A basis is 'held' or 'below', not {text!r}.")
    return text


Basis = Annotated[
    str | None,
    typer.Option(
        "--basis",
        metavar="held|below",
        parser=_basis,
        help="The threshold goes by what it has available itself, or by what is available anywhere below.",
    ),
]
Intermediate = Annotated[
    bool, typer.Option("--intermediate", help="Its numbers are another carrier's to give out. Root only.")
]
NotIntermediate = Annotated[bool, typer.Option("--no-intermediate", help="They are not. Root only.")]


def set_(
    ctx: typer.Context,
    org: OrgArgument,
    email: Emails = None,
    no_email: Annotated[
        bool, typer.Option("--no-email", help="No addresses of its own: those above are written to.")
    ] = False,
    threshold: ThresholdOrOff = None,
    basis: Basis = None,
    aging: Aging = None,
    intermediate: Intermediate = False,
    no_intermediate: NotIntermediate = False,
) -> None:
    """Change an organization's addresses, threshold, or the rule of how long released numbers rest.

    The addresses given replace those there were.

    Examples:

        numctl org set Sales --email sales@acme.example --email night@acme.example --threshold 75

        numctl org set Support --no-email --aging 90
    """
    from numctl.core.actions import organizations

    session: Session = ctx.obj
    if email and no_email:
        raise BadValue("--email and --no-email exclude one another.", "Give one of them.")
    if intermediate and no_intermediate:
        raise BadValue("--intermediate and --no-intermediate exclude one another.", "Give one of them.")
    wanted: dict[str, object] = {**aging_days(aging), **_threshold(threshold)}
    if email or no_email:
        wanted["emails"] = tuple(dict.fromkeys(clean_email(text) for text in email or ()))
    if basis is not None:
        wanted["basis"] = basis
    if intermediate or no_intermediate:
        wanted["intermediate"] = intermediate
    if not wanted:
        raise BadValue("There is nothing to set.", "Give --email, --threshold, --aging or --basis.")
    session.change("org set", lambda operation: organizations.set_up(operation, org, wanted))


def _threshold(said: str | None) -> dict[str, object]:
    from numctl.core.catalog.organizations import OFF

    return {} if said is None else {"threshold": OFF if said == "off" else int(said)}
