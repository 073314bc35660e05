"""`indexcalc schema`."""

from __future__ import annotations

import sys

from .options import takes


@takes(common=())
def schema() -> None:
    """Print the JSON Schema of the tree, for editors."""
    from ..tree.schema import schema_text

    sys.stdout.write(schema_text())
