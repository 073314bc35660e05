"""What a result was made of: the tree, its files of data, and the submissions of its ledgers."""

from __future__ import annotations

import json
from pathlib import Path

from ..journal.run import digest, digest_of, named_from
from ..panel import Panel
from ..scores import Scores
from ..tree.blocks.follow import FromTable
from ..tree.model import Index
from .project import Project

PUBLIC_INPUTS = "inputs"
MOST_OFFERED = 50  # files beside the tree that pages let choose from


def template_of(project: Project, index: Index) -> Path | None:
    """Return the file of the Word template of reports: the one that is asked for, or that the tree names."""
    declared = index.report.template
    return project.template or (project.data / declared if declared else None)


def inputs_of(project: Project, made: Scores | Panel) -> dict[str, str]:
    """Return the digests of all that scores, or a panel, are made of, by their names as seen from the data's folder.

    A tree or data that came from no file, but from a mapping or a frame, are named `tree` and `data`. In the edition for the
    public there is one digest of all of them, without a name.
    """
    index, panel = (made.declared, made.panel) if isinstance(made, Scores) else (project.tree[0], made)
    origin = made.origin
    from_file = index.file is not None
    named = {} if from_file else {"tree": digest(index.model_dump_json(exclude_defaults=True).encode())}
    if origin is None or not origin.files:
        labels = "\n".join([*panel.periods, *panel.units.ids, *panel.columns])
        named["data"] = digest(labels.encode() + panel.values.tobytes() + panel.status.tobytes())
    tables = [project.data / one.table for one in (index.goals, index.remarks) if isinstance(one, FromTable)]
    tables += [project.data / name for name in index.report.files]
    tables += [template] if (template := template_of(project, index)) is not None else []
    beside = {path: digest_of(path) for path in tables if path.is_file()}
    digests = {**beside, **({project.file: digest_of(project.file)} if from_file else {}), **(origin.digests if origin else {})}
    every = named | named_from(project.data, digests) | dict(origin.submissions if origin else {})
    if project.edition.is_public:
        return {PUBLIC_INPUTS: digest(json.dumps(every, sort_keys=True).encode())}
    return every


def offered(index_file: Path, ends: str) -> list[str]:
    """Return the names of the tables, or of the trees, beside a tree: what a visitor can choose to compare with."""
    if ends not in (".csv", ".yaml"):
        return []
    found = sorted(one for one in index_file.parent.glob(f"*{ends}") if one.is_file() and not one.name.startswith("."))
    return [one.name for one in found if ends == ".csv" or _is_tree(one)][:MOST_OFFERED]


def _is_tree(file: Path) -> bool:
    """Say whether a YAML file begins to tell of an index."""
    try:
        with file.open("rb") as opened:
            return any(line.startswith((b"index:", b"{index:")) for line in opened.read(1 << 16).splitlines())
    except OSError:
        return False
