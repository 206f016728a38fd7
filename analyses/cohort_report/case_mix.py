"""Case mix: recruitment by site and period, and Table 1 by site and by histology group.

Belongs here: the levels by which cases are counted, medians of columns, for whom a cohort speaks.
Does not belong here: which counts are shown (`analyses.cohort_report.tally`), the page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from analyses.cohort_report.inputs import Inputs
from analyses.cohort_report.tally import CASES, Count, Key, Leaf, Tally
from analyses.disclosure import Audience
from analyses.figures.case_looks import LOOKS
from analyses.shown.features_by_group import LEAST_FOR_QUARTILES
from schemas.vocabularies import CORD_REGION, EXTENT_OF_RESECTION, INDEX_PERIOD, SEX, WHO_GRADE
from schemas.vocabulary import Vocabulary

NOT_RECORDED = "not recorded"
OTHERS = "others or not recorded, each fewer than 20"
NO_SURGERY = "no surgery recorded"
#: From so many cases on a cohort is taken to speak for a kind of patient.
ENOUGH = 20
AGES = ("under 18", "18 to 64", "65 and over")
_GRADES = {"1": "grade 1", "2": "grade 2", "3": "grade 3", "4": "grade 4"}
#: Name of a variable -> its levels in order; those that no case has are left out of tables.
LEVELS: dict[str, tuple[str, ...]] = {
    "Period of the index event": tuple(
        value.definition or value.label for value in INDEX_PERIOD.values[:-1]
    ),
    "Age in years": AGES,
    "Sex": tuple(value.label for value in SEX.values),
    "Region of the cord": tuple(value.label for value in CORD_REGION.values),
    "Histology group": tuple(look.label for look in LOOKS.values()),
    "WHO grade": tuple(_GRADES.get(v.code, v.label) for v in WHO_GRADE.values),
    "Extent of resection": (
        *(value.label for value in EXTENT_OF_RESECTION.values),
        NO_SURGERY,
    ),
}
TIME = "Period of the index event"
VARIABLES = tuple(name for name in LEVELS if name != TIME)


def with_levels(frame: pl.DataFrame, audience: Audience) -> pl.DataFrame:
    """One text column per variable of `LEVELS`; rare levels together where small counts hide.

    Merging comes before hiding: a rare level would take a frequent one with it.
    """
    names = {code: look.label for code, look in LOOKS.items()}
    age = pl.col("age_years")
    made = frame.with_columns(
        _said("index_period", INDEX_PERIOD, {v.code: v.definition for v in INDEX_PERIOD.values})
        .alias(TIME),
        pl.when(age < 18).then(pl.lit(AGES[0])).when(age < 65).then(pl.lit(AGES[1]))
        .when(age >= 65).then(pl.lit(AGES[2])).otherwise(pl.lit(NOT_RECORDED))
        .alias("Age in years"),
        _said("sex", SEX).alias("Sex"),
        _said("cord_region", CORD_REGION).alias("Region of the cord"),
        pl.col("group").replace_strict(names, return_dtype=pl.String).alias("Histology group"),
        _said("who_grade", WHO_GRADE, _GRADES).alias("WHO grade"),
        pl.when(pl.col("surgery_day").is_null()).then(pl.lit(NO_SURGERY))
        .otherwise(_said("extent_of_resection", EXTENT_OF_RESECTION))
        .alias("Extent of resection"),
    )  # fmt: skip
    return made if audience == "open" else made.with_columns(_rare(made, name) for name in LEVELS)


def _said(column: str, vocabulary: Vocabulary, words: Mapping[str, str] | None = None) -> pl.Expr:
    """A code in words; not recorded where it says nothing."""
    known = set(vocabulary.coded)
    said = {
        v.code: ((words or {}).get(v.code) or v.label) if v.code in known else NOT_RECORDED
        for v in vocabulary.values
    }
    return (
        pl.col(column)
        .replace_strict(said, default=NOT_RECORDED, return_dtype=pl.String)
        .fill_null(NOT_RECORDED)
    )


def _rare(frame: pl.DataFrame, name: str) -> pl.Series:
    """A variable with its rare levels as one: split by site they would hide the frequent ones."""
    sizes = dict(frame[name].value_counts().iter_rows())
    rare = [level for level, n in sizes.items() if n < ENOUGH]
    return frame[name].replace(rare, [OTHERS] * len(rare)) if len(rare) > 1 else frame[name]


def levels_of(frame: pl.DataFrame, name: str) -> list[str]:
    """The levels of a variable that some case has, in order."""
    seen = set(frame[name])
    return [level for level in (*LEVELS[name], OTHERS, NOT_RECORDED) if level in seen]


def crossed(
    tally: Tally,
    frame: pl.DataFrame,
    *,
    dimension: str,
    columns: Mapping[str, str],
    variables: Sequence[str],
) -> dict[str, Any]:
    """Counts of cases by the levels of variables, for each column and all together.

    Parameters
    ----------
    tally
        Takes the counts.
    frame
        As of `with_levels`.
    dimension
        Column of the frame that says to which column of the table a case belongs.
    columns
        Values of the dimension, and what each is called.
    variables
        Names of `LEVELS`.

    Returns
    -------
    dict
        `columns`, `totals` and `parts`: one per variable, with its levels.
    """
    levels = {name: levels_of(frame, name) for name in variables}
    found: dict[str, dict[Leaf, int]] = {}
    for column in columns:
        of = frame.filter(pl.col(dimension) == column)
        sizes = {name: dict(of[name].value_counts().iter_rows()) for name in variables}
        found[column] = {CASES: of.height} | {
            (name, level): sizes[name].get(level, 0) for name in variables for level in levels[name]
        }
    within = [(CASES, [(name, level) for level in levels[name]]) for name in variables]
    row = tally.spread(dimension, found, within)
    return {
        "columns": list(columns.values()),
        "totals": row(CASES) if columns else [],
        "parts": [_part(name, levels[name], row) for name in variables],
    }


def _part(name: str, levels: Sequence[str], row: Callable[[Leaf], list[Count]]) -> dict[str, Any]:
    """The levels of one variable."""
    return {
        "label": name,
        "levels": [{"label": level, "counts": row((name, level))} for level in levels],
    }


def medians(
    frame: pl.DataFrame,
    value: str,
    *,
    dimension: str,
    columns: Sequence[str],
    audience: Audience,
    per: float = 1.0,
) -> list[list[float] | None]:
    """Median and quartiles of a measure, of all and of each column; None where too few have it.

    Parameters
    ----------
    frame
        One row per case.
    value
        The measure.
    dimension, columns
        As for `crossed`.
    audience
        Decides how many values are enough.
    per
        What one unit shown is.

    Returns
    -------
    list
        Median, lower and upper quartile, or None.
    """
    parts = [frame, *(frame.filter(pl.col(dimension) == column) for column in columns)]
    made: list[list[float] | None] = []
    for part in parts:
        values = part[value].drop_nulls() / per
        quartiles = [values.quantile(q, "linear") for q in (0.5, 0.25, 0.75)]
        is_enough = values.len() >= LEAST_FOR_QUARTILES[audience]
        made.append([float(q or 0) for q in quartiles] if is_enough else None)
    return made


def recruitment(tally: Tally, frame: pl.DataFrame, inputs: Inputs) -> dict[str, Any]:
    """Cases by site and period, and by the delivery that first brought them."""
    sites = {site: site for site in sorted(set(frame["column"]))}
    brought = frame.select("case_id", "column").join(inputs.first, on="case_id", how="left")
    for site in sites:
        sizes = brought.filter(pl.col("column") == site).group_by("sequence").len().sort("sequence")
        new: dict[Key, int] = {("new", n or 0, site): count for n, count in sizes.iter_rows()}
        tally.split(("column", site, "cases"), new)
    return crossed(tally, frame, dimension="column", columns=sites, variables=(TIME,))


def speaks(frame: pl.DataFrame, tally: Tally) -> list[dict[str, Any]]:
    """For whom a cohort speaks: kinds of patients with enough cases, and those with too few.

    Parameters
    ----------
    frame
        As of `with_levels`.
    tally
        Holds the counts already.

    Returns
    -------
    list of dict
        One per variable: `enough` and `few`, each with label and count.
    """
    made = []
    for name in ("Age in years", "Region of the cord", "Histology group"):
        sizes = dict(frame[name].value_counts().iter_rows())
        row: dict[str, Any] = {"label": name, "enough": [], "few": []}
        for level in LEVELS[name]:
            if level in (NOT_RECORDED, "unknown", LOOKS["not_known"].label):
                continue
            n = sizes.get(level, 0)
            # a rare level that was merged has no count of its own: 0 to 19
            none = 0 if OTHERS not in sizes else None
            count = Count(("all", name, level)) if ("all", name, level) in tally.counts else none
            row["enough" if n >= ENOUGH else "few"].append({"label": level, "n": count})
        made.append(row)
    return made
