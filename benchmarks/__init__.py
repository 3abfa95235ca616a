"""Measurements of numctl against its peers, side by side. ``python -m benchmarks`` runs them all."""
