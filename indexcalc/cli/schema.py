"""`indexcalc schema`."""

from __future__ import annotations

import sys
from typing import Unpack

from ..findings import spoken
from .options import Options, takes


@takes(common=("lang",))
def schema(**options: Unpack[Options]) -> None:
    """Print the JSON Schema of the tree, for editors."""
    from ..tree.schema import schema_text

    sys.stdout.write(schema_text(spoken(options["lang"])))
