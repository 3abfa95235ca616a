"""Promise 28: no secret in arguments, logs, errors or the store; see also the tests of mail."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from numctl.cli.table import COMMANDS
from numctl.input import options
from tests.conftest import Numctl, Promised
from tests.on_server import contents
from tests.trust.readings import READINGS

CANARY = "canary-Pa55word"
LINES = [*READINGS, "request --quantity 1", "reserve 4000 --tag x", "mail test jo@acme.example"]


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_password_is_in_no_answer_and_not_in_the_store(
    debug: str, store: Path, tmp_path: Path, numctl: Numctl, promised: Promised
) -> None:
    config, secret = tmp_path / "config.toml", tmp_path / "secret"
    secret.write_text(CANARY)
    smtp = '[smtp]\nhost = "localhost"\nport = 1\nusername = "jo"\n'
    env = {"NUMCTL_CONFIG": str(config), "NUMCTL_DEBUG": debug}
    numctl("demo")
    with promised(28) as promise:
        for settings, password in (
            (f"{smtp}password_file = '{secret}'\n", ""),
            (smtp, CANARY),
            (f"{smtp}password = '{CANARY}'\n", ""),
            (f"{smtp}password_file = '{CANARY}'\n", ""),
            (f"{smtp}{CANARY}", ""),
            (f"{smtp}port = '{CANARY}'\n", ""),
        ):
            config.write_text(settings)
            for line in [
                *READINGS,
                "request --quantity 1",
                "reserve 4000 --tag x",
                "mail test jo@acme.example",
            ]:
                ended = numctl(
                    *line.split(), env=env | ({"NUMCTL_SMTP_PASSWORD": password} if password else {})
                )
                shown = CANARY in ended.out + ended.err and f"password_file = '{CANARY}'" not in settings
                promise.tried(*[f"{line}: {ended}"] * shown)
        promise.tried(*["it is in the store"] * (CANARY.encode() in contents(store)))


def test_no_option_takes_a_password(promised: Promised) -> None:
    """Whoever may list processes sees their arguments."""
    with promised(28) as promise:
        for entry in COMMANDS:
            module = __import__(entry.module, fromlist=[entry.function])
            names = inspect.signature(getattr(module, entry.function)).parameters
            promise.tried(*[f"{entry.name}: {name}" for name in names if "pass" in name or "secret" in name])
        for taken in (options.global_options, options.change_options):
            names = inspect.signature(taken).parameters
            promise.tried(*[name for name in names if "pass" in name or "secret" in name])
