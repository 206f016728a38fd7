"""Harmonised centres and columns that fall away: each step, and what a plan makes of it."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.agreement import gather_reads
from analyses.applying import check_columns, from_unseen_centres, score
from analyses.combat import ComBat
from analyses.filters import AgreementFilter, CorrelationFilter
from analyses.frozen import describe_model
from analyses.learners import learn_ridge
from analyses.model_files import load, save
from analyses.models import Training
from analyses.plan import Plan, parse_plan
from analyses.plan_parts import Resampling
from analyses.prepared import Preparation
from analyses.protocol import AnalysisRun, run_plan
from analyses.report.methods import methods
from analyses.report.prepared import prepared as paragraphs
from analyses.results import to_json
from schemas.errors import UsageError

COLUMNS = [f"x{j}" for j in range(6)]
PLAN = """
title: Prepared
data: {id: case_id, centre: site_id}
outcome: {kind: binary, column: y, positive: "yes"}
predictors: [x0, x1, x2, x3, x4, x5, cap_sign]
baseline: [x0]
resampling: {outer_folds: 2, inner_folds: 2, repeats: 1, bootstraps: 2, seed: 1}
"""
ALL = "harmonise: combat\nagreement: reads.csv\ncorrelated: 0.9\n"


def _frame(n: int = 90) -> pl.DataFrame:
    """Three centres that shift and stretch every number; x4 has the ranks of x3."""
    rng = np.random.default_rng(6)
    X, site = rng.normal(size=(n, 6)), rng.integers(0, 3, n)
    y = rng.random(n) < 1 / (1 + np.exp(-2 * X[:, 1]))
    X = X * rng.uniform(0.5, 2, (3, 6))[site] + 3 * rng.normal(size=(3, 6))[site]
    X[:, 4] = np.exp(X[:, 3] / 5)
    return pl.DataFrame(dict(zip(COLUMNS, X.T, strict=True))).with_columns(
        case_id=pl.Series([f"C{i:03d}" for i in range(n)]),
        site_id=pl.Series(np.array(["A", "B", "C"])[site]),
        cap_sign=pl.Series(rng.choice(["present", "absent"], n)),
        y=pl.Series(np.where(y, "yes", "no")),
    )


def _reads(frame: pl.DataFrame, n: int = 30) -> pl.DataFrame:
    """Two readers; they hardly agree on x2, and x0 was not read again."""
    rng = np.random.default_rng(7)
    part = frame.select("case_id", *COLUMNS[1:])[:n]
    noise = {name: 0.01 for name in COLUMNS[1:]} | {"x2": 20.0}
    return pl.concat(
        [
            part.with_columns(
                pl.Series(c, part[c] + rng.normal(size=n) * s) for c, s in noise.items()
            ).with_columns(reader=pl.lit(reader))
            for reader in ("one", "two")
        ]
    )


@pytest.fixture(scope="module")
def prepared() -> tuple[pl.DataFrame, AnalysisRun]:
    frame = _frame()
    return frame, _run(PLAN + ALL, frame, reads=_reads(frame))


def _run(text: str, frame: pl.DataFrame, **ways: Any) -> AnalysisRun:
    return run_plan(parse_plan(text, name="p.yaml"), frame, availability=None, stamp={}, **ways)


# Steps


def test_of_columns_that_say_the_same_the_first_stays() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 2))
    X = np.column_stack([x[:, 0], -np.exp(x[:, 0]), np.full(40, 3.0), x[:, 1], x[:, 0] ** 3])
    step = CorrelationFilter().fit(X)
    assert step.get_support().tolist() == [True, False, True, True, False]
    assert step.twin_.tolist() == [-1, 0, -1, -1, 0]
    half = rng.normal(size=(400, 1)) + 0.8 * rng.normal(size=(400, 1))
    near = np.column_stack([half, half + 0.7 * rng.normal(size=(400, 1))])
    assert CorrelationFilter(0.9).fit(near).get_support().all()
    assert not CorrelationFilter(0.7).fit(near).get_support().all()


def test_what_was_not_read_again_stays_and_something_always_does() -> None:
    X = np.zeros((3, 3))
    assert AgreementFilter((0.75, 0.74, None)).fit(X).get_support().tolist() == [True, False, True]
    assert AgreementFilter((0.1, 0.7, -1.0)).fit(X).get_support().tolist() == [False, True, False]
    assert AgreementFilter((-1.0,) * 3).fit(X).get_support().any()


def test_combat_knows_no_centre_of_copies_and_leaves_constants_alone() -> None:
    rng = np.random.default_rng(2)
    centre = np.repeat([0.0, 1, 2], [20, 20, 3])
    X = np.column_stack([rng.normal(size=(43, 3)) + 5 * centre[:, None], centre])
    X[40:] = X[40]  # one row of the third centre, drawn three times
    X[:20, 2] = 7.0  # constant within the first
    step = ComBat().fit(X, y=rng.normal(size=43))
    found = step.transform(X)
    assert step.centres_.tolist() == [0, 1]
    assert step.columns_.tolist() == [0, 1]
    assert (found[:, 2] == X[:, 2]).all()
    assert (found[40:] == X[40:, :3]).all()
    means = [found[centre == k, :2].mean(axis=0) for k in (0, 1)]
    assert np.abs(means[0] - means[1]).max() < 0.5
    unseen = np.column_stack([X[:5, :3], np.full(5, -1.0)])
    assert (step.transform(unseen) == X[:5, :3]).all()
    assert (ComBat().fit(X).transform(X) == found).all()  # whatever the outcome is


@pytest.mark.parametrize("kind", [AgreementFilter, ComBat, CorrelationFilter])
def test_a_file_keeps_every_bit_of_a_step(kind: Any) -> None:
    X = np.column_stack([np.random.default_rng(3).normal(size=(30, 4)), np.arange(30) % 2])
    step = kind().fit(X)
    assert (load(save(step)).transform(X) == step.transform(X)).all()


# Leakage


@pytest.mark.parametrize("spoil", ["missing", "huge", "permuted"])
def test_test_rows_change_no_step_that_is_learned(spoil: str) -> None:
    frame, rng = _frame(), np.random.default_rng(0)
    outcome = (frame["y"] == "yes").to_numpy().astype(float)
    ids = frame["case_id"].to_numpy().astype(np.str_)
    test = rng.random(frame.height) < 0.3
    values = frame.select(COLUMNS).to_numpy().copy()
    values[test] = {
        "missing": np.full_like(values[test], np.nan),
        "huge": np.full_like(values[test], 1e9),
        "permuted": values[test][::-1],
    }[spoil]
    spoiled = frame.with_columns(pl.Series(c, values[:, j]) for j, c in enumerate(COLUMNS))

    def learned(rows: pl.DataFrame) -> Any:
        reads = gather_reads(
            _reads(rows), source="p", id_column="case_id", patients=dict(zip(ids, ids, strict=True))
        )
        training = Training(
            rows.select(COLUMNS),
            outcome,
            ids,
            centres=rows["site_id"].to_numpy().astype(np.str_),
            preparation=Preparation("site_id", tuple(COLUMNS), 0.9, reads),
        ).part(~test)
        return learn_ridge(training, Resampling(inner_folds=2), (1, 0, 0))

    one, other = learned(frame), learned(spoiled)
    assert one.choice == other.choice
    for step, names in {
        "impute": ["statistics_"],
        "harmonise": ["centres_", "columns_", "level_", "spread_", "location_", "scale_"],
        "agree": ["support_"],
        "differ": ["twin_"],
        "scale": ["mean_", "scale_"],
        "model": ["coef_", "intercept_"],
    }.items():
        for name in names:
            assert (getattr(one.pipeline[step], name) == getattr(other.pipeline[step], name)).all()
    assert one.pipeline["agree"].lower_limits == other.pipeline["agree"].lower_limits


def test_reads_of_other_patients_are_not_learned_from_unless_they_stand_apart() -> None:
    frame = _frame()
    ids = frame["case_id"].to_list()

    def limits(patients: dict[str, str], of: list[str]) -> dict[str, Any]:
        reads = gather_reads(_reads(frame), source="p", id_column="case_id", patients=patients)
        return reads.agreement(np.array(of))

    everyone = dict(zip(ids, ids, strict=True))
    assert limits(everyone, ids[:10]) != limits(everyone, ids)
    assert limits({}, ids[:10]) == limits({}, []) == limits(everyone, ids)
    assert set(limits(everyone, ids[:2]).values()) == {(-1.0, -1.0, -1.0)}  # too few to say


# Plans


def test_a_plan_says_what_fell_away_and_why(prepared: tuple[pl.DataFrame, AnalysisRun]) -> None:
    _, run = prepared
    found = json.loads(to_json(run.results))["preparation"]
    assert found["fallen"] == ["x2", "x4"]
    assert found["correlated"]["fallen"] == [{"term": "x4", "same_as": "x3"}]
    agreement = {row["column"]: row["kept"] for row in found["agreement"]["columns"]}
    assert agreement == {"x1": True, "x2": False, "x3": True, "x4": True, "x5": True}
    assert found["agreement"]["not_judged"] == ["x0", "cap_sign"]
    harmonised = found["harmonise"]
    assert harmonised["columns"] == COLUMNS
    assert harmonised["centres"] == ["A", "B", "C"]
    assert harmonised["without"]["nested_cv"]["auc"]["estimate"] is not None
    model = run.results["models"][1]
    assert [row["term"] for row in model["coefficients"]] == ["x0", "x1", "x3", "x5", "cap_sign"]
    assert [row["term"] for row in run.results["models"][0]["coefficients"]] == ["x0"]
    assert [w["code"] for w in run.results["warnings"]].count("unseen_centre") == 1
    page = {**run.results, "cohort": {**run.results["cohort"], "left_out": 0}}
    said = " ".join(text for _, text in methods(page).parts)
    for part in ("by ComBat", "Without it the cross-validated AUC is", "x4 (as x3)", "ICC(2,1)"):
        assert part in said


def test_a_frozen_model_harmonises_and_tells_of_unseen_centres(
    prepared: tuple[pl.DataFrame, AnalysisRun],
) -> None:
    frame, run = prepared
    assert run.model is not None
    assert run.training is not None
    data = save(run.model)
    described = describe_model(
        run.results, name="ridge", training=run.training, pipeline=run.model, data=data
    )
    again = load(data)
    assert (score(described, again, frame)[1] == run.model.predict_proba(frame)[:, 1]).all()
    elsewhere = frame.with_columns(site_id=pl.lit("Z"))
    assert from_unseen_centres(described, frame) == 0
    assert from_unseen_centres(described, elsewhere) == frame.height
    moved, plain = (score(described, again, each)[1] for each in (frame, elsewhere))
    assert np.abs(moved - plain).max() > 0.01
    with pytest.raises(UsageError, match="'site_id'"):
        check_columns(described, frame.drop("site_id"))


def test_rows_in_any_order_and_other_processes_give_the_same_bytes(
    prepared: tuple[pl.DataFrame, AnalysisRun],
) -> None:
    frame, run = prepared
    shuffled = frame.sample(fraction=1, shuffle=True, seed=1)
    other = _run(PLAN + ALL, shuffled, reads=_reads(frame).reverse(), processes=2)
    assert to_json(other.results) == to_json(run.results)


def test_plain_plans_have_no_entry_and_no_part_of_it() -> None:
    found = _run(PLAN, _frame())
    assert found.results["preparation"] is None
    assert found.model is not None
    assert [name for name, _ in found.model.steps] == ["encode", "impute", "scale", "model"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("harmonise: {combat: {covariates: [y]}}", "harmonise: combat takes no covariates"),
        ("harmonise: combatt", "nearest is 'combat'"),
        ("correlated: 1.0", "correlated: expected none, or a rank correlation"),
        ("agreement: 3", "agreement: expected a text"),
    ],
)
def test_what_a_plan_may_not_ask_for(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_plan(f"{PLAN}{text}\n", name="p.yaml")
    assert message in str(caught.value)


def _without_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit(1.0).alias(name) for name in COLUMNS[1:])


@pytest.mark.parametrize(
    ("text", "change", "message"),
    [
        ("harmonise: combat", _without_numbers, "1 of the predictors are numbers from imaging"),
        ("agreement: reads.csv", lambda frame: frame, "reads of the warehouse cannot be used"),
    ],
)
def test_what_does_not_fit_the_table(
    text: str, change: Callable[[pl.DataFrame], pl.DataFrame], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        _run(f"{PLAN}{text}\n", change(_frame()))
    assert message in str(caught.value)


def test_combat_needs_centres_and_numbers_from_imaging() -> None:
    text = PLAN.replace(", centre: site_id", "") + "harmonise: combat\n"
    with pytest.raises(UsageError, match="these cases have none"):
        _run(text, _frame())
    published = PLAN + "population: {provenance: published}\nharmonise: combat\n"
    with pytest.raises(UsageError, match="name another cohort as"):
        _run(published, _frame().with_columns(provenance=pl.lit("published")))
    known = dict.fromkeys([*COLUMNS, "cap_sign"], "preoperative_clinical")
    plan: Plan = parse_plan(PLAN + "harmonise: combat\n", name="p.yaml")
    with pytest.raises(UsageError, match="0 of the predictors are numbers from imaging"):
        run_plan(plan, _frame(), availability=known, stamp={})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda reads: reads.drop("reader"), "has no column 'reader'"),
        (lambda reads: pl.concat([reads, reads]), "60 rows repeat a case and reader"),
        (lambda reads: reads.filter(pl.col("reader") == "one"), "1 readers; it needs"),
        (lambda reads: reads.rename({c: f"z{c}" for c in COLUMNS[1:]}), "holds none of the 7"),
        (lambda reads: reads.with_columns(reader=pl.lit(None, pl.String)), "'reader' is empty in"),
        (lambda reads: reads.with_columns(pl.format("{} mm", "x1").alias("x1")), "x1 is a number"),
    ],
)
def test_reads_that_cannot_be_used(change: Any, message: str) -> None:
    frame = _frame()
    with pytest.raises(UsageError) as caught:
        _run(PLAN + "agreement: reads.csv\n", frame, reads=change(_reads(frame)))
    assert message in str(caught.value)


@pytest.mark.parametrize(("measures", "named"), [(("auc",), "AUC"), (("auc", "rps"), "C")])
def test_what_was_harmonised_is_told_by_the_measure_of_its_outcome(
    measures: tuple[str, ...], named: str
) -> None:
    one = {"estimate": 0.6, "interval": [0.5, 0.7]}
    entry = {
        "columns": ["x1"],
        "centres": ["A", "B"],
        "as_they_are": [],
        "without": {"nested_cv": dict.fromkeys(measures, one), "difference": {"log_loss": one}},
        "centre_test": {"reason": "too few"},
    }
    page = {
        "preparation": {"harmonise": entry, "agreement": None, "correlated": None},
        "cohort": {"missingness": []},
    }
    assert f"the cross-validated {named} is 0.60" in paragraphs(page)[0]
