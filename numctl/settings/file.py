"""The settings file: where it is, what is in it, and how a value that can't be is refused."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numctl.core.errors import BadValue, Refusal

KEYS = (
    *("db", "as", "output", "region", "timezone", "lock_timeout", "journal"),
    *("smtp", "supplier", "list", "usage"),
)


class SettingsFile:
    """A table of the settings file with its path, for messages that name both."""

    def __init__(self, path: Path, values: Mapping[str, Any], name: str = "") -> None:
        self.path, self.values, self.name = path, values, name

    @classmethod
    def find(cls, env: Mapping[str, str]) -> SettingsFile:
        """Read the file that ``env`` names, or the user's own if there is one."""
        named = env.get("NUMCTL_CONFIG")
        folder = None if named else user_folder(env, "XDG_CONFIG_HOME", ".config", "APPDATA")
        if not named and folder is None:
            return cls(Path(), {})
        path = Path(named) if named else Path(folder or "", "numctl", "config.toml")
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            if named:
                raise BadValue(f"The settings file {path} that NUMCTL_CONFIG names isn't there.") from None
            return cls(path, {})
        except UnicodeDecodeError:
            raise BadValue(f"The settings file {path} isn't UTF-8 text.") from None
        except OSError as error:
            if not named and isinstance(error, NotADirectoryError):
                return cls(path, {})
            raise Refusal(f"The settings file {path} can't be read: {error.strerror}.") from error
        return cls(path, _parse(path, text))._checked(KEYS)

    def _checked(self, known: tuple[str, ...]) -> SettingsFile:
        for key in self.values:
            if key not in known:
                from difflib import get_close_matches

                near = get_close_matches(key, known, n=1, cutoff=0.0)[0]
                raise BadValue(
                    f"The settings file {self.path} has an unknown key '{self.name}{key}'.",
                    f"Did you mean '{self.name}{near}'?",
                    key=f"{self.name}{key}",
                )
        return self

    def table(self, key: str, known: tuple[str, ...]) -> SettingsFile | None:
        """The table of that name, its keys checked, or None."""
        if key not in self.values:
            return None
        if not isinstance(self.values[key], dict):
            raise self.bad(key, "a table")
        return SettingsFile(self.path, self.values[key], f"{key}.")._checked(known)

    def tables(self, key: str) -> Mapping[str, SettingsFile]:
        """The tables within the table of that name, by their own names."""
        within = self.values.get(key, {})
        if not (isinstance(within, dict) and all(isinstance(table, dict) for table in within.values())):
            raise self.bad(key, "a table of tables")
        return {name: SettingsFile(self.path, table, f"{key}.{name}.") for name, table in within.items()}

    def text(self, key: str) -> str | None:
        """The text under that key, or None where there is none or an empty one."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, str):
            raise self.bad(key, "text in quotes")
        if value and "\0" in value:
            raise self.bad(key, "text without the character NUL")
        return value or None

    def file(self, key: str) -> Path | None:
        """The path under that key: ``~`` is the home, a relative one starts at the settings file."""
        if not (text := self.text(key)):
            return None
        try:
            return self.path.parent / Path(text).expanduser()
        except RuntimeError:
            raise self.bad(key, "a path with a home folder that exists") from None

    def bad(self, key: str, wanted: str) -> BadValue:
        """The refusal of the value under that key."""
        value = self.values.get(key)
        return BadValue(f"In the settings file {self.path}, '{self.name}{key}' is {wanted}, not {value!r}.")


def _parse(path: Path, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadValue(f"The settings file {path} isn't valid TOML: {error}.") from None
    except RecursionError:
        raise BadValue(f"The settings file {path} can't be read: it is nested too deeply.") from None


def user_folder(env: Mapping[str, str], xdg: str, below_home: str, windows: str) -> Path | None:
    """The user's folder for configuration or data, by the customs of the system; None without a home."""
    if sys.platform == "win32":
        return Path(env[windows]) if windows in env else None
    if (
        sys.platform != "darwin" and Path(env.get(xdg, "")).is_absolute()
    ):  # the XDG rule: ignore relative ones
        return Path(env[xdg])
    home = env.get("HOME") or _home_of_account()
    if home is None:
        return None
    return Path(home, "Library/Application Support" if sys.platform == "darwin" else below_home)


def _home_of_account() -> str | None:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir or None
    except KeyError:
        return None
