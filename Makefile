# The few commands for people and for CI. Needed: git, make, and Python >= 3.11 with venv (python3-venv on Debian).

VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

# Without the bytecode of what is never imported, an installation takes two thirds of the time. Every pinned package has a
# wheel for Linux on x86-64; elsewhere one may have to be built from its source, whose hash is pinned as well.
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --no-compile
PINNED := --require-hashes $(if $(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m)),--only-binary=:all:)
PROJECT := --no-deps --no-index --no-build-isolation --editable .

# Tests start the servers that they need and never touch another one.
CLEAN_ENV := env -u NEO4J_URI -u NEO4J_USER -u NEO4J_PASSWORD -u NEO4J_DATABASE

# HOST is the machine's name in some shells: it counts only where it is given to make.
given = $(if $(filter command,$(firstword $(origin $(1)))),--$(2) $($(1)))

.DEFAULT_GOAL := help
.PHONY: help setup run test faults lint bench neo4j lock clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/runtime.done  ## install what the application needs into .venv
	@echo "$(VENV) holds what the application needs: make run."

run: $(VENV)/runtime.done  ## set up, build the default data set if there is none, serve it (PORT=8000 HOST=127.0.0.1)
	@echo "Building the data set if there is none, then serving it; Ctrl-C stops it."
	@exec $(BIN)/alliances up $(call given,HOST,host) $(call given,PORT,port)

test: $(VENV)/tests.done  ## set up, check the code (ruff, mypy, import-linter) and run every test (WORKERS=2)
	@echo "Checking the code and running every test on $(WORKERS) workers; this takes some minutes."
	@$(CLEAN_ENV) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

faults: $(VENV)/tests.done  ## damage Neo4j servers of its own for minutes: is the mirror equal after each fault?
	@echo "Damaging Neo4j servers that are started for it; this takes many minutes."
	@$(CLEAN_ENV) $(BIN)/python -m pytest -m faults tests/mirror $(ARGS)

lint: $(VENV)/tests.done  ## check the code alone: style, format, import rules, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

bench: $(VENV)/tests.done  ## measure the times and sizes that the project promises
	@$(BIN)/python -m benchmarks $(ARGS)

neo4j: $(VENV)/runtime.done  ## start a Neo4j server for development; Java 17 or 21 and Maven are needed (PORT=7687)
	@exec $(BIN)/python tools/neo4j/start.py .neo4j $(call given,PORT,port) $(ARGS)

lock: $(VENV)/runtime.done  ## pin what pyproject.toml asks for (ARGS=--upgrade for newer versions of everything)
	@sh tools/lock.sh $(ARGS)

clean:  ## remove .venv and everything else that these commands made here; data sets stay
	@rm -rf $(VENV) *.egg-info build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip comes last when an environment is made: one that was interrupted is made again.
$(BIN)/pip:
	@python=$$(PYTHON="$(PYTHON)" sh tools/find-python.sh) && \
	echo "Setting up $(VENV) with $$python (about half a minute, once)." && \
	"$$python" -m venv $(VENV)

$(VENV)/runtime.done: requirements.lock pyproject.toml | $(BIN)/pip
	@echo "Installing what the application needs into $(VENV)."
	@$(PIP) $(PINNED) --requirement requirements.lock
	@$(PIP) $(PROJECT)
	@touch $@

$(VENV)/tests.done: requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/pip
	@echo "Installing what the application and its tests need into $(VENV)."
	@$(PIP) $(PINNED) --requirement requirements-dev.lock
	@$(PIP) $(PROJECT)
	@touch $(VENV)/runtime.done $@
