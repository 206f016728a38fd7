"""Movement: how each claim's verdict and estimates differ between two ledgers of one cohort.

Belongs here: comparing two documents of `analyses.ledger`, claim by claim.
Does not belong here: which snapshot came before (`assets.claims`), words (`analyses.report`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN

_DECLARED = ("rule", "side", "limit", "unit")


@dataclass(frozen=True)
class StatisticMoved:
    """One statistic then and now; `is_outside`: the estimate of now lies outside the interval then.

    Counts are as released: int, `Small` or `Hidden`. `is_guarded`: one to four patients make the
    difference, so that the numbers of then are not told.
    """

    name: str
    unit: str
    rule: str
    limit: float
    estimate: tuple[float | None, float | None]
    assessable: tuple[Any, Any]
    is_outside: bool | None
    is_guarded: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether anything differs."""
        return self.estimate[0] != self.estimate[1] or self.assessable[0] != self.assessable[1]


@dataclass(frozen=True)
class ClaimMoved:
    """One claim then and now; `is_declared_otherwise`: rule, side, bound or name was another."""

    id: str
    verdict: tuple[str | None, str | None]
    statistics: tuple[StatisticMoved, ...]
    is_declared_otherwise: bool

    @property
    def is_moved(self) -> bool:
        """Whether the verdict is another one."""
        return self.verdict[0] != self.verdict[1]

    @property
    def is_shifted(self) -> bool:
        """Whether an estimate left the interval that was reported then."""
        return any(statistic.is_outside for statistic in self.statistics)


@dataclass(frozen=True)
class Movement:
    """Everything that differs since `snapshot`; `rules_changed`: claims or rules are others now."""

    snapshot: str
    rules_changed: bool
    code_changed: bool
    cases: tuple[Any, Any]
    claims: Mapping[str, ClaimMoved]

    @property
    def moved(self) -> list[ClaimMoved]:
        """Claims with another verdict, then those whose estimate left its interval."""
        verdicts = [claim for claim in self.claims.values() if claim.is_moved]
        return verdicts + [c for c in self.claims.values() if c.is_shifted and not c.is_moved]


def movement(then: Mapping[str, Any], now: Mapping[str, Any]) -> Movement:
    """What differs between two ledgers of the same cohort.

    Parameters
    ----------
    then, now
        Documents of `analyses.ledger` with their `provenance`, both raw or both released. Of
        released ones for readers who may not see every count nothing is told of what differs by one
        to four patients: two numbers side by side would be the trait of a single one.
    """
    is_guarded = now.get("audience") == "internal"
    before = {claim["id"]: claim for claim in then["claims"]}
    old, new = then["provenance"], now["provenance"]
    return Movement(
        snapshot=old["snapshot"],
        rules_changed=old["rules"] != new["rules"],
        code_changed=old["code"] != new["code"],
        cases=_cases(then["cohort"]["cases"], now["cohort"]["cases"], is_guarded=is_guarded),
        claims={
            claim["id"]: _claim(before[claim["id"]], claim, is_guarded=is_guarded)
            for claim in now["claims"]
            if claim["id"] in before
        },
    )


def _cases(then: Any, now: Any, *, is_guarded: bool) -> tuple[Any, Any]:
    """Cases then and now; None for then where it may not be told.

    Examples
    --------
    >>> _cases(61, 62, is_guarded=True), _cases(61, 66, is_guarded=True)
    ((None, 62), (61, 66))
    """
    return (None if is_guarded and 0 < _apart(then, now) < SMALLEST_SHOWN else then, now)


def _apart(then: Any, now: Any) -> int:
    """By how many two counts that are told differ; 0 where one is not."""
    return abs(then - now) if isinstance(then, int) and isinstance(now, int) else 0


def _guarded(one: StatisticMoved) -> StatisticMoved:
    """The same without the numbers of then, where one to four patients may make the difference."""
    if not one.is_moved or _apart(*one.assessable) >= SMALLEST_SHOWN:
        return one
    kept = (None, one.estimate[1]), (None, one.assessable[1])
    return replace(one, estimate=kept[0], assessable=kept[1], is_outside=None, is_guarded=True)


def _claim(then: Mapping[str, Any], now: Mapping[str, Any], *, is_guarded: bool) -> ClaimMoved:
    """One claim; a statistic is known by its name."""
    before = {statistic["name"]: statistic for statistic in then["statistics"]}
    pairs = [(before.get(statistic["name"]), statistic) for statistic in now["statistics"]]
    same = [(old, new) for old, new in pairs if old is not None]
    otherwise = len(same) < len(pairs) or len(before) != len(pairs)
    otherwise |= any(old[key] != new[key] for old, new in same for key in _DECLARED)
    moved = [_statistic(old, new) for old, new in same]
    return ClaimMoved(
        id=now["id"],
        verdict=(then["verdict"], now["verdict"]),
        statistics=tuple(map(_guarded, moved) if is_guarded else moved),
        is_declared_otherwise=otherwise,
    )


def _statistic(then: Mapping[str, Any], now: Mapping[str, Any]) -> StatisticMoved:
    """One statistic then and now."""
    limits, estimate = then["interval"], now["estimate"]
    is_known = limits is not None and estimate is not None
    return StatisticMoved(
        name=now["name"],
        unit=now["unit"],
        rule=now["rule"],
        limit=now["limit"],
        estimate=(then["estimate"], estimate),
        assessable=(then["assessable"], now["assessable"]),
        is_outside=not limits[0] <= estimate <= limits[1] if is_known else None,
    )
