"""What `--json` prints is what the JSON Schema in the docs says, for every command that a small project can run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
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
    "score": [""],
    "rank": ["", "--node safety"],
    "explain": ["01"],
    "change": ["", "01"],
    "compare": ["2023 2024"],
    "describe": [""],
    "obstacles": [""],
    "robustness": [""],
    "uncertainty": ["--draws 20 --weights dirichlet --quantile 0.25"],
    "target": ["02 --rank 1"],
    "trend": ["01"],
    "evolution": [""],
    "audit": [""],
    "report": ["--format md"],
    "verify": ["reports/2024"],
    "weights show": [""],
    "weights set": ["safety 0.5"],
    "weights log": [""],
    "weights diff": ["indicators.yaml"],
    "weights suggest": [""],
    "tree export": ["t.csv"],
    "tree import": ["t.csv --out imported"],
    "template": ["--department 统计局 --period 2025 --out f.xlsx"],
    "submit": ["s.csv --department 统计局 --period 2025 --by 张三 --yes"],
    "ledger log": [""],
    "ledger show": ["1"],
    "ledger status": [""],
    "ledger verify": [""],
}
SUBMIT = "submit s.csv --department 统计局 --period 2025 --by 张三 --yes"
BEFORE = {
    "verify": {"score": "reports/2024"},
    "tree import": {"tree export t.csv": "t.csv"},
    **{f"ledger {name}": {SUBMIT: "ledger.sqlite"} for name in ("log", "show", "status", "verify")},
}
"""What a command needs to have been typed, and the file that says so."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs") / "project"
    init(folder, "starter")
    tree = folder / "indicators.yaml"
    text = tree.read_text(encoding="utf-8").replace(
        "  aggregate: arithmetic\n", "  aggregate: arithmetic\n  department: 统计局\n", 1
    )
    tree.write_text(text, encoding="utf-8")
    rows = "东城区,2025,500,91,96,31\n西城区,2025,700,90,93,36\n南山区,2025,300,95,91,12\n北湖区,2025,310,90,90,11\n"
    (folder / "s.csv").write_text(f"区,年份,刑事立案数,群众安全感,按期办结率,社区诊所数\n{rows}", encoding="utf-8")
    return folder


@pytest.mark.parametrize("command", RUNS)
def test_a_command_prints_what_the_schema_says(command: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    for typed, written in BEFORE.get(command, {}).items():
        if not Path(written).exists():
            assert CliRunner().invoke(app, typed.split()).exit_code == 0
    for arguments in RUNS[command]:
        done = CliRunner().invoke(app, [*command.split(), *arguments.split(), "--json"])
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
    inner = {key: one if key == "explained" else closed(one) for key, one in schema.items()}  # a node has what its kind has
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
    assert set(said["commands"]) <= set(EVERY)
    assert set(RUNS) <= set(said["commands"])
