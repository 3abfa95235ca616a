"""The gate: one command line at a time, from administrators of branches, over SSH."""
