# Every command of the house. `make help` lists them. A fresh machine needs Python 3.11 or 3.12, make and the
# package index; everything is installed into .venv and nothing outside this folder is changed.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.synced
# uv is one of the locked development tools, so the lock file is the only place that names its version.
UV_VERSION := $(shell sed -n '/^name = "uv"$$/{n;s/^version = "\(.*\)"$$/\1/p;}' uv.lock)

export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export RUNTIME__DLTHUB_TELEMETRY := false
# An activated environment of another project must not become ours.
unexport VIRTUAL_ENV

PYTEST_WORKERS ?= 2
PYTEST_ARGS ?=
PYTEST := $(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadscope --no-loadscope-reorder

.PHONY: help demo test test-slow test-long check lint format docs examples bench setup clean

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

setup: $(STAMP) ## Create .venv and install the locked packages into it (the others do this when it is due)

# The first interpreter that the project supports; UV on PATH helps where Python came without venv.
$(BIN)/python:
	@for candidate in "$${PYTHON:-python3}" python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null; then \
	    echo "Creating $(VENV) with $$("$$candidate" --version)"; \
	    "$$candidate" -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    command -v uv >/dev/null && uv venv --quiet --seed --python "$$("$$candidate" -c 'import sys; print(sys.executable)')" $(VENV) && exit 0; \
	    echo "$$candidate has no venv module (Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 1; \
	  fi; \
	done; \
	echo "Tieout needs Python 3.11 or 3.12; set PYTHON=/path/to/python3.12 if it is not on PATH" >&2; exit 1

$(STAMP): pyproject.toml uv.lock | $(BIN)/python
	@if ! $(BIN)/uv --version 2>/dev/null | grep -qF 'uv $(UV_VERSION)'; then \
	  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
	  echo "Installing uv $(UV_VERSION) into $(VENV)"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'; \
	fi
	@echo "Installing the locked packages (once, and again when uv.lock changes)"
	@$(BIN)/uv sync --frozen --quiet --compile-bytecode
	@touch $@

demo: $(STAMP) ## Simulate a firm, refresh from its systems, publish, print the headlines
	@$(BIN)/tieout demo --size small

test: $(STAMP) ## The tests: about ten minutes on two cores
	$(PYTEST) -m "not slow and not long" $(PYTEST_ARGS)

test-slow: $(STAMP) ## The other tests that CI demands: page after page in a browser, more firms, refreshes against full builds
	$(PYTEST) -m "slow and not long" $(PYTEST_ARGS)

test-long: $(STAMP) ## The tests that take longer: volume, kills at every step, a year of days, big random firms
	$(PYTEST) -m "long" $(PYTEST_ARGS)

check: lint test test-slow ## Everything that CI demands of a change

lint: $(STAMP) ## ruff, mypy --strict, yamllint, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/yamllint --strict .
	TIEOUT_DB=:memory: $(BIN)/sqlfluff lint --nocolor --disable-progress-bar --processes 2 models tests

format: $(STAMP) ## Let ruff and sqlfluff repair what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	TIEOUT_DB=:memory: $(BIN)/sqlfluff fix --nocolor --disable-progress-bar models tests

docs: $(STAMP) ## Write the reference pages in docs/reference from the code
	$(BIN)/python -m tieout.docs_reference

examples: $(STAMP) ## Write what the examples of the docs print, from a demo firm made for it (two minutes)
	$(BIN)/python -m tieout.docs_examples

bench: $(STAMP) ## Measure loading beside the engine's own floor; trust the ratios, not the seconds
	$(BIN)/python benchmarks/ingest.py

clean: ## Remove what was built; .venv and published versions in .tieout stay
	rm -rf target logs dbt_packages .pytest_cache .mypy_cache .ruff_cache benchmarks/out
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
