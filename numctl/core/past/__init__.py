"""The journal read: what was done, what happened to a number, where organizations were, the feed."""
