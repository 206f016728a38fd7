"""One small example of each figure of cases, drawn for the golden files.

Belongs here: made-up input, and the figure drawn from it.
Does not belong here: tests, the files themselves (`tests/golden/figures`).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from analyses.disclosure import Hidden, Small
from analyses.figures import (
    centres,
    claims,
    confusion_matrix,
    cord_map,
    decision_curve,
    feature_by_histology,
    instability,
    points_chart,
    quality_trend,
    roc,
    signs_heat_map,
    swimmer,
    table_one,
)
from analyses.figures.style import to_svg
from analyses.shown.case_rows import courses_of, heat_map_of
from analyses.shown.confusion import matrix_of
from analyses.shown.cord_maps import COLUMNS, lesion_frame, map_of_case, map_of_cohort
from analyses.shown.features_by_group import features_of
from analyses.shown.rocs import roc_of

FOLDER = Path(__file__).parents[1] / "golden" / "figures"

_LESIONS = (
    ("C1", "spinal_ependymoma", "C3", "C6", "central", "present", "absent", "present", "present"),
    ("C2", "subependymoma", "C5", "C5", "eccentric", "absent", "absent", "absent", "absent"),
    ("C3", "pilocytic_astrocytoma", "T1", "T4", "unilateral", "present", "present", "absent", None),
    ("C4", "haemangioblastoma", "CMJ", "C2", "central", "present", "present", "present", "absent"),
    (
        "C5",
        "lymphoma",
        "T12",
        "L3",
        "whole_section",
        "not_assessable",
        "absent",
        "absent",
        "absent",
    ),
    ("C6", "no_tissue", "T5", "T6", "not_reported", "absent", "indeterminate", "absent", "absent"),
    ("C7", None, "unknown", "T6", None, None, None, None, None),
)
_SIGNS = ("oedema", "syrinx", "polar_cyst", "cap_sign")


def cases(provenance: str = "simulated", *, times: int = 1) -> pl.DataFrame:
    """Seven cases, one without levels, each of them `times` times."""
    names = ("case_id", "histology", "level_upper", "level_lower", "axial_location", *_SIGNS)
    rows = [
        dict(zip(names, row, strict=True)) | {"case_id": f"{row[0]}{copy:03d}"}
        for row in _LESIONS
        for copy in range(times)
    ]
    text = pl.DataFrame(rows).with_columns(
        provenance=pl.lit(provenance),
        consent_scope=pl.lit("research_registry"),
        axial_sector=pl.lit("left"),
        tumour_length_mm=pl.lit(41.6),
    )
    missing = [c for c in COLUMNS if c not in text.columns]
    return text.with_columns(pl.lit(None, pl.Float64).alias(c) for c in missing)


def norms() -> pl.DataFrame:
    """Three levels of the table `reference.cord_norms`."""
    return pl.DataFrame(
        {
            "vert_level": [1, 5, 11],
            "level_name": ["C1", "C5", "T4"],
            "sex": ["all"] * 3,
            "measure": ["diameter_rl_mm"] * 3,
            "mean": [11.4, 13.6, 10.0],
        }
    )


def _cohort() -> Figure:
    """Bars and shares."""
    frame = lesion_frame(cases())
    shown = map_of_cohort(frame, audience="open", may_see_cases=True, norms=norms())
    return cord_map.draw(shown)


def _shares() -> Figure:
    """Shares alone, small counts kept back."""
    frame = lesion_frame(cases("registry", times=6))
    shown = map_of_cohort(frame, audience="internal", may_see_cases=False, norms=norms())
    return cord_map.draw(shown)


def _case() -> Figure:
    """One tumour."""
    shown = map_of_case(lesion_frame(cases()), "C1000", norms=norms())
    assert shown is not None
    return cord_map.draw(shown)


def tables() -> dict[str, pl.DataFrame]:
    """What happened to three of the cases; one treatment has no day."""
    days, text = pl.Int64(), pl.String()
    return {
        "surgeries": pl.DataFrame(
            {"case_id": ["C1000", "C3000", "C3000"], "surgery_day": [0, 0, 700]}
        ),
        "treatments": pl.DataFrame(
            {
                "case_id": ["C3000", "C3000", "C1000"],
                "treatment_kind": ["radiotherapy", "chemotherapy", "radiosurgery"],
                "start_day": [40, 120, None],
                "end_day": [80, 400, None],
            }
        ),
        "follow_up": pl.DataFrame(
            {
                "case_id": ["C1000", "C3000", "C3000", "C4000"],
                "contact_day": [1800, 650, None, 300],
                "death_day": [None, None, 1000, None],
                "progression_status": ["none", "progression", "progression", "none"],
                "progression_day": [None, 650, 650, None],
            },
            schema_overrides={
                "death_day": days,
                "progression_day": days,
                "progression_status": text,
            },
        ),
    }


def _features() -> Figure:
    """A sign and a measure, small counts kept back."""
    shown = features_of(
        cases("registry", times=20),
        signs=["syrinx", "oedema"],
        measures=["tumour_length_mm"],
        audience="internal",
    )
    return feature_by_histology.draw(shown)


def _roc() -> Figure:
    """Two classes."""
    outcome = np.arange(60) % 3 == 0
    risk = np.linspace(0.05, 0.95, 60) + 0.4 * outcome
    curves = tuple(
        roc_of(y.astype(float), p, label=label, area=a, interval=None, audience="open")
        for y, p, label, a in (
            (outcome, risk, "ependymoma", 0.81),
            (~outcome, -risk, "other type", None),
        )
    )
    return roc.draw(roc.Curves("published", curves))


def _confusion() -> Figure:
    """Two classes, one cell small."""
    shown = matrix_of(
        ["yes"] * 30 + ["no"] * 24,
        ["yes"] * 24 + ["no"] * 6 + ["yes"] * 3 + ["no"] * 21,
        classes=("yes", "no"),
        audience="internal",
        provenance="registry",
    )
    return confusion_matrix.draw(shown)


def _points() -> Figure:
    """A number and a sign with a missing state; two horizons."""
    age = points_chart.Line(
        "Age",
        (points_chart.Value("20 years", 0.0), points_chart.Value("60 years", 100.0)),
        is_number=True,
    )
    sign = points_chart.Line(
        "Cap sign",
        (
            points_chart.Value("absent", 31.4),
            points_chart.Value("present", 0.0),
            points_chart.Value("not assessable", -12.0, is_gap=True),
        ),
    )
    scales = (
        points_chart.Scale("Risk of death by 12 months", ((9.0, "5%"), (61.0, "20%"))),
        points_chart.Scale(
            "Risk of death by 60 months", ((2.0, "10%"), (4.0, "20%"), (98.0, "50%"))
        ),
    )
    lines = (age, sign)
    return points_chart.draw(points_chart.Chart(lines, 2, scales, 131.4, "For exploration only."))


def _trend() -> Figure:
    """Three sites: one gets better, one has delivered once, of one the last was not taken in."""
    made = quality_trend.Delivery
    sites = (
        ("SIM_A", (made("d1", 400, 72), made("d2", 380, 30), made("d3", 410, 8))),
        ("SIM_B", (made("d1", 90, 0),)),
        ("SIM_C", (made("d1", 200, 10), made("d2", 220, 220, is_taken=False))),
    )
    return quality_trend.draw(quality_trend.Trend("simulated", sites))


def _claims() -> Figure:
    """Every look of a line, one beyond the axis."""
    kinds: tuple[claims.Kind, ...] = (
        "yes", "no", "none", "open", "split", "site", "definition", "published",
    )  # fmt: skip
    ratios = (9.3, 0.3, 1.1, 1.6, 1.0, 75.0, 2.5, 31.0)
    lines = tuple(
        claims.Line(kind, kind, ratio, (ratio / 3, ratio * 40), f"{ratio:g}\n(1/3 to 40 times)")
        for kind, ratio in zip(kinds, ratios, strict=True)
    )
    return claims.draw(claims.Panel(lines, "ratio", "Odds ratio", 1.0, 1.5))


AT_CENTRES = (
    centres.Panel(
        "AUC (telling patients apart)",
        0.5,
        False,
        (
            centres.Centre("A", 140, 52, 0.71, (0.62, 0.79), True),
            centres.Centre("A centre with a long name", 61, 23, 0.64, (0.5, 0.76), True),
            centres.Centre("C", 40, 16, 0.77, (0.6, 0.88), True),
            centres.Centre("D", 18, 7, 0.55, (0.3, 0.8), False),
            centres.Centre("E", 9, Small(), None, None, False),
            centres.Centre("F", 12, Hidden(), None, None, False),
        ),
        pooled=(0.7, (0.61, 0.78), (0.48, 0.86)),
    ),
    centres.Panel(
        "Observed / expected",
        1.0,
        True,
        (centres.Centre("A", 140, 52, 1.1, (0.05, 19.0), True),),
    ),
)
BENEFIT = decision_curve.Benefit(
    "random forest",
    (
        decision_curve.Point(0.1, 0.31, 0.312, 0.31),
        decision_curve.Point(0.3, 0.12, 0.1, 0.09),
        decision_curve.Point(0.5, -0.04, 0.01, -0.24),
        decision_curve.Point(0.7, -0.11, 0.0, -1.07),
    ),
)
REFITS = (
    instability.Group(0.08, 0.01, 0.22, 31),
    instability.Group(0.31, 0.12, 0.55, 30),
    instability.Group(0.62, 0.33, 0.83, Small()),
)
TABLE_ONE = (
    table_one.Row("Age", -0.42, 50, 1),
    table_one.Row("A variable with a name of more than two lines in this column", 1.31, 44, 7),
    table_one.Row("Cap sign", None, Hidden(), Hidden()),
    table_one.Row("Syrinx", None, 49, Small()),
)


#: Name -> how it is drawn, and the provenance of its cases.
EXAMPLES: dict[str, tuple[Callable[[], Figure], str]] = {
    "centres": (lambda: centres.draw(AT_CENTRES), "registry"),
    "claims": (_claims, "simulated"),
    "cord-map-case": (_case, "simulated"),
    "cord-map-cohort": (_cohort, "simulated"),
    "cord-map-shares": (_shares, "registry"),
    "confusion-matrix": (_confusion, "registry"),
    "decision-curve": (lambda: decision_curve.draw(BENEFIT), "published"),
    "feature-by-histology": (_features, "registry"),
    "instability": (lambda: instability.draw(REFITS), "registry"),
    "points-chart": (_points, "registry"),
    "quality-trend": (_trend, "simulated"),
    "roc": (_roc, "published"),
    "signs-heat-map": (lambda: signs_heat_map.draw(heat_map_of(cases(), _SIGNS)), "simulated"),
    "swimmer": (lambda: swimmer.draw(courses_of(cases(), tables())), "simulated"),
    "table-one": (lambda: table_one.draw(TABLE_ONE), "registry"),
}


def golden(name: str) -> str:
    """What the file of an example holds."""
    drawn, provenance = EXAMPLES[name]
    return to_svg(drawn(), name=name, provenance=provenance) + "\n"


def write_all() -> None:
    """Write every file again."""
    FOLDER.mkdir(exist_ok=True)
    for name in EXAMPLES:
        (FOLDER / f"{name}.svg").write_text(golden(name), encoding="utf-8")
