"""The actions that change no number's state by a rule of their own: the catalog, and the store as a whole."""

from __future__ import annotations

from numctl.core.rules.record import Action, Kind

STORE_ACTIONS = (
    Action("batch", "Changed {n} by a batch", "change {n} by a batch", makes=True),
    Action(
        "undo",
        "Undid operation {undoes}, which gave back {n}",
        "undo operation {undoes}, which gives back {n}",
        "gave back {n}",
    ),
    Action(
        "init",
        "Made a store with the root organization {organization}",
        "make a store for {organization}",
        "made the store",
        final="with it the store began",
    ),
    Action(
        "demo",
        "Filled a store with {organizations} organizations and {numbers} numbers",
        "fill a store with {organizations} organizations and {numbers} numbers",
        "filled the store with a small company",
        final="what was done to fill the store is undone one by one",
    ),
    Action(
        "org add",
        "Added organization {organization}",
        "add organization {organization}",
        "added {organization}",
        keys={
            "name": Kind.NAME,
            "parent": Kind.ORGANIZATION,
            "email": Kind.EMAILS,
            "threshold": Kind.PERCENT,
            "parents": Kind.FLAG,
        },
        required=("name",),
    ),
    Action(
        "org rename",
        "Renamed organization {old} to {organization}",
        "rename organization {old} to {organization}",
        "renamed {organization} from {old}",
    ),
    Action(
        "org set",
        "Set up organization {organization}{settings}",
        "set up organization {organization}{settings}",
        "set up {organization}",
    ),
    Action(
        "org move",
        "Moved organization {organization} under {parent}",
        "move it: it would be {organization}",
        "moved {organization}",
    ),
    Action(
        "org remove", "Removed organization {name}", "remove organization {name}", "removed {organization}"
    ),
    Action(
        "threshold set",
        "Set up organization {organization}{settings}",
        "set up organization {organization}{settings}",
        "set the threshold of {organization}",
    ),
    Action(
        "series add",
        "Added series {name}",
        "add series {name}",
        keys={"name": Kind.SERIES, "description": Kind.TEXT},
        required=("name",),
    ),
    Action(
        "series set",
        "Set up series {name}{settings}",
        "set up series {name}{settings}",
        "set up series {name}",
    ),
    Action("series remove", "Removed series {name}", "remove series {name}"),
    Action("series rename", "Renamed series {old} to {name}", "rename series {old} to {name}"),
    Action("user rename", "Renamed a user to {user}", "rename a user to {user}", "renamed a user"),
    Action(
        "user forget",
        "Forgot a user; the name is blank everywhere, history included",
        "forget the user: the name would be blank everywhere, history included",
        "forgot a user",
        final="what was forgotten is nowhere any more",
    ),
    Action(
        "usage import",
        "Read {rows} rows of usage",
        "read {rows} rows of usage",
        "read {rows} usage records",
        final="records of usage stay; the same number and day in a later file replaces them",
    ),
    Action(
        "request",
        "Made request {request} for {quantity} more",
        "make a request for {quantity} more",
        "noted a request for {quantity} numbers",
        final="a request that was made is kept",
    ),
)
