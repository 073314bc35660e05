"""Text of every field stays text on every page: of the tree, of data and units, of remarks, of what is reported and by whom."""

# ruff: noqa: F401 - a fixture is taken from where it is shared
from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")
from starlette.testclient import TestClient

from indexcalc.jobs.project import Project, project_of
from indexcalc.tree import model
from indexcalc.web.guard import HEADERS

from .served import OURS, client, form_token, quick_hashes
from .test_web_edit import fields
from .test_web_read import QUESTIONS, asked

SAID = {"explain": {"unit": "1"}, "target": {"unit": "1", "rank": "3"}, "compare": {"one": "2020", "other": "2021"}}
SAID |= {name: {"weights": "perturb:0.25", draws: "8"} for name, draws in (("uncertainty", "draws"), ("sensitivity", "rows"))}
SAID |= {"grades": {"by": "natural-breaks:2"}, "warn": {"least": "blue"}, "evolution": {"permutations": "9"}}


class Hostile:
    """Texts that would be elements, attributes or expressions, each with a number of its own, by what they stand for."""

    def __init__(self) -> None:
        self.number, self.said = itertools.count(), dict[str, str]()

    def __call__(self, of: str) -> str:
        self.said[of] = (
            f"""{next(self.number)}"><img src=x onerror=alert(1)>'</script><svg onload=alert(1)><b style=x>{{{{1234*7}}}}"""
        )
        return self.said[of]


def keys_of(part: type[Any], text: Hostile, *names: str, of: str = "") -> dict[str, str]:
    """Every key of a part of the tree that is text of its own, with such a text."""
    return {name: text(f"{part.__name__} {of}{name}") for name in names if name in part.model_fields}


def tree_of(text: Hostile) -> dict[str, Any]:
    titled = ("name", "name_en", "note", "definition")
    noted = ("measure", "department", "source_note", "method_note")
    leaves = [
        {
            "id": name,
            "weight": 0.5,
            "column": name,
            "per": "people",
            **keys_of(model.Indicator, text, *titled, *noted, of=f"{name} "),
        }
        for name in ("a", "b", "c", "d")
    ]
    inner = [
        {"id": name, "weight": 0.5, **keys_of(model.Dimension, text, *titled, of=f"{name} "), "indicators": some}
        for name, some in (("x", leaves[:2]), ("y", leaves[2:]))
    ]
    rule = {"id": "w", "node": ["x", "y"], "watch": "indicators", "by": "score", "red": 70, "orange": 80, "blue": 99.9}
    return {
        "index": {"id": "i", **keys_of(model.Root, text, "name", "name_en", "note", "note_en", "nature", "nature_en")},
        "units": {"table": "u.csv", **{key: text(f"units {key}") for key in ("label", "label_en", "whole", "whole_en")}},
        "periods": {"kind": "year"},
        "data": {"v": {"ledger": "ledger.sqlite"}},
        "denominators": [{"id": "people", "column": "p", **keys_of(model.Denominator, text, *titled, *noted)}],
        "defaults": {"normalise": {"method": "goalposts", "worst": 0, "best": 100}},
        "grades": [{**keys_of(model.Grade, text, "name", "name_en"), "from": 60}, {"name": text("lowest grade")}],
        "dimensions": inner,
        "logic": [{"id": "l", "rule": "a < b", "severity": "warning", "message": text("logic"), "message_en": text("logic_en")}],
        "warnings": {
            "rules": [{**rule, **keys_of(model.WarningRule, text, *titled)}],
            "escalation": [{**keys_of(model.Step, text, "name", "name_en"), "after": 1, "level": "blue"}],
        },
        "adjustments": [
            {"id": "j", "unit": "1", "each": 1, "period": 2021, **keys_of(model.Adjustment, text, *titled, "reason", "by")},
        ],
        "outcomes": [{"name": text("outcome"), "name_en": text("outcome_en"), "first": 1}],
        "goals": [{"unit": "1", "period": 2021, "value": 99, "department": text("goal")}],
        "remarks": [{"unit": "1", "period": 2021, **{key: text(f"remark {key}") for key in ("kind", "text", "author")}}],
        "form": {key: text(f"form {key}") for key in model.Form.model_fields},
    }


@pytest.fixture(scope="module")
def text() -> Hostile:
    return Hostile()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, text: Hostile) -> Project:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "indicators.yaml").write_text(json.dumps(tree_of(text), ensure_ascii=False), encoding="utf-8")
    units = "".join(f"{at},{quoted(text(f'unit {at}'))},{quoted(text(f'unit_en {at}'))},{at % 2}\n" for at in range(1, 5))
    (folder / "u.csv").write_text(f"id,name,name_en,group\n{units}", encoding="utf-8")
    return project_of(folder)


def quoted(said: str) -> str:
    return '"' + said.replace('"', '""') + '"'


class Elements(HTMLParser):
    """What a page is made of, as a browser reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def must_be_text(page: str, where: str) -> None:
    made = Elements()
    made.feed(page)
    assert made.found, where
    for tag, attributes in made.found:
        assert tag not in ("img", "iframe", "object", "embed", "base", "b style"), where
        assert tag != "script" or str(attributes.get("src")).startswith("/static/"), where
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (where, tag, attributes)
        assert not str(attributes.get("href") or "").lower().startswith(("javascript", "data:text")), where
    assert "8638" not in page, where


def every_page(at: TestClient, text: Hostile) -> Iterator[tuple[str, Any]]:
    """Report what can be scored, edit, publish; then open each page in both languages."""
    token = {"form_token": form_token(at.get("/submit").text)}
    for year in (2020, 2021):
        for department in dict.fromkeys(one for of, one in text.said.items() if of.endswith("department")):
            asked_for = {"department": department, "period": str(year), "who": text("reporter"), **token}
            yield "form", at.get("/submit/form", params=asked_for)
            yield "wrong", at.post("/submit/form", data={**asked_for, "c:0:0": text("typed")}, headers=OURS)
            told = {f"c:{row}:{column}": str(11 + 7 * row + 3 * column + year % 5) for row in range(4) for column in range(3)}
            for _ in range(2):
                sent = at.post("/submit/form", data={**asked_for, **told}, headers=OURS)
                told["told"] = next(iter(re.findall(r'name="told" value="(\w+)"', sent.text)), "")
                if sent.status_code == 303:
                    yield "receipt", at.get(sent.headers["location"])
                    break
                yield "told", sent
            else:
                raise AssertionError(re.findall("IC[0-9]{3}.*", html.unescape(sent.text)))
    form = fields(at.get("/edit/node?node=x").text) | {"k:x:name": text("edited"), "new:key": "like", "new:value": text("new")}
    yield "refused edit", at.post("/edit/preview", data=form, headers=OURS)
    form |= {"new:key": "", "new:value": ""}
    looked = at.post("/edit/preview", data=form, headers=OURS)
    yield "preview", looked
    saved = at.post("/edit/save", data=fields(looked.text) | {"who": text("editor"), "why": text("why")}, headers=OURS)
    assert saved.status_code == 303, saved.text
    yield "conflict", at.post("/edit/save", data=fields(looked.text) | {"who": text("other"), "why": text("y")}, headers=OURS)
    published = {**token, "period": "2021", "who": text("publisher"), "why": text("published")}
    yield "published", at.post("/edit/publish", data=published, headers=OURS)
    nodes = [f"/edit/node?node={node}" for node in ("i", "x", "a")]
    units = [f"/unit?unit={unit}" for unit in range(1, 5)]
    paths = [
        "/",
        *units,
        "/dimension?node=x",
        "/ask",
        "/edit",
        *nodes,
        "/edit/history",
        "/edit/publish",
        "/submit",
        "/submit/ledger",
    ]
    for language in ("zh", "en"):
        for path in (*paths, "/display"):
            yield f"{path} {language}", at.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        for name in QUESTIONS:
            if name != "fuzzy":
                yield f"{name} {language}", asked(at, name, **SAID.get(name, {}), lang=language)


def test_text_of_every_field_stays_text_on_every_page(project: Project, text: Hostile) -> None:
    at = client(project, edit=True, submit=True, display=True)
    seen = []
    for where, answer in every_page(at, text):
        assert answer.status_code in (200, 409, 422), (where, answer.status_code)
        assert answer.status_code == 200 or where in ("wrong", "conflict", "refused edit"), (
            where,
            re.findall("IC[0-9]{3}.*", html.unescape(answer.text)),
        )
        must_be_text(answer.text, where)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        seen.append(html.unescape(answer.text))
    shown = {of for of, one in text.said.items() if any(one in page for page in seen)}
    # others are for paper and for who opens the file alone
    assert {
        "Root name",
        "Root note",
        "unit 1",
        "unit_en 1",
        "Indicator a name",
        "reporter",
        "editor",
        "why",
        "edited",
        "typed",
    } <= shown
    assert len(shown) > len(text.said) / 2, sorted(set(text.said) - shown)
