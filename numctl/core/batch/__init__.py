"""Many changes from a file, as one operation."""
