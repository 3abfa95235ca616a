"""The connection to a store, as everything outside this room knows it."""

from __future__ import annotations

from sqlite3 import Connection, Cursor

__all__ = ["Connection", "Cursor"]
