"""A report's file: written under another name beside it, and there only when it is whole."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TextIO

from numctl.core.errors import BadValue, Refusal
from numctl.output.terminal import is_terminal

DEVICES = ("/dev/", "/proc/")
IN_MEMORY = "/dev/shm/"  # noqa: S108 - where files are files, whatever stands above them


@contextmanager
def open_out(path: str, *, binary: bool = False) -> Iterator[Any]:
    """A file to write text to, in UTF-8, or bytes, that takes its name once the context ends well.

    What had the name before is replaced then, a symbolic link too (never what it points to). The mode
    follows the umask, and is no wider than that of one's own file that is replaced. Devices and
    pipes are written to directly. Raises BadValue for a folder, Refusal where there can't be a file;
    an OSError while writing passes through.
    """
    target = Path(path)
    try:
        there: os.stat_result | None = target.stat()
    except (OSError, ValueError):
        there = None
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise BadValue(f"{path!r} is a folder.", "Name a file.", path=path)
    by_device = path.startswith(DEVICES) and not path.startswith(IN_MEMORY)
    if by_device or (there is not None and not stat.S_ISREG(there.st_mode)):
        with _refusing(path):
            device = os.open(target, os.O_WRONLY | os.O_CLOEXEC)
        with _writer(device, binary) as file:
            yield file
        return
    part = target.with_name(f".numctl-{os.urandom(6).hex()}.part")
    with _refusing(path):
        file = _writer(_created(part, there), binary)
    try:
        yield file
        with _refusing(path):
            file.flush()
            os.fsync(file.fileno())
            file.close()
            part.replace(target)
    except BaseException:
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            part.unlink()
        raise


def _writer(descriptor: int, binary: bool) -> IO[Any]:
    if binary:
        return os.fdopen(descriptor, "wb")
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="")


def _created(part: Path, there: os.stat_result | None) -> int:
    mode = 0o666
    if there is not None and there.st_uid == os.geteuid():
        mode &= stat.S_IMODE(there.st_mode) | 0o600
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    """Turn what the system refuses into a refusal that names the file."""
    try:
        yield
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Refusal(
            f"{path!r} can't be written: {why}.", "Name a file in a folder that you may write to.", path=path
        ) from error


def standard_output(stream: TextIO) -> IO[bytes]:
    """Standard output for bytes. Raises BadValue for a terminal."""
    if is_terminal(stream):
        raise BadValue(
            "A workbook is no text for a terminal.", "Give --out FILE.xlsx, or redirect the output."
        )
    return stream.buffer
