# Targets for every location, named after its folder; each location's Makefile includes this file and may add its own.
# The environment is the root's (run `make setup` there).
LOCATION := $(notdir $(CURDIR))
ROOT := ../..
BIN := $(ROOT)/.venv/bin

.DEFAULT_GOAL := help
.PHONY: help test test-slow lint format bench validate

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

test:  ## this location's tests except the slow ones
	@cd $(ROOT) && .venv/bin/pytest -n 2 -m "not slow" code_locations/$(LOCATION)

# pytest exits with 5 if there are none
test-slow:  ## its slow tests: whole processes, faults, killed runs
	@cd $(ROOT) && { .venv/bin/pytest -m slow code_locations/$(LOCATION) || test $$? = 5; }

lint:  ## formatting, lint and strict types of this location
	@cd $(ROOT) && .venv/bin/ruff format --check code_locations/$(LOCATION)
	@cd $(ROOT) && .venv/bin/ruff check code_locations/$(LOCATION)
	@cd $(ROOT) && .venv/bin/mypy code_locations/$(LOCATION)/src

format:  ## format the code and apply lint fixes
	@cd $(ROOT) && .venv/bin/ruff format code_locations/$(LOCATION)
	@cd $(ROOT) && .venv/bin/ruff check --fix code_locations/$(LOCATION)

bench:  ## speed, requests and memory, as ratios measured in one run
	@$(BIN)/python -m bench

validate:  ## load the definitions without any settings, as the image does
	@env -u MONGO_URI -u WRAPPED_CONTACT $(BIN)/dagster definitions validate -m $(LOCATION).definitions
