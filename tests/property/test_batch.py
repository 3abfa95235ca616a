"""A batch is its lines one after another, and its undo gives back what was there before."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numctl.core.actions import inventory
from numctl.core.actions.opening import open_store
from numctl.core.actions.pool import choosing
from numctl.core.batch.lines import BatchText
from numctl.core.batch.running import Batch
from numctl.core.batch.values import ValueReader
from numctl.core.changes import in_state, parts, writer
from numctl.core.check.checking import examine
from numctl.core.errors import Refusal
from numctl.core.numbers.ranges import Range
from numctl.core.undo.undoing import undo
from tests import on_server
from tests.company import TODAY, Company

ORGANIZATIONS = st.sampled_from(["Acme", "Sales", "EMEA", "Finance", "Nobody"])
TAGS = st.sampled_from(["x", "y"])
USERS = st.sampled_from(["ann", "bob"])
SINGLE = st.integers(1418000, 1418011).map(str)
NUMBERS = st.tuples(SINGLE, st.integers(1, 4)).map(lambda pair: [f"{pair[0]}+{pair[1]}"])
DAYS = st.sampled_from([None, TODAY, "2026-12-31"])


def line(action: str, **values: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"action": st.just(action), **values})


LINES = st.one_of(
    line("reserve", numbers=NUMBERS, tag=TAGS, until=DAYS, org=st.none() | ORGANIZATIONS),
    line("reserve", series=st.just("1418"), quantity=st.integers(1, 9), contiguous=st.booleans(), tag=TAGS),
    line(
        "reserve",
        series=st.just("1418"),
        quantity=st.integers(1, 3),
        tag=TAGS,
        contiguous=st.booleans(),
        matching=st.none() | st.sampled_from(["0$", "1", "^14"]),
        sequential=st.none() | st.sampled_from([10, 1000, 10_000]),
        label=st.none() | st.sampled_from([{"site": "Lyon"}, {"site": "lyon", "floor": "1"}]),
    ),
    line(
        "reserve",
        series=st.just("1418"),
        quantity=st.just(10),
        aligned=st.just(10),
        contiguous=st.booleans(),
        tag=TAGS,
        org=ORGANIZATIONS,
    ),
    line("assign", series=st.sampled_from(["1418", "none"]), user=USERS, org=st.none() | ORGANIZATIONS),
    line("retag", numbers=NUMBERS, tag=TAGS),
    line("unreserve", numbers=NUMBERS),
    line("assign", numbers=NUMBERS, user=USERS),
    line("register", user=USERS),
    line("release", user=USERS, org=st.none() | ORGANIZATIONS, reserve=st.none() | TAGS),
    line("move", user=USERS, to=ORGANIZATIONS),
    line("register", numbers=NUMBERS),
    line("release", numbers=NUMBERS, reserve=st.none() | TAGS),
    line("release", numbers=SINGLE, reserve=TAGS, forward_to=SINGLE),
    line("forward", numbers=SINGLE, to=SINGLE),
    line("age", numbers=NUMBERS, until=st.just("2026-12-31")),
    line("free", numbers=NUMBERS),
    line(
        "label", numbers=NUMBERS, labels=st.sampled_from([{"site": "Lyon"}, {"site": "Lyon", "floor": "1"}])
    ),
    line("label", numbers=NUMBERS, remove=st.sampled_from(["site", "floor"])),
    line("forward", numbers=SINGLE, remove=st.just(True)),
    line("move", numbers=NUMBERS, to=ORGANIZATIONS),
    line("allocate", series=st.just("1418"), quantity=st.integers(1, 9), to=ORGANIZATIONS),
    line("withdraw", series=st.just("1418"), quantity=st.integers(1, 3), **{"from": ORGANIZATIONS}),
    line("add", numbers=NUMBERS, series=st.sampled_from(["1418", "new"])),
    line("remove", numbers=NUMBERS, reason=st.just("ported")),
    line("series move", numbers=NUMBERS, to=st.sampled_from(["1418", "other"])),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "inventory.db"
    company = Company(path)
    company.do("remove", lambda op: inventory.remove(op, [Range(1418012, 1418099)], "too many"))
    company.do("add", lambda op: inventory.add(op, [Range(1500, 1501)], "other"))
    company.store.close()
    return path


@pytest.mark.parametrize(
    ("few", "flush_at", "step"),
    [(0, writer.FLUSH_AT, 1), (parts.FEW, writer.FLUSH_AT, in_state.AT_FIRST), (parts.FEW, 4, 2)],
)
@given(changes=st.lists(LINES, min_size=1, max_size=12))
def test_a_batch_is_its_lines_one_after_another(
    small: Path, few: int, flush_at: int, step: int, changes: list[dict[str, Any]]
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "FEW", few)
        patch.setattr(writer, "FLUSH_AT", flush_at)
        patch.setattr(in_state, "AT_FIRST", step)
        at_once, one_by_one = (_copy(small, Path(folder) / name) for name in ("at_once.db", "one_by_one.db"))
        before = at_once.dump()
        refused = []
        for number, change in enumerate(changes, 1):
            try:
                with pytest.MonkeyPatch.context() as alone:
                    alone.setattr(choosing, "MOST_IN_MEMORY", 0)  # what is available is read from the store
                    one_by_one.do("batch", _batch([change]).run)
            except Refusal:
                refused.append(number)
        batch = _batch(changes, keep_going=True)
        done = at_once.do("batch", batch.run)
        assert at_once.dump() == one_by_one.dump()
        assert done.extra["rejected"] == len(refused)
        assert [json.loads(text) for text in batch.rejected() if text] == [changes[at - 1] for at in refused]
        assert examine(at_once.store).problems == []
        if done.operation is not None and at_once.dump() != before:
            at_once.do("undo", undo)
            assert at_once.dump() == before
            assert examine(at_once.store).problems == []
        at_once.store.close()
        one_by_one.store.close()


def _copy(source: Path, target: Path) -> Company:
    on_server.clone(source, target)
    company = Company.__new__(Company)
    company.path, company.today, company.store = target, TODAY, open_store(target)
    if not company.is_on_server:
        company.store.connection.execute("PRAGMA synchronous = OFF")
    return company


def _batch(changes: list[dict[str, Any]], *, keep_going: bool = False) -> Batch:
    text = "".join(json.dumps(change) + "\n" for change in changes)
    return Batch(BatchText(text), ValueReader(None, TODAY), keep_going=keep_going)
