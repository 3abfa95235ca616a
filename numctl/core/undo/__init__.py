"""Undoing an operation exactly: its numbers, its rows of the catalog, and what stands in the way."""
