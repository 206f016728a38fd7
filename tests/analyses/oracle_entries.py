"""The oracle entries (`tests/oracles/README.md`), their tolerances, and which are pending."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "oracles"
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
SAMPLE_SIZES = json.loads((FOLDER / "pmsampsize_reference.json").read_text(encoding="utf-8"))
PREDICTORS = ["age", "central", "illdef", "cap", "seg", "mcc"]

#: Entries without a test yet, and the work that brings it.
PENDING = {
    "CR1_competing": "survival",
    "CR2_absolute_risk": "survival",
    "F2_firth_cox": "survival",
    "K1_km": "survival",
    "MI1_rubin": "multiple imputation",
    "MI2_mice_run": "multiple imputation",
    "R1_reader": "kappas of reader agreement; ICC(2,1) is tested already",
    "S1_cox": "survival",
    "S2_cox_public": "survival",
    "S3_penalised_cox": "survival",
    "S4_td_brier_auc": "survival",
    "S5_cox_breslow_pred": "survival",
    "S6_ridge_cox_efron": "survival",
    "c_riley_example": "no outcome of the platform is a number",
    "s_imsct_like": "survival",
    "s_riley_example": "survival",
}


def near(expected: Any, entry: str) -> Any:
    """The expected value at the tolerance of its entry."""
    return pytest.approx(expected, rel=0, abs=REFERENCE[entry]["tol"])
