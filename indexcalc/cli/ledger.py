"""Commands of departments' reports: templates, submissions, the ledger, the audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import INDEX
from .app import (
    AsOfOption,
    DataOption,
    IndexOption,
    JsonOption,
    KeepOption,
    Lang,
    LangOption,
    PeriodOption,
    QuietOption,
    StrictOption,
    _project,
    app,
)

if TYPE_CHECKING:
    from .project import Project

LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger", help="The ledger: a file, or the URL of a PostgreSQL database. Default: the tree's own, or ledger.sqlite."
    ),
]
ledger = typer.Typer(
    name="ledger",
    help="The ledger of what departments submitted. 报送台账。",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(ledger)


@app.command()
def template(
    department: Annotated[str, typer.Option("--department", help="Who reports, as `department:` in the tree says.")],
    period: Annotated[str, typer.Option("--period", help="The period to report, such as 2022Q3.")],
    index: IndexOption = INDEX,
    data: DataOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The workbook to write. Default: DEPARTMENT PERIOD.xlsx here.")
    ] = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the workbook that a department fills in for a period. 生成部门填报模板。"""
    from .reporting import write_template

    project = _project(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    project.print(*write_template(project, department, period, out))


@app.command()
def submit(
    file: Annotated[Path, typer.Argument(help="A filled-in template, or any table of a department's columns.")],
    by: Annotated[str, typer.Option("--by", help="Who submits it.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why an earlier submission is corrected.")] = "",
    department: Annotated[str | None, typer.Option("--department", help="Who reports, where the file does not say it.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="The period, where the file does not say it.")] = None,
    index: IndexOption = INDEX,
    data: DataOption = None,
    ledger: LedgerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check what a department reports, audit it, and record it in the ledger. 核查并登记部门报送的数据。"""
    from .reporting import submit_file

    project = _project(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    project.print(*submit_file(project, file, by, reason, department, period, ledger))


@app.command()
def audit(
    context: typer.Context,
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    department: Annotated[str | None, typer.Option("--department", help="Only what this department reports.")] = None,
    as_of: AsOfOption = None,
    out: KeepOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Point out suspicious values in all data: jumps, copies, round numbers, last digits. 审查可疑数据。"""
    from .answers import give
    from .reporting import audit_data

    project = _project(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet, as_of=as_of)
    matched, answer = audit_data(project, department, period)
    give(context, project, answer, out, ("audit", period or "", department or ""), [(project, matched)])


@ledger.command()
def verify(
    receipt: Annotated[
        list[str] | None, typer.Option("--receipt", help="A receipt that must still be true; may be repeated.")
    ] = None,
    index: IndexOption = INDEX,
    data: DataOption = None,
    ledger: LedgerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
) -> None:
    """Find every later change: of a value, of a byte, of the order. 核验台账是否被改动。"""
    from .reporting import verify_ledger

    project = _ledger_project(index, data, lang, json=json)
    project.print(*verify_ledger(project, ledger, receipt or []))


@ledger.command()
def log(
    index: IndexOption = INDEX,
    data: DataOption = None,
    ledger: LedgerOption = None,
    department: Annotated[str | None, typer.Option("--department", help="Only what this department submitted.")] = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
) -> None:
    """List the submissions: who, when, which version, why. 列出全部报送记录。"""
    from .reporting import ledger_log

    project = _ledger_project(index, data, lang, json=json)
    project.print(*ledger_log(project, ledger, department, period))


@ledger.command()
def show(
    submission: Annotated[str, typer.Argument(help="A submission's number.")],
    index: IndexOption = INDEX,
    data: DataOption = None,
    ledger: LedgerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
) -> None:
    """Show one submission with all its values, and what it changed. 显示一次报送的全部内容。"""
    from .reporting import ledger_show

    project = _ledger_project(index, data, lang, json=json)
    project.print(*ledger_show(project, ledger, submission))


@ledger.command()
def status(
    index: IndexOption = INDEX,
    data: DataOption = None,
    ledger: LedgerOption = None,
    period: Annotated[
        list[str] | None, typer.Option("--period", help="A period; may be repeated. Default: the newest eight.")
    ] = None,
    as_of: AsOfOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
) -> None:
    """Say who has reported, and who is late. 各部门报送情况。"""
    from .reporting import ledger_status

    project = _ledger_project(index, data, lang, json=json, as_of=as_of)
    project.print(*ledger_status(project, ledger, period or []))


def _ledger_project(index: str, data: str | None, lang: Lang | None, *, json: bool, as_of: str | None = None) -> Project:
    return _project(index, data, None, lang, 0, json=json, as_of=as_of)
