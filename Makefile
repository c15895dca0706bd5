# Every target sets up what it needs: a fresh clone needs only git, make and Python 3.10 or later.
PYTHON ?= python3
REPO   ?= .
ARGS   ?=
VENV   := .venv
BIN    := $(VENV)/bin
JOBS   ?= auto

.PHONY: examples fuzz help messages mutation readme scan test lint reformat bench accuracy clean

help:
	@echo "make scan [REPO=path]  set up .venv and scan that repository"
	@echo "make test              set up and run the tests"
	@echo "make lint              ruff, mypy --strict, the one-way flow (import-linter)"
	@echo "make messages          put new messages into the Chinese catalogue, compile it, name what is missing"
	@echo "make examples          check the examples of \`aliscan advise\` against the vendor's SDKs"
	@echo "make reformat          let ruff format the code"
	@echo "make readme            put the help texts into the READMEs"
	@echo "make bench             measure; prints the tables of the README"
	@echo "make mutation          how many mutants of aliscan/detect the tests notice"
	@echo "make accuracy          precision and recall over fixtures/, beside other scanners"

$(VENV)/.run: setup.cfg pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@$(BIN)/python -m compileall -q aliscan  # pip does so, but not for an editable installation
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

# The vendor's SDKs that the examples of `aliscan advise` are checked with; what cannot be had is skipped.
examples: $(VENV)/.dev
	@mkdir -p .cache/examples/java .cache/examples/go .cache/examples/node
	-@$(BIN)/python -m pip install --quiet --disable-pip-version-check oss2 kubernetes-validate
	-@command -v npm >/dev/null && npm install --prefix .cache/examples/node --no-audit --no-fund --ignore-scripts \
		--loglevel=error ali-oss@6 @types/ali-oss@6 @types/node@20 typescript@5 >.cache/examples/npm.log
	-@command -v mvn >/dev/null && mvn -q -B -f tests/advice/sdk.pom.xml dependency:copy-dependencies \
		-DoutputDirectory=$(CURDIR)/.cache/examples/java/lib
	-@command -v go >/dev/null && cd .cache/examples/go && { test -f go.mod || go mod init example 2>/dev/null; } \
		&& GOMODCACHE=$$PWD/modules GOFLAGS=-modcacherw go get -t github.com/aliyun/aliyun-oss-go-sdk/oss 2>../go.log
	@$(BIN)/python -m pytest -rs tests/advice/test_examples.py

readme: $(VENV)/.dev
	@$(BIN)/python tools/readme.py

reformat: $(VENV)/.dev
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

$(VENV)/.mutation: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[mutation]'
	@touch $@

mutation: $(VENV)/.mutation
	@$(BIN)/python -m bench.mutation $(ARGS)

$(VENV)/.bench: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@

accuracy: $(VENV)/.bench
	@$(BIN)/python -m bench.accuracy $(ARGS)

bench: $(VENV)/.dev
	@for script in bench/*.py; do \
		case $$script in bench/accuracy.py|bench/mutation.py) continue;; esac; \
		if grep -q __main__ $$script; then echo "== $$script"; $(BIN)/python $$script || exit 1; fi; \
	done

# In an environment of its own: atheris has no wheel for every Python.
FUZZ_SECONDS ?= 600
fuzz:
	@test -x .venv-fuzz/bin/python || $(PYTHON) -m venv .venv-fuzz
	@.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check atheris -e .
	@nice -n 19 .venv-fuzz/bin/python tests/fuzz/fuzz_detect.py -max_total_time=$(FUZZ_SECONDS)

clean:
	rm -rf $(VENV) .venv-fuzz build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
