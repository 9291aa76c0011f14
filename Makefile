# make demo   set up and run the main job     make test   set up and pass the tests
# Everything happens in .venv; each target sets up what it needs and is safe to repeat.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The tests start hundreds of processes, each of which would compile the packages again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint bench mnist docs gallery mutate mutate-modules prove playground clean notebooks course dist

demo: $(VENV)/demo
	$(BIN)/python -m nn

test: $(VENV)/test
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/test $(VENV)/lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/pyright --pythonpath $(BIN)/python --project pyright.tests.json
	@if command -v npm >/dev/null; \
	then npm install --silent --no-package-lock --no-audit --no-fund && npm run --silent lint; \
	else echo "no npm: the page's JavaScript is NOT linted"; fi

# Spoils every formula of the table and the promises of modules, and shows that the tests notice.
mutate: $(VENV)/test
	$(BIN)/python scripts/mutate.py
	$(BIN)/python scripts/promises.py

# Spoils comparisons, conditions and signs of every module. Takes about three times as long as the tests.
mutate-modules: $(VENV)/test $(VENV)/peers $(VENV)/mutate
	$(BIN)/python scripts/mutate_modules.py

# Spoils each function of docs/sources.md in turn, and shows that its test notices.
prove: $(VENV)/test
	$(BIN)/python scripts/prove_sources.py

# Ratios against other libraries; takes some ten minutes. THEMES="eager compile" for less.
bench: $(VENV)/bench
	$(BIN)/python -m benchmarks $(THEMES) --json out/benchmarks.json

# The chapter's 784-30-10 network, compiled, on idx files that you have: make mnist DATA=FOLDER
mnist: $(VENV)/bench
	$(BIN)/python benchmarks/mnist.py --data $(DATA) --check

# The site, in site/, with warnings as errors and every link followed.
docs: $(VENV)/docs
	$(BIN)/python scripts/write_docs.py
	$(BIN)/python scripts/lessons.py
	$(BIN)/zensical build --strict --clean
	$(BIN)/python scripts/check_site.py

# The outputs that the lessons keep; needs Chromium.
notebooks: $(VENV)/test $(VENV)/browser
	$(BIN)/python scripts/notebooks.py

# The lessons without solutions, and their key apart, in out/course/.
course: $(VENV)/test
	$(BIN)/python scripts/course.py

# docs/gallery.md and its pictures.
gallery: $(VENV)/test
	$(BIN)/python scripts/gallery.py

# Before `make docs`: lets the site's lessons run in the browser. Needs npm, fetches 14 MB.
playground: $(VENV)/docs
	npm install --prefix out/npm --no-audit --no-fund pyodide@314.0.7 @viz-js/viz@3.31.0
	$(BIN)/python scripts/playground.py

# What a release uploads, in dist/; a new one each time.
# Its wheel is the one without the native core, which runs everywhere; publish.yml builds the others.
dist: $(VENV)/release
	rm -rf dist
	STEPGRAD_PURE=1 $(BIN)/python -m build
	$(BIN)/twine check --strict dist/*

# A stamp for each dependency group of pyproject.toml that is installed; pip knows groups since 25.1.
$(VENV)/%: pyproject.toml autograd/native/core.c | $(BIN)/python
	$(BIN)/python -m pip install --quiet "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group $*
	touch $@

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

clean:
	rm -rf $(VENV) out site dist docs/lessons docs/live docs/playground .cache
