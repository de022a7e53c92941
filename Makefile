# make demo    a whole study on real answers: reports/mobile/
# make test    everything that must hold before a change lands (ruff, mypy, pytest, doctests)
# make verify  slow simulations as well
# make bench   speed, as ratios in one run

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# On all cores; fixtures are made once for a file.
TESTS  := $(BIN)/pytest --numprocesses=auto --dist=loadfile
READY  := $(VENV)/.ready

# One thread: results do not depend on it, but times and the machine's comfort do.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1

.PHONY: demo test lint types doctest pytest verify bench format clean

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "rantau needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(READY)
	$(BIN)/rantau run analysis/mobile.toml

test: lint types pytest doctest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

pytest: $(READY)
	$(TESTS)

doctest: $(READY)
	$(TESTS) --doctest-modules src/rantau

verify: $(READY)
	$(TESTS) -m 'slow or not slow'

bench: $(READY)
	$(BIN)/python benchmarks/run.py

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
