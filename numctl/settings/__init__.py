"""What a run was told to work with: flags beat the environment, the environment the settings file.

The environment and the flags are handed in as values; only the settings file is read here, and only
if it exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from numctl.core.errors import BadValue
from numctl.core.store.journal_modes import JOURNALS
from numctl.core.store.places import SCHEMES, Place, place
from numctl.core.values import seconds
from numctl.settings.file import SettingsFile, user_folder

REMOTE = "ssh://"  # what the address of a gate begins with
PORTS = {"starttls": 587, "tls": 465, "none": 25}
SMTP_KEYS = ("host", "port", "security", "username", "password_file", "sender")
SUPPLIER_KEYS = ("email", "phone")
PATIENCE = 30.0  # seconds of waiting for a lock


class Smtp(NamedTuple):
    """The mail server. ``security`` is ``starttls``, ``tls`` or ``none``.

    The password is ``password`` if the environment gave one, else the first line of
    ``password_file``, else there is none.
    """

    host: str
    sender: str
    port: int = PORTS["starttls"]
    security: str = "starttls"
    username: str | None = None
    password: str | None = None
    password_file: Path | None = None

    def __repr__(self) -> str:
        return f"Smtp({self.host!r}, {self.sender!r}, {self.port}, {self.security!r}, {self.username!r})"


class Supplier(NamedTuple):
    """Where to ask for more numbers."""

    email: str | None = None
    phone: str | None = None


class Settings(NamedTuple):
    """``lock_timeout`` is in seconds; ``color`` is False where colour is forbidden, None where each stream
    decides; ``profiles`` and ``usage_profiles`` are ways of reading lists and records of usage by their
    names, not yet checked. ``remote`` is the address of a gate (``ssh://...``), None where the store is the
    file ``db``, or a server's address. ``journal`` is the mode that the file is to be in (one of
    ``JOURNALS``), None for the one that it is in."""

    db: Place
    remote: str | None = None
    acting_as: str | None = None
    output: str | None = None
    region: str | None = None
    timezone: str = "UTC"
    lock_timeout: float = PATIENCE
    journal: str | None = None
    quiet: bool = False
    color: bool | None = None
    no_input: bool = False
    smtp: Smtp | None = None
    supplier: Supplier | None = None
    profiles: Mapping[str, SettingsFile] = MappingProxyType({})
    usage_profiles: Mapping[str, SettingsFile] = MappingProxyType({})


def load(flags: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """The settings of this run. ``flags`` are the global options that were given, by name.

    Raises ``BadValue`` for a value or key that can't be, and for a named settings file that is missing.
    """
    env = {name: value for name, value in environ.items() if value}
    file = SettingsFile.find(env)

    def first(flag: str, variable: str, key: str) -> str | None:
        return str(flags[flag]) if flag in flags else env.get(variable) or file.text(key)

    where = str(flags.get("db") or env.get("NUMCTL_DB") or file.text("db") or "")
    remote = where if where.startswith(REMOTE) else None
    region = first("region", "NUMCTL_REGION", "region")
    return Settings(
        db=Path() if remote else _db(flags, env, file),
        remote=remote,
        acting_as=_acting_as(flags, environ, file),
        output=first("output", "NUMCTL_OUTPUT", "output"),
        region=_region(region) if region else None,
        timezone=_timezone(file),
        lock_timeout=_lock_timeout(flags, env, file),
        journal=_journal(file),
        quiet=bool(flags.get("quiet")),
        color=True
        if flags.get("color")
        else False
        if flags.get("no_color") or "NO_COLOR" in env or env.get("TERM") == "dumb"
        else None,
        no_input=bool(flags.get("no_input")),
        smtp=_smtp(file.table("smtp", SMTP_KEYS), env),
        supplier=_supplier(file.table("supplier", SUPPLIER_KEYS)),
        profiles=file.tables("list"),
        usage_profiles=file.tables("usage"),
    )


def _db(flags: Mapping[str, object], env: Mapping[str, str], file: SettingsFile) -> Place:
    if "db" in flags or "NUMCTL_DB" in env:
        text = str(flags.get("db", env.get("NUMCTL_DB")))
        if not text:
            raise BadValue("The path of the store is empty.", "Name a file with --db PATH.")
        return place(text)
    if (named_there := file.text("db") or "").startswith(SCHEMES):
        return place(named_there)
    if named := file.file("db"):
        return named
    folder = user_folder(env, "XDG_DATA_HOME", ".local/share", "LOCALAPPDATA")
    if folder is None:
        raise BadValue("There is no home folder to look for the store in.", "Name a file with --db PATH.")
    return folder / "numctl" / "inventory.db"


def _acting_as(flags: Mapping[str, object], environ: Mapping[str, str], file: SettingsFile) -> str | None:
    """The organization to act as. An empty name is refused: it would widen what is seen to everything."""
    if "acting_as" in flags:
        named, where = str(flags["acting_as"]), "--as"
    elif "NUMCTL_AS" in environ:
        named, where = environ["NUMCTL_AS"], "NUMCTL_AS"
    elif "as" in file.values:
        named, where = file.text("as") or "", f"'as' in the settings file {file.path}"
    else:
        return None
    if not named.strip():
        raise BadValue(
            f"The organization to act as is empty ({where}).",
            "Name one, such as Acme/Sales, or leave it out (unset the variable) to act as the root.",
            organization=named,
        )
    return named


def _color(flags: Mapping[str, object], env: Mapping[str, str]) -> bool | None:
    if flags.get("no_color") or "NO_COLOR" in env:
        return False
    if flags.get("color"):  # whoever looks at it elsewhere sees colours
        return True
    return False if env.get("TERM") == "dumb" else None


def _region(text: str) -> str:
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise BadValue(f"A region is a country's two letters, such as FR, not {text!r}.")
    return text.upper()


def _timezone(file: SettingsFile) -> str:
    name = file.text("timezone") or "UTC"
    if name != "UTC":
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise file.bad("timezone", "the name of a time zone, such as 'Europe/Paris'") from None
    return name


def _lock_timeout(flags: Mapping[str, object], env: Mapping[str, str], file: SettingsFile) -> float:
    if "lock_timeout" in flags:
        return seconds(str(flags["lock_timeout"]))
    if "NUMCTL_LOCK_TIMEOUT" in env:
        return seconds(env["NUMCTL_LOCK_TIMEOUT"])
    value = file.values.get("lock_timeout", PATIENCE)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1_000_000:
        raise file.bad("lock_timeout", "a number of seconds from 0 to 1000000")
    return float(value)


def _journal(file: SettingsFile) -> str | None:
    name = file.text("journal")
    if name is not None and name not in JOURNALS:
        raise file.bad("journal", f"one of {', '.join(JOURNALS)}")
    return name


def _smtp(table: SettingsFile | None, env: Mapping[str, str]) -> Smtp | None:
    if table is None:
        return None
    host, username = table.text("host"), table.text("username")
    if host is None:
        raise table.bad("host", "the mail server's name")
    security = table.text("security") or "starttls"
    if security not in PORTS:
        raise table.bad("security", f"one of {', '.join(PORTS)}")
    port = table.values.get("port", PORTS[security])
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65535:
        raise table.bad("port", "a whole number from 1 to 65535")
    fallback = username if username and "@" in username else f"numctl@{host}"
    return Smtp(
        host=host,
        sender=table.text("sender") or fallback,
        port=port,
        security=security,
        username=username,
        password=env.get("NUMCTL_SMTP_PASSWORD"),
        password_file=table.file("password_file"),
    )


def _supplier(table: SettingsFile | None) -> Supplier | None:
    return Supplier(table.text("email"), table.text("phone")) if table else None
