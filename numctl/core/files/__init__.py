"""Lists of other programs: import and compare."""
