"""Mutations of the source that the tests must notice: each moves a number or a finding. Run by hand, it takes a while.

    python tests/mutations.py                   all, each against its tests and then, if it lives, against the quick ones
    python tests/mutations.py engine/rules.py   those of some files
    python tests/mutations.py --list            where each is made, and what it moves; and the files that have none
    python tests/mutations.py --of ../before    in another copy of the repository, with the tests that are there

A mutation names a function and what is replaced in it (a regular expression, the first place), so that it outlives moves. Of
several forms the first that is found is taken: how the code says it now, and how it did. Every file of `engine`, `methods`
and `sources/match` that does anything has one. Each is made in a copy in a temporary folder; nothing here is touched.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOMS = {"engine": "engine", "methods": "methods", "match": "sources", "journal": "journal"}  # where a function is looked for
LONGEST = 900  # seconds that tests may take: a mutation may well make a loop that does not end
NEEDS_ONE = ("engine", "methods", "sources/match")
TESTS = {
    "engine": ["test_engine.py", "test_nodes.py", "test_levels.py", "test_uncertainty.py", "test_messages.py"],
    "methods": ["test_golden_methods.py", "test_golden_weights.py", "test_weights.py", "test_methods.py", "test_messages.py"],
    "match": ["sources/test_bind.py", "sources/test_tables.py", "test_messages.py", "test_blocks.py", "test_ledger_messages.py"],
    "journal": ["test_publish.py", "test_kills.py", "test_weights_commands.py"],
}


@dataclass(frozen=True)
class Mutation:
    """What is replaced in a function of a room, in one of several forms, and what moves by it."""

    room: str
    moves: str
    forms: tuple[tuple[str, str, str], ...]  # function, pattern, replacement
    tests: tuple[str, ...] = ()


def of(room: str, moves: str, *forms: tuple[str, str, str], tests: tuple[str, ...] = ()) -> Mutation:
    return Mutation(room, moves, forms, tests)


MUTATIONS = [
    # engine
    of(
        "engine",
        "which columns fill gaps before they are treated",
        ("score", r"treat\(index, imputed\)", "treat(index, derived)"),
    ),
    of("engine", "a deduction for an event", ("by_events", r"count > 0, -abs", "count > 1, -abs")),
    of(
        "engine",
        "a ceiling where nothing happened",
        ("by_events", r"\(count > 0\) & ", "(count >= 0) & "),
        ("by_events", r"np\.where\(count > 0, np\.minimum", "np.where(count >= 0, np.minimum"),
    ),
    of(
        "engine",
        "the places climbed since the period before",
        ("places_moved", r"moved\((\w+), (\w+)\)", r"moved(\2, \1)"),
        ("places_climbed", r"climbed\((\w+), (\w+)\)", r"climbed(\2, \1)"),
    ),
    of("engine", "what is compared within groups", ("groups_of", r"== label\b", "!= label")),
    of("engine", "an indicator with a target", ("towards", r"        if (at|column) in targets:", r"        if \1 < 0:")),
    of(
        "engine",
        "the base of a change a year before",
        ("before", r'"previous" else year_before', '"year-before" else year_before'),
        ("_before", r'"previous" else year_before', '"year-before" else year_before'),
    ),
    of(
        "engine",
        "units of which too little is known",
        ("screened", r"coverage - REACHED\) \* asked", "coverage - REACHED) * asked * 2"),
        ("screened", r"index\.screen\.coverage \* asked -", "index.screen.coverage * asked * 2 -"),
    ),
    of("engine", "estimates in cells that do not apply", ("impute", r"== MISSING\)", "!= 0)")),
    of("engine", "sums of lower levels", ("_total", r"weights=row,", "weights=np.abs(row) + 1,")),
    of(
        "engine",
        "means over a lower level",
        ("from_below", r"depth \+= above >= 0", "depth += above > 0"),
        ("_from_below", r"depth \+= above >= 0", "depth += above > 0"),
    ),
    of("engine", "units that are scored in some periods alone", ("scored", r"&= span", "|= span"), tests=("test_times.py",)),
    of("engine", "a rule that reported values break", ("_against", r"~holds", "holds"), tests=("test_logic.py",)),
    of(
        "engine",
        "what a leaf goes on from another with",
        ("with_predecessors", r"== MISSING", "!= MISSING"),
        tests=("test_editions.py",),
    ),
    of(
        "engine",
        "the turn of a node",
        ("finish", r"ends\[block\]\) - y", "ends[block]) / 2 - y"),
        ("finish", r"mirror\(index\) - y", "mirror(index) / 2 - y"),
        ("_finish", r"mirror\(index\) - ", "mirror(index) / 2 - "),
    ),
    of(
        "engine",
        "whether enough is there",
        ("enough", r">= missing\.coverage - REACHED", ">= missing.coverage / 2"),
        ("enough", r">= missing\.coverage - SLACK", ">= missing.coverage / 2"),
        ("_enough", r">= missing\.coverage - SLACK", ">= missing.coverage / 2"),
    ),
    of(
        "engine",
        "whether enough children are there",
        ("wanted", r"REACHED\) \* asked", "REACHED) * asked / 2"),
        ("enough", r"missing\.children \* asked", "missing.children * asked / 2"),
        ("_enough", r"missing\.children \* asked", "missing.children * asked / 2"),
    ),
    of(
        "engine",
        "the middle about which a node turns",
        ("_both_ends", r"2\.0 \* float", "1.0 * float"),
        ("mirror", r"2\.0 \* float", "1.0 * float"),
    ),
    of(
        "engine",
        "coverage by weights",
        ("_weight_covered", r"np\.where\(np\.isnan\(x\), 0\.0, below \* w\)", "np.where(np.isnan(x), 0.0, w)"),
    ),
    of(
        "engine",
        "what does not apply to a whole branch",
        ("applying", r"np\.logical_or\.reduce", "np.logical_and.reduce"),
        ("_applicable", r"\.any\(|logical_or", "logical_and"),
    ),
    of("engine", "the floor of what is missing", ("leaf_floors", r"np\.fmin\.reduce", "np.fmax.reduce")),
    of("engine", "a column that is the same in all units is told", ("check_columns", r'"IC420", same_in', '"IC420", empty_in')),
    of(
        "engine",
        "ranks within groups",
        ("placed", r"ranks\(ranked\[:, units\]", "ranks(-ranked[:, units]"),
        ("rank", r"scores\[:, mask\]", "-scores[:, mask]"),
    ),
    of("engine", "a grade at its bound", ("_grades", r"shown >= one\.from_", "shown > one.from_")),
    of("engine", "a grade by share within groups", ("_counts", r"~np\.isnan\(score\[:, mask\]\)", "np.isnan(score[:, mask])")),
    of(
        "engine",
        "means in draws of what is still",
        ("_mean", r"transformed\(branch, x\)\)", "x)"),
        tests=("test_uncertainty.py",),
    ),
    of("engine", "draws with gaps", ("_fill", r"np\.subtract\(level\.total,", "np.add(level.total,")),
    of("engine", "products in parts", ("_cut", r"range\(whole, length\)", "range(whole, whole)")),
    # methods
    of(
        "methods",
        "what a method is told to be",
        ("about", r"return RECORDS\[step\]\[method\]\.about", 'return ""'),
        tests=("test_docs.py", "test_methods.py"),
    ),
    of(
        "methods",
        "a parameter that must be given",
        ("parameters", r"name not in defaults, defaults", "False, defaults"),
        ("parameters", r"parameter\.default is parameter\.empty,\n", "False,\n"),
        ("parameters", r"is KEYWORD_ONLY|KEYWORD_ONLY", "VAR_KEYWORD"),
    ),
    of(
        "methods",
        "whether a method compares units",
        ("compares_units", r'self\.compares == "always"', 'self.compares == "never"'),
        ("_compares_units", r"return not fixed or", "return bool(fixed) and"),
    ),
    of(
        "methods",
        "events that count double from the second on",
        ("repeated", r"factor - 1\.0", "factor"),
        tests=("test_nodes.py",),
    ),
    of("methods", "what events add at most", ("limited", r"if cap < 0 else", "if cap > 0 else"), tests=("test_nodes.py",)),
    of("methods", "a geometric mean of 0", ("geometric", r"x <= 0\)", "x < 0)")),
    of("methods", "a power mean with a floor", ("power", r"\*\* \(1\.0 / p\)", "** (1.0 / (p + 1e-6))")),
    of("methods", "a median of a unit without gaps", ("median", r"np\.nanmedian", "np.nanmean")),
    of(
        "methods",
        "the quick mean of few children",
        (
            "weight_there",
            r"sums\.reshape\(\*stack, -1, 2, 1 << child\)\[\.\.\., 0,",
            "sums.reshape(*stack, -1, 2, 1 << child)[..., 1,",
        ),
    ),
    of(
        "methods",
        "the quick mean of many children",
        ("_child_by_child", r"np\.copyto\(weighted, 0\.0", "np.copyto(weighted, 1.0"),
    ),
    of("methods", "sums over their weight", ("divide", r"total / weight", "total / (weight + 1e-9)")),
    of("methods", "the penalty for children out of balance", ("mpi", r"variance / mean, np\.nan", "2 * variance / mean, np.nan")),
    of(
        "methods",
        "the distance to the best",
        ("topsis", r"scale \* \w+\(down, up \+ down\)|divide\(down, up \+ down\)", "scale * divide(up, up + down)"),
        ("topsis", r"_divide\(down,", "_divide(up,"),
    ),
    of("methods", "who is ahead of whom", ("copeland", r" > ", " >= ")),
    of("methods", "averages by place", ("_quantifier", r"1\.0 / orness - 1\.0", "1.0 / orness - 0.9")),
    of("methods", "how many components are kept", ("_kept", r"> _EIGENVALUE \+ 1e-9", "> _EIGENVALUE / 4")),
    of(
        "methods",
        "a share of the group",
        ("share", r"np\.nansum\(x\[\.\.\., members\]", "np.nansum(x[..., :]"),
        tests=("test_engine.py", "test_nodes.py"),
    ),
    of("methods", "growth from a negative value", ("growth", r"np\.abs\(before\)", "before"), tests=("test_engine.py",)),
    of(
        "methods",
        "a trimmed mean",
        ("trimmed_mean", r"place >= drop", "place > drop"),
        tests=("test_formula.py", "test_engine.py"),
    ),
    of("methods", "the worst of those compared", ("best", r"self\.sign > 0", "self.sign < 0")),
    of("methods", "a standard deviation", ("deviation", r"squares / \(self\.count - ddof\)", "squares / self.count")),
    of("methods", "weights with bounds", ("_bounded", r"\(high < 1\)\.any\(\)", "(high < 0).any()")),
    of("methods", "a gap between two periods", ("linear", r"\(at - before\)", "(after - at)")),
    of("methods", "the nearest period of two", ("nearest", r"at - before <= after - at", "at - before >= after - at")),
    of("methods", "whether judgements contradict each other", ("consistency", r"max\(size - 1, 1\)", "max(size, 1)")),
    of("methods", "ranks that are alike", ("_by_rank", r"sums / count", "sums")),
    of(
        "methods",
        "a score by percentile",
        ("percentile", r"frame\.count - among, np\.nan", "frame.count, np.nan"),
        ("percentile", r"frame\.count - 1, np\.nan", "frame.count, np.nan"),
    ),
    of("methods", "a z-score", ("z_score", r"frame\.sign \* ", "")),
    of(
        "methods",
        "a distance beyond its target",
        ("distance_to_target", r"np\.minimum\(share, 1\.0\)", "share"),
        ("distance_to_target", r"clip=clip|if clip", "if not clip"),
    ),
    of("methods", "points that are taken off", ("_within", r"np\.minimum\(x, cap\)", "x")),
    of(
        "methods",
        "scores between two ends",
        ("come", r"np\.subtract\(end, start\)", "np.subtract(start, end)"),
        ("_share", r"end - start", "start - end"),
    ),
    of(
        "methods",
        "a quantile as an end",
        ("_end", r'frame\.quantile\((cast\("Quantile", given\)\["quantile"\])\)', r"frame.quantile(1 - \1)"),
        ("_end", r'frame\.quantile\(given\["quantile"\]\)', 'frame.quantile(1 - given["quantile"])'),
    ),
    of("methods", "the first score of a place", ("_gap", r"ordered\[first\]", "ordered[at - 1]")),
    of("methods", "ranks of ties", ("average", r"\(first \+ last\) / 2", "first")),
    of("methods", "rounding of halves", ("rounded", r"0\.5 \+ 1e-9", "0.5 - 1e-6")),
    of("methods", "weights without importance", ("scaled", r"total == 0, np\.nan", "total == 0, 0.0")),
    of(
        "methods",
        "correlations with gaps",
        ("correlations", r"products - sums \* np\.swapaxes\(sums, -1, -2\) / pairs", "products"),
    ),
    of("methods", "how skewed a column is", ("skewness", r"\(n - 2\.0\)", "n")),
    of(
        "methods",
        "on which side values are pulled in",
        ("leans", r'"top" if skewness > 0', '"top" if skewness < 0'),
        ("_winsorised", r"measured >= 0", "measured < 0"),
    ),
    of(
        "methods",
        "which values are pulled in",
        ("_pulled_in", r'x\.max\(\) if side == "top"', 'x.min() if side == "top"'),
        ("_winsorised", r"there\.max\(\) if high", "there.min() if high"),
    ),
    of("methods", "weights from uneven shares", ("_divergence", r"np\.maximum\(uneven, 0\.0\)", "np.maximum(uneven, 1.0)")),
    of("methods", "weights from conflict", ("critic", r"deviation \* conflict", "deviation")),
    of("methods", "weights that are combined", ("combine", r"stack\*\*counts", "stack**2")),
    of(
        "methods",
        "a scale upside down is refused",
        ("problem", r"below >= above", "below > above"),
        ("scale", r"given\.low >= given\.high", "given.low > given.high"),
        tests=("test_messages.py",),
    ),
    of("methods", "a quick formula in a query", ("share_of_way", r"\(x - start\)", "(x - end)"), tests=("test_in_query.py",)),
    of("methods", "a compromise of losses", ("vikor", r"_part\(together, none\)", "_part(most, none)")),
    of(
        "methods",
        "where scores fall apart by themselves",
        ("within", r"squares - total \* total / count", "squares"),
        tests=("test_grades.py",),
    ),
    of("methods", "weights from judgements that complement each other", ("_complementary", r"n / 2 - 1", "n / 2")),
    of(
        "methods",
        "the child that decides a membership",
        ("min_max", r"\.max\(axis=-2\)", ".min(axis=-2)"),
        tests=("test_fuzzy.py",),
    ),
    of(
        "methods",
        "where scores by points bend",
        ("bends", r"pair\[0\]", "pair[1]"),
        tests=("test_target.py", "test_robustness.py"),
    ),
    of("methods", "the probit of the highest place", ("spread", r"0\.25 / count", "0.5 / count"), tests=("test_grades.py",)),
    # matching
    of(
        "match",
        "the unit that a line above a table names",
        ("_unit_of", r"len\(found\) == 1", "found"),
        tests=("sources/test_layouts.py", "test_messages.py"),
    ),
    of(
        "match",
        "units that have no row in any period",
        ("never_there", r"if unit not in some\]", "if unit in some]"),
        tests=("test_messages.py",),
    ),
    of(
        "match",
        "a month that may be January or October",
        ("unclear_months", r"owners\[i\]\] == 1", "owners[i]] >= 1"),
        tests=("sources/test_dated.py", "test_messages.py"),
    ),
    of("match", "rules that may be broken", ("_against", r"not holds", "holds"), tests=("test_doubtful.py",)),
    of("match", "values from a second source", ("filled", r"not in has", "in has"), tests=("test_elsewhere.py",)),
    of("match", "which of two units of one name is meant", ("of", r"if spans", "if not spans"), tests=("test_times.py",)),
    of(
        "match",
        "what stands in an empty cell's place",
        ("_repeated", r"if name_of", "if not name_of"),
        tests=("test_messages.py",),
    ),
    of(
        "match",
        "values in another unit of measurement",
        ("factor", r"one\.size / other\.size", "other.size / one.size"),
        tests=("sources/test_measures.py",),
    ),
    of(
        "match", "mistakes in data beside a wrong tree", ("_stands", r" or ", " and "), tests=("test_once.py", "test_messages.py")
    ),
    of(
        "match",
        "a file that no pattern means",
        ("_is_asked_for", r"not wanted\.isdisjoint", "wanted.isdisjoint"),
        tests=("sources/test_meant.py", "test_messages.py"),
    ),
    of(
        "match",
        "doubts about values of one's own",
        ("doubtful", r"one\.cell < mine", "one.cell >= mine"),
        tests=("sources/test_plausible.py",),
    ),
    of(
        "match",
        "a column that is spelled in two ways",
        ("_decided", r"own\.point or own\.thousands\)", "own.point and own.thousands)"),
        tests=("sources/test_spelling.py", "test_messages.py"),
    ),
    of(
        "match",
        "a total that is no stray value",
        ("stray", r"0\.005 \* total", "5.0 * total"),
        tests=("sources/test_plausible.py",),
    ),
    of(
        "match",
        "totals that fall",
        ("_of_column", r"values\[unit, period\] < values", "values[unit, period] > values"),
        tests=("sources/test_dated.py", "test_messages.py"),
    ),
    of("match", "a status column that silences a value", ("_put", r"np\.nan  #", "0.0  #")),
    of("match", "values that hold in every period", ("_put", r"values\[:, units\]", "values[:1, units]")),
    of(
        "match",
        "words that stand twice",
        ("words_twice", r"> 1", "> 9"),
        ("words_twice", r"\bif\b", "if not"),
        ("_words_twice", r"\bif\b", "if not"),
    ),
    of(
        "match",
        "rows that have no period",
        ("dated", r"if meaning\[cell\] is None", "if meaning[cell] is not None"),
        ("dated", r"if meaning\[cells\[row\]\] is None", "if meaning[cells[row]] is not None"),
        ("_periods", r"is None", "is not None"),
    ),
    of("match", "which attribute a rule asks of units", ("_of_attribute", r'"IC365"', '"IC366"')),
    of("match", "a row that stands twice", ("repeats", r"or j != i", "or j == -1"), ("repeats", r"\bif\b", "if not")),
    of(
        "match",
        "units that have no row",
        ("_in_periods", r"units\[period or \"\"\]\.add", 'units[period or ""].discard'),
        ("absent", r"units\[period or \"\"\]\.add", 'units[period or ""].discard'),
        ("absent", r"\.add\(", ".discard("),
    ),
    of("match", "units whose cells are all empty", ("_empty_rows", r"isnan\(values\[i\]\)", "not isnan(values[i])")),
    of("match", "headings in any case", ("position_of", r"\.casefold\(\) for", " for"), ("find", r"\.casefold\(\)", "")),
    of(
        "match",
        "columns that nothing uses",
        ("unused", r"position not in used", "position in used"),
        ("note_unused", r"not in used", "in used"),
    ),
    of(
        "match",
        "whether a table is wide",
        ("is_wide", r"self\.indicator is None", "self.indicator is not None"),
        ("layout_of", r"is None", "is not None"),
    ),
    of("match", "periods across the headings", ("periods_across", r"\bis None|\bif\b", "if not")),
    of(
        "match",
        "a column's words for its headings",
        ("_as_read", r"map\(name_of, column\.headers\)", "map(str.upper, column.headers)"),
        ("as_named", r"name_of", "str.upper"),
    ),
    of("match", "a heading that is in the data twice", ("_wide", r"places\[0\]", "places[-1]")),
    of("match", "rows of another unit in a file that stays", ("_keys_of", r"units < 0", "units < -1")),
    of(
        "match",
        "the department that is silent",
        ("_silent", r"not in known", "in known"),
        ("match_ledger", r"not in known", "in known"),
    ),
    of(
        "match",
        "cells of a submission that do not apply",
        ("_piece", r"if not cell\.applies", "if cell.applies"),
        ("_submitted", r"if not cell\.applies", "if cell.applies"),
    ),
    # what is kept
    of(
        "journal",
        "a report that is replaced in one step",
        ("_exchange", r"return bool\(library\.renameat2", "return True or bool(library.renameat2"),
    ),
    of(
        "journal",
        "files that are written beside",
        ("file", r"_write\(new, content\)", "_write(target, content), _write(new, content)"),
        ("replace_files", r"_write\(new, content\)", "_write(target, content)"),
    ),
]


def functions(file: Path) -> Iterator[tuple[str, int, int]]:
    """Yield the functions of a file, also those of classes, with where each begins and ends."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.lineno, node.end_lineno or node.lineno


def made(mutation: Mutation, package: Path) -> tuple[Path, str] | None:
    """Return the file that a mutation changes and what it makes of it, or nothing where it is nowhere found."""
    for function, pattern, replacement in mutation.forms:
        for file in sorted((package / ROOMS[mutation.room]).rglob("*.py")):
            for name, start, end in functions(file):
                if name != function:
                    continue
                lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
                inside = "".join(lines[start - 1 : end])
                changed = re.sub(pattern, replacement, inside, count=1)
                if changed != inside:
                    return file, "".join([*lines[: start - 1], changed, *lines[end:]])
    return None


def without(package: Path, places: list[Path]) -> list[str]:
    """Return the files that do something and have no mutation."""
    files = [file for room in NEEDS_ONE for file in sorted((package / room).rglob("*.py"))]
    return [str(file.relative_to(package)) for file in files if file not in places and list(functions(file))]


def killed_by(mutation: Mutation, repository: Path, *, near: bool) -> str:
    """Make a mutation in a copy of the repository, and return the test that fails by it, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        names = ("indexcalc", "tests", "data", "docs", "reports", "benchmarks")
        for name in names:
            if (repository / name).exists():
                shutil.copytree(repository / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for file in (one for one in repository.iterdir() if one.is_file()):
            shutil.copy(file, copy)
        place = made(mutation, copy / "indexcalc")
        assert place is not None
        place[0].write_text(place[1], encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.setdefault("INDEXCALC_SHARED", str(repository.parent / "shared"))
        own = [f"tests/{name}" for name in mutation.tests or TESTS[mutation.room]]
        for chosen in (*([name] for name in own if (copy / name).exists()), *([] if near else [["tests", "-m", "not slow"]])):
            command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=no", *chosen]
            try:
                done = subprocess.run(
                    command, cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
                )
            except subprocess.TimeoutExpired:
                return "killed: it does not end"
            if done.returncode == 1:
                return next((line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))), "killed")
            if done.returncode != 0:
                return f"killed before any test: {done.stdout[-300:]}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="the files whose mutations are tried, from the package on; all without")
    parser.add_argument("--of", type=Path, default=HERE, help="another copy of the repository")
    parser.add_argument("--list", action="store_true", help="only say where each is made")
    parser.add_argument("--near", action="store_true", help="only its own tests")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    said = parser.parse_args()
    package = said.of.resolve() / "indexcalc"
    placed = [(mutation, place) for mutation in MUTATIONS if (place := made(mutation, package))]
    lost = [mutation for mutation in MUTATIONS if made(mutation, package) is None]
    for mutation in lost:
        print(f"not found  {mutation.room}: {mutation.moves}")
    bare = without(package, [place[0] for _, place in placed])
    print(*(f"no mutation {name}" for name in bare), sep="\n")
    names = [str(place[0].relative_to(package)) for _, place in placed]
    if said.list:
        print(*(f"{name}: {mutation.moves}" for name, (mutation, _) in zip(names, placed, strict=True)), sep="\n")
        return 0
    chosen = [(name, one) for name, (one, _) in zip(names, placed, strict=True) if not said.files or name in said.files]
    with ThreadPoolExecutor(said.workers) as pool:
        tests = list(pool.map(lambda one: told(*one, said.of.resolve(), near=said.near), chosen))
    print(f"{len([test for test in tests if test])} of {len(chosen)} killed")
    return 0 if all(tests) else 1


def told(name: str, mutation: Mutation, repository: Path, *, near: bool) -> str:
    test = killed_by(mutation, repository, near=near)
    print(f"{'killed' if test else 'SURVIVED'}  {name}: {mutation.moves}  {test}", flush=True)
    return test


if __name__ == "__main__":
    sys.exit(main())
