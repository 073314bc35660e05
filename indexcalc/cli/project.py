"""What every command shares: its options, reading a project, and printing findings."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..findings import Finding, Language, Place, errors, finding, in_order, nearest, render
from ..tree import Index, read_index
from . import INDEX

if TYPE_CHECKING:
    from ..scores import Scores
    from ..sources import Matched

REFUSED = 1


@dataclass
class Project:
    """One invocation on one project: where it is, how to speak, and what was found so far."""

    index_file: Path
    data: Path
    out: Path
    language: Language
    report_language: Language
    seed: int
    as_json: bool
    strict: bool
    quiet: bool
    level: str | None = None
    as_of: str | None = None

    def refuse(self, found: Iterable[Finding]) -> NoReturn:
        """Print findings and exit as refused."""
        self.print_findings(found, closing=True)
        sys.exit(REFUSED)

    def refuse_one(self, code: str, **values: Any) -> NoReturn:
        """Refuse what was asked for on the command line."""
        self.refuse([finding(code, Place(), **values)])

    def go_on(self, found: list[Finding]) -> None:
        """Refuse when there is an error among the findings, a warning when strict; otherwise print what there is."""
        if errors(found, strict=self.strict):
            self.refuse(found)
        self.print_findings(found)

    def print_findings(self, found: Iterable[Finding], *, closing: bool = False) -> None:
        """Print findings to stderr, as text or as lines of JSON, with their number below when something was refused."""
        listed = in_order(found)
        for one in listed:
            if self.quiet and one.severity not in ("error", *(("warning",) if self.strict else ())):
                continue
            line = _json(one.as_dict(self.language)) if self.as_json else render(one, self.language)
            print(line, file=sys.stderr)
        if closing and not self.as_json:
            print(_closing(listed, self.language), file=sys.stderr)

    def index(self) -> tuple[Index, list[Finding]]:
        """Read the index, or refuse."""
        index, found = read_index(self.index_file, shown=_shown(self.index_file))
        if index is None:
            self.refuse(found)
        return index, found

    def matched(self, *, count: bool = True, keep: int | None = None) -> tuple[Index, Matched, list[Finding]]:
        """Read the index and match its data, or refuse with the findings of both; events are counted only where asked for.

        Parquet tables of more than `keep` cells stay in their files.
        """
        from ..sources import match

        index, found = self.index()
        if errors(found):
            self.refuse(found)  # what the data should have is not known
        self.progress("read")
        matched = match(index, self.data, as_of=self.moment(), count=count, keep=keep)
        return index, matched, [*found, *matched.findings]

    def scores(self) -> tuple[Index, Matched, Scores]:
        """Read, match and score, or refuse; findings that refuse nothing are printed. The index is the one that scored."""
        from ..engine import score
        from ..sources import panel

        index, matched, found = self.matched()
        if errors(found, strict=self.strict):
            self.refuse(found)
        self.progress("score")
        made = panel(matched)
        if self.level is not None and self.level not in made.units.levels:
            self.refuse_one("IC513", found=self.level, known=list(dict.fromkeys(made.units.levels)))
        scores = score(index, made, level=self.level)
        self.progress("")
        self.go_on([*found, *scores.findings])
        return scores.index, matched, scores

    def by_methods(self, one: str, other: str) -> tuple[Matched, Scores, Scores]:
        """Read, match and score with each of two methods wherever the tree uses either, or refuse."""
        from ..analysis.compare import room_of, with_method
        from ..engine import score
        from ..sources import panel

        _, matched, scores = self.scores()
        room = room_of(one, other)
        assert room is not None
        made = []
        for taken, replaced in ((one, other), (other, one)):
            try:
                variant = with_method(scores.declared, room, replaced, taken)
            except ValueError as lacking:
                self.refuse_one("IC783", method=taken, parameter=str(lacking))
            if variant is None:
                self.refuse_one("IC782", one=one, other=other)
            made.append(score(variant, panel(matched), level=self.level))
        self.go_on([found for each in made for found in each.findings if found.severity == "error"])
        return matched, made[0], made[1]

    def period(self, scores: Scores, wanted: str | None) -> str:
        """Return the period that is meant: the one named, or the newest of the largest kind, a year rather than its last part."""
        from ..periods import read_period

        if wanted is None:
            return scores.periods[-1]
        for kind in scores.index.periods.kinds:
            if (found := read_period(wanted, kind)) in scores.periods:
                return str(found)
        return self.refuse_one("IC501", found=wanted, known=list(scores.periods), near=nearest(wanted, scores.periods))

    def moment(self) -> str | None:
        """Return the moment that ledgers are read as of, or refuse what is none."""
        if self.as_of is None:
            return None
        from ..journal.ledger import read_moment

        return read_moment(self.as_of) or self.refuse_one("IC662", found=self.as_of)

    def unit(self, matched: Matched, scores: Scores, wanted: str) -> int:
        """Return the place among the scored units of the one that is meant by an id, a name or an alias."""
        assert matched.units is not None
        unit = matched.units.find(wanted)
        if wanted in matched.units.shared:
            self.refuse_one("IC374", name=wanted, units=matched.units.sharing(wanted))
        scored = {name: at for at, name in enumerate(scores.panel.units.ids)}
        if unit is None or matched.units.units.ids[unit] not in scored:
            known = [name for name, at in matched.units.known.items() if matched.units.units.ids[at] in scored]
            self.refuse_one("IC502", found=wanted, near=nearest(wanted, known))
        return scored[matched.units.units.ids[unit]]

    def node(self, index: Index, wanted: str) -> str:
        """Return the id of the node that is meant by an id, a name, or a path of them such as safety/personal-safety."""
        parts = [wanted] if _ids(index, wanted) else wanted.strip("/").split("/")
        ids = [_ids(index, part) for part in parts]
        for part, named in zip(parts, ids, strict=True):
            if len(named) != 1:
                known = [text for node in index.by_id.values() for text in (node.id, node.name, node.name_en) if text]
                self.refuse_one("IC510", found=part, near=nearest(part, known) if not named else named[0])
        path = _path(index, ids[-1][0])
        rest = iter(path)
        for part, named in zip(parts, ids, strict=True):
            if named[0] not in rest:  # looks on from where the part before was found
                self.refuse_one("IC608", node=ids[-1][0], above=part, path="/".join(path[1:] or path))
        return ids[-1][0]

    def asked(self, scores: Scores, node: str | None) -> str | None:
        """Return the id of the node that `--node` asks for, if it asks for any."""
        return None if node is None else self.node(scores.index, node)

    def print(self, text: str, data: Any) -> None:
        """Print a result to stdout: as text, or as JSON when that was asked for."""
        if self.as_json:
            print(_json(data, indent=1, allow_nan=False))
        elif not self.quiet:
            print(text)

    def progress(self, step: str) -> None:
        """Show on a terminal what is being done."""
        if sys.stderr.isatty() and not self.quiet and not self.as_json:
            words = {
                "read": ("读取数据…", "reading…"),
                "score": ("计分…", "scoring…"),
                "write": ("写报告…", "writing…"),
                "": ("", ""),
            }
            print(f"\r\033[K{words[step][self.language == 'en']}", end="", file=sys.stderr, flush=True)


def project_of(
    index: str,
    data: str | None,
    out: str | None,
    lang: str | None,
    seed: int,
    *,
    level: str | None = None,
    json: bool = False,
    strict: bool = False,
    quiet: bool = False,
    as_of: str | None = None,
) -> Project:
    """Return the project that a command is given by its options; `index` is the tree's file, or the folder that it lies in."""
    file = Path(index)
    file = file / INDEX if file.is_dir() else file
    return Project(
        file,
        file.parent if data is None else Path(data),
        file.parent / "reports" if out is None else Path(out),
        language(lang),
        "en" if lang == "en" else "zh",
        seed,
        json,
        strict,
        quiet,
        level,
        as_of,
    )


def _ids(index: Index, text: str) -> list[str]:
    """The nodes that have a text for their id, or else for their name."""
    if text in index.by_id:
        return [text]
    return [node.id for node in index.by_id.values() if text and text in (node.name, node.name_en)]


def _path(index: Index, node: str) -> list[str]:
    tree = index.tree
    position, path = tree.position[node], []
    while position >= 0:
        path.append(tree.nodes[position].id)
        position = tree.parents[position]
    return path[::-1]


def language(wanted: str | None) -> Language:
    """Return the language to speak: the one asked for, else English in an English locale, else Chinese."""
    if wanted:
        return "en" if wanted == "en" else "zh"
    set_in = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    if not set_in and os.name == "nt":
        import locale

        set_in = (locale.getlocale()[0] or "").lower()
    return "en" if set_in.lower().startswith("en") else "zh"


def _shown(path: Path) -> str:
    return path.as_posix()


def _closing(found: list[Finding], language: Language) -> str:
    count = {severity: sum(one.severity == severity for one in found) for severity in ("error", "warning")}
    if language == "en":
        errors_, warnings_ = (f"{count[k]} {k}{'' if count[k] == 1 else 's'}" for k in ("error", "warning"))
        return f"{errors_}, {warnings_} – nothing was written"
    return f"{count['error']} 个错误，{count['warning']} 个警告；没有写入任何内容"


def _json(data: Any, **how: Any) -> str:
    import json

    return json.dumps(data, ensure_ascii=False, **how)
