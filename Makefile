# One command file. `make demo` and `make test` are all the set-up a fresh machine needs.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
BACKEND ?= embedded
MINUTES ?= 30
PACTWATCH_SHARED ?= ../shared
export PACTWATCH_SHARED

.PHONY: help venv demo run test check quality bench soak fuzz chaos lock docs clean
help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-9s %s\n", $$1, $$2}'

.venv/.installed: requirements.lock pyproject.toml
	@echo "Making .venv from requirements.lock; this takes a minute or two."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

venv: .venv/.installed  ## the virtual environment, from the hash-pinned lock

demo: venv  ## replay the sample archive through the whole pipeline (BACKEND=kafka: on Kafka and PostgreSQL)
	@deploy/with-backend $(BACKEND) $(BIN)/pactwatch demo $(ARGS)

run: venv  ## all services in one process, live feeds
	$(BIN)/pactwatch up

test: venv  ## every test, on the real servers this machine can start
	@deploy/with-servers $(BIN)/python -m pytest -n 3 --dist loadfile $(ARGS)

check: venv  ## ruff, strict typing, import contracts, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m deploy.docs --check

quality: venv  ## score the tagger on the labelled sets
	$(BIN)/python -m tests.quality.gate

bench: venv  ## measure speed side by side with baselines and a rival (ARGS="polling same": a part)
	$(BIN)/python -m tests.bench $(ARGS)

soak: venv  ## poll 2,000 feeds, a third of them failing, for MINUTES (30): flat memory, no late feed
	$(BIN)/python -m tests.bench.soak --minutes $(MINUTES) $(ARGS)

fuzz: venv  ## look for MINUTES (10) for a story that breaks the tagger or takes it longer than a second
	$(BIN)/python -m tests.fuzz $(if $(filter-out file,$(origin MINUTES)),--minutes $(MINUTES)) $(ARGS)

chaos: venv  ## kill services and servers at random moments, at full length
	@PACTWATCH_CHAOS_RUNS=$${PACTWATCH_CHAOS_RUNS:-20} PACTWATCH_OUTAGE_SECONDS=$${PACTWATCH_OUTAGE_SECONDS:-60} \
		deploy/with-servers $(BIN)/python -m pytest tests/chaos $(ARGS)

docs: venv  ## write the generated documents again
	$(BIN)/python -m deploy.docs

lock: venv  ## compile the locks anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-header --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --constraint requirements.lock \
		--generate-hashes --no-header --quiet -o deploy/requirements.lock

clean:  ## remove what the targets made
	rm -rf .venv .kafka .postgres .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
