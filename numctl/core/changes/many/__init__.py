"""The second body of the writer: many spans changed at once, inside SQLite."""
