# The everyday commands. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV ?= .venv
USERS ?= 100000
PYTEST = $(VENV)/bin/python -m pytest
# Tests side by side: many wait for PostgreSQL, so more than there are cores.
WORKERS ?= 4
INSTALLED = $(VENV)/.installed
UV = $(VENV)/lock-tools/bin/uv
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--custom-compile-command "make lock"
OVERLAYS = test test-dry-run test-smoke prod prod-dry-run prod-smoke

.PHONY: help install demo sql-shell test lint format test-signin test-browser test-container test-nightly bench revisions image lock manifests clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv with Python 3.11 or newer, from the lock file

$(INSTALLED): requirements-dev.lock pyproject.toml
	@set -e; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
		if "$$candidate" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; \
		then python=$$candidate; break; fi; \
	done; \
	if [ -z "$${python:-}" ]; then \
		echo "No Python from 3.11 to 3.14 with the venv module was found." >&2; \
		echo "Install one (Debian: apt-get install python3 python3-venv), or name it: make install PYTHON=/path/to/python3.13" >&2; \
		exit 1; \
	fi; \
	echo "Installing into $(VENV) with $$("$$python" --version)"; \
	[ -x $(VENV)/bin/python ] || "$$python" -m venv $(VENV); \
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock; \
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install ## the whole migration against a simulated Clerk and LobeChat, on this machine
	$(VENV)/bin/python -m sandbox.demo

sql-shell: install ## psql on a sandbox database, with Clerk's users staged and planned: run any .sql file of the job
	@$(VENV)/bin/python -m sandbox.sql_shell

test: install ## the test suite on real PostgreSQL; a part of it: make test ARGS="tests/mapping -x"
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not container and not signin and not nightly and not browser" $(ARGS)
	@if command -v node >/dev/null && command -v npm >/dev/null; \
	then echo "Left out here: the sign-in tests (make test-signin), the container tests (make test-container) and the page in a browser (make test-browser)."; \
	else echo "The sign-in tests were left out: they need Node.js 20 or newer with npm."; fi

lint: install ## ruff, formatting and strict types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: install ## put the code into ruff's format
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

test-signin: install ## migrated users sign in to the real Better Auth (needs Node.js and npm)
	@command -v node >/dev/null && command -v npm >/dev/null || { \
		echo "The sign-in tests need Node.js 20 or newer with npm. Debian 13: apt-get install nodejs npm" >&2; exit 1; }
	$(PYTEST) -m signin $(ARGS)

test-browser: install ## nothing of report.html is cut on a screen, a phone or paper (needs Chromium)
	@command -v chromium >/dev/null || { \
		echo "The browser tests need Chromium. Debian: apt-get install chromium" >&2; exit 1; }
	$(PYTEST) -m browser $(ARGS)

test-container: install ## build the image and run it, alone and with Compose (needs a Docker engine)
	@docker info >/dev/null 2>&1 || { \
		echo "The container tests need a running Docker engine with Compose 2 and Buildx, and the right to use it." >&2; \
		echo "Debian: apt-get install docker.io docker-cli docker-compose docker-buildx, then add yourself to the group docker." >&2; \
		exit 1; }
	@docker compose version >/dev/null || { \
		echo "The container tests need Compose 2. Debian: apt-get install docker-compose" >&2; exit 1; }
	$(PYTEST) -m container --timeout 1200 $(ARGS)

test-nightly: install ## the long forms of the tests
	$(PYTEST) -m nightly --timeout 3600 $(ARGS)

bench: install ## measure speed and memory: make bench USERS=100000
	USERS=$(USERS) $(VENV)/bin/python -m bench

revisions: install ## write revisions of LobeChat's schema: make revisions FACTS="0131.json 0132.json" (docs/schema.md)
	$(VENV)/bin/python -m schema.generator $(FACTS)
	@$(VENV)/bin/ruff check --fix --quiet --select I schema/versions
	@$(VENV)/bin/ruff format --quiet schema/versions

image: ## build the container image clerk-to-betterauth:local
	docker build --tag clerk-to-betterauth:local .

lock: install $(UV) ## renew the lock files with their hashes
	$(COMPILE) --upgrade --output-file requirements.lock pyproject.toml
	$(COMPILE) --constraint requirements.lock --extra sandbox --output-file requirements-sandbox.lock pyproject.toml
	echo 'setuptools>=77' | $(COMPILE) --upgrade --output-file requirements-build.lock -
	$(COMPILE) --constraint requirements-sandbox.lock --extra dev --output-file requirements-dev.lock pyproject.toml requirements-build.lock

$(UV):
	$(VENV)/bin/python -m venv $(VENV)/lock-tools
	$(VENV)/lock-tools/bin/python -m pip install --quiet --disable-pip-version-check uv

manifests: ## render the Kubernetes overlays into k8s/rendered (needs kubectl)
	@for overlay in $(OVERLAYS); do kubectl kustomize k8s/overlays/$$overlay > k8s/rendered/$$overlay.yaml; done

clean: ## remove .venv and what the tools leave behind
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage ./*.egg-info
