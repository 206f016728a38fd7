"""Filters: the address is the state, one state has one address.

Belongs here: reading the address into a selection and writing it back.
Does not belong here: counting (`dashboard.pages`), SQL (`warehouse.queries`).
Keys and values are sorted and defaults left out; what is not known is refused, never ignored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from schemas.errors import UsageError
from warehouse.queries import Facet

_KEYS = ("cohort", "snap", *Facet)


@dataclass(frozen=True)
class Selection:
    """A cohort and the values chosen of each facet; `snap` only where an address names one."""

    cohort: str | None = None
    chosen: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    snap: str | None = None

    def without(self, facet: Facet, value: str) -> "Selection":
        """The same without one value."""
        kept = tuple(v for v in self.chosen.get(facet, ()) if v != value)
        chosen = {f: v for f, v in self.chosen.items() if f is not facet}
        return replace(self, chosen=chosen | ({facet: kept} if kept else {}))

    def address(self, path: str, *, default_cohort: str | None) -> str:
        """The one address of this selection."""
        parts = {str(facet): ",".join(sorted(v)) for facet, v in self.chosen.items() if v}
        if self.cohort and self.cohort != default_cohort:
            parts["cohort"] = self.cohort
        if self.snap:
            parts["snap"] = self.snap
        query = "&".join(f"{key}={quote(parts[key], safe=',')}" for key in sorted(parts))
        return f"{path}?{query}" if query else path


def snap_of(pairs: Iterable[tuple[str, str]]) -> str | None:
    """The snapshot that an address names."""
    return next((value for key, value in pairs if key == "snap" and value), None)


def read_address(
    pairs: Iterable[tuple[str, str]], *, allowed: Mapping[str, Sequence[str]]
) -> Selection:
    """The selection of an address.

    Parameters
    ----------
    pairs
        Keys and values; a key may come several times, a value may list several with commas.
    allowed
        The values of `cohort` and of every facet.

    Raises
    ------
    UsageError
        If a key or a value is not known; the message names what is allowed.
    """
    found: dict[str, set[str]] = {}
    for key, text in pairs:
        if key not in _KEYS:
            raise UsageError(
                f"The address has a key that is not known ({_class_of(key)}). "
                f"Known are: {', '.join(_KEYS)}."
            )
        for value in filter(None, text.split(",")):
            if key in allowed and value not in allowed[key]:
                raise UsageError(
                    f"The address asks for a value of '{key}' that is not known "
                    f"({_class_of(value)}). Known are: {', '.join(allowed[key])}."
                )
            found.setdefault(key, set()).add(value)
    for key in ("cohort", "snap"):
        if len(found.get(key, ())) > 1:
            raise UsageError(f"The address names more than one '{key}'. Name one.")
    return Selection(
        cohort=next(iter(found.get("cohort", ())), None),
        chosen={facet: tuple(sorted(found[facet])) for facet in Facet if facet in found},
        snap=next(iter(found.get("snap", ())), None),
    )


def _class_of(text: str) -> str:
    """What is said of a text that may hold anything."""
    return f"text of {len(text)} characters"
