"""Labels: what a number carries beside its status, ``key=value``; read strictly, kept in one form."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from numctl.core.errors import BadValue, NumbersRefuse
from numctl.core.text import clean_label, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST = 32  # labels of one number
_KEY = r"[a-z][a-z0-9_-]{0,31}"
_ESCAPE = "\\"
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;"})


class Labels(tuple[tuple[str, str], ...]):
    """The labels of a number: pairs of key and value, by key. ``str`` gives ``key=value; ...``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(written(*pair) for pair in self)

    @property
    def text(self) -> str:
        """As the store keeps them: a JSON object, its keys in order."""
        pairs = [f"{encode_basestring(key)}:{encode_basestring(value)}" for key, value in self]
        return "{" + ",".join(pairs) + "}"

    def changed(self, put: Mapping[str, str], drop: Iterable[str]) -> Labels:
        """These labels with others set and dropped. Raises NumbersRefuse for more than a number may have."""
        now = {key: value for key, value in self if key not in set(drop)} | dict(put)
        if len(now) > MOST:
            raise NumbersRefuse(
                f"A number has {MOST} labels at most, and these would be {len(now)}.", "Remove some first."
            )
        return of(now)


def written(key: str, value: str) -> str:
    """One label as lists write it."""
    return f"{key}={value.translate(_ESCAPED) if ';' in value or _ESCAPE in value else value}"


NONE = Labels()


def of(labels: Mapping[str, str]) -> Labels:
    """Labels from clean keys and values."""
    return Labels(sorted(labels.items()))


def kept(text: str) -> Labels:
    """Labels as the store keeps them."""
    return Labels(pairs(text))


def pairs(text: str) -> Sequence[tuple[str, str]]:
    """The same, as pairs of key and value."""
    parts = text.split('"')  # brackets and signs stand between keys and values, where nothing is escaped
    keys, values = parts[1::4], parts[3::4]
    if "\\" not in text and parts[::2] == ["{", *[":", ","] * (len(values) - 1), ":", "}"]:
        return list(zip(keys, values, strict=True))
    return of(json.loads(text))


def singles(texts: Sequence[str]) -> tuple[Sequence[str], Sequence[str]] | None:
    """The keys and the values of many, where each is one label in which nothing is escaped; else None."""
    whole = "".join(texts)
    parts = whole.split('"')
    around = ["{", *[":", "}{"] * (len(texts) - 1), ":", "}"]
    return (parts[1::4], parts[3::4]) if "\\" not in whole and parts[::2] == around else None


def clean_key(text: str) -> str:
    """A key as it is kept. Raises BadValue."""
    key = text.strip()
    if not re.fullmatch(_KEY, key):
        raise BadValue(
            f"{quoted(text)} is no key of a label.",
            "A key begins with a small letter, and goes on with letters, digits, _ and -, 32 at most.",
        )
    return key


def clean(key: str, value: str) -> tuple[str, str]:
    """A key and its value as they are kept. Raises BadValue."""
    return clean_key(key), clean_label(value)


def read_pair(text: str) -> tuple[str, str]:
    """One ``KEY=VALUE``. Raises BadValue."""
    key, equals, value = text.partition("=")
    if not equals:
        raise BadValue(f"A label is KEY=VALUE, not {quoted(text)}.", "Write it as site=Paris.")
    return clean(key, value)


def read_pairs(texts: Iterable[str]) -> dict[str, str]:
    """Several ``KEY=VALUE``, each key once. Raises BadValue."""
    found: dict[str, str] = {}
    for text in texts:
        key, value = read_pair(text)
        if key in found:
            raise BadValue(f"The label {key} is given twice.", "Give each key one value.")
        found[key] = value
    return found


def read_text(text: str) -> dict[str, str]:
    """Labels as lists write them: ``key=value; key=value``, ``;`` and ``\\`` escaped. Raises BadValue."""
    if ";" not in text and "\\" not in text:
        return read_pairs([text] if text.strip() else [])
    parts = re.findall(r"(?:\\.|[^;\\])+", text, re.DOTALL)
    return read_pairs(re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in parts if part.strip())
