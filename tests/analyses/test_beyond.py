"""Beyond the primary estimate: permutation, prediction sets, subgroups, other cases."""

import itertools
import json
import math
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from analyses.applying import score
from analyses.before_surgery import as_seen_before_surgery
from analyses.frozen import describe_model
from analyses.model_files import save
from analyses.models import Training
from analyses.permuted import permute_outcomes
from analyses.plan import Plan, parse_plan
from analyses.prediction_sets import members, thresholds_of
from analyses.protocol import AnalysisRun
from analyses.resampling import generator
from analyses.results import to_json
from analyses.selection import select
from analyses.subgroups import group_values, grouped
from schemas.errors import UsageError
from tests.analyses.test_endpoints import COLUMNS, TYPES

Run = Callable[..., AnalysisRun]
ASKED = """
permutation: 9
conformal: 0.9
subgroups: [age_years, cap_sign]
sensitivity: [before_surgery]
"""


@pytest.fixture
def asked(plan_text: str) -> Plan:
    return parse_plan(plan_text.replace("bootstraps: 11", "bootstraps: 0") + ASKED, name="eor.yaml")


@pytest.fixture
def asked_run(asked: Plan, make_frame: Callable[..., pl.DataFrame], run: Run) -> AnalysisRun:
    """One run for all tests: nothing in them changes it."""
    if not _KEPT:
        _KEPT.append(run(make_frame(strength=2.0), plan=asked))
    return _KEPT[0]


_KEPT: list[AnalysisRun] = []


def test_outcomes_change_hands_within_a_centre_and_patients_stay_whole() -> None:
    outcome = np.arange(12.0)
    who = np.array(["a", "b", "c", "d", "e", "e", "f", "f", "g", "g", "h", "i"])
    centre = np.array(["A"] * 8 + ["B"] * 4)
    seen = set()
    for number in range(400):
        found = permute_outcomes(outcome, who, centre, rng=generator(1, 7, number))
        seen.add(tuple(found[:4].tolist()))
        assert sorted(found[:4]) == [0, 1, 2, 3]  # patients of A with one row
        assert found[4:8].tolist() in ([4, 5, 6, 7], [6, 7, 4, 5])  # of A with two
        assert found[8:10].tolist() == [8, 9]  # the only one of B with two
    assert seen == set(itertools.permutations([0.0, 1.0, 2.0, 3.0]))
    shuffled = np.random.default_rng(2).permutation(12)
    again = permute_outcomes(outcome[shuffled], who[shuffled], centre[shuffled], rng=generator(1))
    one_row = np.isin(who[shuffled], ["a", "b", "c", "d"])
    assert sorted(again[one_row]) == [0, 1, 2, 3]


def test_permutation_finds_what_is_there_and_nothing_where_nothing_is(
    asked_run: AnalysisRun, asked: Plan, frame: pl.DataFrame, run: Run
) -> None:
    found = asked_run.results["permutation"]
    assert (found["as_good"], found["p"]) == (0, 0.1)
    assert found["log_loss"] < found["permuted"]["low"]
    noise = frame.with_columns(pl.col("gross_total_resection").shuffle(seed=2))
    lean = parse_plan(_lean(asked), name="eor.yaml")
    nothing = run(noise, plan=lean).results["permutation"]
    assert nothing["p"] == (1 + nothing["as_good"]) / 10 > 0.1


def _lean(plan: Plan) -> str:
    """The plan with the permutation alone."""
    asked = plan.effective()
    kept = {key: asked[key] for key in ("title", "data", "population", "predictors", "baseline")}
    kept["data"].pop("missing")
    kept["outcome"] = {k: v for k, v in asked["outcome"].items() if v}
    kept["predictors"] = asked["predictors"]["names"]
    kept["resampling"] = {k: v for k, v in asked["resampling"].items() if v is not None}
    return json.dumps(kept | {"permutation": 9})


@pytest.mark.parametrize(("n", "level"), [(19, 0.9), (20, 0.9), (40, 0.8), (9, 0.95)])
def test_threshold_is_the_order_statistic(n: int, level: float) -> None:
    rng = np.random.default_rng(n)
    risk = rng.random(n)
    cases = Training(pl.DataFrame({"x": risk}), np.ones(n), np.arange(n).astype(str))
    found = thresholds_of(cases, risk, level, [False, True])[1]
    assert found is not None
    # the highest threshold that leaves at least ceil(level (n + 1)) patients in, by trying them all
    wanted = math.ceil(level * (n + 1) - 1e-9)
    kept = [t for t in (0.0, *risk) if (risk >= t).sum() >= wanted]
    assert found == (max(kept) if wanted <= n else 0.0)


def test_sets_cover_new_cases_at_their_level() -> None:
    rng, covered, tested = np.random.default_rng(5), 0, 0
    for _ in range(300):
        risk, new = rng.beta(3, 2, (2, 30))
        cases = Training(pl.DataFrame({"x": risk}), np.ones(30), np.arange(30).astype(str))
        at = thresholds_of(cases, risk, 0.9, [False, True])
        covered += int(members(new, at)[:1, 1].sum())  # one new case each: independent
        tested += 1
    # 28 of 31 ranks are inside
    low, high = binom.ppf([0.005, 0.995], tested, 28 / 31)
    assert low <= covered <= high


def test_several_rows_of_a_patient_count_once_and_by_the_lowest() -> None:
    risk = np.repeat(np.linspace(0.1, 0.9, 25), 2) + np.tile([0.0, 0.05], 25)
    who = np.repeat(np.arange(25), 2).astype(str)
    twice = Training(pl.DataFrame({"x": risk}), np.ones(50), who)
    once = Training(pl.DataFrame({"x": risk[::2]}), np.ones(25), who[::2])
    assert thresholds_of(twice, risk, 0.9, [False, True]) == thresholds_of(
        once, risk[::2], 0.9, [False, True]
    )


def test_sets_are_in_the_results_and_in_the_frozen_model(
    asked_run: AnalysisRun, make_frame: Callable[..., pl.DataFrame]
) -> None:
    found = asked_run.results["prediction_sets"]
    assert [row["class"] for row in found["classes"]] == ["no", "yes"]
    for row in found["classes"]:
        assert row["tested"] == row["patients"] >= 20
        assert row["interval"][0] <= row["coverage"] == row["covered"] / row["tested"]
        assert row["interval"][1] >= 0.9  # nothing says that it fails
    assert asked_run.training is not None
    described = describe_model(
        asked_run.results,
        name="ridge",
        training=asked_run.training,
        pipeline=asked_run.model,
        data=save(asked_run.model),
    )
    table, risk = score(described, asked_run.model, make_frame(n=40, seed=9))
    no, yes = (row["threshold"] for row in described["sets"]["classes"])
    said = {
        (False, False): "", (True, False): "no", (False, True): "yes", (True, True): "no; yes",
    }  # fmt: skip
    assert table["set"].to_list() == [said[bool(1 - p >= no), bool(p >= yes)] for p in risk]
    assert set(table["not_judged"]) == {""}
    before = {key: value for key, value in described.items() if key != "sets"}
    assert "set" not in score(before, asked_run.model, make_frame(n=5))[0].columns


def test_a_class_that_is_too_small_is_not_judged(run: Run, frame: pl.DataFrame) -> None:
    plan = parse_plan(
        "title: T\ndata: {id: case_id, group: patient_id}\n"
        "outcome: {kind: multiclass, column: kind}\npredictors: [n_segments, margin]\n"
        "baseline: [n_segments]\nconformal: 0.9\n"
        "resampling: {outer_folds: 3, inner_folds: 3, repeats: 1, bootstraps: 0}\n",
        name="kind.yaml",
    )
    place = pl.int_range(pl.len())
    kinds = frame.with_columns(
        kind=pl.when(place % 6 == 0)
        .then(pl.lit("rare"))
        .when(place % 2 == 0)
        .then(pl.lit("even"))
        .otherwise(pl.lit("odd"))
    )
    classes = run(kinds, plan=plan).results["prediction_sets"]["classes"]
    by_name = {row["class"]: row for row in classes}
    assert by_name["rare"]["threshold"] is by_name["rare"]["coverage"] is None
    assert "are below 20" in by_name["rare"]["reason"]
    assert by_name["even"]["threshold"] > 0


def test_subgroups_are_parts_of_all_cases(asked_run: AnalysisRun) -> None:
    found = {part["variable"]: part["groups"] for part in asked_run.results["subgroups"]}
    assert list(found) == ["site_id", "age_years", "cap_sign"]
    for groups in found.values():
        assert sum(row["n"] for row in groups) == asked_run.results["data"]["used"]
        assert sum(row["events"] for row in groups) == asked_run.results["outcome"]["events"]
        for row in groups:
            enough = min(row["events"], row["n"] - row["events"]) >= 10
            assert (row["performance"] is not None) == enough
            assert (row["reason"] is None) == enough
    assert [row["group"] for row in found["age_years"]] == [
        "under 18", "18 to 64", "65 and over", "not recorded",
    ]  # fmt: skip


def test_bands_and_values_of_numbers(asked: Plan) -> None:
    ages = pl.Series("age_years", [17.9, 18.0, 64.9, 65.0, None])
    assert group_values(asked, ages).tolist() == [
        "under 18", "18 to 64", "18 to 64", "65 and over", "not recorded",
    ]  # fmt: skip
    assert group_values(asked, pl.Series("x", [1.5, 3.0, None])).tolist() == [
        "1.5", "3", "not recorded",
    ]  # fmt: skip
    with pytest.raises(UsageError, match=r"subgroups: column 'x' has 30 different numbers"):
        group_values(asked, pl.Series("x", range(30)))
    with pytest.raises(UsageError, match=r"subgroups: column 'x' holds 30 different texts"):
        group_values(asked, pl.Series("x", [f"P{n}" for n in range(30)]))


def test_groups_are_judged_before_any_fit_and_shown_once(
    plan_text: str, frame: pl.DataFrame, run: Run
) -> None:
    """A wrong one was refused after all the work, and a centre named by the plan stood twice."""
    told: list[str] = []
    wrong = parse_plan(plan_text + "subgroups: [tumour_length_mm]\n", name="eor.yaml")
    long = frame.with_columns(tumour_length_mm=pl.int_range(pl.len()).cast(pl.Float64))
    with pytest.raises(UsageError, match="different numbers"):
        run(long, plan=wrong, progress=told.append)
    assert not told
    twice = parse_plan(plan_text + "subgroups: [site_id]\n", name="eor.yaml")
    assert list(grouped(twice, select(twice, frame, None))) == ["site_id"]


def test_neither_order_nor_processes_change_a_byte(
    asked: Plan, asked_run: AnalysisRun, make_frame: Callable[..., pl.DataFrame], run: Run
) -> None:
    shuffled = make_frame(strength=2.0).sample(fraction=1, shuffle=True, seed=3)
    again = run(shuffled, plan=asked, processes=2)
    assert to_json(again.results) == to_json(asked_run.results)


def test_a_table_without_histology_says_why_there_is_no_other_population(
    asked_run: AnalysisRun,
) -> None:
    (found,) = asked_run.results["sensitivity"]
    assert "the table does not hold what it rests on" in found["reason"]
    assert found["nested_cv"] is None


@pytest.mark.parametrize(
    ("endpoint", "changes", "value", "reason"),
    [
        ("gross_total_resection", {"histology": "lipoma"}, "yes", None),
        ("histology_group", {"histology": "lipoma"}, "other", None),
        ("ependymoma_vs_astrocytoma", {"histology": "haemangioblastoma"}, "no", None),
        ("ependymoma_vs_astrocytoma", {"histology": "no_tissue"}, None, "no tissue was taken"),
        ("high_grade", {"histology": "haemangioblastoma", "who_grade": "1"}, "no", None),
        ("high_grade", {"histology": "lymphoma", "who_grade": "not_assigned"}, None, None),
        ("gross_total_resection", {"intent": "biopsy"}, "yes", "surgery not meant to resect"),
    ],
)
def test_population_before_surgery(
    endpoint: str, changes: dict[str, object], value: str | None, reason: str | None
) -> None:
    case = pl.DataFrame({name: [v] for name, v in (COLUMNS | changes).items()}).cast(TYPES)  # type: ignore[arg-type]
    found = as_seen_before_surgery(case, endpoint)
    assert found is not None
    row = found.row(0, named=True)
    assert (row[endpoint], row[f"{endpoint}_exclusion"]) == (value, reason)


def test_the_other_population_stands_beside_the_main_one(
    asked: Plan, make_frame: Callable[..., pl.DataFrame], run: Run
) -> None:
    cases = make_frame(strength=2.0)
    columns = {
        name: pl.lit(value, dtype=TYPES.get(name))
        for name, value in COLUMNS.items()
        if name not in cases.columns and name not in ("case_number", "patient_id")
    }
    place = pl.int_range(pl.len())
    whole = cases.with_columns(**columns).with_columns(
        case_number=place + 1,
        histology=pl.when(place % 10 == 0)
        .then(pl.lit("lipoma"))
        .otherwise(pl.lit("spinal_ependymoma")),
        extent_of_resection=pl.when(pl.col("gross_total_resection") == "yes")
        .then(pl.lit("gtr"))
        .otherwise(pl.lit("subtotal")),
        gross_total_resection_exclusion=pl.when(place % 10 == 0).then(pl.lit("lipoma")),
    )
    lean = parse_plan(
        _lean(asked).replace('"permutation": 9', '"sensitivity": ["before_surgery"]'),
        name="eor.yaml",
    )
    found = run(whole, plan=lean).results
    (other,) = found["sensitivity"]
    assert found["data"]["used"] == 108
    assert other["n"] == 120 - 12  # one of two cases of a patient is the later one
    assert other["difference"]["auc"] == pytest.approx(
        other["nested_cv"]["auc"]["estimate"]
        - found["models"][1]["performance"]["nested_cv"]["auc"]["estimate"]
    )
