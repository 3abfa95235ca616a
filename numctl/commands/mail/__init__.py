"""The messages to administrators."""
