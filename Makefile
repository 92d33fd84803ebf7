# Needs Python 3.11 or newer, git and make. Each target makes the environment it needs, from hash-locked requirements.

PYTHON ?= python3
# The instant to build for. The example is told at one fixed instant; `make publish AT=now` takes the clock.
AT ?= 2026-11-20T10:45:00Z
# The commit to compare with, and how problems are printed: make lint AT=now BASE=origin/main FORMAT=github
BASE ?=
FORMAT ?= text
# A file that gets the comment of a preview too.
SUMMARY ?=
# Words for pytest: make test TESTS="tests/records -k dates"
TESTS ?=
# A folder of programs to use instead of an environment of our own.
STILLUP_BIN ?=

base := $(if $(BASE),--base $(BASE))
at := $(if $(filter now,$(AT)),,--at $(AT))
environment := $(PYTHON) requirements/environment.py
locks := requirements/run.txt requirements/build.txt
run := $(or $(STILLUP_BIN),.venv/bin)
test := $(or $(STILLUP_BIN),.venv-test/bin)
bench := $(or $(STILLUP_BIN),.venv-bench/bin)
audit := .venv-audit/bin
# Seconds for each target of make fuzz.
SECONDS ?= 120

# Material tells of its own end of life at each start; what that means for us stands in CONTRIBUTING.md.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help check lint preview comment clock publish form demo test oldest bench audit fuzz manual words lock clean environment environment-test environment-bench

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check: environment ## read every record, report every problem
	$(run)/stillup check $(at) $(base) --format $(FORMAT)

lint: environment ## judge the words of what is not published yet
	$(run)/stillup lint $(at) $(base) --format $(FORMAT)

preview: environment ## show what changes since BASE: each page, each message
	$(run)/stillup preview $(at) $(base) $(if $(SUMMARY),--summary "$(SUMMARY)")

comment: environment ## put the preview's comment on the pull request (in CI)
	$(run)/stillup comment

clock: environment ## say what is due and overdue
	$(run)/stillup clock $(at)

publish: environment ## check and build into site/, messages into outbox/ (AT=now: by the clock)
	$(run)/stillup publish $(at)

form: environment ## do what an issue form or a started workflow says (in CI)
	$(run)/stillup incident form --push

demo: environment ## serve the example at http://127.0.0.1:8000/, reloading when a record changes
	$(if $(filter now,$(AT)),,STILLUP_AT=$(AT)) $(run)/mkdocs serve --livereload

test: environment-test ## lint, types, import contracts and all tests
	$(test)/ruff check
	$(test)/ruff format --check
	$(test)/mypy
	$(test)/lint-imports
	$(test)/pytest $(if $(TESTS),$(TESTS),--numprocesses auto --dist loadfile --no-loadscope-reorder)

oldest: ## run the tests with the oldest packages that pyproject.toml allows (needs the network)
	$(PYTHON) requirements/oldest.py .venv-oldest
	STILLUP_BIN=$(CURDIR)/.venv-oldest/bin .venv-oldest/bin/pytest $(if $(TESTS),$(TESTS),--numprocesses auto --dist loadfile --no-loadscope-reorder)

bench: environment-bench ## measure builds beside other generators, into benchmarks/RESULTS.md
	$(bench)/python -m benchmarks

audit: ## ask what is known against the locked packages, look for secrets, check the bill of materials (needs the network)
	@$(environment) --without-project .venv-audit requirements/audit.txt
	$(PYTHON) requirements/bill.py --check
	$(audit)/python requirements/audit.py

fuzz: ## look for bytes that raise, SECONDS for each door where strangers' bytes come in
	@$(environment) .venv-fuzz requirements/test.txt requirements/fuzz.txt requirements/build.txt
	@for each in records markdown notifications feeds histories tokens forms bounces; do \
		echo "== $$each"; \
		PYTHONPATH=generator:. .venv-fuzz/bin/python -m tests.fuzz.harness $$each build/fuzz -max_total_time=$(SECONDS) -max_len=4096 || exit 1; \
	done
	@echo "== stillup serve"; STILLUP_EXAMPLES=$(SECONDS) .venv-fuzz/bin/pytest -q tests/server/test_openapi.py

manual: environment ## build the manual into manual/site/
	$(run)/mkdocs build --strict --config-file manual/mkdocs.yml

words: environment-test ## renew translators' sheets from today's English, and compile them
	PYTHONPATH=generator:. $(test)/python -m translations

lock: ## renew requirements/*.txt from pyproject.toml
	@$(environment) --without-project .venv-lock requirements/lock.txt
	@sh requirements/lock

clean: ## remove everything that can be made again
	rm -rf .venv .venv-test .venv-bench .venv-audit .venv-fuzz .venv-lock .venv-oldest .venv*.lock site outbox manual/site .stillup
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache tests/judges/node_modules

environment:
	@$(if $(STILLUP_BIN),:,$(environment) .venv $(locks))

environment-test:
	@$(if $(STILLUP_BIN),:,$(environment) .venv-test requirements/test.txt requirements/build.txt)

environment-bench:
	@$(if $(STILLUP_BIN),:,$(environment) .venv-bench requirements/bench.txt requirements/build.txt)
