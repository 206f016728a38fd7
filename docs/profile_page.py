"""The keys of a profile as tables, put between the marks of the page for data managers.

Belongs here: the tables, and the one page that is written by hand around them.
Does not belong here: the texts (`schemas.profile_keys`).
"""

from schemas.pages.words import grid
from schemas.profile_keys import PARTS, Part

_BEGIN, _END = "<!-- made by make docs: keys -->", "<!-- end: keys -->"


def with_keys(page: str) -> str:
    """The page with its marked part written anew."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{keys_text()}\n{_END}{after}"


def keys_text() -> str:
    """Every key of every part: what it says, an example, what is refused."""
    lines: list[str] = []
    for part in PARTS:
        rows = [
            (f"`{name}`{_needed(part, name)}", key.says, f"`{key.example}`", key.refused)
            for name, key in part.keys.items()
        ]
        lines += ["", f"### {part.title}", "", part.about, ""]
        lines += grid(("key", "what it says", "for example", "refused"), rows)
    return "\n".join([*lines, ""])


def _needed(part: Part, name: str) -> str:
    """A mark where a key must be there."""
    return " (needed)" if part.model.model_fields[name].is_required() else ""
