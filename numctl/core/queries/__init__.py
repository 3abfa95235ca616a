"""What is read: search, lists, utilization, history."""
