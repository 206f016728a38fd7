"""Inference tables: only at verdict `model`, in the units of the predictors, Firth if separated."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from analyses.inference import NO_FINITE, inference_table
from analyses.intervals import Z
from analyses.models import Training
from analyses.plan import parse_plan
from analyses.protocol import AnalysisRun
from analyses.report import render_report
from tests.analyses.oracle_entries import FOLDER, PREDICTORS, REFERENCE, near

Run = Callable[..., AnalysisRun]


def _training(kind: str = "binary", n: int = 400) -> Training:
    rng = np.random.default_rng(6)
    age, sign = rng.normal(50, 10, n), rng.integers(0, 2, n)
    score = 0.08 * (age - 50) + 1.0 * sign + rng.logistic(size=n)
    cuts = [0.5] if kind == "binary" else [-0.5, 1.5]
    frame = pl.DataFrame({"age": age, "sign": sign, "double": 2 * sign, "fixed": np.ones(n)})
    y = np.digitize(score, cuts).astype(float)
    return Training(frame, y, np.arange(n).astype(str), len(cuts) + 1, kind == "ordinal")


def _rows(found: dict[str, Any]) -> dict[tuple[str, str | None], dict[str, Any]]:
    return {(row["term"], row["class"]): row for row in found["rows"]}


def _cohort(columns: list[str], outcome: np.ndarray, *, n_classes: int) -> Training:
    frame = pl.read_csv(FOLDER / "cohort.csv").select(columns)
    groups = np.arange(frame.height).astype(str)
    return Training(frame, outcome, groups, n_classes, n_classes == 4)


@pytest.mark.parametrize(
    ("entry", "outcome", "columns", "n_classes"),
    [
        ("L1_logit_mle", "gtr", PREDICTORS, 2),
        ("O1_ordinal", "mccf", ["mcc", "seg", "illdef"], 4),
    ],
)
def test_coefficients_and_errors_are_those_of_r(
    entry: str, outcome: str, columns: list[str], n_classes: int
) -> None:
    y = pl.read_csv(FOLDER / "cohort.csv")[outcome].to_numpy().astype(float)
    found, warnings = inference_table(_cohort(columns, y - y.min(), n_classes=n_classes), ())
    assert (found["method"], found["left_out"], warnings) == ("ml", [], [])
    values = REFERENCE[entry]["values"]
    for term in columns:
        row, (b, se) = _rows(found)[term, None], (values["coef"][term], values["se"][term])
        assert [row["estimate"], *row["interval"]] == near([b, b - Z * se, b + Z * se], entry)


def test_errors_of_several_classes_are_those_of_the_likelihood() -> None:
    """The curvature of the log-likelihood by differences, class against first class."""
    training = _training("multiclass")
    found, _ = inference_table(training, ("low", "middle", "high"))
    assert found["left_out"] == ["double", "fixed"]
    rows, X = _rows(found), training.frame.select("age", "sign").to_numpy()
    design = np.column_stack([np.ones(len(X)), (X - X.mean(axis=0)) / X.std(axis=0)])

    def loglik(theta: np.ndarray) -> float:
        logits = np.column_stack([np.zeros(len(X)), design @ theta.reshape(2, 3).T])
        chosen = logits[np.arange(len(X)), training.outcome.astype(int)]
        return float((chosen - np.log(np.exp(logits).sum(axis=1))).sum())

    best = minimize(lambda theta: -loglik(theta), np.zeros(6), method="BFGS").x
    step = 1e-3 * np.eye(6)
    curvature = np.array(
        [
            [
                (loglik(best + a + b) - loglik(best + a - b) - loglik(best - a + b))
                + loglik(best - a - b)
                for a in step
            ]
            for b in step
        ]
    ) / (4 * 1e-6)
    errors = np.sqrt(np.diag(np.linalg.inv(-curvature))).reshape(2, 3)[:, 1:] / X.std(axis=0)
    for k, name in enumerate(("middle", "high")):
        for j, term in enumerate(("age", "sign")):
            row = rows[term, name]
            half = (row["interval"][1] - row["interval"][0]) / 2
            assert half == pytest.approx(Z * errors[k, j], rel=1e-3)


def test_a_separating_column_is_named_and_gets_finite_limits() -> None:
    training = _training()
    pathognomonic = ((training.outcome == 1) & (training.frame["age"].to_numpy() > 52)).astype(
        float
    )
    with_it = Training(
        training.frame.select("age", "sign").with_columns(only_with=pl.Series(pathognomonic)),
        training.outcome,
        training.groups,
    )
    found, warnings = inference_table(with_it, ())
    assert found["method"] == "firth"
    assert warnings[0]["code"] == "separation"
    assert "only_with" in warnings[0]["message"]
    assert "uses Firth's fit" in warnings[0]["message"]
    row = _rows(found)["only_with", None]
    assert np.isfinite([row["estimate"], *row["interval"]]).all()
    assert row["interval"][0] > 0


def test_separated_grades_have_no_table() -> None:
    training = _training("ordinal")
    told = Training(
        pl.DataFrame({"told": training.outcome}), training.outcome, training.groups, 3, True
    )
    found, warnings = inference_table(told, ())
    assert (found["method"], found["rows"], found["reason"]) == (None, [], NO_FINITE)
    assert "is left out" in warnings[0]["message"]


def test_the_table_is_there_at_verdict_model_only(
    make_frame: Callable[..., pl.DataFrame], run: Run
) -> None:
    text = """
title: Few predictors
data: {id: case_id, group: patient_id, centre: site_id}
population: {provenance: simulated}
outcome: {kind: binary, column: gross_total_resection, positive: "yes"}
predictors: [n_segments]
baseline: [n_segments]
resampling: {outer_folds: 2, inner_folds: 2, repeats: 1, bootstraps: 0, seed: 1}
"""
    plan = parse_plan(text, name="few.yaml")
    few, many = (run(make_frame(n), plan=plan).results for n in (120, 460))
    assert (few["verdict"]["level"], few["inference"]) == ("penalised_only", None)
    assert many["verdict"]["level"] == "model"
    row = many["inference"]["rows"][0]
    assert row["interval"][0] < -0.25 < row["interval"][1]  # the slope that was drawn
    page = render_report(many)
    said = page if isinstance(page, str) else page.decode()
    assert "Odds ratios for one unit of each term" in said
    page = render_report(few)
    assert "Odds ratios" not in (page if isinstance(page, str) else page.decode())
