# `make` alone lists the commands. Needs: make, Python 3.11 to 3.13 with venv.
PYTHON ?= python3
LOCKS = requirements requirements-dev requirements-node

.DEFAULT_GOAL := help
.PHONY: help run install test check format bench lock

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' Makefile

run: ## Try it: serve http://localhost:8000 with made-up people (another port: make run PORT=8001)
	@$(PYTHON) -m cse_reports.trial

install: ## Only install the packages and build the front end
	@$(PYTHON) -m cse_reports.install

test: ## Run everything: style, types, checks, tests on both databases and in a browser
	@$(PYTHON) -m tests.run test

check: ## Run the quick part of it: style, types, migrations, settings
	@$(PYTHON) -m tests.run check

format: ## Put the Python code in order
	@$(PYTHON) -m cse_reports.install requirements-dev.txt
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

bench: ## Measure speed and size, on both databases
	@$(PYTHON) -m tests.run bench

lock: ## Write requirements*.txt anew from requirements*.in
	@$(PYTHON) -m cse_reports.install requirements-dev.txt
	@for name in $(LOCKS); do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-annotate $$name.in --output-file $$name.txt || exit 1; \
	done
