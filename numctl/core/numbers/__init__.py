"""Digits and ranges as people write them, national plans, range algebra, patterns: pure."""
