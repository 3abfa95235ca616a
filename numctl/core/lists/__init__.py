"""Lists of numbers as others write them: import, compare, sync."""
