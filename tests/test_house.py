"""What the import checker does not hold: who may load heavy packages, who may print, who may touch files."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "indexcalc"
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(file: Path) -> set[str]:
    """The rooms of the package, and the other packages, that a file imports anywhere in it."""
    found = set()
    depth = len(file.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            if node.level == depth:
                found |= {f"indexcalc.{name.partition('.')[0]}" for name in names}
            elif node.level == 0:
                found |= {name.partition(".")[0] for name in names}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_heavy_packages_stay_in_their_rooms(file: Path) -> None:
    heavy = imports(file) & {
        "pandas",
        "pyarrow",
        "xlsxwriter",
        "python_calamine",
        "scipy",
        "openpyxl",
        "sqlalchemy",
        "ibis",
        "duckdb",
        "psycopg",
        "pyspark",
        "py4j",
    }
    allowed = {
        "sources": {"pyarrow", "python_calamine", "ibis", "duckdb", "psycopg", "pyspark", "py4j"},
        "journal": {"sqlalchemy", "psycopg", "pyarrow", "xlsxwriter"},
        "report": {"pyarrow", "xlsxwriter"}
        | ({"ibis"} if file.name == "query.py" else {"pandas"} if file.name == "plots.py" else set()),
        "books": {"xlsxwriter"},
        "scores": {"pandas"},
        "engine": {"scipy"},
        "analysis": {"scipy", "pandas"},
        "jobs": {"pandas"},
        "methods": {"scipy"},
        "large": {"ibis", "duckdb", "pyspark"},
    }
    assert heavy <= allowed.get(room_of(file), set())


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_only_the_command_line_prints_and_exits(file: Path) -> None:
    if room_of(file) in ("cli", "__main__"):
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in ("print", "sys.exit", "exit", "input", "eval", "exec"), f"{name} at line {node.lineno}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_only_some_rooms_open_files(file: Path) -> None:
    if room_of(file) in ("tree", "sources", "report", "books", "journal", "large", "jobs", "cli", "gallery"):
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            assert name not in ("open", "read_text", "read_bytes", "write_text", "write_bytes"), f"{name} at line {node.lineno}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_public_functions_and_modules_say_what_they_are_for(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "module"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_chinese_stands_with_the_words_and_in_what_is_known_of_methods(file: Path) -> None:
    if room_of(file) in ("words", "methods", "gallery"):  # the gallery's scripts are part of what an analyst writes
        return
    text = file.read_text(encoding="utf-8")
    assert [character for character in text if "\u4e00" <= character <= "\u9fff"] == []


def loaded(code: str) -> set[str]:
    """The packages that are in memory after some code has run in a process of its own."""
    script = f"{code}\nimport sys; print(' '.join(name for name in sys.modules if 'LazyModule' not in type(sys.modules[name]).__name__))"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, encoding="utf-8", cwd=PACKAGE.parent
    )
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_the_command_line_loads_nothing_heavy_to_show_its_help() -> None:
    assert not loaded("import indexcalc.cli.app") & {"numpy", "pandas", "pyarrow", "pydantic", "yaml", "xlsxwriter", "rich"}


def test_checking_loads_no_arrays() -> None:
    code = "import sys; sys.argv = ['indexcalc', 'check', '--quiet']\nfrom indexcalc.cli.app import app\ntry: app()\nexcept SystemExit: pass"
    assert not loaded(code) & {"numpy", "pandas", "pyarrow", "xlsxwriter", "rich", "sqlalchemy"}


def test_scoring_loads_no_pandas() -> None:
    code = "import sys; sys.argv = ['indexcalc', 'rank', '--quiet']\nfrom indexcalc.cli.app import app\ntry: app()\nexcept SystemExit: pass"
    assert not loaded(code) & {"pandas", "scipy", "rich"}
