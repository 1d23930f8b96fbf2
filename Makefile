# Two commands matter: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check bench web broker clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip==26.3
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

# Browser libraries, locked in package-lock.json; without npm the page draws its own map.
web: $(STAMP)
	$(BIN)/python deploy/web/vendor.py

demo: $(STAMP) web
	$(BIN)/fenghuo demo $(ARGS)

test: $(STAMP) web
	$(BIN)/python -m pytest $(ARGS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)
	$(BIN)/fenghuo bench $(ARGS)

clean:
	rm -rf $(VENV) build dist *.egg-info
