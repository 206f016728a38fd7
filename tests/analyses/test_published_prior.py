"""Ridge regression towards published slopes: its optimum, its centre, its place in the results."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from analyses.models import GRID, Training, fit_logistic, ridge_path
from analyses.plan import parse_plan
from analyses.plan_parts import Resampling
from analyses.protocol import run_plan
from analyses.published_prior import (
    NOTES,
    PriorTerm,
    RidgeTowards,
    centre_of,
    learn_towards,
    published_prior,
)
from analyses.report import render_report
from assets.readers.evidence import read_published_counts
from schemas.errors import UsageError
from tests.analyses.two_types import PLAN, two_types

EVIDENCE = read_published_counts()
ASKED = PLAN + "prior: published\n"
STAMP = {"snapshot": None, "code": "c", "lock": "l"}


def _matrix(n: int = 80, p: int = 5) -> tuple[Any, Any]:
    rng = np.random.default_rng(7)
    X = rng.normal(size=(n, p))
    return X, (rng.random(n) < expit(X[:, 0])).astype(float)


@pytest.mark.parametrize("c", [0.01, 1.0, 10.0])
def test_it_is_the_optimum_by_direct_search(c: float) -> None:
    X, y = _matrix()
    centre = np.array([2.0, -1.0, 0.0, 0.5, 0.0])

    def objective(beta: Any) -> float:
        logits = beta[0] + X @ beta[1:]
        loss = (np.logaddexp(0, logits) - y * logits).sum()
        return float(loss + ((beta[1:] - centre) ** 2).sum() / (2 * c))

    expected = minimize(objective, np.zeros(6), method="BFGS", options={"gtol": 1e-8}).x
    model = RidgeTowards(C=c, centre=centre.tolist()).fit(X, y)
    assert np.r_[model.intercept_, model.coef_[0]] == pytest.approx(expected, abs=1e-5)
    half = RidgeTowards(C=c, centre=(2 * centre).tolist(), strength=0.5).fit(X, y)
    assert half.coef_ == pytest.approx(model.coef_)


@pytest.mark.parametrize("p", [5, 120])
def test_a_centre_of_zero_is_ridge_regression(p: int) -> None:
    X, y = _matrix(p=p)
    plain = fit_logistic(X, y, 0.1)
    assert RidgeTowards(C=0.1).fit(X, y).coef_ == pytest.approx(plain.coef_, abs=1e-6)


def test_more_columns_than_rows_reach_the_same_optimum() -> None:
    X, y = _matrix(n=40, p=60)
    centre = np.linspace(-1, 1, 60)
    found = ridge_path(X, y, centre=centre)
    for beta, c in zip(found, GRID, strict=True):
        pull = X.T @ (y - expit(beta[0] + X @ beta[1:])) - (beta[1:] - centre) / c
        assert np.abs(pull).max() < 1e-6


def _training(frame: pl.DataFrame, columns: list[str]) -> Training:
    outcome = (frame["ependymoma_vs_astrocytoma"] == "yes").to_numpy().astype(float)
    groups = frame["patient_id"].to_numpy().astype(np.str_)
    return Training(frame.select(columns), outcome, groups)


def test_a_slope_is_in_the_unit_of_its_standardised_column() -> None:
    training = _training(two_types(), ["margin", "polar_cyst", "age_years"])
    prior = (
        PriorTerm("margin", ("well_defined",), 2.0, 1.0, ("a",)),
        PriorTerm("polar_cyst", ("absent",), 0.7, 1.0, ("b",)),
    )
    steps = training.fit_steps()
    names = list(steps.get_feature_names_out())
    found = dict(zip(names, centre_of(steps, training, prior), strict=True))
    scale = dict(zip(names, steps["scale"].scale_, strict=True))
    assert found["margin: well_defined"] == pytest.approx(2.0 * scale["margin: well_defined"])
    assert found["polar_cyst"] == pytest.approx(-0.7 * scale["polar_cyst"])
    assert {name for name, slope in found.items() if slope == 0} == set(names) - {
        "margin: well_defined",
        "polar_cyst",
    }


def test_levels_are_set_against_the_reference_of_the_coding() -> None:
    degree = ["marked", "mild", "none", "not_reported"] * 20
    frame = two_types(80).with_columns(enhancement_degree=pl.Series(degree))
    training = _training(frame, ["enhancement_degree"])
    prior = (PriorTerm("enhancement_degree", ("mild", "marked"), 1.0, 1.0, ("a",)),)
    steps = training.fit_steps()
    found = dict(zip(steps.get_feature_names_out(), centre_of(steps, training, prior), strict=True))
    # the reference is 'marked', which has the sign as 'mild' has: only 'none' differs
    assert found["enhancement_degree: mild"] == 0
    assert found["enhancement_degree: none"] < 0


def test_a_prior_that_the_rows_contradict_is_let_go() -> None:
    def strengths(log_odds: float) -> list[float]:
        prior = (PriorTerm("margin", ("well_defined",), log_odds, 1.0, ("a",)),)
        return [
            learn_towards(training, Resampling(), (1,), prior=prior).pipeline["model"].strength
            for training in cohorts
        ]

    columns = ["margin", "polar_cyst", "age_years"]
    cohorts = [_training(two_types(50, seed=seed), columns) for seed in range(6)]
    assert sum(strengths(2.6)) > 3
    assert strengths(-4.0) == [0.0] * 6


def test_terms_are_the_published_ones_of_the_plan() -> None:
    plan = parse_plan(ASKED, name="type.yaml")
    terms = {
        term.column: term for term in published_prior(plan, plan.predictors.names or (), EVIDENCE)
    }
    # a doubtful count (pattern) and a sign among some cases only (syrinx) are no prior
    assert set(terms) == {"margin", "polar_cyst", "haemorrhage"}
    assert terms["margin"].log_odds == pytest.approx(np.log(13.5 * 10.5 / (2.5 * 0.5)))
    assert terms["polar_cyst"].studies == ("snu1997", "jcn1999")
    turned = parse_plan(ASKED.replace('positive: "yes"', 'positive: "no"'), name="t.yaml")
    other = published_prior(turned, ("margin",), EVIDENCE)
    assert other[0].log_odds == -terms["margin"].log_odds


def test_what_cannot_have_a_prior_is_refused_with_the_way_out() -> None:
    plan = parse_plan(ASKED, name="type.yaml")
    for columns, evidence in (
        (("age_years", "syrinx", "enhancement_pattern"), EVIDENCE),
        (("margin",), None),
    ):
        with pytest.raises(UsageError, match="prior: nothing published belongs") as refused:
            published_prior(plan, columns, evidence)
        assert "Take the key out" in str(refused.value)
        assert "enhancement_pattern" not in str(refused.value)
    for old, new in (
        ("models: [ridge]", "models: [elastic_net]"),
        (
            'kind: binary, column: ependymoma_vs_astrocytoma, positive: "yes"',
            "kind: ordinal, column: x",
        ),
    ):
        with pytest.raises(UsageError, match="prior: published odds ratios are for a binary"):
            parse_plan(ASKED.replace(old, new), name="type.yaml")


def test_it_stands_beside_the_plain_one_and_changes_nothing_of_it() -> None:
    frame = two_types()
    ways: dict[str, Any] = {"availability": None, "stamp": STAMP, "evidence": EVIDENCE}
    found, plain = (
        run_plan(parse_plan(text, name="t.yaml").for_cohort("simulated"), frame, **ways).results
        for text in (ASKED, PLAN)
    )
    for key in ("models", "comparison", "verdict", "literature", "inference"):
        assert found[key] == plain[key]
    assert plain["prior"] is None
    prior = found["prior"]
    nested = next(m for m in found["models"] if m["role"] == "primary")["performance"]["nested_cv"]
    gain = prior["nested_cv"]["log_loss"]["estimate"] - nested["log_loss"]["estimate"]
    assert prior["difference"]["log_loss"]["estimate"] == pytest.approx(gain, abs=1e-3)
    assert prior["notes"] == list(NOTES)
    published = {row["term"] for row in prior["coefficients"] if row["published"]}
    assert published == {"margin: well_defined", "polar_cyst", "haemorrhage"}
    page = render_report(found).decode()
    assert "With published odds ratios as a prior" in page
    assert "With published odds ratios as a prior" not in render_report(plain).decode()
