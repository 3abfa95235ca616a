# Everything a developer runs. Needs python3 (3.11 or newer) with venv, and make.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PEERS := .venv/.peers
# What "make test-server" runs.
SERVER_TESTS ?= tests/core tests/commands tests/property tests/trust tests/mail

# A store of its own, whatever the user's settings say.
DEMO_DIR := build/demo
DEMO := env -u NUMCTL_AS -u NUMCTL_OUTPUT -u NUMCTL_REGION -u NUMCTL_CONFIG \
	XDG_CONFIG_HOME=$(CURDIR)/$(DEMO_DIR) NUMCTL_DB=$(DEMO_DIR)/inventory.db $(BIN)/numctl

# What Python has compiled is kept, whatever the environment says: two thirds of pytest's start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-full test-server lint format docs mutants bench clean

help:
	@echo "make demo       make a store of a small company and look at it"
	@echo "make test       lint, types and the everyday tests"
	@echo "make test-full  the same, with the long tests in full"
	@echo "make test-server  the tests of the core, commands, laws, trust and mail on a PostgreSQL server, and its own"
	@echo "make lint       ruff and mypy alone"
	@echo "make format     let ruff lay out the code"
	@echo "make docs       make the manual pages and the manual's pictures anew"
	@echo "make mutants    put faults into the core, and see which of them the tests notice"
	@echo "make bench      measure against peers, side by side"
	@echo "make clean      remove what was built"

$(READY): pyproject.toml requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)
	rm -rf $(DEMO_DIR)
	mkdir -p $(DEMO_DIR)
	$(DEMO) demo
	$(DEMO) search --limit 10 -o simple
	$(DEMO) report utilization --org Sales
	$(DEMO) utilization --tree
	@echo "The store is $(DEMO_DIR)/inventory.db: try $(BIN)/numctl --db $(DEMO_DIR)/inventory.db search sales"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -q --ignore tests/server

test-full: lint
	NUMCTL_TEST_FULL=1 $(BIN)/python -m pytest -n 2 -q

test-server: $(READY)
	$(BIN)/python -m pytest -n 2 -q tests/server
	NUMCTL_TEST_SERVER=1 $(BIN)/python -m pytest -n 2 -q $(SERVER_TESTS)

mutants: $(READY)
	$(BIN)/python -m tools.mutants

docs: $(READY)
	$(BIN)/python -m tools.manpages
	$(BIN)/python -m tools.parameters
	$(BIN)/python -m tools.pictures
	$(BIN)/python -m tools.figures
	$(BIN)/python -m tools.rulebook

# What is missing is skipped by name: not being able to install a peer is no failure.
$(PEERS): $(READY) requirements-bench.txt
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt; \
	then touch $@; else echo "could not install pandas, lines against it are skipped" >&2; fi

bench: $(PEERS)
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
