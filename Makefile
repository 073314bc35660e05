# make score: install into .venv and do the main job.  make test: install and pass the tests.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: score test check bench clean

score: .venv/score
	$(BIN)/indexcalc score

test: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile

bench: .venv/test
	$(BIN)/python benchmarks/commands.py
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/weights.py
	$(BIN)/python benchmarks/events.py

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/score: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/test: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch $@ .venv/score

clean:
	rm -rf .venv build *.egg-info
