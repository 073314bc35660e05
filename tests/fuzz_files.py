"""Inputs that nobody means, of other formats than text and .xlsx, and of what the program keeps and takes back itself."""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from typer.testing import CliRunner

from indexcalc.cli.app import app

from .fuzz_odd import ODD, Case, damaged

BOOK = [["区", "年份", "求助数"], *([f"{name}区", year, 40 + at] for year in (2021, 2022) for at, name in enumerate("东西南北"))]

# ----------------------------------------------------------------------------------------------------------- other formats


def open_document() -> bytes:
    def cell(value: object) -> str:
        kind = f'office:value-type="float" office:value="{value}"' if isinstance(value, int) else 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    }
    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in BOOK)
    spaces = " ".join(f'xmlns:{short}="{name}"' for short, name in names.items())
    content = (
        f"<office:document-content {spaces}><office:body>"
        f'<office:spreadsheet><table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": content.encode(),
        }
    )


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def spreadsheet_xml() -> bytes:
    def cell(value: object) -> str:
        return f'<Cell><Data ss:Type="{"Number" if isinstance(value, int) else "String"}">{value}</Data></Cell>'

    rows = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in BOOK)
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    page = (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="表"><Table>{rows}</Table>'
        "</Worksheet></Workbook>"
    )
    return page.encode()


def web_page() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in BOOK)
    return f'<html><meta charset="utf-8"><body><table border=1>{rows}</table></body></html>'.encode()


def plain_text() -> bytes:
    return "\n".join("\t".join(map(str, row)) for row in BOOK).encode()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({name: list(column) for name, column in zip(BOOK[0], zip(*BOOK[1:], strict=True), strict=True)}), out)
    return out.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {
    "book.ods": open_document,
    "xml.xls": spreadsheet_xml,
    "page.xls": web_page,
    "text.xls": plain_text,
    "text.tsv": plain_text,
    "book.tsv.gz": lambda: gzip.compress(plain_text()),
    "book.parquet": parquet,
}


def by_format(random: Random, files: dict[str, bytes], words: list[str]) -> Case:
    """Put a file of another format in the workbook's place, and damage it, or what is packed in it."""
    name = random.choice(sorted(FORMATS))
    content = damaged_inside(random, FORMATS[name](), name)
    sheet = ", sheet: 表" if name in ("book.ods", "xml.xls") else ""
    tree = files["indicators.yaml"].decode().replace("{path: book.xlsx, sheet: 表}", f"{{path: {name}{sheet}}}")
    return Case({**files, name: content, "indicators.yaml": tree.encode()}, words)


def damaged_inside(random: Random, content: bytes, name: str) -> bytes:
    """Damage a file, or mostly what is packed in it."""
    inside = random.random() < 0.75
    if inside and name.endswith(".gz"):
        return gzip.compress(damaged(random, gzip.decompress(content)))
    if inside and content.startswith(b"PK"):
        whole = zipfile.ZipFile(io.BytesIO(content))
        parts = {part: whole.read(part) for part in whole.namelist()}
        part = random.choice(sorted(parts))
        return zipped({**parts, part: damaged(random, parts[part])})
    return damaged(random, content)


# ------------------------------------------------------------------------------------------------ what is kept and taken back

TREE = """\
index: {id: demo, name: 示例指数, decimals: 2}
units: {label: 区, table: units.csv}
periods: {kind: year, due: 15}
data: {reported: {ledger: ledger.sqlite}}
dimensions:
  - id: safety
    weight: 0.6
    indicators:
      - {id: cases, name: 案件数, direction: lower, weight: 0.50, department: 市公安局}
      - {id: clinics, name: 诊所数, weight: 0.50, department: 市公安局}
  - {id: calls, weight: 0.4, name: 求助数, department: 市公安局}
"""
VALUES = "区,年份,案件数,诊所数,求助数\n东区,2022,10,5,7\n西区,2022,20,7,9\n南区,2022,15,2,4\n北区,2022,12,9,5\n"
BEFORE = [
    ["submit", "values.csv", "--by", "张三"],
    ["publish", "--by", "张三"],
    ["weights", "set", "cases", "0.6", "--rescale"],
    ["weights", "export", "w.xlsx"],
    ["weights", "ahp", "template", "safety", "judged.xlsx"],
    ["template", "--department", "市公安局", "--period", "2022", "--out", "form.xlsx"],
]
ASKED = {
    "w.xlsx": [["weights", "import", "w.xlsx"]],
    "judged.xlsx": [["weights", "ahp", "safety", "judged.xlsx"]],
    "form.xlsx": [
        ["submit", "form.xlsx", "--by", "李四"],
        ["submit", "form.xlsx", "--by", "李四", "--reason", "更正", "--dry-run"],
    ],
    "indicators.changes": [["weights", "log"], ["weights", "set", "cases", "0.7", "--rescale"], ["verify", "reports/2022"]],
    "ledger.sqlite": [
        *(["check"], ["score"], ["ledger", "verify"], ["ledger", "log"], ["ledger", "show", "1"], ["ledger", "status"]),
        *(["submit", "values.csv", "--by", "李四", "--reason", "更正"], ["verify", "reports/2022"], ["explain", "01"]),
    ],
    "": [
        ["verify", "reports/2022"],
        ["score"],
        ["publish", "--by", "李四", "--why", "更正"],
        ["trend", "01"],
        ["watch", "--once"],
    ],
}


@cache
def kept() -> dict[str, bytes]:
    """Return the files of a project that was worked on."""
    with tempfile.TemporaryDirectory() as name:
        folder, here = Path(name), Path.cwd()
        files = {"indicators.yaml": TREE, "values.csv": VALUES, "units.csv": "id,name\n01,东区\n02,西区\n03,南区\n04,北区\n"}
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        os.chdir(folder)
        try:
            for words in BEFORE:
                done = CliRunner().invoke(app, words)
                assert done.exit_code == 0, done.output
        finally:
            os.chdir(here)
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.endswith(".lock")
        }


def by_kept(random: Random) -> Case:
    """Damage one of the files that the program wrote, and have it read again."""
    files = dict(kept())
    name = random.choice([*sorted(files), *ASKED][:-1])
    asked = ASKED.get(name, ASKED[""])
    if name.endswith(".xlsx") and random.random() < 0.6:
        files[name] = with_odd_cells(random, files[name])
    elif name.endswith(".sqlite") and random.random() < 0.7:
        files[name] = with_odd_rows(random, files[name])
    else:
        files[name] = damaged_inside(random, files[name], name)
    return Case(files, list(random.choice(asked)))


def with_odd_cells(random: Random, content: bytes) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = random.choice(workbook.worksheets)
    for _ in range(random.choice([1, 1, 3, 8])):
        row, column = random.randrange(1, sheet.max_row + 2), random.randrange(1, sheet.max_column + 2)
        value: object = random.choice([*ODD, True, None, 0, -1.5, 1e300, 7, "=1/0", "=A1", "#N/A", "1/3"])
        text = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
        if not isinstance(sheet.cell(row, column), openpyxl.cell.cell.MergedCell):
            sheet.cell(row, column).value = text  # type: ignore[assignment]
    if random.random() < 0.2:
        random.choice([lambda: sheet.delete_rows(random.randrange(1, sheet.max_row + 1)), lambda: sheet.insert_rows(2)])()
    if random.random() < 0.1 and len(workbook.worksheets) > 1:
        workbook.remove(sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def with_odd_rows(random: Random, content: bytes) -> bytes:
    """Change a ledger behind the program's back: a value, a row, a column, a table."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "ledger.sqlite"
        file.write_bytes(content)
        with closing(sqlite3.connect(file)) as ledger:
            tables = [str(row[0]) for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            table = random.choice(tables)
            columns = [str(row[1]) for row in ledger.execute(f'PRAGMA table_info("{table}")')]
            column = random.choice(columns)
            odd: list[object] = [
                *(text.encode("utf-8", "replace").decode() for text in ODD),
                None,
                0,
                -1,
                2**62,
                1.5,
                b"\xff\x00",
                "[]",
                "{}",
            ]
            how = random.choice(["set", "set", "set", "delete", "double", "drop", "rename", "add"])
            try:
                if how == "set":
                    ledger.execute(f'UPDATE "{table}" SET "{column}" = ?', [random.choice(odd)])
                elif how == "delete":
                    ledger.execute(f'DELETE FROM "{table}"')
                elif how == "double":
                    rest = ", ".join(f'"{one}"' for one in columns[1:])
                    ledger.execute(f'INSERT INTO "{table}" ({rest}) SELECT {rest} FROM "{table}"')
                elif how == "drop":
                    ledger.execute(f'DROP TABLE "{table}"')
                elif how == "rename":
                    ledger.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO other')
                else:
                    ledger.execute(f'ALTER TABLE "{table}" ADD COLUMN other TEXT')
                ledger.commit()
            except sqlite3.Error:
                ledger.rollback()  # what the database itself does not let anybody do
        return file.read_bytes()
