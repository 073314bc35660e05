"""What a machine has: fonts by their files, optional parts as pyproject.toml has them, what to install."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import indexcalc
from indexcalc import Refused
from indexcalc.cli.app import app
from indexcalc.jobs import doctor as examination
from indexcalc.report import fonts
from indexcalc.words.doctor import doctor as word


def laid(folder: Path, *names: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return [folder]


def test_the_parts_are_those_of_the_package(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {
        extra: {re.split(r"[\[<>=]", one)[0] for one in needs}
        for extra, needs in project["optional-dependencies"].items()
        if extra not in ("test", "ledger", "docs")  # `docs` is for a checkout
    }
    assert {extra: set(names) for extra, names in examination.PARTS.items()} == declared
    assert all(hasattr(word, f"use_{extra}") for extra in declared)


def test_the_standards_own_faces_come_first(tmp_path: Path) -> None:
    every = laid(tmp_path / "w", "simfang.ttf", "SimHei.TTF", "sub/simkai.ttf", "NotoSerifCJK-Regular.ttc", "other.ttf")
    faces = fonts.chosen(fonts.find_faces(every))
    assert {role: face.family for role, face in faces.items()} == {
        "title": "Noto Serif CJK SC",
        "heading": "SimHei",
        "subheading": "KaiTi",
        "body": "FangSong",
    }
    alone = fonts.chosen(fonts.find_faces(laid(tmp_path / "n", "wqy-microhei.ttc")))
    assert {face.family for face in alone.values()} == {"WenQuanYi Micro Hei"}


def test_boxes_and_japanese_forms_are_refused(tmp_path: Path) -> None:
    for name, code in (("DejaVuSans.ttf", "IC541"), ("NotoSansCJKjp-Regular.otf", "IC542"), ("ipaexg.ttf", "IC542")):
        with pytest.raises(Refused) as refused:
            fonts.chosen(fonts.find_faces(laid(tmp_path / name, name)))
        (found,) = refused.value.findings
        assert found.code == code
        assert "fonts-noto-cjk" in found.hint("en")
        assert (name in found.message("zh")) == (code == "IC542")


@pytest.mark.parametrize(("system", "variables", "below"), [
    ("linux", {"XDG_DATA_HOME": "{home}/data"}, "data/fonts"),
    ("linux", {"XDG_DATA_HOME": ""}, ".local/share/fonts"),
    ("darwin", {}, "Library/Fonts"),
    ("win32", {"LOCALAPPDATA": "{home}/local"}, "local/Microsoft/Windows/Fonts"),
])  # fmt: skip
def test_a_users_own_fonts_are_found(
    system: str, variables: dict[str, str], below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts.sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(home=tmp_path))
    assert tmp_path / below not in fonts.folders()
    laid(tmp_path / "x")
    (tmp_path / below).mkdir(parents=True)
    assert tmp_path / below in fonts.folders()


def test_what_is_lacking_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def version(name: str) -> str:
        if name in ("typst", "altair", "vl-convert-python"):
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(examination, "version", version)
    monkeypatch.setattr(fonts, "folders", lambda: laid(tmp_path / "fonts", "DejaVuSans.ttf"))
    monkeypatch.setattr(examination.shutil, "which", lambda name: f"/there/{name}" if name == "wps" else None)
    machine = indexcalc.doctor()
    assert machine.lacking == ("plot", "report")
    assert not machine.has_chinese
    assert machine.office == {"WPS": "/there/wps"}
    for language, code in (("zh", "zh"), ("en", "en")):
        text = CliRunner().invoke(app, ["doctor", "--lang", language]).stdout
        assert len(text.splitlines()) <= 24
        assert "indexcalc[report]" in text
        assert "indexcalc[plot]" in text
        assert "indexcalc[spark]" not in text
        assert "fonts-noto-cjk" in text
        data: Any = json.loads(CliRunner().invoke(app, ["doctor", "--json", "--lang", code]).stdout)
        assert data["parts"]["report"]["typst"] is None
        assert data["fonts"] == dict.fromkeys(fonts.ROLES)
        assert [line in text for line in data["to_install"]] == [True] * 3


def test_a_complete_machine_has_nothing_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(examination, "version", lambda name: "1.0")
    monkeypatch.setattr(fonts, "folders", lambda: laid(tmp_path / "fonts", "simfang.ttf", "simsun.ttc"))
    machine = indexcalc.doctor()
    assert machine.to_install("en") == []
    assert word.complete("en") in machine.text("en")
    assert "FangSong" in machine.text("zh")
