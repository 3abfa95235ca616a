"""Stores in a schema of a PostgreSQL server: the same tables, the same statements."""
