# make demo    simulate a week of flights and write its report
# make test    the tests
# make lint    ruff and mypy
# make reports simulate the two examples in reports/ again
# make lock    choose the versions in requirements.lock again (needs uv; UPGRADE=1 takes the newest)

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench reports lock clean

help:
	@sed -n 's/^# make/make/p' Makefile

install: $(STAMP)

# The build backend is in the lock too, so nothing is installed that has no hash.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "shardsim needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

demo: $(STAMP)
	$(BIN)/shardsim run scenarios/flight-departures.yaml --force
	@echo "The report: reports/flight-departures/report.html; the pictures: reports/flight-departures/plots/"

test: $(STAMP)
	$(BIN)/python -m pytest $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict

bench: $(STAMP)
	for file in benchmarks/bench_*.py; do $(BIN)/python $$file; done

reports: demo
	$(BIN)/shardsim size scenarios/size-for-objectives.yaml --out reports/size-for-objectives

lock:
	$(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" --group dev $(if $(UPGRADE),--upgrade) -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
