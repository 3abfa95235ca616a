"""Whether the store is whole, and the repair of what can be derived."""
