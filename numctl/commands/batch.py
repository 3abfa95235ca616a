"""``numctl batch``: many changes as one operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from numctl.core.batch.steps import STEPS
from numctl.core.errors import BadValue
from numctl.input.files import File, opened

if TYPE_CHECKING:
    from numctl.core.batch.running import Batch
    from numctl.core.changes.operation import Operation
    from numctl.session import Session

SOME_REJECTED = 3  # exit code

KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="Do what can be done, instead of all or nothing.")
]
Rejects = Annotated[
    str | None,
    typer.Option(
        "--rejects", metavar="FILE", help="With --keep-going: write the refused lines here, as they were."
    ),
]


def batch(ctx: typer.Context, file: File, keep_going: KeepGoing = False, rejects: Rejects = None) -> None:
    """Make many changes from a file, as one operation that can be undone as a whole.

    The file is JSON lines or CSV, one change a line, such as
    {"action": "reserve", "numbers": ["14188980001"], "tag": "sales"}. The action is the name of a
    command that changes numbers, the other keys are its options with _ for -. In CSV, several numbers
    in a cell are separated by spaces.

    The actions are ACTIONS.

    Each line sees what earlier lines did. One that is refused keeps all from being done, and every
    error is told with its line; with --keep-going only those lines are left out.

    Examples:

        numctl batch changes.jsonl --dry-run

        numctl batch changes.csv --keep-going --rejects refused.csv
    """
    from numctl.core.batch.lines import BatchText
    from numctl.core.batch.running import Batch
    from numctl.core.batch.values import ValueReader

    session: Session = ctx.obj
    if rejects is not None:
        _expect_a_place(rejects, keep_going)
    text = BatchText(_read(session, file))
    run = Batch(text, ValueReader(session.settings.region, session.today), keep_going=keep_going)
    done = session.change("batch", lambda operation: _run(session, run, operation))
    if run.lines and rejects is not None and not done.dry_run:
        from numctl.output.files import open_out

        with open_out(rejects) as kept:
            kept.writelines(run.rejected())
    if done.extra.get("rejected"):
        _tell(session, run)
        raise typer.Exit(SOME_REJECTED)


batch.__doc__ = (batch.__doc__ or "").replace("ACTIONS", ", ".join(STEPS))


def _run(session: Session, run: Batch, operation: Operation) -> None:
    with session.output.progress(run.text.size(), "Changing") as advance:
        run.run(operation, advance)


def _read(session: Session, file: str) -> str:
    from hashlib import sha256

    try:
        with opened(file) as stream:
            text = stream.read()
    except UnicodeDecodeError:
        raise BadValue(f"{file} is not text in UTF-8.", "Save it as UTF-8, and give that.") from None
    if session.change_options.op_key is not None:
        session.sign([sha256(text.encode("utf-8", "surrogatepass")).hexdigest()])
    return text


def _expect_a_place(rejects: str, keep_going: bool) -> None:
    from pathlib import Path

    if not keep_going:
        raise BadValue("--rejects is for --keep-going.", "Without it nothing is done if one line is refused.")
    if rejects == "-":
        raise BadValue("Standard output is for the answer.", "Name a file for --rejects.")
    if Path(rejects).is_dir() or not Path(rejects).absolute().parent.is_dir():
        raise BadValue(f"{rejects} can't be a file.", "Name one in a folder that is there.", path=rejects)


def _tell(session: Session, run: Batch) -> None:
    if not run.rejects:  # answered as the first time, without reading a line
        return
    refusal = run.rejects.refusal()
    details = refusal.facts.get("details")
    said = list(map(str, details)) if isinstance(details, list) else [refusal.message]
    for one in said:
        session.output.warn(one.removesuffix(" Nothing was changed."))  # other lines were done
