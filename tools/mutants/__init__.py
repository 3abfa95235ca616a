"""Do the tests notice? Faults put into the core one at a time, each against the tests that reach it.

``python -m tools.mutants`` draws a sample by seed, and tells the share that some test noticed, and each of
the others. Those that were looked at and change nothing that anybody could see are in ``harmless.toml``.
"""
