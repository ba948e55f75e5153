# make run      set up, build the bundled sample, print one search, serve the page (SERVE=0 ends after the search)
# make test     set up and run everything that CI checks
# make proof    the long proofs
# make bench    the benchmarks
PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8000
SERVE  ?= 1
bin    := $(VENV)/bin

.PHONY: run test lint proof bench clean

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "OncoMatch needs Python 3.11 or newer (PYTHON=... names another)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(bin)/python -m pip install --quiet --upgrade pip
	$(bin)/python -m pip install --quiet --editable '.[all]'
	@touch $@

run: $(VENV)/.installed
	$(bin)/oncomatch build --from sample --index var/sample
	$(bin)/oncomatch search "EGFR exon 20 insertion lung cancer" --index var/sample
ifneq ($(SERVE),0)
	$(bin)/oncomatch serve --index var/sample --port $(PORT)
endif

lint: $(VENV)/.installed
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports

test: lint
	$(bin)/python -m pytest

proof: $(VENV)/.installed
	$(bin)/python -m pytest -m proof --timeout 5400

bench: $(VENV)/.installed
	$(bin)/python -m pytest -m bench -s --timeout 5400

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
