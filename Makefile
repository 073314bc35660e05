# make score: install into .venv and do the main job.  make test: install and pass the tests.
# make docs: the pages of the documentation, in site/.  make quick: the quick tests alone.  make prove: all tests at full counts (fuzz, kills, random trees), which takes long.
PYTHON ?= python3
BIN = .venv/bin
# all that is installed, and what stays where it is: pip takes one processor to compile, and some machines keep Python from doing
# so at all, where every start would; what some packages bring for older Pythons cannot be
COMPILE = $(BIN)/python -m compileall -qq -j 0 indexcalc .venv/lib || true
# what shares an engine or a database that is started for it runs on one worker
PYTEST = $(BIN)/python -m pytest -n auto --dist loadgroup

.PHONY: score test quick prove lint tests bench pictures docs clean

score: .venv/score
	$(BIN)/indexcalc score

test: .venv/test
	$(MAKE) --jobs=2 lint tests

tests: .venv/test
	$(PYTEST)

lint: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

quick: .venv/test
	$(PYTEST) -m "not slow" --hypothesis-profile few

prove: .venv/test
	INDEXCALC_PROVE=1 $(PYTEST) --durations=30

bench: .venv/test
	$(BIN)/python benchmarks/commands.py
	$(BIN)/python benchmarks/looks.py
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/serving.py
	$(BIN)/python benchmarks/engine.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/weights.py
	$(BIN)/python benchmarks/evolution.py
	$(BIN)/python benchmarks/events.py

pictures: .venv/test
	$(BIN)/python docs/pictures.py pictures

docs: .venv/test
	$(BIN)/python docs/build.py site

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/score: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --no-compile --editable .
	$(COMPILE)
	touch $@

.venv/test: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --no-compile --editable ".[test]"
	$(COMPILE)
	touch $@ .venv/score

clean:
	rm -rf .venv build *.egg-info
