# Every target does its own set-up: `make demo` on a fresh clone needs only Python 3.11 or newer and make.
# `make help` lists the targets. pip uses whatever index this machine has configured.

PORT ?= 8000
VAR ?= var/demo
TWIN ?=
CONFIG ?= hub.toml
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.version_info < (3, 11) or print("$(name)")' 2>/dev/null)))
SOURCES := hub schema adapters auth tests $(wildcard bench)

# A stamp carries the checksum of what it installed: a changed lock is a missing stamp.
checksum = $(shell cat $(1) pyproject.toml | cksum | cut -d' ' -f1)
RUN := $(VENV)/.run-$(call checksum,requirements/run.txt)
DEV := $(VENV)/.dev-$(call checksum,requirements/dev.txt)
# Kinds of source the demo city has; and databases whose compiled SQL is tested.
RUN_EXTRAS := --extra mysql --extra print --extra sm2 --extra soap --extra tabular --extra demo
SQL_EXTRAS := --extra dm --extra kingbase --extra opengauss --extra oracle
# One file of tests is run by one process, because what it needs is started once; tests/sharing.py says which comes first.
SIDE_BY_SIDE := --numprocesses 2 --dist loadfile --no-loadscope-reorder
# The dev lock holds everything in the run lock, so either will do to run.
# Tests that compare with golden files.
GOLDEN := tests/acts/test_powers.py tests/demo/test_code_pages.py tests/exchange/test_templates.py tests/test_golden.py tests/demo/test_policy.py tests/adapters/test_sql_compiled.py
READY := $(firstword $(wildcard $(DEV)) $(RUN))

.DEFAULT_GOAL := help
.PHONY: demo serve test check long bench gallery golden lock clean help

demo: $(READY) ## run the embedded city in the foreground (PORT=8000 VAR=var/demo TWIN=1)
	@exec $(BIN)/chengxin-hub demo --port $(PORT) --var "$(VAR)" $(if $(filter-out 0,$(TWIN)),--twin)

serve: $(READY) ## run the hub with its settings (CONFIG=hub.toml)
	@exec $(BIN)/chengxin-hub serve --config "$(CONFIG)"

test: $(DEV) ## run the tests (ARGS= goes to pytest; all of them run side by side, named ones in one process)
	@$(BIN)/python -m pytest $(if $(findstring tests/,$(ARGS)),,$(SIDE_BY_SIDE)) $(ARGS)

check: $(DEV) ## lint, format, types, imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/lint-imports --no-logo

long: $(DEV) ## run the soak, big-data and peer tests (ARGS= goes to pytest)
	@$(BIN)/python -m pytest -m long $(ARGS)

bench: $(DEV) ## list what can be measured (ARGS= names a command and its questions)
	@$(BIN)/python -m bench $(ARGS)

gallery: $(READY) ## pictures of the console of a running demo, into docs/gallery (PORT=8000 VAR=var/demo)
	@$(BIN)/python -m tests.browser.gallery http://127.0.0.1:$(PORT) "$(VAR)/credentials.json" docs/gallery

golden: $(DEV) ## rewrite the golden files; read the diff before committing it
	@$(BIN)/python -m pytest --golden $(GOLDEN) $(ARGS)

lock: $(DEV) ## compile the locks again (ARGS=--upgrade takes newer releases)
	@$(call compile,run) $(RUN_EXTRAS) --group build --group locked
	@$(call compile,dev) $(RUN_EXTRAS) $(SQL_EXTRAS) --extra matching --group build --group locked --group test --group dev \
		--constraint requirements/run.txt

clean: ## remove the environment, caches and builds; the state under var/ stays
	@rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# One lock for Python 3.11 and newer on every platform; it names no index.
compile = $(BIN)/uv pip compile --quiet --no-config --python $(BIN)/python --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(ARGS) \
	pyproject.toml --output-file requirements/$(1).txt

define install
	@echo "installing requirements/$(1).txt into $(VENV); this takes a minute or two"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$(1).txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.run-* $(VENV)/.dev-* && touch $@
endef

$(RUN): | $(BIN)/pip
	$(call install,run)

$(DEV): | $(BIN)/pip
	$(call install,dev)

# pip comes last when an environment is made: a half-made one is made again.
$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. Debian 12, Ubuntu 24.04 or newer:" \
		"apt-get install python3 python3-venv. RHEL, openEuler, Kylin: dnf install python3.11." \
		"Installed elsewhere: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment." \
		"Debian, Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "making the environment $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
