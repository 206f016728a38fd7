"""Results as `run_plan` writes them, made up: simulated, published, registry and describe-only.

Belongs here: a builder of results whose counts add up.
Does not belong here: real results (tests of `analyses.protocol`).
One document made by one generator: split, its parts would not add up by themselves.
"""

import copy
from typing import Any

import numpy as np

Counts = dict[str, Any]
SIGNS = (
    ("cap_sign", "Cap sign"),
    ("cord_expansion", "Cord expansion"),
    ("syrinx", "Syrinx"),
    ("polar_cyst", "Polar cyst"),
    ("intratumoural_cyst", "Intratumoural cyst"),
    ("haemorrhage", "Haemorrhage"),
    ("calcification", "Calcification"),
    ("oedema", "Oedema"),
    ("flow_voids", "Flow voids"),
    ("leptomeningeal_spread", "Leptomeningeal spread"),
)
CATEGORIES = (
    ("margin", "Margin", ("well_defined", "ill_defined")),
    ("axial_location", "Axial location", ("central", "eccentric_left", "eccentric_right")),
    (
        "enhancement_pattern",
        "Enhancement pattern",
        ("homogeneous", "heterogeneous", "nodular", "rim"),
    ),
    ("t2_signal", "T2 signal of the solid part", ("hyperintense", "isointense", "hypointense")),
)
STATES = ("indeterminate", "not_assessable", "not_reported")
MISSING = {*STATES, "unknown", ""}


def results(case: str = "simulated") -> dict[str, Any]:
    """Results of one case: simulated, published, registry or describe_only."""
    rng = np.random.default_rng(7)
    published = case in ("published", "describe_only")
    rows = {"simulated": 420, "published": 307, "registry": 260, "describe_only": 307}[case]
    provenance = {"describe_only": "published"}.get(case, case)
    attrition = _attrition(rows, case)
    n = attrition[-1]["n_after"]
    outcome = rng.random(n) < (0.4 if published else 0.58)
    if case == "describe_only":
        outcome = np.arange(n) < 7
    columns = _columns(rng, n, published=published)
    missingness = [_missingness(*column, n=n) for column in columns]
    table_one = [_table_one(*column, outcome=outcome) for column in columns]
    fitted = case != "describe_only"
    events = int(outcome.sum())
    smaller = min(events, n - events)
    parameters = 44
    names = [column[0] for column in columns]
    return {
        "schema": "imsct.results/1",
        "title": "Gross total resection from preoperative findings",
        "name": f"gross_total_resection-{provenance}",
        "plan": _plan(names, provenance),
        "data": {
            "sha256": "8f" * 32,
            "rows": rows,
            "used": n,
            "excluded": [{"reason": s["step"], "n": s["n_out"]} for s in attrition],
        },
        "provenance": {
            "snapshot": "3c1f9ab24d07",
            "code": "5a" * 32,
            "lock": "b7" * 32,
            "seed": 20260101,
            "versions": {
                "python": "3.11.9",
                "numpy": "2.4.1",
                "scikit-learn": "1.9.0",
                "polars": "2.1.0",
            },
        },
        "outcome": {"kind": "binary", "classes": None, "events": events, "n": n},
        "verdict": {
            "level": "penalised_only" if fitted else "describe_only",
            "reasons": [
                f"n = {n} is below the minimum 1873.",
                f"E/P = {smaller / parameters:.2f} is below 10."
                if fitted
                else f"E = {smaller} is below 10.",
            ],
            "minimum_n": 1873,
            "events_per_parameter": smaller / parameters,
            "n": n,
            "events": smaller,
            "parameters": parameters,
            "r2_anticipated": 0.112,
        },
        "warnings": [
            {
                "code": "penalty_at_edge",
                "message": "In 11 of 50 outer folds the strongest penalty of the grid was chosen.",
            }
        ]
        if fitted
        else [],
        "cohort": {
            "provenance": provenance,
            "attrition": attrition,
            "table_one": table_one,
            "missingness": missingness,
            "centres": [] if published else _centres(rng, outcome),
        },
        "models": [_model(rng, role, names, outcome) for role in ("baseline", "primary")]
        if fitted
        else [],
        "comparison": {
            "best": "ridge",
            "beats_baseline": False,
            "difference": {"log_loss": {"estimate": -0.0113, "interval": [-0.0301, 0.0075]}},
        }
        if fitted
        else None,
        "survival": None,
    }


def hostile() -> dict[str, Any]:
    """Results with labels that try to be markup."""
    made = copy.deepcopy(results("simulated"))
    evil = "<img src=x onerror=alert(1)>&\"'$x^2$ <script>alert(1)</script>"
    made["title"] = evil
    made["cohort"]["missingness"][0]["label"] = evil
    made["cohort"]["table_one"][0]["label"] = evil
    made["cohort"]["attrition"][0]["step"] = evil
    made["verdict"]["reasons"][0] = evil
    made["warnings"][0]["message"] = evil
    return made


def _attrition(rows: int, case: str) -> list[Counts]:
    """Steps whose numbers chain."""
    reasons = (
        (
            "Not operated, or operated without intent to resect",
            0.31 if case != "simulated" else 0.08,
        ),
        (
            "Histology outside the population (non-neoplastic, lipoma, myxopapillary ependymoma)",
            0.05,
        ),
        ("Further case of the same patient", 0.02),
        ("Outcome not recorded", 0.3 if case != "simulated" else 0.06),
    )
    steps, before = [], rows
    for reason, share in reasons:
        out = int(share * before)
        steps.append({"step": reason, "n_before": before, "n_out": out, "n_after": before - out})
        before -= out
    return steps


def _columns(rng: np.random.Generator, n: int, *, published: bool) -> list[tuple[Any, ...]]:
    """(column, label, availability, unit, values) of every predictor."""
    age = np.where(
        rng.random(n) < (0.07 if published else 0.01), np.nan, rng.gamma(6, 7, n).round(0)
    )
    length = np.where(rng.random(n) < (0.5 if published else 0.05), np.nan, rng.integers(1, 12, n))
    made: list[tuple[Any, ...]] = [
        ("age_years", "Age", "preoperative_clinical", "years", age),
        ("sex", "Sex", "preoperative_clinical", None, _draw(rng, n, ("female", "male"), 0.03)),
        (
            "symptom_motor",
            "Motor symptoms",
            "preoperative_clinical",
            None,
            _draw(rng, n, ("yes", "no"), 0.5 if published else 0.04),
        ),
        ("n_segments", "Length of the tumour", "preoperative_imaging", "segments", length),
    ]
    for place, (column, label) in enumerate(SIGNS):
        hidden = 0.72 + 0.025 * place if published else 0.04 + 0.02 * place
        weights = (0.9, 0.1) if published else (0.4, 0.6)
        values = _draw(rng, n, ("present", "absent"), hidden, weights)
        made.append((column, label, "preoperative_imaging", None, values))
    for column, label, levels in CATEGORIES:
        values = _draw(rng, n, levels, 0.8 if published else 0.06)
        made.append((column, label, "preoperative_imaging", None, values))
    return made


def _draw(
    rng: np.random.Generator,
    n: int,
    levels: tuple[str, ...],
    hidden: float,
    weights: tuple[float, ...] | None = None,
) -> np.ndarray[Any, Any]:
    """Levels, some replaced by a state of missingness."""
    values = rng.choice(np.array(levels, dtype=object), n, p=weights)
    gone = rng.random(n) < hidden
    values[gone] = rng.choice(np.array(STATES, dtype=object), int(gone.sum()), p=(0.08, 0.12, 0.8))
    return values


def _missingness(
    column: str, label: str, available: str, unit: str | None, values: Any, *, n: int
) -> Counts:
    """One row of `cohort.missingness`."""
    if values.dtype == object:
        names, counts = np.unique(values.astype(str), return_counts=True)
        states = [{"state": str(s), "n": int(c)} for s, c in zip(names, counts, strict=True)]
        missing = sum(s["n"] for s in states if s["state"] in MISSING)
    else:
        states, missing = [], int(np.isnan(values).sum())
    return {
        "column": column,
        "label": label,
        "availability": available,
        "n": n,
        "recorded": n - missing,
        "missing": missing,
        "states": states,
    }


def _table_one(
    column: str, label: str, available: str, unit: str | None, values: Any, *, outcome: Any
) -> Counts:
    """One row of `cohort.table_one`."""
    text = values.dtype == object
    known = ~np.isin(values.astype(str), list(MISSING)) if text else ~np.isnan(values)
    names = sorted(set(values[known])) if text else []
    groups = []
    for group, rows in (("overall", known), ("yes", known & outcome), ("no", known & ~outcome)):
        made: Counts = {"group": group, "n": int(rows.sum())}
        if text:
            made["levels"] = [{"level": s, "n": int((values[rows] == s).sum())} for s in names]
        else:
            q1, mid, q3 = np.quantile(values[rows], [0.25, 0.5, 0.75]) if rows.any() else (0, 0, 0)
            made |= {"median": float(mid), "q1": float(q1), "q3": float(q3)}
        groups.append(made)
    return {
        "variable": column,
        "label": label,
        "kind": "category" if text else "number",
        "unit": unit,
        "n": int(known.sum()),
        "missing": int((~known).sum()),
        "smd": 0.01 * (len(column) * 7 % 40),
        "groups": groups,
    }


def _centres(rng: np.random.Generator, outcome: Any) -> list[Counts]:
    """Six centres."""
    site = rng.integers(0, 6, len(outcome))
    return [
        {
            "centre": f"SIM_{'ABCDEF'[i]}",
            "n": int((site == i).sum()),
            "events": int((outcome & (site == i)).sum()),
        }
        for i in range(6)
    ]


def _plan(names: list[str], provenance: str) -> Counts:
    """The effective plan."""
    return {
        "name": f"gross_total_resection-{provenance}",
        "sha256": "c4" * 32,
        "title": "Gross total resection from preoperative findings",
        "data": {"id": "case_id", "group": "patient_id", "centre": None, "missing": [""]},
        "population": {"provenance": provenance},
        "outcome": {"kind": "binary", "column": "gross_total_resection", "positive": "yes"},
        "predictors": names,
        "baseline": ["age_years", "n_segments"],
        "models": ["ridge"],
        "resampling": {
            "outer_folds": 5,
            "inner_folds": 5,
            "repeats": 10,
            "bootstraps": 200,
            "seed": 20260101,
        },
        "harmonise": "none",
        "impute": "median",
        "thresholds": [0.2, 0.3, 0.5],
        "agreement": "none",
        "correlated": "none",
        "permutation": "none",
        "conformal": "none",
    }


def _metric(estimate: float, spread: float | None) -> Counts:
    """Estimate with a symmetric interval."""
    return {
        "estimate": estimate,
        "interval": None if spread is None else [estimate - spread, estimate + spread],
    }


def _model(rng: np.random.Generator, role: str, names: list[str], outcome: Any) -> Counts:
    """One fitted model."""
    primary = role == "primary"
    used = names if primary else ["age_years", "n_segments"]
    base = {
        "auc": 0.66,
        "brier": 0.229,
        "ipa": 0.05,
        "log_loss": 0.652,
        "calibration_slope": 0.83,
        "calibration_intercept": -0.02,
        "o_e_ratio": 0.99,
    }
    spread = {
        "auc": 0.06,
        "brier": 0.015,
        "ipa": 0.06,
        "log_loss": 0.03,
        "calibration_slope": 0.31,
        "calibration_intercept": 0.2,
        "o_e_ratio": 0.09,
    }
    nested = {k: _metric(v - (0 if primary else 0.02), spread[k]) for k, v in base.items()}
    apparent = {k: _metric(v + 0.06, None) for k, v in base.items()}
    terms = [f"{c}_missing" if i % 4 == 3 else c for i, c in enumerate(used)]
    terms += (
        ["margin_ill_defined", "axial_location_eccentric_left", "intercept"]
        if primary
        else ["intercept"]
    )
    return {
        "name": "ridge",
        "role": role,
        "predictors": used,
        "coefficients": [
            {"term": t, "estimate": float(e), "interval": None}
            for t, e in zip(terms, rng.normal(0, 0.2, len(terms)), strict=True)
        ],
        "performance": {
            "apparent": apparent,
            "nested_cv": nested,
            "bootstrap_632plus": None,
            "optimism_corrected": None,
            "internal_external": None,
        },
        "not_computed": {
            "bootstrap_632plus": "The plan asks for no bootstraps of this model.",
            "instability": "The plan asks for no bootstraps of this model.",
            "optimism_corrected": "The penalty is chosen on the data.",
        },
        "tuning": {
            "chosen": 0.01668,
            "one_se": 0.0001,
            "spread": [0.0001] * 11 + [0.0167] * 25 + [0.215] * 14,
            "grid": [float(x) for x in np.logspace(-4, 1, 10)],
        },
        "curves": {
            "calibration": _calibration(rng, outcome),
            "roc": [{"fpr": 0.0, "tpr": 0.0}, {"fpr": 1.0, "tpr": 1.0}],
            "decision": [
                {
                    "threshold": t,
                    "model": 0.5 - t + 0.02,
                    "all": 0.5 - t,
                    "none": 0.0,
                    "true_positives": int(outcome.sum()) - 8 * k,
                    "false_positives": int((~outcome).sum()) - 6 * k,
                }
                for k, t in enumerate((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7))
            ],
        },
        "instability": None,
    }


def _calibration(rng: np.random.Generator, outcome: Any) -> Counts:
    """Groups, smooth curve and histogram of made-up predictions."""
    risk = np.clip(0.5 + 0.12 * (outcome - 0.5) + rng.normal(0, 0.16, len(outcome)), 0.03, 0.97)
    bins = []
    for rows in np.array_split(np.argsort(risk), 8):
        n, share = len(rows), float(outcome[rows].mean())
        half = 1.96 * float(np.sqrt(share * (1 - share) / n + 1 / n**2))
        bins.append(
            {
                "mean_risk": float(risk[rows].mean()),
                "observed": share,
                "low": max(0.0, share - half),
                "high": min(1.0, share + half),
                "n": n,
            }
        )
    grid = np.linspace(risk.min(), risk.max(), 40)
    edges = np.linspace(0, 1, 21)
    yes, no = (np.histogram(risk[outcome == v], edges)[0] for v in (True, False))
    return {
        "bins": bins,
        "smooth": [{"risk": float(x), "observed": float(0.5 + 0.7 * (x - 0.5))} for x in grid],
        "histogram": [
            {"low": float(a), "high": float(b), "events": int(events), "non_events": int(others)}
            for a, b, events, others in zip(edges[:-1], edges[1:], yes, no, strict=True)
        ],
    }
