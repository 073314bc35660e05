"""What a result was made of: the tree, its files of data, and the submissions of its ledgers."""

from __future__ import annotations

from ..journal.run import digests
from ..scores import Scores
from .project import Project


def inputs_of(project: Project, scores: Scores) -> dict[str, str]:
    """Return the digests of all that scores are made of, by their names as seen from the data's folder."""
    origin = scores.origin
    files = [project.file, *(origin.files if origin else ())]
    return digests(files, project.data) | dict(origin.submissions if origin else {})
