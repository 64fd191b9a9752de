# Needs Python >= 3.11 and make, nothing else. `make help` lists what there is.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test lint security types layers tests format fast bench compat kill lock docs clean

UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
# Set again after each change of these two files; while it stands, no target touches the network.
STAMP := $(VENV)/.stamp
PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3 python,$(if $(shell $(p) -c \
	'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(p))))
ARTICLES ?= seeds/articles

# A shell inside another virtual environment must not change what is installed where.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-8s %s\n", $$1, $$2 }'

setup: $(STAMP) ## make .venv from the hashed lock (done by every other target that needs it)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Tally needs Python 3.11 or newer on the path (or: make PYTHON=/path/to/python)" >&2; exit 2; }
	@test -t 2 && echo "setting up $(VENV): about a minute the first time" >&2 || true
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test "$$($(BIN)/uv --version 2>/dev/null | cut -d ' ' -f 2)" = $(UV_VERSION) \
		|| $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline -e .
	@$(BIN)/python -m compileall -q seeds transforms warehouse expectations flows
	@touch $@

run: $(STAMP) ## read seeds/articles (or ARTICLES=...) into ./lake and print the figures
	@$(BIN)/tally run $(ARTICLES)

test: lint security types layers tests ## lint, security, types, layers, tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Known vulnerabilities fail it; where no service that knows them is in reach, it says so and goes on.
security: $(STAMP)
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive -ll seeds transforms warehouse expectations flows
	@mkdir -p build
	@$(BIN)/pip-audit --requirement requirements.lock --disable-pip --require-hashes --progress-spinner off --timeout 5 \
		> build/audit.txt 2>&1 || { ! grep -q "known vulnerabilit" build/audit.txt || { cat build/audit.txt; exit 1; }; }
	@echo "pip-audit: no known vulnerability; not in reach for" \
		"$$(grep -c 'could not be audited\|Error' build/audit.txt) of $$(grep -c == requirements.lock) packages"

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

tests: $(STAMP)
	@mkdir -p build
	$(BIN)/python -m slipcover --json --out build/coverage.json -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=15
	$(BIN)/python -m slipcover --merge build/coverage.json --out build/coverage.json --skip-covered --fail-under 85

format: $(STAMP) ## let ruff format and mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fast: $(STAMP) ## compile the reader with mypyc (needs a C compiler): the same rows in about half the time
	$(BIN)/python -m benchmarks.fast

bench: $(STAMP) ## every measure over ../shared, beside the previous commit's
	$(BIN)/python -m benchmarks.bench

compat: $(STAMP) ## open the lake with older DuckDB clients
	$(BIN)/python -m benchmarks.compat

kill: $(STAMP) ## SIGKILL runs at random moments and at each step of the commit, run again, compare
	$(BIN)/python -m benchmarks.kill

docs: $(STAMP) ## make docs/reference/data-dictionary.md from the table contracts
	$(BIN)/python -m expectations.dictionary

lock: $(STAMP) ## resolve pyproject.toml anew into requirements.lock
	$(BIN)/uv lock --quiet --python $(BIN)/python
	$(BIN)/uv export --quiet --frozen --no-emit-project --no-header --format requirements-txt -o requirements.lock

clean: ## remove everything that was made, but the lake
	rm -rf $(VENV) build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
