"""`import` and forwarding: no list closes a circle, and the rows on one are named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Numctl

HEAD = "first,last,series,status,reserved_tag,forwarded_to\n"


@pytest.fixture(autouse=True)
def _acme(store: Path, numctl: Numctl) -> None:
    assert numctl("init", "--name", "Acme").code == 0


def listed(*rows: tuple[int, int, int]) -> str:
    """A list of reserved ranges, each with the number it forwards to (0 for none), from line 2 on."""
    lines = [f"{first},{last},s,reserved,t,{to or ''}\n" for first, last, to in rows]
    return HEAD + "".join(lines)


def named_lines(numctl: Numctl, text: str, *options: str) -> list[int]:
    """The lines that a refused import names; none where it was done, and `check` finds nothing then."""
    ending = numctl("-o", "json", "import", "-", *options, input=text)
    if ending.code == 0:
        checked = numctl("check")
        assert checked.code == 0, checked.out
        return []
    assert ending.code == 6, ending.err
    error = json.loads(ending.err)["error"]
    assert all("would go in a circle" in one["message"] for one in error["errors"])
    return [one["line"] for one in error["errors"]]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([(3001, 3001, 3002), (3002, 3002, 3003), (3003, 3003, 3002)], [3, 4]),
        ([(3001, 3001, 3002), (3002, 3002, 3001)], [2, 3]),
        ([(3004, 3004, 3001), *((n, n, n + 1) for n in range(3001, 3004))], [2, 3, 4, 5]),
        ([(3000, 3009, 3011), (3010, 3019, 3005)], [2, 3]),
        ([(3000, 3000, 3010), (3010, 3019, 3020), (3020, 3020, 3019)], [3, 4]),
        ([(3001, 3001, 3002), (3002, 3002, 3001), (3005, 3005, 3006), (3006, 3006, 3005)], [2, 3, 4, 5]),
        ([(3001, 3001, 3002), (3002, 3002, 3003), (3003, 3003, 3999)], []),
        ([(3001, 3001, 3003), (3002, 3002, 3003), (3003, 3003, 3004)], []),
    ],
)
def test_rows_on_a_circle_are_named_and_those_that_lead_to_it_are_not(
    numctl: Numctl, rows: list[tuple[int, int, int]], lines: list[int]
) -> None:
    assert named_lines(numctl, listed(*rows)) == lines


def test_a_circle_through_the_inventory_names_the_row_that_closes_it(numctl: Numctl) -> None:
    assert named_lines(numctl, listed((3001, 3001, 3002), (3002, 3002, 3003))) == []
    assert named_lines(numctl, listed((3000, 3000, 3001), (3003, 3003, 3001))) == [3]


def test_a_row_that_is_there_already_forwards_as_the_inventory_has_it(numctl: Numctl) -> None:
    assert named_lines(numctl, listed((3001, 3001, 3005))) == []
    text = listed((3001, 3001, 3999), (3005, 3005, 3001))
    assert named_lines(numctl, text, "--skip-existing") == [3]
    text = listed((3000, 3001, 3007), (3007, 3007, 3001))
    assert named_lines(numctl, text, "--skip-existing") == []


def test_a_number_is_not_forwarded_to_itself(numctl: Numctl) -> None:
    for text in (listed((3001, 3001, 3001)), listed((3000, 3009, 3005))):
        for option in ([], ["--skip-existing"]):
            ending = numctl("import", "-", *option, input=text)
            assert ending.code == 2
            assert "Line 2: 300" in ending.err
            assert "can't be forwarded to itself" in ending.err


def test_a_long_chain_is_followed_to_its_end(numctl: Numctl) -> None:
    chain = [(n, n, n + 1) for n in range(700_000, 720_000)]
    assert named_lines(numctl, listed(*chain)) == []
    assert named_lines(numctl, listed((720_000, 720_000, 700_000))) == [2]


LEADS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=8)


@given(there=LEADS, coming=LEADS, skip=st.booleans())
def test_a_list_is_refused_exactly_where_it_closes_a_circle(
    numctl: Numctl,
    tmp_path_factory: pytest.TempPathFactory,
    there: list[tuple[int, int]],
    coming: list[tuple[int, int]],
    skip: bool,
) -> None:
    db = ["--db", str(tmp_path_factory.mktemp("circles") / "store.db")]
    assert numctl(*db, "init", "--name", "Acme").code == 0
    kept = _laid_out(there) if skip else []
    held = {n: to for first, last, to in kept for n in range(first, last + 1)}
    if _on_circles(held):
        kept, held = [], {}
    if kept:
        assert numctl(*db, "import", "-", input=listed(*kept)).code == 0
    rows = _laid_out(coming)
    put_in = {n: (to, line) for line, (first, last, to) in enumerate(rows, 2) for n in range(first, last + 1)}
    leads = {n: to for n, (to, _) in put_in.items()} | held
    on = {put_in[n][1] for n in _on_circles(leads) if n not in held}
    ending = numctl(*db, "import", "-", "--skip-existing", input=listed(*rows))
    assert {int(line) for line in re.findall(r"Line (\d+):", ending.err)} == on
    assert ending.code == (6 if on else 0), ending.err
    assert numctl(*db, "check").code == 0


def _laid_out(leads: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Ranges of one to three numbers side by side, none of which forwards to itself."""
    rows, first = [], 3000
    for more, to in leads:
        last = first + more
        rows.append((first, last, 3000 + to if not first <= 3000 + to <= last else last + 1))
        first = last + 1
    return rows


def _on_circles(leads: dict[int, int]) -> set[int]:
    """Every number from which forwarding comes back to it."""
    found = set()
    for start in leads:
        current: int | None = start
        for _ in leads:
            current = leads.get(current) if current is not None else None
            if current == start:
                found.add(start)
                break
    return found
