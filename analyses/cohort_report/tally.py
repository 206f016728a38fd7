"""The tally: every count of a cohort report, released together before one of them is shown.

Belongs here: placeholders for counts, how counts add up across columns, the release of a document.
Does not belong here: the rule (`analyses.disclosure`), what is counted (the other modules of this
package).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN, Audience, Shown, disclose

Key = tuple[str | int, ...]
#: What is counted within each column of a table, by name; ("cases",) are all cases of a column.
Leaf = tuple[str | int, ...]
CASES: Leaf = ("cases",)
_SMALL = range(1, SMALLEST_SHOWN)


@dataclass(frozen=True)
class Count:
    """A place in a document where a released count will stand."""

    key: Key


@dataclass
class Tally:
    """Counts by name, and how they add up."""

    counts: dict[Key, int] = field(default_factory=dict)
    sums: list[tuple[Key, list[Key]]] = field(default_factory=list)

    def add(self, key: Key, n: int) -> Count:
        """Count something."""
        assert self.counts.setdefault(key, n) == n, key
        return Count(key)

    def split(self, total: Key, parts: Mapping[Key, int]) -> Count:
        """Count a whole by its parts, each once."""
        for key, n in parts.items():
            self.add(key, n)
        self.sums.append((total, list(parts)))
        return self.add(total, sum(parts.values()))

    def spread(
        self,
        dimension: str,
        columns: Mapping[str, Mapping[Leaf, int]],
        within: Sequence[tuple[Leaf, Sequence[Leaf]]],
    ) -> Callable[[Leaf], list[Count]]:
        """Count a table: the same leaves in every column, and in all of them together.

        Parameters
        ----------
        dimension
            What the columns are.
        columns
            Counts by leaf of each column.
        within
            How the leaves of a column add up: (total, parts).

        Returns
        -------
        callable
            The row of a leaf: all columns together, then each.
        """
        leaves = list(next(iter(columns.values()), {}))
        for leaf in leaves:
            parts = {(dimension, name, *leaf): found[leaf] for name, found in columns.items()}
            self.split(("all", *leaf), parts)
        for start in (("all",), *((dimension, name) for name in columns)):
            self.sums += [
                ((*start, *total), [(*start, *p) for p in parts]) for total, parts in within
            ]
        return lambda leaf: [
            Count(("all", *leaf)),
            *(Count((dimension, name, *leaf)) for name in columns),
        ]

    def release(self, document: Any, *, audience: Audience, provenance: str) -> Any:
        """A document with every placeholder replaced: an exact count, "<5" or "hidden"."""
        shown = self._released(audience, provenance)

        def walk(value: Any) -> Any:
            if isinstance(value, Count):
                n = shown[value.key]
                return n if isinstance(n, int) else str(n)
            if isinstance(value, Mapping):
                return {name: walk(inner) for name, inner in value.items()}
            return [walk(inner) for inner in value] if isinstance(value, list | tuple) else value

        return walk(document)

    def _released(self, audience: Audience, provenance: str) -> dict[Key, Shown]:
        """Every count, released; part by part where that gives the same protection.

        Counts that hang together only through totals that are told cannot say more of one another
        than the totals do. So each such part is released by itself, which is faster and exact for
        more of them; where a total has to be hidden, all are released together.
        """
        known = self.counts.keys()
        sums = [(t, parts) for t, parts in self.sums if t in known and known >= set(parts)]
        told = {key for key in known if key[-1] == "cases" and self.counts[key] not in _SMALL}
        shown: dict[Key, Shown] = {key: self.counts[key] for key in told}
        for names, lines in _parts(known - told, sums):
            part = disclose(
                {key: self.counts[key] for key in known if key in names},
                sums=lines,
                audience=audience,
                provenance=provenance,
                keep=told,
            )
            if any(part[key] != self.counts[key] for key in told & names):
                return disclose(
                    self.counts, sums=sums, audience=audience, provenance=provenance, keep=told
                )
            shown |= part
        return shown


def _parts(
    keys: set[Key], sums: Sequence[tuple[Key, list[Key]]]
) -> list[tuple[set[Key], list[tuple[Key, list[Key]]]]]:
    """Keys that sums tie to one another, each with its sums and all that these name."""
    part_of: dict[Key, list[Key]] = {key: [key] for key in keys}
    for total, parts in sums:
        members = [key for key in (total, *parts) if key in keys]
        for other in members[1:]:
            one, two = part_of[members[0]], part_of[other]
            if one is not two:
                one += two
                part_of.update(dict.fromkeys(two, one))
    made = []
    for part in {id(part): part for part in part_of.values()}.values():
        own = set(part)
        lines = [(t, parts) for t, parts in sums if own & {t, *parts}]
        made.append((own | {key for t, parts in lines for key in (t, *parts)}, lines))
    return made
