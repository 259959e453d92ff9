# Targets for people and CI. Every target works from a clean clone with Python 3.11+, git and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 3000
UV_VERSION := 0.13.9
LOCATIONS := $(patsubst code_locations/%/pyproject.toml,%,$(wildcard code_locations/*/pyproject.toml))
PACKAGES := $(patsubst %/pyproject.toml,%,$(wildcard shared/*/pyproject.toml code_locations/*/pyproject.toml))
# The name of a package outside this repository: one that nobody else has, so that an index cannot offer another.
distribution = runelite-wrapped-$(patsubst wrapped-%,%,$(subst _,-,$(notdir $(1))))
STAMP := $(VENV)/.setup-stamp
LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --no-emit-index-url --no-emit-find-links
export DAGSTER_DISABLE_TELEMETRY := true
# The tests start some hundred processes: without cached bytecode, each would compile all of Dagster first.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
include deploy/images.mk
.PHONY: help setup lock demo dev test test-slow test-restore test-faults test-cluster lint format definitions bench clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP)  ## create the environment in .venv, from the hashed lock

$(STAMP): requirements-dev.lock $(addsuffix /pyproject.toml,$(PACKAGES))
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Python 3.11, 3.12 or 3.13 is needed: make setup PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --no-config --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip uninstall --no-config --quiet --python $(BIN)/python $(foreach p,$(PACKAGES),$(subst _,-,$(notdir $(p)))) 2>/dev/null || true  # their names in older clones
	@$(BIN)/uv pip install --no-config --quiet --python $(BIN)/python --no-deps --no-build-isolation $(addprefix -e ,$(PACKAGES))
	@env -u WRAPPED_FIRST_DAY $(BIN)/python -W ignore -c 'from importlib import import_module; [import_module(f"{name}.definitions") for name in "$(LOCATIONS)".split()]'  # compiles what every command loads
	@touch $@

lock:  ## resolve the locks: one per location, one for the system image, one for development
	@for location in $(LOCATIONS); do \
	  $(BIN)/uv pip compile $(LOCK_FLAGS) $(foreach p,$(PACKAGES),--no-emit-package $(call distribution,$(p))) code_locations/$$location/pyproject.toml \
	    -o code_locations/$$location/requirements.lock; \
	done
	@for name in requirements build; do \
	  $(BIN)/uv pip compile $(LOCK_FLAGS) deploy/$$name.in -o deploy/$$name.lock; \
	done
	@$(BIN)/uv pip compile $(LOCK_FLAGS) $(foreach p,$(PACKAGES),--no-emit-package $(call distribution,$(p))) \
	  $(addsuffix /pyproject.toml,$(PACKAGES)) --group dev -o requirements-dev.lock

demo: setup  ## the whole product on sample data, offline
	@$(BIN)/wrapped demo

# Dagster itself, whenever it copies a sensor, sets the parameter that it warns of.
dev: export PYTHONWARNINGS = ignore:Parameter `owners` of initializer `SensorDefinition
dev: setup  ## the Dagster UI over the same data, on http://localhost:3000 or, with PORT=3001, on another port
	@$(BIN)/python -c 'import socket, sys; socket.create_server(("127.0.0.1", int(sys.argv[1]))).close()' '$(PORT)' 2>/dev/null \
	  || { echo "port $(PORT) is in use or not a valid port: choose another, such as make dev PORT=3001" >&2; exit 1; }
	@set -e; test -n "$$MONGO_URI" || { $(BIN)/wrapped mongo start; export MONGO_URI=$$($(BIN)/wrapped mongo uri); }; \
	export DAGSTER_HOME=$$($(BIN)/python -c 'from wrapped_cli.runner.home import dagster_home; print(dagster_home())'); \
	exec $(BIN)/dg dev --workspace workspace.yaml --port $(PORT)

test: setup  ## all tests except the slow ones
	@$(BIN)/pytest -n 2 --dist loadgroup -m "not slow and not cluster"

test-restore: setup  ## back up in the middle of runs, destroy, restore into empty servers, go on (part of test-slow)
	@$(BIN)/pytest -s tests/test_restore.py

test-slow: setup  ## the slow tests: whole processes, faults, killed runs
	@$(BIN)/pytest -n 2 --dist loadgroup -m "slow and not cluster"

test-faults: setup  ## break databases and clocks on purpose, and write what was seen to docs/faults.md (20 minutes)
	@PYTHONPATH=tests:code_locations/player_stats/tests $(BIN)/python -W ignore -m faults

test-cluster: setup  ## test the deployment on the Kubernetes cluster in KUBECONFIG (docs/deploying.md)
	@PYTHONPATH=tests $(BIN)/python -m cluster_check $(if $(CLUSTER_TOOLS),--tools $(CLUSTER_TOOLS))

lint: setup  ## formatting, lint, strict types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(addsuffix /src,$(PACKAGES)) deploy
	@$(BIN)/lint-imports --no-cache

format: setup  ## format the code and apply lint fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

definitions: setup  ## write what is generated from the code: tests/definitions (what the UI shows) and the README's pictures
	@$(BIN)/python -W ignore tests/definitions_text.py
	@$(BIN)/python -W ignore tests/architecture.py

bench: setup  ## speed and memory, as ratios measured in one run
	@for folder in $(addprefix code_locations/,$(LOCATIONS)) shared/wrapped_cli; do (cd $$folder && ../../$(BIN)/python -m bench) || exit 1; done

clean:  ## stop the embedded MongoDB and remove all generated files
	@-test -x $(BIN)/wrapped && $(BIN)/wrapped mongo stop
	@rm -rf .wrapped .pytest_cache .mypy_cache .ruff_cache .hypothesis
