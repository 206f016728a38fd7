# imsct: `make` lists the targets. `run` and `test` need nothing but Python >= 3.11, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HOME_FOLDER ?= home
DAGSTER = IMSCT_HOME=$(abspath $(HOME_FOLDER)) DAGSTER_HOME=$(abspath $(HOME_FOLDER))/dagster
export MPLBACKEND := agg
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help setup run dev daemon test check pytest soak golden docs docs-check bench bench-decisions browser html-checker lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $(READY)

setup: $(READY) ## make .venv and install the locked set

run: $(READY) ## the whole line on the demo data; prints where report, snapshot and database are
	$(BIN)/imsct demo --home $(HOME_FOLDER)

dev: $(READY) ## Dagster's own pages on the home, on loopback, and the daemon
	$(BIN)/imsct init --home $(HOME_FOLDER) > /dev/null
	umask 077; $(DAGSTER) $(BIN)/dagster dev --host 127.0.0.1

daemon: $(READY) ## take in what lands and refresh every night, without pages; Ctrl-C or SIGTERM ends it
	$(BIN)/imsct init --home $(HOME_FOLDER) > /dev/null
	umask 077; $(DAGSTER) exec $(BIN)/dagster-daemon run -m orchestration.definitions

test: check pytest ## every check: lint, types, import contract, tests

check: $(READY) ## lint, types and import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

pytest: $(READY) browser html-checker ## the tests
	SCIPY_ARRAY_API=1 $(BIN)/python -m pytest -q -n 2 --dist loadgroup

soak: $(READY) ## fifty kills at random moments, and whatever else takes too long for every day
	IMSCT_KILLS=50 $(BIN)/python -m pytest -q tests/crash

golden: $(READY) ## write the golden files again; read the diff before committing it
	$(BIN)/python -m tests.golden.rewrite

docs: $(READY) ## write the picture of the house, the dictionary and its pages again
	PYTHONPATH=. $(BIN)/python docs/draw_architecture.py
	PYTHONPATH=. $(BIN)/python docs/write_pages.py

docs-check: $(READY) ## say whether they are as the code is (the tests say it too)
	PYTHONPATH=. $(BIN)/python docs/draw_architecture.py --check
	PYTHONPATH=. $(BIN)/python docs/write_pages.py --check

bench: $(READY) ## measure what is worth measuring
	PYTHONPATH=. $(BIN)/python benchmarks/interval_panel.py
	PYTHONPATH=. $(BIN)/python -W ignore benchmarks/speed.py --r
	PYTHONPATH=. $(BIN)/python benchmarks/survival.py
	PYTHONPATH=. $(BIN)/python benchmarks/report.py
	PYTHONPATH=. $(BIN)/python benchmarks/validation/against_gx.py --rows 20000 --runs 1
	PYTHONPATH=. $(BIN)/python benchmarks/check_delivery.py --rows 5000
	PYTHONPATH=. $(BIN)/python benchmarks/merge.py --rows 100000 --changed 11000 --runs 1
	PYTHONPATH=. $(BIN)/python benchmarks/feature_matrix.py --rows 10000 --runs 3

bench-decisions: $(READY) ## measure again what docs/decisions/ rests on
	for script in benchmarks/decisions/[a-z]*.py; do echo "== $$script"; PYTHONPATH=. $(BIN)/python $$script 2>/dev/null || exit 1; done

browser: # Debian's chromium, where it is missing and may be installed; tests that need it say loudly when it is not there
	@command -v chromium >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } || echo "chromium is missing and may not be installed here: tests that look at a page will be skipped" >&2

CHECKER := $(VENV)/html-validate
html-checker: $(READY) # html-validate of a locked version, with Debian's node where there is none; said loudly where it cannot be had
	@test -f $(CHECKER)/node_modules/html-validate/package.json || { \
	  { command -v npm >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm; }; } \
	  && mkdir -p $(CHECKER) && cp tests/browser/html_validate/package*.json $(CHECKER)/ && npm ci --prefix $(CHECKER) --silent --no-audit --no-fund --ignore-scripts; \
	} || echo "html-validate is missing and may not be installed here: tests that check the HTML will be skipped" >&2

lock: ## resolve requirements.lock again (needs uv)
	uv pip compile pyproject.toml --group test --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --output-file requirements.lock

clean: ## remove the virtual environment and caches; never a home
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info
