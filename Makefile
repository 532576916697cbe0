# Mujaz. Two commands do everything: `make run` and `make test`.
#
#   make run                  set up, then serve on http://127.0.0.1:8000 with the bundled model
#   make run MODEL=quality    fetch that model first (see `mujaz models list`)
#   make test                 linters, types, docs checks and tests; what CI runs
#   make install TORCH_INDEX=URL   take torch from that index (PyTorch publishes CPU-only and GPU ones)

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
MODEL ?= starter
TORCH_INDEX ?=
ARGS ?=
TORCH := $(shell sed -n 's/^torch==/torch==/p' requirements.lock)

.PHONY: install run test check bench lock clean

install: $(VENV)/.installed

$(VENV)/.base: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Mujaz needs Python 3.11 or newer; name one with PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(if $(TORCH_INDEX),$(BIN)/python -m pip install --quiet '$(TORCH)' --index-url '$(TORCH_INDEX)')
	$(BIN)/python -m pip install --quiet -r requirements.lock
	touch $@

$(VENV)/.installed: $(VENV)/.base pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps -e .
	touch $@

$(VENV)/.dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet -r requirements-dev.lock
	touch $@

run: install
	$(if $(filter-out starter,$(MODEL)),$(BIN)/mujaz models pull '$(MODEL)')
	$(BIN)/mujaz --model '$(MODEL)' serve $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	$(BIN)/pytest $(ARGS)

# One benchmark: make bench B=speed. Without B: the list.
bench: $(VENV)/.dev
	$(if $(B),$(BIN)/python -m benchmarks.$(B) $(ARGS),@ls benchmarks/*.py | sed 's|benchmarks/||; s|\.py$$||')

# Exact versions of everything, without hashes or addresses, from a fresh environment.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade pip
	build/lock/bin/python -m pip install --quiet .
	build/lock/bin/python -m pip freeze --exclude mujaz | sed 's/+cpu$$//; s/+cu[0-9]*$$//' > requirements.lock
	build/lock/bin/python -m pip install --quiet '.[dev]'
	build/lock/bin/python -m pip freeze --exclude mujaz | sed 's/+cpu$$//; s/+cu[0-9]*$$//' > requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
