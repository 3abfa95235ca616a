"""The rule book: statuses, and one record for each action: pure."""
