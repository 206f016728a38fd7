"""Bootstraps: what refits on resamples of patients say of a model, one set of refits for all.

Belongs here: the draws, .632+, Harrell's optimism and when it may be shown, instability, spread of
slopes and penalties.
Does not belong here: the refits (`analyses.resampled`), intervals over fixed predictions
(`analyses.intervals`).
Patients are drawn within their centre, and every step of the pipeline is made anew, tuning too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses import row_scores
from analyses.metrics import SMALLEST_RISK, Floats, Measure, mean_known
from analyses.panel import panel_of, whole
from analyses.resampled import Refit, Resample
from analyses.resampling import Stage, generator
from analyses.survival import measures as timed

#: Groups of cases by predicted risk for which the spread of predictions is kept: no results file
#: holds a row for one case. At least so many cases are in each (conventions).
_GROUPS, _LEAST_IN_GROUP = 10, 10
_LIMITS = (0.025, 0.975)


@dataclass(frozen=True)
class Draws:
    """Resamples of patients; `redrawn`: how often each was drawn again for want of an outcome."""

    resamples: tuple[Resample, ...]
    redrawn: tuple[int, ...]

    def first(self, n: int) -> "Draws":
        """The first resamples."""
        return Draws(self.resamples[:n], self.redrawn[:n])

    @property
    def weights(self) -> Floats:
        """How often each row is in each resample; shape (b, n)."""
        return np.stack([resample.weights for resample in self.resamples])


def draw(
    outcome: Floats,
    groups: NDArray[np.str_],
    centres: NDArray[np.str_] | None,
    *,
    n_draws: int,
    seed: int,
) -> Draws:
    """Draw patients with replacement, as many from each centre as it has.

    Parameters
    ----------
    outcome
        Shape (n,). Class of each row; a resample that lacks one of them is drawn again.
    groups, centres
        Shape (n,). Patient and centre of each row; None: one centre. A patient of two centres
        counts for the one of the first row.
    n_draws, seed
        Number of resamples; seed of the plan.

    Examples
    --------
    >>> who = np.array(["a", "b", "c", "d"])
    >>> found = draw(np.array([0.0, 1, 0, 1]), who, None, n_draws=5, seed=1)
    >>> bool((found.weights.sum(axis=1) == 4).all())
    True
    """
    _, first, place = np.unique(groups, return_index=True, return_inverse=True)
    at = (
        np.zeros(len(first), int)
        if centres is None
        else np.unique(centres, return_inverse=True)[1][first]
    )
    classes = np.unique(outcome)
    resamples, redrawn = [], []
    for number in range(n_draws):
        rng = generator(seed, Stage.BOOTSTRAPS, number, 0)
        again = -1
        while True:
            again += 1
            counts = np.zeros(len(first))
            for centre in range(at.max() + 1):
                here = np.flatnonzero(at == centre)
                counts[here] = rng.multinomial(len(here), np.full(len(here), 1 / len(here)))
            weights = counts[place]
            if len(np.unique(outcome[weights > 0])) == len(classes):
                break
        redrawn.append(again)
        resamples.append(Resample(weights, (Stage.BOOTSTRAPS, number, 1)))
    return Draws(tuple(resamples), tuple(redrawn))


def corrected_632plus(
    apparent: float, out_of_bag: float, no_information: float
) -> dict[str, float]:
    """The .632+ estimate from the apparent one, the one on rows not drawn, and that of chance.

    Returns
    -------
    dict[str, float]
        `estimate`, `out_of_bag` (no further than chance), `no_information`, `overfitting` (R, 0 to
        1) and `weight` of the out-of-bag value.

    Notes
    -----
    Source: Efron B, Tibshirani R. J Am Stat Assoc 1997;92:548. doi:10.1080/01621459.1997.10474007

    Examples
    --------
    >>> round(corrected_632plus(0.9, 0.7, 0.5)["estimate"], 4)
    0.7451
    """
    towards = min if apparent < no_information else max
    out_of_bag = towards(out_of_bag, no_information)
    gap = no_information - apparent
    overfitting = float(np.clip((out_of_bag - apparent) / gap, 0, 1)) if gap else 0.0
    weight = 0.632 / (1 - 0.368 * overfitting)
    return {
        "estimate": (1 - weight) * apparent + weight * out_of_bag,
        "out_of_bag": out_of_bag,
        "no_information": no_information,
        "overfitting": overfitting,
        "weight": weight,
    }


def bootstrap_632plus(
    outcome: Floats,
    risk: Floats,
    refits: Floats,
    weights: Floats,
    *,
    n_classes: int = 2,
    is_ordered: bool = False,
    horizons: tuple[float, ...] = (),
) -> dict[str, dict[str, float] | None]:
    """The .632+ estimates of AUC and losses.

    Parameters
    ----------
    outcome
        Shape (n,).
    risk
        Shape (n,) or (n, K). Risks of the model made from all rows.
    refits
        Shape (b, n) or (b, n, K). Risks of the model made from each resample.
    weights
        Shape (b, n). How often each row was drawn.
    n_classes, is_ordered, horizons
        Number of classes, whether they are grades, horizons of a time to an event.

    Returns
    -------
    dict[str, dict[str, float] or None]
        Measure to the parts of `corrected_632plus`; None where a measure has no value. AUC: mean
        over resamples. Losses: each row averaged over the resamples that lack it.
    """
    panel, n = panel_of(n_classes, is_ordered=is_ordered, horizons=horizons), len(outcome)
    ones = np.ones((1, n))
    left = weights == 0
    outside = [
        panel.auc(outcome[rows], refit[rows], np.ones((1, int(rows.sum()))), whole(int(rows.sum())))
        for refit, rows in zip(refits, left, strict=True)
        if rows.any()
    ]
    apparent = float(panel.auc(outcome, risk, ones, whole(n))[0])
    out_of_bag = float(mean_known(outside)[0]) if outside else np.nan
    known = np.isfinite([apparent, out_of_bag]).all()
    area = corrected_632plus(apparent, out_of_bag, 0.5) if known else None
    found = {panel.concordance: area}
    for measure in panel.losses():
        if horizons:
            parts = timed.brier_parts(outcome, risk, refits, left, at=horizons[0])
            found[measure.name] = None if parts is None else corrected_632plus(*parts)
        else:
            found[measure.name] = _loss_632plus(measure, outcome, risk, refits, left)
    return found


def _loss_632plus(
    measure: Measure, outcome: Floats, risk: Floats, refits: Floats, left: NDArray[np.bool_]
) -> dict[str, float] | None:
    """The same for a loss; chance pairs every outcome with every prediction."""
    times, n = left.sum(axis=0), len(outcome)
    if not times.any():
        return None
    ones = np.ones((1, n))
    losses = np.where(left, _row_losses(measure.name, outcome, refits), 0.0).sum(axis=0)
    outside = float((losses[times > 0] / times[times > 0]).mean())
    chance = sum(
        float((outcome == k).mean()) * float(measure.many(np.full(n, k), risk, ones)[0])
        for k in np.unique(outcome)
    )
    return corrected_632plus(float(measure.many(outcome, risk, ones)[0]), outside, chance)


def _row_losses(name: str, outcome: Floats, risk: Floats) -> Floats:
    """Loss of every row under every refit; shape (b, n)."""
    if risk.ndim == 2:
        given = np.where(outcome > 0, risk, 1 - risk)
        distance = (risk - outcome) ** 2
    else:
        happened = outcome.astype(int)[:, None] == np.arange(risk.shape[2])
        if name == "rps":
            reached = outcome[:, None] <= np.arange(risk.shape[2] - 1)
            scores: Floats = ((np.cumsum(risk, axis=2)[..., :-1] - reached) ** 2).mean(axis=2)
            return scores
        given = (risk * happened).sum(axis=2)
        distance = ((risk - happened) ** 2).sum(axis=2)
    if name == "rps":
        reached = risk.cumsum(axis=2)[:, :, :-1] - happened.cumsum(axis=1)[:, :-1]
        ranked: Floats = (reached**2).sum(axis=2) / (risk.shape[2] - 1)
        return ranked
    found: Floats = distance if name == "brier" else -np.log(np.clip(given, SMALLEST_RISK, 1.0))
    return found


def optimism_corrected(
    outcome: Floats, risk: Floats, refits: Floats, weights: Floats
) -> dict[str, dict[str, float]]:
    """Harrell's correction: apparent minus the mean of (on the resample - on the original rows).

    Parameters
    ----------
    outcome, risk, refits, weights
        As in `bootstrap_632plus`, of two classes.

    Returns
    -------
    dict[str, dict[str, float]]
        Measure to `estimate` and `optimism`; a measure without a value in every resample is left
        out.

    Notes
    -----
    Source: Harrell FE et al. Stat Med 1996;15:361.
    doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4
    """
    ones = np.ones_like(weights)
    found = {}
    for name, rows in row_scores.ROWS.items():
        difference = rows(outcome, refits, weights) - rows(outcome, refits, ones)
        apparent = float(rows(outcome, risk[None, :], ones[:1])[0])
        if np.isfinite(difference).all() and np.isfinite(apparent):
            optimism = float(difference.mean())
            found[name] = {"estimate": apparent - optimism, "optimism": optimism}
    return found


def instability(
    outcome: Floats | None, risk: Floats, refits: Floats, *, thresholds: Sequence[float]
) -> dict[str, Any]:
    """How much the prediction for the same case changes from resample to resample.

    Parameters
    ----------
    outcome, risk, refits
        As in `bootstrap_632plus`; None: not known of every case, which leaves the slope out.
    thresholds
        Risks above which one would act; used with two classes.

    Returns
    -------
    dict[str, Any]
        `mape`: mean absolute difference from the model of all rows; `groups`: cases by predicted
        risk, with the means of their 2.5 and 97.5 % quantiles; `calibration_slope` of the refits on
        all rows; `classification`: share of cases and refits on the other side of each threshold;
        `class_changes`: share for which another class is the likeliest.

    Notes
    -----
    Source: Riley RD, Collins GS. Biom J 2023;65:2200302. doi:10.1002/bimj.202200302
    """
    found: dict[str, Any] = {
        "mape": float(np.abs(refits - risk).mean()),
        "groups": [],
        "calibration_slope": None,
        "classification": [],
        "class_changes": None,
    }
    if risk.ndim == 2:
        changed = refits.argmax(axis=2) != risk.argmax(axis=1)
        return found | {"class_changes": float(changed.mean())}
    low, high = case_intervals(refits).T
    n_groups = max(1, min(_GROUPS, len(risk) // _LEAST_IN_GROUP))
    found["groups"] = [
        {
            "mean_risk": float(risk[rows].mean()),
            "low": float(low[rows].mean()),
            "high": float(high[rows].mean()),
            "n": len(rows),
        }
        for rows in np.array_split(np.argsort(risk, kind="stable"), n_groups)
    ]
    if outcome is not None:
        slopes = row_scores.calibration_slope_rows(outcome, refits, np.ones_like(refits))
        found["calibration_slope"] = spread_of(slopes[np.isfinite(slopes)])
    found["classification"] = [
        {"threshold": t, "changed": float(((refits >= t) != (risk >= t)).mean())}
        for t in thresholds
    ]
    return found


def case_intervals(refits: Floats) -> Floats:
    """The 2.5 and 97.5 % quantile (type 7) of each case's predictions; shape (n, 2)."""
    found: Floats = np.quantile(refits, _LIMITS, axis=0).T
    return found


def spread_of(values: Floats) -> dict[str, float] | None:
    """Median and the 2.5 and 97.5 % quantiles; None without values.

    Examples
    --------
    >>> spread_of(np.arange(41.0))
    {'median': 20.0, 'low': 1.0, 'high': 39.0}
    """
    if len(values) == 0:
        return None
    low, middle, high = np.quantile(values, (_LIMITS[0], 0.5, _LIMITS[1]))
    return {"median": float(middle), "low": float(low), "high": float(high)}


def slope_spread(term: str, place: int, estimate: float, refits: Sequence[Refit]) -> dict[str, Any]:
    """How one slope fares in the refits; `place` is its class, 0 for two classes.

    Returns
    -------
    dict[str, Any]
        `interval`: 2.5 and 97.5 % quantile; `selected`: share of refits with a slope other than 0;
        `same_sign`: share with the sign that it has in the model of all rows. A term that a refit
        does not have counts as 0.
    """
    values = np.array([r.slopes[term][place] if term in r.slopes else 0.0 for r in refits])
    return {
        "interval": [float(limit) for limit in np.quantile(values, _LIMITS)],
        "selected": float((values != 0).mean()),
        "same_sign": float((np.sign(values) == np.sign(estimate)).mean()),
    }


def penalty_quantiles(refits: Sequence[Refit]) -> dict[str, float] | None:
    """Quantiles of the C that the refits chose, each a C that was chosen; None without tuning."""
    chosen = [refit.choice.c for refit in refits if refit.choice is not None]
    if not chosen:
        return None
    named = {"q025": 0.025, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q975": 0.975}
    found = np.quantile(chosen, list(named.values()), method="inverted_cdf")
    return dict(zip(named, map(float, found), strict=True))
