"""Where a run's settings come from, and what is said of those that can't be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from numctl.core.errors import BadValue, Refusal
from numctl.settings import Settings, Smtp, Supplier, load
from numctl.settings import file as settings_file


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the settings file of the environment that ``environ`` makes is."""
    path = tmp_path / "etc" / "numctl" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def environ(tmp_path: Path, config: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(config.parents[1])}


def test_without_anything_there_are_defaults(tmp_path: Path) -> None:
    found = load({}, {"HOME": str(tmp_path)})
    assert found == Settings(db=tmp_path / ".local/share/numctl/inventory.db")
    assert (found.timezone, found.lock_timeout, found.acting_as) == ("UTC", 30.0, None)


@pytest.mark.parametrize(
    ("flag", "variable", "key", "attribute"),
    [
        ("db", "NUMCTL_DB", "db", "db"),
        ("acting_as", "NUMCTL_AS", "as", "acting_as"),
        ("output", "NUMCTL_OUTPUT", "output", "output"),
        ("region", "NUMCTL_REGION", "region", "region"),
    ],
)
def test_flag_beats_environment_beats_file(
    environ: dict[str, str], config: Path, flag: str, variable: str, key: str, attribute: str
) -> None:
    config.write_text(f'{key} = "CC"\n')

    def found(flags: dict[str, object], env: dict[str, str]) -> str:
        return Path(str(getattr(load(flags, environ | env), attribute))).name

    assert found({}, {}) == "CC"
    assert found({}, {variable: "BB"}) == "BB"
    assert found({flag: "AA"}, {variable: "BB"}) == "AA"
    if variable != "NUMCTL_AS":
        assert found({}, {variable: ""}) == "CC", "an empty variable is none"


@pytest.mark.parametrize("empty", ["", " ", "\u00a0"], ids=ascii)
def test_an_empty_name_never_widens_to_the_root(environ: dict[str, str], config: Path, empty: str) -> None:
    for flags, variables in (
        ({"acting_as": empty}, {}),
        ({"acting_as": empty}, {"NUMCTL_AS": "Acme"}),
        ({}, {"NUMCTL_AS": empty}),
    ):
        config.write_text('as = "Acme/Sales"\n')
        with pytest.raises(BadValue, match="act as is empty"):
            load(flags, environ | variables)
    config.write_text(f'as = "{empty}"\n')
    with pytest.raises(BadValue, match="act as is empty"):
        load({}, environ)


def test_lock_timeout_from_each_place(environ: dict[str, str], config: Path) -> None:
    config.write_text("lock_timeout = 3\n")
    assert load({}, environ).lock_timeout == 3.0
    assert load({}, environ | {"NUMCTL_LOCK_TIMEOUT": "2.5"}).lock_timeout == 2.5
    assert load({"lock_timeout": 0.0}, environ | {"NUMCTL_LOCK_TIMEOUT": "2"}).lock_timeout == 0.0


def test_journal_is_one_of_three(environ: dict[str, str], config: Path) -> None:
    for named in ("delete", "wal", "wal!"):
        config.write_text(f'journal = "{named}"\n')
        assert load({}, environ).journal == named
    for other in ('"WAL"', '"memory"', "true"):
        config.write_text(f"journal = {other}\n")
        with pytest.raises(BadValue, match="journal"):
            load({}, environ)


def test_empty_flag_counts_as_given(environ: dict[str, str]) -> None:
    with pytest.raises(BadValue, match="empty"):
        load({"db": ""}, environ)


def test_whole_file_is_read(environ: dict[str, str], config: Path) -> None:
    config.write_text(
        """\ufeff
        db = "store.db"
        timezone = "Europe/Paris"
        [smtp]
        host = "mail.example"
        security = "tls"
        username = "ops@example"
        password_file = "secret"
        [supplier]
        email = "orders@carrier.example"
        phone = "+33 1 05 60 00 00"
        """
    )
    found = load({"quiet": True, "no_input": True}, environ)
    assert found.db == config.parent / "store.db"
    assert found.timezone == "Europe/Paris"
    assert (found.quiet, found.no_input) == (True, True)
    assert found.supplier == Supplier("orders@carrier.example", "+33 1 05 60 00 00")
    assert found.smtp == Smtp(
        "mail.example",
        "ops@example",
        465,
        "tls",
        "ops@example",
        password_file=config.parent / "secret",
    )


def test_password_comes_from_the_environment_and_is_shown_nowhere(
    environ: dict[str, str], config: Path
) -> None:
    config.write_text('[smtp]\nhost = "mail.example"\n')
    found = load({}, environ | {"NUMCTL_SMTP_PASSWORD": "canary"})
    assert found.smtp is not None
    assert found.smtp.password == "canary"
    assert found.smtp.sender == "numctl@mail.example"
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("text", "named", "nearest"),
    [
        ("outptu = 'csv'", "outptu", "output"),
        ("acting_as = 'x'", "acting_as", ""),
        ("[smtp]\nhost='x'\nusernam='y'", "smtp.usernam", "smtp.username"),
        ("[smtp]\nhost='x'\npassword='y'", "smtp.password", "smtp.password_file"),
        ("[supplier]\nmail='x'", "supplier.mail", "supplier.email"),
    ],
)
def test_unknown_key_is_named_with_the_nearest(
    environ: dict[str, str], config: Path, text: str, named: str, nearest: str
) -> None:
    config.write_text(text)
    with pytest.raises(BadValue) as refused:
        load({}, environ)
    assert f"'{named}'" in refused.value.message
    assert nearest in refused.value.advice


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("db = 5", "'db'"),
        ("smtp = 'x'", "'smtp'"),
        ("timezone = 'Europe/Atlantis'", "'timezone'"),
        ("timezone = '../../etc/passwd'", "'timezone'"),
        ("timezone = 'Europe'", "'timezone'"),
        ("lock_timeout = -1", "'lock_timeout'"),
        ("lock_timeout = true", "'lock_timeout'"),
        ("lock_timeout = nan", "'lock_timeout'"),
        ("lock_timeout = inf", "'lock_timeout'"),
        ("lock_timeout = '30'", "'lock_timeout'"),
        ("region = 'FRA'", "A region"),
        ("[smtp]\nport = 25", "'smtp.host'"),
        ("[smtp]\nhost = 'x'\nsecurity = 'ssl'", "'smtp.security'"),
        ("[smtp]\nhost = 'x'\nport = 65536", "'smtp.port'"),
        ("[smtp]\nhost = 'x'\nport = '25'", "'smtp.port'"),
        ("db = ", "TOML"),
        ("db = 'x'\ndb = 'y'", "TOML"),
    ],
)
def test_value_that_cannot_be_is_refused(
    environ: dict[str, str], config: Path, text: str, named: str
) -> None:
    config.write_text(text)
    with pytest.raises(BadValue) as refused:
        load({}, environ)
    assert named in refused.value.message
    assert refused.value.code == 2


def test_named_file_must_be_there(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"elsewhere\.toml"):
        load({}, environ | {"NUMCTL_CONFIG": str(tmp_path / "elsewhere.toml")})


def test_named_file_takes_the_place_of_the_user_s(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    config.write_text("as = 'Acme'")
    named = tmp_path / "other.toml"
    named.write_text("output = 'csv'")
    found = load({}, environ | {"NUMCTL_CONFIG": str(named)})
    assert (found.output, found.acting_as) == ("csv", None)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"as = '\xe9'"])
def test_file_in_another_encoding_is_refused(environ: dict[str, str], config: Path, content: bytes) -> None:
    config.write_bytes(content)
    with pytest.raises(BadValue, match="UTF-8"):
        load({}, environ)


def test_folder_in_the_place_of_the_file_is_refused(environ: dict[str, str], config: Path) -> None:
    config.mkdir()
    with pytest.raises(Refusal, match="can't be read"):
        load({}, environ)


def test_home_of_the_account_where_the_environment_has_none() -> None:
    import pwd

    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    assert load({}, {}).db == home / ".local/share/numctl/inventory.db"
    assert load({}, {"HOME": ""}).db == load({}, {}).db


def test_no_home_at_all_is_an_error_only_for_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_file, "_home_of_account", lambda: None)
    with pytest.raises(BadValue) as refused:
        load({}, {})
    assert "--db" in refused.value.advice
    assert load({"db": "x.db"}, {}).db == Path("x.db")


def test_relative_xdg_folders_are_ignored(tmp_path: Path) -> None:
    found = load({}, {"HOME": str(tmp_path), "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "etc"})
    assert found.db == tmp_path / ".local/share/numctl/inventory.db"


@pytest.mark.parametrize(
    ("platform", "env", "db"),
    [
        ("darwin", {"HOME": "/h", "XDG_DATA_HOME": "/d"}, "/h/Library/Application Support"),
        ("win32", {"LOCALAPPDATA": "/l", "APPDATA": "/r"}, "/l"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/d"}, "/d"),
    ],
)
def test_folders_follow_the_customs_of_the_system(
    monkeypatch: pytest.MonkeyPatch, platform: str, env: dict[str, str], db: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert load({}, env).db == Path(db) / "numctl" / "inventory.db"


@pytest.mark.parametrize(
    ("flags", "env", "color"),
    [
        ({}, {}, None),
        ({"no_color": True}, {}, False),
        ({}, {"NO_COLOR": "1"}, False),
        ({}, {"NO_COLOR": ""}, None),
        ({}, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_forbidden_or_left_to_the_stream(
    environ: dict[str, str], flags: dict[str, object], env: dict[str, str], color: bool | None
) -> None:
    assert load(flags, environ | env).color is color


def test_odd_tz_does_not_matter(environ: dict[str, str]) -> None:
    assert load({}, environ | {"TZ": "bogus"}).timezone == "UTC"
