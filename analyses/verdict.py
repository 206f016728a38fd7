"""The verdict: what a cohort of this size can bear, decided before any model is fitted.

Belongs here: minimum sample sizes and the three levels with their reasons.
Does not belong here: counting the cohort (`analyses.selection`), models.
Ten events, 40 cases and twice the folds are conventions of this project, not findings.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from scipy.stats import chi2

from analyses.survival.enough import Followed, against_the_horizon, survival_size
from schemas.showing import counted

SHRINKAGE = 0.9
OPTIMISM = 0.05
MARGIN = 0.05
#: Anticipated Cox-Snell R2 as a share of its maximum. Source: Riley RD. BMJ 2020;368:m441 (the
#: fall-back without better knowledge; unconfirmed).
ANTICIPATED_SHARE = 0.15
LEAST_PATIENTS = 40
LEAST_EVENTS = 10
LEAST_EVENTS_PER_PARAMETER = 10


@dataclass(frozen=True)
class SampleSize:
    """Minimum number of patients by criterion: 1 shrinkage, 2 optimism, 3 overall risk."""

    criterion_1: int
    criterion_2: int
    criterion_3: int
    max_r2: float

    @property
    def minimum(self) -> int:
        """The largest of the three."""
        return max(self.criterion_1, self.criterion_2, self.criterion_3)


@dataclass(frozen=True)
class Counts:
    """What the verdict rests on, in patients after exclusions.

    `classes` holds the patients of each class, the event last for two classes; `parameters` are
    the columns of the largest model that vary and differ, before any selection; `is_ordered`: the
    classes are grades in their order; `least_classes`: 3 of an outcome that is not binary;
    `followed`: of a time to an event, whose classes are the patients without and with it.
    """

    classes: tuple[int, ...]
    parameters: int
    outer_folds: int
    is_ordered: bool = False
    least_classes: int = 2
    followed: Followed | None = None

    @property
    def patients(self) -> int:
        """All patients."""
        return sum(self.classes)

    @property
    def events(self) -> int:
        """Patients of the smallest class, the smaller side of the middle grade, with the event."""
        if self.followed is not None:
            return self.classes[-1]
        if len(self.classes) < 2:
            return 0
        return middle_split(self.classes)[1] if self.is_ordered else min(self.classes)

    @property
    def rarest(self) -> int:
        """Patients of the rarest class or grade; 0 where there is but one."""
        if self.followed is not None:  # censored cases need not be in every fold
            return self.classes[-1]
        return min(self.classes) if len(self.classes) > 1 else 0


def middle_split(grades: Sequence[int]) -> tuple[int, int]:
    """Where grades part most evenly: how many lie below, and the patients on the smaller side.

    Examples
    --------
    >>> middle_split((45, 33, 15, 5, 2))
    (1, 45)
    """
    total = sum(grades)
    below = [sum(grades[:place]) for place in range(1, len(grades))]
    smaller = [min(n, total - n) for n in below]
    best = max(range(len(smaller)), key=lambda place: (smaller[place], -place))
    return best + 1, int(smaller[best])


def merge_grades(
    names: Sequence[str], patients: Sequence[int], least: int
) -> list[tuple[int, ...]]:
    """Join each grade of fewer than `least` patients with its neighbour nearer the middle.

    Returns
    -------
    list[tuple[int, ...]]
        Places of the grades that stand together, in order. Three are left at least: fewer would be
        no grades any more.

    Examples
    --------
    >>> merge_grades(("1", "2", "3", "4", "5"), (45, 33, 15, 5, 2), 10)
    [(0,), (1,), (2, 3, 4)]
    """
    groups: list[tuple[int, ...]] = [(place,) for place in range(len(names))]
    while len(groups) > 3:
        sizes = [sum(patients[place] for place in group) for group in groups]
        small = [place for place, size in enumerate(sizes) if size < least]
        if not small:
            break
        place = min(small, key=lambda p: (sizes[p], p))
        split = middle_split(sizes)[0]
        other = place + 1 if place < split - 1 or place == 0 else place - 1
        first, second = sorted((place, other))
        groups[first : second + 1] = [groups[first] + groups[second]]
    return groups


def max_cox_snell_r2(*shares: float) -> float:
    """Largest Cox-Snell R2 that an outcome allows, from the share of each class.

    One number is the share of patients with a binary event.

    Examples
    --------
    >>> round(max_cox_snell_r2(0.174), 4)
    0.6032
    """
    every = (shares[0], 1 - shares[0]) if len(shares) == 1 else shares
    if min(every) <= 0:
        return 0.0
    return 1 - math.exp(2 * sum(share * math.log(share) for share in every))


def anticipated_r2(*shares: float) -> float:
    """Cox-Snell R2 expected of a new model: 0.15 of its maximum, three decimals.

    Examples
    --------
    >>> anticipated_r2(0.65)
    0.109
    """
    return round(ANTICIPATED_SHARE * max_cox_snell_r2(*shares), 3)


def minimum_sample_size(r2: float, parameters: int, prevalence: float) -> SampleSize | None:
    """Patients needed to develop a binary model; None without events, parameters or expected R2.

    Parameters
    ----------
    r2
        Anticipated Cox-Snell R2.
    parameters
        Columns of the largest model.
    prevalence
        Share of patients with the event.

    Notes
    -----
    Source: Riley RD et al. Stat Med 2019;38:1276. doi:10.1002/sim.7992. Normal quantile 1.96, as in
    the reference package.

    Examples
    --------
    >>> minimum_sample_size(0.2, 6, 0.65).minimum
    350
    """
    largest = max_cox_snell_r2(prevalence)
    if parameters < 1 or not 0 < r2 < largest:
        return None
    nagelkerke_shrinkage = r2 / (r2 + OPTIMISM * largest)
    return SampleSize(
        criterion_1=_needed(parameters, r2, SHRINKAGE),
        criterion_2=_needed(parameters, r2, nagelkerke_shrinkage),
        criterion_3=math.ceil((1.96 / MARGIN) ** 2 * prevalence * (1 - prevalence)),
        max_r2=largest,
    )


def minimum_multinomial_size(parameters: int, classes: Sequence[int]) -> SampleSize | None:
    """Patients needed to develop a model of several classes; None where nothing can be expected.

    Parameters
    ----------
    parameters
        Columns of the largest model; each class but one has that many coefficients.
    classes
        Patients of each class, as they are shared out now.

    Notes
    -----
    Criterion 1: the binary one for every pair of classes, divided by the share of the pair, the
    largest of them. Criterion 2: with all (K-1) x parameters coefficients. Criterion 3: every
    class within .05 at 1 - .05/K. Source: Pate A et al. Stat Methods Med Res 2023;32:555.
    doi:10.1177/09622802231151220 (formulas read in published code that follows its worked example).

    Examples
    --------
    >>> minimum_multinomial_size(5, (620, 580, 111)).criterion_1
    924
    """
    n = sum(classes)
    if parameters < 1 or n == 0 or min(classes) < 1:
        return None
    shares = [size / n for size in classes]
    largest = max_cox_snell_r2(*shares)
    r2 = ANTICIPATED_SHARE * largest
    by_pair = []
    for one, other in combinations(shares, 2):
        pair = ANTICIPATED_SHARE * max_cox_snell_r2(other / (one + other))
        by_pair.append(_needed_exactly(parameters, pair, SHRINKAGE) / (one + other))
    k = len(classes)
    quantile = float(chi2.ppf(1 - 0.05 / k, 1))
    return SampleSize(
        criterion_1=math.ceil(max(by_pair)),
        criterion_2=_needed((k - 1) * parameters, r2, r2 / (r2 + OPTIMISM * largest)),
        criterion_3=math.ceil(max(quantile * p * (1 - p) for p in shares) / MARGIN**2),
        max_r2=largest,
    )


def decide(counts: Counts) -> dict[str, Any]:
    """The verdict as it stands in the results: level, reasons with both numbers, sizes.

    Parameters
    ----------
    counts
        Patients of each class, parameters and outer folds.

    Returns
    -------
    dict[str, Any]
        `level` (describe_only, penalised_only, model), `reasons`, `n`, `events`, `parameters`,
        `events_per_parameter`, `minimum_n`, `r2_anticipated`; None where nothing can be computed.

    Examples
    --------
    >>> decide(Counts(classes=(15, 20), parameters=4, outer_folds=5))["reasons"]
    ['35 patients: fewer than 40, the least for any model.']
    >>> decide(Counts(classes=(120, 230), parameters=45, outer_folds=5))["level"]
    'penalised_only'
    """
    r2, size = _size(counts)
    per_parameter = counts.events / counts.parameters if counts.parameters else None
    level, reasons = "describe_only", _reasons_against_any(counts)
    if not reasons:
        level, reasons = _penalised_or_model(counts, size, per_parameter)
    return {
        "level": level,
        "reasons": reasons,
        "n": counts.patients,
        "events": counts.events,
        "parameters": counts.parameters,
        "events_per_parameter": per_parameter,
        "minimum_n": size.minimum if size else None,
        "r2_anticipated": r2 if size else None,
    }


def _reasons_against_any(counts: Counts) -> list[str]:
    """Why no model may be fitted at all; empty if one may."""
    if counts.patients == 0:
        return ["No case could be analysed: every one was left out for a reason that is counted."]
    rarest = 2 * counts.outer_folds
    named = "patients in the smallest class"
    if counts.followed is not None:
        named = "patients with the event"
    elif len(counts.classes) <= 2:
        named = "events in the smaller class"
    elif counts.is_ordered:
        named = "patients on the smaller side of the middle grade"
    in_rarest = f"in the rarest {'grade' if counts.is_ordered else 'class'}"
    if counts.followed is not None:
        in_rarest = "with the event"
    checks = [
        (
            counts.patients < LEAST_PATIENTS,
            f"{counted(counts.patients, 'patient')}: fewer than {LEAST_PATIENTS}, the least for "
            "any model.",
        ),
        (
            counts.events < LEAST_EVENTS,
            f"{counts.events} {named} are below {LEAST_EVENTS}, the least for any model.",
        ),
        (
            counts.rarest < rarest,
            f"{counts.rarest} patients {in_rarest} are below {rarest}, two for each of "
            f"{counts.outer_folds} outer folds.",
        ),
        *against_the_horizon(counts.followed, LEAST_EVENTS),
        (
            len(counts.classes) == 2 < counts.least_classes,
            f"There are 2 {'grades' if counts.is_ordered else 'classes'}, and 3 are the least of "
            "this kind of outcome. Write a plan of the kind binary.",
        ),
        (counts.parameters == 0, "0 predictors vary; at least 1 must."),
    ]
    return [sentence for fails, sentence in checks if fails]


def _size(counts: Counts) -> tuple[float, SampleSize | None]:
    """The R2 to expect, and the minimum sample size for this kind of outcome."""
    n = counts.patients
    if n == 0:
        return 0.0, None
    if len(counts.classes) > 2 and not counts.is_ordered:
        shares = [size / n for size in counts.classes]
        return anticipated_r2(*shares), minimum_multinomial_size(counts.parameters, counts.classes)
    if counts.followed is not None:
        r2, needed = survival_size(
            counts.followed,
            counts.parameters,
            n,
            share=ANTICIPATED_SHARE,
            shrinkage=SHRINKAGE,
            optimism=OPTIMISM,
            margin=MARGIN,
        )
        return r2, None if needed is None else SampleSize(*needed)
    prevalence = (counts.events if counts.is_ordered else counts.classes[-1]) / n
    r2 = anticipated_r2(prevalence)
    return r2, minimum_sample_size(r2, counts.parameters, prevalence)


def _penalised_or_model(
    counts: Counts, size: SampleSize | None, per_parameter: float | None
) -> tuple[str, list[str]]:
    """The level above `describe_only`, with one sentence for each rule."""
    minimum = size.minimum if size else None
    enough = minimum is not None and counts.patients >= minimum
    rich = per_parameter is not None and per_parameter >= LEAST_EVENTS_PER_PARAMETER
    model = f"a model with {counted(counts.parameters, 'parameter')}"
    compared = f"{'at least the' if enough else 'fewer than the'} {minimum} that {model} needs"
    if minimum is None:
        compared = f"how many {model} needs cannot be said (too rare an outcome to expect any R2)"
    named = "events" if len(counts.classes) <= 2 else "patients of the smallest class"
    if counts.is_ordered:
        named = "patients on the smaller side of the middle grade"
    if counts.followed is not None:
        named = "patients with the event"
    reasons = [
        f"{counted(counts.patients, 'patient')}: {compared}.",
        f"{per_parameter:.1f} {named} per parameter: {'at least' if rich else 'fewer than'} "
        f"{LEAST_EVENTS_PER_PARAMETER}.",
    ]
    return ("model" if enough and rich else "penalised_only"), reasons


def _needed(parameters: int, r2: float, shrinkage: float) -> int:
    """Patients for which the expected shrinkage is at least `shrinkage`."""
    return math.ceil(_needed_exactly(parameters, r2, shrinkage))


def _needed_exactly(parameters: int, r2: float, shrinkage: float) -> float:
    """The same before it is rounded up."""
    return parameters / ((shrinkage - 1) * math.log(1 - r2 / shrinkage))
