"""The log partial likelihood of a Cox model, its slope and its curvature.

Belongs here: what every fit of a Cox model steps along.
Does not belong here: risk sets (`analyses.survival.cox_sets`), the fits.
No loop over risk sets: sums over them are running sums, and what a row adds to the curvature is its
hazard times the baseline hazard it lived through.
"""

from dataclasses import dataclass

import numpy as np

from analyses.survival.cox_sets import CoxSets, Floats

#: A predictor further out than this is drawn in; only steps that go too far come there.
FAR = 200.0


@dataclass(frozen=True)
class State:
    """Where a fit stands: predictor, weighted relative hazard, sums of the terms, likelihood."""

    linear: Floats
    hazard: Floats
    sums: Floats
    loglik: float


def log_likelihood(sets: CoxSets, linear: Floats) -> State:
    """Likelihood of a linear predictor of the rows of the risk sets."""
    hazard = sets.weights * np.exp(np.clip(linear, -FAR, FAR))
    sums = sets.of_terms(hazard)
    if sums.min(initial=np.inf) <= 0:  # only a step that went too far takes all hazard away
        return State(linear, hazard, sums, -np.inf)
    own = float(sets.weights[sets.events] @ linear[sets.events])
    return State(linear, hazard, sums, own - float(sets.term_count @ np.log(sums)))


def derivatives(sets: CoxSets, matrix: Floats, state: State) -> tuple[Floats, Floats]:
    """Score (k,) and information (k, k) of the likelihood, without a penalty."""
    # the baseline hazard that each row lived through; under Efron's ties an event through less
    expected = state.hazard * sets.back_to_rows(sets.term_count / state.sums)
    score: Floats = matrix.T @ (sets.weights * sets.is_event - expected)
    means = risk_set_means(sets, matrix, state) * np.sqrt(sets.term_count)[:, None]
    information: Floats = (matrix * expected[:, None]).T @ matrix - means.T @ means
    return score, information


def risk_set_means(sets: CoxSets, matrix: Floats, state: State) -> Floats:
    """Mean of the columns over the risk set of each term, by hazard; shape (l, k)."""
    found: Floats = sets.of_terms(matrix * state.hazard[:, None]) / state.sums[:, None]
    return found
