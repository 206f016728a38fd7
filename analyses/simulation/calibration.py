"""Constants solved from the parameters, so that marginal targets hold.

Belongs here: intercepts and scales that no source gives but that follow from the numbers in
`parameters`: resection, ages of adults, hazards by extent.
Does not belong here: the targets themselves, drawing.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.stats import gamma, truncnorm

from analyses.simulation import parameters as p
from analyses.simulation.draw import Bools, Floats, Ints, by_group, expit, logit

#: Ages drawn at paediatric sites and of children elsewhere: 1 to 17, evenly.
CHILD_MEAN_AGE = 9.0


def solve(f: Callable[[float], float], low: float, high: float) -> float:
    """Root of an increasing function by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < 0 else (low, middle)
    return (low + high) / 2


def mix_of(kind: str, *, child: bool) -> Floats:
    """Shares of the groups at a site of that kind, for children or adults; sum 1."""
    shares = p.MIX["paediatric" if child else kind]
    within = p.ASTROCYTIC_CHILD if child else p.ASTROCYTIC_ADULT
    epn, astrocytic, hb, cav, sub, gg, oth = shares
    mix: Floats = np.array([epn, sub, *(astrocytic * w for w in within), hb, cav, gg, oth])
    mix /= mix.sum()
    return mix


@cache
def adult_age_location() -> tuple[float, ...]:
    """Location of the normal, cut to 18-90, from which adults of each group are drawn.

    Set so that a group's mean age in the national mix, its children included, is `AGE_MEAN`.
    """
    children = p.CHILD_SHARE * mix_of("national", child=True)
    adults = (1 - p.CHILD_SHARE) * mix_of("national", child=False)
    share = children / np.maximum(children + adults, 1e-12)
    found = []
    for mean, sd, child in zip(p.AGE_MEAN, p.AGE_SD, share, strict=True):
        wanted = max((mean - child * CHILD_MEAN_AGE) / (1 - child), 24.0)

        def excess(at: float, sd: float = sd, wanted: float = wanted) -> float:
            return float(truncnorm.mean((18 - at) / sd, (90 - at) / sd, loc=at, scale=sd)) - wanted

        found.append(solve(excess, -20.0, 80.0))
    return tuple(found)


@cache
def length_means() -> tuple[float, ...]:
    """Mean of the gamma from which lengths are drawn, before rounding to whole levels, at least 1.

    Set so that the mean of the rounded length is `SEGMENTS_MEAN`; the spread stays `SEGMENTS_SD`.
    """
    edges = np.arange(1, 22) + 0.5
    found = []
    for mean, sd in zip(p.SEGMENTS_MEAN, p.SEGMENTS_SD, strict=True):

        def excess(at: float, sd: float = sd, mean: float = mean) -> float:
            beyond = gamma.sf(edges, (at / sd) ** 2, scale=sd**2 / at)
            return 1.0 + float(beyond.sum()) - mean

        found.append(solve(excess, mean / 3, mean * 1.5))
    return tuple(found)


def draw_lengths(rng: np.random.Generator, group: Ints) -> Ints:
    """Vertebral levels spanned, 1 to 22, both ends counted."""
    mean, sd = by_group(length_means(), group), by_group(p.SEGMENTS_SD, group)
    shape = (mean / sd) ** 2
    return np.clip(np.round(rng.gamma(shape, mean / shape)), 1, 22).astype(np.int64)


@cache
def resection_intercepts() -> tuple[float, ...]:
    """Log odds of gross total resection per group, before growth, length, surgeon and period.

    Set so that the share among all operated, biopsies included, is `GTR`.
    """
    rng = np.random.default_rng(0)  # quadrature points, not data: the same for every seed
    n = 4000
    period = rng.choice(5, n, p=p.PERIOD_SHARE)
    experience = (rng.random(n)[:, None] >= np.cumsum(p.EXPERIENCE, axis=1)[period, :2]).sum(axis=1)
    intercepts = []
    for group in range(len(p.GROUPS)):
        length = draw_lengths(rng, np.full(n, group))
        displacing = rng.random(n) < p.DISPLACING[group]
        rest = resection_logit(displacing, length, experience, period)
        target = p.GTR[group] / (1 - p.BIOPSY[group])

        def excess(at: float, rest: Floats = rest, target: float = target) -> float:
            return float(expit(at + rest).mean()) - target

        intercepts.append(solve(excess, -15.0, 15.0))
    return tuple(intercepts)


def resection_logit(displacing: Bools, length: Ints, experience: Ints, period: Ints) -> Floats:
    """Log odds of gross total resection without the group's intercept."""
    found: Floats = (
        p.GTR_GROWTH * displacing
        + p.GTR_PER_SEGMENT * length
        + np.asarray(p.GTR_EXPERIENCE)[experience]
        + p.GTR_PER_PERIOD * period
    )
    return found


@cache
def progression_scale() -> tuple[float, ...]:
    """Cumulative hazard of progression after gross total resection, at each group's horizon.

    Set so that the group as a whole, totally resected or not, has the hazard of `PROGRESSION`.
    """
    found = []
    for (hazard, _, _), gtr in zip(p.PROGRESSION, p.GTR, strict=True):

        def excess(at: float, gtr: float = gtr, survival: float = float(np.exp(-hazard))) -> float:
            ratio = p.PROGRESSION_HR_NOT_TOTAL
            return survival - float(gtr * np.exp(-at) + (1 - gtr) * np.exp(-ratio * at))

        found.append(solve(excess, 0.0, 5.0))
    return tuple(found)


def split_share(share: Floats, of_first: Floats, odds_ratio: float) -> tuple[Floats, Floats]:
    """Shares in two strata with a given odds ratio whose mixture is `share`.

    `of_first` is the weight of the first stratum; the first share has the higher odds if the ratio
    is above 1.

    Examples
    --------
    >>> first, second = split_share(np.array([0.5]), np.array([0.5]), 4.0)
    >>> (first * 0.5 + second * 0.5).round(6), np.exp(logit(first) - logit(second)).round(3)
    (array([0.5]), array([4.]))
    """
    low, high = np.full_like(share, -25.0), np.full_like(share, 25.0)
    for _ in range(60):
        middle = (low + high) / 2
        mixed = of_first * expit(middle + np.log(odds_ratio)) + (1 - of_first) * expit(middle)
        below = mixed < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    second = expit((low + high) / 2)
    return expit(logit(second) + np.log(odds_ratio)), second
