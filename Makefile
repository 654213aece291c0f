# The same commands for everybody: a newcomer, a developer, CI.
SHELL := /bin/bash
PY := .venv/bin/python
STAMP := .venv/.hoithi-$(shell cat requirements.lock requirements-dev.lock | sha256sum | cut -c1-12)
DEMO := $(CURDIR)/var/demo
SLOW := browser or postgres or faults

.PHONY: run demo setup lock check needs test fast slow desk-on-postgres browser bench

run: setup      ## the sample contest: desk, exam hall and worker; running it again keeps all data
	bin/hoithi run

demo: setup     ## a fresh copy beside it, on its own ports
	rm -rf $(DEMO)
	HOITHI_VAR=$(DEMO) HOITHI_DESK_PORT=8010 HOITHI_HALL_PORT=8011 bin/hoithi run

setup: $(STAMP) ## virtual environment, locked dependencies, compiled catalogues
	@$(PY) -m hoithi.web.catalogues
$(STAMP): requirements.lock requirements-dev.lock
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing. Install it with:  sudo apt-get install python3-venv"; exit 1; }
	@[ -x $(PY) ] || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

lock:           ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements-dev.lock

check: setup    ## format, lint, types, floors, dependencies
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/deptry .

needs:          ## Chromium and PostgreSQL, found or installed
	bin/test-needs

test: needs check fast slow desk-on-postgres browser

fast: setup
	$(PY) -m pytest -q -n 2 --dist loadfile -m "not ($(SLOW))"

slow: setup
	$(PY) -m pytest -q -m "(postgres or faults) and not browser"

desk-on-postgres: setup
	$(PY) -m tests.on_postgres -q -m "not ($(SLOW) or sqlite)" $(addprefix tests/,audit jobs people contests bank entries results desk portal)

browser: setup
	$(PY) -m pytest -q -m browser

bench: setup
	$(PY) -m bench
