"""A small company to try things out with."""
