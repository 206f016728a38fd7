"""Fine and Gray's regression: what moves the risk of one event where another may come first.

Belongs here: the weighted partial likelihood, its maximum, the robust covariance.
Does not belong here: cause-specific regression (`analyses.survival.cox`), risks of single cases.
Coefficients belong to the hazard of the subdistribution: who had a competing event stays at risk,
with the weight of still being followed. They say in which direction the risk moves, not what causes
it.
"""

from dataclasses import dataclass

import numpy as np

from analyses.metrics import Floats
from analyses.survival.kaplan_meier import kaplan_meier
from analyses.survival.steps import Codes, StepFunction, risk_sets, share

_MAX_STEPS = 50
_MAX_HALVINGS = 30
_TOLERANCE = 1e-10
#: Where the predictor scatters more than this (standard deviation), there is no finite maximum.
_WIDEST = 10.0
_FARTHEST = 500.0


@dataclass(frozen=True)
class FineGrayFit:
    """Coefficients and their robust covariance; nan, with the reason, where there are none.

    `hazard` is the cumulative hazard of the subdistribution of a row whose columns are `centre`.
    """

    coef: Floats
    covariance: Floats
    hazard: StepFunction
    centre: Floats
    reason: str | None = None

    @property
    def errors(self) -> Floats:
        """Standard errors."""
        found: Floats = np.sqrt(np.diag(self.covariance))
        return found

    def risk(self, X: Floats, at: float) -> Floats:
        """Risk of the event by a time, of rows with these columns."""
        relative = np.exp(np.clip((X - self.centre) @ self.coef, -_FARTHEST, _FARTHEST))
        risk: Floats = -np.expm1(-self.hazard.at(at) * relative)
        return risk


def fit_fine_gray(
    X: Floats, time: Floats, event: Codes, *, cause: int = 1, weights: Floats | None = None
) -> FineGrayFit:
    """Maximise the partial likelihood of the subdistribution, Breslow's rule for ties.

    Parameters
    ----------
    X
        Shape (n, p).
    time, event
        Shape (n,). Times and codes: 0 censored, `cause` the event, any other one competes.
    cause
        The event whose risk is wanted.
    weights
        Shape (n,). 1 by default; 2 is the same as the row twice.

    Notes
    -----
    Without competing events this is Cox regression with Breslow's rule. The covariance holds the
    error of the estimated censoring. Source: Fine JP, Gray RJ. J Am Stat Assoc 1999;94:496.
    doi:10.1080/01621459.1999.10474144

    Examples
    --------
    >>> x, t = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([4.0, 1.0, 2.0, 3.0])
    >>> fit_fine_gray(x, t, np.array([0, 1, 1, 2])).coef.round(4)
    array([0.3466])
    """
    p = X.shape[1]
    w = np.ones(len(time)) if weights is None else np.asarray(weights, dtype=np.float64)
    drawn = w > 0
    sums = _Sums(X[drawn], time[drawn], np.asarray(event)[drawn], w[drawn], cause)
    if not sums.events.sum():
        return _none(p, "no event")
    beta = np.zeros(p)
    for _ in range(_MAX_STEPS):
        gradient, information = sums.slope(beta)
        if np.linalg.matrix_rank(information, hermitian=True) < p:
            return _none(p, "a column does not vary, or follows from the others")
        step = np.linalg.solve(information, gradient)
        reached = sums.log_likelihood(beta)
        for _ in range(_MAX_HALVINGS):
            if sums.log_likelihood(beta + step) >= reached - _TOLERANCE * abs(reached):
                break
            step = step / 2
        beta = beta + step
        if (sums.X @ beta).std() > _WIDEST:
            return _none(p, "a column separates those with the event from all others")
        if np.abs(step * sums.scale).max() < _TOLERANCE:
            break
    else:
        return _none(p, "no finite maximum was reached")
    inverse = np.linalg.inv(sums.slope(beta)[1])
    influence = sums.influence(beta) @ inverse
    covariance = (influence * sums.weights[:, None]).T @ influence
    return FineGrayFit(beta, covariance, sums.hazard(beta), sums.centre)


class _Sums:
    """Sums over the enlarged risk sets at each distinct time of an event of the cause."""

    def __init__(self, X: Floats, time: Floats, event: Codes, weights: Floats, cause: int) -> None:
        self.centre = X.mean(axis=0) if len(X) else np.zeros(X.shape[1])
        self.X, self.time, self.weights = X - self.centre, time, weights
        self.scale = X.std(axis=0) if len(X) else self.centre
        self.competes = (event > 0) & (event != cause)
        self.happened = event == cause
        self.is_censored = event == 0
        # the plain curve: who has an event when others are lost was still followed
        curve = kaplan_meier(time, self.is_censored, weights=weights)
        followed = StepFunction(curve.times, curve.survival, 1.0)
        self.own = followed.before(time)
        self.times = np.unique(time[self.happened])
        self.followed = followed.before(self.times)
        self.events = np.bincount(
            np.searchsorted(self.times, time[self.happened]),
            weights[self.happened],
            minlength=len(self.times),
        )
        self.order = np.argsort(time, kind="stable")
        self.passed = np.searchsorted(time[self.order], self.times, "left")

    def enlarged(self, values: Floats) -> Floats:
        """Sum over who is at risk at each event: until their time, and after a competing event."""
        values = values * self.weights[:, None]
        ordered = values[self.order]
        still = _from_the_end(ordered)[self.passed]
        gone = np.where(self.competes[:, None], values / self.own[:, None], 0.0)[self.order]
        before = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(gone, axis=0)])
        enlarged: Floats = still + self.followed[:, None] * before[self.passed]
        return enlarged

    def log_likelihood(self, beta: Floats) -> float:
        """The log partial likelihood; -inf where a hazard is too large for a number."""
        linear = self.X @ beta
        if linear.max() > _FARTHEST:
            return -np.inf
        total = self.enlarged(np.exp(linear)[:, None])[:, 0]
        mine = self.weights[self.happened] @ linear[self.happened]
        return float(mine - self.events @ np.log(total))

    def means(self, beta: Floats) -> tuple[Floats, Floats]:
        """Sum of hazards, and the hazard-weighted mean of the columns, at each event."""
        hazard = np.exp(self.X @ beta)[:, None]
        total = self.enlarged(hazard)
        return total[:, 0], self.enlarged(hazard * self.X) / total

    def hazard(self, beta: Floats) -> StepFunction:
        """Cumulative hazard of a row whose columns are the centre."""
        steps = self.events / self.means(beta)[0]
        return StepFunction(self.times, np.cumsum(steps), 0.0)

    def slope(self, beta: Floats) -> tuple[Floats, Floats]:
        """First derivative of the log partial likelihood, and the information."""
        total, mean = self.means(beta)
        hazard = np.exp(self.X @ beta)
        n, p = self.X.shape
        squares: Floats = (self.X[:, :, None] * self.X[:, None, :]).reshape(n, p * p)
        second = self.enlarged(hazard[:, None] * squares).reshape(-1, p, p) / total[:, None, None]
        gradient = self.weights[self.happened] @ self.X[self.happened] - self.events @ mean
        spread = second - mean[:, :, None] * mean[:, None, :]
        return gradient, np.asarray(np.einsum("k,kij->ij", self.events, spread))

    def influence(self, beta: Floats) -> Floats:
        """What each row adds to the score, the estimate of the censoring included; shape (n, p)."""
        total, mean = self.means(beta)
        pace = (self.events / total)[:, None]
        hazard = np.exp(self.X @ beta)[:, None]
        until = np.searchsorted(self.times, self.time, "right")
        spent = _until(np.hstack([pace, pace * mean]))[until]
        own = self.X * spent[:, :1] - spent[:, 1:]
        lasting = pace * self.followed[:, None]
        later = _from_the_end(np.hstack([lasting, lasting * mean]))
        to_come = later[until]
        gone = np.where(self.competes[:, None], 1 / self.own[:, None], 0.0)
        own = own + gone * (self.X * to_come[:, :1] - to_come[:, 1:])
        score = -hazard * own
        which = np.minimum(np.searchsorted(self.times, self.time, "left"), len(self.times) - 1)
        score += np.where(self.happened[:, None], self.X - mean[which], 0.0)
        result: Floats = score + self._of_the_censoring(hazard * gone, later)
        return result

    def _of_the_censoring(self, gone: Floats, later: Floats) -> Floats:
        """What each row adds through the estimated curve of the censoring."""
        sets = risk_sets(self.time, self.weights)
        lost = sets.count(self.is_censored)
        # as the paper: an event at u still feels who is lost at u, a competing one must lie before
        reached = np.searchsorted(self.time[self.order], sets.times, "left")
        gone = gone * self.weights[:, None]
        both = _until(np.hstack([gone, gone * self.X])[self.order])[reached]
        after = later[np.searchsorted(self.times, sets.times, "left")]
        moved = both[:, 1:] * after[:, :1] - both[:, :1] * after[:, 1:]
        rate = moved / sets.at_risk[:, None]
        spent = np.cumsum(rate * share(lost, sets.at_risk)[:, None], axis=0)
        ended = np.where(self.is_censored[:, None], rate[sets.place], 0.0)
        result: Floats = ended - spent[sets.place]
        return result


def _until(values: Floats) -> Floats:
    """Running sums over the rows, beginning with 0."""
    return np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])


def _from_the_end(values: Floats) -> Floats:
    """Sums of each row and those after it, ending with 0."""
    return np.concatenate([np.cumsum(values[::-1], axis=0)[::-1], np.zeros((1, values.shape[1]))])


def _none(p: int, reason: str) -> FineGrayFit:
    """No fit."""
    nothing = StepFunction(np.zeros(0), np.zeros(0), np.nan)
    return FineGrayFit(np.full(p, np.nan), np.full((p, p), np.nan), nothing, np.zeros(p), reason)
