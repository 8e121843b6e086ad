# make demo    simulate a week of flights and write its report to reports/demo
# make test    the tests
# make validate  compare with theory, measurements and other people's code, write docs/validation.md (half an hour)
# make mutants  break the program in many small ways, see whether the tests notice, write docs/mutants.md (hours; it may be stopped, and goes on; JOBS=1)
# make fuzz MINUTES=30  try hostile input for as long as that, and tell the seed of what is found (SEED=1, TARGET=loader)
# make lint    ruff and mypy
# make kernel  compile the kernel again (simulator/kernel/c), after a change of the C
# make kernel-check  whether the committed kernel is what the committed C gives
# make kernel-sanitize  run the C natively with sanitizers, over random and damaged plans (N=300)
# make reports make what is in reports/ again: two scenarios, and the back-tests of the two systems in examples/
# make bench   measure speed and memory beside peers, write docs/performance.md (LONG=1: also what takes minutes)
# make bench-check  measure a few points and warn of what has become slower
# make lock    choose the versions in requirements.lock again (needs uv; UPGRADE=1 takes the newest)

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := .venv-bench
OTHERS := .venv-validate
COMPILER := .venv-kernel

.DEFAULT_GOAL := help
.PHONY: help install demo test validate mutants fuzz lint kernel kernel-check kernel-sanitize bench bench-check reports lock clean

help:
	@sed -n 's/^# make/make/p' Makefile

install: $(STAMP)

# The build backend is in the lock too, so nothing is installed that has no hash. Our own modules are compiled, as pip
# does with all others: where Python may not write that down (PYTHONDONTWRITEBYTECODE), each start would do it again.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "shardsim needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q simulator shardsim
	touch $@

demo: $(STAMP)
	$(BIN)/shardsim run scenarios/flight-departures.yaml --out reports/demo --force
	@echo "The report: reports/demo/report.html; the pictures: reports/demo/plots/"

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

# In an environment of its own: other people's code wants older versions than the simulator is tested with.
$(OTHERS)/.installed: tests/validation/requirements.lock
	$(PYTHON) -m venv --clear $(OTHERS)
	$(OTHERS)/bin/python -m pip install --quiet --require-hashes -r tests/validation/requirements.lock
	touch $@

validate: $(OTHERS)/.installed
	$(OTHERS)/bin/python -m tests.validation

mutants: $(STAMP) $(COMPILER)/.installed
	$(BIN)/python -m tests.mutants

fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),30) $(if $(SEED),--seed $(SEED)) $(if $(TARGET),--target $(TARGET))

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict

# A C compiler that comes as a Python package, in an environment of its own.
$(COMPILER)/.installed: simulator/kernel/c/requirements.lock
	$(PYTHON) -m venv --clear $(COMPILER)
	$(COMPILER)/bin/python -m pip install --quiet --require-hashes -r simulator/kernel/c/requirements.lock
	touch $@

WASM := simulator/kernel/kernel.wasm
OPTIMIZED := -O3 -flto
WASM_FLAGS = -target wasm32-freestanding -nostdlib -std=c11 -s -ffp-contract=off -fvisibility=hidden \
  -Wall -Wextra -Werror -Wl,--no-entry -Wl,--export-memory $(OPTIMIZED)

kernel: $(COMPILER)/.installed
	$(COMPILER)/bin/python -m ziglang cc $(WASM_FLAGS) -o $(WASM) simulator/kernel/c/*.c simulator/kernel/c/measures/*.c

kernel-check: $(COMPILER)/.installed
	$(COMPILER)/bin/python -m ziglang cc $(WASM_FLAGS) -o $(COMPILER)/kernel.wasm simulator/kernel/c/*.c simulator/kernel/c/measures/*.c
	cmp $(COMPILER)/kernel.wasm $(WASM)

kernel-sanitize: $(STAMP) $(COMPILER)/.installed
	$(BIN)/python -m tests.kernel.sanitized $(or $(N),300)

# What the program is compared with has an environment of its own.
$(PEERS)/.installed: benchmarks/requirements.lock
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --require-hashes -r benchmarks/requirements.lock
	touch $@

bench: $(STAMP) $(PEERS)/.installed
	$(BIN)/python -m benchmarks --peers $(PEERS)/bin/python $(if $(LONG),--long) $(ARGS)

bench-check: $(STAMP)
	$(BIN)/python -m benchmarks check $(ARGS)

reports: $(STAMP)
	$(BIN)/shardsim run scenarios/flight-departures.yaml --force
	$(BIN)/shardsim size scenarios/size-for-objectives.yaml --out reports/size-for-objectives
	$(BIN)/shardsim explore scenarios/quickstart.yaml --no-open --out reports/what-if.html
	$(MAKE) $(BACKTESTS)

# Exit code 4 says that something is missing, or that not all is explained.
BACKTESTS := reports/sam-and-metrics reports/terraform-and-logs
.PHONY: $(BACKTESTS)
$(BACKTESTS): reports/%: $(STAMP)
	$(BIN)/shardsim import examples/$* --holdout 0.5 -o examples/$*.yaml --force || test $$? -eq 4
	$(BIN)/shardsim backtest examples/$*.yaml --observed examples/$* --out $@ || test $$? -eq 4

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
  --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock:
	$(COMPILE) --group dev -o requirements.lock pyproject.toml
	$(COMPILE) -c requirements.lock -o benchmarks/requirements.lock benchmarks/requirements.in
	$(COMPILE) --group validate -o tests/validation/requirements.lock pyproject.toml
	$(COMPILE) -o simulator/kernel/c/requirements.lock simulator/kernel/c/requirements.in

clean:
	rm -rf $(VENV) $(PEERS) $(OTHERS) $(COMPILER) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
