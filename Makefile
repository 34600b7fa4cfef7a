# The first interpreter that is new enough; PYTHON=... picks another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The build backend is among the pinned requirements, so nothing unpinned is fetched.
INSTALL_SELF := $(PIP) install --quiet --no-deps --no-build-isolation --editable .
# One version of each for every Python, so that all of them make the same bytes.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-header --no-annotate --no-strip-extras \
	pyproject.toml
ROOMS := geo layers maps cli.py

# Coverage sees no compiled loop, so their tests run once more, uncompiled: those that end soon.
LOOPS := acceptance best_ground crossings disjoint distance growth least_cost linear losses resample shapes terrain
TOO_SLOW := any_raster or back_from_arrays or beta or cells_say or groups_equal or large_enough or \
	more_than_a_block or prices_come or setback or thousand_pairs or tiling or unknown_slope

.DELETE_ON_ERROR:
.PHONY: coverage demo test lint bench docs requirements licences sbom audit clean

demo: .venv/.runtime
	$(BIN)/powersite site norway --load-mw 180 --out out/norway

test: .venv/.dev
	$(BIN)/pytest --numprocesses 2 --dist loadfile

coverage: .venv/.dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	NUMBA_DISABLE_JIT=1 $(BIN)/coverage run -m pytest --hypothesis-profile few \
		-m "not slow and not peers" -k "not ($(TOO_SLOW))" \
		$(foreach loop,$(LOOPS),tests/geo/test_$(loop).py)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage json --quiet -o .coverage.json
	$(BIN)/python -m tests.trust.covered .coverage.json

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(ROOMS)
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(ROOMS)
	$(BIN)/pytest tests/test_rooms.py

bench: .venv/.runtime
	$(BIN)/python -m benchmarks.run

docs: .venv/.runtime
	@mkdir -p docs
	$(BIN)/powersite assumptions > docs/.assumptions.md || { rm -f docs/.assumptions.md; exit 1; }
	mv docs/.assumptions.md docs/assumptions.md
	$(BIN)/powersite backtest norway bhutan --quiet > docs/.backtest.md || { rm -f docs/.backtest.md; exit 1; }
	mv docs/.backtest.md docs/backtest.md
	$(BIN)/powersite report norway --load-mw 180 --dpi 120 --out docs/.made/norway.png
	mv docs/.made/norway.png docs/norway.png && rm -r docs/.made

# Pins stay as they are where they still fit; UPGRADE=--upgrade looks for newer ones.
requirements: .venv/.dev
	$(COMPILE) $(UPGRADE) --all-extras \
		--group build --group lock --group audit \
		--output-file requirements-dev.txt
	$(COMPILE) $(UPGRADE) --group build --constraint requirements-dev.txt \
		--output-file requirements.txt

licences: .venv/.dev
	$(BIN)/python -m tests.trust.supply licences

sbom: .venv/.dev
	$(BIN)/python -m tests.trust.supply sbom

# Asks a service on the network for known weaknesses of all that is pinned; 5 if it is away.
audit: .venv/.dev
	$(BIN)/python -m tests.trust.supply audit

# Only what make made: other answers under out/ are the user's.
clean:
	rm -rf .venv out/norway .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@rmdir out 2>/dev/null || true
	find $(ROOMS) tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made:
	@test -n "$(PYTHON)" || { \
		echo "powersite needs Python 3.11 or newer and found none; name one: make PYTHON=python3.12" >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: requirements.txt pyproject.toml .venv/.made
	$(PIP) install --quiet --require-hashes --requirement requirements.txt
	$(INSTALL_SELF)
	@touch $@

.venv/.dev: requirements-dev.txt pyproject.toml .venv/.made
	$(PIP) install --quiet --require-hashes --requirement requirements-dev.txt
	$(INSTALL_SELF)
	@touch $@
