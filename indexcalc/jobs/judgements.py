"""Experts' judgements of pairs: the form that each fills in, and the weights that all of them come to."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path

from ..analysis.judgements import GroupJudgement, unconnected, weighed
from ..findings import Place, Refused, errors, finding
from ..words.agreement import in_both
from ..words.reports import word
from .project import Project
from .weights import children_of, new_workbook, propose_computed, readable, weighed_node


def write_form(project: Project, node: str, file: Path) -> None:
    """Write the form for one expert's judgements of a node's children."""
    from ..books.judgements import write_judgements

    index, language = project.index(), project.report_language
    name = weighed_node(index, node)
    children = {child: index.by_id[child].title(language) for child in children_of(index, name)}
    new_workbook(file, write_judgements(index.by_id[name].title(language), children, language))


def judge(
    project: Project, node: str, files: Sequence[Path], *, decimals: int | None = None, period: str | None = None
) -> GroupJudgement:
    """Propose the weights of a node's children by experts' judgements of pairs, one workbook each."""
    from ..books.judgements import read_judgements
    from ..methods.judgement import Matrix, consistency, joined
    from ..sources.readers.excel import read_grid

    index = readable(project)
    name = weighed_node(index, node)
    children = children_of(index, name)
    parties: list[tuple[str, Place, Matrix]] = []
    found = []
    for file in files:
        grid, problems = read_grid(file)
        found += problems
        if grid is not None and not errors(problems):
            expert, wrong = read_judgements(grid, name, children, file.stem)
            parties.append((expert.expert, Place(file.as_posix()), expert.matrix))
            found += wrong
    if errors(found):
        raise Refused(found)
    group: Matrix = joined([matrix for _, _, matrix in parties]).tolist()
    if len(parties) > 1:
        parties.append((word.group_of_experts(project.language), Place(), group))
    experts = []
    for title, place, matrix in parties:
        party, doubts = weighed(title, place, children, matrix)
        experts.append(party)
        found += doubts
    weights = dict(zip(children, consistency(group).weights.tolist(), strict=True))
    if isnan(weights[children[0]]):
        left, right = unconnected(group, children)
        titles = {child: index.by_id[child].title("zh") for child in children}
        sides = {side: [in_both(child, titles[child]) for child in own] for side, own in (("left", left), ("right", right))}
        raise Refused([*found, finding("IC634", parties[0][1], **sides)])
    project.go_on(found)
    proposal = propose_computed(project, index, {name: weights}, decimals=decimals, period=period)
    return GroupJudgement(name, tuple(experts), proposal)
