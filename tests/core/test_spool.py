"""What is put into a buffer comes out again, from memory and from a file."""

from __future__ import annotations

from itertools import chain

import pytest

from numctl.core.queries import buffer
from numctl.core.queries.buffer import Buffer


@pytest.mark.parametrize("in_memory", [0, 1_000, 10**9])
def test_everything_comes_out_in_order(in_memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffer, "IN_MEMORY", in_memory)
    monkeypatch.setattr(buffer, "CHUNK", 7)
    items = [(n, 10**15 - n, None if n % 3 else f"né {n}") for n in range(100)]
    filled = Buffer()
    for start in range(0, 100, 7):
        filled.put(items[start : start + 7])
    assert list(chain.from_iterable(filled.chunks())) == items
    assert list(chain.from_iterable(filled.chunks())) == items
    assert list(Buffer.of(items)) == items
    assert list(Buffer.of(["né", "", "x\n"])) == ["né", "", "x\n"]
