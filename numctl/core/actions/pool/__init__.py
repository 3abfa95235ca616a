"""The free pool: which available numbers a quantity means."""
