"""One small example of each figure of cases, drawn for the golden files.

Belongs here: made-up input, and the figure drawn from it.
Does not belong here: tests, the files themselves (`tests/golden/figures`).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from analyses.figures import (
    claims,
    confusion_matrix,
    cord_map,
    feature_by_histology,
    roc,
    signs_heat_map,
    swimmer,
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


EXAMPLES: dict[str, Callable[[], Figure]] = {
    "claims": _claims,
    "cord-map-case": _case,
    "cord-map-cohort": _cohort,
    "cord-map-shares": _shares,
    "confusion-matrix": _confusion,
    "feature-by-histology": _features,
    "roc": _roc,
    "signs-heat-map": lambda: signs_heat_map.draw(heat_map_of(cases(), _SIGNS)),
    "swimmer": lambda: swimmer.draw(courses_of(cases(), tables())),
}


def golden(name: str) -> str:
    """What the file of an example holds."""
    return to_svg(EXAMPLES[name](), name=name) + "\n"


def write_all() -> None:
    """Write every file again."""
    FOLDER.mkdir(exist_ok=True)
    for name in EXAMPLES:
        (FOLDER / f"{name}.svg").write_text(golden(name), encoding="utf-8")
