"""What `check` does. Nothing of the parser of command lines is needed here: a bare `check` is over before that is loaded."""

from __future__ import annotations

from . import INDEX
from .project import project_of
from .results import check_result


def check(
    index: str = INDEX,
    data: str | None = None,
    lang: str | None = None,
    *,
    json: bool = False,
    strict: bool = False,
    quiet: bool = False,
) -> None:
    """Check a tree and its data, and print what was found and what there is; or refuse."""
    project = project_of(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    tree, matched, found = project.matched(count=False)
    project.go_on(found)
    project.print(*check_result(tree, matched, project.language))
