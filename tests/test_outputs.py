"""What `--json` prints is what the JSON Schema in the docs says, for every command that a small project can run."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.jobs.init import init

from .test_help import EVERY

DOCS = Path(__file__).parent.parent / "docs"
SCHEMA = json.loads((DOCS / "indexcalc.output.schema.json").read_text(encoding="utf-8"))
RUNS = {
    "check": [""],
    "score": ["", "--blocks"],
    "rank": ["", "--node safety"],
    "explain": ["01", "01 --depth 1", "01 --vs 02", "01 --vs group"],
    "change": ["", "01"],
    "compare": ["2023 2024", "arithmetic geometric", "indicators.yaml changed.yaml", "2024 --with published.csv"],
    "describe": [""],
    "obstacles": [""],
    "robustness": ["", "01 --top 2"],
    "uncertainty": ["--draws 20 --weights dirichlet --quantile 0.25"],
    "sensitivity": ["", "--rows 8 --weights dirichlet"],
    "target": ["02 --rank 1"],
    "trend": ["", "01"],
    "evolution": ["", "--neighbours near.csv --permutations 9"],
    "grades": ["", "--by rsr:3"],
    "fuzzy": [""],
    "warn": ["--least blue"],
    "audit": [""],
    "report": ["--format md", "--new-template t.docx"],
    "page": [""],
    "publish": ["", ""],
    "watch": ["--once", "--once --seed 1"],
    "verify": ["reports/2024"],
    "weights": [""],
    "weights show": [""],
    "weights set": ["safety 0.5"],
    "weights log": [""],
    "weights export": ["w.xlsx"],
    "weights import": ["w.xlsx"],
    "weights apply": ["patch.yaml"],
    "weights ahp": ["template safety form.xlsx", "safety judged.xlsx"],
    "weights diff": ["indicators.yaml"],
    "weights suggest": [""],
    "tree export": ["t.csv"],
    "tree import": ["t.csv --out imported"],
    "template": ["--department 统计局 --period 2025 --out f.xlsx"],
    "submit": ["s.csv --department 统计局 --period 2025 --by 张三 --yes"],
    "ledger log": [""],
    "ledger register": ["orders --period 2024 --by 张三"],
    "ledger show": ["1"],
    "ledger status": [""],
    "ledger verify": [""],
    "users add": ["李四 --role editor"],
    "users list": [""],
    "users remove": ["李四"],
    "methods": ["", "entropy"],
    "codes": ["", "IC201"],
    "init": ["--list", "another"],
    "doctor": [""],
}
NEEDED = {  # a package of an extra that a command needs here
    "report": ("docx", "report"),
    "ledger register": ("ibis", "events"),
    **dict.fromkeys(("users add", "users list", "users remove"), ("argon2", "serve")),
}
SUBMIT = "submit s.csv --department 统计局 --period 2025 --by 张三 --yes"
BEFORE = {
    "verify": {"score": "reports/2024"},
    "tree import": {"tree export t.csv": "t.csv"},
    "weights import": {"weights export w.xlsx": "w.xlsx"},
    "users list": {"users add 李四 --role editor": "users.tsv"},
    "users remove": {"users add 李四 --role editor": "users.tsv"},
    **{f"ledger {name}": {SUBMIT: "ledger.sqlite"} for name in ("log", "show", "status", "verify")},
}
"""What a command needs to have been typed, and the file that says so."""
PASSWORD = "correct horse battery\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs") / "project"
    init(folder, "starter")
    tree = folder / "indicators.yaml"
    text = tree.read_text(encoding="utf-8").replace(
        "  aggregate: arithmetic\n", "  aggregate: arithmetic\n  source: yearbook\n  department: 统计局\n", 1
    )
    text = text.replace(
        "\ndenominators:",
        "\n  orders: {path: orders.csv, events: {unit: 区, time: 时间, from: 2023, to: 2024}}\ndenominators:",
        1,
    )
    text += "warnings: {rules: [{id: low, node: liveable, by: score, red: 60, blue: 95}]}\n"
    text += "fuzzy: {grades: {优: 95, 良: 80, 差: 50}, knots: [90, 75, 60]}\n"
    tree.write_text(text, encoding="utf-8")
    (folder / "changed.yaml").write_text(
        text.replace("weight: 0.6", "weight: 0.7").replace("weight: 0.4", "weight: 0.3"), encoding="utf-8"
    )
    (folder / "orders.csv").write_text("区,时间\n东城区,2024-05-01\n西城区,2023-05-01\n", encoding="utf-8")
    (folder / "published.csv").write_text("区,得分,位次\n东城区,1,1\n无此区,1,1\n", encoding="utf-8")
    (folder / "near.csv").write_text("unit,neighbour\n01,02\n02,03\n03,04\n", encoding="utf-8")
    patch = {
        "base": sha256(tree.read_bytes()).hexdigest(),
        "index": "liveable",
        "period": "2024",
        "set": {"safety": 0.5, "services": 0.5},
    }
    form = folder / "judged.xlsx"
    assert CliRunner().invoke(app, ["weights", "ahp", "template", "safety", str(form), "--index", str(tree)]).exit_code == 0
    book = openpyxl.load_workbook(form)
    book.worksheets[0]["D8"] = 3
    book.save(form)
    (folder / "patch.yaml").write_text(json.dumps(patch), encoding="utf-8")
    rows = "东城区,2025,500,91,96,31\n西城区,2025,700,90,93,36\n南山区,2025,300,95,91,12\n北湖区,2025,310,90,90,11\n"
    (folder / "s.csv").write_text(f"区,年份,刑事立案数,群众安全感,按期办结率,社区诊所数\n{rows}", encoding="utf-8")
    return folder


@pytest.mark.parametrize("command", RUNS)
def test_a_command_prints_what_the_schema_says(command: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if command in NEEDED:
        package, extra = NEEDED[command]
        pytest.importorskip(package, reason=f"the extra `{extra}` is not installed")
    monkeypatch.chdir(project)
    for typed, written in BEFORE.get(command, {}).items():
        if not Path(written).exists():
            assert CliRunner().invoke(app, typed.split(), input=PASSWORD).exit_code == 0
    for arguments in RUNS[command]:
        done = CliRunner().invoke(app, [*command.split(), *arguments.split(), "--json"], input=PASSWORD)
        assert done.exit_code == 0, done.stderr
        validate(command, json.loads(done.stdout))
        for line in done.stderr.splitlines():
            validate("finding", json.loads(line))


def validate(name: str, value: Any) -> None:
    """A value has all that its definition says, and nothing that no definition has a word for."""
    for schema in (SCHEMA, closed(SCHEMA)):
        jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"}).validate(value)


def closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(one) for key, one in schema.items()}
    return {**inner, "additionalProperties": False} if "required" in schema and isinstance(schema["required"], list) else inner


@pytest.mark.parametrize("typed", ["scor", "rank --perod 1", "rank --lang fr", "target 01", "rank --node none"])
def test_what_is_refused_is_a_finding_a_line(typed: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    done = CliRunner().invoke(app, [*typed.split(), "--json"])
    assert (done.exit_code, done.stdout) == (1 if "none" in typed else 2, "")
    for line in done.stderr.splitlines():
        validate("finding", json.loads(line))


def test_a_unit_has_its_name_beside_its_id() -> None:
    def entries(schema: Any) -> Any:
        if isinstance(schema, dict):
            if isinstance(schema.get("properties"), dict) and "unit" in schema["properties"]:
                yield set(schema["properties"])
            for one in schema.values():
                yield from entries(one)

    found = list(entries(SCHEMA["$defs"]))
    assert len(found) > 10
    assert all(
        keys & {"name", "unit_name"} or {"when", "who", "why"} <= keys for keys in found
    )  # the line of a log has ids alone


def test_every_definition_is_of_a_command() -> None:
    said = yaml.safe_load((DOCS / "json.yaml").read_text(encoding="utf-8"))
    in_json = {name for name, command in EVERY.items() if any(one.name == "json" for one in command.params)}
    assert set(said["commands"]) == in_json
    assert set(RUNS) == in_json - {"serve"}  # which says where it listens, and goes on
