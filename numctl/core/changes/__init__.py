"""The one way that numbers change: written, counted and journalled."""
