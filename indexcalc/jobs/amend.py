"""Amend a tree: weights, parameters and indicators changed in its text, checked whole, with the ranks that move, then saved.

`amend` writes nothing; `save` alone writes, and only into the text that was amended.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.result import Result
from ..analysis.weights import Moved, moved_ranks
from ..findings import Finding, Language, Place, Refused, errors, finding, in_order
from ..journal.history import Change, read_history
from ..journal.run import digest
from ..tree import Index, parse_index
from ..tree.amend import Amendment, WrittenNode, amended, changed_since, current, node_at, written_nodes
from ..tree.located import Document, read_text
from ..words.shown import BETWEEN
from .check import check
from .names import period_of
from .project import INDEX, Listening, PathLike, Project, project_of, refuse_file
from .weights import write_tree

if TYPE_CHECKING:
    import pandas as pd

    from ..scores import Scores
    from ..sources import Matched


@dataclass(frozen=True)
class TreeText(Result):
    """A tree as it is written: its text with the digest of it, its nodes by their ids, and what is found in it."""

    file: str
    raw: bytes
    document: Document
    nodes: dict[str, WrittenNode]
    index: Index | None
    findings: tuple[Finding, ...]

    @property
    def digest(self) -> str:
        """Return the digest of the text, which an edit of it names."""
        return digest(self.raw)

    def part_of(self, found: Finding) -> tuple[str, str]:
        """Return the node that a finding of this text is about, and its key; empty where it is about none."""
        return node_at(self.document, found.place) if found.place.file == self.file else ("", "")

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each key of each node, as it is written."""
        del language  # nothing here has a name in two
        import pandas as pd

        rows = [(name, key, text) for name, node in self.nodes.items() for key, text in node.texts.items()]
        return pd.DataFrame(rows, columns=["node", "key", "text"])


@dataclass(frozen=True)
class Amended(Result):
    """A tree with amendments: its text as it is and as it would be, what is found in the new one, and which ranks move.

    What moves is not known where something refuses the new tree, or its data cannot be scored.
    """

    amendments: tuple[Amendment, ...]
    before: TreeText
    after: TreeText
    findings: tuple[Finding, ...]
    moved: Moved | None = None
    scores: Scores | None = field(default=None, repr=False)
    wrong_before: frozenset[tuple[str, str]] = frozenset()
    """The errors of the data as they were before, by code and message: they do not keep a tree from being amended."""

    @property
    def is_refused(self) -> bool:
        """Say whether the new tree has an error, or its data one that they had not before."""
        return any(_named(one) not in self.wrong_before for one in errors(self.findings))

    def diff(self) -> str:
        """Return the lines of the text that differ, as `diff -u` shows them."""
        old, new = (text.raw.decode("utf-8-sig", "replace").splitlines() for text in (self.before, self.after))
        return "\n".join(difflib.unified_diff(old, new, self.before.file, self.before.file, n=1, lineterm=""))

    def changes(self) -> list[tuple[str, str, str]]:
        """Return node, old and new of each amendment, as the history has them."""
        return [_as_change(self.before.nodes, one) for one in self.amendments]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each amendment, old and new."""
        del language  # nothing here has a name in two
        import pandas as pd

        return pd.DataFrame(self.changes(), columns=["node", "old", "new"])


def text_of_tree(index: Project | Index | PathLike = INDEX) -> TreeText:
    """Read a project's tree as it is written, also one that is wrong.

    :raises Refused: where there is none.
    """
    project = project_of(index)
    try:
        raw = project.file.read_bytes()
    except OSError as error:
        refuse_file(project.file, error)
    return _text(raw, project.file.as_posix())


def amend(
    index: Project | Index | PathLike,
    amendments: Sequence[Amendment],
    *,
    base: str | None = None,
    score: bool = True,
    period: str | None = None,
    scores: Scores | None = None,
) -> Amended:
    """Amend the text of a tree, and say what is found in it as `check` does, and which ranks move; write nothing.

    `base` is the digest of the text that the amendments were made of: of another one they are refused. Without `score` the tree
    alone is checked, not its data. `scores` are those of the tree as it is, where somebody has them: it is not scored again.

    :raises Refused: where an amendment cannot be made in place, or the tree was changed meanwhile.
    """
    project = project_of(index)
    before = text_of_tree(project)
    if base is not None and base != before.digest:
        raise Refused([meanwhile(project, base, amendments)])
    return _amended(project, before, amendments, score=score, period=period, known=scores)


def save(project: Project, made: Amended, *, why: str, by: str) -> list[Path]:
    """Write an amended tree with a line in its history for each amendment; return the files written.

    :raises Refused: where something refuses the new tree, or the file is not what was amended.
    """
    if made.is_refused:
        raise Refused(made.findings)
    return write_tree(project, made.before.raw, made.after.raw, made.changes(), why=why, by=by)


def meanwhile(index: Project | Index | PathLike, base: str, amendments: Sequence[Amendment] = ()) -> Finding:
    """Say who has changed what in a tree since it had a digest, and what of it is what some amendments change too."""
    project = project_of(index)
    changes = since(project, base)
    shown = [f"{one.who} {one.node} {one.old or '–'} → {one.new or '–'}" for one in changes]
    if not changes:  # by hand, or by a program that writes no history
        nodes = text_of_tree(project).nodes
        shown = [
            f"{one.node} {one.key} {one.seen or '–'} → {current(nodes, one) or '–'}" for one in changed_since(nodes, amendments)
        ]
    return finding("IC617", Place(project.file.as_posix()), changes=BETWEEN[project.language].join(shown) or project.file.name)


def since(project: Project, base: str) -> list[Change]:
    """Return the changes of the history that were made since a tree had a digest, as far as they follow from it."""
    changes, _ = read_history(project.file)
    first = next((at for at, one in enumerate(changes) if one.before == base), len(changes))
    return changes[first:]


@lru_cache(maxsize=4)  # a page that is typed in asks for the same text again and again
def _text(raw: bytes, file: str) -> TreeText:
    document, _ = read_text(raw, file)
    tree, found = parse_index(raw, file)
    return TreeText(file, raw, document, written_nodes(document), tree, tuple(found))


class _ReadOnce(Listening):
    """A project whose data are read once, to be checked and then scored."""

    @cached_property
    def _read(self) -> tuple[Matched, list[Finding]]:
        return super().matched()

    def matched(self, *, count: bool = True, keep: int | None = None) -> tuple[Matched, list[Finding]]:
        """Return what was matched when the data were first read."""
        return self._read if count and keep is None else super().matched(count=count, keep=keep)


def _amended(
    project: Project,
    before: TreeText,
    amendments: Sequence[Amendment],
    *,
    score: bool,
    period: str | None,
    known: Scores | None,
) -> Amended:
    wanted = tuple(one for one in amendments if one.kind in ("add", "remove") or one.text != current(before.nodes, one))
    after = _text(amended(before.raw, before.file, wanted), before.file)
    if not score or after.index is None or errors(after.findings):
        return Amended(wanted, before, after, after.findings)
    quiet = _ReadOnce.to(project, (after.index, after.findings))
    if found := _wrong(quiet):
        return Amended(wanted, before, after, tuple(found), wrong_before=_wrong_before(project, before))
    new = _scored(quiet)
    if new is None:
        return Amended(wanted, before, after, tuple(in_order(quiet.told)))
    is_known = known and before.index and known.declared.written_data == before.index.written_data
    old = new if after.raw == before.raw else known if is_known else _scored_text(project, before)
    when = period_of(new, period)
    moved = moved_ranks(old, new, when) if old is not None and when in old.periods else None
    return Amended(wanted, before, after, tuple(in_order([*quiet.told, *new.findings])), moved, new)


def _wrong(quiet: Listening) -> Sequence[Finding]:
    """Return what is found in a tree and its data where there is an error among it; nothing where there is none."""
    try:
        check(quiet)
    except Refused as refused:
        return refused.findings
    return ()


def _wrong_before(project: Project, text: TreeText) -> frozenset[tuple[str, str]]:
    """Return the errors of the data by a tree as it is written; none where that itself is refused."""
    if text.index is None or errors(text.findings):
        return frozenset()
    return frozenset(map(_named, errors(_wrong(Listening.to(project, (text.index, text.findings))))))


def _named(found: Finding) -> tuple[str, str]:
    return found.code, found.message("en")


def _scored_text(project: Project, text: TreeText) -> Scores | None:
    """Score a tree as it is written; None where it or its data is refused."""
    if text.index is None or errors(text.findings):
        return None
    return _scored(Listening.to(project, (text.index, text.findings)))


def _scored(quiet: Listening) -> Scores | None:
    """Score a project as it is read; None where its data are refused."""
    from ..engine import score

    try:
        index, panel = quiet.read()
        return score(index, panel, level=quiet.level)
    except Refused:
        return None


def _as_change(nodes: dict[str, WrittenNode], one: Amendment) -> tuple[str, str, str]:
    """Return an amendment as the history has it: a weight by its text alone, as `weights set` writes it."""
    was = current(nodes, one)
    if one.kind == "add":
        document, _ = read_text(one.text.encode(), "")
        return str(document.data["id"]), "", one.text.strip()
    if one.kind == "remove":
        return one.node, was, ""
    new = one.text.strip() if one.kind == "set" else ""
    if one.key == "weight":
        return one.node, was, new
    return one.node, f"{one.key}: {was}" if was else "", f"{one.key}: {new}" if new else ""
