"""``numctl report dashboard``: utilization and consumption as one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.errors import BadValue
from numctl.core.queries.utilization import OF_LABEL
from numctl.core.rules.labels import clean_key
from numctl.input.options import At, Org

if TYPE_CHECKING:
    from numctl.dashboard.figures import Dashboard
    from numctl.session import Session

PAGES = (".html", ".htm")
PICTURE = ".svg"
ADVICE = "Give --out FILE.html for the page, or --out FILE.svg for a single picture."


def _by(text: str) -> str:
    if not text.startswith(OF_LABEL):
        raise BadValue(
            f"The page is by organization and series anyway, not {text!r}.", "Write --by label.KEY."
        )
    return clean_key(text.removeprefix(OF_LABEL))


Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="The file: .html for the page, .svg for one picture."),
]
Picture = Annotated[
    str | None,
    typer.Option(
        "--picture",
        metavar="NAME",
        help="With .svg: categories, organizations, series, months, voice, messages or data.",
    ),
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="label.KEY", parser=_by, help="Also utilization by the values of a label."),
]


def dashboard(
    ctx: typer.Context,
    out: Out = None,
    org: Org = None,
    picture: Picture = None,
    by: By = None,
    at: At = None,
) -> None:
    """Write utilization and consumption as one page of HTML, or as a picture.

    The page needs nothing beside itself: it can be mailed, printed, or put on any web server. It
    shows the acting organization, or --org, and what is below it.

    Examples:

        numctl report dashboard --out dashboard.html

        numctl report dashboard --org Sales --out sales.html --by label.site

        numctl report dashboard --out series.svg --picture series
    """
    session: Session = ctx.obj
    which = _expected(out, picture)
    from numctl.dashboard.figures import by_month, gather

    with session.reading(at) as view:
        moment, today = view.moment or session.at, view.day or session.today
        found = gather(view, org, moment, today, label=by or "")
    with session.reading() as now:
        found = found._replace(months=by_month(now, org, today, session.settings.timezone))
    from numctl.output.files import open_out

    with open_out(str(out)) as file:
        file.write(_drawn(found, which))
    session.output.hint(f"Written to {out}.")


def _drawn(found: Dashboard, which: str | None) -> str:
    """The page, or the picture that is wanted."""
    if which is None:
        from numctl.dashboard.page import page

        return page(found)
    from numctl.dashboard.picture import picture

    return picture(found, which)


def _expected(out: Path | None, picture: str | None) -> str | None:
    """Which picture is wanted, or None for the page. Raises BadValue."""
    from numctl.dashboard.picture import PICTURES

    if out is None:
        raise BadValue("A dashboard is written to a file, and none is named.", ADVICE)
    if picture is not None and picture not in PICTURES:
        raise BadValue(f"There is no picture {picture!r}.", f"The pictures are {', '.join(PICTURES)}.")
    ending = out.suffix.lower()
    if ending == PICTURE:
        return picture or PICTURES[0]
    if ending not in PAGES:
        raise BadValue(f"{str(out)!r} is neither a page nor a picture by its name.", ADVICE)
    if picture is not None:
        raise BadValue(f"--picture is for a file that ends with {PICTURE}.", ADVICE)
    return None
