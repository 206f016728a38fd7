"""Estimates of the ledger: rows of a statistic in, estimate with interval and p out, site by site.

Belongs here: odds ratios (V1), shares and leads (V2), differences of medians (V3).
Does not belong here: pooling (`analyses.ledger.pooled`), tests (`analyses.ledger.no_effect`),
verdicts (`analyses.ledger.verdicts`).
A stratum is a site, within a definition where the question has them: tables of different sites or
definitions are never added up. The interval says how large an effect is at an average site; p asks
whether it is absent from all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats
from scipy.special import logit

from analyses.describe import wilson_interval
from analyses.firth import Firth, fit_firth, independent_columns, profile_interval
from analyses.intervals import Interval, Z
from analyses.ledger.medians import mid_median, unit_variance
from analyses.ledger.no_effect import against_bound, mantel, of_two_counts, van_elteren
from analyses.ledger.pooled import Stratum, Together, together
from analyses.ledger.rows import Rows
from analyses.metrics import Floats
from analyses.pooling import LEAST_CENTRES

#: Added to the cases with and without an event, so that a site where all or none have it counts.
_ADDED = 0.5


@dataclass(frozen=True)
class Estimates:
    """Strata that say something, and all together; values on the scale that they are pooled on."""

    strata: tuple[Stratum, ...]
    whole: Together | None = None
    p: float | None = None
    method: str = ""


def odds(rows: Rows) -> Estimates:
    """Log odds ratio, first group over second or per step of the groups.

    Notes
    -----
    A stratum's estimate is Firth's: 0.5 in each cell of its table, so that an empty cell needs no
    stratum to be left out. With adjusting columns one Firth regression has an intercept and a slope
    for each stratum, and one coefficient of each adjusting column for all. A stratum where all are
    in one group, or all or none have the event, says nothing of an odds ratio. Fewer than three
    strata: one slope, with limits of the profile of the penalised likelihood.
    """
    parts = [part for part in _parts(rows.frame) if _is_telling(part)]
    if not parts:
        return Estimates(())
    strata = _adjusted_slopes(parts, rows) if rows.adjusted else _slopes(parts, rows)
    if len(strata) < len(parts):
        return Estimates(strata)
    whole = together(strata) if len(parts) >= LEAST_CENTRES else _common_slope(parts, rows)
    if rows.adjusted:
        return Estimates(
            strata, whole, _adjusted_p(parts, rows), "test of the penalised likelihood"
        )
    p = mantel([(_exposure(part, rows), part["y"].to_numpy()) for part in parts])
    return Estimates(strata, whole, p, "Mantel-Haenszel test")


def share(rows: Rows, *, bound: float) -> Estimates:
    """Logit of a share, and the test against a bound.

    Notes
    -----
    Three sites or more: logits with 0.5 added to both counts, pooled; the share of an average
    site. Fewer: the cases of both together, with Wilson's limits.
    """
    strata = []
    for part in _parts(rows.frame):
        has, lacks = float(part["y"].sum()) + _ADDED, float((1 - part["y"]).sum()) + _ADDED
        se = float(np.sqrt(1 / has + 1 / lacks))
        strata.append(Stratum(*_name(part), float(np.log(has / lacks)), se))
    if not strata:
        return Estimates(())
    whole, events, n = together(strata), int(rows.frame["y"].sum()), rows.n
    if len(strata) < LEAST_CENTRES:
        with np.errstate(divide="ignore"):  # the logit of 0 and 1 is infinite, and comes back
            value, low, high = logit(np.array([events / n, *wilson_interval(events, n)]))
        se = float((1 / (events + _ADDED) + 1 / (n - events + _ADDED)) ** 0.5)
        limits = (float(low), float(high))
        whole = Together(float(value), se, limits, "Wilson's limits, sites taken together")
    return Estimates(tuple(strata), whole, against_bound(rows.frame["y"], bound), "score test")


def lead(rows: Rows) -> Estimates:
    """Share of the first value less that of the second, among all cases.

    Notes
    -----
    Variance with 1 added to both counts and 2 to the cases: a site where all are of one kind does
    not get a variance of 0. Fewer than three sites: the cases together, limits by the same rule.
    Source: Bonett DG, Price RM. J Educ Behav Stat 2012;37:479. doi:10.3102/1076998611411915
    """
    strata = tuple(Stratum(*_name(part), *_lead_of(part["y"])) for part in _parts(rows.frame))
    if not strata:
        return Estimates(())
    whole, y = together(strata), rows.frame["y"]
    if len(strata) < LEAST_CENTRES:
        value, se = _lead_of(y)
        middle = value * len(y) / (len(y) + 2)
        limits = (max(-1.0, middle - Z * se), min(1.0, middle + Z * se))
        whole = Together(value, se, limits, "limits of Bonett and Price, sites taken together")
    return Estimates(strata, whole, of_two_counts(y), "exact test of the two counts (McNemar)")


def medians(rows: Rows) -> Estimates:
    """Median of the first group less that of the second, by the mid-distribution function.

    Notes
    -----
    The variance of a group's median comes from all its values, divided by its number at the site:
    two cases at a site cannot tell how much they vary.
    """
    unit = [unit_variance(values) if len(values) else 0.0 for values in by_group(rows.frame)]
    parts, strata = [], []
    for part in _parts(rows.frame):
        own = by_group(part)
        if not all(len(values) for values in own) or not sum(unit):
            continue
        se = float(np.sqrt(sum(v / len(values) for v, values in zip(unit, own, strict=True))))
        strata.append(Stratum(*_name(part), mid_median(own[0]) - mid_median(own[1]), se))
        parts.append((_exposure(part, rows), part["y"].to_numpy()))
    p = van_elteren(parts)
    return Estimates(tuple(strata), together(strata), p, "van Elteren's test")


def by_group(frame: pl.DataFrame) -> tuple[Floats, Floats]:
    """The values of the first and of the second group."""
    first, second = (frame.filter(pl.col("group") == k)["y"].to_numpy() for k in (0, 1))
    return first, second


def _slopes(parts: Sequence[pl.DataFrame], rows: Rows) -> tuple[Stratum, ...]:
    """The slope of each stratum by itself; of a table in closed form."""
    found = []
    for part in parts:
        exposure, outcome = _exposure(part, rows), part["y"].to_numpy()
        if not rows.per_step:
            found.append(Stratum(*_name(part), *_of_table(exposure, outcome)))
            continue
        fitted = fit_firth(np.column_stack([np.ones(part.height), exposure]), outcome)
        if fitted is not None:
            slope, error = fitted.coefficients[1], fitted.errors[1]
            found.append(Stratum(*_name(part), float(slope), float(error)))
    return tuple(found)


def _of_table(exposure: Floats, outcome: Floats) -> tuple[float, float]:
    """Firth's log odds ratio of a two-by-two table, and its error.

    Notes
    -----
    0.5 in each cell; the error is that of a table of this size at these risks.
    """
    value, variance = 0.0, 0.0
    for side in (1, 0):
        events, n = float(outcome[exposure == side].sum()), int((exposure == side).sum())
        risk = (events + _ADDED) / (n + 2 * _ADDED)
        value += (1 if side else -1) * float(logit(risk))
        variance += 1 / (n * risk * (1 - risk))
    return value, float(np.sqrt(variance))


def _adjusted_slopes(parts: Sequence[pl.DataFrame], rows: Rows) -> tuple[Stratum, ...]:
    """The slopes of all strata from one regression with the adjusting columns."""
    own, exposure, more, outcome = _columns(parts, rows)
    fitted = fit_firth(_independent(own, own * exposure[:, None], more), outcome)
    if fitted is None:
        return ()
    k = len(parts)
    return tuple(
        Stratum(*_name(part), float(fitted.coefficients[k + j]), float(fitted.errors[k + j]))
        for j, part in enumerate(parts)
    )


def _common_slope(parts: Sequence[pl.DataFrame], rows: Rows) -> Together | None:
    """One slope of one or two strata, by the penalised profile likelihood."""
    own, exposure, more, outcome = _columns(parts, rows)
    design, place = _independent(own, exposure[:, None], more), own.shape[1]
    fitted = fit_firth(design, outcome)
    limits = None if fitted is None else profile_interval(design, outcome, fitted, place)
    if fitted is None or limits is None:
        return None
    value, error = fitted.coefficients[place], fitted.errors[place]
    strata = "one site" if place == 1 else "an intercept for each of two strata of site"
    return Together(
        float(value), float(error), limits, f"Firth's regression, {strata}, profile limits"
    )


def _adjusted_p(parts: Sequence[pl.DataFrame], rows: Rows) -> float | None:
    """The penalised likelihood with one slope for all strata against that with none."""
    own, exposure, more, outcome = _columns(parts, rows)
    design = _independent(own, exposure[:, None], more)
    free = fit_firth(design, outcome)
    held = fit_firth(design, outcome, fixed=(own.shape[1], 0.0))
    return None if free is None or held is None else _ratio_test(free, held)


def _ratio_test(free: Firth, held: Firth) -> float:
    """The p-value of twice the difference of two penalised log-likelihoods."""
    return float(stats.chi2.sf(max(0.0, 2 * (free.loglik - held.loglik)), 1))


def _columns(parts: Sequence[pl.DataFrame], rows: Rows) -> tuple[Floats, Floats, Floats, Floats]:
    """Indicators of the strata, exposure, adjusting columns, outcome."""
    frame = pl.concat(parts)
    place = np.repeat(np.arange(len(parts)), [part.height for part in parts])
    own = (place[:, None] == np.arange(len(parts))).astype(np.float64)
    more = _dummies(frame, rows.adjusted)
    return own, _exposure(frame, rows), more, frame["y"].to_numpy()


def _parts(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """The cases of each stratum, in the order of site and definition."""
    return frame.partition_by("site", "definition", maintain_order=True)


def _name(part: pl.DataFrame) -> tuple[str, str | None]:
    """Site and definition of a stratum."""
    return part["site"][0], part["definition"][0]


def _is_telling(part: pl.DataFrame) -> bool:
    """Whether groups and events of a stratum differ."""
    return part["group"].n_unique() > 1 and part["y"].n_unique() > 1


def _exposure(frame: pl.DataFrame, rows: Rows) -> Floats:
    """1 in the first group and 0 in the second, or the number of the step."""
    group = frame["group"].to_numpy().astype(np.float64)
    return group if rows.per_step else 1 - group


def _dummies(frame: pl.DataFrame, columns: Sequence[str]) -> Floats:
    """A column for each value but the first of every adjusting column."""
    found = [
        (frame[name] == value).to_numpy().astype(np.float64)
        for name in columns
        for value in sorted(frame[name].unique().to_list())[1:]
    ]
    return np.column_stack(found) if found else np.empty((frame.height, 0))


def _independent(own: Floats, slopes: Floats, more: Floats) -> Floats:
    """The design without adjusting columns that follow from others; the slopes are always kept."""
    design = np.column_stack([own, slopes, more])
    return design[:, independent_columns(design)]


def _lead_of(y: pl.Series) -> Interval:
    """Difference of two shares and its adjusted standard error."""
    first, second, n = int((y == 1).sum()), int((y == -1).sum()), len(y)
    a, b = (first + 1) / (n + 2), (second + 1) / (n + 2)
    return (first - second) / n, float(np.sqrt((a + b - (a - b) ** 2) / (n + 2)))
