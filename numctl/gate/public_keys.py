"""Public keys of SSH, and their lines in ``authorized_keys``."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from numctl.core.errors import BadValue, Failed, NumbersRefuse

TYPES = (
    *("ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384"),
    *("ecdsa-sha2-nistp521", "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa"),
)
LONGEST = 16_384  # characters of a key's line


class PublicKey(NamedTuple):
    """A key: its type, and its base64."""

    type: str
    body: str


def read_key(text: str) -> PublicKey:
    """The one public key of a text, as ``ssh-keygen`` writes it. Raises BadValue for anything else."""
    lines = [line.strip() for line in text[: LONGEST + 1].splitlines() if line.strip()]
    if len(text) > LONGEST or len(lines) != 1:
        raise BadValue(
            "That isn't one public key.", "Send the one line of a .pub file, such as id_ed25519.pub."
        )
    if "PRIVATE KEY" in lines[0]:
        raise BadValue("That is a private key, which nobody else may see.", "Send the .pub file beside it.")
    type, _, rest = lines[0].partition(" ")
    body = rest.split()[0] if rest.split() else ""
    if type not in TYPES:
        raise BadValue(
            "A public key begins with its type, and this doesn't.", f"The types are {', '.join(TYPES)}."
        )
    try:
        decoded = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    named = type.encode()
    if not decoded.startswith(len(named).to_bytes(4, "big") + named) or len(decoded) < len(named) + 20:
        raise BadValue("The public key is cut off or garbled.", "Send the .pub file as it is.")
    return PublicKey(type, body)


def line_of(key: PublicKey, command: str, name: str) -> str:
    """The line for ``authorized_keys`` that lets a key run one command and nothing else."""
    escaped = command.replace("\\", "\\\\").replace('"', '\\"')
    return f'restrict,command="{escaped}" {key.type} {key.body} {name}'


def put_into(path: Path, key: PublicKey, line: str) -> None:
    """Add a line to an ``authorized_keys`` file, whole or not at all; its other lines stay as they are.

    Raises NumbersRefuse for a key that is there, BadValue for what is no regular file, Failed where it
    can't be written.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise BadValue(f"{str(path)!r} is no regular file.", "Name the file that sshd reads.")
    try:
        there = path.read_bytes() if path.exists() else b""
        if any(key.body.encode() in one.split() for one in there.splitlines()):
            raise NumbersRefuse(
                "That key is in the file already.", "Take its line out first, or use another key."
            )
        end = b"" if not there or there.endswith(b"\n") else b"\n"
        _replace(path, there + end + line.encode() + b"\n")
    except OSError as error:
        raise Failed(f"{str(path)!r} can't be written: {error.strerror}.") from error


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".numctl-{os.urandom(6).hex()}.part")
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
