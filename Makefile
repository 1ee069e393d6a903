# Every target makes what it needs; python3 and make are enough to start from.
PYTHON ?= python3
VENV ?= .venv
PYMONGO ?= pymongo>=4.13,<5
BIN = $(VENV)/bin
# Other versions are another installation.
OF = $(shell printf '%s' '$(1)' | cksum | cut -d' ' -f1)
MADE = $(VENV)/.made-$(call OF,$(PYTHON))
STAMP = $(VENV)/.installed-$(call OF,$(PYTHON) $(PYMONGO))
PEERS = .venv-peers
PEERS_STAMP = $(PEERS)/.installed
SOURCES = mongoengine tools tests benchmarks examples

.PHONY: help demo test check generate fix bench differential clean
.PHONY: check-generated check-format check-lint check-types

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(STAMP) ## tour both families against a real MongoDB
	@$(BIN)/python -m examples.tour

test: $(STAMP) ## run the whole test suite
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: check-generated check-format check-lint check-types ## generation, formatting, lint and types

check-generated: $(STAMP)
	@$(BIN)/python tools/generate.py --check

check-format: $(STAMP)
	@$(BIN)/black --quiet --check $(SOURCES) || { $(BIN)/black --check $(SOURCES); exit 1; }

check-lint: $(STAMP)
	@$(BIN)/ruff check --quiet $(SOURCES)

check-types: $(STAMP)
	@$(BIN)/mypy

generate: $(STAMP) ## write mongoengine/_sync and tests/_sync anew
	@$(BIN)/python tools/generate.py

fix: $(STAMP) ## repair generation, formatting and lint
	@$(BIN)/ruff check --quiet --fix-only $(SOURCES)
	@$(BIN)/black --quiet $(SOURCES)
	@$(BIN)/python tools/generate.py

bench: $(STAMP) $(PEERS_STAMP) ## measure speed and memory beside the released MongoEngine
	@$(BIN)/python -m benchmarks $(ARGS)

differential: $(STAMP) $(PEERS_STAMP) ## compare behaviour with the released MongoEngine
	@$(BIN)/python tests/differential/run.py --oracle $(PEERS)/bin/python $(ARGS)

clean: ## remove the environment and every cache
	rm -rf $(VENV) .venv-* build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# Made once, and again when pyproject.toml changes.
$(STAMP): $(MADE) pyproject.toml
	@echo "Installing into $(VENV) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]' '$(PYMONGO)'
	@rm -f $(VENV)/.installed-*
	@touch $@

# The released MongoEngine, on the same Python and PyMongo.
$(PEERS_STAMP): benchmarks/peers.txt $(STAMP)
	@test -x $(PEERS)/bin/pip || $(BIN)/python -m venv --clear $(PEERS)
	@echo "Installing peers into $(PEERS) ..."
	@$(PEERS)/bin/pip install --quiet --disable-pip-version-check \
		--requirement benchmarks/peers.txt \
		"pymongo==$$($(BIN)/python -c 'import pymongo; print(pymongo.version)')"
	@touch $@
