"""The form that departments fill in: what stands on it beside what is asked for."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from .choices import Part


def _one_or_each(value: Any) -> str:
    """Say whether a text is that of all departments, or each has its own."""
    return "each" if isinstance(value, dict) else "one"


ByDepartment = Annotated[Annotated[str, Tag("one")] | Annotated[dict[str, str], Tag("each")], Discriminator(_one_or_each)]


class Form(Part):
    """What stands on the form: a text, or one for each department; what is not given is an empty line."""

    code: ByDepartment = ""
    """The number of the form; of each department's by `{department: code}`, as all of these keys may be."""
    authority: ByDepartment = ""
    """Who has made the form."""
    approval: ByDepartment = ""
    """The number under which it was approved or put on record."""
    expires: ByDepartment = ""
    """Until when it is valid."""
    deadline: ByDepartment = ""
    """By when it must be handed in. Default: by `periods.due`."""
    filler: ByDepartment = ""
    """Who fills it in."""
    checker: ByDepartment = ""
    """Who checks it."""
    head: ByDepartment = ""
    """Who answers for it."""
    phone: ByDepartment = ""
    """How they are reached."""

    def of(self, department: str) -> dict[str, str]:
        """Return what a department's form has on each line, empty where nothing is said."""
        written = {key: vars(self)[key] for key in Form.model_fields}
        return {key: said if isinstance(said, str) else said.get(department, "") for key, said in written.items()}
