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


@pytest.fixture
def labelled(pool: None, numctl) -> None:
    """50010..50019 and 50020..50039 are in Paris, the latter on floor 2; 50200 and 50300 in Rome."""
    numctl("label", "50010..50039", "site=Paris")
    numctl("label", "50020..50039", "floor=2")
    numctl("label", "50200", "50300", "site=Rome")


@pytest.mark.parametrize(
    ("options", "ranges"),
    [
        (["--quantity", "12", "--label", "site=paris"], ["50010..50021"]),
        (["--quantity", "25", "--label", "site=Paris", "--contiguous"], ["50010..50034"]),
        (["--quantity", "2", "--label", "site=Paris", "--label", "floor"], ["50020..50021"]),
        (["--quantity", "32", "--label", "site"], ["50010..50039", "50200..50200", "50300..50300"]),
        (["--quantity", "10", "--label", "floor=2", "--aligned", "10"], ["50020..50029"]),
        (["--quantity", "1", "--label", "site=Rome", "--matching", "^503"], ["50300..50300"]),
        (["--quantity", "3", "--label", "site=Rome"], None),
        (["--quantity", "2", "--label", "site=Rome", "--contiguous"], None),
    ],
)
def test_labels_narrow_what_is_chosen(
    labelled: None, answer, refusal, options: list[str], ranges: list[str] | None
) -> None:
    if ranges is None:
        said = refusal("reserve", "--series", "S", "--tag", "y", *options)
        assert (said["code"], "with the label site=Rome" in said["message"]) == (6, True)
    else:
        assert taken(answer, *options) == ranges


def test_assign_allocate_and_batches_choose_by_label_too(labelled: None, numctl, answer, refusal) -> None:
    made = answer("assign", "--series", "S", "--label", "site=Rome", "--user", "Ann")
    assert made["ranges"][0]["first"] == "50200"
    line = ("allocate", "--series", "S", "--quantity", "1", "--to", "Lab", "--label", "site=Rome")
    assert answer(*line)["ranges"][0]["first"] == "50300"
    text = json.dumps({"action": "assign", "series": "S", "label": {"floor": "2"}, "user": "Bo"})
    assert numctl("batch", "-", input=text).code == 0
    assert json.loads(numctl("search", "--user", "Bo", "-o", "json").out)[0]["number"] == "50020"
    assert refusal("assign", "50010", "--label", "site=Paris", "--user", "Bo")["code"] == 2
    assert refusal("reserve", "--series", "S", "--quantity", "1", "--label", "9=x", "--tag", "t")["code"] == 2
