# The same commands for everybody: a newcomer, a developer, CI.
SHELL := /bin/bash
PY := .venv/bin/python
LOCKED := $(shell cat requirements.lock requirements-dev.lock | sha256sum | cut -c1-12)
RUNS := .venv/.hoithi-runs-$(LOCKED)
STAMP := .venv/.hoithi-$(LOCKED)
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
SLOW := browser or postgres or faults
# Twice as many as there are processors: who cuts lines, kills halls or plays a round in real time
# waits half of the time for a clock or a disk, and somebody else works meanwhile.
WORKERS = $(shell expr $$(nproc) \* 2)

.PHONY: run demo nodes setup lock check needs test once fast slow desk-on-postgres browser bench rehearse

run: $(RUNS)    ## the sample contest: desk, exam hall and worker; running it again keeps all data
	@bin/hoithi run

demo: export HOITHI_VAR := $(CURDIR)/var/demo
demo: export HOITHI_DESK_PORT := 8010
demo: export HOITHI_HALL_PORT := 8011
demo: $(RUNS)   ## a fresh copy beside it, on its own ports
	@! (: < /dev/tcp/127.0.0.1/$(HOITHI_DESK_PORT)) 2> /dev/null || { echo "Port $(HOITHI_DESK_PORT) is taken. If a demo runs, stop it; else choose two others:  make demo HOITHI_DESK_PORT=… HOITHI_HALL_PORT=…"; exit 1; }
	rm -rf var/demo
	@bin/hoithi run

nodes: setup needs ## two halls on one PostgreSQL behind nginx, with made-up people; Ctrl-C ends and removes it
	@$(PY) -m examples.nodes

setup: $(STAMP) ## virtual environment, locked dependencies, compiled catalogues
	@$(PY) -m hoithi.web.catalogues

.venv/.made:    ## made again where it was left half done
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, as python3."; exit 1; }
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing. Install it with:  sudo apt-get install python3-venv"; exit 1; }
	@$(PY) -m pip --version > /dev/null 2>&1 || python3 -m venv .venv
	@touch $@
$(RUNS): | .venv/.made
	@echo "Installing what hoithi needs; the first time this takes a minute or two."
	$(INSTALL) -r requirements.lock
	@touch $@
$(STAMP): | .venv/.made
	$(INSTALL) -r requirements-dev.lock
	@touch $@ $(RUNS)

lock:           ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements-dev.lock

check: setup    ## format, lint, types, floors, dependencies
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/deptry .

needs:          ## Chromium, PostgreSQL, libfaketime and nginx, found or installed
	bin/test-needs

test: needs check once desk-on-postgres

# Tests start hundreds of processes: what one has compiled the next one reads.
once fast slow desk-on-postgres browser: export PYTHONDONTWRITEBYTECODE :=

# Every test, in one run: one collection and one database for each worker, and no worker rests at
# the end of three. In the order of the folders, in which the last ones are short; by numbers of
# tests the few long ones would come last, and one worker rest meanwhile.
once: setup
	$(PY) -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Parts of it, for who works on something.
fast: setup
	$(PY) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not ($(SLOW))"

slow: setup
	$(PY) -m pytest -q -n $(WORKERS) --dist loadfile -m "(postgres or faults) and not browser"

desk-on-postgres: setup
	$(PY) -m tests.on_postgres -q -n $(WORKERS) --dist loadfile -m "not ($(SLOW) or sqlite)" $(addprefix tests/,audit jobs people contests bank entries results desk portal)

browser: setup
	$(PY) -m pytest -q -n $(WORKERS) --dist loadfile -m browser

bench: setup
	$(PY) -m bench

rehearse: export HOITHI_VAR := $(or $(HOITHI_VAR),$(CURDIR)/var/rehearse)
rehearse: PEOPLE := 100
rehearse: MINUTES := 20
rehearse: $(RUNS) ## is this machine ready for PEOPLE? The report is dien-tap.pdf
	@bin/hoithi setup > /dev/null
	@bin/hoithi rehearse --contestants $(PEOPLE) --minutes $(MINUTES)
