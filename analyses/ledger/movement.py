"""Movement: how each claim's verdict and estimates differ between two ledgers of one cohort.

Belongs here: comparing two documents of `analyses.ledger`, claim by claim.
Does not belong here: which snapshot came before (`assets.claims`), words (`analyses.report`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_DECLARED = ("rule", "side", "limit", "unit")


@dataclass(frozen=True)
class StatisticMoved:
    """One statistic then and now; `is_outside`: the estimate of now lies outside the interval then.

    Counts are as released: int, `Small` or `Hidden`.
    """

    name: str
    unit: str
    rule: str
    limit: float
    estimate: tuple[float | None, float | None]
    assessable: tuple[Any, Any]
    is_outside: bool | None

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
        Documents of `analyses.ledger` with their `provenance`, both raw or both released.
    """
    before = {claim["id"]: claim for claim in then["claims"]}
    old, new = then["provenance"], now["provenance"]
    return Movement(
        snapshot=old["snapshot"],
        rules_changed=old["rules"] != new["rules"],
        code_changed=old["code"] != new["code"],
        cases=(then["cohort"]["cases"], now["cohort"]["cases"]),
        claims={
            claim["id"]: _claim(before[claim["id"]], claim)
            for claim in now["claims"]
            if claim["id"] in before
        },
    )


def _claim(then: Mapping[str, Any], now: Mapping[str, Any]) -> ClaimMoved:
    """One claim; a statistic is known by its name."""
    before = {statistic["name"]: statistic for statistic in then["statistics"]}
    pairs = [(before.get(statistic["name"]), statistic) for statistic in now["statistics"]]
    same = [(old, new) for old, new in pairs if old is not None]
    otherwise = len(same) < len(pairs) or len(before) != len(pairs)
    otherwise |= any(old[key] != new[key] for old, new in same for key in _DECLARED)
    return ClaimMoved(
        id=now["id"],
        verdict=(then["verdict"], now["verdict"]),
        statistics=tuple(_statistic(old, new) for old, new in same),
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
