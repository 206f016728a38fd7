"""Figures of one report: results into the input of each figure, SVG, alt text and table out.

Belongs here: which parts of the results a figure shows, its caption.
Does not belong here: drawing (`analyses.figures`), disclosure (`analyses.report.release`).
"""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from matplotlib.figure import Figure

from analyses.disclosure import Hidden, Shown
from analyses.figures import (
    attrition,
    calibration,
    forest,
    missingness,
    patterns,
    performance,
    table_one,
)
from analyses.figures.style import Table, to_svg
from analyses.report import over_time, words
from analyses.report.measures import measures_of

MISSING_STATES = frozenset(
    {"indeterminate", "not_assessable", "not_reported", "unknown", "empty", "", None}
)
YES_NO = {"present": "present", "yes": "present", "absent": "absent", "no": "absent"}
DRAWN = (
    "c_index",
    "auc",
    "pdi",
    "calibration_slope",
    "calibration_intercept",
    "o_e_ratio",
    "brier",
    "ipa",
)


_BLIND = "the AUC and the PDI"


@dataclass(frozen=True)
class Picture:
    """A figure on the page; `svg` is trusted because matplotlib escaped every text in it."""

    name: str
    svg: Markup
    alt: str
    caption: str
    table: Table


def made(
    name: str,
    figure: Figure,
    alt: str,
    *,
    caption: str,
    table: Table,
    provenance: str | None,
) -> Picture:
    """Put the parts together; `provenance` is of the cases behind the figure."""
    svg = Markup(to_svg(figure, name=f"figure-{name}", provenance=provenance))
    return Picture(name, svg, alt, caption, table)


def flow(page: dict[str, Any]) -> Picture | None:
    """Attrition figure of released results; None where no step was counted."""
    steps = [attrition.Step(**step) for step in page["cohort"]["attrition"]]
    if not steps:
        return None
    return made(
        "attrition",
        attrition.draw(steps),
        attrition.alt_text(steps),
        caption="Who was analysed and who was left out, in this order, each with the reason.",
        table=attrition.as_table(steps),
        provenance=page["cohort"]["provenance"],
    )


def is_sign(row: dict[str, Any]) -> bool:
    """Whether a predictor is recorded as present/absent or yes/no."""
    values = {state["state"] for state in row["states"]} - MISSING_STATES
    return bool(values) and values <= YES_NO.keys()


def entry(row: dict[str, Any]) -> missingness.Entry:
    """One predictor of the results as one bar of the figure."""
    tally: dict[str, list[Shown]] = {}
    sign = is_sign(row)
    for state in row["states"]:
        name = state["state"]
        if sign and name in YES_NO:
            tally.setdefault(YES_NO[name], []).append(state["n"])
        elif name in ("indeterminate", "not_assessable"):
            tally.setdefault(name, []).append(state["n"])
    if not sign:
        tally["recorded"] = [row["recorded"]]
    seen = [n for counts in tally.values() for n in counts]
    states = {name: _total(counts) for name, counts in tally.items()}
    if isinstance(row["n"], int) and all(isinstance(n, int) for n in seen):
        states["missing"] = row["n"] - sum(int(str(n)) for n in seen)
    else:
        states["missing"] = Hidden()
    label = words.label_of(row.get("label"), row["column"])
    return missingness.Entry(label, row["n"], row["recorded"], tuple(states.items()))


def _total(counts: list[Shown]) -> Shown:
    """Sum of released counts, hidden if one of several is."""
    if len(counts) == 1:
        return counts[0]
    exact = [n for n in counts if isinstance(n, int)]
    return sum(exact) if len(exact) == len(counts) else Hidden()


def gaps(page: dict[str, Any]) -> Picture | None:
    """Missingness figure of released results; None without predictors."""
    entries = [entry(row) for row in page["cohort"]["missingness"]]
    if not entries:
        return None
    return made(
        "missingness",
        missingness.draw(entries),
        missingness.alt_text(entries),
        caption="What is written down for each predictor. The full width of a bar is all cases "
        "analysed; white is nothing written down, hatched could not be judged on the images.",
        table=missingness.as_table(entries),
        provenance=page["cohort"]["provenance"],
    )


def missing_together(page: dict[str, Any]) -> Picture | None:
    """Patterns of missing values of released results; None without a frequent one."""
    found = page["cohort"].get("missing_patterns")
    if not found or not found["patterns"]:
        return None
    columns = [row["column"] for row in page["cohort"]["missingness"]]
    labels = [
        words.label_of(row.get("label"), row["column"]) for row in page["cohort"]["missingness"]
    ]
    shown = [patterns.Pattern(frozenset(), found["complete"])]
    shown += [
        patterns.Pattern(frozenset(columns.index(name) for name in row["columns"]), row["n"])
        for row in found["patterns"]
    ]
    others = found["others"]
    rest = f" {others['n']} further cases have {others['patterns']} other patterns."
    return made(
        "patterns",
        patterns.draw(labels, shown),
        patterns.alt_text(labels, shown),
        caption="Which predictors are missing together: a column is a pattern (complete cases, "
        "then the most frequent patterns of at least five cases), hatched is missing."
        f"{rest if others['n'] != 0 else ''}",
        table=patterns.as_table(labels, shown),
        provenance=page["cohort"]["provenance"],
    )


def differences(page: dict[str, Any]) -> Picture | None:
    """Table 1 as a figure; None where its groups are not told apart."""
    rows = [
        table_one.Row(
            words.label_of(row.get("label"), row["variable"]), row["smd"], row["n"], row["missing"]
        )
        for row in page["cohort"]["table_one"]
    ]
    if page["data"]["used"] == 0 or not any(row.smd is not None for row in rows):
        return None
    return made(
        "table-one",
        table_one.draw(rows),
        table_one.alt_text(rows),
        caption="How far the groups lie apart in each variable (standardised difference, SMD, "
        "without its sign), the cases in which it is recorded (n), and the share in which it is "
        "missing.",
        table=table_one.as_table(rows),
        provenance=page["cohort"]["provenance"],
    )


def measures(page: dict[str, Any], models: list[dict[str, Any]]) -> Picture | None:
    """Performance figure: nested cross-validation of each model; None without models."""
    panels = []
    described = measures_of(page["outcome"].get("kind"))
    for key in DRAWN:
        if key not in described:
            continue
        found = [((m.get("performance") or {}).get("nested_cv") or {}).get(key) for m in models]
        if not any(f and f.get("estimate") is not None for f in found):
            continue
        measure = described[key]
        reference = measure.reference
        if key == "pdi":
            reference = 1 / len(page["outcome"]["classes"])
        estimates = tuple(
            performance.Estimate(
                model_name(m),
                (f or {}).get("estimate"),
                limits((f or {}).get("interval")),
            )
            for m, f in zip(models, found, strict=True)
        )
        panels.append(performance.Measure(measure.label, reference, "", measure.digits, estimates))
    if not panels:
        return None
    apart = "C" if words.is_survival(page) else "the AUC"
    return made(
        "performance",
        performance.draw(panels),
        performance.alt_text(panels),
        caption="Estimates from nested cross-validation with 95% intervals; these cover the choice "
        f"of the cases evaluated and, of all but {apart}, not of those the model was made "
        "from, and are then too narrow where cases are few. The dashed line is a blind guess for "
        f"{_BLIND if apart == 'the AUC' else 'C and the AUC'}, no gain for the IPA, and the right "
        "value for the others.",
        table=performance.as_table(panels),
        provenance=page["cohort"]["provenance"],
    )


def published(page: dict[str, Any], panels: list[forest.Panel]) -> Picture | None:
    """Forest plot of the literature; None without any."""
    if not panels:
        return None
    return made(
        "literature",
        forest.draw(panels),
        forest.alt_text(panels),
        caption="Odds ratios with 95% intervals, on a logarithmic scale; right of the dashed line "
        "the sign goes with the outcome. Grey squares are published, the blue dot is these cases, "
        "the black diamond what may be pooled. An arrow: the interval goes on.",
        table=forest.as_table(panels),
        provenance=page["cohort"]["provenance"],
    )


def limits(interval: list[float] | None) -> tuple[float, float] | None:
    """Two limits of a list; none where they are one number, as the O/E of a centre without events.

    Examples
    --------
    >>> limits([0.1, 0.4]), limits([0.0, 0.0]), limits(None)
    ((0.1, 0.4), None, None)
    """
    is_interval = interval is not None and interval[0] < interval[1]
    return (interval[0], interval[1]) if interval is not None and is_interval else None


def curves(page: dict[str, Any], model: dict[str, Any] | None) -> list[Picture]:
    """Calibration figures of one model: one, or one for each class or horizon, or none."""
    found = (model or {}).get("curves") or {}
    if not model:
        return []
    if found.get("calibration"):
        return [_curve(page, found["calibration"], model, None)]
    return [
        _curve(page, row["calibration"], model, row["class"])
        for row in found.get("by_class") or []
        if row.get("calibration")
    ] + [
        _curve(page, row["calibration"], model, None, at=row["at"])
        for row in model.get("horizons") or []
        if row.get("calibration")
    ]


def _curve(
    page: dict[str, Any],
    found: dict[str, Any],
    model: dict[str, Any],
    of_class: str | None,
    *,
    at: float | None = None,
) -> Picture:
    """Calibration of a binary outcome, of one class against all others, or by one horizon."""
    shape = calibration.Curve(
        tuple(
            calibration.Bin(b["mean_risk"], b["observed"], b["low"], b["high"], b["n"])
            for b in found["bins"] or []
        ),
        tuple((p["risk"], p["observed"]) for p in found["smooth"] or []),
        tuple(
            calibration.Bar(b["low"], b["high"], b["events"], b["non_events"])
            for b in found["histogram"] or []
        ),
    )
    said = (
        f"Calibration of the {model_name(model)} model on cases it had not seen (first repeat of "
        "the nested cross-validation). Points above the diagonal: the outcome was more frequent "
        "than predicted. Below: how many cases got which prediction, with the outcome upwards, "
        "without it downwards."
    )
    name, is_one_of_several = "calibration", of_class is not None or at is not None
    if of_class is not None:
        said = f"{words.human(of_class)} against all other groups."
        name = f"calibration-{words.slug(of_class)}"
    if at is not None:
        said = f"{over_time.event_name(page).capitalize()} by {over_time.timed(page, at)}."
        name = f"calibration-{at:g}".replace(".", "-")
    return made(
        name,
        calibration.draw(shape),
        f"{said} {calibration.alt_text(shape)}"
        if is_one_of_several
        else calibration.alt_text(shape),
        caption=said,
        table=calibration.as_table(shape),
        provenance=page["cohort"]["provenance"],
    )


def model_name(model: dict[str, Any]) -> str:
    """Name of a model for a reader; the baseline is called by its role."""
    if model.get("role") == "baseline":
        return "baseline"
    return str(model["name"]).replace("_", " ")
