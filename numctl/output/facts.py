"""A refusal's facts as programs read them: numbers as strings of digits, ranges with their ends."""

from __future__ import annotations

from collections.abc import Mapping

from numctl.core.errors import Refusal

TELEPHONE = frozenset(("number", "numbers", "first", "last", "forwarded_to"))


def error_object(refusal: Refusal) -> dict[str, object]:
    """What `-o json` says of a refusal."""
    told = {"code": refusal.code, "kind": refusal.kind, "message": refusal.message, "advice": refusal.advice}
    rest = {name: _plain(value, name) for name, value in refusal.facts.items() if name not in told}
    return {"error": {**told, **rest}}


def _plain(value: object, name: str = "") -> object:
    if isinstance(value, int) and not isinstance(value, bool) and name in TELEPHONE:
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, str(key)) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "first") and hasattr(value, "last"):
        return {"first": str(value.first), "last": str(value.last), "count": value.last - value.first + 1}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, name) for item in value]
    return value
