"""Features by group: states of signs and quartiles of measures per histology group, as released.

Belongs here: counting the cases of a cohort, small counts kept back, quartiles of enough cases.
Does not belong here: drawing (`analyses.figures.feature_by_histology`), tests of a difference.
"""

from collections.abc import Sequence

import polars as pl

from analyses.cohort import labels_of_columns
from analyses.disclosure import SMALLEST_SHOWN, Audience, Shown, disclose
from analyses.figures.case_looks import LOOKS
from analyses.figures.feature_by_histology import STATES, Features, MeasureRow, SignRow
from analyses.shown.grouped import histology_group, merge_small, provenance_of

#: Fewest cases of which quartiles are shown (design, dashboard.md section 5).
LEAST_FOR_QUARTILES = {"internal": 20, "open": SMALLEST_SHOWN}
Key = tuple[str, str, str]  # column, group, state
_STATE_OF = {
    "present": "present",
    "absent": "absent",
    "indeterminate": "not_judged",
    "not_assessable": "not_judged",
}


def features_of(
    cases: pl.DataFrame, *, signs: Sequence[str], measures: Sequence[str], audience: Audience
) -> Features:
    """Signs and measures of a cohort by histology group.

    Parameters
    ----------
    cases
        One row per case, as `analyses.cohort.build_cohort` gives them, of one provenance.
    signs, measures
        Columns, in the order of the figure.
    audience
        Whose small counts are kept back.

    Returns
    -------
    Features
        Groups of fewer than 5 cases counted as other type for `internal`; counts of all signs
        released together, quartiles only of enough cases.

    Raises
    ------
    UsageError
        If rows of several provenances are mixed.
    """
    provenance = provenance_of(cases)
    frame = cases.filter(pl.col("consent_scope") == "research_registry").with_columns(
        histology_group()
    )
    frame = frame.with_columns(
        merge_small(frame["group"], audience).alias("group"),
        *(_state(sign, audience).alias(sign) for sign in signs),
    )
    groups = [g for g in LOOKS if g in set(frame["group"])]
    counts = _counts(frame, groups, signs, measures)
    shown = disclose(
        counts,
        sums=_sums(groups, signs, measures),
        audience=audience,
        provenance=provenance,
        keep=[("", group, "") for group in groups],
    )
    labels = labels_of_columns()
    return Features(
        provenance,
        tuple(
            (_title(labels[sign]), tuple(_sign(shown, sign, group) for group in groups))
            for sign in signs
        ),
        tuple(
            (
                _title(labels[name]),
                tuple(
                    _measure(frame, name, g, n=shown[name, g, "given"], audience=audience)
                    for g in groups
                ),
            )
            for name in measures
        ),
        is_merged=audience != "open",
    )


def _state(sign: str, audience: Audience) -> pl.Expr:
    """State of a sign; for small counts what is not known is one state, before any is hidden."""
    rest = "not_said" if audience == "open" else "not_judged"
    state = pl.col(sign).replace_strict(_STATE_OF, default=rest, return_dtype=pl.String)
    return state.fill_null(rest)


def _title(label: str) -> str:
    """A label at the start of a line."""
    return label[:1].upper() + label[1:]


def _sign(shown: dict[Key, Shown], sign: str, group: str) -> SignRow:
    """One group of a sign."""
    n = shown["", group, ""]
    return SignRow(group, n, tuple(shown[sign, group, state] for state in STATES))


def _counts(
    frame: pl.DataFrame, groups: Sequence[str], signs: Sequence[str], measures: Sequence[str]
) -> dict[Key, int]:
    """Cases of each group, in each state of each sign, with a value of each measure or not."""
    counts: dict[Key, int] = {}
    for group in groups:
        of = frame.filter(group=group)
        counts["", group, ""] = of.height
        for sign in signs:
            counts |= {
                (sign, group, state): of.filter(pl.col(sign) == state).height for state in STATES
            }
        for measure in measures:
            given = of[measure].count()
            counts[measure, group, "given"] = given
            counts[measure, group, "not given"] = of.height - given
    return counts


def _sums(
    groups: Sequence[str], signs: Sequence[str], measures: Sequence[str]
) -> list[tuple[Key, list[Key]]]:
    """How the counts add up."""
    parts = [(sign, tuple(STATES)) for sign in signs]
    parts += [(measure, ("given", "not given")) for measure in measures]
    return [
        (("", group, ""), [(column, group, state) for state in states])
        for group in groups
        for column, states in parts
    ]


def _measure(
    frame: pl.DataFrame, measure: str, group: str, *, n: Shown, audience: Audience
) -> MeasureRow:
    """One group of a measure; no quartiles where there are too few values or n is not told."""
    values = frame.filter(group=group)[measure].drop_nulls()
    if not isinstance(n, int) or n < LEAST_FOR_QUARTILES[audience]:
        return MeasureRow(group, n, None)
    low, middle, high = (values.quantile(q, "linear") for q in (0.25, 0.5, 0.75))
    return MeasureRow(group, n, (float(low or 0), float(middle or 0), float(high or 0)))
