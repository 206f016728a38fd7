"""Figures of the models: telling cases apart, net benefit, refits, centres left out.

Belongs here: which parts of the results each of these figures shows, its caption.
Does not belong here: drawing (`analyses.figures`), figures of the cases and of calibration
(`analyses.report.pictures`).
"""

from collections.abc import Sequence
from typing import Any

from analyses.figures import centres as centre_figure
from analyses.figures import decision_curve, instability, roc
from analyses.report import words
from analyses.report.measures import apart_key, measures_of
from analyses.report.pictures import Picture, limits, made, model_name

_SEEN = "on cases the model had not seen (first repeat of the nested cross-validation)"
_TOGETHER = 5  # curves that can be told apart in one panel


def rocs(page: dict[str, Any], models: Sequence[dict[str, Any]]) -> list[Picture]:
    """ROC curves: of a binary outcome every model, else the primary one for each class."""
    primary = next((m for m in models if m["role"] == "primary"), None)
    if primary is None:
        return []
    of_classes = (primary.get("curves") or {}).get("by_class") or []
    if of_classes:
        shown = [
            roc.Curve(words.human(row["class"]), _points(row["roc"]), None, None)
            for row in of_classes
            if row.get("roc")
        ]
        several = "each grade" if page["outcome"].get("kind") == "ordinal" else "each group"
        said = f"ROC curves of the {model_name(primary)} model, {several} against the others, "
    else:
        ordered = [primary, *(m for m in models if m["role"] != "primary")]
        shown = [_curve(model) for model in ordered if (model.get("curves") or {}).get("roc")]
        said = "ROC curves, "
    caption = (
        f"{said}{_SEEN}: of those with the outcome, how many are found when a given share of the "
        "others is flagged too. The higher above the dashed line, the better they are told apart."
    )
    if page["audience"] == "internal":
        caption += " To protect patients the curve is drawn in steps of at least five cases."
    parts = [shown[i : i + _TOGETHER] for i in range(0, len(shown), _TOGETHER)]
    return [_roc(page, part, place, caption) for place, part in enumerate(parts)]


def _points(found: list[dict[str, float]]) -> tuple[tuple[float, float], ...]:
    """Points of the results."""
    return tuple((p["fpr"], p["tpr"]) for p in found)


def _curve(model: dict[str, Any]) -> roc.Curve:
    """The curve of one model with its AUC."""
    found = ((model.get("performance") or {}).get("nested_cv") or {}).get("auc") or {}
    return roc.Curve(
        model_name(model),
        _points(model["curves"]["roc"]),
        found.get("estimate"),
        limits(found.get("interval")),
        is_baseline=model["role"] == "baseline",
    )


def _roc(page: dict[str, Any], part: Sequence[roc.Curve], place: int, caption: str) -> Picture:
    """The curves of one panel."""
    shown = roc.Curves(str(page["cohort"]["provenance"]), tuple(part))
    return made(
        f"roc-{place + 1}" if place else "roc",
        roc.draw(shown),
        roc.alt_text(shown),
        caption=caption,
        table=roc.as_table(shown),
        provenance=page["cohort"]["provenance"],
    )


def net_benefit(
    page: dict[str, Any], primary: dict[str, Any] | None, baseline: dict[str, Any] | None
) -> Picture | None:
    """Decision curve of the primary model; None where the results have none."""
    found = ((primary or {}).get("curves") or {}).get("decision") or []
    if primary is None or not found:
        return None
    other = {
        row["threshold"]: row["model"]
        for row in ((baseline or {}).get("curves") or {}).get("decision") or []
    }
    # three decimals, as in the table: the file holds no more than the page says
    points = tuple(
        decision_curve.Point(
            row["threshold"],
            round(row["model"], 3),
            round(other[row["threshold"]], 3) if row["threshold"] in other else None,
            round(row["all"], 3),
        )
        for row in found
    )
    shown = decision_curve.Benefit(model_name(primary), points)
    caption = (
        f"Net benefit {_SEEN}. A line is worth following where it is the highest; below 0 it does "
        "harm."
    )
    if page["audience"] == "internal":
        caption += " To protect patients, thresholds that would single out a few are not shown."
    return made(
        "decision-curve",
        decision_curve.draw(shown),
        decision_curve.alt_text(shown),
        caption=caption,
        table=decision_curve.as_table(shown),
        provenance=page["cohort"]["provenance"],
    )


def refits(page: dict[str, Any], primary: dict[str, Any] | None) -> Picture | None:
    """How far predictions move; None without groups of cases."""
    found = ((primary or {}).get("instability") or {}).get("groups") or []
    if primary is None or not found:
        return None
    groups = tuple(
        instability.Group(row["mean_risk"], row["low"], row["high"], row["n"]) for row in found
    )
    return made(
        "instability",
        instability.draw(groups),
        instability.alt_text(groups),
        caption=f"Cases in groups of similar prediction ({model_name(primary)} model, dots on the "
        "dashed line). The bars: between which values 95 of 100 models made anew from resamples "
        "put such a case, on average. The longer a bar, the less a single number deserves trust.",
        table=instability.as_table(groups),
        provenance=page["cohort"]["provenance"],
    )


def left_out(page: dict[str, Any], primary: dict[str, Any] | None) -> Picture | None:
    """Each centre by models made without it; None where none was left out."""
    found = ((primary or {}).get("performance") or {}).get("internal_external")
    if primary is None or not found or not found["by_centre"]:
        return None
    keys = [apart_key(page["outcome"].get("kind"))]
    if words.is_binary(page) or words.is_survival(page):
        keys.append("o_e_ratio")
    panels = [_panel(page, found, key) for key in keys]
    shown = [p for p in panels if any(c.value is not None for c in p.centres)] or panels[:1]
    line = "a coin toss" + (" above, as many as expected below" if len(shown) > 1 else "")
    caption = (
        f"The {model_name(primary)} model at each centre it was not made from, with 95% intervals. "
        f"n: cases, in brackets those {_counting(page)}. Grey and hollow: too few to be pooled. "
        f"The dashed line is {line}."
    )
    if any(panel.pooled for panel in shown):
        caption += " Diamond: the pooled centres; dashed bar: where the next centre may lie."
    return made(
        "centres",
        centre_figure.draw(shown),
        centre_figure.alt_text(shown),
        caption=caption,
        table=centre_figure.as_table(shown),
        provenance=page["cohort"]["provenance"],
    )


def _counting(page: dict[str, Any]) -> str:
    """Which cases of a centre limit what can be learned there."""
    if words.is_survival(page):
        return "with the event"
    is_split = words.is_binary(page) or page["outcome"].get("kind") == "ordinal"
    return "on the smaller of the two sides" if is_split else "in the smallest group"


def _panel(page: dict[str, Any], found: dict[str, Any], key: str) -> centre_figure.Panel:
    """One measure at every centre."""
    measure = measures_of(page["outcome"].get("kind"))[key]
    centres = tuple(
        centre_figure.Centre(
            str(row["centre"]),
            row["n"],
            row["events"],
            (row.get(key) or {}).get("estimate"),
            limits((row.get(key) or {}).get("interval")),
            row["in_pool"],
        )
        for row in found["by_centre"]
    )
    every = (found.get("pooled") or {}).get(key) or {}
    pooled = None
    if every.get("estimate") is not None:
        pooled = (
            every["estimate"],
            limits(every.get("interval")),
            limits(every.get("prediction_interval")),
        )
    is_ratio = key == "o_e_ratio"
    title = measure.label if len(measure.label) <= 40 else measure.short
    return centre_figure.Panel(title, 1.0 if is_ratio else 0.5, is_ratio, centres, pooled)
