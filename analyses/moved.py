"""Moved numbers: what two results of one plan say differently, and by how much.

Belongs here: comparing performance and counts of two `results.json` against their intervals.
Does not belong here: which results there are, the rows behind them (`warehouse.difference`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Where a results document keeps numbers with intervals, beneath `performance`.
_KINDS = ("apparent", "nested_cv", "bootstrap_632plus", "optimism_corrected")


@dataclass(frozen=True)
class Moved:
    """One reported number before and after; `interval` is the one reported before.

    `is_outside` says that the number now lies outside the interval of then: more has moved than
    that interval allowed for. None where there was no interval.
    """

    plan: str
    model: str
    what: str
    before: float | None
    after: float | None
    interval: tuple[float, float] | None

    @property
    def difference(self) -> float | None:
        """After minus before, in the unit of the number; None where one of them is missing."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def is_outside(self) -> bool | None:
        """Whether the number now lies outside the interval reported before."""
        if self.interval is None or self.after is None:
            return None
        return not self.interval[0] <= self.after <= self.interval[1]


def moved_numbers(old: Mapping[str, Any], new: Mapping[str, Any], *, plan: str) -> list[Moved]:
    """Every number that two results of a plan report differently.

    Parameters
    ----------
    old, new
        Results documents (`imsct.results/1`).
    plan
        Name of the plan, for the listing.
    """
    then, now = dict(_numbers(old)), dict(_numbers(new))
    found = []
    for name in dict.fromkeys([*then, *now]):
        before, interval = then.get(name, (None, None))
        after, _ = now.get(name, (None, None))
        if before != after:
            found.append(Moved(plan, *name, before, after, interval))
    return found


def _numbers(
    results: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, str], tuple[float | None, tuple[float, float] | None]]]:
    """Numbers of a document by model and name, each with its interval."""
    yield ("", "cases used"), (results["data"]["used"], None)
    yield ("", "cases with the outcome"), (_count(results["outcome"].get("events")), None)
    for model in results["models"]:
        performance = model["performance"]
        sets = [(kind, performance.get(kind) or {}) for kind in _KINDS]
        pooled = (performance.get("internal_external") or {}).get("pooled") or {}
        for kind, metrics in [*sets, ("centres left out, pooled", pooled)]:
            for metric, said in metrics.items():
                if isinstance(said, Mapping):
                    limits = said.get("interval")
                    pair = None if limits is None else (float(limits[0]), float(limits[1]))
                    yield (model["name"], f"{kind} {metric}"), (said.get("estimate"), pair)


def _count(value: object) -> float | None:
    """A count, where the outcome has one."""
    return float(value) if isinstance(value, int | float) else None
