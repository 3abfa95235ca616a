"""When to warn that numbers run out."""
