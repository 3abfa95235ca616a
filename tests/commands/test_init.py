"""Making a store: what stands afterwards, and what is left alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.on_server import contents, is_there


def test_makes_a_store_with_its_root(store: Path, answer, rows) -> None:
    made = answer("init", "--name", "Acme", "--email", "a@acme.example", "--email", "b@acme.example")
    assert made["operation"] == 1
    assert made["action"] == "init"
    assert (made["count"], made["ranges"], made["dry_run"], made["queued_mail"]) == (0, [], False, 0)
    assert made["organization"] == "Acme"
    assert rows("org", "list") == [
        {
            "organization": "Acme",
            "parent": None,
            "emails": ["a@acme.example", "b@acme.example"],
            "threshold_percent": 80,
            "total": 0,
        }
    ]


def test_says_so_in_a_sentence(store: Path, numctl) -> None:
    ending = numctl("init", "--name", "Acme", "--threshold", "5")
    assert ending.out == "Made a store with the root organization Acme (operation 1).\n"
    assert ending.err == ""
    assert numctl("threshold", "show").out == "Acme\t5\t0\tfalse\n"


@pytest.mark.of_a_file("its mode")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_file_and_folders_are_the_owners_alone(tmp_path: Path, numctl, umask: int) -> None:
    path = tmp_path / "one" / "two" / "inventory.db"
    before = os.umask(umask)
    try:
        assert numctl("init", "--name", "Acme", "--db", path).code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}
    assert [found.name for found in path.parent.iterdir()] == ["inventory.db"]


@pytest.mark.of_a_file("its folder")
def test_store_without_a_place_goes_to_the_users_data(numctl, tmp_path: Path) -> None:
    assert numctl("init", "--name", "Acme").code == 0
    assert (tmp_path / "home" / ".local" / "share" / "numctl" / "inventory.db").is_file()


@pytest.mark.parametrize("what", ["file", "store", "folder", "dangling link"])
def test_refuses_where_something_stands(store: Path, numctl, refusal, what: str) -> None:
    if what == "file":
        store.write_text("precious")
    elif what == "store":
        numctl("init", "--name", "Other")
    elif what == "folder":
        store.mkdir()
    else:
        store.symlink_to("nowhere")
    before = contents(store) if is_there(store) else None
    assert refusal("init", "--name", "Acme")["code"] == 6
    assert before is None or contents(store) == before
    assert what != "dangling link" or store.is_symlink()
    assert len([*store.parent.glob("*.new")]) == 0


def test_dry_run_makes_nothing(tmp_path: Path, numctl, answer) -> None:
    path = tmp_path / "new" / "inventory.db"
    would = answer("init", "--name", "Acme", "--db", path, "--dry-run")
    assert (would["operation"], would["dry_run"], would["organization"]) == (None, True, "Acme")
    sentence = numctl("init", "--name", "Acme", "--db", path, "--dry-run").out
    assert sentence == "Would make a store for Acme. Nothing was changed: this was a dry run.\n"
    assert not path.parent.exists()


def test_dry_run_refuses_as_well(acme: Path, refusal) -> None:
    assert refusal("init", "--name", "Acme", "--dry-run")["code"] == 6


def test_retry_with_its_key_answers_as_the_first_time(store: Path, answer, refusal) -> None:
    first = answer("init", "--name", "Acme", "--op-key", "k")
    assert answer("init", "--name", "Acme", "--op-key", "k") == first
    assert refusal("init", "--name", "Other", "--op-key", "k")["code"] == 6
    assert refusal("init", "--name", "Acme", "--op-key", "l")["code"] == 6


def test_key_does_not_open_what_is_no_store(store: Path, refusal) -> None:
    store.write_text("precious")
    assert refusal("init", "--name", "Acme", "--op-key", "k")["code"] == 6
    assert store.read_text() == "precious"


def test_expecting_numbers_of_an_empty_store_is_refused(store: Path, numctl, refusal) -> None:
    assert refusal("init", "--name", "Acme", "--expect", "1")["code"] == 6
    assert not store.exists()
    assert numctl("init", "--name", "Acme", "--expect", "0").code == 0


def test_acts_as_the_root_whatever_the_environment_says(store: Path, numctl) -> None:
    assert numctl("init", "--name", "Acme", env={"NUMCTL_AS": "Acme/Sales"}).code == 0


@pytest.mark.parametrize(
    "args",
    [
        ["--name", ""],
        ["--name", "  "],
        ["--name", "a/b"],
        ["--name", "/"],
        ["--name", "a\nb"],
        ["--name", "\x1b[31m"],
        ["--name", "a\u202eb"],
        ["--name", "\u200b"],
        ["--name", "x" * 201],
        ["--name", "Acme", "--email", "nobody"],
        ["--name", "Acme", "--email", "a@b.c\r\nBcc: x@y.z"],
        ["--name", "Acme", "--email", "a@b.c,d@e.f"],
        ["--name", "Acme", "--threshold", "0"],
        ["--name", "Acme", "--threshold", "101"],
        ["--name", "Acme", "--threshold", "80%"],
        ["--name", "Acme", "--threshold", "79.5"],
        ["--name", "Acme", "--threshold", "off"],
        ["--name", "Acme", "--message", " "],
        [],
    ],
    ids=repr,
)
def test_bad_values_make_nothing(store: Path, refusal, args: list[str]) -> None:
    assert refusal("init", *args)["code"] == 2
    assert not store.exists()


@pytest.mark.parametrize("name", ["..", "-rf", "[b]", ":smile:", "a\\", "=1+1", "';DROP TABLE", "%_", "É"])
def test_names_are_kept_as_typed(store: Path, numctl, rows, name: str) -> None:
    assert numctl("init", f"--name={name}").code == 0
    assert rows("org", "list")[0]["organization"] == name


def test_name_is_trimmed_and_composed(store: Path, numctl, rows) -> None:
    numctl("init", "--name", " Cafe\u0301 ")
    assert rows("org", "list")[0]["organization"] == "Café"


@pytest.mark.of_a_file("its folder")
def test_missing_folder_that_cant_be_made_is_1(tmp_path: Path, refusal) -> None:
    (tmp_path / "file").write_text("")
    assert refusal("init", "--name", "Acme", "--db", tmp_path / "file" / "inventory.db")["code"] == 1
