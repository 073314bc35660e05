"""`python -m indexcalc`."""

from .cli import run

run()
