"""Strata pooled: one estimate with interval and p from those of sites or definitions.

Belongs here: random effects of three strata or more, the common effect of fewer, how much strata
differ.
Does not belong here: the estimates of a stratum (`analyses.ledger.estimates`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.intervals import Interval, Z
from analyses.pooling import LEAST_CENTRES, pool


@dataclass(frozen=True)
class Stratum:
    """A stratum's estimate with its standard error, on a scale where it is about normal."""

    site: str
    definition: str | None
    value: float
    se: float

    @property
    def interval(self) -> Interval:
        """Normal 95 % limits."""
        return self.value - Z * self.se, self.value + Z * self.se


@dataclass(frozen=True)
class Together:
    """What strata say together, on their scale."""

    value: float
    se: float
    interval: Interval
    method: str


def together(strata: Sequence[Stratum]) -> Together | None:
    """Random effects of three strata or more, else their common effect; None without a stratum.

    Notes
    -----
    Random effects: REML, the error of Hartung and Knapp, never below that of the weights alone, t
    with k - 1 degrees of freedom (`analyses.pooling`). Fewer: weights by the inverse of the
    variances, normal limits; two strata say nothing about how strata differ.

    Examples
    --------
    >>> two = [Stratum("A", None, 1.0, 0.5), Stratum("B", None, 2.0, 0.5)]
    >>> found = together(two)
    >>> found.value, round(found.se, 3)
    (1.5, 0.354)
    """
    if not strata:
        return None
    found = pool([one.value for one in strata], [one.se for one in strata], is_guarded=True)
    if found is not None:
        return Together(found.estimate, found.se, found.interval, _said(len(strata)))
    weights = np.array([one.se for one in strata]) ** -2.0
    value = float(weights @ [one.value for one in strata] / weights.sum())
    se = float(weights.sum() ** -0.5)
    return Together(value, se, (value - Z * se, value + Z * se), _said(len(strata)))


def i_squared(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Share of the spread of estimates that is more than chance; None below two.

    Parameters
    ----------
    pairs
        Estimate and standard error of each stratum.

    Notes
    -----
    From Cochran's Q: (Q - df) / Q, 0 or above. Source: Higgins JPT, Thompson SG. Stat Med
    2002;21:1539. doi:10.1002/sim.1186

    Examples
    --------
    >>> i_squared([(0.0, 0.5), (2.0, 0.5)])
    0.875
    """
    if len(pairs) < 2:
        return None
    y, v = np.array([one[0] for one in pairs]), np.array([one[1] for one in pairs]) ** 2
    mean = (y / v).sum() / (1 / v).sum()
    q = float(((y - mean) ** 2 / v).sum())
    return 0.0 if q <= len(pairs) - 1 else (q - len(pairs) + 1) / q


def _said(k: int) -> str:
    """How the strata were put together."""
    if k >= LEAST_CENTRES:
        return f"random effects over {k} strata of site (REML, Hartung-Knapp, guarded)"
    return "one site" if k == 1 else "common effect of two strata of site"
