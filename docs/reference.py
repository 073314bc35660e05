"""Make the pages of the documentation site: those that are written, and one of each finding, method, command and key.

What is tracked stays small: a page of all findings, one of all methods, one of all commands. Here they are taken apart. Nothing
is computed here that the tracked pages do not say; a test holds these to the program.
"""

from __future__ import annotations

import posixpath
import re
import runpy
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from indexcalc.findings import Language
from indexcalc.tree.schema import descriptions, json_schema
from indexcalc.words.findings import HINT, MESSAGES, SEVERITIES, plain_words
from indexcalc.words.keys import meaning
from indexcalc.words.kinds import KINDS
from indexcalc.words.methods import ENTRIES
from indexcalc.words.site import finding_page, method_page

HERE = Path(__file__).parent
BROKEN = HERE.parent / "tests" / "broken"
GENERATED = runpy.run_path(str(HERE / "generate.py"))
WORDS: dict[str, Any] = yaml.safe_load((HERE / "site.yaml").read_text(encoding="utf-8"))
LANGUAGES: tuple[Language, ...] = ("zh", "en")
ALONE = "---\norphan: true\n---\n\n"  # found from its list and the search; the bar at the side would be without end
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])+)\]\(([^):]+)\)")
LONGEST = 40  # lines of an example


def pages(language: Language) -> dict[str, str]:
    """Return the Markdown of every page by its path."""
    made = {path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / language).glob("*.md"))}
    moved: dict[str, str] = {}  # where what stood on a page of all is now
    for take_apart in (_findings, _methods, _commands):
        own, where = take_apart(language, made)
        made |= own
        moved |= where
    made |= _keys(language, made)
    made = {name: relinked(text, name, moved, set(made)) for name, text in made.items()}
    return {"index.md": _home(language, made)} | made


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return a page with a change made to all of it but its blocks of code."""
    parts, last = [], 0
    for block in FENCED.finditer(text):
        parts += [change(text[last : block.start()]), block[0]]
        last = block.end()
    return "".join([*parts, change(text[last:])])


def relinked(text: str, page: str, moved: dict[str, str], every: set[str]) -> str:
    """Return a page whose links lead to where things are on the site; what is no page of it is named without a link."""

    def link(found: re.Match[str]) -> str:
        file, _, anchor = found[2].partition("#")
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(page), file)) if file else page
        target = moved.get(f"{whole}#{anchor}", "")
        if not target and whole not in every:
            return found[1] if file.startswith("..") and not file.endswith(".md") else found[0]
        place = posixpath.relpath(target or whole, posixpath.dirname(page) or ".") if target or file else ""
        return f"[{found[1]}]({place}{f'#{anchor}' if anchor and not target else ''})"

    return outside_code(text, lambda part: LINK.sub(link, part))


def _home(language: Language, made: dict[str, str]) -> str:
    """Return the first page, with the bar at the side."""
    words = {key: said[language] for key, said in WORDS["home"].items()}
    named = {page for section in WORDS["sections"].values() for page in section["pages"]}
    others = sorted(name[:-3] for name in made if "/" not in name and name[:-3] not in named)
    parts = [f"# {words['title']}", words["about"], words["first"], words["search"]]
    trees = []
    for key, section in WORDS["sections"].items():
        below = [*section["pages"], *(others if key == "guides" else [])]
        below = [page for page in below if f"{page}.md" in made]
        title = section["title"][language]
        lines = [f"- [{title_of(made[f'{page}.md'])}]({page}.md)" for page in below]
        parts += [f"## {title}", section["about"][language], "\n".join(lines)]
        trees.append("```{toctree}\n:hidden:\n:caption: " + title + "\n\n" + "\n".join(below) + "\n```")
    return "\n\n".join([*parts, *trees]) + "\n"


def title_of(text: str) -> str:
    """Return the title of a page."""
    found = re.search(r"^# (.*)$", text, re.MULTILINE)
    assert found is not None
    return found[1]


# ------------------------------------------------------------------------------------------------------------- findings


def _findings(language: Language, made: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    words = {key: said.get(language, said) for key, said in WORDS["finding"].items()}
    named = GENERATED["WORDS"]["findings"]
    slugs: dict[str, int] = {}
    own, moved, lists = {}, {}, []
    for digit, titles in named["ranges"].items():
        GENERATED["_slug"](titles[language], slugs)
        rows = []
        for code, message in sorted(MESSAGES.items()):
            if code[2] != digit:
                continue
            name = finding_page(code).replace(".html", ".md")
            severity = SEVERITIES[language][message.severity]
            heading = named["heading"][language].format(code, severity).removeprefix("### ")
            moved[f"findings.md#{GENERATED['_slug'](heading, slugs)}"] = name
            own[name] = _finding(code, language, words, titles[language])
            said = plain_words(message.text[language], language).splitlines()[0]
            rows.append(f"| [{code}]({name}) | {severity} | {_prose(said, in_table=True)} |")
        lists += [f"## {titles[language]}", words["columns"] + "\n" + "\n".join(rows)]
    title = made["findings.md"].partition("\n")[0]
    own["findings.md"] = "\n\n".join([title, words["about"], *lists]) + "\n"
    return own, moved


def _finding(code: str, language: Language, words: dict[str, Any], hundred: str) -> str:
    """Return the page of a finding: what it says, why, what to do, and an example that is wrong."""
    message = MESSAGES[code]
    text, hint = (plain_words(said[language], language) for said in (message.text, message.hint))
    shown = "\n".join([text, *([f"    {HINT[language]}{hint}"] if hint else [])])
    parts = [
        f"[{GENERATED['WORDS']['findings']['title'][language].removeprefix('# ')}](../findings.md) › {hundred}",
        f"# {code} {_prose(text.splitlines()[0])}",
        WORDS["finding"]["severity"][message.severity][language],
        f"## {words['says']}",
        f"```text\n{shown}\n```",
        f"## {words['why']}",
        _prose(message.about[language]),
    ]
    if hint:
        parts += [f"## {words['mend']}", _prose(_sentence(hint, language))]
    if example := _example(code, language):
        folder, typed, said = example
        parts += [f"## {words['example']}", *_excerpt(folder, said, code, words)]
        parts += [words["typed"].format(typed), f"```text\n{said}\n```"]
    return ALONE + "\n\n".join([*parts, words["shown"], f"```sh\nindexcalc codes {code}\n```"]) + "\n"


def _sentence(hint: str, language: Language) -> str:
    end = "" if hint.endswith("…") else {"zh": "。", "en": "."}[language]
    return (hint if language == "zh" else hint[:1].upper() + hint[1:]) + end


@cache
def _examples() -> dict[str, tuple[Path, list[str]]]:
    """Return the plainest broken input of each code: the one of which the least is said, and that has the fewest lines."""
    found: dict[str, tuple[tuple[int, int, str], Path]] = {}
    for folder in sorted(BROKEN.iterdir()):
        english = (folder / "expected.txt").read_text(encoding="utf-8").partition("---\n")[0]
        size = sum(len(file.read_bytes()) for file in folder.iterdir() if file.is_file())
        for code in re.findall(r"^(?:\S.*: )?(IC\d{3}) ", english, re.MULTILINE):
            rank = (len(english.splitlines()), size, folder.name)
            if code not in found or rank < found[code][0]:
                found[code] = (rank, folder)
    return {code: (folder, _typed().get(folder.name, ["score"])) for code, (_, folder) in found.items()}


@cache
def _typed() -> dict[str, list[str]]:
    """Return what is typed for the broken inputs that `score` alone does not show."""
    sys.path.insert(0, str(HERE.parent))
    try:
        from tests.test_messages import COMMANDS
    finally:
        sys.path.pop(0)
    return COMMANDS


def _example(code: str, language: Language) -> tuple[Path, str, str] | None:
    """Return the folder of a code's example, what was typed, and what was said."""
    if code not in _examples():
        return None
    folder, words = _examples()[code]
    english, _, chinese = (folder / "expected.txt").read_text(encoding="utf-8").partition("---\n")
    said = (english if language == "en" else chinese).rstrip().splitlines()
    if len(said) > LONGEST or not all(word.isprintable() for word in words):
        return None
    return folder, " ".join(words), "\n".join(said)


def _excerpt(folder: Path, said: str, code: str, words: dict[str, Any]) -> list[str]:
    """Return the line that a finding points at, with those around it, where it stands in a file of text."""
    found = re.search(rf"^([^\s:!]+):(\d+)(?::\d+)?: {code} ", said, re.MULTILINE)
    file = folder / found[1] if found else None
    if not found or file is None or not file.is_file():
        return []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return []
    number = int(found[2])
    shown = lines[max(number - 3, 0) : number + 1]
    if number > len(lines) or any(len(line) > 200 or not line.replace("\t", "").isprintable() for line in shown):
        return []
    kind = {"yaml": "yaml", "csv": "text"}.get(found[1].rpartition(".")[2], "text")
    return [words["wrong"].format(found[1], number), f"```{kind}\n" + "\n".join(shown) + "\n```"]


def _prose(text: str, *, in_table: bool = False) -> str:
    """Return plain words as Markdown that shows them as they are; what stands in `code` stays so."""
    parts = re.split(r"(`[^`\n]+`)", " ".join(text.split()))
    safe = "".join(part if at % 2 else re.sub(r"([\\*_<>\[\]#])", r"\\\1", part) for at, part in enumerate(parts))
    return safe.replace("|", r"\|") if in_table else safe


# -------------------------------------------------------------------------------------------------- methods and commands


def _headed(text: str, level: str) -> Iterator[tuple[str, str]]:
    """Yield each heading of a level with what stands below it."""
    blank = FENCED.sub(lambda block: re.sub("[^\n]", " ", block[0]), text)  # a comment of code is no heading
    starts = [match.start() for match in re.finditer(rf"^{level} ", blank, re.MULTILINE)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        heading, _, below = text[start:end].partition("\n")
        yield heading.removeprefix(f"{level} "), below.strip()


def _methods(language: Language, made: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    words = {key: said[language] for key, said in WORDS["method"].items()}
    slug, slugs = GENERATED["_slug"], {}
    text = made["methods.md"]
    title, about, _, sources = text.split("\n\n")[:4]
    own, moved, parts = {}, {}, [title, about]
    for section, below in _headed(text, "##"):
        room = section.partition(" ")[0]
        where = slug(section, slugs)
        opening = below.partition("\n### ")[0].strip()
        parts += [f"## {section}", opening]
        if room not in ENTRIES:
            parts[-1] = below  # where tools differ
            continue
        lines = []
        for heading, block in _headed(below, "###"):
            name = max((known for known in ENTRIES[room] if f"{heading} ".startswith(f"{known} ")), key=len)
            page = method_page(room, name).replace(".html", ".md")
            moved[f"methods.md#{slug(heading, slugs)}"] = page
            back = f"[{title.removeprefix('# ')}](../../methods.md) › [{section}](../../methods.md#{where})"
            shown = f"```sh\nindexcalc methods {name if ' ' not in name else repr(name)}\n```"
            first = re.split(r"(?<=。)|(?<=\.) ", block.partition("\n\n")[0])[0]
            deeper = LINK.sub(
                lambda link: f"[{link[1]}](../../{'methods.md' if link[2].startswith('#') else ''}{link[2]})", block
            )
            whole = [back, f"# {heading}", deeper, words["yaml"], sources, words["shown"], shown]
            own[page] = ALONE + "\n\n".join(whole) + "\n"
            lines.append(f"- [{heading}]({page}): {first}" if language == "en" else f"- [{heading}]({page})：{first}")
        parts.append("\n".join(lines))
    own["methods.md"] = "\n\n".join(parts) + "\n"
    return own, moved


def _from_below(link: re.Match[str]) -> str:
    """Return a link of the page of all methods as it is written two folders below."""
    return f"[{link[1]}](../../{'methods.md' if link[2].startswith('#') else ''}{link[2]})"


def _commands(language: Language, made: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    words = {key: said[language] for key, said in WORDS["command"].items()}
    slug, slugs = GENERATED["_slug"], {}
    title, about = made["commands.md"].split("\n\n")[:2]
    own, moved, rows = {}, {}, []
    for section, below in _headed(made["commands.md"], "##"):
        inner = list(_headed(below, "###"))
        first = below[: below.find("\n### ")] if inner else below
        for name, text in [(section, first.strip()), *inner]:
            page = f"commands/{name.replace(' ', '-')}.md"
            moved[f"commands.md#{slug(name, slugs)}"] = page
            used = [
                f"[{title_of(said)}](../{file})"
                for file, said in made.items()
                if f"{language}/{file}" not in GENERATED["PAGES"]
                and "/" not in file
                and re.search(rf"\bindexcalc {name}(?![\w-])", said)
            ]
            parts = [f"[{title.removeprefix('# ')}](../commands.md)", f"# {name}", text]
            if used:
                parts.append(words["guides"] + (" · ".join(used)))
            own[page] = ALONE + "\n\n".join(parts) + "\n"
            rows.append(f"| [{name}]({page}) | {_prose(_does(text), in_table=True)} |")
    own["commands.md"] = "\n\n".join([title, about, words["list"] + "\n" + "\n".join(rows)]) + "\n"
    return own, moved


def _does(text: str) -> str:
    """Return what a command does, in a sentence."""
    opening = text.partition("```")[0].strip()
    if opening:
        return opening
    usage = re.search(r"Usage:.*?\n\n((?:  .*\n)+)", text)
    said = " ".join((usage[1] if usage else "").split())
    return re.split(r"(?<=\.) ", said)[0]


# ----------------------------------------------------------------------------------------------------------------- keys


def _keys(language: Language, made: dict[str, str]) -> dict[str, str]:
    """Return a page of all keys of the tree and one of each, with what may be written and an example."""
    words = {key: said[language] for key, said in WORDS["key"].items()}
    titles = {block: said[language] for block, said in GENERATED["WORDS"]["yaml"]["blocks"].items()}
    every: dict[str, list[tuple[str, str]]] = {}
    parts = [f"# {words['title']}", words["about"]]
    for block, title in titles.items():
        lines = []
        for key, text in _said(block, language).items():
            every.setdefault(key, []).append((block, text))
            lines.append(f"- [`{key}`](keys/{key}.md) {text}" if language == "en" else f"- [`{key}`](keys/{key}.md)：{text}")
        parts += [f"## {title}", "\n".join(lines)]
    own = {"keys.md": "\n\n".join(parts) + "\n"}
    for key, places in every.items():
        whole = [f"[{words['title']}](../keys.md)", f"# `{key}`"]
        alike: dict[tuple[str, str], list[str]] = {}
        for block, text in places:
            alike.setdefault((text, _facts(block, key, language, words)), []).append(titles[block])
        for (text, facts), where in alike.items():
            whole += [f"## {words['in'].format(words['and'].join(where))}", text, *([facts] if facts else [])]
        if example := _shown(key, made):
            page, code = example
            whole += [f"## {words['example']}", words["from"].format(title_of(made[page]), f"../{page}"), code]
        own[f"keys/{key}.md"] = ALONE + "\n\n".join(whole) + "\n"
    return own


def _said(block: str, language: Language) -> dict[str, str]:
    """Return what each key of a block means."""
    english = descriptions()
    keys = GENERATED["own_keys"](block, english)
    return {key: english[block][key] if language == "en" else meaning(block, key) for key in keys}


@cache
def _schema() -> dict[str, Any]:
    return json_schema()


def _facts(block: str, key: str, language: Language, words: dict[str, str]) -> str:
    """Return what may be written for a key, and its default."""
    owner = _schema() if block == "Index" else _schema()["$defs"].get("Indicator" if block == "Leaf" else block)
    said = (owner or {}).get("properties", {}).get(key)
    if said is None or owner is None:
        return ""
    kinds = {name: said[language] for name, said in KINDS.items()}
    may = list(dict.fromkeys(kind for kind in _may(said, kinds, words) if kind))
    facts = [words["may"].format(kinds["or"].join(may))] if may else []
    if key in owner.get("required", []):
        facts.append(words["required"])
    elif said.get("default") not in (None, "", [], {}):
        facts.append(words["default"].format(GENERATED["written"](said["default"])))
    return ("" if language == "zh" else " ").join(facts)


def _may(schema: dict[str, Any], kinds: dict[str, str], words: dict[str, str]) -> list[str]:
    """Return the kinds of things that a schema allows, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        room = {"Method": "aggregate"}.get(name, name.lower())
        inner = _schema()["$defs"][name]
        if room in ENTRIES and "anyOf" in inner:
            return [f"[{room}](../methods.md)"]
        return _may(inner, kinds, words) if "properties" not in inner else [_keys_of(inner)]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return [kind for one in schema[several] for kind in _may(one, kinds, words)]
    if "enum" in schema or "const" in schema:
        return [f"`{GENERATED['written'](value)}`" for value in schema.get("enum", [schema.get("const")])]
    kind = schema.get("type")
    if kind == "array":
        inside = list(dict.fromkeys(_may(schema.get("items") or {}, kinds, words)))
        return [words["several"].format(kinds["or"].join(inside))] if inside else []
    if kind == "object":
        if "patternProperties" in schema:
            return [words["period"]]
        return [_keys_of(schema) if "properties" in schema else words["object"]]
    plain = {"number": "number", "integer": "whole", "boolean": "truth", "string": "text"}
    return [kinds[plain[kind]]] if isinstance(kind, str) and kind in plain else []


def _keys_of(schema: dict[str, Any]) -> str:
    return "{" + ", ".join(f"`{key}`" for key in schema["properties"]) + "}"


def _shown(key: str, made: dict[str, str]) -> tuple[str, str] | None:
    """Return the first and shortest block of YAML of a page that uses a key."""
    for page in ("yaml.md", "weights.md", "warning.md", "events.md", "ledger.md", "analysis.md", "cookbook.md", "python.md"):
        blocks = re.findall(r"```yaml\n.*?\n```", made.get(page, ""), re.DOTALL)
        if using := [block for block in blocks if re.search(rf"(?<![\w-]){key}:", block)]:
            return page, min(using, key=len)
    return None
