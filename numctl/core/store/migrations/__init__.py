"""What makes the tables, version by version. What stands in a released one never changes."""
