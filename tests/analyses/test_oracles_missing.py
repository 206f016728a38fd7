"""Missing values against R: pooling by Rubin's rules, and a whole run of mice."""

import numpy as np
import polars as pl
import pytest

from analyses.chained import Block, chain
from analyses.models import fit_logistic, predict_risk
from analyses.rubin import pool_fits
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near

COLUMNS = ["age", "central", "illdef", "cap", "seg", "adc", "mcc"]


def _fit(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of maximum likelihood, intercept first, and their variances."""
    model = fit_logistic(X, y, np.inf)
    design, risk = np.column_stack([np.ones(len(X)), X]), predict_risk(model, X)
    information = design.T @ (design * (risk * (1 - risk))[:, None])
    return np.r_[model.intercept_, model.coef_[0]], np.diag(np.linalg.inv(information))


def test_MI1_rubin() -> None:  # noqa: N802 - named as the oracle entry
    long = pl.read_csv(FOLDER / "mice_m10_long.csv")
    fits = [
        _fit(one[COLUMNS].to_numpy().astype(float), one["gtr"].to_numpy().astype(float))
        for (_,), one in long.group_by([".imp"], maintain_order=True)
    ]
    found = pool_fits(*zip(*fits, strict=True), freedom=300 - 8)
    values = REFERENCE["MI1_rubin"]["values"]
    for mine, name in [
        ("estimate", "estimate"), ("error", "std.error"), ("low", "lo"), ("high", "hi"),
        ("riv", "riv"), ("fmi", "fmi"),
    ]:  # fmt: skip
        assert getattr(found, mine).tolist() == near(values[name], "MI1_rubin"), name
    assert found.df == pytest.approx(values["df"], rel=0, abs=1e-5)


def test_MI2_mice_run() -> None:  # noqa: N802 - named as the oracle entry
    frame = pl.read_csv(FOLDER / "cohort_missing.csv")
    y = frame["gtr"].to_numpy().astype(float)
    X = frame.select(pl.col(COLUMNS).cast(pl.Float64)).fill_null(np.nan).to_numpy()
    values = REFERENCE["MI2_mice_run"]["values"]
    assert np.isnan(X).sum(axis=0).tolist() == [values["missing"][name] for name in COLUMNS]
    blocks = [Block((j,), is_number=name != "cap") for j, name in enumerate(COLUMNS)]
    fits = []
    for k in range(100):
        filled, _ = chain(
            np.column_stack([X, y]), blocks, rng=np.random.default_rng(k), complete=(7,)
        )
        fits.append(_fit(filled[:, :7], y))
    found = pool_fits(*zip(*fits, strict=True), freedom=300 - 8)
    for name, mine in zip(["(Intercept)", *COLUMNS], found.estimate, strict=True):
        assert mine == near(values["pooled"][name], "MI2_mice_run"), name
    whole = ~np.isnan(X).any(axis=1)
    assert int(whole.sum()) == values["complete_case_n"]
    assert _fit(X[whole], y[whole])[0] == pytest.approx(
        list(values["complete_case"].values()), abs=1e-6
    )
