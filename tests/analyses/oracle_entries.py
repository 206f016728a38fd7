"""The oracle entries (`tests/oracles/README.md`), their tolerances, and which are pending."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "oracles"
REFERENCE = {
    name: entry
    for path in sorted(FOLDER.glob("reference*.json"))
    for name, entry in json.loads(path.read_text(encoding="utf-8")).items()
}
SAMPLE_SIZES = json.loads((FOLDER / "pmsampsize_reference.json").read_text(encoding="utf-8"))
PREDICTORS = ["age", "central", "illdef", "cap", "seg", "mcc"]

#: Entries without a test yet, and the work that brings it. T1 and T2 are tested in part already.
PENDING = {
    "CR1_competing": "all but the cause-specific Cox model, which is tested",
    "CR2_absolute_risk": "Brier and AUC at 36; the risks are tested",
    "K1_km": "survival",
    "MI1_rubin": "multiple imputation",
    "MI2_mice_run": "multiple imputation",
    "R1_reader": "kappas of reader agreement; ICC(2,1) is tested already",
    "S1_cox": "Harrell and Uno C; fits, tests and predictions are tested",
    "S2_cox_public": "C and medians; the fits are tested",
    "S4_td_brier_auc": "survival",
    "S5_cox_breslow_pred": "Brier and AUC; fit and risks are tested",
    "T1_table1": "tables of the report",
    "T2_tables": "tables of the report",
    "c_riley_example": "no outcome of the platform is a number",
    "s_imsct_like": "survival",
    "s_riley_example": "survival",
}


def near(expected: Any, entry: str) -> Any:
    """The expected value at the tolerance of its entry."""
    return pytest.approx(expected, rel=0, abs=REFERENCE[entry]["tol"])
