"""``key add``: the line of a key, and the file that it is put into."""

from __future__ import annotations

import os
import stat

import pytest

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8kQ1nQ7cUuXgEYwJz4d9mX0b1V2s3T4u5W6x7Y8z9A jo@laptop"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8kQ1nQ7cUuXgEYwJz4d9mX0b1V2s3T4u5W6x7Y8z9B"


def test_the_line_restricts_the_key_to_the_gate(acme, numctl) -> None:
    ended = numctl("key", "add", "Jo's laptop", "--org", "Sales", input=KEY + "\n")
    assert ended.code == 0
    line = ended.out.strip()
    assert line.startswith('restrict,command="')
    command, _, rest = line.removeprefix('restrict,command="').rpartition('" ')
    assert rest.split()[:2] == KEY.split()[:2]
    assert f"gate --db {acme.resolve()} --as /" in command
    assert """--actor 'Jo'\\"'\\"'s laptop'""" in command
    assert "--read-only" in numctl("key", "add", "x", "--org", "Sales", "--read-only", input=KEY).out


def test_it_is_added_to_a_file_whose_other_lines_stay(acme, numctl, tmp_path) -> None:
    file = tmp_path / "authorized_keys"
    file.write_bytes(b"# mine\r\nssh-rsa AAAA other")
    file.chmod(0o640)
    assert numctl("key", "add", "jo", "--org", "Sales", "--into", file, input=KEY).code == 0
    content = file.read_bytes()
    assert content.startswith(b"# mine\r\nssh-rsa AAAA other\nrestrict,command=")
    assert content.endswith(b" jo\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    again = numctl("key", "add", "jo", "--org", "EMEA", "--into", file, input=KEY)
    assert (again.code, file.read_bytes()) == (6, content)
    assert numctl("key", "add", "ed", "--org", "EMEA", "--into", file, input=OTHER).code == 0
    new = tmp_path / "new"
    os.umask(0o022)
    assert numctl("key", "add", "jo", "--org", "Sales", "--into", new, input=KEY).code == 0
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    link = tmp_path / "link"
    link.symlink_to(file)
    assert numctl("key", "add", "x", "--org", "Sales", "--into", link, input=OTHER).code == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 !!!!",
        f'command="x" {KEY}',
        KEY + "\n" + OTHER,
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        KEY.replace("ssh-ed25519 ", "ssh-rsa "),
        "x" * 20_000,
        "ssh-dss AAAAB3NzaC1kc3MAAACBAM",
    ],
)
def test_what_is_no_public_key(acme, numctl, tmp_path, text) -> None:
    ended = numctl("key", "add", "jo", "--org", "Sales", "--into", tmp_path / "keys", input=text)
    assert (ended.code, (tmp_path / "keys").exists()) == (2, False)
