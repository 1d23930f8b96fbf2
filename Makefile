# Two commands matter: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests wait for disks, brokers and browsers; three files at a time, those that wait longest first.
JOBS ?= 3
STAMP := $(VENV)/.installed

.PHONY: help demo test check bench bench-large soak golden bench-page web clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14
	@echo 'More words for the command: make demo ARGS="--port 0", make test ARGS="-k fire -x"'

# Only 3.11 to 3.13 have wheels of everything that is pinned.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "Fenghuo needs Python 3.11 to 3.13, this is %d.%d: make PYTHON=python3.11 ..." % v)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip==26.3
	$(BIN)/pip install --quiet --quiet --editable '.[dev]'
	@touch $@

demo: $(STAMP) web ## the whole system on a live map; prints the address
	@$(BIN)/fenghuo demo $(ARGS)

test: $(STAMP) web ## every test; what needs Java, Maven or Chromium says so when it is skipped
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(STAMP) ## ruff, format, mypy, who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP) ## how quick it is here, beside named peers
	$(BIN)/fenghuo bench $(ARGS)

bench-large: $(STAMP) ## ten million stands placed, a province of a million stocked
	$(BIN)/fenghuo bench --only region --only carbon --large $(ARGS)

bench-page: $(STAMP) web ## the page with 5,000 incidents and 100,000 hotspots, measured in Chromium
	cd tests/browser && PYTHONPATH=../..:.. ../../$(BIN)/python page_bench.py

golden: $(STAMP) web ## draw the kept screenshots anew; look at each before it is committed
	GOLDEN=renew $(BIN)/python -m pytest -q tests/browser/test_golden.py -k looks $(ARGS)

soak: $(STAMP) ## 10,000 alerts to 20 receivers, killed every few seconds, at most an hour
	SOAK_ALERTS=10000 SOAK_KILLS=1000 SOAK_S=1800 timeout 3600 $(BIN)/python -m pytest -q tests/deliver/test_soak.py -k test_5 --timeout 3600 $(ARGS)

# Locked in package-lock.json; without npm and network the page draws its own map.
web: $(STAMP) ## the browser libraries
	@$(BIN)/python deploy/web/vendor.py

clean: ## remove the environment and what was built
	rm -rf $(VENV) build dist *.egg-info
