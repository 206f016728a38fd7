"""Chained equations: missing values filled column by column, each from the others, round by round.

Belongs here: one chain over a matrix with gaps, with draws (for multiple imputation) or without,
and the same chain on rows that it has not seen.
Does not belong here: which columns a case becomes (`analyses.preprocessing`), the step of the
Pipeline (`analyses.chained_step`), pooling (`analyses.rubin`).
The outcome is a column only where the caller gives it as one: for inference, never for prediction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotrs, dtrtrs
from scipy.special import expit

Floats = NDArray[np.float64]

#: Rounds of a chain, and donors of a drawn number: the defaults of R's mice (White IR et al. Stat
#: Med 2011;30:377; Morris TP et al. BMC Med Res Methodol 2014;14:75).
ROUNDS, DONORS = 5, 5
#: A column is told from at most one other for so many rows in which it is known (a convention).
_ROWS_PER_INPUT = 10
#: Variance of the prior of a slope on standardised columns: of a number, that of one more case; of
#: a sign 2.5 squared, so that a separating column has a finite slope (Gelman A et al. Ann Appl Stat
#: 2008;2:1360, there in Cauchy's form).
_NUMBER_PENALTY, _SIGN_PENALTY = 1.0, 1 / 2.5**2
#: Without draws a number stays within so many standard deviations of its mean; smallest and largest
#: value would be those of a person, in a model file.
_WITHIN = 3.0
_NEWTON_STEPS, _ARRIVED = 25, 1e-6
#: Before a draw: the error is then the square of this step, far below what the draw adds.
_NEAR_ENOUGH = 0.05


@dataclass(frozen=True)
class Block:
    """Columns that are missing together: one number, or the columns of a text's levels.

    A level has 1 in its column, the reference level 0 in all of them.
    """

    columns: tuple[int, ...]
    is_number: bool = True


@dataclass
class Equation:
    """How one block follows from others in one round; the intercept is the first coefficient.

    `beta` has a row for each column of the block. `donors`: predictions of the training rows, in
    order, and their values; None without draws. `at`: which share of the way through its donors, or
    of its probability, a row that was not in the training rows takes. `mode`: the coefficients
    before the draw, from which the next round starts.
    """

    beta: Floats
    donors: tuple[Floats, Floats] | None = field(default=None, repr=False)  # values of persons
    at: Floats = field(default_factory=lambda: np.zeros(0))
    mode: Floats | None = None


@dataclass
class Chain:
    """A fitted chain: standardising, first values, inputs of each block, equations of each round.

    An equation is None where the block is left at its first values.
    """

    blocks: list[Block]
    shift: Floats
    scale: Floats
    start: Floats
    inputs: list[NDArray[np.int64]]
    rounds: list[list[Equation | None]]

    def complete(self, matrix: Floats) -> Floats:
        """Rows filled in by the chain as it is; a row does not depend on the others given."""
        gaps = np.isnan(matrix)
        filled = np.where(gaps, self.start, matrix)
        standard = self.standardised(filled)
        for equations in self.rounds:
            for place, equation in enumerate(equations):
                block = self.blocks[place]
                rows = gaps[:, block.columns[0]]
                if equation is None or not rows.any():
                    continue
                at = np.broadcast_to(equation.at, (int(rows.sum()), len(equation.at)))
                _fill(self, place, (filled, standard), rows, equation, at)
        return filled

    def standardised(self, filled: Floats) -> Floats:
        """A row of ones, then a row for each standardised column: rows of cases are cut faster."""
        return np.vstack([np.ones(len(filled)), ((filled - self.shift) / self.scale).T])

    def design(self, standard: Floats, place: int, rows: NDArray[np.bool_]) -> Floats:
        """Intercept and standardised inputs of one block, of some of the cases."""
        wanted = np.concatenate([[0], self.inputs[place] + 1])
        found: Floats = np.compress(rows, standard[wanted], axis=1).T
        return found


def chain(
    matrix: Floats,
    blocks: Sequence[Block],
    *,
    rng: np.random.Generator | None = None,
    complete: Sequence[int] = (),
    rounds: int = ROUNDS,
    is_kept: bool = True,
) -> tuple[Floats, Chain]:
    """Fill the gaps of a matrix, and learn how to fill those of other rows.

    Parameters
    ----------
    matrix
        Shape (n, p). nan where a value is missing; all columns of a block are missing together.
    blocks
        What may be missing, and tells of the others.
    rng
        Draws: coefficients from their posterior, numbers from the values of near cases (predictive
        mean matching), signs from their probability. None: expected values, nothing is drawn.
    complete
        Columns without gaps that always tell of the others (the outcome, for inference).
    rounds
        Rounds of the chain.
    is_kept
        Whether the chain will be used on other rows: blocks without a gap here may have one there.

    Returns
    -------
    tuple[Floats, Chain]
        The filled matrix, the same whatever the order of the rows (rows alike in everything may
        exchange their draws), and the chain.

    Notes
    -----
    A text of several levels is filled by one logistic regression after the other, each among the
    cases that the levels before did not take. Source: van Buuren S, Groothuis-Oudshoorn K. J Stat
    Softw 2011;45:3. doi:10.18637/jss.v045.i03

    Examples
    --------
    >>> x = np.arange(12.0)
    >>> matrix = np.column_stack([x, np.where(x == 4, np.nan, 2 * x)])
    >>> filled, _ = chain(matrix, [Block((0,)), Block((1,))])
    >>> bool(abs(filled[4, 1] - 8) < 0.5)
    True
    """
    order = np.lexsort(matrix.T)
    values = matrix[order]
    gaps = np.isnan(values)
    found = _begun(values, gaps, blocks, complete)
    filled = np.where(gaps, found.start, values)
    standard = found.standardised(filled)
    n_missing = [int(gaps[:, block.columns[0]].sum()) for block in found.blocks]
    turn = sorted(range(len(blocks)), key=lambda place: (n_missing[place], place))
    last: list[Equation | None] = [None] * len(blocks)
    for number in range(rounds):
        equations: list[Equation | None] = [None] * len(blocks)
        for place in turn:
            is_wanted = n_missing[place] > 0 or (is_kept and number == rounds - 1)
            rows = gaps[:, found.blocks[place].columns[0]]
            if not is_wanted or rows.all():
                continue
            equation = _learned(found, place, (filled, standard), rows, last[place], rng)
            equations[place] = last[place] = equation
            if rows.any():
                shape = (int(rows.sum()), len(found.blocks[place].columns))
                at = np.zeros(shape) if rng is None else rng.random(shape)
                _fill(found, place, (filled, standard), rows, equation, at)
        found.rounds.append(equations)
    _in_turn(found, turn)
    back = np.empty_like(filled)
    back[order] = filled
    return back, found


def _in_turn(found: Chain, turn: Sequence[int]) -> None:
    """Put blocks and equations into the order in which they were filled."""
    found.blocks = [found.blocks[place] for place in turn]
    found.inputs = [found.inputs[place] for place in turn]
    found.rounds = [[equations[place] for place in turn] for equations in found.rounds]


def _begun(
    values: Floats, gaps: NDArray[np.bool_], blocks: Sequence[Block], complete: Sequence[int]
) -> Chain:
    """First values, standardising and inputs, from the rows in which each column is known."""
    known = (~gaps).sum(axis=0)
    total = np.where(gaps, 0.0, values).sum(axis=0)
    start = total / np.maximum(known, 1)
    spread = np.where(gaps, 0.0, values - start)
    scale = np.sqrt((spread**2).sum(axis=0) / np.maximum(known, 1))
    scale = np.where(scale > 1e-12 * (1 + np.abs(start)), scale, 1.0)
    candidates = sorted({c for block in blocks for c in block.columns} - set(complete))
    standard = np.where(gaps, 0.0, values - start) / scale
    inputs = []
    for block in blocks:
        rows = ~gaps[:, block.columns[0]]
        others = np.array([c for c in candidates if c not in block.columns], dtype=np.int64)
        most = max(1, int(rows.sum()) // _ROWS_PER_INPUT - len(complete))
        if len(others) > most:
            of_block = standard[rows][:, list(block.columns)]
            strength = np.abs(standard[rows][:, others].T @ of_block).max(axis=1)
            others = np.sort(others[np.argsort(-strength, kind="stable")[:most]])
        inputs.append(np.concatenate([np.array(complete, dtype=np.int64), others]))
    return Chain(list(blocks), start.copy(), scale, start, inputs, [])


def _learned(
    found: Chain,
    place: int,
    now: tuple[Floats, Floats],
    rows: NDArray[np.bool_],
    before: Equation | None,
    rng: np.random.Generator | None,
) -> Equation:
    """The equation of one block in one round, from the rows in which it is known."""
    block, known = found.blocks[place], ~rows
    filled, standard = now
    design = found.design(standard, place, known)
    target = np.column_stack([filled[known, column] for column in block.columns])
    at = np.zeros(len(block.columns)) if rng is None else rng.random(len(block.columns))
    if block.is_number:
        beta, drawn = _linear(design, target[:, 0], rng)
        if rng is None:
            return Equation(beta[None], at=at)
        near = design @ beta
        sequence = np.argsort(near, kind="stable")
        return Equation(drawn[None], (near[sequence], target[sequence, 0]), at)
    fits, left = [], np.ones(len(target), dtype=bool)
    for k in range(len(block.columns)):
        known_mode = None if before is None else before.mode
        start = np.zeros(design.shape[1]) if known_mode is None else known_mode[k]
        fits.append(_logistic(design[left], target[left, k], start, rng))
        left &= target[:, k] == 0
    mode, beta = (np.array(each) for each in zip(*fits, strict=True))
    return Equation(beta, at=at, mode=mode)


def _linear(
    design: Floats, target: Floats, rng: np.random.Generator | None
) -> tuple[Floats, Floats]:
    """Least squares under a weak prior, and a draw from its posterior (the same without draws)."""
    curvature = design.T @ design
    np.einsum("ii->i", curvature)[1:] += _NUMBER_PENALTY
    root = dpotrf(curvature, lower=1)[0]
    beta: Floats = dpotrs(root, design.T @ target, lower=1)[0]
    if rng is None:
        return beta, beta
    residual = target - design @ beta
    freedom = max(1, len(target) - design.shape[1])
    sigma = np.sqrt(residual @ residual / rng.chisquare(freedom))
    return beta, beta + sigma * _noise(root, rng)


def _logistic(
    design: Floats, target: Floats, start: Floats, rng: np.random.Generator | None
) -> tuple[Floats, Floats]:
    """Logistic regression under a weak prior, and a draw from its normal approximation."""
    penalty = np.full(design.shape[1], _SIGN_PENALTY)
    penalty[0] = 1e-2  # finite with one value only
    beta, root = start, np.eye(len(start))
    for _ in range(_NEWTON_STEPS):
        risk = expit(design @ beta)
        weight = risk * (1 - risk)
        curvature = design.T @ (design * weight[:, None])
        np.einsum("ii->i", curvature)[:] += penalty
        root = dpotrf(curvature, lower=1)[0]
        step = dpotrs(root, design.T @ (target - risk) - penalty * beta, lower=1)[0]
        # a longer step than this leaves the region where the quadratic holds
        beta = beta + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() <= (_ARRIVED if rng is None else _NEAR_ENOUGH):
            break
    return beta, beta if rng is None else beta + _noise(root, rng)


def _noise(root: Floats, rng: np.random.Generator) -> Floats:
    """A normal draw whose covariance is the inverse of the matrix with this Cholesky root."""
    found: Floats = dtrtrs(root, rng.standard_normal(len(root)), lower=1, trans=1)[0]
    return found


def _fill(
    found: Chain,
    place: int,
    now: tuple[Floats, Floats],
    rows: NDArray[np.bool_],
    equation: Equation,
    at: Floats,
) -> None:
    """Write one block into the rows that lack it, and its standardised values; `at` in [0, 1)."""
    block = found.blocks[place]
    filled, standard = now
    told = found.design(standard, place, rows) @ equation.beta.T
    column = block.columns[0]
    if block.is_number and equation.donors is not None:
        filled[rows, column] = _from_donors(told[:, 0], at[:, 0], *equation.donors)
    elif block.is_number:
        middle, reach = found.shift[column], _WITHIN * found.scale[column]
        filled[rows, column] = np.clip(told[:, 0], middle - reach, middle + reach)
    else:
        is_drawn = equation.at.size > 0 and bool(equation.at.any())
        left = np.ones(len(told))
        for k, column in enumerate(block.columns):
            share = expit(told[:, k])
            taken = left * (at[:, k] < share) if is_drawn else left * share
            filled[rows, column] = taken
            left = left - taken
    for column in block.columns:
        standard[1 + column, rows] = (filled[rows, column] - found.shift[column]) / found.scale[
            column
        ]


def _from_donors(told: Floats, at: Floats, near: Floats, values: Floats) -> Floats:
    """The value of one of the nearest cases; all that are as near as the last of them take part."""
    n = min(DONORS, len(near))
    window = np.searchsorted(near, told)[:, None] + np.arange(-n, n)
    inside = (window >= 0) & (window < len(near))
    distance = np.where(
        inside, np.abs(near[np.clip(window, 0, len(near) - 1)] - told[:, None]), np.inf
    )
    reach = np.partition(distance, n - 1, axis=1)[:, n - 1]
    reach = reach + 1e-9 * (1 + np.abs(told))  # rounding must not part what is equally near
    low = np.searchsorted(near, told - reach, side="left")
    high = np.searchsorted(near, told + reach, side="right")
    chosen = low + np.floor(at * (high - low)).astype(np.int64)
    found: Floats = values[np.minimum(chosen, len(near) - 1)]
    return found


def blocks_of(codes: Sequence[Any]) -> list[Block]:
    """The blocks of an encoded frame, from the codes of its columns; indicators are none.

    Parameters
    ----------
    codes
        `codes_` of an encoder of `analyses.preprocessing`.
    """
    found, place = [], 0
    for code in codes:
        is_number = code["kind"] == "number"
        n = 1 if is_number or (code["kind"] == "sign" and code["fill"]) else len(code["levels"])
        if code["kind"] == "sign" and not code["fill"]:
            n = 0
        if n:
            found.append(Block(tuple(range(place, place + n)), is_number))
        place += n + len(code["own"]) + bool(code["joint"])
    return found
