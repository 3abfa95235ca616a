"""Whom to write to: thresholds, the outbox, requests."""
