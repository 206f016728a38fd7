"""Problems: what is wrong with a delivery, a file or a row, as the user sees it.

Belongs here: the one record every listing of problems is made of, and the exit code it leads to.
Does not belong here: errors that end a command (`schemas.errors`), what is checked
(`schemas.catalogue`).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from schemas.checks import Severity

#: What stands in a row for a cell that could not be read: the row is refused for it, its other
#: cells are judged, and no rule speaks of this one. It does not print, so no delivered cell is it.
UNREADABLE = "\x1a"
#: Rules that say the bytes are not those the manifest announces.
INTEGRITY_RULES = frozenset({"E_SIZE", "E_SHA256"})


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One broken rule at one place. Its texts never hold a value that may identify a person.

    `file` is None for a whole delivery, `line` for a whole file; `key` where the key is at fault.
    """

    file: str | None = None
    line: int | None = None
    table: str | None = None
    key: str | None = None
    column: str | None = None
    rule: str
    severity: Severity = "error"
    message: str
    suggestion: str

    def to_json(self) -> dict[str, str | int | None]:
        """The fields in their documented order, ready for JSON."""
        return asdict(self)


def exit_code_of(problems: Iterable[Problem]) -> int:
    """0 without an error, 1 with some error, 4 where bytes differ from the manifest."""
    rules = {problem.rule for problem in problems if problem.severity == "error"}
    if rules & INTEGRITY_RULES:
        return 4
    return 1 if rules else 0
