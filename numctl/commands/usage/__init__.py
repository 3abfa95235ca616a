"""``numctl usage``: records of voice, messages and data."""
