# Everything a newcomer and a contributor need; only Python 3.11 and make are asked for.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo
STAMP := $(VENV)/.complete

.PHONY: help setup demo test explore check format bench fuzz clean

help:  ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP)  ## Make .venv with the product and its development tools

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Colmate needs Python 3.11 or later: make PYTHON=/path/to/python3.11 setup"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

demo: $(STAMP)  ## Generate the replica of the 2021 laboratory leak at true size, analyse it, say where the report is
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	$(BIN)/colmate replica labs-2021 --out $(DEMO)/labs-2021.csv
	$(BIN)/colmate analyse $(DEMO)/labs-2021.csv --case $(DEMO)/case --key $(DEMO)/demo.key --title "labs-2021 (synthetic)"
	@echo "The report: $(DEMO)/case/report.html"

test: $(STAMP)  ## Run the whole test-suite
	$(BIN)/python -m pytest -n auto --dist worksteal

explore: $(STAMP)  ## Run the properties on examples that were never tried
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -n auto --dist worksteal

check: $(STAMP)  ## Format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(STAMP)  ## Put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)  ## Measure at true size, results verified before they are timed (needs 20 GB of disk, three quarters of an hour)
	$(BIN)/python -m benchmarks

fuzz: $(STAMP)  ## Look for inputs that bring a reader down, 20 seconds each (needs atheris: pip install .[fuzz])
	$(BIN)/python -m benchmarks.fuzz 20

clean:  ## Remove what was made, the environment included
	rm -rf $(VENV) $(DEMO) bench-data build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
