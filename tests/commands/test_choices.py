"""How numbers are chosen: aligned blocks, opened blocks first, patterns of a block's first number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def pool(store: Path, numctl) -> None:
    """Acme holds 50005..50399 available, but 50120 and 50250 reserved; Lab holds 51000..51009."""
    numctl("init", "--name", "Acme")
    numctl("org", "add", "Lab")
    numctl("add", "50005..50399", "--series", "S")
    numctl("reserve", "50120", "50250", "--tag", "x")
    numctl("add", "51000..51009", "--series", "S", "--org", "Lab")


def taken(answer, *options: str) -> list[str]:
    made = answer("reserve", "--series", "S", "--tag", "y", *options)
    return [f"{range_['first']}..{range_['last']}" for range_ in made["ranges"]]


@pytest.mark.parametrize(
    ("options", "ranges"),
    [
        (["--quantity", "3"], ["50005..50007"]),
        (["--quantity", "20", "--aligned", "10"], ["50010..50029"]),
        (["--quantity", "100", "--aligned", "100"], ["50300..50399"]),
        (["--quantity", "120", "--contiguous"], ["50121..50240"]),
        (["--quantity", "120", "--contiguous", "--aligned", "10"], ["50130..50249"]),
        (["--quantity", "30", "--contiguous", "--matching", "00$"], ["50200..50229"]),
        (["--quantity", "20", "--aligned", "10", "--matching", "50$"], ["50050..50059", "50150..50159"]),
        (["--quantity", "10", "--aligned", "10", "--matching", "50$"], ["50050..50059"]),
        (["--quantity", "300", "--aligned", "100"], None),
        (["--quantity", "2", "--matching", "00$"], ["50100..50100", "50200..50200"]),
        (["--quantity", "3", "--sequential", "100"], ["50100..50102"]),
        (["--quantity", "12", "--sequential", "10"], ["50121..50129", "50251..50253"]),
        (["--quantity", "200", "--sequential", "100"], ["50005..50006", "50100..50119", "50121..50249"]),
    ],
    ids=repr,
)
def test_choices(pool: None, answer, refusal, options: list[str], ranges: list[str] | None) -> None:
    if ranges is None:
        assert refusal("reserve", "--series", "S", "--tag", "y", *options)["code"] == 6
    elif "200" in options:
        made = taken(answer, *options)
        assert sum(int(r.split("..")[1]) - int(r.split("..")[0]) + 1 for r in made) == 200
        assert "50100..50119" in made
    else:
        assert taken(answer, *options) == ranges


@pytest.mark.parametrize(
    "options",
    [
        ["--quantity", "15", "--aligned", "10"],
        ["--quantity", "10", "--aligned", "7"],
        ["--quantity", "10", "--aligned", "1"],
        ["--quantity", "10", "--sequential", "100.0"],
    ],
    ids=repr,
)
def test_choices_that_make_no_sense(pool: None, refusal, options: list[str]) -> None:
    assert refusal("reserve", "--series", "S", "--tag", "y", *options)["code"] == 2
    assert refusal("allocate", "--series", "S", "--to", "Lab", *options)["code"] == 2


def test_choices_are_for_a_series(pool: None, refusal) -> None:
    assert refusal("reserve", "50005", "--tag", "y", "--aligned", "10")["code"] == 2
    assert refusal("assign", "50005", "--user", "Ann", "--org", "Lab")["code"] == 2


def test_allocate_and_assign_choose_too(pool: None, answer) -> None:
    made = answer("allocate", "--series", "S", "--quantity", "100", "--aligned", "100", "--to", "Lab")
    assert made["ranges"][0]["first"] == "50300"
    assert answer("assign", "--series", "S", "--user", "Ann", "--org", "Lab")["ranges"][0]["first"] == "50300"
    assert answer("assign", "--series", "S", "--user", "Ann", "--sequential", "100")["ranges"][0][
        "first"
    ] in ("50100",)


def test_batches_choose_too(pool: None, answer) -> None:
    lines = [
        {"action": "reserve", "series": "S", "quantity": 10, "aligned": 10, "tag": "z"},
        {"action": "assign", "series": "S", "org": "Lab", "user": "Ann"},
    ]
    made = answer("batch", "-", input="\n".join(map(json.dumps, lines)))
    assert [range_["first"] for range_ in made["ranges"]] == ["50010", "51000"]
