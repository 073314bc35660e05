"""Inputs that nobody means: bytes, YAML, CSV, cells and XML of workbooks, arguments and the environment, at random from a seed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from random import Random

import openpyxl
import typer.main

from indexcalc.cli.app import app

from .fuzz_files import by_format, by_kept
from .fuzz_odd import ODD, Case, damaged

TREE = """\
index: {id: demo, name: 示例指数, decimals: 2}
units: {label: 区, table: units.csv, group: group}
periods: {kind: year}
data:
  yearly: {path: values.csv}
  book: {path: book.xlsx, sheet: 表}
  log: {path: log.csv, events: {unit: 区, time: 时间}}
denominators:
  - {id: people, name: 人口, source: yearly}
defaults: {source: yearly, weights: equal, normalise: min-max}
dimensions:
  - id: safety
    weights: given
    indicators:
      - {id: cases, name: 案件数, direction: lower, weight: 0.50, per: people, treat: winsorise}
      - {id: clinics, name: 诊所数, weight: 0.50, impute: median, normalise: z-score}
  - id: services
    aggregate: {method: geometric, floor: 1}
    indicators:
      - {id: calls, name: 求助数, source: book, normalise: {method: goalposts, worst: 0, best: 100}}
      - {id: visits, source: log, events: count}
      - {id: ratio, formula: "案件数 / (诊所数 + 1)"}
grades: [{name: 优, from: 80}, {name: 良}]
"""
UNITS = "id,name,name_en,group\n01,东区,East,城区\n02,西区,West,城区\n03,南区,South,郊区\n04,北区,North,郊区\n"
VALUES = "区,年份,案件数,诊所数,人口\n" + "".join(
    f"{name},{year},{10 + at * year % 7},{5 + at},{1000 + 90 * at}\n"
    for year in (2021, 2022)
    for at, name in enumerate("东西南北")
).replace("东,", "东区,").replace("西,", "西区,").replace("南,", "南区,").replace("北,", "北区,")
LOG = "区,时间\n" + "".join(f"{name}区,{year}-0{month}-11\n" for name in "东西南北" for year in (2021, 2022) for month in (1, 5))

MEANT = {
    "": ["01", "东区", "2022", "safety", "cases", "values.csv", "reports/2022", "市公安局", "1", "0.5", "zh"],
    "index": ["indicators.yaml"],
    "data": ["."],
    "lang": ["zh", "en"],
    "draws": ["20"],
    "seconds": ["1"],
    "folder": ["new", ".", "reports/2022"],
    "out": ["out", "out.xlsx"],
    "unit": ["01", "东区"],
    "node": ["safety", "cases"],
    "seed": ["1"],
    "decimals": ["2"],
    "weights": ["dirichlet", "perturb:0.25"],
}
OPTIONS = [
    *(
        "--index",
        "--data",
        "--period",
        "--from",
        "--to",
        "--node",
        "--level",
        "--as-of",
        "--out",
        "--ledger",
        "--department",
        "--decimals",
    ),
    *(
        "--note",
        "--by",
        "--weights",
        "--normalise",
        "--aggregate",
        "--treat",
        "--impute",
        "--noise",
        "--seed",
        "--lang",
        "--draws",
    ),
]
FLAGS = ["--json", "--strict", "--quiet", "--dry-run", "--all", "--write", "--help", "-h", "--", "-", "--blocks", "--no-blocks"]
PLACES = [
    "indicators.yaml",
    "values.csv",
    "book.xlsx",
    "log.csv",
    "reports",
    "reports/2022",
    ".",
    "/dev/null",
    "/dev/null/x",
    "nowhere",
]
VARIABLES = [
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "COLUMNS",
    "LINES",
    "LOGNAME",
    "USER",
    "HOME",
    "TZ",
    "TERM",
    "NO_COLOR",
    "INDEXCALC_SHARED",
]


def book() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "表"
    for row in [
        ["区", "年份", "求助数"],
        *([f"{name}区", year, 40 + at] for year in (2021, 2022) for at, name in enumerate("东西南北")),
    ]:
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


BOOK = book()
FILES = {"indicators.yaml": TREE, "units.csv": UNITS, "values.csv": VALUES, "log.csv": LOG}


def sound() -> dict[str, bytes]:
    return {**{name: text.encode() for name, text in FILES.items()}, "book.xlsx": BOOK}


def by_bytes(random: Random) -> Case:
    files = sound()
    name = random.choice(sorted(files))
    again: Callable[[bytes], bytes] = random.choice([lambda x: x, lambda x: x.decode(errors="replace").encode("utf-16"), bytes])
    return Case({**files, name: again(damaged(random, files[name]))}, words(random))


def by_yaml(random: Random) -> Case:
    lines = TREE.splitlines()
    for _ in range(random.choice([1, 1, 2, 4])):
        at = random.randrange(len(lines))
        how = random.randrange(5)
        if how == 0:
            lines.insert(at, lines[random.randrange(len(lines))])
        elif how == 1:
            lines.pop(at) if len(lines) > 1 else None
        elif how == 2:
            lines[at] = " " * random.randrange(5) + lines[at]
        else:
            parts = tokens(lines[at])
            place = random.randrange(len(parts))
            parts[place] = random.choice([*ODD, random.choice(tokens(random.choice(lines)))])
            lines[at] = "".join(parts)
    text = "\n".join(lines) + "\n"
    return Case({**sound(), "indicators.yaml": text.encode(errors="surrogatepass")}, words(random))


def tokens(line: str) -> list[str]:
    """Split a line of YAML into words and what stands between."""
    out = [""]
    for letter in line:
        if out[-1] and (out[-1][-1].isalnum() != letter.isalnum()):
            out.append("")
        out[-1] += letter
    return out


def by_csv(random: Random) -> Case:
    name = random.choice(["units.csv", "values.csv", "log.csv"])
    rows = [line.split(",") for line in FILES[name].splitlines()]
    for _ in range(random.choice([1, 1, 2, 6])):
        row = random.choice(rows)
        how = random.randrange(6)
        if how == 0:
            rows.insert(random.randrange(len(rows)), list(row))
        elif how == 1 and len(rows) > 1:
            rows.remove(row)
        elif how == 2:
            row.insert(random.randrange(len(row) + 1), random.choice(ODD))
        elif how == 3 and row:
            row.pop(random.randrange(len(row)))
        elif row:
            row[random.randrange(len(row))] = random.choice(ODD)
    mark, end = random.choice([",", ",", ",", ";", "\t", "|"]), random.choice(["\n", "\n", "\r\n", "\r"])
    text = end.join(mark.join(row) for row in rows) + random.choice(["", end, end * 3])
    return Case(
        {**sound(), name: text.encode(random.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), "replace")}, words(random)
    )


def by_cells(random: Random) -> Case:
    workbook = openpyxl.load_workbook(io.BytesIO(BOOK))
    sheet = workbook.worksheets[0]
    for _ in range(random.choice([1, 1, 3, 8])):
        cell = sheet.cell(random.randrange(1, 12), random.randrange(1, 5))
        if random.random() < 0.1:
            sheet.merge_cells(start_row=cell.row, end_row=cell.row + random.randrange(3), start_column=1, end_column=2)
            continue
        value: object = random.choice([*ODD, True, None, 0, -1.5, 1e300, float("nan"), "=1/0", "=A1", "#N/A"])
        text = isinstance(value, str)
        try:
            cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value) if text else value  # type: ignore[arg-type,assignment]
        except AttributeError:  # part of a merged one
            continue
        cell.number_format = random.choice(["General", "0%", "yyyy-mm-dd", "@", "[h]:mm", "0.00E+00", "#,##0"])
    if random.random() < 0.2:
        workbook.create_sheet(random.choice(["表2", "Sheet", "a" * 31]), random.choice([0, 1]))
    out = io.BytesIO()
    workbook.save(out)
    return Case({**sound(), "book.xlsx": out.getvalue()}, words(random))


def by_xml(random: Random) -> Case:
    whole = zipfile.ZipFile(io.BytesIO(BOOK))
    parts = {name: whole.read(name) for name in whole.namelist()}
    name = random.choice(sorted(parts))
    if random.random() < 0.15:
        del parts[name]
    else:
        parts[name] = damaged(random, parts[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as again:
        for one, content in parts.items():
            again.writestr(one, content)
    return Case({**sound(), "book.xlsx": out.getvalue()}, words(random))


def by_arguments(random: Random) -> Case:
    """Type a command with arguments and options of its own, some of which are odd."""
    typed, found = [], typer.main.get_command(app)
    while hasattr(found, "commands"):
        name = random.choice(sorted(found.commands))
        typed, found = [*typed, name], found.commands[name]
    odd = random.random() < 0.7
    for one in found.params:
        wanted = getattr(one, "required", False) or random.random() < 0.2
        if not wanted or one.name in ("help", "engine"):
            continue
        option = [] if one.param_type_name == "argument" else [random.choice(one.opts)]
        plain = random.choice(MEANT.get(str(one.name), MEANT[""]))
        value = odd_argument(random) if odd and random.random() < 0.5 else plain
        typed += option if getattr(one, "is_flag", False) else [*option, value]
    if typed[0] == "watch":
        typed.insert(1, "--once")
    if random.random() < 0.1:
        typed += [random.choice([*OPTIONS, *FLAGS, odd_argument(random)])]
    return Case(sound(), typed)


def odd_argument(random: Random) -> str:
    raw = (
        bytes(random.randrange(256) for _ in range(3)).replace(b"/", b"").decode(errors="surrogateescape")
        if random.random() < 0.1
        else "x"
    )
    return (
        random.choice([random.choice(ODD), random.choice(ODD), random.choice(PLACES), raw]).replace("\x00", "").replace("../", "")
    )


def by_environment(random: Random) -> Case:
    chosen = {name: odd_argument(random) for name in random.sample(VARIABLES, random.choice([1, 2, 4]))}
    return Case(sound(), words(random), chosen)


def words(random: Random) -> list[str]:
    """Return a command that reads all there is."""
    return list(
        random.choice(
            [
                *(["check"], ["check"], ["score"], ["score", "--period", "all"], ["explain", "01"], ["rank", "--node", "safety"]),
                *(["change", "01"], ["audit"], ["submit", "values.csv", "--by", "a", "--dry-run"], ["weights", "show"]),
                *(
                    ["publish", "--by", "a"],
                    ["weights", "set", "cases", "0.6", "--rescale"],
                    ["explain", "01", "--out", "answers"],
                ),
                ["trend", "01"],
            ]
        )
    )


KINDS: dict[str, Callable[[Random], Case]] = {
    "bytes": by_bytes,
    "yaml": by_yaml,
    "csv": by_csv,
    "cells": by_cells,
    "xml": by_xml,
    "formats": lambda random: by_format(random, sound(), words(random)),
    "kept": by_kept,
    "arguments": by_arguments,
    "environment": by_environment,
}


def cases(kind: str, many: int) -> Sequence[tuple[int, Case]]:
    """Return cases of a kind with their numbers, which are their seeds."""
    return [(at, KINDS[kind](Random(f"{kind} {at}"))) for at in range(many)]
