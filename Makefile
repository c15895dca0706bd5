# Every target sets up what it needs: a fresh clone needs only git, make and Python 3.10 or later.
PYTHON ?= python3
REPO   ?= .
ARGS   ?=
VENV   := .venv
BIN    := $(VENV)/bin
JOBS   ?= auto

.PHONY: fuzz help messages readme scan test lint reformat bench accuracy clean

help:
	@echo "make scan [REPO=path]  set up .venv and scan that repository"
	@echo "make test              set up and run the tests"
	@echo "make lint              ruff, mypy --strict, the one-way flow (import-linter)"
	@echo "make messages          put new messages into the Chinese catalogue, compile it, name what is missing"
	@echo "make reformat          let ruff format the code"
	@echo "make readme            put the help texts into the READMEs"
	@echo "make bench             measure; prints the tables of the README"
	@echo "make accuracy          precision and recall over fixtures/, beside other scanners"

$(VENV)/.run: setup.cfg pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,lint]'
	@touch $@

scan: $(VENV)/.run
	@$(BIN)/aliscan scan $(ARGS) -- "$(REPO)"
	@! git -C "$(REPO)" rev-parse --git-dir >/dev/null 2>&1 || $(BIN)/aliscan history $(ARGS) -- "$(REPO)"

test: $(VENV)/.dev .cache/.npm
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

messages: $(VENV)/.dev
	@$(BIN)/python tools/messages.py

# Microsoft's validator for SARIF, from npm; without npm (or network) its tests are skipped and say so.
.cache/.npm:
	@mkdir -p .cache
	@if command -v npm >/dev/null && npm install --prefix .cache --no-audit --no-fund --ignore-scripts \
		--loglevel=error @microsoft/sarif-multitool@5 >.cache/npm.log 2>&1; then touch $@; \
	else echo "npm or its registry is not here: the tests of Microsoft's SARIF validator are skipped"; fi

readme: $(VENV)/.dev
	@$(BIN)/python tools/readme.py

reformat: $(VENV)/.dev
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

$(VENV)/.bench: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@

accuracy: $(VENV)/.bench
	@$(BIN)/python -m bench.accuracy $(ARGS)

bench: $(VENV)/.dev
	@for script in bench/*.py; do \
		if [ $$script != bench/accuracy.py ] && grep -q __main__ $$script; then echo "== $$script"; $(BIN)/python $$script || exit 1; fi; \
	done

# In an environment of its own: atheris has no wheel for every Python.
FUZZ_SECONDS ?= 600
fuzz:
	@test -x .venv-fuzz/bin/python || $(PYTHON) -m venv .venv-fuzz
	@.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check atheris -e .
	@nice -n 19 .venv-fuzz/bin/python tests/fuzz/fuzz_detect.py -max_total_time=$(FUZZ_SECONDS)

clean:
	rm -rf $(VENV) .venv-fuzz build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
