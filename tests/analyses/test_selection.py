"""Selection: what is refused, who is excluded and how that is counted."""

import re

import polars as pl
import pytest

from analyses.plan import Plan, parse_plan
from analyses.selection import select
from schemas.errors import UsageError


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            "residual_volume_mm3",
            "eor.yaml, predictors[2]: 'residual_volume_mm3' becomes known postoperatively; a model "
            "may use only what was known at its prediction time. Remove it; 'imsct dictionary' "
            "lists the availability time of every column.",
        ),
        ("growth_type", "eor.yaml, predictors[2]: 'growth_type' becomes known intraoperatively;"),
        ("histology", "eor.yaml, predictors[2]: 'histology' becomes known with the pathology;"),
        ("vital_status", "eor.yaml, predictors[2]: 'vital_status' becomes known during follow-up;"),
        ("site_id", "eor.yaml, predictors[2]: 'site_id' is a key or an administrative column;"),
        ("provenance", "eor.yaml, predictors[2]: 'provenance' is a key or an administrative"),
        ("gross_total_resection", "'gross_total_resection' is the outcome itself;"),
        ("novel", "eor.yaml, predictors[2]: 'novel' has no availability time;"),
        (
            "margins",
            "eor.yaml, predictors[2]: 'margins' is not a column of the table; nearest is 'margin'. "
            "Correct the name; 'imsct dictionary' lists every column.",
        ),
    ],
)
def test_column_that_may_not_be_used(
    plan_text: str, frame: pl.DataFrame, availability: dict[str, str], column: str, message: str
) -> None:
    plan = parse_plan(plan_text.replace("margin,", f"{column},", 1), name="eor.yaml")
    later = ("residual_volume_mm3", "growth_type", "histology", "vital_status", "novel")
    wide = frame.with_columns(pl.lit(1.0).alias(name) for name in later)
    with pytest.raises(UsageError, match=re.escape(message)):
        select(plan, wide, availability)


def test_baseline_is_checked_too(
    plan_text: str, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    plan = parse_plan(
        plan_text.replace("baseline: [age_years]", "baseline: [age_years, histology]"), name="eor"
    )
    wide = frame.with_columns(histology=pl.lit("x"))
    with pytest.raises(UsageError, match=re.escape("eor.yaml, baseline[1]: 'histology' becomes")):
        select(plan, wide, availability)


def test_a_column_chosen_by_exclusion_is_refused_not_dropped(
    plan_text: str, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    text = re.sub(r"predictors: \[.*\]", "predictors: {all_except: [margin]}", plan_text)
    wide = frame.with_columns(histology=pl.lit("x"))
    with pytest.raises(UsageError, match=r"predictors\.all_except: 'histology' becomes known"):
        select(parse_plan(text, name="eor.yaml"), wide, availability)
    chosen = select(parse_plan(text, name="eor.yaml"), frame, availability).predictors
    assert chosen == ("age_years", "n_segments", "cap_sign", "enhancement_pattern")


def test_exclusions_are_counted_by_size_and_chain(
    plan: Plan, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    reasons = ["rare"] * 2 + ["b often"] * 5 + ["a often"] * 5 + [None] * (frame.height - 12)
    outcome = frame["gross_total_resection"].to_list()
    outcome[20:24] = [None, "", "unknown", "not_reported"]
    changed = frame.with_columns(
        pl.Series("gross_total_resection_exclusion", reasons),
        pl.Series("gross_total_resection", outcome),
    )
    selected = select(plan, changed, availability)
    steps = [(s["step"], s["n_before"], s["n_out"], s["n_after"]) for s in selected.attrition]
    assert steps == [
        ("a often", 120, 5, 115),
        ("b often", 115, 5, 110),
        ("rare", 110, 2, 108),
        ("outcome not recorded", 108, 4, 104),
    ]
    assert selected.frame.height == len(selected.outcome) == 104


def test_other_provenance_is_left_out_uncounted(
    plan: Plan, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    other = frame.with_columns(
        provenance=pl.lit("published"), case_id=pl.col("case_id") + "x", patient_id=pl.lit("Q")
    )
    both = pl.concat([frame, other])
    assert select(plan, both, availability).cohort.height == frame.height


def test_simulated_and_other_rows_are_never_mixed(plan_text: str, frame: pl.DataFrame) -> None:
    free = parse_plan(
        plan_text.replace("population: {provenance: simulated}\n", ""), name="eor.yaml"
    )
    mixed = frame.with_columns(
        provenance=pl.when(pl.col("site_id") == "A")
        .then(pl.lit("registry"))
        .otherwise(pl.lit("simulated"))
    )
    with pytest.raises(UsageError, match="never analysed together"):
        select(free, mixed, None)
    each = parse_plan(plan_text.replace("simulated", "each"), name="eor.yaml")
    with pytest.raises(UsageError, match="choose one of them before"):
        select(each, frame, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"case_id": pl.lit("C1")}, "data.id: 'case_id' repeats in 119 rows"),
        ({"patient_id": pl.lit(None, dtype=pl.String)}, "'patient_id' is empty in 120 rows"),
        ({"age_years": pl.lit(float("inf"))}, "column 'age_years' holds an infinite value"),
        ({"patient_id": pl.lit("")}, "'patient_id' is empty in 120 rows"),
        ({"age_years": pl.lit(1e150)}, "column 'age_years' holds a value beyond 1e100"),
        (
            {
                "age_years": pl.when(pl.int_range(pl.len()) % 4 == 0)
                .then(pl.lit("inf"))
                .otherwise((pl.int_range(pl.len()) % 40).cast(pl.String))
            },
            "column 'age_years' holds numbers in 90 rows and something else in 30",
        ),
        (
            {
                "age_years": pl.when(pl.int_range(pl.len()) % 4 > 0)
                .then(pl.lit("NaN"))
                .otherwise(pl.int_range(pl.len()).cast(pl.String))
            },
            "column 'age_years' holds numbers in 30 rows and something else in 90",
        ),
        ({"age_years": pl.date(2020, 1, 1)}, "column 'age_years' holds values of type Date"),
        (
            {"gross_total_resection": pl.col("margin")},
            "column 'gross_total_resection' has 2 values and 'yes' is not among them",
        ),
    ],
)
def test_table_that_cannot_be_analysed(
    plan: Plan, frame: pl.DataFrame, change: dict[str, pl.Expr], message: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        select(plan, frame.with_columns(**change), None)


@pytest.mark.parametrize("kind", ["integer", "float", "boolean"])
def test_outcome_of_another_type(plan_text: str, frame: pl.DataFrame, kind: str) -> None:
    event = pl.col("gross_total_resection") == "yes"
    dtype = {"integer": pl.Int64, "float": pl.Float64, "boolean": pl.Boolean}[kind]
    positive = '"yes"' if kind == "boolean" else "1"
    plan = parse_plan(plan_text.replace('"yes"', positive), name="eor.yaml")
    selected = select(plan, frame.with_columns(gross_total_resection=event.cast(dtype)), None)
    assert selected.outcome.sum() == (frame["gross_total_resection"] == "yes").sum()


def _classes_plan(plan_text: str, outcome: str) -> Plan:
    text = re.sub(r"outcome: .*", f"outcome: {outcome}", plan_text)
    return parse_plan(text, name="histology.yaml")


def _with_classes(frame: pl.DataFrame, *, rare: int) -> pl.DataFrame:
    names = ["ependymoma"] * 60 + ["astrocytic"] * 40 + ["other"] * (20 - rare) + ["rare"] * rare
    return frame.with_columns(histology_group=pl.Series(names))


@pytest.mark.parametrize(("rare", "joins"), [(8, True), (12, False)])
def test_a_class_of_fewer_than_ten_patients_joins_the_rest(
    plan_text: str, frame: pl.DataFrame, availability: dict[str, str], rare: int, joins: bool
) -> None:
    plan = _classes_plan(plan_text, "{kind: multiclass, column: histology_group, rest: other}")
    # every patient one case, so that cases and patients are the same number
    cases = _with_classes(frame, rare=rare).with_columns(patient_id=pl.col("case_id"))
    selected = select(plan, cases, availability)
    expected = ("astrocytic", "ependymoma", *(() if joins else ("rare",)), "other")
    assert selected.classes == expected  # in order of name, the rest last
    assert selected.merged == ((("rare", rare),) if joins else ())
    sizes = [int((selected.outcome == k).sum()) for k in range(len(expected))]
    assert sum(sizes) == cases.height
    assert sizes[-1] == (20 if joins else 20 - rare)


def test_ten_rows_of_few_patients_are_few(
    plan_text: str, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    plan = _classes_plan(plan_text, "{kind: multiclass, column: histology_group, rest: other}")
    cases = _with_classes(frame, rare=12).with_columns(
        patient_id=pl.when(pl.col("case_id") >= "C0108")
        .then(pl.lit("P-same"))
        .otherwise(pl.col("case_id"))
    )
    assert select(plan, cases, availability).merged == (("rare", 12),)


def test_without_a_rest_every_class_stays(
    plan_text: str, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    plan = _classes_plan(plan_text, "{kind: multiclass, column: histology_group}")
    selected = select(plan, _with_classes(frame, rare=3), availability)
    assert selected.classes == ("astrocytic", "ependymoma", "other", "rare")


def test_nobody_eligible_is_an_answer(
    plan: Plan, frame: pl.DataFrame, availability: dict[str, str]
) -> None:
    none = frame.with_columns(
        gross_total_resection=pl.lit(None, dtype=pl.String),
        gross_total_resection_exclusion=pl.lit("not operated"),
    )
    selected = select(plan, none, availability)
    assert selected.frame.height == 0
    assert selected.excluded == [{"reason": "not operated", "n": frame.height}]
